"""Coupon quotas: what a partner may issue coupons from, and what a distributor gives its resellers of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, case, insert, select, update

from mockserver.domain import accounts, clock, coupon_book, customers
from mockserver.domain.accounts import NOT_YOUR_RESELLER, Account
from mockserver.domain.coupon_book import About, Move
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.listing import between, equal, page
from mockserver.store.tables import coupon_quotas

CASH, FLEXI_PURCHASE = 0, 1
NORMAL, INVALID, ADJUSTING, FROZEN, TAKEN_BACK = 0, 3, 4, 5, 6

NOT_USABLE, NOT_IN_TIME, NOT_YOURS = "CBC.99000012", "CBC.99000017", "CBC.0150"
WRONG_STATE, TOO_LITTLE, BUSY = "CBC.99000015", "CBC.99000013", "CBC.50000045"
LEAVING, NOT_THEIR_CUSTOMER = "CBC.50010105", "CBC.50000021"


@dataclass(frozen=True, slots=True)
class Quota:
    """``status`` as it is now. ``terms`` for issuing: ``smallest``, ``largest``, ``most_coupons``, ``most_value``,
    ``customers``, as a scenario has them.
    """

    id: str
    owner_id: str
    parent_id: str | None
    type: int
    value: Decimal
    balance: Decimal
    status: int
    created_at: str
    updated_at: str
    effective_at: str
    expires_at: str
    limits: Sequence[Mapping[str, Any]]
    terms: Mapping[str, Any]
    adjusting: bool


def grant(world: World, quota: Quota) -> None:
    """Huawei gives a partner a quota of its ``value``; its ``balance`` does not count."""
    _open(world, quota)
    about = About(quota_id=quota.id, partner_id=quota.owner_id)
    coupon_book.move(world, [Move(coupon_book.GRANT, None, coupon_book.quota(quota.id), quota.value, about)])


def get(world: World, quota_id: str) -> Quota | None:
    row = world.db.execute(_quotas(world).where(coupon_quotas.c.id == quota_id)).one_or_none()
    return None if row is None else Quota(*row)


def for_issuing(world: World, quota_id: str, owner: Account) -> Quota:
    """The partner's quota from which coupons can be issued now.

    Raises: ``CBC.99000012`` none, or not in the state for it, ``CBC.99000017`` too early or too late.
    """
    quota = get(world, quota_id)
    if quota is None or quota.owner_id != owner.id:
        raise Refused(NOT_USABLE, f"{owner.name} has no quota {quota_id}", member="quota_id")
    _is_in_time(world, quota)
    if quota.status != NORMAL:
        raise Refused(NOT_USABLE, f"the quota is in state {quota.status}, not 0 (normal)", member="quota_id")
    return quota


def pass_on(
    world: World, distributor: Account, quota_id: str, reseller_ids: Sequence[str], amount: Decimal
) -> dict[str, str | Refused]:
    """Give each reseller a quota of ``amount`` out of the distributor's: the new quota's ID, or why there is none.

    Raises: what refuses all of it: ``CBC.0150`` no cash-coupon quota of the distributor's own, ``CBC.99000037``,
    ``CBC.99000015``, ``CBC.99000017``, ``CBC.50000045``, ``CBC.99000013``, ``CBC.50000021``.
    """
    quota = _to_pass_on(world, distributor, quota_id)
    resellers = [_reseller(world, distributor, ident) for ident in dict.fromkeys(reseller_ids)]
    served = [one for one in resellers if one.standing != "leaving"]
    _customers_are_theirs(world, quota, served)
    needed = amount * len(served)
    if needed > quota.balance:
        raise Refused(TOO_LITTLE, f"the quota has {quota.balance} left, {needed} are needed", member="quota_amount")
    given = hand_over(world, distributor, quota, [one.id for one in served], amount)
    _touch(world, quota_id, adjusting_until=clock.later(world.now, seconds=world.rules["quota_adjusting_seconds"]))
    failed = [_passing(quota, None, one.id, amount, distributor) for one in resellers if one not in served]
    coupon_book.note_failures(world, failed)
    left = Refused(LEAVING, "the reseller is leaving (its standing in the scenario)")
    return {one.id: given.get(one.id, left) for one in resellers}


def hand_over(
    world: World, distributor: Account, quota: Quota, reseller_ids: Sequence[str], amount: Decimal
) -> dict[str, str]:
    """Part of a quota to each reseller, whatever the rules say: the new quotas by reseller."""
    made = dict(zip(reseller_ids, world.identifiers("coupon quota", len(reseller_ids)), strict=True))
    for reseller, ident in made.items():
        _open(world, _child(world, quota, ident, reseller, amount))
    moves = [_passing(quota, ident, reseller, amount, distributor) for reseller, ident in made.items()]
    coupon_book.move(world, moves)
    return made


def take_back(
    world: World, distributor: Account, quota_ids: Sequence[str], remark: str | None
) -> dict[str, Decimal | Refused]:
    """Take quotas back from resellers, each with all that is left of it: its balance then, or why it stayed.

    Raises: ``CBC.99000012`` when not one of them can be taken back.
    """
    outcomes: dict[str, Decimal | Refused] = {}
    failed = []
    for ident in dict.fromkeys(quota_ids):
        quota, parent = _given_by(world, distributor, ident)
        if quota is None or parent is None or quota.status not in (NORMAL, INVALID):
            state = f"is in state {quota.status}" if quota and parent else f"is none that {distributor.name} gave"
            outcomes[ident] = Refused(NOT_USABLE, f"the quota {ident} {state}", member="quota_ids")
            failed += [(quota, parent)] if quota and parent else []
            continue
        _touch(world, ident, status=TAKEN_BACK)
        if quota.balance:
            coupon_book.move(world, [_taking(quota, parent, distributor, remark)])
        outcomes[ident] = coupon_book.ZERO
    refusals = [one for one in outcomes.values() if isinstance(one, Refused)]
    if refusals and len(refusals) == len(outcomes):
        raise refusals[0]
    coupon_book.note_failures(world, [_taking(quota, parent, distributor, remark) for quota, parent in failed])
    return outcomes


def home(world: World, quota_id: str) -> Quota:
    """Where value goes that comes back to a quota: to it, or to where it was taken back to."""
    quota = get(world, quota_id)
    assert quota is not None
    return home(world, quota.parent_id) if quota.status == TAKEN_BACK and quota.parent_id else quota


def held(
    world: World, owner: Account, filters: Mapping[str, Any], *, offset: int, limit: int
) -> tuple[int, list[Quota]]:
    """The quotas of a partner, without those that were taken back.

    ``filters``: ``type``, ``ids``, ``statuses`` (None or nothing in them is no filter) and the open intervals
    ``created``, ``effective``, ``expires``.
    """
    status = _status(world)
    conditions = [
        coupon_quotas.c.owner_id == owner.id,
        coupon_quotas.c.status != TAKEN_BACK,
        *equal((coupon_quotas.c.type, filters["type"])),
        *([coupon_quotas.c.id.in_(filters["ids"])] if filters["ids"] else ()),
        *([status.in_(filters["statuses"])] if filters["statuses"] else ()),
        *between(coupon_quotas.c.created_at, *filters["created"]),
        *between(coupon_quotas.c.effective_at, *filters["effective"]),
        *between(coupon_quotas.c.expires_at, *filters["expires"]),
    ]
    return _page(world, conditions, offset, limit)


def given(
    world: World, distributor: Account, filters: Mapping[str, Any], *, offset: int, limit: int
) -> tuple[int, list[Quota]]:
    """The quotas that a distributor gave to its resellers: ``filters`` are ``id``, ``owner_id``, ``parent_id``."""
    own = select(coupon_quotas.c.id).where(coupon_quotas.c.owner_id == distributor.id)
    columns = [(coupon_quotas.c[name], wanted) for name, wanted in filters.items()]
    return _page(world, [coupon_quotas.c.parent_id.in_(own), *equal(*columns)], offset, limit)


def touched(world: World, quota_id: str) -> None:
    """It was used: its last change is now."""
    _touch(world, quota_id)


def _page(world: World, conditions: Sequence[ColumnElement[bool]], offset: int, limit: int) -> tuple[int, list[Quota]]:
    rows = _quotas(world).where(*conditions)
    count, found = page(world.db, rows, coupon_quotas.c.number, offset=offset, limit=limit)
    return count, [Quota(*row) for row in found]


def _to_pass_on(world: World, distributor: Account, quota_id: str) -> Quota:
    quota = get(world, quota_id)
    if quota is None or quota.owner_id != distributor.id or quota.type != CASH:
        raise Refused(NOT_YOURS, f"{distributor.name} has no cash-coupon quota {quota_id}", member="quota_id")
    _is_in_time(world, quota)
    if quota.adjusting:
        raise Refused(BUSY, "the last allocation from this quota is still running", member="quota_id")
    if quota.status != NORMAL:
        raise Refused(WRONG_STATE, f"the quota is in state {quota.status}, not 0 (normal)", member="quota_id")
    return quota


def _is_in_time(world: World, quota: Quota) -> None:
    if not quota.effective_at <= world.now <= quota.expires_at:
        raise Refused(
            NOT_IN_TIME, f"the quota holds from {quota.effective_at} to {quota.expires_at}", member="quota_id"
        )


def _reseller(world: World, distributor: Account, ident: str) -> Account:
    found = accounts.get(world, ident)
    if found is None or found.kind != "reseller" or found.parent_id != distributor.id:
        raise Refused(NOT_YOUR_RESELLER, f"{ident} is no reseller of {distributor.name}", member="indirect_partner_ids")
    return found


def _customers_are_theirs(world: World, quota: Quota, resellers: Sequence[Account]) -> None:
    """A quota that is for certain customers goes only to resellers that have them all."""
    wanted = quota.terms.get("customers", ())
    for one in resellers if wanted else ():
        if len(customers.of_partner(world, one, wanted)) < len(wanted):
            raise Refused(
                NOT_THEIR_CUSTOMER,
                f"the quota is for customers that {one.name} does not have",
                member="indirect_partner_ids",
            )


def _given_by(world: World, distributor: Account, quota_id: str) -> tuple[Quota | None, Quota | None]:
    """A reseller's quota and the distributor's own that it came from."""
    quota = get(world, quota_id)
    parent = get(world, quota.parent_id) if quota and quota.parent_id else None
    return quota, parent if parent and parent.owner_id == distributor.id else None


def _child(world: World, quota: Quota, ident: str, owner_id: str, amount: Decimal) -> Quota:
    """The reseller's quota is like the distributor's, and newly made."""
    return Quota(
        ident,
        owner_id,
        quota.id,
        quota.type,
        amount,
        coupon_book.ZERO,
        NORMAL,
        world.now,
        world.now,
        quota.effective_at,
        quota.expires_at,
        quota.limits,
        quota.terms,
        False,
    )


def _passing(quota: Quota, child_id: str | None, reseller_id: str, amount: Decimal, by: Account) -> Move:
    about = About(
        quota_id=child_id, parent_quota_id=quota.id, holder_id=reseller_id, partner_id=by.id, operator=by.name
    )
    target = coupon_book.quota(child_id) if child_id else None
    return Move(coupon_book.PASS_ON, coupon_book.quota(quota.id), target, amount, about)


def _taking(quota: Quota, parent: Quota, by: Account, remark: str | None) -> Move:
    about = About(
        quota_id=quota.id,
        parent_quota_id=parent.id,
        holder_id=quota.owner_id,
        partner_id=by.id,
        operator=by.name,
        remark=remark,
    )
    source, target = coupon_book.quota(quota.id), coupon_book.quota(parent.id)
    return Move(coupon_book.TAKE_BACK, source, target, quota.balance or quota.value, about)


def _open(world: World, quota: Quota) -> None:
    row = {name: getattr(quota, name) for name in Quota.__slots__ if name != "adjusting"}
    world.db.execute(insert(coupon_quotas), [row | {"balance": coupon_book.ZERO}])


def _touch(world: World, quota_id: str, **changed: Any) -> None:
    mine = coupon_quotas.c.id == quota_id
    world.db.execute(update(coupon_quotas).where(mine).values(updated_at=world.now, **changed))


def _adjusting(world: World) -> ColumnElement[bool]:
    until = coupon_quotas.c.adjusting_until
    return until.is_not(None) & (until > world.now)


def _status(world: World) -> ColumnElement[int]:
    kept = coupon_quotas.c.status
    return case(
        (kept != NORMAL, kept),
        (coupon_quotas.c.expires_at < world.now, INVALID),
        (_adjusting(world), ADJUSTING),
        else_=NORMAL,
    )


def _quotas(world: World) -> Select[Any]:
    now: dict[str, ColumnElement[Any]] = {
        "status": _status(world).label("shown"),
        "adjusting": _adjusting(world).label("busy"),
    }
    return select(*(now[name] if name in now else coupon_quotas.c[name] for name in Quota.__slots__))
