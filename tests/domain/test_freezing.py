"""Freezing and unfreezing: who can be, one by one, and what is seen of it."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

    Open = Callable[..., Stage]

NOT_YOURS, REFERRAL, OTHER_TYPE = "CBC.99000035", "CBC.99005024", "CBC.99007004"
BOTH = "ACCOUNT_AND_RESOURCE"


@pytest.fixture
def intl(open_world: "Open", partners: dict[str, Any]) -> "Stage":
    return open_world(partners | {"site": "intl"})


def change(stage: "Stage", operation: str, *ids: str, who: str = "solution_provider", **more: Any) -> "Answered":
    return stage.call(who, f"{operation}_sub_customers", customer_ids=list(ids), reason="test", **more)


def failed(answer: "Answered") -> dict[str, str]:
    """The code of each that failed."""
    assert answer.status == 200, answer.reason
    assert "error_code" not in answer.body
    assert all(one["error_msg"] for one in answer.body.get("error_details", []))
    return {one["id"]: one["error_code"] for one in answer.body.get("error_details", [])}


def frozen(stage: "Stage", *ids: str, who: str = "solution_provider", **more: Any) -> list[int]:
    infos = stage.call(who, "list_sub_customers", limit=100, **more).body["customer_infos"]
    told = {info["customer_id"]: info["is_frozen"] for info in infos}
    return [told[ident] for ident in ids]


@pytest.mark.documents("freeze_sub_customers", 1)
@pytest.mark.documents("freeze_sub_customers", 2)
@pytest.mark.documents("unfreeze_sub_customers", 1)
@pytest.mark.documents("unfreeze_sub_customers", 3)
@pytest.mark.parametrize("operation", ["freeze", "unfreeze"])
def test_each_is_judged_by_itself_and_the_others_are_told(intl: "Stage", operation: str) -> None:
    mine, referral = intl.customers("solution_provider")[0], intl.customers("solution_provider", "referral")[0]
    others = intl.customers("reseller")[0]
    if operation == "unfreeze":
        change(intl, "freeze", mine)
    answer = change(intl, operation, mine, referral, others, "nobody")
    assert failed(answer) == {referral: REFERRAL, others: NOT_YOURS, "nobody": NOT_YOURS}
    assert frozen(intl, mine, referral) == [int(operation == "freeze"), 0]


@pytest.mark.documents("freeze_sub_customers", 2)
@pytest.mark.documents("unfreeze_sub_customers", 3)
@pytest.mark.parametrize("operation", ["freeze", "unfreeze"])
def test_ten_at_most_and_nothing_to_tell_where_all_went_well(intl: "Stage", operation: str) -> None:
    assert change(intl, operation, *map(str, range(11))).code == "CBC.0100"
    ids = intl.customers("solution_provider")[:3]
    change(intl, "freeze", *ids)
    assert change(intl, operation, *ids).body == {}


@pytest.mark.documents("freeze_sub_customers", 3)
@pytest.mark.documents("unfreeze_sub_customers", 4)
@pytest.mark.parametrize("absent", [{}, {"type": None}])
def test_without_a_type_it_is_the_account(intl: "Stage", absent: dict[str, None]) -> None:
    (ident, *_) = intl.customers("solution_provider")
    assert failed(change(intl, "freeze", ident, **{f"freeze_{name}": None for name in absent})) == {}
    assert failed(change(intl, "unfreeze", ident, unfreeze_type=BOTH)) == {ident: OTHER_TYPE}
    assert failed(change(intl, "unfreeze", ident, **{f"unfreeze_{name}": None for name in absent})) == {}
    assert frozen(intl, ident) == [0]


@pytest.mark.documents("freeze_sub_customers", 3)
@pytest.mark.documents("unfreeze_sub_customers", 4)
@pytest.mark.parametrize("operation", ["freeze", "unfreeze"])
@pytest.mark.parametrize("wrong", ["", "account", "RESOURCE"])
def test_another_type_is_a_parameter_error(intl: "Stage", operation: str, wrong: str) -> None:
    (ident, *_) = intl.customers("solution_provider")
    before = intl.sandbox.fingerprint()
    answer = change(intl, operation, ident, **{f"{operation}_type": wrong})
    assert (answer.status, answer.code) == (400, "CBC.0100")
    assert intl.sandbox.fingerprint() == before


@pytest.mark.documents("unfreeze_sub_customers", 2)
def test_unfreezing_takes_the_type_of_the_freezing(intl: "Stage") -> None:
    first, second, third = intl.customers("solution_provider")[:3]
    assert failed(change(intl, "freeze", first, freeze_type=BOTH)) == {}
    assert failed(change(intl, "freeze", second)) == {}
    assert frozen(intl, first, second, third) == [1, 1, 0]
    assert failed(change(intl, "unfreeze", first, second, third)) == {first: OTHER_TYPE, third: OTHER_TYPE}
    assert failed(change(intl, "unfreeze", first, unfreeze_type=BOTH)) == {}
    assert frozen(intl, first, second, third) == [0, 0, 0]


@pytest.mark.documents("freeze_sub_customers", 6)
def test_a_new_resale_customer_is_frozen_until_its_partner_unfreezes_it(intl: "Stage") -> None:
    made = intl.call(
        "solution_provider", "create_sub_customer", xaccount_id="x1", xaccount_type="T", domain_area="MX"
    ).body["domain_id"]
    assert frozen(intl, made) == [1]
    assert failed(change(intl, "unfreeze", made)) == {}
    assert frozen(intl, made) == [0]


def test_a_distributor_freezes_its_resellers_customers_by_naming_it(intl: "Stage") -> None:
    (ident, *_) = intl.customers("reseller")
    reseller = {"indirect_partner_id": intl["reseller"].domain_id}
    assert failed(change(intl, "freeze", ident, who="distributor")) == {ident: NOT_YOURS}
    assert failed(change(intl, "freeze", ident, who="distributor", **reseller)) == {}
    assert frozen(intl, ident, who="distributor", **reseller) == [1]
    other = {"indirect_partner_id": intl["other_reseller"].domain_id}
    assert change(intl, "freeze", ident, who="distributor", **other).code == "CBC.99000037"


@pytest.mark.documents("unfreeze_sub_customers", 6)
def test_a_reseller_that_is_frozen_unfreezes_nobody(open_world: "Open", partners: dict[str, Any]) -> None:
    partners["principals"]["reseller"]["standing"] = "frozen"
    stage = open_world(partners | {"site": "intl"})
    (ident, *_) = stage.customers("reseller")
    reseller = {"indirect_partner_id": stage["reseller"].domain_id}
    assert failed(change(stage, "freeze", ident, who="distributor", **reseller)) == {}
    before = stage.sandbox.fingerprint()
    told = [
        change(stage, "unfreeze", ident, who="distributor", **reseller),
        stage.call("reseller", "legacy_unfreeze_customers", partner_id="any", customerIds=[ident], reason="test"),
        stage.call(
            "distributor",
            "update_sub_customer_budget",
            customer_id=ident,
            budget_amount=5,
            cancel_partner_frozen="1",
            **reseller,
        ),
    ]
    assert {(answer.status, answer.code) for answer in told} == {(400, "CBC.99003656")}
    assert stage.sandbox.fingerprint() == before


def test_the_old_operations_count_and_list_who_failed(intl: "Stage") -> None:
    mine, referral = intl.customers("solution_provider")[0], intl.customers("solution_provider", "referral")[0]
    for operation, after in (("legacy_freeze_customers", 1), ("legacy_unfreeze_customers", 0)):
        sent = {"partner_id": "any", "customerIds": [mine, referral], "reason": "test"}
        body = intl.call("solution_provider", operation, **sent).body
        assert (body["error_code"], body["failNum"], body["successNum"]) == ("CBC.0000", 1, 1)
        assert [(one["Id"], one["error_code"]) for one in body["failDetail"]] == [(referral, REFERRAL)]
        assert frozen(intl, mine) == [after]
    change(intl, "freeze", mine, freeze_type=BOTH)
    assert intl.call("solution_provider", "legacy_unfreeze_customers", **sent).body["successNum"] == 0
