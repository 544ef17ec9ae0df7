"""Real-name authentication: a customer shows who it is, and somebody looks at the papers.

An application lies in review until a person decides (``/_mock``), or for as long as the scenario says
(``realname_review_seconds``; with 0 it is decided at once). Nobody opens attachments: what a reviewer or a bank would
refuse is named in the scenario (``realname_refusals``).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlalchemy import func, insert, select, update

from mockserver.domain import clock, customers, due
from mockserver.domain.accounts import Account
from mockserver.domain.customers import Customer
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.rows import as_row
from mockserver.store.tables import realname_cases

INDIVIDUAL, ENTERPRISE = 0, 1
UNVERIFIED, IN_REVIEW, REJECTED, VERIFIED = -1, 0, 1, 2
REVIEW_ENDS = "realname review"
UPLOAD_OFF, VERIFIED_OR_IN_REVIEW, CHECK_FAILED = "CBC.99005030", "CBC.99007188", "CBC.99007004"
TOO_MANY_OF_CERTIFICATE, TOO_OFTEN = "CBC.99007189", "CBC.99007191"
# As much of a name as lists show.
_SHOWN = 128


@dataclass(frozen=True, slots=True)
class Application:
    """Who a customer says to be. ``change``: the enterprise behind an individual that was verified."""

    customer_id: str
    kind: int
    name: str
    certificate: str
    attachments: tuple[str, ...]
    change: bool = False
    country: str | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """An application on a reviewer's desk; ``result`` is ``IN_REVIEW``, ``REJECTED`` or ``VERIFIED``."""

    customer_id: str
    kind: int
    name: str
    certificate: str
    attachments: tuple[str, ...]
    change: bool
    country: str | None
    address: str | None
    submitted_at: str
    result: int
    opinion: str | None = None
    decided_at: str | None = None


class NothingToReview(Exception):
    """The customer has no application in review."""


def submit(world: World, partner: Account, asked: Application, bank_card: str | None = None) -> bool:
    """A partner applies for its customer. Whether it goes into review; otherwise the customer is verified now.

    ``bank_card``: its bank vouches for the person, so nobody reviews.
    Raises: ``CBC.99005030`` upload switched off, ``CBC.99000035`` not the partner's customer, ``CBC.99007188`` verified
    or in review, ``CBC.99007004`` nothing to change, ``CBC.99007189``, ``CBC.99007191`` too often, and what the
    scenario's ``realname_refusals`` say.
    """
    if not world.rules["realname_upload"]:
        raise Refused(UPLOAD_OFF, "the upload of attachments is switched off (scenario rule realname_upload)")
    customer = customers.in_care_of(world, partner, asked.customer_id)
    _may_apply(world, customer, change=asked.change)
    _within_limits(world, asked)
    for told in (asked.certificate, bank_card, *asked.attachments):
        if code := world.rules["realname_refusals"].get(told):
            raise Refused(code, f"{told} is refused (scenario rule realname_refusals)")
    add(world, [Case(**as_row(asked), submitted_at=world.now, result=IN_REVIEW)])
    seconds: float | None = 0 if bank_card else world.rules["realname_review_seconds"]
    if seconds == 0:
        decide(world, asked.customer_id, opinion=None)
        return False
    if not asked.change:
        customers.set_verification(world, customer.id, IN_REVIEW, asked.kind)
    if seconds is not None:
        due.schedule(world, clock.later(world.now, seconds=seconds), REVIEW_ENDS, customer.id)
    return True


def decide(world: World, customer_id: str, opinion: str | None) -> Case:
    """End the review of a customer: with an ``opinion`` it is rejected, without one it has passed. The case as decided.

    Raises: ``NothingToReview``.
    """
    case = latest(world, customer_id)
    if case is None or case.result != IN_REVIEW:
        raise NothingToReview(customer_id)
    due.cancel(world, REVIEW_ENDS, customer_id)
    result = VERIFIED if opinion is None else REJECTED
    world.db.execute(
        update(realname_cases)
        .where(realname_cases.c.customer_id == customer_id, realname_cases.c.result == IN_REVIEW)
        .values(result=result, opinion=opinion, decided_at=world.now)
    )
    if result == VERIFIED:
        customers.set_verification(world, customer_id, VERIFIED, case.kind, case.name[:_SHOWN])
    elif not case.change:
        customers.set_verification(world, customer_id, REJECTED, case.kind)
    return replace(case, result=result, opinion=opinion, decided_at=world.now)


def pass_review(world: World, customer_id: str) -> None:
    """What falls due when a review ends by itself."""
    decide(world, customer_id, opinion=None)


def add(world: World, cases: list[Case]) -> None:
    if cases:
        world.db.execute(insert(realname_cases), [as_row(case) for case in cases])


def latest(world: World, customer_id: str) -> Case | None:
    """The customer's last application."""
    query = _CASE.where(realname_cases.c.customer_id == customer_id).order_by(realname_cases.c.number.desc()).limit(1)
    row = world.db.execute(query).one_or_none()
    return None if row is None else Case(*row)


def cases(world: World) -> Iterator[Case]:
    """Every application of the world, oldest first."""
    return (Case(*row) for row in world.db.execute(_CASE.order_by(realname_cases.c.number)))


def status(world: World, account_id: str) -> tuple[int, int | None]:
    """How far any account is verified, and as what: a partner's customer or nobody's."""
    customer = customers.get(world, account_id)
    if customer is not None:
        verified, kind = customer.verified_status, customer.customer_type
    else:
        case = latest(world, account_id)
        verified, kind = (case.result, case.kind) if case else (UNVERIFIED, UNVERIFIED)
    return verified, None if verified == UNVERIFIED else kind


def _may_apply(world: World, customer: Customer, *, change: bool) -> None:
    case = latest(world, customer.id)
    pending = case is not None and case.result == IN_REVIEW
    as_individual = (customer.verified_status, customer.customer_type) == (VERIFIED, INDIVIDUAL)
    if pending or (customer.verified_status in (IN_REVIEW, VERIFIED) and not (change and as_individual)):
        raise Refused(VERIFIED_OR_IN_REVIEW, f"{customer.id} is in review or verified already", member="customer_id")
    if change and not as_individual:
        raise Refused(CHECK_FAILED, f"{customer.id} is not verified as an individual", member="customer_id")


def _within_limits(world: World, asked: Application) -> None:
    mine = realname_cases.c.customer_id == asked.customer_id
    tried: int = world.db.execute(select(func.count()).select_from(realname_cases).where(mine)).scalar_one()
    if tried >= (most := world.rules["realname_applications"]):
        raise Refused(TOO_OFTEN, f"{asked.customer_id} applied {tried} of {most} times", member="customer_id")
    if asked.kind == ENTERPRISE:
        return
    others = (
        realname_cases.c.certificate == asked.certificate,
        realname_cases.c.customer_id != asked.customer_id,
        realname_cases.c.result != REJECTED,
    )
    users = select(func.count(realname_cases.c.customer_id.distinct())).where(*others)
    used: int = world.db.execute(users).scalar_one()
    if used >= (most := world.rules["customers_per_certificate"]):
        raise Refused(
            TOO_MANY_OF_CERTIFICATE, f"{used} of {most} customers use this certificate", member="verified_number"
        )


_CASE = select(*(realname_cases.c[name] for name in Case.__slots__))
