"""What somebody has of coupons and cards, what became of them, and what can pay an order."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import coupons
from mockserver.refused import Refused as Refusal
from tests.coupons.conftest import pages

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Refused = Callable[..., Answered]


def own(stage: "Stage", who: str, **filters: Any) -> Any:
    answer = stage.call(who, "list_sub_customer_coupons", **filters)
    assert answer.status == 200, answer.reason
    return answer.body["user_coupons"]


def changes(stage: "Stage", **filters: Any) -> Any:
    answer = stage.call(
        "outsider", "list_customer_coupon_change_records", balance_type="BALANCE_TYPE_COUPON", **filters
    )
    assert answer.status == 200, answer.reason
    return answer.body["records"]


def cards(stage: "Stage", status: int, **filters: Any) -> Any:
    return stage.call("customer", "list_stored_value_cards", status=status, **filters).body["stored_value_cards"]


def for_order(stage: "Stage", order_id: str, who: str = "outsider") -> Any:
    answer = stage.call(who, "list_order_coupons_by_order_id", order_id=order_id)
    assert answer.status == 200, answer.reason
    assert answer.body["count"] == len(answer.body["user_coupons"])
    return answer.body


class TestOwnCoupons:
    @pytest.mark.documents("list_sub_customer_coupons", 1)
    def test_each_sees_its_own(self, stage: "Stage", refused: "Refused") -> None:
        assert [one["face_value"] for one in own(stage, "solution_provider")] == [70]
        assert [one["face_value"] for one in own(stage, "distributor")] == [71]
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        assert [one["face_value"] for one in own(stage, "distributor", **naming)] == [72]
        assert [one["face_value"] for one in own(stage, "customer")] == [60, 40, 30, 20]
        other = {"indirect_partner_id": stage["other_reseller"].domain_id}
        refused(lambda: stage.call("distributor", "list_sub_customer_coupons", **other), "CBC.99000037")

    @pytest.mark.documents("list_sub_customer_coupons", 9)
    def test_a_customer_that_names_a_reseller_sees_its_own(self, stage: "Stage") -> None:
        """Only the partner's page has the refusal for another's reseller."""
        assert len(own(stage, "customer", indirect_partner_id="nobody")) == 4

    @pytest.mark.documents("list_sub_customer_coupons", 2)
    @pytest.mark.documents("list_sub_customer_coupons", 3)
    def test_a_year_after_it_ended_it_is_gone(self, stage: "Stage", time: "Clock") -> None:
        (expired,) = own(stage, "customer", status=4)
        assert expired["expire_time"] == "2025-12-31T15:59:59Z"
        time.moment = time.moment.fromisoformat("2026-12-31T15:59:59Z")
        assert own(stage, "customer", coupon_id=expired["coupon_id"]) == [expired]
        time.forward(seconds=1)
        assert own(stage, "customer", coupon_id=expired["coupon_id"]) == []

    @pytest.mark.documents("list_sub_customer_coupons", 3)
    def test_it_expires_by_the_clock(self, stage: "Stage", time: "Clock") -> None:
        (coupon, *_) = own(stage, "outsider", coupon_type=1)
        assert (coupon["status"], coupon["expire_time"]) == (2, "2026-04-30T15:59:59Z")
        time.moment = time.moment.fromisoformat("2026-04-30T15:59:59Z")
        assert own(stage, "outsider", coupon_id=coupon["coupon_id"])[0]["status"] == 2
        time.forward(seconds=1)
        assert own(stage, "outsider", coupon_id=coupon["coupon_id"])[0]["status"] == 4

    @pytest.mark.documents("list_sub_customer_coupons", 4)
    def test_international_coupons_are_cash_coupons(self, open_world: Any) -> None:
        abroad: Stage = open_world("demo-intl")
        found = own(abroad, "outsider")
        assert {(one["coupon_type"], one["currency"]) for one in found} == {(1, "USD")}
        assert own(abroad, "outsider", coupon_type=4) == own(abroad, "outsider", coupon_type=2) == []

    @pytest.mark.documents("list_sub_customer_coupons", 5)
    def test_offsets_count_records(self, stage: "Stage") -> None:
        fetch = lambda **paging: stage.call("outsider", "list_sub_customer_coupons", **paging)  # noqa: E731
        pages(fetch, "user_coupons", "count")

    @pytest.mark.documents("list_sub_customer_coupons", 6)
    def test_empty_values(self, stage: "Stage") -> None:
        everything = own(stage, "customer")
        assert own(stage, "customer", coupon_id="", order_id="", status="", source_id="null") == everything
        assert own(stage, "customer", coupon_id='""') == own(stage, "customer", source_id='""') == []
        for wrong in ({"coupon_type": '""'}, {"active_start_time": '""'}, {"active_end_time": "null"}):
            answer = stage.call("customer", "list_sub_customer_coupons", **wrong)
            assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.documents("list_sub_customer_coupons", 7)
    def test_limits_are_told_by_their_keys(self, stage: "Stage", issue: Any) -> None:
        issue(stage["customer"].domain_id, out_of="flexi")
        (coupon,) = own(stage, "customer", coupon_type=4)
        assert [one["limit_key"] for one in coupon["use_limits"]] == ["subscribeType", "maxDeductionRatio"]

    def test_filters(self, stage: "Stage") -> None:
        everything = own(stage, "customer")
        for status in (1, 2, 3, 4, 5):
            assert own(stage, "customer", status=status) == [one for one in everything if one["status"] == status]
        provider = stage["solution_provider"].domain_id
        assert own(stage, "customer", source_id=provider) == everything
        (plan,) = {one["promotion_plan_id"] for one in everything}
        assert own(stage, "customer", promotion_plan_id=plan) == everything
        assert len(own(stage, "customer", order_id="CS0001")) == 2
        assert own(stage, "customer", active_start_time="2025-05-03T00:00:00Z") == everything[3:]
        given = own(stage, "outsider")[0]
        assert given["source_id"] == given["promotion_plan_id"] != provider


class TestCards:
    @pytest.mark.documents("list_stored_value_cards", 1)
    def test_one_state_at_a_time(self, stage: "Stage") -> None:
        assert [(one["face_value"], one["balance"]) for one in cards(stage, 1)] == [
            ("500.00", "12.50"),
            ("200.00", "200.00"),
        ]
        assert [(one["face_value"], one["balance"], one["status"]) for one in cards(stage, 2)] == [
            ("100.00", "0.00", 2)
        ]
        assert stage.call("customer", "list_stored_value_cards").code == "CBC.0100"

    @pytest.mark.documents("list_stored_value_cards", 2)
    def test_offsets_count_records(self, stage: "Stage") -> None:
        first, second = cards(stage, 1)
        assert cards(stage, 1, offset=1) == cards(stage, 1, offset=1, limit=1) == [second]
        assert cards(stage, 1, limit=1) == [first]

    @pytest.mark.documents("list_stored_value_cards", 3)
    def test_empty_values(self, stage: "Stage") -> None:
        (first, _) = cards(stage, 1)
        assert cards(stage, 1, card_id="") == cards(stage, 1)
        assert cards(stage, 1, card_id=first["card_id"]) == [first]
        assert stage.call("customer", "list_stored_value_cards", status="").code == "CBC.0100"


class TestChanges:
    def test_what_came_and_went(self, stage: "Stage", time: "Clock") -> None:
        *_, last = changes(stage)
        assert (last["revenue_expense_type"], last["change_amount"]) == ("REVENUE", "12.00")
        (spent,) = changes(stage, revenue_expense_type="EXPENSE")
        assert (spent["trade_id"], spent["change_amount"], spent["balance_after_change"]) == ("CS0002", "5.00", "20.00")
        assert changes(stage, trade_id="CS0002") == changes(stage, trade_type="DEDEUCT") == [spent]
        assert len(changes(stage, coupon_id=spent["coupon_id"])) == 2
        time.moment = time.moment.fromisoformat("2026-05-01T00:00:00Z")
        (expired,) = changes(stage, trade_type="EXPIRED")
        assert (expired["change_amount"], expired["balance_after_change"]) == ("50.00", "0.00")
        assert (expired["bill_cycle"], expired["account_name"]) == ("2026-05", "nobodys_customer")

    @pytest.mark.documents("list_customer_coupon_change_records", 1)
    @pytest.mark.parametrize(("who", "count"), [("customer", 7), ("outsider", 7), ("advised", 1)])
    def test_each_sees_what_became_of_its_own(self, stage: "Stage", who: str, count: int) -> None:
        """Of the customer's coupons one was used in part, one as a whole, and one expired."""
        answer = stage.call(who, "list_customer_coupon_change_records", balance_type="BALANCE_TYPE_COUPON")
        own_coupons = {one["coupon_id"] for one in own(stage, who)}
        assert {one["coupon_id"] for one in answer.body["records"]} == own_coupons
        assert answer.body["total_count"] == count

    @pytest.mark.documents("list_customer_coupon_change_records", 1)
    def test_it_is_not_for_a_customer_whose_use_its_partner_pays(
        self, open_world: "Callable[..., Stage]", shop: dict[str, Any]
    ) -> None:
        del shop["principals"]["customer"]["balance"]
        shop["principals"]["customer"]["billed_to_partner"] = True
        stage = open_world(shop)
        told = stage.call("customer", "list_customer_coupon_change_records", balance_type="BALANCE_TYPE_COUPON")
        assert (told.status, told.code) == (400, "CBC.99000084")

    @pytest.mark.documents("list_customer_coupon_change_records", 2)
    @pytest.mark.parametrize(
        ("span", "allowed"),
        [
            ({"trade_time_begin": "2025-03-01"}, True),
            ({"trade_time_begin": "2025-02-28"}, False),
            ({"trade_time_begin": "2024-02-29", "trade_time_end": "2025-02-28"}, True),
            ({"trade_time_begin": "2024-02-28", "trade_time_end": "2025-03-01"}, False),
            ({"trade_time_begin": "2025-03-02", "trade_time_end": "2025-03-01"}, False),
            ({"trade_time_begin": "2023-02-29", "trade_time_end": "2023-03-01"}, False),
            ({"trade_time_begin": "0000-01-01", "trade_time_end": "0000-03-01"}, False),
            ({"trade_time_begin": "9999-12-01", "trade_time_end": "9999-12-31"}, True),
        ],
    )
    def test_a_year_at_most(self, stage: "Stage", refused: "Refused", span: dict[str, str], allowed: bool) -> None:
        def call() -> "Answered":
            return stage.call(
                "outsider", "list_customer_coupon_change_records", balance_type="BALANCE_TYPE_COUPON", **span
            )

        if allowed:
            assert call().status == 200
        else:
            refused(call, "CBC.0100")

    @pytest.mark.documents("list_customer_coupon_change_records", 3)
    def test_days_are_those_of_utc_8(self, stage: "Stage", time: "Clock") -> None:
        time.moment = time.moment.fromisoformat("2026-05-01T00:00:00Z")
        (expired,) = changes(stage, trade_type="EXPIRED")
        assert expired["trade_time"] == "2026-04-30T16:00:00Z"
        the_first = {"trade_time_begin": "2026-05-01", "trade_time_end": "2026-05-01"}
        assert changes(stage, **the_first) == [expired]
        assert changes(stage, trade_time_begin="2026-04-30", trade_time_end="2026-04-30") == []

    @pytest.mark.documents("list_customer_coupon_change_records", 4)
    @pytest.mark.documents("list_customer_coupon_change_records", 6)
    def test_empty_values(self, stage: "Stage") -> None:
        everything = changes(stage)
        assert changes(stage, trade_id="", coupon_id="", trade_time_begin="", offset="") == everything
        for wrong in ({"trade_type": ""}, {"revenue_expense_type": ""}, {"trade_time_end": '""'}):
            answer = stage.call(
                "outsider", "list_customer_coupon_change_records", balance_type="BALANCE_TYPE_COUPON", **wrong
            )
            assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.documents("list_customer_coupon_change_records", 5)
    def test_the_types_are_spelt_as_documented(self, stage: "Stage") -> None:
        assert {one["trade_detail_type"] for one in changes(stage)} == {
            "SOURCE_OPERAIION_PRIZE",
            "SOURCE_OPERAIION_DEDEUCT",
        }
        with stage.inside() as world:
            (first, *_) = coupons.usable_for(world, stage["outsider"].domain_id, "CS0009")
            coupons.send_home(world, first, None, "2")
            coupons.end(world, first)
        (taken,) = changes(stage, trade_type="COUPONCANCEL")
        assert taken["trade_detail_type"] == "SOURCE_OPERATION_COUPONCANCEL"


class TestForOrders:
    @pytest.mark.documents("list_order_coupons_by_order_id", 1)
    @pytest.mark.documents("list_order_coupons_by_order_id", 3)
    def test_what_can_pay_an_order(self, stage: "Stage") -> None:
        """Frozen ones cannot, nor those that another order holds or that come later."""
        found = for_order(stage, "CS0009")
        assert [(one["coupon_type"], one["face_value"], one["balance"]) for one in found["user_coupons"]] == [
            (301, 50, 50),
            (301, 25, 20),
        ]
        assert found["coupon_max_use_quantity"] == [{"coupon_type": 301, "coupon_group": 0, "use_quantity_value": 2}]
        assert for_order(stage, "CS0002")["count"] == 0

    @pytest.mark.documents("list_order_coupons_by_order_id", 6)
    def test_only_a_discount_coupon_tells_who_holds_it(self, stage: "Stage") -> None:
        held = for_order(stage, "CS0003")
        by_value = {one["face_value"]: one for one in held["user_coupons"]}
        assert by_value[Decimal("0.50")]["used_by_order_id"] == "CS0003"
        assert by_value[Decimal("0.50")]["coupon_type"] == 300
        assert "used_by_order_id" not in by_value[11]
        most = {one["coupon_type"]: one["use_quantity_value"] for one in held["coupon_max_use_quantity"]}
        assert most == {300: 1, 301: 3}

    @pytest.mark.documents("list_order_coupons_by_order_id", 4)
    def test_limits_are_told_by_their_keys(self, stage: "Stage", issue: Any) -> None:
        issue(stage["customer"].domain_id, out_of="flexi")
        (flexi,) = [one for one in for_order(stage, "CS9", "customer")["user_coupons"] if one["coupon_type"] == 302]
        assert [one["limit_key"] for one in flexi["use_limits"]] == ["subscribeType", "maxDeductionRatio"]

    @pytest.mark.documents("list_order_coupons_by_order_id", 7)
    def test_the_errors_of_both_pages_are_the_same(self, contract: Any) -> None:
        assert list(contract.get("cn", "list_order_coupons_by_order_id").errors) == ["CBC.0100", "CBC.0151", "CBC.0999"]

    def test_a_coupon_pays_until_nothing_is_left(self, stage: "Stage") -> None:
        """What orders will call; they come later."""
        customer = stage["outsider"].domain_id
        with stage.inside() as world:
            (first, second) = coupons.usable_for(world, customer, "CS0009")
            coupons.use(world, first.id, "CS0009", Decimal("20.00"))
        assert own(stage, "outsider", coupon_id=first.id)[0]["status"] == 2
        assert for_order(stage, "CS0009")["count"] == 0
        with stage.inside() as world:
            coupons.use(world, first.id, "CS0010", Decimal("30.00"))
        (used,) = own(stage, "outsider", coupon_id=first.id)
        assert (used["status"], used["balance"], used["order_id"]) == (3, 0, "CS0010")
        for ident, amount in ((first.id, "0.01"), (second.id, "20.01"), ("nothing", "1.00")):
            with pytest.raises(Refusal, match=r"CBC\.99003112"), stage.inside() as world:
                coupons.use(world, ident, "CS0011", Decimal(amount))
