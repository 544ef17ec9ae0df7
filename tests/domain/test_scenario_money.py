"""What a scenario says of past money: the accounts hold what it says, its records are told, and nonsense is refused."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import ledger
from mockserver.domain.scenarios import BadScenario

if TYPE_CHECKING:
    from tests.conftest import Stage

    Open = Callable[..., Stage]

AT = "2025-06-01T00:00:00Z"
FIRST = {"of": "solution_provider", "trade_type": "RECHARGE", "change": "1.00", "at": AT}
GIVEN = {"of": "solution_provider", "with": "customer", "trade_type": "BEADJUST", "change": "-5.00", "at": AT}
BUDGET = {"of": "customer", "amount": "3.00", "at": AT}


def test_whatever_moved_the_accounts_hold_what_the_file_says(open_world: "Open", partners: dict[str, Any]) -> None:
    partners["movements"] = [
        FIRST | {"change": "400.00"},
        FIRST | {"trade_type": "DEDEUCT", "change": "-3000.00"},
        FIRST | {"trade_type": "TRANS", "change": "-50.00"},
        FIRST | {"trade_type": "BONUSCONVERT", "change": "10.00"},
        FIRST | {"account": "credit", "trade_type": "DEDEUCT", "change": "-90.00"},
        GIVEN,
        {"of": "distributor", "with": "reseller", "trade_type": "BEADJUST", "change": "-600.00", "at": AT},
        {"of": "outsider", "trade_type": "TRANS", "change": "30.00", "at": AT},
    ]
    partners["principals"]["outsider"]["balance"] = "31.00"
    stage = open_world(partners)
    held = {
        "solution_provider": {1: "1000.00", 2: "400.00", 5: "12.34", 7: "56.70"},
        "distributor": {1: "9000.00", 2: "0.00", 5: "0.00", 7: "0.00"},
        "reseller": {1: "700.00", 2: "0.00", 5: "0.00", 7: "0.00"},
        "customer": {1: "80.00"},
        "outsider": {1: "31.00", 7: "0.00"},
    }
    with stage.inside() as world:
        for who, expected in held.items():
            found = {one.type: one.balance for one in ledger.accounts_of(world, stage[who].domain_id)}
            assert found == {type_: Decimal(amount) for type_, amount in expected.items()}, who
        assert (ledger.total(world), ledger.disagreements(world)) == (0, [])


@pytest.mark.parametrize(
    ("movement", "member", "words"),
    [
        ({"change": "0.00"}, "change", "not be zero"),
        ({"change": "-1.00"}, "change", "RECHARGE is an income"),
        ({"trade_type": "DEDEUCT"}, "change", "DEDEUCT is an expense"),
        ({"trade_type": "CHARGE"}, "trade_type", "RECHARGE"),
        ({"change": "1.005"}, "change", "1.005"),
        ({"of": "nobody"}, "of", "nobody must be a partner"),
        ({"of": "enterprise_master"}, "of", "must be a partner"),
        ({"with": "customer"}, "with", "RECHARGE is with nobody"),
        ({"at": "2023-12-31T23:59:59Z"}, "at", "before the history"),
        ({"of": "customer", "account": "credit", "trade_type": "ADJUST"}, "of", "no account but its balance"),
        ({"of": "customer", "trade_type": "TRANS"}, "of", "no account but its balance"),
        (GIVEN | {"change": "5.00"}, "change", "BEADJUST is an expense"),
        (GIVEN | {"with": "reseller"}, "with", "of solution_provider"),
        (GIVEN | {"with": "outsider"}, "with", "of solution_provider"),
    ],
)
def test_what_cannot_have_happened_is_told_with_its_place(
    open_world: "Open", partners: dict[str, Any], movement: dict[str, Any], member: str, words: str
) -> None:
    partners["movements"] = [FIRST, FIRST | movement]
    with pytest.raises(BadScenario, match=f"line [0-9]+: /movements/1/{member}: ") as refusal:
        open_world(partners)
    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_transfer_needs_to_be_with_somebody(open_world: "Open", partners: dict[str, Any]) -> None:
    partners["movements"] = [{name: value for name, value in GIVEN.items() if name != "with"}]
    with pytest.raises(BadScenario, match="/movements/0/with: with is missing"):
        open_world(partners)


def test_more_cannot_have_come_than_there_is(open_world: "Open", partners: dict[str, Any]) -> None:
    partners["movements"] = [FIRST | {"change": "1000.00"}]
    open_world(partners)
    partners["movements"].append(FIRST | {"change": "0.01"})
    with pytest.raises(BadScenario, match=r"/principals/solution_provider/balance: 1000.00 is less than .*1000\.01"):
        open_world(partners)


@pytest.mark.parametrize("of", ["outsider", "solution_provider", "nobody"])
def test_a_budget_is_a_resale_customers(open_world: "Open", partners: dict[str, Any], of: str) -> None:
    partners["budgets"] = [BUDGET, BUDGET | {"of": of}]
    with pytest.raises(BadScenario, match=r"/budgets/1/of: .* resale customer"):
        open_world(partners | {"site": "intl"})


def test_who_is_billed_to_its_partner_has_no_balance(open_world: "Open", partners: dict[str, Any]) -> None:
    partners["principals"]["customer"]["billed_to_partner"] = True
    with pytest.raises(BadScenario, match="/principals/customer/balance: "):
        open_world(partners)


@pytest.mark.parametrize("name", ["demo-cn", "demo-intl"])
class TestDemo:
    def test_two_resellers_have_customers_and_got_money_from_their_distributor(
        self, open_world: "Open", name: str
    ) -> None:
        stage = open_world(name)
        resellers = stage.call("distributor", "list_indirect_partners").body["indirect_partners"]
        assert [one["account_name"] for one in resellers] == [
            stage[who].domain_name for who in ("reseller", "reseller_2")
        ]
        for who in ("reseller", "reseller_2"):
            assert len(stage.customers(who)) >= 16
        if stage.sandbox.site == "cn":
            for one in resellers:
                query = {"customer_id": one["indirect_partner_id"]}
                records = stage.call("distributor", "list_partner_adjust_records", **query).body["records"]
                assert {record["operation_type"] for record in records} >= {"SOURCE_OPERATION_BEADJUST"}

    def test_every_type_of_record_is_there(self, open_world: "Open", name: str) -> None:
        stage = open_world(name)
        if stage.sandbox.site == "intl":
            customer = stage["customer"].domain_id
            body = stage.call("solution_provider", "list_sub_customer_budget_records", customer_id=customer).body
            assert {one["operation_type"] for one in body["record_list"]} == {"SETTING", "DELETE"}
            assert stage.call("outsider", "show_customer_expenditure_quota").body["granting_amount"] == 200
            return
        year = {"balance_type": "BALANCE_TYPE_DEBIT", "trade_time_begin": "2025-12-01", "trade_time_end": "2026-11-30"}
        types = ["RECHARGE", "DEDEUCT", "REFUND", "RFROZEN", "TRANS", "ADJUST", "BEADJUST", "BERETRIEVE", "BEUNBIND"]
        for type_ in [*types, "BONUSCONVERT", "TRADE_MODE_TRANSFER"]:
            asked = year | {"trade_type": type_}
            assert stage.call("solution_provider", "list_partner_account_change_records", **asked).body["total_count"]
        for type_ in ("RECHARGE", "DEDEUCT", "REFUND", "RFROZEN", "ADJUST", "EXPIRED", "DEPOSIT"):
            asked = year | {"trade_type": type_}
            assert stage.call("outsider", "list_customer_account_change_records", **asked).body["total_count"], type_
