"""The ledger: money moves only here, and every movement has two sides.

What leaves one account arrives in another, so the sum over all accounts is always zero; money that comes from outside
(a partner's top-up) comes from the account of the world outside.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import bindparam, func, insert, select, update

from mockserver.domain.world import World
from mockserver.store.money import Money
from mockserver.store.rows import as_row
from mockserver.store.tables import entries, ledger_accounts, movements

BALANCE, CREDIT, REWARD, DEPOSIT, ALLOCATABLE = 1, 2, 5, 7, 8
ZERO = Decimal("0.00")

# What a movement is for; how records call it is in domain/trades.py.
ALLOCATE, RECLAIM, UNBIND = "allocate", "reclaim", "unbind"
TOP_UP, CONSUME, REFUND = "top-up", "consume", "refund"


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """``balance`` includes ``designated``, money that is tied to a use. Amounts in the site's currency."""

    id: str
    owner_id: str | None
    type: int
    balance: Decimal
    designated: Decimal
    credit_line: Decimal

    @property
    def free(self) -> Decimal:
        """What may be allocated to customers."""
        return self.balance - self.designated


@dataclass(frozen=True, slots=True)
class About:
    """What is told of a movement beside its amount. ``channel``: a documented code, None for the reason's usual one."""

    remark: str | None = None
    channel: str | None = None
    channel_no: str | None = None
    order_id: str | None = None


NOTHING = About()


@dataclass(frozen=True, slots=True)
class Movement:
    """One transfer; ``id`` is the transaction number that the documentation calls transfer_id or trans_id."""

    id: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money to be moved; ``at`` a UTC text."""

    source: str
    target: str
    amount: Decimal
    reason: str
    at: str
    about: About = NOTHING


def open_account(world: World, owner_id: str | None, type_: int) -> LedgerAccount:
    return open_accounts(world, [(owner_id, type_, ZERO, ZERO)])[0]


def open_accounts(world: World, new: Sequence[tuple[str | None, int, Decimal, Decimal]]) -> list[LedgerAccount]:
    """Open empty accounts: owner, type, designated amount, credit line."""
    opened = [
        replace(unopened(world, owner, type_), designated=designated, credit_line=credit)
        for owner, type_, designated, credit in new
    ]
    if opened:
        world.db.execute(insert(ledger_accounts), [as_row(account) for account in opened])
    return opened


def unopened(world: World, owner_id: str | None, type_: int) -> LedgerAccount:
    """An account as it would be on the day it is opened: its number is known before there is money in it."""
    number = hashlib.sha256(f"{world.seed}/ledger account/{owner_id}/{type_}".encode()).hexdigest()[:16]
    return LedgerAccount("AT" + number.upper(), owner_id, type_, ZERO, ZERO, ZERO)


def accounts_of(world: World, owner_id: str) -> list[LedgerAccount]:
    """In the order of their type."""
    rows = world.db.execute(
        _ACCOUNT.where(ledger_accounts.c.owner_id == owner_id).order_by(ledger_accounts.c.type, ledger_accounts.c.id)
    )
    return [LedgerAccount(*row) for row in rows]


def account(world: World, owner_id: str, type_: int) -> LedgerAccount | None:
    mine = (ledger_accounts.c.owner_id == owner_id, ledger_accounts.c.type == type_)
    row = world.db.execute(_ACCOUNT.where(*mine)).one_or_none()
    return None if row is None else LedgerAccount(*row)


def balance_account(world: World, owner_id: str) -> LedgerAccount | None:
    return account(world, owner_id, BALANCE)


def balance_accounts(world: World, owner_ids: Iterable[str]) -> dict[str | None, LedgerAccount]:
    """The balance accounts of several owners, by owner; who has none is not in it."""
    mine = (ledger_accounts.c.owner_id.in_(list(owner_ids)), ledger_accounts.c.type == BALANCE)
    return {row.owner_id: LedgerAccount(*row) for row in world.db.execute(_ACCOUNT.where(*mine))}


def outside(world: World) -> LedgerAccount:
    """Where money comes from and goes to that is in no account of this world."""
    row = world.db.execute(_ACCOUNT.where(ledger_accounts.c.owner_id.is_(None))).one_or_none()
    return open_account(world, None, BALANCE) if row is None else LedgerAccount(*row)


def designate(world: World, account_id: str, amount: Decimal) -> None:
    """How much of what an account holds is tied to a use."""
    mine = ledger_accounts.c.id == account_id
    world.db.execute(update(ledger_accounts).where(mine).values(designated=amount))


def move(
    world: World, source: LedgerAccount, target: LedgerAccount, amount: Decimal, reason: str, about: About = NOTHING
) -> Movement:
    """Move ``amount`` now. Whether the source may go that low is the business's rule, not the ledger's."""
    return move_all(world, [Transfer(source.id, target.id, amount, reason, world.now, about)])[0]


def move_all(world: World, transfers: Sequence[Transfer]) -> list[Movement]:
    """Move money, each transfer with its two sides, all or none.

    Raises: ``ValueError`` for an amount that is not above zero or a transfer from an account to itself.
    """
    for transfer in transfers:
        if transfer.amount <= 0 or transfer.source == transfer.target:
            raise ValueError(f"a transfer needs two accounts and an amount above zero: {transfer}")
    if not transfers:
        return []
    numbers = world.numbers("transaction", len(transfers))
    made = [
        Movement(_transaction_number(transfer.at, number), transfer.at, transfer.reason)
        for transfer, number in zip(transfers, numbers, strict=True)
    ]
    sides = [
        {"movement_id": movement.id, "ledger_account_id": account, "amount": amount}
        for movement, transfer in zip(made, transfers, strict=True)
        for account, amount in ((transfer.source, -transfer.amount), (transfer.target, transfer.amount))
    ]
    told = [as_row(movement) | as_row(transfer.about) for movement, transfer in zip(made, transfers, strict=True)]
    world.db.execute(insert(movements), told)
    world.db.execute(insert(entries), sides)
    world.db.execute(_BOOK, [{"account": side["ledger_account_id"], "change": side["amount"]} for side in sides])
    return made


def total(world: World) -> Decimal:
    """The sum over all accounts: always zero."""
    sum_: Decimal | None = world.db.execute(select(func.sum(ledger_accounts.c.balance))).scalar_one()
    return sum_ or ZERO


def disagreements(world: World) -> Sequence[str]:
    """Accounts whose balance is not the sum of their entries: always none."""
    booked = func.coalesce(func.sum(entries.c.amount), 0)
    query = (
        select(ledger_accounts.c.id)
        .outerjoin(entries, entries.c.ledger_account_id == ledger_accounts.c.id)
        .group_by(ledger_accounts.c.id)
        .having(booked != ledger_accounts.c.balance)
    )
    return list(world.db.execute(query).scalars())


def _transaction_number(at: str, number: int) -> str:
    """``AD2006170735030000ba``: AD, the time to the second, a running number in hex."""
    time = at.translate(str.maketrans("", "", "-:TZ"))[2:]
    return f"AD{time}{number:06x}"


_BOOK = (
    update(ledger_accounts)
    .where(ledger_accounts.c.id == bindparam("account"))
    .values(balance=ledger_accounts.c.balance + bindparam("change", type_=Money))
)
_ACCOUNT = select(*(ledger_accounts.c[name] for name in LedgerAccount.__slots__))
