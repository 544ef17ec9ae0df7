"""Coupons from a partner's quota to its customers and back, and the records of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import coupon_book, coupon_issuing, coupons
from tests.coupons.conftest import pages

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Quota = Callable[[str], str]
    Balance = Callable[[str], Decimal]
    Refused = Callable[..., Answered]


def issued(stage: "Stage", who: str = "solution_provider", **filters: Any) -> Any:
    answer = stage.call(who, "list_issued_partner_coupons", **filters)
    assert answer.status == 200, answer.reason
    return answer.body["user_coupons"]


def records(stage: "Stage", who: str = "solution_provider", **filters: Any) -> Any:
    answer = stage.call(who, "list_partner_coupons_record", **filters)
    assert answer.status == 200, answer.reason
    return answer.body["records"]


@pytest.fixture
def customer(stage: "Stage") -> str:
    return stage["customer"].domain_id


@pytest.fixture
def reclaim(stage: "Stage") -> "Callable[..., Answered]":
    def reclaim(coupon_id: str, who: str = "solution_provider", **more: Any) -> "Answered":
        return stage.call(who, "reclaim_partner_coupons", coupon_id=coupon_id, **more)

    return reclaim


class TestIssuing:
    @pytest.mark.documents("create_partner_coupons", 2)
    def test_whose_use_the_partner_pays_gets_none(
        self, open_world: "Callable[..., Stage]", shop: dict[str, Any], quota: "Quota"
    ) -> None:
        del shop["principals"]["customer"]["balance"]
        shop["principals"]["customer"]["billed_to_partner"] = True
        stage = open_world(shop)
        customer = stage["customer"].domain_id
        answer = stage.call(
            "solution_provider",
            "create_partner_coupons",
            quota_id=quota("shop"),
            customer_ids=[customer],
            face_value=10,
        )
        assert [(one["id"], one["error_code"]) for one in answer.body["error_details"]] == [(customer, "CBC.99000014")]

    @pytest.mark.documents("create_partner_coupons", 1)
    @pytest.mark.documents("create_partner_coupons", 2)
    @pytest.mark.documents("create_partner_coupons", 11)
    def test_each_is_served_or_told_why_not(
        self, stage: "Stage", issue: Any, customer: str, quota: "Quota", balance: "Balance"
    ) -> None:
        advised, stranger = stage["advised"].domain_id, stage["outsider"].domain_id
        foreign = stage.customers("reseller")[0]
        before = balance(quota("shop"))
        answer = issue(customer, advised, stranger, foreign, customer)
        assert answer.status == 200
        (info,) = answer.body["coupon_infos"]
        assert info["id"] == customer
        assert [(one["id"], one["error_code"]) for one in answer.body["error_details"]] == [
            (advised, "CBC.99000014"),
            (stranger, "CBC.99000035"),
            (foreign, "CBC.99000035"),
        ]
        assert answer.body["error_details"][0]["error_msg"] == "该券不能发给该合作类型的客户。"
        assert balance(quota("shop")) == before - 10
        assert issued(stage, coupon_id=info["coupon_id"])[0]["customer_id"] == customer

    @pytest.mark.documents("create_partner_coupons", 3)
    def test_a_quota_reaches_as_far_as_it_does(
        self, stage: "Stage", issue: Any, quota: "Quota", balance: "Balance"
    ) -> None:
        three = stage.customers("solution_provider")[:3]
        left = balance(quota("shop"))
        answer = issue(*three, face_value=(left / 2).quantize(Decimal("0.01")))
        assert answer.status == 200
        assert [one["id"] for one in answer.body["coupon_infos"]] == three[:2]
        assert [one["error_code"] for one in answer.body["error_details"]] == ["CBC.99000013"]
        assert balance(quota("shop")) == 0

    @pytest.mark.documents("create_partner_coupons", 5)
    @pytest.mark.parametrize("blank", [{}, {"valid_time": None, "expire_time": None}])
    def test_it_is_valid_as_long_as_the_quota(
        self, stage: "Stage", issue: Any, customer: str, blank: dict[str, None]
    ) -> None:
        (info,) = issue(customer, **blank).body["coupon_infos"]
        (coupon,) = issued(stage, coupon_id=info["coupon_id"])
        assert (coupon["effective_time"], coupon["expire_time"]) == ("2025-04-01T00:00:00Z", "2027-01-31T15:59:59Z")
        times = {"valid_time": "2026-03-05T00:00:00Z", "expire_time": "2026-04-05T00:00:00Z"}
        (info,) = issue(customer, **times).body["coupon_infos"]
        (coupon,) = issued(stage, coupon_id=info["coupon_id"])
        assert (coupon["effective_time"], coupon["expire_time"]) == tuple(times.values())

    @pytest.mark.documents("create_partner_coupons", 4)
    def test_limits_lie_within_those_of_the_quota(
        self, stage: "Stage", issue: Any, customer: str, refused: "Refused"
    ) -> None:
        for wrong in (
            {"cloud_service_types": ["hws.service.type.ebs"]},
            {"cloud_service_types": ["hws.service.type.ec2", "hws.service.type.cdn"]},
            {"product_ids": ["P1", "P3"]},
            {"product_ids": ["P9"]},
        ):
            refused(lambda wrong=wrong: issue(customer, out_of="narrow", **wrong), "CBC.99000023")
        narrower = {"cloud_service_types": ["hws.service.type.ec2"], "product_ids": ["P1", "P2"]}
        (info,) = issue(customer, out_of="narrow", **narrower).body["coupon_infos"]
        (coupon,) = issued(stage, coupon_id=info["coupon_id"])
        assert {one["limit_key"]: one["value1"] for one in coupon["use_limits"]} == {
            "cloudServiceType": "hws.service.type.ec2",
            "product": "P1,P2",
            "serviceTypeBlackList": "hws.service.type.cdn",
            "productBlackList": "P9",
        }
        assert issue(customer, cloud_service_types=["hws.service.type.ebs"]).status == 200

    @pytest.mark.documents("create_partner_coupons", 10)
    def test_a_service_and_a_product_must_exist(self, issue: Any, customer: str, refused: "Refused") -> None:
        refused(lambda: issue(customer, cloud_service_types=["ECS"]), "CBC.50000055")
        refused(lambda: issue(customer, product_ids=["P404"]), "CBC.50000054")

    @pytest.mark.documents("create_partner_coupons", 6)
    @pytest.mark.parametrize(
        ("out_of", "code"),
        [
            ("adjusting", "CBC.99000012"),
            ("frozen", "CBC.99000012"),
            ("invalid", "CBC.99000012"),
            ("retail", "CBC.99000012"),
            ("over", "CBC.99000017"),
            ("early", "CBC.99000017"),
        ],
    )
    def test_not_every_quota_can_be_used(
        self, issue: Any, customer: str, refused: "Refused", out_of: str, code: str
    ) -> None:
        refused(lambda: issue(customer, out_of=out_of), code)

    def test_terms_of_a_quota(self, stage: "Stage", issue: Any, customer: str, refused: "Refused") -> None:
        refused(lambda: issue(customer, out_of="narrow", face_value=Decimal("9.99")), "CBC.99000018")
        refused(lambda: issue(customer, out_of="narrow", face_value=Decimal("90.01")), "CBC.99000019")
        refused(lambda: issue(stage["solution_provider"].domain_id), "CBC.99000025")
        four = stage.customers("solution_provider")[:4]
        refused(lambda: issue(*four, out_of="chosen", face_value=1), "CBC.50000020")
        assert issue(customer, out_of="chosen", face_value=1).body["error_details"] == []
        told = issue(*four, out_of="narrow", face_value=90).body["error_details"]
        assert [one["error_code"] for one in told] == ["CBC.99000021", "CBC.99000021"]
        told = issue(*four, out_of="narrow", face_value=10).body["error_details"]
        assert [one["error_code"] for one in told] == ["CBC.99000020"] * 3

    def test_a_coupon_that_would_never_be_valid(self, issue: Any, customer: str, refused: "Refused") -> None:
        for wrong in ({"expire_time": "2026-03-01T12:00:00Z"}, {"valid_time": "2028-01-01T00:00:00Z"}):
            refused(lambda wrong=wrong: issue(customer, **wrong), "CBC.0100")
        assert issue(customer, expire_time="9999-12-31T23:59:59Z").status == 200

    def test_a_distributor_issues_for_its_reseller(
        self, stage: "Stage", issue: Any, quota: "Quota", balance: "Balance", refused: "Refused"
    ) -> None:
        (theirs, *_) = stage.customers("reseller")
        naming = {"who": "distributor", "out_of": "retail", "indirect_partner_id": stage["reseller"].domain_id}
        assert issue(theirs, **naming).body["error_details"] == []
        assert balance(quota("retail")) == 290
        naming["indirect_partner_id"] = stage["other_reseller"].domain_id
        refused(lambda: issue(theirs, **naming), "CBC.99000037")


class TestReclaiming:
    @pytest.mark.documents("reclaim_partner_coupons", 1)
    @pytest.mark.documents("reclaim_partner_coupons", 2)
    @pytest.mark.documents("reclaim_partner_coupons", 4)
    @pytest.mark.documents("reclaim_partner_coupons", 5)
    def test_the_whole_rest_comes_back(
        self, stage: "Stage", reclaim: Any, quota: "Quota", balance: "Balance", customer: str
    ) -> None:
        """The file's second coupon: 40.00, of which an order took 15.00."""
        (partly,) = [one for one in issued(stage, customer_id=customer) if one["balance"] == 25]
        before = balance(quota("shop"))
        answer = reclaim(partly["coupon_id"])
        assert (answer.status, answer.content) == (204, b"")
        assert balance(quota("shop")) == before + 25
        (seen,) = issued(stage, coupon_id=partly["coupon_id"])
        assert (seen["status"], seen["balance"]) == (5, 0)
        usable = stage.call("customer", "list_sub_customer_coupons", status=2).body["user_coupons"]
        assert partly["coupon_id"] not in [one["coupon_id"] for one in usable]
        again = reclaim(partly["coupon_id"])
        assert (again.status, again.code) == (200, "CBC.99000048")
        assert records(stage)[-1]["result"] == "-1"
        assert balance(quota("shop")) == before + 25

    @pytest.mark.documents("reclaim_partner_coupons", 1)
    @pytest.mark.documents("reclaim_partner_coupons", 5)
    @pytest.mark.parametrize("status", [3, 4])
    def test_nothing_is_left_to_take_back(self, stage: "Stage", reclaim: Any, status: int) -> None:
        (coupon,) = issued(stage, status=status)
        answer = reclaim(coupon["coupon_id"])
        assert (answer.status, answer.code) == (200, "CBC.99000048")

    @pytest.mark.documents("reclaim_partner_coupons", 3)
    @pytest.mark.documents("reclaim_partner_coupons", 7)
    def test_a_referral_customer_keeps_its_coupon(self, stage: "Stage", reclaim: Any, refused: "Refused") -> None:
        (coupon,) = stage.call("advised", "list_sub_customer_coupons").body["user_coupons"]
        refused(lambda: reclaim(coupon["coupon_id"]), "CBC.99000045")

    def test_only_ones_own_coupons(self, stage: "Stage", issue: Any, reclaim: Any, refused: "Refused") -> None:
        (theirs, *_) = stage.customers("reseller")
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        (info,) = issue(theirs, who="distributor", out_of="retail", **naming).body["coupon_infos"]
        refused(lambda: reclaim(info["coupon_id"], "distributor"), "CBC.0100")
        refused(lambda: reclaim(info["coupon_id"]), "CBC.0100")
        refused(lambda: reclaim("nothing"), "CBC.0100")
        other = {"indirect_partner_id": stage["other_reseller"].domain_id}
        refused(lambda: reclaim(info["coupon_id"], "distributor", **other), "CBC.99000037")
        assert reclaim(info["coupon_id"], "distributor", **naming).status == 204


class TestLooking:
    @pytest.mark.documents("list_issued_partner_coupons", 1)
    @pytest.mark.documents("list_issued_partner_coupons", 9)
    def test_only_coupons_of_resale_customers(self, stage: "Stage", customer: str) -> None:
        assert {one["customer_id"] for one in issued(stage)} == {customer}
        assert len(issued(stage)) == 4

    @pytest.mark.documents("list_issued_partner_coupons", 2)
    @pytest.mark.parametrize(
        ("now", "seen"),
        [("2027-12-30T15:59:59Z", True), ("2027-12-30T16:00:00Z", False)],
    )
    def test_two_years_after_it_ended_it_is_gone(self, stage: "Stage", time: "Clock", now: str, seen: bool) -> None:
        """It expired on 31 December 2025 (UTC+8); 31 December two years later is the first day without it."""
        (expired,) = issued(stage, status=4)
        assert expired["expire_time"] == "2025-12-31T15:59:59Z"
        time.moment = time.moment.fromisoformat(now)
        assert (issued(stage, coupon_id=expired["coupon_id"]) != []) is seen

    @pytest.mark.documents("list_issued_partner_coupons", 3)
    @pytest.mark.documents("list_partner_coupons_record", 2)
    def test_what_expired_went_back_to_the_quota(
        self, stage: "Stage", issue: Any, time: "Clock", quota: "Quota", balance: "Balance", customer: str
    ) -> None:
        (info,) = issue(customer, expire_time="2026-03-01T12:00:10Z").body["coupon_infos"]
        before = balance(quota("shop"))
        time.forward(seconds=10)
        assert issued(stage, coupon_id=info["coupon_id"])[0]["status"] == 2
        time.forward(days=1)
        (seen,) = issued(stage, coupon_id=info["coupon_id"])
        assert (seen["status"], seen["balance"]) == (4, 0)
        assert balance(quota("shop")) == before + 10
        record = records(stage)[-1]
        assert (record["operation_type"], record["operation_amount"]) == ("4", 10)
        assert record["operation_time"] == "2026-03-01T12:00:11Z"

    @pytest.mark.documents("list_issued_partner_coupons", 4)
    @pytest.mark.documents("list_partner_coupons_record", 5)
    def test_times_are_open_intervals(self, stage: "Stage") -> None:
        (first, *_) = issued(stage)
        for member in ("create_time", "effective_time", "expire_time"):
            at = first[member]
            assert first not in issued(stage, **{f"{member}_begin": at})
            assert first not in issued(stage, **{f"{member}_end": at})
            assert first in issued(stage, **{f"{member}_begin": "2025-01-01T00:00:00Z"})
        (first, *others) = records(stage)
        assert records(stage, operation_time_begin=first["operation_time"]) == others
        assert records(stage, operation_time_end=first["operation_time"]) == []

    @pytest.mark.documents("list_issued_partner_coupons", 5)
    @pytest.mark.documents("list_partner_coupons_record", 6)
    def test_offsets_count_records(self, stage: "Stage") -> None:
        pages(lambda **paging: stage.call("solution_provider", "list_issued_partner_coupons", **paging), "user_coupons")
        pages(lambda **paging: stage.call("solution_provider", "list_partner_coupons_record", **paging), "records")

    @pytest.mark.documents("list_issued_partner_coupons", 6)
    def test_empty_values(self, stage: "Stage") -> None:
        everything = issued(stage)
        assert issued(stage, coupon_id="", status="", create_time_begin="") == everything
        assert issued(stage, coupon_id="null") == []
        assert issued(stage, status="null", coupon_type="null") == everything
        empty = stage.call("solution_provider", "list_issued_partner_coupons", coupon_id='""')
        assert (empty.status, empty.code) == (400, "CBC.0100")

    @pytest.mark.documents("list_issued_partner_coupons", 7)
    def test_limits_are_told_by_their_keys(self, stage: "Stage", issue: Any, customer: str) -> None:
        issue(customer, out_of="flexi")
        (flexi,) = issued(stage, coupon_type=4)
        limits = {one["limit_key"]: one["value1"] for one in flexi["use_limits"]}
        assert limits == {"subscribeType": "new", "maxDeductionRatio": "0.5"}
        assert len({one["use_limiti_info_id"] for one in flexi["use_limits"]}) == 2

    def test_filters(self, stage: "Stage", customer: str) -> None:
        everything = issued(stage)
        assert [one["status"] for one in everything] == [2, 2, 3, 4]
        for status in (1, 2, 3, 4, 5):
            assert issued(stage, status=status) == [one for one in everything if one["status"] == status]
        assert len(issued(stage, order_id="CS0001")) == 2
        assert issued(stage, customer_id=customer) == everything
        assert issued(stage, customer_id="nobody") == []


class TestRecords:
    @pytest.mark.documents("list_partner_coupons_record", 1)
    def test_failures_are_recorded_too(self, stage: "Stage", issue: Any, customer: str, quota: "Quota") -> None:
        issue(customer, "nobody", memo="autumn")
        done, failed = records(stage)[-2:]
        assert (done["result"], done["operation_type"], done["remark"]) == ("0", "1", "autumn")
        assert (done["operation_amount"], done["quota_id"], done["quota_type"]) == (10, quota("shop"), 0)
        assert (failed["result"], failed["customer_id"]) == ("-1", "nobody")
        assert "coupon_id" not in failed
        assert records(stage, result="-1") == [failed]

    @pytest.mark.documents("list_partner_coupons_record", 3)
    def test_another_result_is_no_filter(self, stage: "Stage") -> None:
        assert records(stage, result="7") == records(stage) == records(stage, result="0") != []

    @pytest.mark.documents("list_partner_coupons_record", 4)
    @pytest.mark.documents("list_partner_coupons_record", 7)
    def test_an_empty_list_is_a_filter(self, stage: "Stage") -> None:
        everything = records(stage)
        for empty in ("", '""', "null"):
            assert records(stage, coupon_ids=empty) == records(stage, operation_types=empty) == []
        assert records(stage, quota_id="") == records(stage, quota_type="") == everything
        assert records(stage, quota_id='""') == records(stage, quota_id="null") == []
        one, other = (record["coupon_id"] for record in everything[:2])
        listed = stage.send(
            "solution_provider",
            "GET",
            "/v2/promotions/benefits/partner-coupons/records/query",
            query=f"coupon_ids={one}&coupon_ids={other}&operation_types=1&operation_types=2",
        )
        assert [record["coupon_id"] for record in listed.body["records"]] == [one, other]
        for wrong in ({"quota_type": '""'}, {"operation_time_begin": "null"}):
            answer = stage.call("solution_provider", "list_partner_coupons_record", **wrong)
            assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.documents("list_partner_coupons_record", 2)
    @pytest.mark.parametrize(
        "cause",
        [coupon_book.UNBOUND, coupon_book.ASSOCIATED, coupon_book.MODEL_CHANGED, coupon_book.RESELLER_MOVED],
    )
    def test_other_causes_than_a_hand(
        self, stage: "Stage", cause: str, customer: str, quota: "Quota", balance: "Balance"
    ) -> None:
        """What ends or changes an association calls this: nothing of it has an API of its own."""
        before = balance(quota("shop"))
        with stage.inside() as world:
            provider = stage["solution_provider"].domain_id
            assert coupon_issuing.reclaim_all(world, provider, customer, cause) == 2
        assert balance(quota("shop")) == before + 60 + 25
        found = records(stage, operation_types=cause)
        assert [one["operation_amount"] for one in found] == [60, 25]
        with stage.inside() as world:
            assert coupons.unspent_of(world, provider, customer) == []
