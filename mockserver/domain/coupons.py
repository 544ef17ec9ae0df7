"""Coupons: issued from a partner's quota or given by Huawei, used for orders, taken back, expired.

What becomes of a coupon's value is in the coupon book. An expired coupon needs an event only for its rest, which goes
back to the quota it came from; that it has expired is seen by the clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, insert, or_, select, update

from mockserver.domain import clock, coupon_book, due, periods
from mockserver.domain.coupon_book import About, Move, Purse
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.listing import between, equal, page
from mockserver.store.tables import coupons, customers

CASH, DISCOUNT, PRODUCT, FLEXI_PURCHASE = 1, 2, 3, 4
USABLE, USED, EXPIRED, RECLAIMED = 2, 3, 4, 5
EXPIRY = "coupon expires"

NO_PARAMETER, CANNOT_BE_USED = "CBC.0100", "CBC.99003112"
# What of a quota's kind a coupon comes from.
_QUOTA_TYPES = {CASH: 0, FLEXI_PURCHASE: 1}
_OPEN, _USED_UP, _TAKEN_BACK = "open", "used", "reclaimed"


@dataclass(frozen=True, slots=True)
class Coupon:
    """``status`` as it is now. ``issuer_id`` and ``quota_id`` are None for a coupon that Huawei gave."""

    id: str
    code: str
    type: int
    holder_id: str
    issuer_id: str | None
    quota_id: str | None
    plan_id: str
    face_value: Decimal
    balance: Decimal
    status: int
    frozen: bool
    lock_order_id: str | None
    order_id: str | None
    created_at: str
    effective_at: str
    expires_at: str
    ended_at: str
    last_used_at: str | None
    limits: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class NewCoupon:
    """A coupon to be made; without a quota it comes from Huawei."""

    holder_id: str
    type: int
    face_value: Decimal
    effective_at: str
    expires_at: str
    issuer_id: str | None = None
    quota_id: str | None = None
    limits: Sequence[Mapping[str, Any]] = ()
    frozen: bool = False
    lock_order_id: str | None = None


def make(world: World, new: Sequence[NewCoupon], operator: str | None = None, remark: str | None = None) -> list[str]:
    """Make coupons and fill them, those of a quota out of it: their IDs. Each expires by itself."""
    if not new:
        return []
    idents = world.identifiers("coupon", len(new))
    world.db.execute(insert(coupons), [_row(world, one, ident) for one, ident in zip(new, idents, strict=True)])
    coupon_book.move(world, [issuing(one, operator, remark, ident) for one, ident in zip(new, idents, strict=True)])
    for one, ident in zip(new, idents, strict=True):
        if one.expires_at < clock.LAST:
            # It is good at the moment of its expiry time, and no longer.
            due.schedule(world, clock.later(one.expires_at, seconds=1), EXPIRY, ident)
    return idents


def issuing(one: NewCoupon, operator: str | None, remark: str | None, ident: str | None = None) -> Move:
    """The movement that fills a coupon; without its ID one that failed."""
    about = About(
        quota_id=one.quota_id,
        quota_type=_QUOTA_TYPES[one.type] if one.quota_id else None,
        coupon_id=ident,
        coupon_balance=one.face_value if ident else None,
        holder_id=one.holder_id,
        partner_id=one.issuer_id,
        operator=operator,
        remark=remark,
    )
    source = coupon_book.quota(one.quota_id) if one.quota_id else None
    operation = coupon_book.ISSUE if one.quota_id else coupon_book.GRANT
    return Move(operation, source, coupon_book.coupon(ident) if ident else None, one.face_value, about)


def get(world: World, coupon_id: str) -> Coupon | None:
    row = world.db.execute(_coupons(world).where(coupons.c.id == coupon_id)).one_or_none()
    return None if row is None else Coupon(*row)


def use(world: World, coupon_id: str, order_id: str, amount: Decimal) -> Coupon:
    """Pay ``amount`` of an order with a coupon; what is left of it stays usable.

    Raises: ``CBC.99003112`` it is not usable now, is locked by another order, or has less.
    """
    coupon = get(world, coupon_id)
    usable = coupon is not None and coupon.status == USABLE and coupon.effective_at <= world.now and not coupon.frozen
    if coupon is None or not usable or coupon.lock_order_id not in (None, order_id) or amount > coupon.balance:
        raise Refused(CANNOT_BE_USED, f"the coupon {coupon_id} cannot pay {amount} of {order_id}", member="coupon_id")
    left = coupon.balance - amount
    changed = {"order_id": order_id, "last_used_at": world.now, "lock_order_id": None}
    _change(world, coupon_id, **changed, **(_ended(world, _USED_UP) if not left else {}))
    about = _about(coupon, left, order_id=order_id)
    coupon_book.move(world, [Move(coupon_book.USE, coupon_book.coupon(coupon_id), None, amount, about)])
    return coupon


def send_home(world: World, coupon: Coupon, target: Purse | None, operation: str, operator: str | None = None) -> None:
    """What is left of a coupon goes back: to a quota, or to Huawei."""
    if coupon.balance:
        about = _about(coupon, coupon_book.ZERO, operator=operator)
        coupon_book.move(world, [Move(operation, coupon_book.coupon(coupon.id), target, coupon.balance, about)])


def end(world: World, coupon: Coupon) -> None:
    """It is taken back: from now on its holder cannot use it."""
    due.cancel(world, EXPIRY, coupon.id)
    _change(world, coupon.id, **_ended(world, _TAKEN_BACK))


def note_failure(world: World, coupon: Coupon, operation: str, operator: str) -> None:
    """That it could not be taken back is recorded, with all that it was worth."""
    amount = coupon.balance or coupon.face_value
    source = coupon_book.coupon(coupon.id)
    about = _about(coupon, coupon.balance, operator=operator)
    coupon_book.note_failures(world, [Move(operation, source, None, amount, about)])


def of_holder(
    world: World, holder_id: str, filters: Mapping[str, Any], *, offset: int, limit: int
) -> tuple[int, list[Coupon]]:
    """Somebody's coupons, without those that have been no good for more than a year.

    ``filters``: ``id``, ``order_id``, ``plan_id``, ``type``, ``status``, ``source_id`` (who issued it, None is no
    filter), ``issued`` (by a partner or by Huawei) and the open interval ``active``.
    """
    year = periods.years_before(periods.day(world.now), 1)
    since = f"{year.isoformat()}{world.now[10:]}"
    source: list[ColumnElement[bool]] = []
    if (wanted := filters.get("source_id")) is not None:
        source = [case((coupons.c.issuer_id.is_(None), coupons.c.plan_id), else_=coupons.c.issuer_id) == wanted]
    if (issued := filters.get("issued")) is not None:
        source.append(coupons.c.issuer_id.is_not(None) if issued else coupons.c.issuer_id.is_(None))
    conditions = [
        coupons.c.holder_id == holder_id,
        coupons.c.ended_at >= since,
        *_common(world, filters),
        *source,
        *equal((coupons.c.plan_id, filters["plan_id"])),
        *between(coupons.c.created_at, *filters["active"]),
    ]
    return _page(world, _coupons(world), conditions, offset, limit)


def issued_by(
    world: World, issuer_id: str, filters: Mapping[str, Any], *, offset: int = 0, limit: int | None = None
) -> tuple[int, list[Coupon]]:
    """What a partner issued to resale customers, without what has been no good for two years, that day included.

    ``filters``: ``id``, ``holder_id``, ``order_id``, ``type``, ``status`` (None is no filter) and the open intervals
    ``created``, ``effective``, ``expires``.
    """
    day = periods.years_before(periods.day(world.now), 2)
    resold = _coupons(world).join(
        customers,
        and_(customers.c.id == coupons.c.holder_id, customers.c.partner_id == coupons.c.issuer_id),
    )
    conditions = [
        customers.c.association == "resale",
        coupons.c.issuer_id == issuer_id,
        coupons.c.ended_at > periods.end(day),
        *_common(world, filters),
        *equal((coupons.c.holder_id, filters["holder_id"])),
        *between(coupons.c.created_at, *filters["created"]),
        *between(coupons.c.effective_at, *filters["effective"]),
        *between(coupons.c.expires_at, *filters["expires"]),
    ]
    return _page(world, resold, conditions, offset, limit)


def usable_for(world: World, holder_id: str, order_id: str) -> list[Coupon]:
    """What could pay an order now: none for an order that coupons have paid already."""
    paid = select(coupons.c.id).where(coupons.c.holder_id == holder_id, coupons.c.order_id == order_id)
    if world.db.execute(paid.limit(1)).first() is not None:
        return []
    conditions = [
        coupons.c.holder_id == holder_id,
        _status(world) == USABLE,
        coupons.c.effective_at <= world.now,
        coupons.c.frozen.is_(False),
        or_(coupons.c.lock_order_id.is_(None), coupons.c.lock_order_id == order_id),
    ]
    return _page(world, _coupons(world), conditions, 0, None)[1]


def cash_of(world: World, holder_id: str) -> Decimal:
    """What somebody's cash coupons are worth now."""
    usable = [_status(world) == USABLE, coupons.c.effective_at <= world.now, coupons.c.frozen.is_(False)]
    mine = [coupons.c.holder_id == holder_id, coupons.c.type == CASH, *usable]
    worth: Decimal | None = world.db.execute(select(func.sum(coupons.c.balance)).where(*mine)).scalar_one()
    return coupon_book.ZERO if worth is None else worth


def unspent_of(world: World, issuer_id: str, holder_id: str) -> list[Coupon]:
    """The usable coupons that a partner issued to one of its customers."""
    mine = [coupons.c.issuer_id == issuer_id, coupons.c.holder_id == holder_id, _status(world) == USABLE]
    return _page(world, _coupons(world), mine, 0, None)[1]


def _common(world: World, filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    columns = [(coupons.c[name], filters[name]) for name in ("id", "order_id", "type")]
    return equal(*columns, (_status(world), filters["status"]))


def _page(
    world: World, rows: Select[Any], conditions: Iterable[ColumnElement[bool]], offset: int, limit: int | None
) -> tuple[int, list[Coupon]]:
    count, found = page(world.db, rows.where(*conditions), coupons.c.number, offset=offset, limit=limit)
    return count, [Coupon(*row) for row in found]


def _row(world: World, one: NewCoupon, ident: str) -> dict[str, Any]:
    return {
        "id": ident,
        "code": "CP" + ident[:18].upper(),
        "plan_id": one.quota_id or world.identifier("promotion plan"),
        "balance": coupon_book.ZERO,
        "state": _OPEN,
        "order_id": None,
        "created_at": world.now,
        "ended_at": one.expires_at,
        **{name: getattr(one, name) for name in NewCoupon.__slots__},
    }


def _about(coupon: Coupon, left: Decimal, *, operator: str | None = None, order_id: str | None = None) -> About:
    return About(
        quota_id=coupon.quota_id,
        quota_type=_QUOTA_TYPES[coupon.type] if coupon.quota_id else None,
        coupon_id=coupon.id,
        coupon_balance=left,
        holder_id=coupon.holder_id,
        partner_id=coupon.issuer_id,
        operator=operator,
        order_id=order_id,
    )


def _ended(world: World, state: str) -> dict[str, Any]:
    return {"state": state, "ended_at": world.now}


def _change(world: World, coupon_id: str, **changed: Any) -> None:
    world.db.execute(update(coupons).where(coupons.c.id == coupon_id).values(**changed))


def _status(world: World) -> ColumnElement[int]:
    return case(
        (coupons.c.state == _USED_UP, USED),
        (coupons.c.state == _TAKEN_BACK, RECLAIMED),
        (coupons.c.expires_at < world.now, EXPIRED),
        else_=USABLE,
    )


def _coupons(world: World) -> Select[Any]:
    status: ColumnElement[Any] = _status(world).label("shown")
    return select(*(status if name == "status" else coupons.c[name] for name in Coupon.__slots__))
