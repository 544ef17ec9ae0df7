"""What a scenario says of the past of its principals' money and budgets.

``balance`` and its kin say what an account holds at the start, so what came and went before is taken off what it was
opened with: whatever movements a scenario adds, the accounts hold what the file says.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from mockserver.domain import budgets, ledger
from mockserver.domain.ledger import About, Transfer
from mockserver.domain.scenarios import Scenario
from mockserver.domain.trades import TRADES, reason
from mockserver.domain.world import World

OUTSIDE = "outside"
ACCOUNTS = {"balance": ledger.BALANCE, "credit": ledger.CREDIT}
# What a file says of each account of a principal.
HELD = {
    ledger.BALANCE: "balance",
    ledger.CREDIT: "credit_line",
    ledger.REWARD: "reward",
    ledger.DEPOSIT: "deposit",
}
Side = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Past:
    """One movement: from one principal's account (name and type) to another's, None for the world outside."""

    source: Side | None
    target: Side | None
    amount: Decimal
    reason: str
    at: str
    about: About


def movements(rows: Sequence[Mapping[str, Any]]) -> Iterator[Past]:
    """The movements of a scenario file, already judged (``scenario_checks``)."""
    for row in rows:
        change = Decimal(row["change"])
        why = reason(row["trade_type"], income=change > 0)
        assert why is not None
        own = (row["of"], ACCOUNTS[row.get("account", "balance")])
        other = _other(row, why)
        source, target = (other, own) if change > 0 else (own, other)
        about = About(row.get("remark"), row.get("channel"), row.get("channel_no"), row.get("order_id"))
        yield Past(source, target, abs(change), why, row["at"], about)


def net(past: Sequence[Past]) -> Mapping[Side, Decimal]:
    """By how much all of it changed each account."""
    changes: dict[Side, Decimal] = defaultdict(Decimal)
    for one in past:
        for side, change in ((one.source, -one.amount), (one.target, one.amount)):
            if side is not None:
                changes[side] += change
    return changes


def transfers(past: Sequence[Past], ids: Mapping[str, str], opened: Mapping[str, str]) -> Iterator[Transfer]:
    """``ids``: of the principals by name; ``opened``: of their ledger accounts, by owner and type."""

    def account(side: Side | None) -> str:
        return opened[OUTSIDE if side is None else f"{ids[side[0]]}/{side[1]}"]

    for one in past:
        yield Transfer(account(one.source), account(one.target), one.amount, one.reason, one.at, one.about)


def budgets_of(scenario: Scenario, world: World, ids: Mapping[str, str]) -> None:
    """Quotas, and budgets with their records, in the order of their times."""
    people = scenario.principals
    for name, row in people.items():
        if "expenditure_quota" in row:
            budgets.grant(world, ids[name], Decimal(row["expenditure_quota"]))
    for row in sorted(scenario.budgets, key=lambda row: str(row["at"])):
        partner, customer = people[row["of"]]["of"], ids[row["of"]]
        amount, type_ = Decimal(row["amount"]), row.get("budget_type", budgets.MONTHLY)
        operation = row.get("operation_type", budgets.SETTING)
        setting = operation == budgets.SETTING
        operator = people[partner].get("domain_name", partner) if setting else budgets.SYSTEM
        change = budgets.Record(customer, ids[partner], row["at"], operation, amount, type_, operator)
        budgets.record(world, [change])
        kept = amount if setting else ledger.ZERO
        budgets.keep(world, budgets.Budget(customer, kept, type_, budgets.MANUAL, row["at"]))


def _other(row: Mapping[str, Any], why: str) -> Side | None:
    if "with" in row:
        return row["with"], ledger.BALANCE
    between = TRADES[why].between
    return None if between is None else (row["of"], between)
