"""What the rules of every area need: a world, its model, clients, and somebody to ask about."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from contract_tests.clients.official import OfficialClient, knows
from contract_tests.clients.outcome import Answered, Failed, Outcome
from contract_tests.clients.signed import SignedClient
from contract_tests.suite.machine.model import (
    REFERRAL,
    RESALE,
    WRONG_RESELLER,
    ZERO,
    Case,
    Customer,
    Model,
    Partner,
)
from contract_tests.worlds import Emulator, World
from mockserver.contract.operations import Contract, Operation
from mockserver.domain import customers, ledger, realname
from mockserver.domain.entering import inside
from mockserver.domain.world import World as State

CONTRACT = Contract()
CENT = Decimal("0.01")
SCENARIO = Path(__file__).with_name("partners.yaml")
# Longer than this, and the lists leave out what is old.
KEPT = timedelta(days=500)
TIME = "%Y-%m-%dT%H:%M:%SZ"

callers = st.sampled_from(["solution_provider", "distributor"])
# Whom a distributor may name; most of the time who is right.
resellers = st.sampled_from(["reseller"] * 5 + [None] * 4 + ["other_reseller", "solution_provider", "nobody"])
cents = st.integers(1, 100_000_00).map(lambda count: count * CENT)
near = st.sampled_from([-CENT, ZERO, ZERO, CENT])
offsets = st.sampled_from([0, 0, 1, 5, 1000])
limits = st.sampled_from([1, 10, 100])


class Base(RuleBasedStateMachine):
    """Every rule is one call; the model says beforehand whether it is answered or how it is refused."""

    def __init__(self, emulator: Emulator, scenario: Path = SCENARIO) -> None:
        super().__init__()
        self.emulator = emulator
        self.world = emulator.sandbox(str(scenario))
        self.site = self.world.site
        self.model = model_of(self.world, self.inside())
        self.clients: dict[tuple[str, bool], OfficialClient | SignedClient] = {}

    def teardown(self) -> None:
        for name, partner in self.model.partners.items():
            self._agrees(name, partner)
            for customer in partner.customers:
                assert self.world.balance(customer.id) == (customer.balance or ZERO), customer
        self.world.close()

    @precondition(lambda self: self.model.now < self.model.began + KEPT)
    @rule(hours=st.sampled_from([1, 1, 12, 16, 24, 24 * 20, 24 * 35, 24 * 120]))
    def time_passes(self, hours: int) -> None:
        self.world.advance(hours=hours)
        self.passed()

    def passed(self) -> None:
        """The clock was moved on: the model lets happen what fell due."""
        self.model.advance(self.world.now)

    @invariant()
    def no_money_comes_or_goes(self) -> None:
        with self.inside() as world:
            assert ledger.total(world) == ZERO
            assert not ledger.disagreements(world)

    @invariant()
    def everything_is_as_the_model_says(self) -> None:
        for name, partner in self.model.partners.items():
            self._agrees(name, partner)
            for customer in partner.customers[-3:]:
                assert self.world.balance(customer.id) == (customer.balance or ZERO)

    def _agrees(self, name: str, partner: Partner) -> None:
        principal = self.world.principals[name]
        assert principal.balance() == partner.balance
        shown = [(one.id, one.account_name, one.association) for one in principal.customers()]
        assert shown == [(one.id, one.name, one.association) for one in partner.customers]

    def call(
        self, caller: str, name: str, arguments: Mapping[str, Any], refused: set[str], *, keeps: bool = False
    ) -> Mapping[str, Any] | None:
        """The answer, or None where the call was refused as the model said: without a trace, or as one that ``keeps``
        what it did.
        """
        before = self.world.fingerprint() if refused else ""
        outcome = self.outcome(caller, name, arguments)
        if refused:
            assert code_of(outcome) in refused, f"{outcome} instead of one of {sorted(refused)}"
            changed = self.world.fingerprint() != before
            assert changed == keeps, f"{name} was refused and changed {'something' if changed else 'nothing'}"
            return None
        assert isinstance(outcome, Answered), outcome
        assert code_of(outcome) == "CBC.0000", outcome
        answer: Mapping[str, Any] = outcome.result or {}
        return answer

    def outcome(self, caller: str, name: str, arguments: Mapping[str, Any]) -> Outcome:
        operation = found(self.site, name)
        return self._client(caller, operation).call(operation, placed(operation, arguments))

    def _client(self, caller: str, operation: Operation) -> OfficialClient | SignedClient:
        """The official SDK's, and for old operations, which it does not know, one that signs."""
        official = knows(operation)
        if (caller, official) not in self.clients:
            principal = self.world.principals[caller]
            made = (
                OfficialClient(principal.sdk) if official else SignedClient(self.world.url, principal, self.world.mount)
            )
            self.clients[caller, official] = made
        return self.clients[caller, official]

    def inside(self) -> AbstractContextManager[State]:
        """The state itself, past the API."""
        return inside(self.emulator.app.extensions["bss_mock"].get(self.world.id))

    def id_of(self, reseller: str | None) -> str | None:
        known = self.world.principals.get(reseller or "")
        return known.domain_id if known else reseller

    def customers_of(self, partner: Partner | None) -> st.SearchStrategy[str]:
        """The latest and the first of the partner's own customers, and somebody else's."""
        strangers = [customer.id for one in self.model.partners.values() for customer in one.customers[-1:]]
        strangers += [one.customer.id for one in self.model.pending[-1:]]
        strangers += [self.world.outsider.domain_id, "nobody"]
        if partner is None:
            return st.sampled_from(strangers)
        kinds = [[one.id for one in partner.customers if one.association == kind] for kind in (RESALE, REFERRAL)]
        own = [*kinds[0][:2], *kinds[0][-3:]]
        return st.sampled_from(own) | st.sampled_from(own) | st.sampled_from([*kinds[1][-2:], *strangers])

    def some_customers(self, partner: Partner | None, data: st.DataObject) -> list[str]:
        """Whom a list is asked for: each of them once."""
        asked: list[str] = data.draw(st.lists(self.customers_of(partner), min_size=1, max_size=5, unique=True), "asked")
        return asked

    def amounts(self, limit: Decimal | None) -> st.SearchStrategy[Decimal]:
        """Any amount, often one that is just enough or just too much."""
        if limit is None or limit <= CENT:
            return cents
        return cents | near.map(lambda cent: limit + cent)


def found(site: str, name: str) -> Operation:
    operation = CONTRACT.get(site, name)
    assert operation is not None
    return operation


def placed(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """A request document; None is not sent, and whoever's ID stands in an old path is not looked at."""
    document: dict[str, dict[str, Any]] = {"path": {"partner_id": "any"}} if "{partner_id}" in operation.path else {}
    place = "body" if operation.takes_body else "query"
    document[place] = {name: value for name, value in arguments.items() if value is not None}
    return document


def code_of(outcome: Outcome) -> str:
    """Old operations say in the body of a success what is wrong."""
    if isinstance(outcome, Failed):
        return outcome.error_code
    code: str = (outcome.result or {}).get("error_code", "CBC.0000")
    return code


def unless(partner: Partner | None) -> set[str]:
    return set() if partner is not None else {WRONG_RESELLER}


def text(moment: datetime) -> str:
    return moment.strftime(TIME)


def model_of(world: World, state: AbstractContextManager[State]) -> Model:
    """What the scenario has put into a fresh world, read from its file and its state and not through the API."""
    written = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))["principals"]
    partners = {}
    for name, row in written.items():
        if row["kind"] == "customer":
            continue
        who = world.principals[name]
        parent = world.principals[row["of"]].domain_id if "of" in row else None
        assert who.balance() == Decimal(row.get("balance", 0))
        partners[name] = Partner(who.domain_id, who.kind, parent, who.balance(), Decimal(row.get("designated", 0)))
        partners[name].customers = [
            # Nobody starts with nothing: who has no balance never got any money.
            Customer(one.id, one.account_name, one.association, world.balance(one.id) or None)
            for one in who.customers()
        ]
    with state as read:
        kept = {one.id: one for one in customers.everybody(read)}
        cases = [
            Case(one.customer_id, one.kind, one.certificate, one.change, None, one.result, one.opinion)
            for one in realname.cases(read)
        ]
    for customer in (one for partner in partners.values() for one in partner.customers):
        row = kept[customer.id]
        customer.verified, customer.kind, customer.frozen = row.verified_status, row.customer_type, row.frozen
    names = {customer.name for partner in partners.values() for customer in partner.customers}
    return Model(
        partners,
        names | {who.domain_name for who in world.principals.values()},
        world.now,
        world.now,
        site=world.site,
        cases=cases,
    )
