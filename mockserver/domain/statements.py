"""Statements: what came and went in an account, read from the ledger's entries and from nothing else.

The running balance of a line is the sum of the account's entries up to it, so records and ledger cannot disagree.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select

from mockserver.domain import ledger
from mockserver.domain.ledger import LedgerAccount
from mockserver.domain.trades import ADJUSTMENTS, NO_CHANNEL, TRADES, Trade
from mockserver.domain.world import World
from mockserver.store.tables import accounts, customers, entries, ledger_accounts, movements


@dataclass(frozen=True, slots=True)
class Line:
    """One side of a movement. ``other_*``: whose account has the other side, None for the world outside."""

    number: int
    movement_id: str
    at: str
    reason: str
    change: Decimal
    balance: Decimal
    remark: str | None
    channel: str
    channel_no: str | None
    order_id: str | None
    other_id: str | None
    other_name: str | None
    other_kind: str | None
    other_real_name: str | None

    @property
    def trade(self) -> Trade:
        return TRADES[self.reason]

    @property
    def trade_id(self) -> str:
        """The order that was paid, or else the movement itself."""
        return self.order_id or self.movement_id

    @property
    def income(self) -> bool:
        return self.change > 0


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines; None is no filter. ``since`` and ``until`` are UTC texts, both included.

    ``adjustments``: only what the account's owner gave to or took back from a customer or reseller.
    """

    reasons: Collection[str] | None = None
    since: str | None = None
    until: str | None = None
    income: bool | None = None
    trade_id: str | None = None
    other_id: str | None = None
    channels: Collection[str] | None = None
    channel_no: str | None = None
    adjustments: bool = False


def lines(
    world: World, account: LedgerAccount | None, wanted: Wanted, *, offset: int, limit: int
) -> tuple[int, Sequence[Line]]:
    """How many lines match, and those from the ``offset``-th on, the latest first. No page tells the order."""
    if account is None:
        return 0, []
    found = select(*_SHOWN).select_from(_JOINED).where(*_conditions(wanted))
    mine = {"account": account.id}
    count: int = world.db.execute(select(func.count()).select_from(found.subquery()), mine).scalar_one()
    if count <= offset:
        return count, []
    page = found.order_by(_MINE.c.number.desc()).limit(limit).offset(offset)
    return count, [Line(*tuple(row)) for row in world.db.execute(page, mine)]


def spent(world: World, account: LedgerAccount | None, reasons: Collection[str], since: str) -> Decimal:
    """What went out of an account for ``reasons`` since a moment, less what came back."""
    if account is None:
        return ledger.ZERO
    joined = entries.join(movements, entries.c.movement_id == movements.c.id)
    mine = (entries.c.ledger_account_id == account.id, movements.c.reason.in_(reasons), movements.c.at >= since)
    found: Decimal | None = world.db.execute(
        select(func.sum(entries.c.amount)).select_from(joined).where(*mine)
    ).scalar_one()
    return ledger.ZERO if found is None else -found


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for column, value in (
        (movements.c.reason, wanted.reasons),
        (_CHANNEL, wanted.channels),
    ):
        if value is not None:
            yield column.in_(value)
    for column, exact in (
        (func.coalesce(movements.c.order_id, movements.c.id), wanted.trade_id),
        (_OTHER.c.owner_id, wanted.other_id),
        (movements.c.channel_no, wanted.channel_no),
    ):
        if exact is not None:
            yield column == exact
    if wanted.since is not None:
        yield movements.c.at >= wanted.since
    if wanted.until is not None:
        yield movements.c.at <= wanted.until
    if wanted.income is not None:
        yield _MINE.c.amount > ledger.ZERO if wanted.income else _MINE.c.amount < ledger.ZERO
    if wanted.adjustments:
        given, *taken = ADJUSTMENTS
        yield or_(
            and_(movements.c.reason == given, _MINE.c.amount < ledger.ZERO),
            and_(movements.c.reason.in_(taken), _MINE.c.amount > ledger.ZERO),
        )


_CHANNEL: ColumnElement[Any] = func.coalesce(
    movements.c.channel,
    case({name: one.channel for name, one in TRADES.items()}, value=movements.c.reason, else_=NO_CHANNEL),
)
_MINE = (
    select(
        entries.c.number,
        entries.c.movement_id,
        entries.c.amount,
        func.sum(entries.c.amount).over(order_by=entries.c.number).label("balance"),
    )
    .where(entries.c.ledger_account_id == bindparam("account"))
    .subquery()
)
_ACROSS = entries.alias()
_OTHER = ledger_accounts.alias()
_JOINED = (
    _MINE.join(movements, _MINE.c.movement_id == movements.c.id)
    .join(_ACROSS, and_(_ACROSS.c.movement_id == _MINE.c.movement_id, _ACROSS.c.number != _MINE.c.number))
    .join(_OTHER, _OTHER.c.id == _ACROSS.c.ledger_account_id)
    .outerjoin(accounts, accounts.c.id == _OTHER.c.owner_id)
    .outerjoin(customers, customers.c.id == _OTHER.c.owner_id)
)
_SHOWN = (
    _MINE.c.number,
    movements.c.id,
    movements.c.at,
    movements.c.reason,
    _MINE.c.amount,
    _MINE.c.balance,
    movements.c.remark,
    _CHANNEL.label("channel"),
    movements.c.channel_no,
    movements.c.order_id,
    _OTHER.c.owner_id,
    accounts.c.name,
    accounts.c.kind,
    func.coalesce(customers.c.real_name, accounts.c.real_name),
)
