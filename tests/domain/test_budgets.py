"""What may be spent on the international site: budgets that partners set, and the quotas that Huawei gives."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from mockserver.domain import ledger
from mockserver.store.tables import budgets, customers

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Open = Callable[..., Stage]
    Refuses = Callable[..., Answered]
    Enroll = Callable[..., str]

SET, SHOW = "update_sub_customer_budget", "show_sub_customer_budget"
LIST, RECORDS = "list_sub_customer_budget", "list_sub_customer_budget_records"
CONSUMPTION, EXPENDITURE = "show_partner_consumption_quota", "show_customer_expenditure_quota"


def set_budget(stage: "Stage", customer: str, amount: Any, who: str = "solution_provider", **more: Any) -> None:
    answer = stage.call(who, SET, customer_id=customer, budget_amount=amount, **more)
    assert (answer.status, answer.content) == (204, b""), answer.reason


def budget(stage: "Stage", customer: str, who: str = "solution_provider", **more: Any) -> dict[str, Any]:
    answer = stage.call(who, SHOW, customer_id=customer, **more)
    assert answer.status == 200, answer.reason
    body: dict[str, Any] = answer.body
    return body


def records(stage: "Stage", customer: str, who: str = "solution_provider", **more: Any) -> list[dict[str, Any]]:
    answer = stage.call(who, RECORDS, customer_id=customer, **more)
    assert answer.status == 200, answer.reason
    found: list[dict[str, Any]] = answer.body["record_list"]
    return found


def spend(stage: "Stage", owner: str, amount: str, type_: int = ledger.BALANCE) -> None:
    """As an order or a bill will: money leaves the account for what was used."""
    with stage.inside() as world:
        held = ledger.account(world, owner, type_) or ledger.open_account(world, owner, type_)
        ledger.move(world, held, ledger.outside(world), Decimal(amount), ledger.CONSUME)


@pytest.fixture
def resale(intl: "Stage", enroll: "Enroll") -> str:
    return enroll(intl, "solution_provider", "budgeted")


class TestBudgets:
    @pytest.mark.documents("update_sub_customer_budget", 1)
    @pytest.mark.documents("update_sub_customer_budget", 2)
    @pytest.mark.documents("update_sub_customer_budget", 8)
    def test_what_is_set_is_the_whole_budget_at_first_and_later(self, intl: "Stage", resale: str) -> None:
        for amount in (Decimal("0.01"), 300, Decimal("12.50"), 2147483647):
            set_budget(intl, resale, amount)
            assert budget(intl, resale) == {
                "budget_amount": amount,
                "used_amount": 0,
                "budget_type": "MONTHLY",
                "measure_id": 1,
                "currency": "USD",
            }

    @pytest.mark.documents("update_sub_customer_budget", 6)
    def test_a_new_customer_has_none_until_its_partner_sets_one(self, intl: "Stage", resale: str) -> None:
        assert budget(intl, resale)["budget_amount"] == 0
        set_budget(intl, resale, 5)
        assert budget(intl, resale)["budget_amount"] == 5

    @pytest.mark.parametrize(
        "wrong",
        [
            {"budget_amount": 0},
            {"budget_amount": -1},
            {"budget_amount": Decimal("0.001")},
            {"budget_amount": 2147483648},
            {"budget_amount": None},
            {"customer_id": ""},
            {"budget_type": ""},
            {"budget_type": "WEEKLY"},
            {"frozen_operate_type": 2},
            {"cancel_partner_frozen": "2"},
        ],
    )
    def test_a_wrong_parameter_sets_nothing(
        self, intl: "Stage", refuses: "Refuses", resale: str, wrong: dict[str, Any]
    ) -> None:
        refuses(intl, "CBC.0100", "solution_provider", SET, **{"customer_id": resale, "budget_amount": 1} | wrong)

    @pytest.mark.documents("show_sub_customer_budget", 1)
    @pytest.mark.documents("show_sub_customer_budget", 3)
    @pytest.mark.documents("update_sub_customer_budget", 8)
    def test_only_of_ones_own_resale_customers(self, intl: "Stage", refuses: "Refuses") -> None:
        others = [intl.customers("solution_provider", "referral")[0], intl.customers("reseller")[0], "nobody"]
        for other in others:
            refuses(intl, "CBC.99005024", "solution_provider", SET, customer_id=other, budget_amount=1)
            refuses(intl, "CBC.99005024", "solution_provider", SHOW, customer_id=other)

    @pytest.mark.documents("update_sub_customer_budget", 3)
    def test_nothing_is_frozen_by_itself_unless_that_was_said(self, intl: "Stage", resale: str) -> None:
        def freezes() -> int:
            with intl.inside() as world:
                mine = budgets.c.customer_id == resale
                found: int = world.db.execute(select(budgets.c.freezes).where(mine)).scalar_one()
            return found

        set_budget(intl, resale, 1)
        assert freezes() == 0
        set_budget(intl, resale, 1, frozen_operate_type=1)
        set_budget(intl, resale, 2)
        assert freezes() == 1

    @pytest.mark.documents("update_sub_customer_budget", 4)
    @pytest.mark.parametrize(("asked", "frozen"), [("1", 0), (1, 0), ("0", 1), (0, 1), ("", 1), (None, 1)])
    def test_a_frozen_customer_is_unfrozen_on_the_way(
        self, intl: "Stage", enroll: "Enroll", asked: Any, frozen: int
    ) -> None:
        customer = enroll(intl, "solution_provider", "frozen-one", frozen=1)
        set_budget(intl, customer, 10, cancel_partner_frozen=asked)
        with intl.inside() as world:
            query = select(customers.c.frozen).where(customers.c.id == customer)
            assert world.db.execute(query).scalar_one() == frozen

    @pytest.mark.documents("update_sub_customer_budget", 5)
    def test_a_reseller_must_have_been_granted_it(
        self, open_world: "Open", partners: dict[str, Any], refuses: "Refuses"
    ) -> None:
        partners["rules"]["resellers_without_budgets"] = ["first_reseller"]
        stage = open_world(partners | {"site": "intl"})
        (customer, *_) = stage.customers("reseller")
        named = {"customer_id": customer, "indirect_partner_id": stage["reseller"].domain_id}
        answer = refuses(stage, "CBC.0151", "distributor", SET, status=403, budget_amount=1, **named)
        assert "resellers_without_budgets" in answer.reason
        assert stage.call("distributor", SHOW, **named).status == 200

    @pytest.mark.documents("show_sub_customer_budget", 1)
    def test_a_distributor_names_the_reseller_whose_customer_it_is(self, intl: "Stage", refuses: "Refuses") -> None:
        (customer, *_) = intl.customers("reseller")
        naming = {"indirect_partner_id": intl["reseller"].domain_id}
        set_budget(intl, customer, 7, "distributor", **naming)
        assert budget(intl, customer, "distributor", **naming)["budget_amount"] == 7
        refuses(intl, "CBC.99005024", "distributor", SHOW, customer_id=customer)
        other = {"customer_id": customer, "indirect_partner_id": intl["other_reseller"].domain_id}
        for operation, more in ((SET, {"budget_amount": 1}), (SHOW, {}), (RECORDS, {})):
            refuses(intl, "CBC.99000037", "distributor", operation, **other, **more)
        refuses(intl, "CBC.99000037", "distributor", LIST, customer_ids=[customer], **naming | other)

    def test_what_is_used_is_of_the_month_or_since_the_budget_was_set(
        self, intl: "Stage", resale: str, time: "Clock"
    ) -> None:
        spend(intl, resale, "5.00")
        time.forward(seconds=1)
        set_budget(intl, resale, 100)
        spend(intl, resale, "2.50")
        assert budget(intl, resale)["used_amount"] == Decimal("7.50")
        set_budget(intl, resale, 100, budget_type="PACKAGE")
        assert budget(intl, resale)["used_amount"] == Decimal("2.50")
        # April begins in China eight hours earlier.
        time.forward(days=30, hours=4)
        set_budget(intl, resale, 100)
        assert budget(intl, resale)["used_amount"] == 0
        spend(intl, resale, "1.25")
        assert budget(intl, resale)["used_amount"] == Decimal("1.25")


class TestListing:
    @pytest.mark.documents("list_sub_customer_budget", 1)
    @pytest.mark.documents("list_sub_customer_budget", 3)
    @pytest.mark.documents("list_sub_customer_budget", 4)
    def test_one_to_a_hundred_are_told_at_once(self, intl: "Stage", refuses: "Refuses", resale: str) -> None:
        for wrong in ([], ["x"] * 101, None, "x", [1]):
            refuses(intl, "CBC.0100", "solution_provider", LIST, customer_ids=wrong)
        body = intl.call("solution_provider", LIST, customer_ids=["x"] * 99 + [resale]).body
        assert body == {
            "measure_id": 1,
            "currency": "USD",
            "budget_infos": [{"customer_id": resale, "budget_amount": 0, "used_amount": 0, "budget_type": "MONTHLY"}],
        }
        mine = intl.customers("solution_provider")
        told = intl.call("solution_provider", LIST, customer_ids=mine, limit=1, offset=1).body["budget_infos"]
        assert [one["customer_id"] for one in told] == mine

    @pytest.mark.documents("list_sub_customer_budget", 2)
    def test_others_are_left_out_without_an_error(self, intl: "Stage", resale: str) -> None:
        others = [intl.customers("solution_provider", "referral")[0], intl.customers("reseller")[0], "nobody"]
        set_budget(intl, resale, 3)
        told = intl.call("solution_provider", LIST, customer_ids=[*others, resale, resale]).body["budget_infos"]
        assert [(one["customer_id"], one["budget_amount"]) for one in told] == [(resale, 3)]


class TestRecords:
    @pytest.mark.documents("update_sub_customer_budget", 7)
    @pytest.mark.documents("list_sub_customer_budget_records", 5)
    def test_every_setting_is_told_the_latest_first(self, intl: "Stage", resale: str, time: "Clock") -> None:
        set_budget(intl, resale, 5)
        time.forward(hours=1)
        set_budget(intl, resale, Decimal("7.50"), budget_type="PACKAGE")
        shared = {
            "operation_type": "SETTING",
            "operator": "first_provider",
            "partner_corp_name": "first_provider",
            "partner_account_name": "first_provider",
        }
        answer = intl.call("solution_provider", RECORDS, customer_id=resale)
        assert answer.body == {
            "total_count": 2,
            "measure_id": 1,
            "currency": "USD",
            "record_list": [
                shared
                | {
                    "budget_amount": Decimal("7.50"),
                    "operation_time": "2026-03-01T13:00:00Z",
                    "budget_type": "PACKAGE",
                },
                shared | {"budget_amount": 5, "operation_time": "2026-03-01T12:00:00Z", "budget_type": "MONTHLY"},
            ],
        }
        assert b'"budget_amount":7.50' in answer.content

    @pytest.mark.documents("list_sub_customer_budget_records", 1)
    @pytest.mark.documents("list_sub_customer_budget_records", 2)
    def test_filters_may_be_left_out_but_not_be_empty(
        self, open_world: "Open", partners: dict[str, Any], refuses: "Refuses"
    ) -> None:
        partners["budgets"] = [
            {"of": "customer", "amount": "30.00", "budget_type": "PACKAGE", "at": "2025-01-01T00:00:00Z"},
            {
                "of": "customer",
                "amount": "30.00",
                "budget_type": "PACKAGE",
                "operation_type": "DELETE",
                "at": "2025-02-01T00:00:00Z",
            },
            {"of": "customer", "amount": "20.00", "at": "2025-03-01T00:00:00Z"},
        ]
        stage = open_world(partners | {"site": "intl"})
        customer = stage["customer"].domain_id

        def found(**wanted: str) -> list[tuple[str, str]]:
            told = records(stage, customer, **wanted)
            return [(one["operation_type"], one["operator"]) for one in told]

        setting, deleting = ("SETTING", "first_provider"), ("DELETE", "system")
        assert found() == [setting, deleting, setting]
        assert found(operation_type="DELETE") == [deleting]
        assert found(operation_type="SETTING") == [setting, setting]
        assert found(budget_type="PACKAGE") == [deleting, setting]
        assert found(budget_type="MONTHLY", operation_type="DELETE") == []
        for member in ("operation_type", "budget_type"):
            for nothing in ("", '""', "ALL"):
                refuses(stage, "CBC.0100", "solution_provider", RECORDS, customer_id=customer, **{member: nothing})
        assert budget(stage, customer)["budget_amount"] == 20

    @pytest.mark.documents("list_sub_customer_budget_records", 3)
    def test_offset_counts_records(self, intl: "Stage", resale: str) -> None:
        for amount in range(1, 13):
            set_budget(intl, resale, amount)

        def page(**wanted: Any) -> list[int]:
            return [int(one["budget_amount"]) for one in records(intl, resale, **wanted)]

        assert page() == list(range(12, 2, -1))
        assert page(offset=1, limit=3) == [11, 10, 9]
        assert page(offset=10, limit=10) == [2, 1]
        assert page(offset=2147483647) == []

    def test_of_anothers_customer_there_is_nothing_to_tell(self, intl: "Stage", resale: str) -> None:
        set_budget(intl, resale, 1)
        assert records(intl, resale, "distributor") == []


class TestConsumptionQuota:
    def quota(self, stage: "Stage", who: str = "solution_provider") -> dict[str, Any]:
        answer = stage.call(who, CONSUMPTION)
        assert answer.status == 200, answer.reason
        body: dict[str, Any] = answer.body
        return body

    @pytest.mark.documents("show_partner_consumption_quota", 1)
    @pytest.mark.documents("show_partner_consumption_quota", 2)
    def test_amounts_are_texts_and_what_is_used_follows_from_the_others(self, intl: "Stage", time: "Clock") -> None:
        provider = intl["solution_provider"].domain_id
        expected = {
            "consumption_quota": "400.00",
            "amount": "1000.00",
            "coupon_amount": "0.00",
            "due_amount": "0.00",
            "unbilled_amount": "0.00",
            "used_consumption_quota": "-1000.00",
            "measure_id": 1,
            "currency": "USD",
        }
        assert self.quota(intl) == expected
        spend(intl, provider, "100.01", ledger.CREDIT)
        used = {"unbilled_amount": "100.01", "used_consumption_quota": "-899.99"}
        assert self.quota(intl) == expected | used
        time.forward(days=31)
        assert self.quota(intl) == expected | used | {"unbilled_amount": "0.00", "due_amount": "100.01"}

    @pytest.mark.documents("show_partner_consumption_quota", 3)
    def test_the_documented_example(self, open_world: "Open", partners: dict[str, Any], time: "Clock") -> None:
        """500.28 + 100.01 - 10.18 - 10.03 = 580.08."""
        partners["principals"]["solution_provider"] |= {
            "balance": "10.18",
            "designated": "0.00",
            "credit_line": "10000.00",
        }
        held = {"to": "solution_provider", "amount": "10.03"}
        expired = held | {"issued": "2025-06-01T00:00:00Z", "expires": "2025-09-01T00:00:00Z"}
        later = held | {"effective": "2026-12-01T00:00:00Z"}
        discount = held | {"type": "discount"}
        coupons = {"coupons": [held, expired, later, discount]}
        stage = open_world(partners | coupons | {"site": "intl"}, now=time)
        spend(stage, stage["solution_provider"].domain_id, "500.28", ledger.CREDIT)
        time.forward(days=31)
        spend(stage, stage["solution_provider"].domain_id, "100.01", ledger.CREDIT)
        told = self.quota(stage)
        assert (told["consumption_quota"], told["amount"]) == ("10000.00", "10.18")
        assert (told["due_amount"], told["unbilled_amount"]) == ("500.28", "100.01")
        assert (told["coupon_amount"], told["used_consumption_quota"]) == ("10.03", "580.08")

    @pytest.mark.documents("show_partner_consumption_quota", 4)
    def test_only_a_partner_asks_and_a_failure_is_a_code_and_a_short_message(
        self, intl: "Stage", refuses: "Refuses"
    ) -> None:
        for who in ("customer", "reseller", "outsider"):
            refuses(intl, "CBC.0151", who, CONSUMPTION, status=403)
            body = intl.call(who, CONSUMPTION).body
            assert set(body) == {"error_code", "error_msg"}
            assert len(body["error_code"]) <= 20
            assert len(body["error_msg"]) <= 1000


class TestExpenditureQuota:
    @pytest.fixture
    def granted(self, open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
        partners["principals"]["outsider"] |= {"expenditure_quota": "200.00", "balance": "500.00"}
        return open_world(partners | {"site": "intl"}, now=time)

    @pytest.mark.documents("show_customer_expenditure_quota", 1)
    @pytest.mark.documents("show_customer_expenditure_quota", 2)
    def test_it_is_for_a_month_and_the_part_used_has_two_decimals(self, granted: "Stage", time: "Clock") -> None:
        outsider = granted["outsider"].domain_id
        for amount, used, part in (
            ("122.00", "122.00", "0.61"),
            ("0.99", "122.99", "0.61"),
            ("0.01", "123.00", "0.62"),
        ):
            spend(granted, outsider, amount)
            body = granted.call("outsider", EXPENDITURE).body
            assert (body["granting_amount"], body["granting_amount_used"]) == (200, Decimal(used))
            assert body["percentage_granting_amount_used"] == Decimal(part)
            assert (body["measure_id"], body["currency"]) == (1, "USD")
        balances = granted.call("outsider", "show_customer_account_balances").body["account_balances"]
        assert [one["account_type"] for one in balances] == [1]
        time.forward(days=31)
        assert granted.call("outsider", EXPENDITURE).body["granting_amount_used"] == 0

    @pytest.mark.documents("show_customer_expenditure_quota", 2)
    def test_without_a_quota_the_part_is_zero(self, intl: "Stage") -> None:
        spend(intl, intl["outsider"].domain_id, "3.00")
        body = intl.call("outsider", EXPENDITURE).body
        assert (body["granting_amount"], body["percentage_granting_amount_used"]) == (0, 0)

    @pytest.mark.documents("show_customer_expenditure_quota", 3)
    def test_a_resale_customer_has_none(self, granted: "Stage") -> None:
        answer = granted.call("customer", EXPENDITURE)
        assert (answer.status, answer.body) == (200, {})

    @pytest.mark.documents("show_customer_expenditure_quota", 5)
    def test_only_a_customer_asks(self, intl: "Stage", refuses: "Refuses") -> None:
        for who in ("solution_provider", "distributor", "reseller"):
            refuses(intl, "CBC.0151", who, EXPENDITURE, status=403)
