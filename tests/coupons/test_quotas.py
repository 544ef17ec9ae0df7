"""Coupon quotas from Huawei to a distributor and on to its resellers, and back."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.coupons.conftest import pages

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Quota = Callable[[str], str]
    Balance = Callable[[str], Decimal]
    Refused = Callable[..., Answered]


@pytest.fixture
def pass_on(stage: "Stage", quota: "Quota") -> "Callable[..., Answered]":
    def pass_on(*resellers: str, amount: Any = "50.00", out_of: str = "wholesale", who: str = "distributor") -> Any:
        idents = [stage[name].domain_id if name in stage.sandbox.principals else name for name in resellers]
        return stage.call(
            who,
            "update_coupon_quotas",
            quota_id=quota(out_of) if out_of != "none" else out_of,
            indirect_partner_ids=idents,
            quota_amount=amount,
        )

    return pass_on


@pytest.fixture
def take_back(stage: "Stage", quota: "Quota") -> "Callable[..., Answered]":
    def take_back(*quotas: str, who: str = "distributor", **more: Any) -> Any:
        idents = [quota(name) if name in ("retail", "other_retail", "wholesale") else name for name in quotas]
        return stage.call(who, "reclaim_coupon_quotas", quota_ids=idents, **more)

    return take_back


def given(stage: "Stage", **filters: Any) -> Any:
    answer = stage.call("distributor", "list_issued_coupon_quotas", **filters)
    assert answer.status == 200, answer.reason
    return answer.body["quotas"]


def held(stage: "Stage", who: str = "solution_provider", **filters: Any) -> Any:
    answer = stage.call(who, "list_quota_coupons", **filters)
    assert answer.status == 200, answer.reason
    assert answer.body["total_count"] >= len(answer.body["quotas"])
    return answer.body["quotas"]


def records(stage: "Stage", **filters: Any) -> Any:
    answer = stage.call("distributor", "list_coupon_quotas_records", **filters)
    assert answer.status == 200, answer.reason
    return answer.body["records"]


class TestPassingOn:
    @pytest.mark.documents("update_coupon_quotas", 1)
    @pytest.mark.documents("list_issued_coupon_quotas", 1)
    @pytest.mark.parametrize("amount", ["50.00", Decimal("50.00"), 50])
    def test_a_reseller_gets_a_quota_of_its_own(
        self, stage: "Stage", pass_on: Any, quota: "Quota", balance: "Balance", amount: Any
    ) -> None:
        before = balance(quota("wholesale"))
        answer = pass_on("reseller", amount=amount)
        assert (answer.status, answer.body["error_details"]) == (200, [])
        (info,) = answer.body["simple_quota_infos"]
        assert info["id"] == stage["reseller"].domain_id
        (new,) = given(stage, quota_id=info["quota_id"])
        assert (new["parent_quota_id"], new["quota_value"], new["balance"]) == (quota("wholesale"), 50, 50)
        assert (new["indirect_partner_id"], new["quota_status"]) == (stage["reseller"].domain_id, 0)
        assert balance(quota("wholesale")) == before - 50
        of_reseller = {"indirect_partner_id": stage["reseller"].domain_id}
        assert info["quota_id"] in [one["quota_id"] for one in held(stage, "distributor", **of_reseller)]

    @pytest.mark.documents("update_coupon_quotas", 2)
    @pytest.mark.documents("update_coupon_quotas", 5)
    @pytest.mark.documents("list_coupon_quotas_records", 1)
    def test_a_reseller_that_is_leaving_gets_none_and_the_others_do(
        self, stage: "Stage", pass_on: Any, quota: "Quota", balance: "Balance"
    ) -> None:
        before = balance(quota("wholesale"))
        answer = pass_on("leaver", "reseller", "reseller")
        assert answer.status == 200
        (error,) = answer.body["error_details"]
        assert (error["id"], error["error_code"]) == (stage["leaver"].domain_id, "CBC.50010105")
        assert error["error_msg"]
        assert [one["id"] for one in answer.body["simple_quota_infos"]] == [stage["reseller"].domain_id]
        assert balance(quota("wholesale")) == before - 50
        done, failed = records(stage)[-2:]
        assert (done["result"], failed["result"]) == ("0", "-1")
        assert failed["indirect_partner_id"] == stage["leaver"].domain_id

    @pytest.mark.documents("update_coupon_quotas", 3)
    def test_too_little_refuses_it_as_a_whole(
        self, stage: "Stage", pass_on: Any, refused: "Refused", quota: "Quota", balance: "Balance"
    ) -> None:
        left = balance(quota("wholesale"))
        refused(lambda: pass_on("reseller", amount=left + Decimal("0.01")), "CBC.99000013")
        assert pass_on("reseller", amount=left).status == 200
        refused(lambda: pass_on("reseller", amount=Decimal("0.01")), "CBC.99000013")

    @pytest.mark.documents("update_coupon_quotas", 4)
    @pytest.mark.documents("create_partner_coupons", 6)
    def test_one_allocation_of_a_quota_at_a_time(
        self, open_world: Any, shop: Any, time: "Clock", quota: "Quota"
    ) -> None:
        shop["rules"]["quota_adjusting_seconds"] = 30
        slow: Stage = open_world(shop, now=time)
        body = {"quota_id": quota("wholesale"), "quota_amount": "1.00"}
        body["indirect_partner_ids"] = [slow["reseller"].domain_id]
        issue = {"quota_id": quota("wholesale"), "customer_ids": [], "face_value": 1}
        assert slow.call("distributor", "update_coupon_quotas", **body).status == 200
        again = slow.call("distributor", "update_coupon_quotas", **body)
        assert (again.status, again.code) == (400, "CBC.50000045")
        (seen,) = held(slow, "distributor", quota_ids=[quota("wholesale")])
        assert seen["quota_status"] == 4
        assert slow.call("distributor", "create_partner_coupons", **issue).code == "CBC.99000012"
        time.forward(seconds=30)
        assert slow.call("distributor", "create_partner_coupons", **issue).status == 200
        assert slow.call("distributor", "update_coupon_quotas", **body).status == 200

    @pytest.mark.parametrize(
        ("out_of", "reseller", "code", "status"),
        [
            ("none", "reseller", "CBC.0150", 403),
            ("shop", "reseller", "CBC.0150", 403),
            ("retail", "reseller", "CBC.0150", 403),
            ("wholesale_flexi", "reseller", "CBC.0150", 403),
            ("wholesale_over", "reseller", "CBC.99000017", 400),
            ("wholesale_busy", "reseller", "CBC.99000015", 400),
            ("wholesale_chosen", "reseller", "CBC.50000021", 400),
            ("wholesale", "other_reseller", "CBC.99000037", 400),
            ("wholesale", "nobody", "CBC.99000037", 400),
        ],
    )
    def test_what_cannot_be_passed_on(
        self, pass_on: Any, refused: "Refused", out_of: str, reseller: str, code: str, status: int
    ) -> None:
        refused(lambda: pass_on(reseller, out_of=out_of), code, status)
        refused(lambda: pass_on("reseller", reseller, out_of=out_of), code, status)


class TestTakingBack:
    @pytest.mark.documents("reclaim_coupon_quotas", 1)
    @pytest.mark.documents("reclaim_coupon_quotas", 6)
    @pytest.mark.documents("list_issued_coupon_quotas", 1)
    @pytest.mark.parametrize("remark", [None, "", "quarter is over"])
    def test_all_that_is_left_goes_back(
        self, stage: "Stage", take_back: Any, quota: "Quota", balance: "Balance", remark: str | None
    ) -> None:
        before = balance(quota("wholesale"))
        answer = take_back("retail", remark=remark)
        assert answer.body == {
            "error_details": [],
            "simple_quota_infos": [{"quota_id": quota("retail"), "quota_balance": 0}],
        }
        assert balance(quota("wholesale")) == before + 300
        (seen,) = given(stage, quota_id=quota("retail"))
        assert (seen["quota_status"], seen["balance"], seen["quota_value"]) == (6, 0, 300)
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        assert held(stage, "distributor", **naming) == []
        record = records(stage)[-1]
        assert (record["operation_type"], record["amount"], record["result"]) == ("11", 300, "0")
        assert record.get("remark") == remark

    @pytest.mark.documents("reclaim_coupon_quotas", 2)
    @pytest.mark.documents("reclaim_coupon_quotas", 3)
    @pytest.mark.documents("reclaim_coupon_quotas", 5)
    def test_some_are_taken_back_and_others_not(self, take_back: Any, quota: "Quota", refused: "Refused") -> None:
        answer = take_back("nothing", "retail", "other_retail", "wholesale")
        assert answer.status == 200
        assert [one["quota_id"] for one in answer.body["simple_quota_infos"]] == [quota("retail")]
        assert [(one["id"], one["error_code"]) for one in answer.body["error_details"]] == [
            ("nothing", "CBC.99000012"),
            (quota("other_retail"), "CBC.99000012"),
            (quota("wholesale"), "CBC.99000012"),
        ]
        assert all(one["error_msg"] for one in answer.body["error_details"])
        whole = refused(lambda: take_back("retail", "nothing"), "CBC.99000012")
        assert "simple_quota_infos" not in whole.body

    @pytest.mark.documents("list_partner_coupons_record", 2)
    def test_what_comes_back_later_goes_to_the_distributor(
        self, stage: "Stage", take_back: Any, issue: Any, quota: "Quota", balance: "Balance", time: "Clock"
    ) -> None:
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        (customer, *_) = stage.customers("reseller")
        until = "2026-03-02T00:00:00Z"
        assert issue(customer, who="distributor", out_of="retail", expire_time=until, **naming).status == 200
        take_back("retail")
        before = balance(quota("wholesale"))
        time.forward(days=1)
        stage.call("distributor", "list_issued_coupon_quotas")
        assert balance(quota("retail")) == 0
        assert balance(quota("wholesale")) == before + 10


class TestLooking:
    @pytest.mark.documents("list_quota_coupons", 1)
    @pytest.mark.documents("list_quota_coupons", 2)
    @pytest.mark.documents("create_partner_coupons", 7)
    def test_a_partner_sees_what_huawei_gave_it(self, stage: "Stage", quota: "Quota") -> None:
        (flexi,) = held(stage, quota_type=1)
        assert (flexi["quota_id"], flexi["quota_value"], flexi["currency"]) == (quota("flexi"), 100, "CNY")
        assert {one["quota_type"] for one in held(stage)} == {0}
        assert held(stage, quota_type="") == held(stage, quota_type=None) == held(stage)
        of_reseller = held(stage, "distributor", indirect_partner_id=stage["reseller"].domain_id)
        assert [one["quota_id"] for one in of_reseller] == [quota("retail")]
        # Without a quota from Huawei there is nothing to issue from.
        assert held(stage, "other_distributor", quota_type=1) == []

    @pytest.mark.documents("list_issued_coupon_quotas", 3)
    def test_without_a_quota_from_huawei_none_is_given(self, open_world: Any, partners: Any) -> None:
        bare: Stage = open_world(partners)
        assert given(bare) == []
        assert held(bare, "distributor") == []

    def test_anothers_reseller_is_refused(self, stage: "Stage", refused: "Refused") -> None:
        other = stage["other_reseller"].domain_id
        refused(lambda: stage.call("distributor", "list_quota_coupons", indirect_partner_id=other), "CBC.99000037")
        assert given(stage, indirect_partner_id=other) == []

    @pytest.mark.documents("list_quota_coupons", 3)
    def test_times_are_open_intervals(self, stage: "Stage", quota: "Quota") -> None:
        for member, at in (
            ("create_time", "2025-03-01T00:00:00Z"),
            ("effective_time", "2025-04-01T00:00:00Z"),
            ("expire_time", "2027-01-31T15:59:59Z"),
        ):

            def found(**limits: Any) -> bool:
                return quota("shop") in [one["quota_id"] for one in held(stage, **limits)]

            assert not found(**{f"{member}_begin": at})
            assert not found(**{f"{member}_end": at})
            assert found(**{f"{member}_begin": "2025-02-28T23:59:59Z", f"{member}_end": "2027-02-01T00:00:00Z"})

    @pytest.mark.documents("list_quota_coupons", 5)
    def test_states_are_seen_and_selected(self, stage: "Stage", quota: "Quota", issue: Any) -> None:
        def of_state(*states: int) -> list[str]:
            return [one["quota_id"] for one in held(stage, quota_status_list=list(states))]

        assert of_state(3) == [quota("over"), quota("invalid")]
        assert of_state(4) == [quota("adjusting")]
        assert of_state(5, 4) == [quota("adjusting"), quota("frozen")]
        assert len(held(stage, quota_status_list=[])) == len(held(stage))
        customer = stage["customer"].domain_id
        assert issue(customer, out_of="adjusting").code == "CBC.99000012"

    @pytest.mark.documents("list_quota_coupons", 7)
    def test_limits_are_told_by_their_keys(self, stage: "Stage") -> None:
        (flexi,) = held(stage, quota_type=1)
        assert flexi["limit_infos"] == [
            {"limit_key": "subscribeType", "limit_values": [{"value1": "new"}]},
            {"limit_key": "maxDeductionRatio", "limit_values": [{"value1": "0.5"}]},
        ]

    @pytest.mark.documents("list_quota_coupons", 4)
    @pytest.mark.documents("list_issued_coupon_quotas", 4)
    @pytest.mark.documents("list_coupon_quotas_records", 4)
    def test_offsets_count_records(self, stage: "Stage", pass_on: Any) -> None:
        for _ in range(3):
            pass_on("reseller", amount="1.00")
        pages(lambda **paging: stage.call("solution_provider", "list_quota_coupons", **paging), "quotas")
        pages(lambda **paging: stage.call("distributor", "list_issued_coupon_quotas", **paging), "quotas")
        pages(lambda **paging: stage.call("distributor", "list_coupon_quotas_records", **paging), "records")

    @pytest.mark.documents("list_issued_coupon_quotas", 2)
    @pytest.mark.documents("list_issued_coupon_quotas", 5)
    @pytest.mark.documents("list_coupon_quotas_records", 5)
    def test_an_empty_parent_is_a_filter(self, stage: "Stage", quota: "Quota") -> None:
        """``?x=`` is an empty value, ``?x=""`` an empty string, and each parameter has its own rule for each."""
        assert len(given(stage, parent_quota_id=quota("wholesale"))) == 1
        assert given(stage, parent_quota_id="") == given(stage, parent_quota_id='""') == []
        assert given(stage, quota_id="") == given(stage)
        assert records(stage, parent_quota_id="") == records(stage) != []
        assert records(stage, parent_quota_id='""') == records(stage, parent_quota_id="null") == []
        empty = stage.call("distributor", "list_coupon_quotas_records", operation_time_begin='""')
        assert (empty.status, empty.code) == (400, "CBC.0100")
        assert records(stage, operation_time_begin="") == records(stage)

    @pytest.mark.documents("list_coupon_quotas_records", 2)
    @pytest.mark.documents("list_coupon_quotas_records", 3)
    def test_records_are_selected(self, stage: "Stage", pass_on: Any, take_back: Any, quota: "Quota") -> None:
        pass_on("reseller", "leaver")
        take_back("retail")
        everything = records(stage)
        assert [one["operation_type"] for one in everything] == ["10", "10", "10", "11"]
        assert {one["indirect_partner_id"] for one in everything} == {
            stage["reseller"].domain_id,
            stage["leaver"].domain_id,
        }
        assert len(records(stage, indirect_partner_id=stage["leaver"].domain_id)) == 1
        assert records(stage, operation_type="11") == everything[3:]
        assert records(stage, operation_type="12") == records(stage, operation_type="") == everything
        assert records(stage, quota_id=quota("retail")) == [everything[0], everything[3]]
        now = "2026-03-01T12:00:00Z"
        assert records(stage, operation_time_end=now) == everything[:1]
        assert records(stage, operation_time_begin=now) == []
        assert everything[3]["operator"] == stage["distributor"].domain_name
