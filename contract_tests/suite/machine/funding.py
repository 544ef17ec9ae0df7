"""Rules on money between partners, resellers and customers, and on what each of them is told to have."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from contract_tests.suite.machine.base import Base, callers, resellers, unless
from contract_tests.suite.machine.model import NO_RIGHT, NOT_YOURS, ZERO, Partner

_BALANCE, _ALLOCATABLE = 1, 8
_OLD = {NOT_YOURS: "CBC.5004", NO_RIGHT: "CBC.5021"}
distributors = st.sampled_from(["distributor", "distributor", "other_distributor"])
named = st.sampled_from(["reseller"] * 4 + ["other_reseller", "solution_provider", "nobody"])


class Funding(Base):
    @rule(caller=callers, reseller=resellers, data=st.data())
    def allocate(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self.id_of(reseller)
        payer = self.model.acting(caller, indirect)
        customer = data.draw(self.customers_of(payer), "customer")
        amount = data.draw(self.amounts(payer.free if payer else None), "amount")
        refused = self.model.refuses_allocation(caller, indirect, customer, amount)
        body = {"customer_id": customer, "amount": amount, "indirect_partner_id": indirect}

        answer = self.call(caller, "update_customer_account_amount", body, refused)

        if answer is not None:
            self.model.allocated(caller, indirect, customer, amount, answer["transfer_id"])

    @rule(caller=callers, reseller=resellers, data=st.data())
    def reclaim(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self.id_of(reseller)
        payee = self.model.acting(caller, indirect)
        customer = data.draw(self.customers_of(payee), "customer")
        found = payee.customer(customer) if payee else None
        amount = data.draw(self.amounts(found.balance if found else None), "amount")
        refused = self.model.refuses_reclaim(caller, indirect, customer, amount)
        body = {"customer_id": customer, "amount": amount, "indirect_partner_id": indirect}

        answer = self.call(caller, "reclaim_to_partner_account", body, refused)

        if answer is not None:
            self.model.reclaimed(caller, indirect, customer, amount, answer["trans_id"])

    @rule(caller=st.sampled_from(["solution_provider", "distributor", "reseller"]), data=st.data())
    def allocate_in_the_old_way(self, caller: str, data: st.DataObject) -> None:
        payer = self.model.partners[caller]
        customer = data.draw(self.customers_of(payer), "customer")
        amount = data.draw(self.amounts(payer.free), "amount")
        refused = {_OLD.get(one, one) for one in self.model.refuses_allocation(caller, None, customer, amount)}
        body = {"customer_id": customer, "amount": f"{amount:f}", "currency": "CNY", "measure_id": 1}

        answer = self.call(caller, "legacy_adjust_amount", body, refused)

        if answer is not None:
            self.model.allocated(caller, None, customer, amount, answer["trans_id"])

    @rule(distributor=distributors, reseller=named, as_text=st.booleans(), data=st.data())
    def give_to_a_reseller(self, distributor: str, reseller: str, as_text: bool, data: st.DataObject) -> None:
        ident = self.id_of(reseller) or ""
        amount = data.draw(self.amounts(self.model.partners[distributor].free), "amount")
        refused = self.model.refuses_to_reseller(distributor, ident, amount)
        body = {"indirect_partner_id": ident, "amount": f"{amount:f}" if as_text else amount}

        answer = self.call(distributor, "update_indirect_partner_account", body, refused)

        if answer is not None:
            self.model.moved_to_reseller(distributor, ident, amount, answer["transfer_id"])

    @rule(distributor=distributors, reseller=named, data=st.data())
    def take_from_a_reseller(self, distributor: str, reseller: str, data: st.DataObject) -> None:
        ident = self.id_of(reseller) or ""
        mine = self.model.reseller(distributor, ident)
        amount = data.draw(self.amounts(mine.balance if mine else None), "amount")
        refused = self.model.refuses_from_reseller(distributor, ident, amount)
        body = {"indirect_partner_id": ident, "amount": amount}

        answer = self.call(distributor, "reclaim_indirect_partner_account", body, refused)

        if answer is not None:
            self.model.moved_to_reseller(distributor, ident, -amount, answer["trans_id"])

    @rule(caller=callers, reseller=resellers, old=st.booleans(), data=st.data())
    def look_at_balances(self, caller: str, reseller: str | None, old: bool, data: st.DataObject) -> None:
        """In the old way nobody can be named."""
        indirect = None if old else self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        asked = self.some_customers(partner, data)
        body = {"customer_infos": [{"customer_id": one} for one in asked], "indirect_partner_id": indirect}
        name = "legacy_customer_balances" if old else "list_customers_balances_detail"

        answer = self.call(caller, name, body, unless(partner))

        if answer is not None and partner is not None:
            shown = {one["customer_id"]: (one["amount"], one["debt_amount"]) for one in answer["customer_balances"]}
            assert shown == self.model.balances(partner, asked)

    @rule(caller=callers, reseller=resellers)
    def look_at_own_money(self, caller: str, reseller: str | None) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)

        answer = self.call(caller, "list_partner_balances", {"indirect_partner_id": indirect}, unless(partner))

        if answer is not None and partner is not None:
            shown = {one["account_type"]: one for one in answer["account_balances"]}
            # The SDK's model has these as binary fractions.
            assert Decimal(str(shown[_BALANCE]["amount"])) == partner.balance
            assert Decimal(str(shown[_BALANCE]["designated_amount"])) == partner.designated
            assert Decimal(str(shown[_ALLOCATABLE]["amount"])) == partner.free

    @rule(caller=callers, data=st.data())
    def look_at_money_in_the_old_way(self, caller: str, data: st.DataObject) -> None:
        partner = self.model.partners[caller]
        customer = data.draw(st.none() | self.customers_of(partner), "customer")
        known = customer is None or customer in self.model.balances(partner, [customer])

        answer = self.call(
            caller, "legacy_partner_account_balances", {"customer_id": customer}, set() if known else {"CBC.5002"}
        )

        if answer is not None:
            balance = partner.balance if customer is None else self._balance(partner, customer)
            shown = [one["amount"] for one in answer["account_balances"] if one["account_type"] == _BALANCE]
            assert shown == ([] if balance is None else [balance])

    @rule()
    def a_customer_looks_at_its_money(self) -> None:
        answer = self.call("buyer", "show_customer_account_balances", {}, set())

        assert answer is not None
        balance = self._balance(self.model.partners["solution_provider"], self.world.buyer.domain_id) or ZERO
        assert [(one["account_type"], one["amount"]) for one in answer["account_balances"]] == [(_BALANCE, balance)]
        assert answer["debt_amount"] == ZERO

    def _balance(self, partner: Partner, customer: str) -> Decimal | None:
        found = partner.customer(customer)
        return found.balance if found else None
