"""A distributor and its resellers: who they are, and the money between them."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import ledger

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Open = Callable[..., Stage]
    Refuses = Callable[..., Answered]

GIVE, TAKE = "update_indirect_partner_account", "reclaim_indirect_partner_account"
LIST = "list_indirect_partners"
# What the distributor and its reseller have in worlds/partners.yaml: 500.00 and 200.00 of it are designated.
DISTRIBUTORS, RESELLERS = Decimal("9000.00"), Decimal("700.00")


def balance(stage: "Stage", who: str) -> Decimal:
    with stage.inside() as world:
        held = ledger.balance_account(world, stage[who].domain_id)
    assert held is not None
    return held.balance


def account(stage: "Stage", reseller: str) -> dict[str, Any]:
    answer = stage.call("distributor", "list_partner_balances", indirect_partner_id=reseller)
    first: dict[str, Any] = answer.body["account_balances"][0]
    return first


@pytest.fixture
def reseller(stage: "Stage") -> str:
    return stage["reseller"].domain_id


class TestGiving:
    @pytest.mark.documents("update_indirect_partner_account", 3)
    @pytest.mark.parametrize("amount", [Decimal("0.01"), 10, "99.99", "7", Decimal("8500.00")])
    def test_what_the_distributor_loses_the_reseller_gets(self, stage: "Stage", reseller: str, amount: Any) -> None:
        answer = stage.call("distributor", GIVE, indirect_partner_id=reseller, amount=amount)
        assert (answer.status, list(answer.body)) == (200, ["transfer_id"])
        moved = Decimal(str(amount))
        assert (balance(stage, "distributor"), balance(stage, "reseller")) == (DISTRIBUTORS - moved, RESELLERS + moved)

    @pytest.mark.documents("update_indirect_partner_account", 1)
    @pytest.mark.documents("update_indirect_partner_account", 5)
    @pytest.mark.parametrize("other", ["other_reseller", "distributor", "solution_provider", "customer", "nobody"])
    def test_only_to_ones_own_reseller(self, stage: "Stage", refuses: "Refuses", other: str) -> None:
        ident = other if other == "nobody" else stage[other].domain_id
        answer = refuses(stage, "CBC.99000037", "distributor", GIVE, indirect_partner_id=ident, amount=1)
        assert answer.reason.startswith("/body/indirect_partner_id: ")

    @pytest.mark.documents("update_indirect_partner_account", 1)
    def test_designated_money_stays_where_it_is(self, stage: "Stage", refuses: "Refuses", reseller: str) -> None:
        for amount in (Decimal("8500.01"), "8500.01", "999999999.99"):
            refuses(stage, "CBC.99005003", "distributor", GIVE, indirect_partner_id=reseller, amount=amount)
        assert stage.call("distributor", GIVE, indirect_partner_id=reseller, amount=8500).status == 200
        refuses(stage, "CBC.99005003", "distributor", GIVE, indirect_partner_id=reseller, amount="0.01")

    @pytest.mark.documents("update_indirect_partner_account", 2)
    @pytest.mark.parametrize("amount", [0, "0", "0.00", -1, Decimal("0.001"), "1.001", "", "x", None, 1000000000])
    def test_a_wrong_amount_is_a_parameter_error_although_the_page_has_no_row_for_it(
        self, stage: "Stage", refuses: "Refuses", reseller: str, amount: Any
    ) -> None:
        refuses(stage, "CBC.0100", "distributor", GIVE, indirect_partner_id=reseller, amount=amount)

    @pytest.mark.parametrize("gone", ["distributor", "reseller"])
    def test_who_has_left_the_programme_gets_and_gives_nothing_but_can_give_back(
        self, open_world: "Open", partners: dict[str, Any], refuses: "Refuses", gone: str
    ) -> None:
        partners["principals"][gone]["standing"] = "delisted"
        stage = open_world(partners)
        named = {"indirect_partner_id": stage["reseller"].domain_id}
        refuses(stage, "CBC.0150", "distributor", GIVE, status=403, amount=1, **named)
        assert stage.call("distributor", TAKE, amount=1, **named).status == 200


class TestTaking:
    @pytest.mark.documents("reclaim_indirect_partner_account", 2)
    @pytest.mark.parametrize("amount", [Decimal("0.01"), 30, Decimal("700.00")])
    def test_what_the_reseller_loses_the_distributor_gets(self, stage: "Stage", reseller: str, amount: Any) -> None:
        answer = stage.call("distributor", TAKE, indirect_partner_id=reseller, amount=amount)
        assert (answer.status, list(answer.body)) == (200, ["trans_id"])
        assert (balance(stage, "distributor"), balance(stage, "reseller")) == (
            DISTRIBUTORS + amount,
            RESELLERS - amount,
        )

    @pytest.mark.documents("reclaim_indirect_partner_account", 1)
    @pytest.mark.documents("reclaim_indirect_partner_account", 5)
    @pytest.mark.documents("reclaim_indirect_partner_account", 6)
    def test_not_more_than_the_reseller_has(self, stage: "Stage", refuses: "Refuses", reseller: str) -> None:
        for amount in (Decimal("700.01"), 999999999999):
            answer = refuses(stage, "CBC.99005003", "distributor", TAKE, indirect_partner_id=reseller, amount=amount)
            assert answer.reason.startswith("/body/amount: ")
        assert stage.call("distributor", TAKE, indirect_partner_id=reseller, amount=700).status == 200
        refuses(stage, "CBC.99005003", "distributor", TAKE, indirect_partner_id=reseller, amount=Decimal("0.01"))

    def test_designated_money_is_taken_last(self, stage: "Stage", reseller: str) -> None:
        stage.call("distributor", TAKE, indirect_partner_id=reseller, amount=500)
        assert (account(stage, reseller)["amount"], account(stage, reseller)["designated_amount"]) == (200, 200)
        stage.call("distributor", TAKE, indirect_partner_id=reseller, amount=150)
        assert (account(stage, reseller)["amount"], account(stage, reseller)["designated_amount"]) == (50, 50)

    @pytest.mark.parametrize("other", ["other_reseller", "distributor", "solution_provider", "customer", "nobody"])
    def test_only_from_ones_own_reseller(self, stage: "Stage", refuses: "Refuses", other: str) -> None:
        ident = other if other == "nobody" else stage[other].domain_id
        refuses(stage, "CBC.99000037", "distributor", TAKE, indirect_partner_id=ident, amount=1)


def test_only_a_distributor_may(stage: "Stage", refuses: "Refuses", reseller: str) -> None:
    for who in ("solution_provider", "reseller", "customer"):
        for operation in (GIVE, TAKE):
            refuses(stage, "CBC.0151", who, operation, status=403, indirect_partner_id=reseller, amount=1)
        refuses(stage, "CBC.0151", who, LIST, status=403)


class TestListing:
    @pytest.fixture(params=["cn", "intl"])
    def many(self, open_world: "Open", partners: dict[str, Any], time: "Clock", request: Any) -> "Stage":
        """The distributor with twelve resellers, the first of them as in the file."""
        for number in range(2, 13):
            partners["principals"][f"reseller_{number}"] = {
                "kind": "reseller",
                "of": "distributor",
                "domain_name": f"Reseller-{number:02d}",
                "real_name": f"Company {number}",
                "associated_on": f"2025-{number:02d}-01T00:00:00Z",
                "ak": f"TESTRESELLERMANY{number:04d}",
                "sk": f"testResellerManySecretKey{number:015d}",
                "password": f"Test-many-{number}",
            }
        return open_world(partners | {"site": request.param}, now=time)

    def names(self, stage: "Stage", **wanted: Any) -> list[str]:
        answer = stage.call("distributor", LIST, **wanted)
        assert answer.status == 200, answer.reason
        return [one["account_name"] for one in answer.body["indirect_partners"]]

    @pytest.mark.documents("list_indirect_partners", 1)
    def test_without_a_filter_all_are_told_the_oldest_first(self, many: "Stage") -> None:
        assert self.names(many, limit=100) == ["first_reseller", *(f"Reseller-{one:02d}" for one in range(2, 13))]
        answer = many.call("distributor", LIST)
        assert (answer.body["count"], len(answer.body["indirect_partners"])) == (12, 10)
        assert answer.body["indirect_partners"][1] == {
            "indirect_partner_id": many["reseller_2"].domain_id,
            "account_name": "Reseller-02",
            "name": "Company 2",
            "associated_on": "2025-02-01T00:00:00Z",
            "mobile_phone": answer.body["indirect_partners"][1]["mobile_phone"],
            "email": "Reseller-02@example.com",
        }

    @pytest.mark.documents("list_indirect_partners", 2)
    def test_offset_counts_records(self, many: "Stage") -> None:
        everybody = self.names(many, limit=100)
        assert self.names(many, offset=1, limit=10) == everybody[1:11]
        assert self.names(many, offset=10, limit=10) == everybody[10:]
        assert self.names(many, offset=40000000) == []
        assert many.call("distributor", LIST, offset=12).body["count"] == 12

    def test_filters(self, many: "Stage") -> None:
        assert self.names(many, account_name="reseller-0", limit=100) == [f"Reseller-{one:02d}" for one in range(2, 10)]
        assert self.names(many, account_name="Reseller-12") == ["Reseller-12"]
        assert self.names(many, account_name="%") == []
        between = {"associated_on_begin": "2025-03-01T00:00:00Z", "associated_on_end": "2025-05-01T00:00:00Z"}
        assert self.names(many, **between) == ["Reseller-03", "Reseller-04", "Reseller-05"]
        assert self.names(many, associated_on_begin="2025-12-01T00:00:01Z") == []
        assert self.names(many, indirect_partner_id=many["reseller_7"].domain_id) == ["Reseller-07"]
        for other in ("other_reseller", "distributor"):
            assert self.names(many, indirect_partner_id=many[other].domain_id) == []

    def test_nothing_is_no_filter(self, many: "Stage") -> None:
        for nothing in ("", None):
            for member in ("account_name", "associated_on_begin", "associated_on_end", "indirect_partner_id"):
                assert len(self.names(many, limit=100, **{member: nothing})) == 12
