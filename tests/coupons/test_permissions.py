"""Which permission item lets a partner's operator do what with coupons; customers and IAM users of theirs."""

from typing import Any

import pytest

NEEDED = {
    "create_partner_coupons": ["BPC_ITEM_SUBCUSTSERV_030102", "BPC_ITEM_SUBCUSTSERV_030103"],
    "list_quota_coupons": ["BPC_ITEM_SUBCUSTSERV_030100"],
    "list_issued_partner_coupons": ["BPC_ITEM_SUBCUSTSERV_030200"],
    "list_partner_coupons_record": ["BPC_ITEM_SUBCUSTSERV_030102"],
    "reclaim_partner_coupons": ["BPC_ITEM_SUBCUSTSERV_030201"],
    "list_sub_customer_coupons": ["BPC_ITEM_SUBCUSTSERV_050101"],
    "update_coupon_quotas": ["BPC_ITEM_SALES_020106", "BPC_ITEM_SUBCUSTSERV_030104"],
    "reclaim_coupon_quotas": ["BPC_ITEM_SUBCUSTSERV_030601", "BPC_ITEM_SUBCUSTSERV_030602"],
    "list_issued_coupon_quotas": ["BPC_ITEM_SUBCUSTSERV_030600"],
    "list_coupon_quotas_records": ["BPC_ITEM_SUBCUSTSERV_030102"],
    "list_incentive_discount_policies": ["BPC_ITEM_SALES_040100"],
}
OF_DISTRIBUTORS = (
    "update_coupon_quotas",
    "reclaim_coupon_quotas",
    "list_issued_coupon_quotas",
    "list_coupon_quotas_records",
)
ARGUMENTS: dict[str, dict[str, Any]] = {
    "create_partner_coupons": {"quota_id": "q", "customer_ids": [], "face_value": 1},
    "reclaim_partner_coupons": {"coupon_id": "c"},
    "update_coupon_quotas": {"quota_id": "q", "indirect_partner_ids": [], "quota_amount": "1.00"},
    "reclaim_coupon_quotas": {"quota_ids": []},
    "list_incentive_discount_policies": {"time": "2026-01"},
}


@pytest.mark.documents("create_partner_coupons", 9)
@pytest.mark.documents("list_quota_coupons", 6)
@pytest.mark.documents("list_issued_partner_coupons", 8)
@pytest.mark.documents("list_partner_coupons_record", 8)
@pytest.mark.documents("reclaim_partner_coupons", 6)
@pytest.mark.documents("list_sub_customer_coupons", 8)
@pytest.mark.documents("update_coupon_quotas", 6)
@pytest.mark.documents("reclaim_coupon_quotas", 4)
@pytest.mark.documents("list_issued_coupon_quotas", 6)
@pytest.mark.documents("list_coupon_quotas_records", 6)
@pytest.mark.documents("list_incentive_discount_policies", 4)
@pytest.mark.parametrize(
    ("operation", "item"), [(operation, item) for operation, items in NEEDED.items() for item in items]
)
def test_an_operator_needs_the_item(open_world: Any, shop: Any, operation: str, item: str) -> None:
    who = "assistant" if operation in OF_DISTRIBUTORS else "clerk"
    for items, allowed in (([item], True), (["BPC_ITEM_SUBCUSTSERV_010100"], False)):
        shop["principals"][who]["permissions"] = items
        answer = open_world(shop).call(who, operation, **ARGUMENTS.get(operation, {}))
        assert (answer.code == "CBC.0151") is not allowed, answer.reason


@pytest.mark.documents("list_order_coupons_by_order_id", 2)
@pytest.mark.documents("list_order_discounts", 6)
@pytest.mark.parametrize("operation", ["list_order_coupons_by_order_id", "list_order_discounts"])
@pytest.mark.parametrize("who", ["solution_provider", "distributor", "clerk", "reseller"])
def test_a_partners_credentials_see_no_orders_of_customers(stage: Any, operation: str, who: str) -> None:
    answer = stage.call(who, operation, order_id="CS0009")
    assert (answer.status, answer.code) == (403, "CBC.0151")
    assert stage.call("customer", operation, order_id="CS0009").status == 200
