"""The book of coupon value: it moves only here, and always from one holder to another.

Quotas and coupons hold value. Huawei grants it to a quota (or gives a coupon at once), a quota is split among other
quotas and coupons, and it leaves when a coupon pays an order. What one loses the other gets, and the database lets
none fall below nothing or rise above its own value. The records of it are what the record queries show.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, bindparam, func, insert, select, update

from mockserver.domain.world import World
from mockserver.store.listing import page
from mockserver.store.money import Money
from mockserver.store.rows import as_row
from mockserver.store.tables import coupon_quotas, coupon_records, coupons

ZERO = Decimal("0.00")
# As the pages number them: of coupons, and of quotas that a distributor gives to its resellers.
ISSUE, MANUAL_RECLAIM, UNBOUND, EXPIRED, UNSUBSCRIBED = "1", "2", "3", "4", "5"
REVOKED, ASSOCIATED, MODEL_CHANGED, RESELLER_MOVED = "6", "7", "8", "9"
PASS_ON, TAKE_BACK = "10", "11"
# What no record query of a partner shows: from Huawei, and to an order.
GRANT, USE = "grant", "use"
OF_COUPONS = (
    ISSUE,
    MANUAL_RECLAIM,
    UNBOUND,
    EXPIRED,
    UNSUBSCRIBED,
    REVOKED,
    ASSOCIATED,
    MODEL_CHANGED,
    RESELLER_MOVED,
)
DONE, FAILED = "0", "-1"


class Purse(NamedTuple):
    """What holds value: a row of ``coupon_quotas`` or of ``coupons``."""

    table: Table
    id: str


def quota(ident: str) -> Purse:
    return Purse(coupon_quotas, ident)


def coupon(ident: str) -> Purse:
    return Purse(coupons, ident)


@dataclass(frozen=True, slots=True)
class About:
    """What a record says beside who gave how much to whom; ``coupon_balance`` is the coupon's afterwards."""

    quota_id: str | None = None
    quota_type: int | None = None
    parent_quota_id: str | None = None
    coupon_id: str | None = None
    coupon_balance: Decimal | None = None
    holder_id: str | None = None
    partner_id: str | None = None
    operator: str | None = None
    remark: str | None = None
    order_id: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Value to be moved; None is outside."""

    operation: str
    source: Purse | None
    target: Purse | None
    amount: Decimal
    about: About


class Record(NamedTuple):
    """A movement as the book has it, or one that failed."""

    id: str
    at: str
    operation: str
    result: str
    amount: Decimal
    quota_id: str | None
    quota_type: int | None
    parent_quota_id: str | None
    coupon_id: str | None
    coupon_balance: Decimal | None
    holder_id: str | None
    partner_id: str | None
    operator: str | None
    remark: str | None
    order_id: str | None


def move(world: World, moves: Sequence[Move]) -> None:
    """Move value now, all or nothing.

    Raises: ``ValueError`` for an amount that is not above zero, or from a holder to itself.
    """
    for one in moves:
        if one.amount <= 0 or one.source == one.target:
            raise ValueError(f"a movement needs two sides and an amount above zero: {one}")
    sides = [
        (purse, change)
        for one in moves
        for purse, change in ((one.source, -one.amount), (one.target, one.amount))
        if purse is not None
    ]
    for table, booking in _BOOK.items():
        changes = [{"purse": purse.id, "change": change} for purse, change in sides if purse.table is table]
        if changes:
            world.db.execute(booking, changes)
    _write(world, moves, DONE)


def note_failures(world: World, moves: Sequence[Move]) -> None:
    """What was to be moved and was not: recorded, and nothing else."""
    _write(world, moves, FAILED)


def records(
    world: World, conditions: Iterable[ColumnElement[bool]], *, offset: int = 0, limit: int | None = None
) -> tuple[int, list[Record]]:
    """How many records match, and a page of them, oldest first."""
    matching = select(*_SHOWN).where(*conditions)
    count, rows = page(world.db, matching, coupon_records.c.number, offset=offset, limit=limit)
    return count, [Record._make(row) for row in rows]


def disagreements(world: World) -> list[str]:
    """Quotas and coupons whose balance is not the sum of their records: always none."""
    done = coupon_records.c.result == DONE
    found: list[str] = []
    for table in _BOOK:
        got = select(func.coalesce(func.sum(coupon_records.c.amount), 0)).where(
            done, coupon_records.c.target_id == table.c.id
        )
        gave = select(func.coalesce(func.sum(coupon_records.c.amount), 0)).where(
            done, coupon_records.c.source_id == table.c.id
        )
        booked = got.scalar_subquery() - gave.scalar_subquery()
        found += world.db.execute(select(table.c.id).where(table.c.balance != booked)).scalars()
    return found


def _write(world: World, moves: Sequence[Move], result: str) -> None:
    if moves:
        numbers = world.identifiers("coupon record", len(moves))
        rows = [_row(world, one, result, number) for one, number in zip(moves, numbers, strict=True)]
        world.db.execute(insert(coupon_records), rows)


def _row(world: World, one: Move, result: str, number: str) -> Mapping[str, Any]:
    return {
        "id": number,
        "at": world.now,
        "operation": one.operation,
        "result": result,
        "source_id": one.source.id if one.source else None,
        "target_id": one.target.id if one.target else None,
        "amount": one.amount,
        **as_row(one.about),
    }


_BOOK = {
    table: update(table)
    .where(table.c.id == bindparam("purse"))
    .values(balance=table.c.balance + bindparam("change", type_=Money))
    for table in (coupon_quotas, coupons)
}
_SHOWN = [coupon_records.c[name] for name in Record._fields]
