"""Discounts of partners and of Huawei Cloud, and policies by month."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Refused = Callable[..., Answered]


def info(stage: "Stage", kind: str = "PRODUCT_ITEM", who: str = "outsider", **more: Any) -> Any:
    answer = stage.call(who, "list_business_discount_info", quoting_item_type=kind, **more)
    assert answer.status == 200, answer.reason
    return answer.body


def policies(stage: "Stage", month: str, **more: Any) -> Any:
    answer = stage.call("solution_provider", "list_incentive_discount_policies", time=month, **more)
    assert answer.status == 200, answer.reason
    return answer.body


class TestAgreements:
    @pytest.mark.documents("list_business_discount_info", 1)
    def test_the_agreement_that_is_in_effect(self, stage: "Stage", time: "Clock") -> None:
        assert (info(stage)["commerce_code"], info(stage)["total_count"]) == ("HWC-1", 4)
        assert info(stage, who="customer")["total_count"] == 0
        time.moment = time.moment.fromisoformat("2026-12-31T16:00:00Z")
        assert (info(stage)["total_count"], info(stage)["product_quoting_items"]) == (0, [])

    @pytest.mark.documents("list_business_discount_info", 2)
    def test_items_are_paged_and_the_rest_is_whole(self, stage: "Stage") -> None:
        whole = info(stage, "CATEGORY_ITEM")
        page = info(stage, "CATEGORY_ITEM", offset=1, limit=1)
        assert page["category_quoting_items"] == whole["category_quoting_items"][1:2]
        assert page["total_count"] == whole["total_count"] == 3
        assert page["category_quoting_item_steps"] == whole["category_quoting_item_steps"] != []
        assert page["sites"] == whole["sites"]
        assert [one["region_code"] for one in whole["sites"][0]["regions"]] == ["cn-north-1", "cn-north-4"]
        tiers = [one for one in info(stage)["product_quoting_items"] if one["preferential_category"] == 1]
        assert [step["step_no"] for step in tiers[0]["product_quoting_item_steps"]] == ["1", "2"]

    @pytest.mark.documents("list_business_discount_info", 3)
    @pytest.mark.parametrize(
        ("kind", "filled", "empty"),
        [
            ("PRODUCT_ITEM", "product_quoting_items", "category_quoting_items"),
            ("CATEGORY_ITEM", "category_quoting_items", "product_quoting_items"),
        ],
    )
    def test_the_other_kind_is_an_empty_list(self, stage: "Stage", kind: str, filled: str, empty: str) -> None:
        answer = info(stage, kind)
        assert answer[filled]
        assert answer[empty] == []

    @pytest.mark.documents("list_business_discount_info", 4)
    def test_twenty_by_default_and_a_thousand_at_most(self, stage: "Stage", contract: Any) -> None:
        limit = contract.get("cn", "list_business_discount_info").place("body")["properties"]["limit"]
        assert limit["default"] == 20
        assert info(stage, limit=1000)["total_count"] == 4
        over = stage.call("outsider", "list_business_discount_info", quoting_item_type="PRODUCT_ITEM", limit=1001)
        assert (over.status, over.code) == (400, "CBC.0100")

    def test_filters_in_any_case(self, stage: "Stage") -> None:
        items = info(stage, cloud_service_types=["HWS.service.type.EC2"], charging_modes=["ondemand"])
        (item,) = items["product_quoting_items"]
        assert (item["cloud_service_type"], item["discount_ratio"]) == ("hws.service.type.ec2", Decimal("0.90"))
        (fixed,) = info(stage, charging_modes=["1_YEARLY"])["product_quoting_items"]
        assert (fixed["preferential_type"], fixed["sales_price"]) == (1, 1200)
        assert info(stage, site_code="hwc_cn")["total_count"] == 4
        assert info(stage, site_code="HWC_HK")["total_count"] == 0
        english = info(stage, **{"X-Language": "en_US"})["product_quoting_items"][0]
        assert english["cloud_service_type_name"] == "Elastic Cloud Server"


class TestPolicies:
    @pytest.mark.documents("list_incentive_discount_policies", 1)
    @pytest.mark.parametrize(("month", "policy"), [("2025-06", "0"), ("2025-07", "1"), ("2026-01", "1")])
    def test_what_holds_at_the_end_of_the_month(self, stage: "Stage", month: str, policy: str) -> None:
        (obs,) = policies(stage, month, service_type_code="hws.service.type.obs")["policies"]
        assert obs == {
            "service_type_code": "hws.service.type.obs",
            "service_type_name": "对象存储服务",
            "incentive_policy": policy,
            "allow_discount": "YES",
        }

    @pytest.mark.documents("list_incentive_discount_policies", 2)
    def test_offsets_count_records(self, stage: "Stage") -> None:
        whole = policies(stage, "2026-01")["policies"]
        assert len(whole) == 7
        assert policies(stage, "2026-01", offset=1, limit=2) == {"total_count": 7, "policies": whole[1:3]}
        assert len(policies(stage, "2021-03")["policies"]) == 6
        assert policies(stage, "0000-01")["policies"] == []

    @pytest.mark.documents("list_incentive_discount_policies", 3)
    def test_empty_values(self, stage: "Stage") -> None:
        whole = policies(stage, "2026-01")
        assert policies(stage, "2026-01", service_type_code="", offset="null", limit="") == whole
        assert policies(stage, "2026-01", service_type_code='""')["policies"] == []
        for wrong in ({"offset": '""'}, {"limit": '""'}, {"time": ""}):
            answer = stage.call(
                "solution_provider", "list_incentive_discount_policies", **({"time": "2026-01"} | wrong)
            )
            assert (answer.status, answer.code) == (400, "CBC.0100")


class TestOfOrders:
    @pytest.mark.documents("list_order_discounts", 1)
    def test_a_customer_sees_the_discounts_it_may_use(self, stage: "Stage", time: "Clock") -> None:
        def seen(who: str) -> list[tuple[int, str]]:
            found = stage.call(who, "list_order_discounts", order_id="CS0009").body["discounts"]
            assert all(one["orders"][0]["order_id"] == "CS0009" for one in found)
            return [(one["discount_type"], one["discount_value"]) for one in found]

        assert seen("customer") == [(3, "0.85")]
        assert seen("outsider") == [(2, "0.90")]
        assert seen("advised") == []
        time.moment = time.moment.fromisoformat("2027-01-01T00:00:00Z")
        assert seen("customer") == seen("outsider") == []

    @pytest.mark.documents("list_order_discounts", 3)
    def test_international_resale_customers_have_none(self, open_world: Any) -> None:
        abroad: Stage = open_world("demo-intl")
        discounts = {
            who: abroad.call(who, "list_order_discounts", order_id="CS0009").body["discounts"]
            for who in ("customer", "outsider")
        }
        assert discounts["customer"] == []
        assert [one["discount_type"] for one in discounts["outsider"]] == [2]


class TestOfPartners:
    def set_(self, stage: "Stage", *wanted: dict[str, Any], who: str = "solution_provider", **more: Any) -> Any:
        return stage.call(who, "legacy_sub_customer_discounts_set", sub_customer_discounts=list(wanted), **more)

    def of(self, stage: "Stage", customer: str, who: str = "solution_provider", **more: Any) -> Any:
        return stage.call(who, "legacy_sub_customer_discounts", customer_id=customer, **more)

    def test_a_discount_is_set_replaced_and_taken_away(self, stage: "Stage") -> None:
        customer = stage["customer"].domain_id
        assert self.of(stage, customer).body["sub_customer_discount"]["discount"] == Decimal("0.85")
        time = {"effective_time": "2026-04-01T00:00:00Z", "expire_time": "2026-05-01T00:00:00Z"}
        assert self.set_(stage, {"customer_id": customer, "discount": 0.8, **time}).body == {"error_details": []}
        found = self.of(stage, customer).body["sub_customer_discount"]
        assert (found["discount"], found["effective_time"]) == (Decimal("0.80"), time["effective_time"])
        # Not in effect yet: no order can use it.
        assert stage.call("customer", "list_order_discounts", order_id="CS1").body["discounts"] == []
        assert self.set_(stage, {"customer_id": customer, "discount": 1}).status == 200
        assert self.of(stage, customer).body == {}

    def test_some_are_set_and_others_not(self, stage: "Stage", refused: "Refused") -> None:
        time = {"effective_time": "2026-04-01T00:00:00Z", "expire_time": "2026-05-01T00:00:00Z"}
        customer, stranger = stage["customer"].domain_id, stage["outsider"].domain_id
        wanted = [{"customer_id": one, "discount": 0.9, **time} for one in (stranger, customer)]
        (error,) = self.set_(stage, *wanted).body["error_details"]
        assert (error["id"], error["error_code"]) == (stranger, "CBC.99000035")
        assert self.of(stage, customer).body["sub_customer_discount"]["discount"] == Decimal("0.90")
        refused(lambda: self.of(stage, stranger), "CBC.99000035")
        backwards = {"effective_time": time["expire_time"], "expire_time": time["effective_time"]}
        (error,) = self.set_(stage, {"customer_id": customer, "discount": 0.9, **backwards}).body["error_details"]
        assert error["error_code"] == "CBC.0100"
        for wrong in ({"discount": 0.79, **time}, {"discount": 0.9}, {"discount": 0.855, **time}):
            refused(lambda wrong=wrong: self.set_(stage, {"customer_id": customer, **wrong}), "CBC.0100")

    def test_a_reseller_sets_its_own(self, stage: "Stage", refused: "Refused") -> None:
        (theirs, *_) = stage.customers("reseller")
        time = {"effective_time": "2026-03-01T00:00:00Z", "expire_time": "2026-05-01T00:00:00Z"}
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        wanted = {"customer_id": theirs, "discount": 0.95, **time}
        assert self.set_(stage, wanted, who="distributor", **naming).body == {"error_details": []}
        assert self.of(stage, theirs, "reseller").body == self.of(stage, theirs, "distributor", **naming).body
        other = {"indirect_partner_id": stage["other_reseller"].domain_id}
        refused(lambda: self.set_(stage, wanted, who="distributor", **other), "CBC.99000037")
