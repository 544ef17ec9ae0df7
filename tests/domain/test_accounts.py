"""Money between partners and customers, as the pages say: who pays, who may be paid, and what is shown."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import ledger

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

    Open = Callable[..., Stage]
    Enroll = Callable[..., str]

BALANCE, CREDIT, REWARD, DEPOSIT, ALLOCATABLE = 1, 2, 5, 7, 8
# What the partners of worlds/partners.yaml may hand on: the balance without what is designated.
PROVIDERS, RESELLERS = Decimal("749.50"), Decimal("500.00")


def allocate(stage: "Stage", customer: str, amount: Any, who: str = "solution_provider", **more: Any) -> "Answered":
    return stage.call(who, "update_customer_account_amount", customer_id=customer, amount=amount, **more)


def reclaim(stage: "Stage", customer: str, amount: Any, who: str = "solution_provider", **more: Any) -> "Answered":
    return stage.call(who, "reclaim_to_partner_account", customer_id=customer, amount=amount, **more)


def balances(stage: "Stage", *customers: str, who: str = "solution_provider", **more: Any) -> list[dict[str, Any]]:
    infos = [{"customer_id": customer} for customer in customers]
    answer = stage.call(who, "list_customers_balances_detail", customer_infos=infos, **more)
    assert answer.status == 200, answer.reason
    found: list[dict[str, Any]] = answer.body["customer_balances"]
    return found


def balance(stage: "Stage", customer: str) -> Decimal:
    (found,) = balances(stage, customer)
    return Decimal(found["amount"]) - found["debt_amount"]


def account(stage: "Stage", who: str, type_: int = BALANCE, **more: Any) -> dict[str, Any]:
    answer = stage.call(who, "list_partner_balances", **more)
    (found,) = [one for one in answer.body["account_balances"] if one["account_type"] == type_]
    body: dict[str, Any] = found
    return body


def refused(stage: "Stage", answer_of: Callable[[], "Answered"], code: str) -> "Answered":
    before = stage.sandbox.fingerprint()
    answer = answer_of()
    assert (answer.status, answer.code) == (400, code), answer.reason
    assert stage.sandbox.fingerprint() == before
    return answer


@pytest.fixture
def resale(stage: "Stage") -> str:
    """The solution provider's customer with 80.00."""
    return stage["customer"].domain_id


@pytest.fixture
def never_funded(stage: "Stage", enroll: "Enroll") -> str:
    return enroll(stage, "solution_provider", "penniless")


@pytest.fixture
def of_reseller(stage: "Stage", enroll: "Enroll") -> str:
    return enroll(stage, "reseller", "resold")


@pytest.fixture
def naming(stage: "Stage") -> dict[str, str]:
    """How a distributor speaks of its reseller."""
    return {"indirect_partner_id": stage["reseller"].domain_id}


class TestAllocating:
    @pytest.mark.documents("update_customer_account_amount", 2)
    @pytest.mark.parametrize("amount", [Decimal("0.01"), 10, Decimal("12.30"), PROVIDERS])
    def test_what_the_partner_loses_the_customer_gets(self, stage: "Stage", resale: str, amount: Any) -> None:
        answer = allocate(stage, resale, amount)
        assert (answer.status, list(answer.body)) == (200, ["transfer_id"])
        assert account(stage, "solution_provider")["amount"] == 1000 - amount
        assert balance(stage, resale) == 80 + amount

    @pytest.mark.documents("update_customer_account_amount", 3)
    @pytest.mark.documents("list_partner_balances", 4)
    def test_designated_money_stays_where_it_is(self, stage: "Stage", resale: str) -> None:
        answer = refused(stage, lambda: allocate(stage, resale, PROVIDERS + Decimal("0.01")), "CBC.5003")
        assert answer.reason.startswith("/body/amount: ")
        assert allocate(stage, resale, PROVIDERS).status == 200
        refused(stage, lambda: allocate(stage, resale, Decimal("0.01")), "CBC.5003")
        held = account(stage, "solution_provider")
        assert (held["amount"], held["designated_amount"]) == (Decimal("250.50"), Decimal("250.50"))

    @pytest.mark.documents("update_customer_account_amount", 2)
    @pytest.mark.documents("update_customer_account_amount", 9)
    def test_a_reseller_pays_for_its_own_customer(
        self, stage: "Stage", of_reseller: str, naming: dict[str, str]
    ) -> None:
        before = account(stage, "distributor")["amount"]
        assert allocate(stage, of_reseller, 20, "distributor", **naming).status == 200
        assert account(stage, "distributor", **naming)["amount"] == 680
        assert account(stage, "distributor")["amount"] == before
        too_much = RESELLERS - 20 + Decimal("0.01")
        refused(stage, lambda: allocate(stage, of_reseller, too_much, "distributor", **naming), "CBC.5003")

    @pytest.mark.documents("update_customer_account_amount", 1)
    def test_a_referral_customer_has_its_own_money(self, stage: "Stage") -> None:
        (referral, *_) = stage.customers("solution_provider", "referral")
        answer = refused(stage, lambda: allocate(stage, referral, 1), "CBC.99000000")
        assert answer.reason.startswith("/body/customer_id: ")

    @pytest.mark.parametrize("whose", ["reseller", "other_reseller"])
    def test_anothers_customer_cannot_be_paid(self, stage: "Stage", whose: str) -> None:
        (foreign, *_) = stage.customers(whose)
        refused(stage, lambda: allocate(stage, foreign, 1), "CBC.99000035")
        refused(stage, lambda: allocate(stage, foreign, 1, "distributor"), "CBC.99000035")

    @pytest.mark.parametrize("nobody", ["nobody", "outsider", "reseller", "solution_provider"])
    def test_who_is_no_customer_cannot_be_paid(self, stage: "Stage", nobody: str) -> None:
        ident = nobody if nobody == "nobody" else stage[nobody].domain_id
        refused(stage, lambda: allocate(stage, ident, 1), "CBC.99000035")

    @pytest.mark.parametrize("other", ["other_reseller", "solution_provider", "distributor"])
    def test_a_distributor_names_only_its_own_resellers(self, stage: "Stage", of_reseller: str, other: str) -> None:
        named = {"indirect_partner_id": stage[other].domain_id}
        for move in (allocate, reclaim):
            refused(stage, lambda move=move: move(stage, of_reseller, 1, "distributor", **named), "CBC.99000037")

    def test_a_solution_provider_that_names_a_reseller_pays_itself(
        self, stage: "Stage", resale: str, naming: dict[str, str]
    ) -> None:
        assert allocate(stage, resale, 5, **naming).status == 200
        assert account(stage, "solution_provider")["amount"] == 995
        assert account(stage, "distributor", **naming)["amount"] == 700

    @pytest.mark.documents("reclaim_to_partner_account", 5)
    @pytest.mark.documents("update_customer_account_amount", 7)
    @pytest.mark.parametrize(
        "wrong",
        [
            {"amount": 0},
            {"amount": -1},
            {"amount": Decimal("0.001")},
            {"amount": Decimal("10.005")},
            {"amount": 2147483648},
            {"amount": "10"},
            {"amount": None},
            {"customer_id": ""},
            {"customer_id": None},
            {"customer_id": "x" * 65},
            {"customer_id": 1},
        ],
    )
    def test_a_wrong_parameter_moves_nothing(self, stage: "Stage", resale: str, wrong: dict[str, Any]) -> None:
        asked = {"customer_id": resale, "amount": 1} | wrong
        for operation in ("update_customer_account_amount", "reclaim_to_partner_account"):
            answer = refused(stage, lambda op=operation: stage.call("solution_provider", op, **asked), "CBC.0100")
            assert list(answer.body) == ["error_code", "error_msg"]

    def test_an_amount_may_be_written_in_any_way_that_json_has(self, stage: "Stage", resale: str) -> None:
        path = "/v2/accounts/partner-accounts/adjust-amount"
        for text in (b"10", b"10.0", b"10.00", b"1e1", b"1E+1", b"100.0e-1"):
            before = balance(stage, resale)
            body = b'{"customer_id": "' + resale.encode() + b'", "amount": ' + text + b"}"
            assert stage.send("solution_provider", "POST", path, body=body).status == 200, text
            assert balance(stage, resale) == before + 10

    def test_a_debt_is_paid_first(self, stage: "Stage") -> None:
        (debtor,) = in_debt(stage)
        debt = -balance(stage, debtor)
        assert allocate(stage, debtor, debt + 5).status == 200
        assert balance(stage, debtor) == 5


def in_debt(stage: "Stage") -> list[str]:
    return [one for one in stage.customers("solution_provider") if balance(stage, one) < 0]


class TestReclaiming:
    @pytest.mark.documents("reclaim_to_partner_account", 1)
    @pytest.mark.documents("reclaim_to_partner_account", 3)
    @pytest.mark.parametrize("amount", [Decimal("0.01"), 30, Decimal("80.00")])
    def test_what_the_customer_loses_the_partner_gets(self, stage: "Stage", resale: str, amount: Any) -> None:
        answer = reclaim(stage, resale, amount)
        assert (answer.status, list(answer.body)) == (200, ["trans_id"])
        assert account(stage, "solution_provider")["amount"] == 1000 + amount
        assert balance(stage, resale) == 80 - amount

    @pytest.mark.documents("reclaim_to_partner_account", 7)
    def test_more_than_it_has_is_refused(self, stage: "Stage", resale: str) -> None:
        answer = refused(stage, lambda: reclaim(stage, resale, Decimal("80.01")), "CBC.99005003")
        assert answer.reason.startswith("/body/amount: ")
        assert reclaim(stage, resale, 80).status == 200
        refused(stage, lambda: reclaim(stage, resale, Decimal("0.01")), "CBC.99005003")

    def test_from_a_customer_in_debt_there_is_nothing_to_take(self, stage: "Stage") -> None:
        (debtor,) = in_debt(stage)
        refused(stage, lambda: reclaim(stage, debtor, Decimal("0.01")), "CBC.99005003")

    @pytest.mark.documents("reclaim_to_partner_account", 7)
    def test_a_customer_that_never_got_anything_has_no_account_to_take_from(
        self, stage: "Stage", never_funded: str
    ) -> None:
        refused(stage, lambda: reclaim(stage, never_funded, 1), "CBC.99000047")
        assert allocate(stage, never_funded, 1).status == 200
        assert reclaim(stage, never_funded, 1).status == 200
        refused(stage, lambda: reclaim(stage, never_funded, 1), "CBC.99005003")

    @pytest.mark.documents("reclaim_to_partner_account", 2)
    def test_only_from_ones_own_customers(self, stage: "Stage") -> None:
        (referral, *_) = stage.customers("solution_provider", "referral")
        (foreign, *_) = stage.customers("reseller")
        refused(stage, lambda: reclaim(stage, referral, 1), "CBC.99000000")
        refused(stage, lambda: reclaim(stage, foreign, 1), "CBC.99000035")
        refused(stage, lambda: reclaim(stage, foreign, 1, "distributor"), "CBC.99000035")
        refused(stage, lambda: reclaim(stage, "nobody", 1), "CBC.99000035")

    def test_a_reseller_gets_back_what_it_paid(self, stage: "Stage", of_reseller: str, naming: dict[str, str]) -> None:
        assert allocate(stage, of_reseller, 20, "distributor", **naming).status == 200
        assert reclaim(stage, of_reseller, 15, "distributor", **naming).status == 200
        assert account(stage, "distributor", **naming)["amount"] == 695

    def test_numbers_of_movements_are_never_the_same(self, stage: "Stage", resale: str) -> None:
        numbers = [allocate(stage, resale, 1).body["transfer_id"] for _ in range(5)]
        numbers += [reclaim(stage, resale, 1).body["trans_id"] for _ in range(5)]
        assert len(set(numbers)) == 10


class TestCustomersBalances:
    def test_each_is_told_with_currency_and_unit(self, stage: "Stage", resale: str, never_funded: str) -> None:
        assert balances(stage, resale, never_funded) == [
            {
                "customer_id": resale,
                "debt_amount": 0,
                "amount": 80,
                "currency": "CNY",
                "measure_id": 1,
            },
            {"customer_id": never_funded, "debt_amount": 0, "amount": 0, "currency": "CNY", "measure_id": 1},
        ]

    def test_a_debt_is_no_negative_amount(self, stage: "Stage") -> None:
        (debtor,) = in_debt(stage)
        (found,) = balances(stage, debtor)
        assert found["amount"] == 0
        assert found["debt_amount"] > 0

    def test_the_order_is_that_of_the_question_and_each_comes_once(self, stage: "Stage") -> None:
        customers = stage.customers("solution_provider")
        asked = [*reversed(customers), *customers]
        assert [one["customer_id"] for one in balances(stage, *asked)] == customers[::-1]

    @pytest.mark.documents("list_customers_balances_detail", 2)
    @pytest.mark.documents("list_customers_balances_detail", 3)
    def test_whose_money_is_not_the_partners_is_left_out_without_an_error(self, stage: "Stage", resale: str) -> None:
        others = [
            *stage.customers("solution_provider", "referral"),
            *stage.customers("reseller"),
            stage["outsider"].domain_id,
            "nobody",
        ]
        assert [one["customer_id"] for one in balances(stage, *others, resale)] == [resale]
        assert balances(stage, *others) == []

    @pytest.mark.documents("list_customers_balances_detail", 1)
    def test_one_to_a_hundred_can_be_asked_for(self, stage: "Stage", resale: str) -> None:
        assert len(balances(stage, *["nobody"] * 99, resale)) == 1
        for infos in ([], [{"customer_id": "x"}] * 101, [{}], [{"customer_id": ""}], [None], ["x"], None):
            answer = stage.call("solution_provider", "list_customers_balances_detail", customer_infos=infos)
            assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.documents("list_customers_balances_detail", 4)
    def test_a_distributor_asks_about_its_resellers_customers_by_naming_it(
        self, stage: "Stage", naming: dict[str, str]
    ) -> None:
        customers = stage.customers("reseller")
        assert len(balances(stage, *customers, who="distributor", **naming)) == len(customers) == 4
        assert balances(stage, *customers, who="distributor") == []

    @pytest.mark.documents("list_customers_balances_detail", 5)
    def test_a_refusal_has_none_of_the_members_of_success(self, stage: "Stage") -> None:
        asked = {"customer_infos": [{"customer_id": "x"}], "indirect_partner_id": "nobody"}
        answer = refused(
            stage, lambda: stage.call("distributor", "list_customers_balances_detail", **asked), "CBC.99000037"
        )
        assert list(answer.body) == ["error_code", "error_msg"]


class TestPartnersBalances:
    @pytest.mark.documents("list_partner_balances", 2)
    @pytest.mark.documents("list_partner_balances", 3)
    @pytest.mark.documents("list_partner_balances", 5)
    def test_each_account_is_told_by_its_type(self, stage: "Stage") -> None:
        answer = stage.call("solution_provider", "list_partner_balances")
        told = {one["account_type"]: one for one in answer.body["account_balances"]}
        assert {type_: (one["amount"], one["designated_amount"]) for type_, one in told.items()} == {
            BALANCE: (Decimal("1000.00"), Decimal("250.50")),
            CREDIT: (Decimal("400.00"), 0),
            REWARD: (Decimal("12.34"), 0),
            DEPOSIT: (Decimal("56.70"), 0),
            ALLOCATABLE: (PROVIDERS, 0),
        }
        assert [type_ for type_, one in told.items() if "credit_amount" in one] == [CREDIT]
        assert told[CREDIT]["credit_amount"] == 400
        assert {(one["currency"], one["measure_id"]) for one in told.values()} == {("CNY", 1)}

    def test_amounts_are_written_with_every_digit(self, stage: "Stage") -> None:
        content = stage.call("solution_provider", "list_partner_balances").content
        for text in (b'"amount":1000.00', b'"designated_amount":250.50', b'"amount":749.50', b'"amount":56.70'):
            assert text in content

    @pytest.mark.documents("list_partner_balances", 3)
    def test_what_can_be_allocated_follows_every_movement(self, stage: "Stage", resale: str) -> None:
        allocate(stage, resale, Decimal("49.50"))
        assert account(stage, "solution_provider", ALLOCATABLE)["amount"] == 700
        reclaim(stage, resale, 1)
        assert account(stage, "solution_provider", ALLOCATABLE)["amount"] == 701

    @pytest.mark.documents("list_partner_balances", 1)
    def test_a_distributor_sees_its_resellers_accounts_by_naming_it(
        self, stage: "Stage", naming: dict[str, str]
    ) -> None:
        assert account(stage, "distributor", **naming)["amount"] == 700
        assert account(stage, "distributor", ALLOCATABLE, **naming)["amount"] == RESELLERS
        assert account(stage, "distributor")["amount"] == 9000
        for nothing in ("", '""', "null"):
            assert account(stage, "distributor", indirect_partner_id=nothing)["amount"] == 9000

    @pytest.mark.documents("list_partner_balances", 7)
    @pytest.mark.parametrize("other", ["other_reseller", "solution_provider", "customer"])
    def test_but_nobody_elses(self, stage: "Stage", other: str) -> None:
        named = {"indirect_partner_id": stage[other].domain_id}
        answer = refused(stage, lambda: stage.call("distributor", "list_partner_balances", **named), "CBC.99000037")
        assert list(answer.body) == ["error_code", "error_msg"]
        assert answer.reason.startswith("/query/indirect_partner_id: ")


class TestOldBalances:
    """The old operation shows the same accounts in its own words."""

    def ask(self, stage: "Stage", who: str = "solution_provider", partner: str = "any", query: str = "") -> "Answered":
        return stage.send(who, "GET", f"/v1.0/{partner}/partner/account-mgr/balances", query=query)

    def same(self, told: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [one | {"measure_unit": one["measure_id"]} for one in told if one["account_type"] != ALLOCATABLE]

    @pytest.mark.documents("legacy_partner_account_balances", 1)
    @pytest.mark.documents("legacy_partner_account_balances", 3)
    @pytest.mark.parametrize("query", ["", "customer_id=", "customer_id=null"])
    @pytest.mark.parametrize("who", ["solution_provider", "distributor"])
    def test_it_agrees_with_the_new_one_but_has_no_virtual_account(self, stage: "Stage", who: str, query: str) -> None:
        answer = self.ask(stage, who, query=query)
        assert (answer.status, answer.code, answer.body["customer_id"]) == (200, "CBC.0000", "")
        assert answer.body["error_msg"]
        new = self.same(stage.call(who, "list_partner_balances").body["account_balances"])
        assert [one | {"measure_id": one["measure_unit"]} for one in answer.body["account_balances"]] == new
        assert all("measure_id" not in one for one in answer.body["account_balances"])

    @pytest.mark.documents("legacy_partner_account_balances", 2)
    def test_a_resale_customers_account_is_shown_as_the_new_one_does(self, stage: "Stage", resale: str) -> None:
        allocate(stage, resale, Decimal("0.50"))
        answer = self.ask(stage, query=f"customer_id={resale}")
        assert (answer.status, answer.code, answer.body["customer_id"]) == (200, "CBC.0000", resale)
        (found,) = answer.body["account_balances"]
        assert (found["account_type"], found["amount"]) == (BALANCE, balance(stage, resale))

    @pytest.mark.documents("legacy_partner_account_balances", 2)
    @pytest.mark.documents("legacy_partner_account_balances", 3)
    def test_any_other_customer_does_not_exist_and_the_status_is_200(self, stage: "Stage") -> None:
        others = [stage.customers("solution_provider", "referral")[0], stage.customers("reseller")[0], "nobody", '""']
        for other in others:
            answer = self.ask(stage, query=f"customer_id={other}")
            assert (answer.status, answer.code) == (200, "CBC.5002")
            assert list(answer.body) == ["error_code", "error_msg"]
            assert answer.reason

    @pytest.mark.parametrize("partner", ["any", "x" * 300, "%E4%BA%91", "a%20b"])
    def test_the_partner_in_the_path_is_not_checked(self, stage: "Stage", partner: str) -> None:
        assert self.ask(stage, partner=partner).content == self.ask(stage).content

    def test_a_long_customer_id_is_a_parameter_error(self, stage: "Stage") -> None:
        answer = self.ask(stage, query=f"customer_id={'x' * 65}")
        assert (answer.status, answer.code) == (400, "CBC.0100")


def test_the_sum_over_all_accounts_is_what_it_was(stage: "Stage", resale: str, never_funded: str) -> None:
    for customer, amount in ((resale, 10), (never_funded, 7), (resale, 700)):
        allocate(stage, customer, amount)
        reclaim(stage, customer, Decimal("3.33"))
    with stage.inside() as world:
        assert (ledger.total(world), ledger.disagreements(world)) == (0, [])
