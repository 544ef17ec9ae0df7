"""What customers of the international site may spend: their partner's budget, and Huawei's quotas.

What is used of them is what the ledger moved for consumption, in the month (UTC+8) or since the budget was set.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import delete, func, insert, select

from mockserver.domain import coupons, customers, freezing, ledger, periods, statements
from mockserver.domain.accounts import Account
from mockserver.domain.customers import RESALE, Customer
from mockserver.domain.ledger import ZERO
from mockserver.domain.trades import SPENDING
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.rows import as_row
from mockserver.store.tables import budget_records, budgets, expenditure_quotas

MONTHLY, PACKAGE = "MONTHLY", "PACKAGE"
SETTING, DELETE = "SETTING", "DELETE"
MANUAL, AUTOMATIC = 0, 1
SYSTEM = "system"
WRONG_ASSOCIATION, NOT_GRANTED = "CBC.99005024", "CBC.0151"
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Budget:
    """``freezes``: whether its end freezes the customer. ``set_at`` is None where nobody has set one: it is zero."""

    customer_id: str
    amount: Decimal
    type: str
    freezes: int
    set_at: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """One change of a budget; ``operator`` is an account's name, or ``system``."""

    customer_id: str
    partner_id: str
    at: str
    operation: str
    amount: Decimal
    type: str
    operator: str


@dataclass(frozen=True, slots=True)
class Setting:
    """What a partner asks for; ``freezes`` is None where it does not say."""

    customer_id: str
    amount: Decimal
    type: str = MONTHLY
    freezes: int | None = None
    unfreeze: bool = False


@dataclass(frozen=True, slots=True)
class Expenditure:
    """A customer's quota for a month, what it spent of it, and the quotient of both."""

    granted: Decimal
    used: Decimal
    part: Decimal


@dataclass(frozen=True, slots=True)
class Consumption:
    """A partner's consumption quota. ``used`` is below zero while balance and coupons cover all that is owed."""

    quota: Decimal
    balance: Decimal
    coupons: Decimal
    due: Decimal
    unbilled: Decimal

    @property
    def used(self) -> Decimal:
        return self.due + self.unbilled - self.balance - self.coupons


def resale_customer(world: World, partner: Account, customer_id: str) -> Customer:
    """Raises: ``CBC.99005024`` not a customer that the partner resells to."""
    found = next(iter(customers.of_partner(world, partner, [customer_id])), None)
    if found is None or found.association != RESALE:
        raise Refused(WRONG_ASSOCIATION, f"{customer_id} is no resale customer of {partner.name}", member="customer_id")
    return found


def of(world: World, customer_ids: Iterable[str]) -> list[Budget]:
    """The budgets of customers, in the order asked."""
    asked = list(dict.fromkeys(customer_ids))
    query = select(*(budgets.c[name] for name in Budget.__slots__)).where(budgets.c.customer_id.in_(asked))
    found = {row.customer_id: Budget(*row) for row in world.db.execute(query)}
    return [found.get(ident) or Budget(ident, ZERO, MONTHLY, MANUAL, None) for ident in asked]


def used(world: World, budget: Budget) -> Decimal:
    """Of a monthly budget in this month, of a package since it was set. The cloud tells it late; we know it at once."""
    since = periods.month_begin(world.now) if budget.type == MONTHLY else budget.set_at or world.now
    return statements.spent(world, ledger.balance_account(world, budget.customer_id), SPENDING, since)


def set_budget(world: World, caller: Account, partner: Account, asked: Setting) -> None:
    """Set the whole budget of a customer, whatever it was.

    Raises: ``CBC.99005024`` not a customer that the partner resells to, ``CBC.0151`` a reseller that its distributor
    has not granted the setting of budgets (scenario rule), ``CBC.99003656`` a frozen partner would unfreeze.
    """
    if partner.name in world.rules["resellers_without_budgets"]:
        raise Refused(
            NOT_GRANTED,
            f"{partner.name} has not been granted the setting of budgets (scenario rule resellers_without_budgets)",
            member="indirect_partner_id",
        )
    customer = resale_customer(world, partner, asked.customer_id)
    (before,) = of(world, [customer.id])
    freezes = before.freezes if asked.freezes is None else asked.freezes
    keep(world, Budget(customer.id, asked.amount, asked.type, freezes, world.now))
    record(world, [Record(customer.id, partner.id, world.now, SETTING, asked.amount, asked.type, caller.name)])
    if asked.unfreeze:
        freezing.release(world, partner, [customer.id])


def keep(world: World, budget: Budget) -> None:
    world.db.execute(delete(budgets).where(budgets.c.customer_id == budget.customer_id))
    world.db.execute(insert(budgets).values(as_row(budget)))


def record(world: World, changes: Sequence[Record]) -> None:
    world.db.execute(insert(budget_records), [as_row(change) for change in changes])


def records(
    world: World,
    partner: Account,
    customer_id: str,
    *,
    operation: str | None,
    type_: str | None,
    offset: int,
    limit: int,
) -> tuple[int, Sequence[Record]]:
    """Changes that the partner made, the latest first; of another's customer there are none."""
    mine = [budget_records.c.partner_id == partner.id, budget_records.c.customer_id == customer_id]
    for column, value in ((budget_records.c.operation, operation), (budget_records.c.type, type_)):
        if value is not None:
            mine.append(column == value)
    count: int = world.db.execute(select(func.count()).select_from(budget_records).where(*mine)).scalar_one()
    query = select(*(budget_records.c[name] for name in Record.__slots__)).where(*mine)
    page = query.order_by(budget_records.c.number.desc()).limit(limit).offset(min(offset, count))
    return count, [Record(*row) for row in world.db.execute(page)]


def grant(world: World, customer_id: str, amount: Decimal) -> None:
    """Huawei's quota for a customer with monthly settlement."""
    world.db.execute(insert(expenditure_quotas).values(customer_id=customer_id, amount=amount))


def expenditure(world: World, customer_id: str) -> Expenditure | None:
    """None for a customer that is resold to: its partner answers for it."""
    customer = customers.associated(world, customer_id)
    if customer is not None and customer.association == RESALE:
        return None
    query = select(expenditure_quotas.c.amount).where(expenditure_quotas.c.customer_id == customer_id)
    granted: Decimal = world.db.execute(query).scalar_one_or_none() or ZERO
    held = ledger.balance_account(world, customer_id)
    spent = statements.spent(world, held, SPENDING, periods.month_begin(world.now))
    part = (spent / granted).quantize(_CENT, ROUND_HALF_UP) if granted else ZERO
    return Expenditure(granted, spent, part)


def consumption(world: World, partner: Account) -> Consumption:
    """The quota is the partner's credit: what was used of it this month is not billed yet, what before is due."""
    credit = ledger.account(world, partner.id, ledger.CREDIT)
    balance = ledger.balance_account(world, partner.id)
    line = credit.credit_line if credit else ZERO
    owed = line - credit.balance if credit else ZERO
    unbilled = statements.spent(world, credit, SPENDING, periods.month_begin(world.now))
    held = balance.balance if balance else ZERO
    return Consumption(line, held, coupons.cash_of(world, partner.id), owed - unbilled, unbilled)
