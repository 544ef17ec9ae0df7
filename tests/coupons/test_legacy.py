"""The old queries of coupons answer from the same state, with their own parameters."""

from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import coupon_book, coupon_issuing

if TYPE_CHECKING:
    from tests.conftest import Stage


def own(stage: "Stage", who: str = "customer", page_no: int = 1, page_size: int = 100, **filters: Any) -> Any:
    domain_id = stage[who].domain_id
    return stage.call(who, "legacy_coupons", domain_id=domain_id, page_no=page_no, page_size=page_size, **filters).body


def of_partner(stage: "Stage", operation: str, **filters: Any) -> Any:
    answer = stage.call("solution_provider", operation, partner_id="any", **filters)
    assert (answer.status, answer.code) == (200, "CBC.0000"), answer.reason
    return answer.body


class TestOwnCoupons:
    @pytest.mark.documents("legacy_coupons", 1)
    @pytest.mark.documents("legacy_coupons", 4)
    def test_they_are_those_of_the_new_query(self, stage: "Stage") -> None:
        new = stage.call("customer", "list_sub_customer_coupons").body
        assert own(stage) == {"error_code": "CBC.0000", "error_msg": "Success", **new}
        provider = stage["solution_provider"].domain_id
        by_source = stage.call("customer", "list_sub_customer_coupons", source_id=provider).body["user_coupons"]
        assert own(stage, coupons_scope=2, bp_id=provider)["user_coupons"] == by_source
        other = stage.call("customer", "legacy_coupons", domain_id=provider, page_no=1, page_size=1)
        assert (other.status, other.code) == (400, "CBC.0100")

    @pytest.mark.documents("legacy_coupons", 2)
    def test_pages_have_numbers_and_are_needed(self, stage: "Stage") -> None:
        everything = own(stage)["user_coupons"]
        assert own(stage, page_no=2, page_size=3)["user_coupons"] == everything[3:]
        assert own(stage, page_no=2147483647)["user_coupons"] == []
        bare = stage.call("customer", "legacy_coupons", domain_id=stage["customer"].domain_id)
        assert (bare.status, bare.code) == (400, "CBC.0100")

    @pytest.mark.documents("legacy_coupons", 3)
    def test_the_partner_counts_with_scope_2_only(self, stage: "Stage") -> None:
        everything = own(stage)["user_coupons"]
        assert own(stage, bp_id="nobody")["user_coupons"] == everything
        assert own(stage, coupons_scope=1, bp_id="nobody")["user_coupons"] == []
        assert own(stage, coupons_scope=2, bp_id="nobody")["user_coupons"] == []
        assert own(stage, "outsider", coupons_scope=1)["count"] == 6
        assert own(stage, coupons_scope=2)["error_code"] == "CBC.0100"


class TestIssued:
    @pytest.mark.documents("legacy_issued_partner_coupons", 1)
    @pytest.mark.documents("legacy_issued_partner_coupons", 4)
    def test_they_are_those_of_the_new_query(self, stage: "Stage") -> None:
        new = stage.call("solution_provider", "list_issued_partner_coupons").body
        assert of_partner(stage, "legacy_issued_partner_coupons") == {
            "error_code": "CBC.0000",
            "error_msg": "Success",
            **new,
        }

    @pytest.mark.documents("legacy_issued_partner_coupons", 2)
    @pytest.mark.documents("legacy_issued_partner_coupons", 3)
    def test_times_have_their_own_names_and_are_open_intervals(self, stage: "Stage") -> None:
        def found(**limits: str) -> Any:
            return of_partner(stage, "legacy_issued_partner_coupons", **limits)["user_coupons"]

        first, second, *others = found()
        for begin, end in (("create_start_time", "create_end_time"), ("active_start_time", "active_end_time")):
            assert found(**{begin: first["create_time"]}) == [second, *others]
            assert found(**{end: second["create_time"]}) == [first]
        assert found(create_start_time=first["create_time"], active_end_time=others[0]["create_time"]) == [second]
        assert found(create_time_begin="2030-01-01T00:00:00Z") == [first, second, *others]


class TestRecords:
    @pytest.mark.documents("legacy_partner_coupons_records", 1)
    @pytest.mark.documents("legacy_partner_coupons_records", 4)
    def test_they_are_those_of_the_new_query(self, stage: "Stage", issue: Any) -> None:
        issue("nobody")
        new = stage.call("solution_provider", "list_partner_coupons_record").body
        old = of_partner(stage, "legacy_partner_coupons_records")
        assert (old["total_count"], old["records"]) == (new["total_count"], new["records"])

    @pytest.mark.documents("legacy_partner_coupons_records", 2)
    def test_five_kinds_of_operation(self, stage: "Stage") -> None:
        with stage.inside() as world:
            people = stage["solution_provider"].domain_id, stage["customer"].domain_id
            coupon_issuing.reclaim_all(world, *people, coupon_book.MODEL_CHANGED)
        new = stage.call("solution_provider", "list_partner_coupons_record").body["records"]
        old = of_partner(stage, "legacy_partner_coupons_records")["records"]
        assert [one for one in new if one not in old] == [one for one in new if one["operation_type"] == "8"] != []
        sixth = stage.call("solution_provider", "legacy_partner_coupons_records", partner_id="x", operation_types="6")
        assert (sixth.status, sixth.code) == (400, "CBC.0100")

    @pytest.mark.documents("legacy_partner_coupons_records", 3)
    def test_empty_values(self, stage: "Stage") -> None:
        everything = of_partner(stage, "legacy_partner_coupons_records")["records"]
        assert of_partner(stage, "legacy_partner_coupons_records", quota_id="", customer_id="")["records"] == everything
        for empty in ({"coupon_ids": ""}, {"operation_types": ""}, {"coupon_ids": "null"}, {"operation_types": "null"}):
            assert of_partner(stage, "legacy_partner_coupons_records", **empty)["records"] == []


def test_coupons_for_an_order_on_the_international_site(open_world: Any) -> None:
    abroad: Stage = open_world("demo-intl")
    answer = abroad.call("outsider", "legacy_intl_order_coupons", order_id="CS0009").body
    assert answer["count"] == len(answer["user_coupons"]) == 1
    (coupon,) = answer["user_coupons"]
    assert (coupon["coupon_type"], coupon["status"], coupon["balance"]) == (301, 2, 600)
