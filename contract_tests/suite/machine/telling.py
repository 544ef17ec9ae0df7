"""Rules on records: whatever was moved is told once, in order, with the balance after it, in every form there is."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from contract_tests.suite.machine.base import Base, callers, limits, offsets, resellers, text, unless
from contract_tests.suite.machine.model import Moved, Partner

GIVEN, TAKEN = "SOURCE_OPERATION_BEADJUST", "SOURCE_OPERATION_BERETRIEVE"
kinds = st.sampled_from([None, None, True, False])


class Telling(Base):
    @rule(caller=callers, reseller=resellers, given=kinds, offset=offsets, limit=limits, data=st.data())
    def tell_adjustments(
        self, caller: str, reseller: str | None, given: bool | None, offset: int, limit: int, data: st.DataObject
    ) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        customer = data.draw(st.none() | self._about(partner), "customer")
        query = {
            "indirect_partner_id": indirect,
            "customer_id": customer,
            "operation_type": {None: None, True: GIVEN, False: TAKEN}[given],
            "operation_time_begin": text(self.model.began),
            "offset": offset,
            "limit": limit,
        }

        answer = self.call(caller, "list_partner_adjust_records", query, unless(partner))

        if answer is not None and partner is not None:
            expected = self._adjustments(partner, customer, given)
            assert answer["total_count"] == len(expected)
            assert [
                (one["trans_id"], one["customer_id"], one["operation_type"], one["amount"], one["operation_time"])
                for one in answer["records"]
            ] == [
                (one.number, one.customer, GIVEN if one.given else TAKEN, f"{one.amount:f}", text(one.at))
                for one in expected[offset : offset + limit]
            ]

    @rule(caller=callers, data=st.data())
    def tell_one_adjustment(self, caller: str, data: st.DataObject) -> None:
        numbers = [one.number for one in self.model.moved[-3:]]
        number = data.draw(st.sampled_from([*numbers, "nothing"]), "trans_id")

        answer = self.call(caller, "list_partner_adjust_records", {"trans_id": number}, set())

        mine = [one.number for one in self.model.adjustments(self.model.partners[caller]) if one.number == number]
        assert answer is not None
        assert [one["trans_id"] for one in answer["records"]] == mine

    @rule(caller=callers, given=kinds, page=st.sampled_from([None, 1, 2, 3, 1000]), size=limits)
    def tell_adjustments_by_pages(self, caller: str, given: bool | None, page: int | None, size: int) -> None:
        """Both old forms count pages, and a page that is not there is the first."""
        expected = _paged(self._adjustments(self.model.partners[caller], None, given), page, size)
        kind = {None: None, True: "0", False: "1"}[given]
        since = text(self.model.began)
        first = {"transfer_type": kind, "received_time_min": since, "page_no": page, "page_size": size}
        second = {"operation_type": kind, "operation_time_begin": since, "offset": page, "limit": size}

        oldest = self.call(caller, "legacy_query_adjust_records", first, set())
        newer = self.call(caller, "legacy_partner_adjust_records_v2", second, set())

        assert oldest is not None
        assert newer is not None
        for shown in (oldest["adject_records"], newer["records"]):
            assert [(one["trans_id"], one["amount"]) for one in shown] == [(one.number, one.amount) for one in expected]

    @rule(caller=callers, reseller=resellers, given=kinds, offset=offsets, limit=limits)
    def tell_a_partners_statement(
        self, caller: str, reseller: str | None, given: bool | None, offset: int, limit: int
    ) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        query = self._statement(given, offset, limit) | {"indirect_partner_id": indirect}
        refused = unless(partner) | self.model.refuses_since_beginning()

        answer = self.call(caller, "list_partner_account_change_records", query, refused)

        if answer is not None and partner is not None:
            self._is_statement(answer, partner.id, partner.balance, given, offset, limit)
            assert {one["type"] for one in answer["records"]} <= {"1", "2"}

    @rule(given=kinds, offset=offsets, limit=limits)
    def tell_a_customers_statement(self, given: bool | None, offset: int, limit: int) -> None:
        buyer = self.world.buyer.domain_id
        held = self.model.partners["solution_provider"].customer(buyer)
        assert held is not None
        assert held.balance is not None

        query = self._statement(given, offset, limit)
        answer = self.call("buyer", "list_customer_account_change_records", query, self.model.refuses_since_beginning())

        if answer is not None:
            self._is_statement(answer, buyer, held.balance, given, offset, limit)

    def _statement(self, given: bool | None, offset: int, limit: int) -> dict[str, Any]:
        return {
            "balance_type": "BALANCE_TYPE_DEBIT",
            "trade_type": {None: None, True: "BEADJUST", False: "BERETRIEVE"}[given],
            "trade_time_begin": f"{self.model.began:%Y-%m-%d}",
            "offset": offset,
            "limit": limit,
        }

    def _is_statement(
        self, answer: Any, owner: str, balance: Decimal, given: bool | None, offset: int, limit: int
    ) -> None:
        expected = [one for one in self.model.statement(owner, balance) if given in (None, one[0].given)]
        assert answer["total_count"] == len(expected)
        assert [
            (one["trade_id"], one["trade_detail_type"], one["change_amount"], one["balance_after_change"])
            for one in answer["records"]
        ] == [
            (one.number, GIVEN if one.given else TAKEN, f"{one.amount:f}", f"{after:f}")
            for one, after in expected[offset : offset + limit]
        ]

    def _adjustments(self, partner: Partner, customer: str | None, given: bool | None) -> list[Moved]:
        wanted: Callable[[Moved], bool] = lambda one: (  # noqa: E731
            customer in (None, one.customer) and given in (None, one.given)
        )
        return [one for one in self.model.adjustments(partner) if wanted(one)]

    def _about(self, partner: Partner | None) -> st.SearchStrategy[str]:
        """A customer, or a reseller, which is one to its distributor."""
        return self.customers_of(partner) | st.sampled_from([self.world.reseller.domain_id])


def _paged(records: Sequence[Moved], page: int | None, size: int) -> Sequence[Moved]:
    start = ((page or 1) - 1) * size
    return records[start : start + size] or records[:size]
