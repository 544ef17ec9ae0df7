"""The old operations on money: the same state as the new ones, in their own words and with their own codes."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.contract.operations import Contract
    from tests.conftest import Answered, Clock, Stage

    Open = Callable[..., Stage]

GIVE, RECORDS, RECORDS_V2 = "legacy_adjust_amount", "legacy_query_adjust_records", "legacy_partner_adjust_records_v2"
BALANCES = "legacy_customer_balances"


def old(stage: "Stage", who: str, operation: str, **arguments: Any) -> "Answered":
    return stage.call(who, operation, partner_id="any", **arguments)


def give(stage: "Stage", customer: str, amount: Any, who: str = "solution_provider", **more: Any) -> "Answered":
    asked = {"customer_id": customer, "amount": amount, "currency": "CNY", "measure_id": 1}
    return old(stage, who, GIVE, **asked | more)


def balance(stage: "Stage", customer: str, who: str = "solution_provider") -> Decimal:
    (found,) = old(stage, who, BALANCES, customer_infos=[{"customer_id": customer}]).body["customer_balances"]
    return Decimal(found["amount"]) - found["debt_amount"]


def unchanged(stage: "Stage", answer_of: "Callable[[], Answered]") -> "Answered":
    before = stage.sandbox.fingerprint()
    answer = answer_of()
    assert stage.sandbox.fingerprint() == before
    return answer


@pytest.fixture
def customer(stage: "Stage") -> str:
    return stage["customer"].domain_id


class TestGiving:
    @pytest.mark.documents("legacy_adjust_amount", 1)
    @pytest.mark.documents("legacy_adjust_amount", 4)
    @pytest.mark.documents("legacy_adjust_amount", 6)
    @pytest.mark.documents("legacy_adjust_amount", 7)
    @pytest.mark.parametrize("amount", ["0.01", "300.00", "7", "12.5"])
    def test_what_the_partner_loses_the_customer_gets(self, stage: "Stage", customer: str, amount: str) -> None:
        answer = give(stage, customer, amount)
        assert (answer.status, answer.code, answer.body["error_msg"]) == (200, "CBC.0000", "success")
        assert balance(stage, customer) == 80 + Decimal(amount)
        found = old(stage, "solution_provider", RECORDS, trans_id=answer.body["trans_id"]).body
        assert [one["amount"] for one in found["adject_records"]] == [Decimal(amount)]

    @pytest.mark.documents("legacy_adjust_amount", 1)
    @pytest.mark.documents("legacy_adjust_amount", 2)
    @pytest.mark.documents("update_customer_account_amount", 6)
    @pytest.mark.documents("update_customer_account_amount", 10)
    def test_a_refusal_is_a_code_in_an_answer_with_status_200(self, stage: "Stage", customer: str) -> None:
        (referral, *_), (foreign, *_) = stage.customers("solution_provider", "referral"), stage.customers("reseller")
        for whom, amount, code in (
            (customer, "749.51", "CBC.5003"),
            (foreign, "1", "CBC.5004"),
            ("nobody", "1", "CBC.5004"),
            (referral, "1", "CBC.5021"),
        ):
            answer = unchanged(stage, lambda whom=whom, amount=amount: give(stage, whom, amount))
            assert (answer.status, answer.code, list(answer.body)) == (200, code, ["error_code", "error_msg"])
            assert answer.reason

    @pytest.mark.documents("legacy_adjust_amount", 3)
    @pytest.mark.parametrize("amount", ["0", "0.00", "-1", "1.001", "", "ten", 10, None, "12345678901.00"])
    def test_a_wrong_amount_moves_nothing(self, stage: "Stage", customer: str, amount: Any) -> None:
        answer = unchanged(stage, lambda: give(stage, customer, amount))
        assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.documents("legacy_adjust_amount", 5)
    def test_a_distributor_cannot_give_to_its_resellers_customer(self, stage: "Stage") -> None:
        (customer, *_) = stage.customers("reseller")
        named = {"indirect_partner_id": stage["reseller"].domain_id}
        answer = unchanged(stage, lambda: give(stage, customer, "1", "distributor", **named))
        assert answer.code == "CBC.5004"
        assert give(stage, customer, "1", "reseller").code == "CBC.0000"


class TestBalances:
    @pytest.mark.documents("legacy_customer_balances", 1)
    @pytest.mark.documents("legacy_customer_balances", 2)
    @pytest.mark.documents("legacy_customer_balances", 3)
    def test_those_of_resale_customers_and_of_nobody_else(self, stage: "Stage", customer: str) -> None:
        others = [stage.customers("solution_provider", "referral")[0], stage.customers("reseller")[0], "nobody"]
        infos = [{"customer_id": one} for one in [*others, customer]]
        answer = old(stage, "solution_provider", BALANCES, customer_infos=infos)
        assert (answer.status, answer.code, answer.body["error_msg"]) == (200, "CBC.0000", "success")
        assert [(one["customer_id"], one["amount"]) for one in answer.body["customer_balances"]] == [(customer, 80)]
        new = stage.call("solution_provider", "list_customers_balances_detail", customer_infos=infos)
        assert answer.body["customer_balances"] == new.body["customer_balances"]


@pytest.fixture
def moved(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
    """Twelve records of one customer: ten times given, taken back, taken back when unbound."""
    partners["principals"]["customer"]["balance"] = "10.00"
    rows = [("BEADJUST", f"-{number}.00") for number in range(1, 11)] + [("BERETRIEVE", "20.00"), ("BEUNBIND", "30.00")]
    partners["movements"] = [
        {
            "of": "solution_provider",
            "with": "customer",
            "trade_type": type_,
            "change": change,
            "remark": f"remark {day}",
            "at": f"2026-02-{day:02d}T00:00:00Z",
        }
        for day, (type_, change) in enumerate(rows, 1)
    ]
    return open_world(partners, now=time)


class TestRecords:
    @pytest.fixture
    def only(self, moved: "Stage") -> dict[str, Any]:
        return {
            "customer_id": moved["customer"].domain_id,
            "received_time_min": "2026-02-01T00:00:00Z",
            "received_time_max": "2026-02-28T00:00:00Z",
        }

    def amounts(self, stage: "Stage", **wanted: Any) -> list[int]:
        answer = old(stage, "solution_provider", RECORDS, **wanted)
        assert (answer.status, answer.code) == (200, "CBC.0000"), answer.reason
        return [int(one["amount"]) for one in answer.body["adject_records"]]

    @pytest.mark.documents("legacy_query_adjust_records", 1)
    def test_what_was_given_and_taken_back(self, moved: "Stage", only: dict[str, Any]) -> None:
        answer = old(moved, "solution_provider", RECORDS, **only, page_size=100)
        assert (answer.body["total_size"], len(answer.body["adject_records"])) == (12, 12)
        assert answer.body["adject_records"][0] == {
            "customer_id": only["customer_id"],
            "customer_name": "示例科技有限公司",
            "operation_type": "2",
            "amount": 30,
            "currency": "CNY",
            "apply_scene": "remark 12",
            "operation_time": "2026-02-12T00:00:00Z",
            "measure_id": 1,
            "trans_id": answer.body["adject_records"][0]["trans_id"],
        }
        for type_, expected in (("-1", [30, 20]), ("0", [10, 9]), ("1", [20]), ("2", [30]), ("", [30, 20])):
            assert self.amounts(moved, **only, transfer_type=type_)[:2] == expected, type_

    @pytest.mark.documents("legacy_query_adjust_records", 2)
    def test_a_page_beyond_the_last_is_the_first(self, moved: "Stage", only: dict[str, Any]) -> None:
        first = self.amounts(moved, **only)
        assert first == [30, 20, *range(10, 2, -1)]
        assert self.amounts(moved, **only, page_no=2) == [2, 1]
        assert self.amounts(moved, **only, page_no=3) == self.amounts(moved, **only, page_no=2147483647) == first
        assert self.amounts(moved, **only, page_no=3, page_size=5) == [2, 1]
        assert self.amounts(moved, **only, page_no=4, page_size=5) == first[:5]
        assert self.amounts(moved, customer_id="nobody", page_no=4) == []

    @pytest.mark.documents("legacy_query_adjust_records", 3)
    def test_one_of_the_two_times_is_enough(self, moved: "Stage", only: dict[str, Any]) -> None:
        customer = {"customer_id": only["customer_id"]}
        assert self.amounts(moved, **customer, received_time_min="2026-02-11T00:00:00Z") == [30, 20]
        assert self.amounts(moved, **customer, received_time_max="2026-02-01T00:00:00Z")[0] == 1

    @pytest.mark.documents("legacy_query_adjust_records", 4)
    @pytest.mark.documents("list_partner_adjust_records", 5)
    def test_three_operations_tell_the_same_records(self, moved: "Stage", only: dict[str, Any]) -> None:
        of = {"customer_id": only["customer_id"], "operation_time_begin": "2026-02-01T00:00:00Z"}
        new = moved.call("solution_provider", "list_partner_adjust_records", **of, limit=100).body["records"]
        second = moved.call("solution_provider", RECORDS_V2, **of, limit=100).body["records"]
        first = old(moved, "solution_provider", RECORDS, **only, page_size=100).body["adject_records"]
        assert first == second
        assert [one["trans_id"] for one in new] == [one["trans_id"] for one in second]
        assert [Decimal(one["amount"]) for one in new] == [one["amount"] for one in second]

        def page(**wanted: Any) -> list[int]:
            body = moved.call("solution_provider", RECORDS_V2, **of, **wanted).body
            assert body["total_count"] == 12
            return [int(one["amount"]) for one in body["records"]]

        assert page() == page(offset=0) == page(offset=1) == page(offset=3) == [30, 20, *range(10, 2, -1)]
        assert page(offset=2) == [2, 1]
        assert moved.call("solution_provider", RECORDS_V2, **of, operation_type="2").body["total_count"] == 1
        assert moved.call("solution_provider", RECORDS_V2, **of, operation_type="9").body["records"] == []

    def test_a_distributor_asks_for_its_resellers(self, stage: "Stage") -> None:
        (customer, *_) = stage.customers("reseller")
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        before = stage.call("distributor", RECORDS_V2, **naming).body["total_count"]
        give(stage, customer, "1", "reseller")
        assert stage.call("distributor", RECORDS_V2, **naming).body["total_count"] == before + 1
        other = stage.call("distributor", RECORDS_V2, indirect_partner_id=stage["other_reseller"].domain_id)
        assert other.code == "CBC.99000037"


class TestCredit:
    """On the international site a budget was called credit."""

    @pytest.mark.documents("update_sub_customer_budget", 10)
    def test_it_is_the_budget_under_another_name_and_no_longer_offered(
        self, intl: "Stage", contract: "Contract"
    ) -> None:
        for name in ("legacy_credit_set", "legacy_credit_query"):
            operation = contract.get("intl", name)
            assert operation is not None
            assert operation.retired
        (customer, *_) = intl.customers("solution_provider")
        asked = {"customerId": customer, "adjustmentAmount": Decimal("12.34"), "measureId": 1}
        assert old(intl, "solution_provider", "legacy_credit_set", **asked).status == 204
        told = old(intl, "solution_provider", "legacy_credit_query", customer_id=customer).body
        new = intl.call("solution_provider", "show_sub_customer_budget", customer_id=customer).body
        assert told == {
            "error_code": "CBC.0000",
            "error_msg": "success",
            "creditAmount": Decimal("12.34"),
            "usedAmount": new["used_amount"],
            "measureId": 1,
            "currency": "USD",
        }
        assert new["budget_amount"] == Decimal("12.34")

    @pytest.mark.parametrize("amount", [0, -1, Decimal("0.001"), 10**30, None, "1"])
    def test_a_wrong_amount_sets_nothing(self, intl: "Stage", amount: Any) -> None:
        (customer, *_) = intl.customers("solution_provider")
        asked = {"customerId": customer, "adjustmentAmount": amount, "measureId": 1}
        answer = unchanged(intl, lambda: old(intl, "solution_provider", "legacy_credit_set", **asked))
        assert (answer.status, answer.code) == (400, "CBC.0100")

    def test_only_of_ones_own_resale_customers(self, intl: "Stage") -> None:
        for other in (intl.customers("solution_provider", "referral")[0], intl.customers("reseller")[0], "nobody"):
            asked = {"customerId": other, "adjustmentAmount": 1, "measureId": 1}
            answer = unchanged(intl, lambda asked=asked: old(intl, "solution_provider", "legacy_credit_set", **asked))
            assert answer.code == "CBC.99005024"
            assert old(intl, "solution_provider", "legacy_credit_query", customer_id=other).code == "CBC.99005024"
