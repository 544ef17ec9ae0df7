"""Rules on what may be spent, on the international site: budgets, their records and their old form, and quotas."""

from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from contract_tests.suite.machine.base import Base, callers, cents, limits, offsets, resellers, text, unless
from contract_tests.suite.machine.model import RESALE, WRONG_RESELLER, ZERO, Budget

types = st.sampled_from([None, "MONTHLY", "PACKAGE"])


class Budgeting(Base):
    @rule(
        caller=callers,
        reseller=resellers,
        amount=cents,
        type_=types,
        unfreeze=st.sampled_from([None, "0", "1"]),
        data=st.data(),
    )
    def set_a_budget(
        self,
        caller: str,
        reseller: str | None,
        amount: Decimal,
        type_: str | None,
        unfreeze: str | None,
        data: st.DataObject,
    ) -> None:
        indirect = self.id_of(reseller)
        customer = data.draw(self.customers_of(self.model.acting(caller, indirect)), "customer")
        refused = self.model.refuses_budget(caller, indirect, customer)
        body = {"customer_id": customer, "budget_amount": amount, "budget_type": type_}
        body["cancel_partner_frozen"] = unfreeze

        answer = self.call(caller, "update_sub_customer_budget", body | {"indirect_partner_id": indirect}, refused)

        if answer is not None:
            self.model.budgets.append(Budget(customer, amount, type_ or "MONTHLY", self.model.now))
            partner = self.model.acting(caller, indirect)
            if unfreeze == "1" and partner is not None:
                partner.customers[[one.id for one in partner.customers].index(customer)].frozen = 0

    @rule(caller=callers, amount=cents, data=st.data())
    def set_a_credit_in_the_old_way(self, caller: str, amount: Decimal, data: st.DataObject) -> None:
        customer = data.draw(self.customers_of(self.model.partners[caller]), "customer")
        refused = self.model.refuses_budget(caller, None, customer)
        body = {"customerId": customer, "adjustmentAmount": amount, "measureId": 1}

        answer = self.call(caller, "legacy_credit_set", body, refused)

        if answer is not None:
            self.model.budgets.append(Budget(customer, amount, "MONTHLY", self.model.now))

    @rule(caller=callers, reseller=resellers, data=st.data())
    def look_at_a_budget(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self.id_of(reseller)
        customer = data.draw(self.customers_of(self.model.acting(caller, indirect)), "customer")
        refused = self.model.refuses_budget(caller, indirect, customer)
        query = {"customer_id": customer, "indirect_partner_id": indirect}

        answer = self.call(caller, "show_sub_customer_budget", query, refused)

        if answer is not None:
            assert (answer["budget_amount"], answer["budget_type"]) == self.model.budget(customer)
            assert answer["used_amount"] == ZERO

    @rule(caller=callers, data=st.data())
    def look_at_a_credit_in_the_old_way(self, caller: str, data: st.DataObject) -> None:
        customer = data.draw(self.customers_of(self.model.partners[caller]), "customer")
        refused = self.model.refuses_budget(caller, None, customer)

        answer = self.call(caller, "legacy_credit_query", {"customer_id": customer}, refused)

        if answer is not None:
            assert answer["creditAmount"] == self.model.budget(customer)[0]

    @rule(caller=callers, reseller=resellers, data=st.data())
    def look_at_budgets(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        asked = self.some_customers(partner, data)
        body = {"customer_ids": asked, "indirect_partner_id": indirect}

        answer = self.call(caller, "list_sub_customer_budget", body, unless(partner))

        if answer is not None and partner is not None:
            mine = {one.id for one in partner.customers if one.association == RESALE}
            assert [
                (one["customer_id"], one["budget_amount"], one["budget_type"]) for one in answer["budget_infos"]
            ] == [(one, *self.model.budget(one)) for one in asked if one in mine]

    @rule(caller=callers, reseller=resellers, type_=types, offset=offsets, limit=limits, data=st.data())
    def tell_budgets(
        self,
        caller: str,
        reseller: str | None,
        type_: str | None,
        offset: int,
        limit: int,
        data: st.DataObject,
    ) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        customer = data.draw(self.customers_of(partner), "customer")
        query = {"customer_id": customer, "indirect_partner_id": indirect, "budget_type": type_}

        answer = self.call(
            caller,
            "list_sub_customer_budget_records",
            query | {"offset": offset, "limit": limit},
            unless(partner),
        )

        if answer is not None and partner is not None:
            mine = partner.customer(customer) is not None
            expected = [
                one
                for one in reversed(self.model.budgets)
                if mine and one.customer == customer and type_ in (None, one.type)
            ]
            assert answer["total_count"] == len(expected)
            shown = [(one["budget_amount"], one["budget_type"], one["operation_time"]) for one in answer["record_list"]]
            assert shown == [(one.amount, one.type, text(one.at)) for one in expected[offset : offset + limit]]

    @rule(caller=callers)
    def look_at_the_consumption_quota(self, caller: str) -> None:
        answer = self.call(caller, "show_partner_consumption_quota", {}, set())

        assert answer is not None
        names = ("due_amount", "unbilled_amount", "amount", "coupon_amount", "used_consumption_quota")
        due, unbilled, amount, coupons, used = (Decimal(answer[name]) for name in names)
        assert used == due + unbilled - amount - coupons
        assert amount == self.model.partners[caller].balance

    @rule(who=st.sampled_from(["buyer", "outsider"]))
    def look_at_an_expenditure_quota(self, who: str) -> None:
        answer = self.call(who, "show_customer_expenditure_quota", {}, set())

        assert answer is not None
        assert answer.get("granting_amount") == (None if who == "buyer" else ZERO)

    @rule()
    def a_customer_that_is_sold_to_has_no_account(self) -> None:
        assert self.call("buyer", "show_customer_account_balances", {}, {"CBC.99000049"}) is None

    @rule(reseller=st.sampled_from(["other_reseller", "solution_provider", "nobody"]))
    def nobody_elses_reseller_can_be_named(self, reseller: str) -> None:
        query = {"customer_id": "anybody", "indirect_partner_id": self.id_of(reseller)}
        assert self.call("distributor", "show_sub_customer_budget", query, {WRONG_RESELLER}) is None
