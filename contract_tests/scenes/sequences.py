"""Any sequence of calls that move money and look at it, with the emulator as oracle.

The client is believed: what it returns is taken for what happened. In the end its world is compared with the ledger,
which the kit asks by itself. One sequence is one example; it is played once for each site, as the scene of
``update_customer_account_amount`` (or of what the client has of the other steps).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from contract_tests.checks.exchange import Exchange
from contract_tests.clients.adapter import Result
from contract_tests.clients.outcome import Answered
from contract_tests.driving.kit import Kit, acting
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes.registry import has_caller, scene
from contract_tests.strategies import simplest
from mockserver.contract.operations import Operation

SCENE = "sequence"
PARTNER, OWN = "solution_provider", "the partner's own"
MOST = 6
_BALANCE = 1
# The association of customers that the partner funds, and how many of them are enough.
# How each site writes that the partner resells to the customer.
_RESALE = {"cn": "2", "intl": "3"}
_FEW = 3
CENT = Decimal("0.01")


# Amounts by account: what the client's results say so far, or what there is.
Amounts = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Step:
    """One call. ``arguments`` draws them, ``believe`` takes over what a result says."""

    operation: str
    arguments: Callable[[st.DataObject, Amounts], Mapping[str, Any]]
    believe: Callable[[Amounts, Mapping[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Money:
    """What the client believes beside what there is, by account."""

    believed: Mapping[str, Decimal]
    there: Mapping[str, Decimal]


def _about(data: st.DataObject, amounts: Amounts) -> dict[str, Any]:
    """A customer, and an amount from one cent to more than most have."""
    customer = data.draw(st.sampled_from(sorted(amounts.keys() - {OWN})), "customer")
    return {"customer_id": customer, "amount": data.draw(st.integers(1, 500_000), "cents") * CENT}


def _movement(data: st.DataObject, amounts: Amounts) -> Mapping[str, Any]:
    return {"body": _about(data, amounts)}


def _moved(sign: int) -> Callable[[Amounts, Mapping[str, Any]], None]:
    def believe(amounts: Amounts, arguments: Mapping[str, Any]) -> None:
        body = arguments["body"]
        amounts[body["customer_id"]] += sign * body["amount"]
        amounts[OWN] -= sign * body["amount"]

    return believe


def _budget(data: st.DataObject, amounts: Amounts) -> Mapping[str, Any]:
    about = _about(data, amounts)
    return {"body": {"customer_id": about["customer_id"], "budget_amount": about["amount"]}}


def _budgeted(amounts: Amounts, arguments: Mapping[str, Any]) -> None:
    amounts[arguments["body"]["customer_id"]] = arguments["body"]["budget_amount"]


def _registration(data: st.DataObject, _: Amounts) -> Mapping[str, Any]:
    operation = CONTRACT.named("create_sub_customer")[0]
    return {"body": {**simplest(operation)["body"], "xaccount_id": f"sequence-{data.draw(st.integers(1, 9))}"}}


def _balances_of(customers: Iterable[str]) -> Mapping[str, Any]:
    return {"body": {"customer_infos": [{"customer_id": one} for one in sorted(customers)]}}


def _looked(*_: Any) -> None:
    """A look, or what is no matter of amounts, changes no belief."""


STEPS = (
    Step("update_customer_account_amount", _movement, _moved(1)),
    Step("reclaim_to_partner_account", _movement, _moved(-1)),
    Step(
        "list_customers_balances_detail",
        lambda _, amounts: _balances_of(amounts.keys() - {OWN}),
        _looked,
    ),
    Step("update_sub_customer_budget", _budget, _budgeted),
    Step("list_partner_balances", lambda *_: {}, _looked),
    Step("list_sub_customers", lambda *_: {"body": {"limit": 5}}, _looked),
    Step("create_sub_customer", _registration, _looked),
    Step("list_partner_adjust_records", lambda *_: {"query": {"limit": 5}}, _looked),
    Step("list_issued_partner_coupons", lambda *_: {"query": {"limit": 5}}, _looked),
)


def steps(stage: Stage, site: str) -> Sequence[Step]:
    """Those whose operation the client has and the partner may call."""
    found = [(one, CONTRACT.get(site, one.operation)) for one in STEPS]
    return [one for one, operation in found if operation and has_caller(stage, operation) and _may(stage, operation)]


def begins(stage: Stage, operation: Operation) -> bool:
    """The first step that the client has stands for all."""
    possible = steps(stage, operation.site)
    return bool(possible) and possible[0].operation == operation.name


@scene(SCENE, begins)
def sequence(stage: Stage, operation: Operation, data: st.DataObject) -> Exchange:
    """A few steps one after the other, up to the first whose result is not what the server answered."""
    site = operation.site
    possible = steps(stage, site)
    stage.set_faults(operation)
    with acting(stage, site, PARTNER) as kit:
        amounts = _look(kit)
        stage.journal(site)
        exchange = None
        for _ in range(data.draw(st.integers(1, MOST), "steps")):
            step = data.draw(st.sampled_from(possible), "step")
            exchange = _taken(stage, site, step, data, amounts)
            if not as_answered(exchange):
                break
        assert exchange is not None
        there = _look(kit)
        stage.journal(site)
    return replace(exchange, told={"money": Money(amounts, there)})


def as_answered(exchange: Exchange) -> bool:
    """Whether a result is a success in the journal, and an error a refusal there."""
    return isinstance(exchange.outcome, Result) == (exchange.entry.get("error_code") is None)


def _taken(stage: Stage, site: str, step: Step, data: st.DataObject, amounts: Amounts) -> Exchange:
    operation = CONTRACT.get(site, step.operation)
    assert operation is not None
    arguments = step.arguments(data, amounts)
    exchange = stage.exchange(operation, arguments, PARTNER)
    if isinstance(exchange.outcome, Result):
        step.believe(amounts, arguments)
    return exchange


def _look(kit: Kit) -> Amounts:
    """What there is, as the kit sees it: balances of partner and customers, or customers' budgets on the other site."""
    listed = _answer(kit, "list_sub_customers", {"body": {"association_type": _RESALE[kit.site], "limit": _FEW}})
    customers = [one["customer_id"] for one in listed["customer_infos"]]
    if kit.site == "intl":
        asked = {one: {"query": {"customer_id": one}} for one in customers}
        return {one: _answer(kit, "show_sub_customer_budget", asked[one])["budget_amount"] for one in customers}
    own = _answer(kit, "list_partner_balances", {})["account_balances"]
    amounts = {OWN: next(row["amount"] for row in own if row["account_type"] == _BALANCE)}
    for row in _answer(kit, "list_customers_balances_detail", _balances_of(customers))["customer_balances"]:
        amounts[row["customer_id"]] = row["amount"] - row["debt_amount"]
    return amounts


def _answer(kit: Kit, name: str, document: Mapping[str, Any]) -> Any:
    outcome = kit.call(name, document)
    assert isinstance(outcome, Answered), outcome
    return outcome.result


def _may(stage: Stage, operation: Operation) -> bool:
    return PARTNER in stage.callers(operation)
