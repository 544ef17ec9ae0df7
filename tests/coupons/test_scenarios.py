"""Coupons, cards and discounts in a scenario file: what is wrong is told with its line, and value adds up."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from mockserver.domain import coupon_book
from mockserver.domain.scenarios import BadScenario
from mockserver.store.tables import coupon_quotas, coupons

if TYPE_CHECKING:
    from tests.conftest import Stage

    Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda it: it["coupon_quotas"]["shop"].update(of="customer"), "/coupon_quotas/shop/of: customer must be"),
        (lambda it: it["coupon_quotas"]["shop"].update(amount="1.00"), "/coupon_quotas/shop/amount: 1.00 is less"),
        (
            lambda it: it["coupon_quotas"]["retail"].update({"from": "shop"}),
            "/coupon_quotas/retail/from: shop is no",
        ),
        (lambda it: it["coupon_quotas"]["chosen"].update(customers=["shop"]), "/coupon_quotas/chosen/customers: "),
        (lambda it: it["coupons"][0].update(quota="none"), "/coupons/0/quota: none is none of the coupon_quotas"),
        (lambda it: it["coupons"][0].update(to="nobody"), "/coupons/0/to: nobody must be one of"),
        (lambda it: it["coupons"][0].update(used="60.01", order="CS1"), "/coupons/0/used: is more than the amount"),
        (lambda it: it["coupons"][1].pop("order"), "/coupons/1: order is missing"),
        (lambda it: it["coupons"][5].pop("to"), "/coupons/5: to is missing"),
        (lambda it: it["coupons"][5].update(reclaimed=True), "/coupons/5/reclaimed: only a coupon from a quota"),
        (lambda it: it["coupons"][0].update(type="cash"), "/coupons/0/type: a coupon from a quota"),
        (
            lambda it: it["coupons"].append({"quota": "shop", "amount": "0.01", "count": 99}),
            "/coupons/14/count: 99",
        ),
        (lambda it: it["coupons"][1].update(frozen=True), "/coupons/1: at 2025-05-02T00:00:00Z the coupon "),
        (lambda it: it["stored_value_cards"][0].update(balance="500.01"), "/stored_value_cards/0/balance: is more"),
        (
            lambda it: it["stored_value_cards"][0].update(of="reseller"),
            "/stored_value_cards/0/of: reseller must be",
        ),
        (lambda it: it["partner_discounts"][0].update(discount="1.2"), "/partner_discounts/0/discount: "),
        (lambda it: it["agreements"][0].update(of="nobody"), "/agreements/0/of: nobody must be one of"),
    ],
)
def test_a_mistake_is_told_where_it_is(open_world: Any, shop: dict[str, Any], change: "Change", words: str) -> None:
    change(shop)
    with pytest.raises(BadScenario) as told:
        open_world(shop)
    assert words in str(told.value)


@pytest.mark.parametrize("name", ["demo-cn", "demo-intl"])
def test_the_demo_worlds_have_coupons_of_every_state(open_world: Any, name: str) -> None:
    stage: Stage = open_world(name)
    seen = {
        one["status"]
        for who in ("customer", "outsider")
        for one in stage.call(who, "list_sub_customer_coupons", limit=100).body["user_coupons"]
    }
    assert seen == ({2, 3, 4, 5} if name == "demo-cn" else {2, 3, 4})
    with stage.inside() as world:
        assert coupon_book.disagreements(world) == []
        held = [
            world.db.execute(select(func.sum(table.c.balance))).scalar_one() or Decimal(0)
            for table in (coupon_quotas, coupons)
        ]
        _, everything = coupon_book.records(world, [])
    given = sum(one.amount for one in everything if one.operation == coupon_book.GRANT)
    used = sum(one.amount for one in everything if one.operation == coupon_book.USE)
    lapsed = sum(one.amount for one in everything if one.operation == coupon_book.EXPIRED and one.quota_id is None)
    assert sum(held) == given - used - lapsed


def test_without_a_name_the_first_resale_customers_get_one_each(open_world: Any, shop: dict[str, Any]) -> None:
    shop["coupons"].append({"quota": "retail", "amount": "2.00", "count": 3, "remark": "welcome"})
    stage: Stage = open_world(shop)
    naming = {"indirect_partner_id": stage["reseller"].domain_id}
    found = stage.call("distributor", "list_issued_partner_coupons", **naming).body["user_coupons"]
    assert [one["customer_id"] for one in found] == stage.customers("reseller")[:3]
    (record, *_) = stage.call("distributor", "list_partner_coupons_record", **naming).body["records"]
    assert record["remark"] == "welcome"
