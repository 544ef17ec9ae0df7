"""What a customer is told of its own accounts, on both sites and in the old words."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import ledger

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Open = Callable[..., Stage]
    Refuses = Callable[..., Answered]

OWN = "show_customer_account_balances"


@pytest.fixture(params=["cn", "intl"])
def rich(open_world: "Open", partners: dict[str, Any], time: "Clock", request: pytest.FixtureRequest) -> "Stage":
    """With an outsider that has an account of every type."""
    partners["principals"]["outsider"] |= {
        "balance": "1000.10",
        "designated": "20.00",
        "credit_line": "400.00",
        "reward": "5.00",
        "deposit": "60.00",
    }
    return open_world(partners | {"site": request.param}, now=time)


@pytest.mark.documents("show_customer_account_balances", 1)
@pytest.mark.documents("show_customer_account_balances", 2)
@pytest.mark.documents("show_customer_account_balances", 5)
def test_every_account_is_told_by_its_type_and_only_credit_has_a_line(rich: "Stage") -> None:
    body = rich.call("outsider", OWN).body
    told = {one["account_type"]: one for one in body["account_balances"]}
    assert {type_: (one["amount"], one["designated_amount"]) for type_, one in told.items()} == {
        1: (Decimal("1000.10"), 20),
        2: (400, 0),
        5: (5, 0),
        7: (60, 0),
    }
    assert [type_ for type_, one in told.items() if "credit_amount" in one] == [2]
    assert told[2]["credit_amount"] == 400
    currency = "CNY" if rich.sandbox.site == "cn" else "USD"
    assert {(one["currency"], one["measure_id"]) for one in told.values()} == {(currency, 1)}
    assert (body["debt_amount"], body["currency"], body["measure_id"]) == (0, currency, 1)


def test_what_is_owed_stands_apart_and_no_amount_is_below_zero(rich: "Stage") -> None:
    with rich.inside() as world:
        held = ledger.balance_account(world, rich["outsider"].domain_id)
        assert held is not None
        ledger.move(world, held, ledger.outside(world), Decimal("1030.10"), ledger.CONSUME)
    body = rich.call("outsider", OWN).body
    assert (body["account_balances"][0]["amount"], body["debt_amount"]) == (0, 30)


def test_who_never_had_money_has_an_account_with_nothing_that_keeps_its_number(stage: "Stage") -> None:
    before = stage.sandbox.fingerprint()
    with stage.inside() as world:
        ledger_account = ledger.account(world, stage["outsider"].domain_id, ledger.BALANCE)
    assert ledger_account is not None
    (shown,) = stage.call("outsider", OWN).body["account_balances"]
    assert (shown["account_type"], shown["amount"]) == (1, 0)
    assert stage.sandbox.fingerprint() == before
    assert stage.call("outsider", OWN).body["account_balances"][0]["account_id"] == shown["account_id"]


@pytest.mark.documents("show_customer_account_balances", 2)
@pytest.mark.documents("show_customer_account_balances", 6)
def test_partners_are_refused(stage: "Stage", refuses: "Refuses") -> None:
    for who in ("solution_provider", "distributor", "reseller"):
        refuses(stage, "CBC.0151", who, OWN, status=403)


@pytest.mark.documents("show_customer_account_balances", 3)
def test_on_the_international_site_resale_customers_have_no_account(intl: "Stage", refuses: "Refuses") -> None:
    refuses(intl, "CBC.99000049", "customer", OWN)


def test_a_customer_that_is_funded_sees_what_it_was_given(stage: "Stage") -> None:
    ident = stage["customer"].domain_id
    stage.call("solution_provider", "update_customer_account_amount", customer_id=ident, amount=Decimal("0.50"))
    (shown,) = stage.call("customer", OWN).body["account_balances"]
    assert (shown["account_type"], shown["amount"]) == (1, Decimal("80.50"))


class TestInTheOldWords:
    def ask(self, stage: "Stage", who: str) -> "Answered":
        return stage.send(who, "GET", "/v1.0/any/customer/account-mgr/balances")

    @pytest.mark.documents("legacy_customer_account_balances", 1)
    @pytest.mark.documents("legacy_customer_account_balances", 2)
    @pytest.mark.documents("legacy_customer_account_balances", 3)
    def test_the_same_accounts_with_null_for_what_is_not_there(
        self, open_world: "Open", partners: dict[str, Any], time: "Clock"
    ) -> None:
        partners["principals"]["outsider"] |= {"balance": "20810.92", "designated": "14999.98", "credit_line": "1.00"}
        stage = open_world(partners, now=time)
        answer = self.ask(stage, "outsider")
        assert (answer.status, answer.code, answer.body["error_msg"]) == (200, "CBC.0000", "success")
        first, second = answer.body["account_balances"]
        assert first == {
            "account_id": first["account_id"],
            "account_type": 1,
            "amount": Decimal("20810.92"),
            "currency": "CNY",
            "designated_amount": Decimal("14999.98"),
            "credit_amount": None,
            "measure_unit": 1,
            "memo": None,
            "type": "1",
        }
        assert second["credit_amount"] == 1
        new = stage.call("outsider", OWN).body
        assert [one["account_id"] for one in new["account_balances"]] == [first["account_id"], second["account_id"]]
        assert answer.body["debtAmount"] == new["debt_amount"]
        assert (answer.body["measureId"], answer.body["currency"]) == (1, "CNY")
