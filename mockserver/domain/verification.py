"""Verification codes: sent to a mobile number or a mailbox, good for some minutes and a few tries.

Nothing leaves the machine: a code lies in the sandbox's outbox.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from mockserver.domain import clock
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.tables import verification_codes

TOO_MANY_SENT = "CBC.99004015"
FAILURES_ALLOWED = 3
# How many within how many hours.
SENT_ALLOWED = ((15, 1), (60, 24))
_MESSAGES = {
    "zh": "您的验证码是 {code}，{minutes} 分钟内有效。",
    "en": "Your verification code is {code}. It is valid for {minutes} minutes.",
}
LANGUAGES = tuple(_MESSAGES)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a code is good for, and how the pages of that refuse one."""

    name: str
    expired: str
    too_many_failures: str
    wrong: str


REGISTRATION = Purpose("registration", "CBC.99004008", "CBC.99004009", "CBC.99004010")


def bank_card(customer_id: str) -> Purpose:
    """A code for one customer's authentication by bank card."""
    return Purpose(f"bank card {customer_id}", "CBC.99000027", "CBC.99004009", "CBC.99000026")


def send(world: World, receiver: str, purpose: Purpose, minutes: int, language: str) -> str:
    """Make a code of six digits for ``receiver``; an earlier one for the same purpose is no longer good.

    Raises: ``CBC.99004015`` fifteen in the last hour or sixty in the last day.
    """
    if reached := limit_reached(world, receiver):
        raise Refused(TOO_MANY_SENT, reached)
    number = world.number("verification code")
    code = f"{int(hashlib.sha256(f'{world.seed}/code/{number}'.encode()).hexdigest(), 16) % 10**6:06d}"
    _close(world, receiver, purpose)
    world.db.execute(
        insert(verification_codes).values(
            receiver=receiver,
            purpose=purpose.name,
            code=code,
            message=_MESSAGES[language].format(code=code, minutes=minutes),
            sent_at=world.now,
            expires_at=clock.later(world.now, minutes=minutes),
        )
    )
    return code


def limit_reached(world: World, receiver: str) -> str | None:
    """Which of the limits on sending ``receiver`` has reached, in words."""
    for most, hours in SENT_ALLOWED:
        if _sent_since(world, receiver, clock.later(world.now, hours=-hours)) >= most:
            return f"{receiver} got {most} codes within {hours} h"
    return None


def check(world: World, receiver: str, purpose: Purpose, code: str) -> None:
    """Use up the code of ``receiver`` for a purpose.

    Raises: the purpose's codes: expired, failed more than three times, wrong or none.
    A wrong code counts, so those refusals keep their trace.
    """
    mine = (*_of(receiver, purpose), verification_codes.c.closed.is_(False))
    row = world.db.execute(select(verification_codes).where(*mine)).one_or_none()
    if row is None:
        raise Refused(purpose.wrong, f"no code for this was sent to {receiver}", member="verification_code")
    if row.failures > FAILURES_ALLOWED:
        raise Refused(
            purpose.too_many_failures,
            f"{row.failures} wrong codes so far: send a new one",
            member="verification_code",
        )
    if row.expires_at <= world.now:
        raise Refused(purpose.expired, f"the code was good until {row.expires_at}", member="verification_code")
    if row.code != code:
        world.db.execute(update(verification_codes).where(*mine).values(failures=row.failures + 1))
        raise Refused(
            purpose.wrong,
            "not the code that was sent; the sandbox's outbox shows it",
            member="verification_code",
            keeps=True,
        )
    _close(world, receiver, purpose)


def outbox(world: World) -> Sequence[Mapping[str, Any]]:
    """Messages whose code is still unused, oldest first."""
    shown = ("receiver", "message", "code", "sent_at", "expires_at")
    query = select(*(verification_codes.c[name] for name in shown)).order_by(verification_codes.c.number)
    query = query.where(verification_codes.c.closed.is_(False))
    return [dict(row) for row in world.db.execute(query).mappings()]


def _sent_since(world: World, receiver: str, since: str) -> int:
    mine = (verification_codes.c.receiver == receiver, verification_codes.c.sent_at > since)
    return world.db.execute(select(func.count()).select_from(verification_codes).where(*mine)).scalar_one()


def _of(receiver: str, purpose: Purpose) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return verification_codes.c.receiver == receiver, verification_codes.c.purpose == purpose.name


def _close(world: World, receiver: str, purpose: Purpose) -> None:
    world.db.execute(update(verification_codes).where(*_of(receiver, purpose)).values(closed=True))
