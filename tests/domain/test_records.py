"""What came and went, as records tell it: nothing that the ledger does not have, and every cent of what it has."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from mockserver.domain import ledger
from mockserver.store.tables import entries

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Open = Callable[..., Stage]
    Refuses = Callable[..., Answered]

ADJUSTED, CHANGED = "list_partner_adjust_records", "list_partner_account_change_records"
CUSTOMERS = "list_customer_account_change_records"
GIVEN, TAKEN, UNBOUND = (f"SOURCE_OPERATION_{one}" for one in ("BEADJUST", "BERETRIEVE", "BEUNBIND"))
CASH, CREDIT = {"balance_type": "BALANCE_TYPE_DEBIT"}, {"balance_type": "BALANCE_TYPE_CREDIT"}
# Every type that the page of partners has, with a movement of it; the sign says income or expense.
TYPES = [
    ("RECHARGE", "300.00", "SOURCE_OPERAIION_RECHARGE"),
    ("DEDEUCT", "-31.20", "SOURCE_OPERAIION_DEDEUCT"),
    ("REFUND", "1.20", "SOURCE_OPERAIION_REFUND"),
    ("RFROZEN", "-15.00", "SOURCE_OPERAIION_RFROZEN"),
    ("RFROZEN", "15.00", "SOURCE_OPERAIION_UNFROZEN"),
    ("TRANS", "-20.00", "SOURCE_OPERAIION_TRANS_TO_FOREGIFT"),
    ("TRANS", "5.00", "SOURCE_OPERAIION_TRANS_TO_BALANCE"),
    ("ADJUST", "-0.07", "SOURCE_OPERAIION_ADJUST"),
    ("BEADJUST", "-60.00", GIVEN),
    ("BERETRIEVE", "11.00", TAKEN),
    ("BEUNBIND", "9.00", UNBOUND),
    ("BONUSCONVERT", "12.34", "SOURCE_OPERAIION_CONVERT_BONUS"),
    ("TRADE_MODE_TRANSFER", "2.00", "SOURCE_OPERATION_TRADEMODE_TRANSFER"),
]
# With which a transfer may be refused: too much, or a customer that never got anything.
CODES = (None, "CBC.5003", "CBC.99005003", "CBC.99000047")
HANDED_ON = ("BEADJUST", "BERETRIEVE", "BEUNBIND")
# And those that only the page of customers has.
CUSTOMERS_TYPES = [
    *((type_, change, detail) for type_, change, detail in TYPES if type_ not in HANDED_ON),
    ("EXPIRED", "-10.00", "SOURCE_OPERAIION_EXPIRECLEAR"),
    ("DEPOSIT", "-4.00", "SOURCE_OPERAIION_TRANS_TO_FOREGIFT"),
]


def told(stage: "Stage", who: str, operation: str, **wanted: Any) -> list[dict[str, Any]]:
    answer = stage.call(who, operation, **wanted)
    assert answer.status == 200, answer.reason
    records: list[dict[str, Any]] = answer.body["records"]
    return records


def give(stage: "Stage", customer: str, amount: Any, who: str = "solution_provider", **more: Any) -> str:
    body = stage.call(who, "update_customer_account_amount", customer_id=customer, amount=amount, **more).body
    number: str = body["transfer_id"]
    return number


def take(stage: "Stage", customer: str, amount: Any, who: str = "solution_provider", **more: Any) -> str:
    body = stage.call(who, "reclaim_to_partner_account", customer_id=customer, amount=amount, **more).body
    number: str = body["trans_id"]
    return number


@pytest.fixture
def customer(stage: "Stage") -> str:
    return stage["customer"].domain_id


@pytest.fixture
def since(stage: "Stage", time: "Clock") -> dict[str, str]:
    """Leaves out what the world began with."""
    time.forward(hours=1)
    return {"operation_time_begin": "2026-03-01T12:30:00Z"}


@pytest.fixture
def history(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
    """Days of January 2026 with a movement of every type: of the solution provider, and of nobody's customer."""
    people = partners["principals"]
    people["solution_provider"]["deposit"] = "100.00"
    people["outsider"] |= {"balance": "1000.00", "deposit": "100.00", "reward": "5.00", "credit_line": "400.00"}
    partners["movements"] = [
        {
            "of": who,
            "trade_type": type_,
            "change": change,
            "at": f"2026-01-{day:02d}T02:00:00Z",
            **({"with": "customer"} if type_ in HANDED_ON else {}),
        }
        for who, types in (("solution_provider", TYPES), ("outsider", CUSTOMERS_TYPES))
        for day, (type_, change, _) in enumerate(types, 1)
    ]
    partners["movements"] += [
        {"of": who, "account": "credit", "trade_type": "DEDEUCT", "change": "-3.30", "at": "2026-02-01T02:00:00Z"}
        for who in ("solution_provider", "outsider")
    ]
    return open_world(partners, now=time)


class TestAdjustments:
    @pytest.mark.documents("update_customer_account_amount", 5)
    @pytest.mark.documents("reclaim_to_partner_account", 4)
    @pytest.mark.documents("list_partner_adjust_records", 6)
    def test_what_was_given_and_taken_back_is_told_the_latest_first(
        self, stage: "Stage", customer: str, since: dict[str, str]
    ) -> None:
        given, taken = give(stage, customer, Decimal("12.50")), take(stage, customer, 2)
        shared = {
            "customer_id": customer,
            "customer_name": "示例科技有限公司",
            "currency": "CNY",
            "operation_time": "2026-03-01T13:00:00Z",
            "measure_id": 1,
        }
        assert told(stage, "solution_provider", ADJUSTED, **since) == [
            shared | {"operation_type": TAKEN, "amount": "2.00", "trans_id": taken},
            shared | {"operation_type": GIVEN, "amount": "12.50", "trans_id": given},
        ]

    @pytest.mark.documents("update_indirect_partner_account", 4)
    @pytest.mark.documents("reclaim_indirect_partner_account", 3)
    @pytest.mark.documents("list_partner_adjust_records", 2)
    @pytest.mark.documents("list_partner_adjust_records", 3)
    def test_a_reseller_is_a_customer_of_its_distributor_and_only_it_is_told(
        self, stage: "Stage", refuses: "Refuses"
    ) -> None:
        reseller = stage["reseller"].domain_id
        stage.call("distributor", "update_indirect_partner_account", indirect_partner_id=reseller, amount="30.00")
        stage.call("distributor", "reclaim_indirect_partner_account", indirect_partner_id=reseller, amount=4)
        records = told(stage, "distributor", ADJUSTED, customer_id=reseller)
        assert [(one["operation_type"], one["amount"]) for one in records] == [(TAKEN, "4.00"), (GIVEN, "30.00")]
        assert {(one["customer_id"], one["customer_name"]) for one in records} == {(reseller, "first_reseller")}
        assert told(stage, "solution_provider", ADJUSTED, customer_id=reseller) == []
        assert told(stage, "distributor", ADJUSTED, indirect_partner_id=reseller, customer_id=reseller) == []
        refuses(stage, "CBC.0151", "reseller", ADJUSTED, status=403)

    def test_a_distributor_asks_for_its_resellers_records_by_naming_it(
        self, stage: "Stage", since: dict[str, str]
    ) -> None:
        (customer, *_) = stage.customers("reseller")
        naming = {"indirect_partner_id": stage["reseller"].domain_id}
        number = give(stage, customer, 5, "distributor", **naming)
        assert [one["trans_id"] for one in told(stage, "distributor", ADJUSTED, **naming, **since)] == [number]
        assert told(stage, "distributor", ADJUSTED, **since) == []

    @pytest.mark.documents("list_partner_adjust_records", 1)
    def test_of_anothers_customers_there_is_nothing_to_tell_and_that_is_no_error(
        self, stage: "Stage", refuses: "Refuses"
    ) -> None:
        others = [stage.customers("reseller")[0], stage.customers("solution_provider")[0]]
        others += [stage.customers("solution_provider", "referral")[0], stage.customers("other_reseller")[0], "nobody"]
        for other in others:
            answer = stage.call("distributor", ADJUSTED, customer_id=other)
            assert (answer.status, answer.body) == (200, {"records": [], "total_count": 0})
        named = {"indirect_partner_id": stage["other_reseller"].domain_id}
        refuses(stage, "CBC.99000037", "distributor", ADJUSTED, **named)

    def test_filters_find_what_they_say(self, stage: "Stage", customer: str, time: "Clock") -> None:
        other = stage.customers("solution_provider")[1]
        first = give(stage, customer, 1)
        time.forward(seconds=1)
        second = give(stage, other, 2)
        time.forward(seconds=1)
        third = take(stage, other, 1)

        def found(**wanted: Any) -> list[str]:
            return [one["trans_id"] for one in told(stage, "solution_provider", ADJUSTED, **wanted)][:3]

        assert found() == [third, second, first]
        assert found(customer_id=customer)[0] == first
        assert found(operation_type=TAKEN) == [third]
        assert found(operation_type=GIVEN)[:2] == [second, first]
        assert found(operation_type=UNBOUND) == []
        assert found(trans_id=second) == [second]
        assert found(trans_id=second, customer_id=customer) == []
        at = ["2026-03-01T12:00:00Z", "2026-03-01T12:00:01Z", "2026-03-01T12:00:02Z"]
        assert found(operation_time_begin=at[0], operation_time_end=at[1]) == [second, first]
        assert found(operation_time_begin=at[2]) == [third]
        assert found(operation_time_begin="2026-03-01T12:00:03Z") == []

    @pytest.mark.documents("list_partner_adjust_records", 4)
    def test_offset_counts_records(self, stage: "Stage", customer: str, since: dict[str, str]) -> None:
        numbers = [give(stage, customer, 1) for _ in range(12)][::-1]

        def page(**wanted: Any) -> list[str]:
            answer = stage.call("solution_provider", ADJUSTED, **since, **wanted)
            assert answer.body["total_count"] == 12
            return [one["trans_id"] for one in answer.body["records"]]

        assert page() == numbers[:10]
        assert page(offset=1) == numbers[1:11]
        assert page(offset=10, limit=10) == numbers[10:]
        assert page(offset=0, limit=1) == numbers[:1]
        assert page(offset=12) == page(offset=2147483647) == []

    @pytest.mark.parametrize("wrong", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"operation_type": "0"}])
    def test_a_wrong_parameter_is_refused(self, stage: "Stage", refuses: "Refuses", wrong: dict[str, Any]) -> None:
        refuses(stage, "CBC.0100", "solution_provider", ADJUSTED, **wrong)


class TestPartnersStatement:
    @pytest.mark.documents("list_partner_account_change_records", 4)
    def test_every_type_is_told_with_its_balance_and_can_be_asked_for(self, history: "Stage") -> None:
        records = told(history, "solution_provider", CHANGED, **CASH, trade_time_begin="2026-01-01", limit=100)[::-1]
        month = [one for one in records if one["trade_time"] < "2026-02"]
        assert [(one["trade_detail_type"], one["change_amount"], one["type"]) for one in month] == [
            (detail, change.lstrip("-"), "2" if change.startswith("-") else "1") for _, change, detail in TYPES
        ]
        balance = Decimal(1000) - sum(Decimal(change) for _, change, _ in TYPES)
        for record, (_, change, _) in zip(month, TYPES, strict=True):
            balance += Decimal(change)
            assert record["balance_after_change"] == str(balance)
        for type_ in dict.fromkeys(type_ for type_, _, _ in TYPES):
            asked = told(history, "solution_provider", CHANGED, **CASH, trade_type=type_, trade_time_begin="2026-01-01")
            expected = [detail for named, _, detail in TYPES if named == type_][::-1]
            assert [one["trade_detail_type"] for one in asked] == expected, type_

    @pytest.mark.documents("list_partner_account_change_records", 3)
    @pytest.mark.documents("list_partner_account_change_records", 8)
    def test_what_customers_got_and_gave_names_them(self, history: "Stage") -> None:
        records = told(history, "solution_provider", CHANGED, **CASH, trade_time_begin="2026-01-01", limit=100)
        named = {
            one["trade_detail_type"]: (one["customer_id"], one["account_name"])
            for one in records
            if "customer_id" in one
        }
        customer = history["customer"]
        assert named == dict.fromkeys((GIVEN, TAKEN, UNBOUND), (customer.domain_id, customer.domain_name))

    def test_a_resellers_money_from_its_distributor_names_the_reseller(self, stage: "Stage") -> None:
        reseller = stage["reseller"]
        naming = {"indirect_partner_id": reseller.domain_id}
        stage.call("distributor", "update_indirect_partner_account", amount=30, **naming)
        for who, direction in (({}, "2"), (naming, "1")):
            record = told(stage, "distributor", CHANGED, **CASH, **who)[0]
            assert (record["type"], record["change_amount"]) == (direction, "30.00")
            assert (record["customer_id"], record["account_name"]) == (reseller.domain_id, reseller.domain_name)

    def test_credit_has_a_statement_of_its_own(self, history: "Stage") -> None:
        (record,) = told(history, "solution_provider", CHANGED, **CREDIT)
        assert (record["change_amount"], record["balance_after_change"], record["type"]) == ("3.30", "400.00", "2")
        assert told(history, "distributor", CHANGED, **CREDIT) == []

    @pytest.mark.documents("update_customer_account_amount", 4)
    @pytest.mark.documents("list_partner_balances", 6)
    def test_to_allocate_lowers_the_balance_and_what_the_customer_uses_does_not(
        self, stage: "Stage", customer: str
    ) -> None:
        give(stage, customer, 100)
        first = told(stage, "solution_provider", CHANGED, **CASH)
        assert (first[0]["trade_detail_type"], first[0]["balance_after_change"]) == (GIVEN, "900.00")
        with stage.inside() as world:
            held = ledger.balance_account(world, customer)
            assert held is not None
            ledger.move(world, held, ledger.outside(world), Decimal("40.00"), ledger.CONSUME)
        assert told(stage, "solution_provider", CHANGED, **CASH) == first

    @pytest.mark.documents("list_partner_account_change_records", 2)
    def test_days_are_of_china_and_times_of_greenwich(self, stage: "Stage", customer: str, time: "Clock") -> None:
        # 12:00 UTC on March 1 is 20:00 in China; four hours later a new day begins there.
        time.forward(hours=3, minutes=59, seconds=59)
        first = give(stage, customer, 1)
        time.forward(seconds=1)
        second = give(stage, customer, 2)

        def found(**days: str) -> list[str]:
            return [one["trade_id"] for one in told(stage, "solution_provider", CHANGED, **CASH, **days)]

        assert found(trade_time_begin="2026-03-01", trade_time_end="2026-03-01")[0] == first
        assert found(trade_time_begin="2026-03-02", trade_time_end="2026-03-02") == [second]
        assert found(trade_time_begin="2026-03-02") == [second]
        assert found(trade_time_end="2026-03-01")[0] == first
        record = told(stage, "solution_provider", CHANGED, **CASH)[0]
        assert record["trade_time"] == "2026-03-01T16:00:00Z"

    @pytest.mark.documents("list_partner_account_change_records", 2)
    def test_without_days_the_year_up_to_today_is_told(self, stage: "Stage", customer: str, time: "Clock") -> None:
        number = give(stage, customer, 1)
        time.forward(days=365)
        assert number in [one["trade_id"] for one in told(stage, "solution_provider", CHANGED, **CASH)]
        time.forward(days=1)
        assert told(stage, "solution_provider", CHANGED, **CASH) == []

    @pytest.mark.documents("list_partner_account_change_records", 1)
    def test_a_year_may_be_asked_for_and_not_a_day_more(self, stage: "Stage", refuses: "Refuses") -> None:
        for days in (
            {"trade_time_begin": "2020-10-20", "trade_time_end": "2021-10-20"},
            {"trade_time_begin": "2024-02-29", "trade_time_end": "2025-02-28"},
            {"trade_time_begin": "2025-03-01"},
            {"trade_time_begin": "9999-12-31", "trade_time_end": "9999-12-31"},
            {"trade_time_begin": "0001-01-01", "trade_time_end": "0001-01-01"},
            {"trade_time_end": "0001-01-01"},
        ):
            assert stage.call("solution_provider", CHANGED, **CASH, **days).status == 200, days
        for days in (
            {"trade_time_begin": "2020-10-20", "trade_time_end": "2021-10-21"},
            {"trade_time_begin": "2025-02-28"},
            {"trade_time_end": "2026-03-02"},
            {"trade_time_begin": "2025-02-29"},
            {"trade_time_begin": "2025-13-01"},
            {"trade_time_begin": "2025-1-1"},
            {"trade_time_begin": "0000-01-01"},
        ):
            refuses(stage, "CBC.0100", "solution_provider", CHANGED, **CASH, **days)

    @pytest.mark.documents("list_partner_account_change_records", 5)
    def test_offset_counts_records(self, stage: "Stage", customer: str) -> None:
        numbers = [give(stage, customer, 1) for _ in range(12)][::-1]
        day = {"trade_time_begin": "2026-03-01"}

        def page(**wanted: Any) -> list[str]:
            answer = stage.call("solution_provider", CHANGED, **CASH, **day, **wanted)
            assert answer.body["total_count"] == 12
            return [one["trade_id"] for one in answer.body["records"]]

        assert page() == numbers[:10]
        assert page(offset=1) == numbers[1:11]
        assert page(offset=10) == numbers[10:]

    @pytest.mark.documents("list_partner_account_change_records", 7)
    def test_twenty_calls_in_a_second_are_allowed(
        self, open_world: "Open", partners: dict[str, Any], time: "Clock"
    ) -> None:
        stage = open_world(partners, strict=True, now=time)
        answers = [stage.call("solution_provider", CHANGED, **CASH).status for _ in range(21)]
        assert answers == [200] * 20 + [429]

    @pytest.mark.parametrize("wrong", [{}, {"balance_type": "CASH"}, CASH | {"trade_type": "EXPIRED"}])
    def test_a_wrong_parameter_is_refused(self, stage: "Stage", refuses: "Refuses", wrong: dict[str, Any]) -> None:
        refuses(stage, "CBC.0100", "solution_provider", CHANGED, **wrong)


class TestCustomersStatement:
    def test_every_type_is_told_with_its_balance_and_can_be_asked_for(self, history: "Stage") -> None:
        january = {"trade_time_begin": "2026-01-01", "trade_time_end": "2026-01-31"}
        records = told(history, "outsider", CUSTOMERS, **CASH, **january, limit=100)[::-1]
        assert [(one["trade_detail_type"], one["change_amount"]) for one in records] == [
            (detail, change.lstrip("-")) for _, change, detail in CUSTOMERS_TYPES
        ]
        balance = Decimal(1000) - sum(Decimal(change) for _, change, _ in CUSTOMERS_TYPES)
        for record, (_, change, _) in zip(records, CUSTOMERS_TYPES, strict=True):
            balance += Decimal(change)
            assert record["balance_after_change"] == str(balance)
            assert record["revenue_expense_type"] == ("EXPENSE" if change.startswith("-") else "REVENUE")
            assert record["account_name"] == "nobodys_customer"
        for type_ in dict.fromkeys(type_ for type_, _, _ in CUSTOMERS_TYPES):
            asked = told(history, "outsider", CUSTOMERS, **CASH, **january, trade_type=type_)
            expected = [detail for named, _, detail in CUSTOMERS_TYPES if named == type_][::-1]
            assert [one["trade_detail_type"] for one in asked] == expected, type_
        for direction in ("REVENUE", "EXPENSE"):
            found = told(history, "outsider", CUSTOMERS, **CASH, **january, revenue_expense_type=direction, limit=100)
            assert found == [one for one in records if one["revenue_expense_type"] == direction][::-1]

    @pytest.mark.documents("list_customer_account_change_records", 8)
    @pytest.mark.documents("list_customer_account_change_records", 4)
    @pytest.mark.documents("list_customer_account_change_records", 9)
    def test_a_customer_that_is_sold_to_sees_what_its_partner_gave_and_has_no_credit(
        self, stage: "Stage", customer: str
    ) -> None:
        numbers = [take(stage, customer, 5), give(stage, customer, 20)]
        records = told(stage, "customer", CUSTOMERS, **CASH, trade_time_begin="2026-03-01")[::-1]
        assert [one["trade_detail_type"] for one in records] == [TAKEN, GIVEN]
        assert [one["trade_id"] for one in records] == numbers
        assert [one["balance_after_change"] for one in records] == ["75.00", "95.00"]
        for type_, detail in (("BEADJUST", GIVEN), ("BERETRIEVE", TAKEN)):
            found = told(stage, "customer", CUSTOMERS, **CASH, trade_type=type_)
            assert found[0]["trade_detail_type"] == detail
        assert stage.call("customer", CUSTOMERS, **CREDIT).body["total_count"] == 0

    @pytest.mark.documents("list_customer_account_change_records", 1)
    @pytest.mark.documents("list_customer_account_change_records", 8)
    @pytest.mark.documents("show_customer_account_balances", 7)
    def test_a_customer_whose_use_is_billed_to_its_partner_has_nothing_to_see(
        self, open_world: "Open", partners: dict[str, Any], refuses: "Refuses"
    ) -> None:
        billed = partners["principals"]["customer"]
        del billed["balance"]
        billed["billed_to_partner"] = True
        stage = open_world(partners)
        ident = stage["customer"].domain_id
        refuses(stage, "CBC.99000084", "customer", CUSTOMERS, **CASH)
        refuses(stage, "CBC.99000049", "customer", "show_customer_account_balances")
        refuses(
            stage, "CBC.99000000", "solution_provider", "update_customer_account_amount", customer_id=ident, amount=1
        )
        asked = {"customer_infos": [{"customer_id": ident}]}
        answer = stage.call("solution_provider", "list_customers_balances_detail", **asked)
        assert answer.body == {"customer_balances": []}

    def test_orders_and_channels_are_told_and_found(
        self, open_world: "Open", partners: dict[str, Any], time: "Clock"
    ) -> None:
        partners["principals"]["outsider"] |= {"balance": "100.00"}
        rows = [
            {"trade_type": "RECHARGE", "change": "50.00", "channel": "5", "channel_no": "WX1"},
            {"trade_type": "RECHARGE", "change": "20.00"},
            {"trade_type": "DEDEUCT", "change": "-8.00", "order_id": "CS1"},
            {"trade_type": "ADJUST", "change": "1.00"},
        ]
        partners["movements"] = [
            row | {"of": "outsider", "at": f"2026-01-31T1{hour}:00:00Z"} for hour, row in enumerate(rows, 5)
        ]
        stage = open_world(partners, now=time)
        year = CASH | {"trade_time_begin": "2025-12-31"}

        def found(**wanted: str) -> list[str]:
            return [one["change_amount"] for one in told(stage, "outsider", CUSTOMERS, **year, **wanted)]

        assert found() == ["1.00", "8.00", "20.00", "50.00"]
        assert found(payment_channel_id="5") == found(payment_channel_no="WX1") == ["50.00"]
        assert found(payment_channel_id="2,11") == ["1.00", "20.00"]
        assert found(payment_channel_id="0") == found(trade_id="CS1") == ["8.00"]
        for nothing in ({"payment_channel_id": ""}, {"payment_channel_no": ""}, {"trade_id": ""}, {"trade_type": ""}):
            assert len(found(**nothing)) == 4
        for nowhere in ({"payment_channel_id": "null"}, {"payment_channel_id": '""'}, {"payment_channel_no": "null"}):
            assert found(**nowhere) == []
        assert found(trade_id="null") == found(trade_type="null") == []
        shown = told(stage, "outsider", CUSTOMERS, **year, trade_id="CS1")[0]
        assert (shown["bill_cycle"], shown["consume_time"]) == ("2026-02", "2026-01-31T17:00:00Z")
        assert (shown["payment_channel_id"], shown["payment_channel_no"]) == ("0", "")

    @pytest.mark.documents("list_customer_account_change_records", 6)
    def test_nothing_two_quotes_and_null_are_three_things(self, stage: "Stage", refuses: "Refuses") -> None:
        for member, wrong in (
            ("revenue_expense_type", ["", '""', "null"]),
            ("trade_time_begin", ['""', "null"]),
            ("trade_id", ['""']),
            ("limit", ["", '""', "null"]),
        ):
            for value in wrong:
                refuses(stage, "CBC.0100", "customer", CUSTOMERS, **CASH, **{member: value})
        for member in ("trade_time_begin", "trade_time_end", "trade_id", "offset"):
            assert stage.call("customer", CUSTOMERS, **CASH, **{member: ""}).status == 200
        assert stage.call("customer", CUSTOMERS, **CASH, offset="null").status == 200

    @pytest.mark.documents("list_customer_account_change_records", 2)
    @pytest.mark.documents("list_customer_account_change_records", 3)
    def test_a_year_up_to_today_unless_days_are_given_and_never_more(
        self, stage: "Stage", refuses: "Refuses", customer: str, time: "Clock"
    ) -> None:
        number = give(stage, customer, 1)
        refuses(stage, "CBC.0100", "customer", CUSTOMERS, **CASH, trade_time_begin="2025-02-28")
        assert stage.call("customer", CUSTOMERS, **CASH, trade_time_begin="2025-03-01").status == 200
        time.forward(days=365)
        assert told(stage, "customer", CUSTOMERS, **CASH)[0]["trade_id"] == number
        time.forward(days=1)
        assert told(stage, "customer", CUSTOMERS, **CASH) == []

    @pytest.mark.documents("list_customer_account_change_records", 7)
    def test_offset_counts_records(self, stage: "Stage", customer: str) -> None:
        numbers = [give(stage, customer, 1) for _ in range(12)][::-1]
        day = CASH | {"trade_time_begin": "2026-03-01"}

        def page(**wanted: Any) -> list[str]:
            return [one["trade_id"] for one in told(stage, "customer", CUSTOMERS, **day, **wanted)]

        assert (page(), page(offset=1), page(offset=10)) == (numbers[:10], numbers[1:11], numbers[10:])

    def test_only_a_customer_asks(self, stage: "Stage", refuses: "Refuses") -> None:
        for who in ("solution_provider", "distributor", "reseller"):
            refuses(stage, "CBC.0151", who, CUSTOMERS, status=403, **CASH)


@pytest.fixture(scope="module")
def fresh(open_world: "Open", partners_file: object) -> "Iterator[Callable[[], Stage]]":
    stage = open_world(str(partners_file))

    def reset() -> "Stage":
        stage.sandbox.reset()
        return stage

    return reset


@given(moves=st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(1, 20000)), max_size=8))
def test_a_statement_is_the_ledgers_own_sum_to_the_cent(
    fresh: "Callable[[], Stage]", moves: list[tuple[bool, int, int]]
) -> None:
    stage = fresh()
    customers = stage.customers("solution_provider")
    for gives, place, cents in moves:
        operation = "update_customer_account_amount" if gives else "reclaim_to_partner_account"
        asked = {"customer_id": customers[place], "amount": Decimal(cents) / 100}
        assert stage.call("solution_provider", operation, **asked).code in CODES
    with stage.inside() as world:
        held = ledger.balance_account(world, stage["solution_provider"].domain_id)
        assert held is not None
        mine = select(entries.c.amount).where(entries.c.ledger_account_id == held.id).order_by(entries.c.number)
        booked = list(world.db.execute(mine).scalars())
    assert held.balance == sum(booked, Decimal(0))
    records = told(stage, "solution_provider", CHANGED, **CASH, limit=100)
    signed = [Decimal(one["change_amount"]) * (1 if one["type"] == "1" else -1) for one in records]
    assert signed[::-1] == booked[len(booked) - len(signed) :]
    balance = held.balance
    for record, change in zip(records, signed, strict=True):
        assert record["balance_after_change"] == f"{balance:f}"
        balance -= change
