"""Any sequence of registrations, allocations and reclaims through the official SDK, beside a model of the rules."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from contract_tests.clients.official import OfficialClient
from contract_tests.clients.outcome import Answered, Failed, Outcome
from contract_tests.profile import PROPERTY
from contract_tests.suite.money_model import REFERRAL, RESALE, ZERO, Customer, Model, Partner
from contract_tests.worlds import Emulator, World
from mockserver.contract.operations import Contract, Operation
from mockserver.domain import ledger
from mockserver.domain.entering import inside

CONTRACT = Contract()
CENT = Decimal("0.01")
STEPS = 30
SCENARIO = Path(__file__).with_name("money.yaml")
_CODES = {REFERRAL: "1", RESALE: "2"}
_BALANCE, _ALLOCATABLE = 1, 8

callers = st.sampled_from(["solution_provider", "distributor"])
# Whom a distributor may name; most of the time who is right.
resellers = st.sampled_from(["reseller"] * 5 + [None] * 4 + ["other_reseller", "solution_provider", "nobody"])
cents = st.integers(1, 100_000_00).map(lambda count: count * CENT)
near = st.sampled_from([-CENT, ZERO, ZERO, CENT])


def test_money_and_customers_stay_as_a_model_says(bss_mock: Emulator) -> None:
    class Machine(MoneyMachine):
        def __init__(self) -> None:
            super().__init__(bss_mock)

    run_state_machine_as_test(Machine, settings=settings(PROPERTY, stateful_step_count=STEPS))


class MoneyMachine(RuleBasedStateMachine):
    """Every rule is one call; the model says beforehand whether it is answered or how it is refused."""

    def __init__(self, emulator: Emulator) -> None:
        super().__init__()
        self.emulator = emulator
        self.world = emulator.sandbox(str(SCENARIO))
        self.model = _model(self.world)
        self.clients = {
            name: OfficialClient(self.world.principals[name].sdk) for name in ("solution_provider", "distributor")
        }
        self.registered = 0

    def teardown(self) -> None:
        for name, partner in self.model.partners.items():
            self._agrees(name, partner)
            for customer in partner.customers:
                assert self.world.balance(customer.id) == (customer.balance or ZERO), customer
        self.world.close()

    @rule(
        caller=callers,
        reseller=resellers,
        association=st.sampled_from([None, "1", "2"]),
        named=st.sampled_from(["new", "new", "taken", None]),
        again=st.sampled_from([False, False, False, True]),
    )
    def register(
        self, caller: str, reseller: str | None, association: str | None, named: str | None, again: bool
    ) -> None:
        self.registered += 1
        indirect = self._id(reseller)
        name = {"new": f"Machine-{self.registered}", "taken": min(self.model.names), None: None}[named]
        xaccount = min(self.model.xaccounts) if again and self.model.xaccounts else f"x{self.registered}"
        body = {"xaccount_id": xaccount, "xaccount_type": "MACHINE", "domain_name": name}
        body |= {"cooperation_type": association, "indirect_partner_id": indirect}
        refused = self.model.refuses_registration(caller, indirect, name, xaccount)

        answer = self._call(caller, "create_sub_customer", body, refused)

        if answer is not None:
            assert name in (None, answer["domain_name"])
            kind = REFERRAL if association == "1" else RESALE
            customer = Customer(answer["domain_id"], answer["domain_name"], kind, None)
            self.model.registered(caller, indirect, customer, xaccount)

    @rule(caller=callers, reseller=resellers, data=st.data())
    def allocate(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self._id(reseller)
        payer = self.model.acting(caller, indirect)
        customer = data.draw(self._customers(payer), "customer")
        amount = data.draw(self._amounts(payer.free if payer else None), "amount")
        refused = self.model.refuses_allocation(caller, indirect, customer, amount)

        answer = self._call(caller, "update_customer_account_amount", _movement(customer, amount, indirect), refused)

        if answer is not None:
            assert answer["transfer_id"]
            self.model.allocated(caller, indirect, customer, amount)

    @rule(caller=callers, reseller=resellers, data=st.data())
    def reclaim(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self._id(reseller)
        payee = self.model.acting(caller, indirect)
        customer = data.draw(self._customers(payee), "customer")
        found = payee.customer(customer) if payee else None
        amount = data.draw(self._amounts(found.balance if found else None), "amount")
        refused = self.model.refuses_reclaim(caller, indirect, customer, amount)

        answer = self._call(caller, "reclaim_to_partner_account", _movement(customer, amount, indirect), refused)

        if answer is not None:
            assert answer["trans_id"]
            self.model.reclaimed(caller, indirect, customer, amount)

    @rule(caller=callers, reseller=resellers, data=st.data())
    def look_at_balances(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self._id(reseller)
        partner = self.model.acting(caller, indirect)
        asked = data.draw(st.lists(self._customers(partner), min_size=1, max_size=5, unique=True), "asked")
        body = {"customer_infos": [{"customer_id": one} for one in asked], "indirect_partner_id": indirect}

        answer = self._call(caller, "list_customers_balances_detail", body, _unless(partner))

        if answer is not None and partner is not None:
            shown = {one["customer_id"]: (one["amount"], one["debt_amount"]) for one in answer["customer_balances"]}
            assert shown == self.model.balances(partner, asked)

    @rule(
        caller=callers,
        reseller=resellers,
        association=st.sampled_from([None, RESALE, REFERRAL]),
        offset=st.sampled_from([0, 0, 1, 8, 1000]),
        limit=st.sampled_from([1, 10, 100]),
        part=st.sampled_from([None, None, "machine-", "MACHINE-1", "_"]),
    )
    def list_customers(
        self, caller: str, reseller: str | None, association: str | None, offset: int, limit: int, part: str | None
    ) -> None:
        indirect = self._id(reseller)
        partner = self.model.acting(caller, indirect)
        body = {"offset": offset, "limit": limit, "account_name": part, "indirect_partner_id": indirect}
        body["association_type"] = _CODES.get(association or "")

        answer = self._call(caller, "list_sub_customers", body, _unless(partner))

        if answer is not None and partner is not None:
            matching = [
                (one.id, one.name, _CODES[one.association])
                for one in partner.customers
                if association in (None, one.association) and (part or "").lower() in one.name.lower()
            ]
            assert answer["count"] == len(matching)
            members = ("customer_id", "account_name", "association_type")
            shown = [tuple(one[name] for name in members) for one in answer["customer_infos"]]
            assert shown == matching[offset : offset + limit]

    @rule(caller=callers, reseller=resellers)
    def look_at_own_money(self, caller: str, reseller: str | None) -> None:
        indirect = self._id(reseller)
        partner = self.model.acting(caller, indirect)
        query = {"indirect_partner_id": indirect}

        answer = self._call(caller, "list_partner_balances", query, _unless(partner), "query")

        if answer is not None and partner is not None:
            shown = {one["account_type"]: one for one in answer["account_balances"]}
            # The SDK's model has these as binary fractions.
            assert Decimal(str(shown[_BALANCE]["amount"])) == partner.balance
            assert Decimal(str(shown[_BALANCE]["designated_amount"])) == partner.designated
            assert Decimal(str(shown[_ALLOCATABLE]["amount"])) == partner.free

    @rule(caller=callers, data=st.data())
    def ask_for_a_name(self, caller: str, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(["free-name", *sorted(self.model.names)[:3], f"Machine-{self.registered}"]))
        body = {"search_type": "name", "search_value": name}

        answer = self._call(caller, "check_user_identity", body, set())

        assert answer is not None
        assert answer["check_result"] == ("used_by_user" if name in self.model.names else "available")

    @invariant()
    def no_money_comes_or_goes(self) -> None:
        with inside(self.emulator.app.extensions["bss_mock"].get(self.world.id)) as world:
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

    def _call(
        self, caller: str, name: str, arguments: Mapping[str, Any], refused: set[str], place: str = "body"
    ) -> Mapping[str, Any] | None:
        """The answer, or None where the call was refused as the model said."""
        given = {member: value for member, value in arguments.items() if value is not None}
        outcome = self.clients[caller].call(_operation(name), {place: given})
        if not refused:
            assert isinstance(outcome, Answered), outcome
            answer: Mapping[str, Any] = outcome.result
            return answer
        assert _code(outcome) in refused, f"{outcome} instead of one of {sorted(refused)}"
        return None

    def _id(self, reseller: str | None) -> str | None:
        known = self.world.principals.get(reseller or "")
        return known.domain_id if known else reseller

    def _customers(self, partner: Partner | None) -> st.SearchStrategy[str]:
        """The latest and the first of the partner's own customers, and somebody else's."""
        strangers = [customer.id for one in self.model.partners.values() for customer in one.customers[-1:]]
        strangers += [self.world.outsider.domain_id, "nobody"]
        if partner is None:
            return st.sampled_from(strangers)
        kinds = [[one.id for one in partner.customers if one.association == kind] for kind in (RESALE, REFERRAL)]
        own = [*kinds[0][:2], *kinds[0][-3:]]
        return st.sampled_from(own) | st.sampled_from(own) | st.sampled_from([*kinds[1][-2:], *strangers])

    def _amounts(self, limit: Decimal | None) -> st.SearchStrategy[Decimal]:
        """Any amount, often one that is just enough or just too much."""
        if limit is None or limit <= CENT:
            return cents
        return cents | near.map(lambda cent: limit + cent)


def _model(world: World) -> Model:
    """What the scenario has put into a fresh world, read from its file and its state and not through the API."""
    written = yaml.safe_load(SCENARIO.read_text(encoding="utf-8"))["principals"]
    partners = {}
    for name, row in written.items():
        if row["kind"] == "customer":
            continue
        who = world.principals[name]
        parent = world.principals[row["of"]].domain_id if "of" in row else None
        assert who.balance() == Decimal(row["balance"])
        partners[name] = Partner(who.domain_id, who.kind, parent, who.balance(), Decimal(row.get("designated", 0)))
        partners[name].customers = [
            # Nobody starts with nothing: who has no balance never got any money.
            Customer(one.id, one.account_name, one.association, world.balance(one.id) or None)
            for one in who.customers()
        ]
    names = {customer.name for partner in partners.values() for customer in partner.customers}
    return Model(partners, names | {who.domain_name for who in world.principals.values()})


def _movement(customer: str, amount: Decimal, indirect: str | None) -> dict[str, Any]:
    return {"customer_id": customer, "amount": amount, "indirect_partner_id": indirect}


def _unless(partner: Partner | None) -> set[str]:
    return set() if partner is not None else {"CBC.99000037"}


def _code(outcome: Outcome) -> str:
    return outcome.error_code if isinstance(outcome, Failed) else "no refusal"


def _operation(name: str) -> Operation:
    found = CONTRACT.get("cn", name)
    assert found is not None
    return found
