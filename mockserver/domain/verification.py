"""Verification codes: sent to a mobile number or a mailbox, good for some minutes and a few tries.

Nothing leaves the machine: a code lies in the sandbox's outbox.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from mockserver.domain import clock
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.tables import verification_codes

EXPIRED, TOO_MANY_FAILURES, WRONG = "CBC.99004008", "CBC.99004009", "CBC.99004010"
TOO_MANY_SENT = "CBC.99004015"
FAILURES_ALLOWED = 3
# How many within how many hours.
SENT_ALLOWED = ((15, 1), (60, 24))


def send(world: World, receiver: str, minutes: int, language: str) -> str:
    """Make a code of six digits for ``receiver``; an earlier one is no longer good.

    Raises: ``CBC.99004015`` fifteen in the last hour or sixty in the last day.
    """
    for most, hours in SENT_ALLOWED:
        if _sent_since(world, receiver, clock.later(world.now, hours=-hours)) >= most:
            raise Refused(TOO_MANY_SENT, f"{receiver} got {most} codes within {hours} h")
    number = world.number("verification code")
    code = f"{int(hashlib.sha256(f'{world.seed}/code/{number}'.encode()).hexdigest(), 16) % 10**6:06d}"
    words = {
        "zh": f"您的验证码是 {code}，{minutes} 分钟内有效。",
        "en": f"Your verification code is {code}. It is valid for {minutes} minutes.",
    }
    _close(world, receiver)
    world.db.execute(
        insert(verification_codes).values(
            receiver=receiver,
            code=code,
            message=words[language],
            sent_at=world.now,
            expires_at=clock.later(world.now, minutes=minutes),
        )
    )
    return code


def check(world: World, receiver: str, code: str) -> None:
    """Use up the code of ``receiver``.

    Raises: ``CBC.99004008`` expired, ``CBC.99004009`` failed more than three times, ``CBC.99004010`` wrong or none.
    A wrong code counts, so those refusals keep their trace.
    """
    mine = (verification_codes.c.receiver == receiver, verification_codes.c.closed.is_(False))
    row = world.db.execute(select(verification_codes).where(*mine)).one_or_none()
    if row is None:
        raise Refused(WRONG, f"no code was sent to {receiver}", member="verification_code")
    if row.failures > FAILURES_ALLOWED:
        raise Refused(
            TOO_MANY_FAILURES, f"{row.failures} wrong codes so far: send a new one", member="verification_code"
        )
    if row.expires_at <= world.now:
        raise Refused(EXPIRED, f"the code was good until {row.expires_at}", member="verification_code")
    if row.code != code:
        world.db.execute(update(verification_codes).where(*mine).values(failures=row.failures + 1))
        raise Refused(
            WRONG, "not the code that was sent; the sandbox's outbox shows it", member="verification_code", keeps=True
        )
    _close(world, receiver)


def outbox(world: World) -> Sequence[Mapping[str, Any]]:
    """Messages whose code is still unused, oldest first."""
    shown = ("receiver", "message", "code", "sent_at", "expires_at")
    query = select(*(verification_codes.c[name] for name in shown)).order_by(verification_codes.c.number)
    query = query.where(verification_codes.c.closed.is_(False))
    return [dict(row) for row in world.db.execute(query).mappings()]


def _sent_since(world: World, receiver: str, since: str) -> int:
    mine = (verification_codes.c.receiver == receiver, verification_codes.c.sent_at > since)
    return world.db.execute(select(func.count()).select_from(verification_codes).where(*mine)).scalar_one()


def _close(world: World, receiver: str) -> None:
    mine = verification_codes.c.receiver == receiver
    world.db.execute(update(verification_codes).where(mine).values(closed=True))
