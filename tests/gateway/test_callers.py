"""Who may call what is asked before anything else about a request, for every operation of each site."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.operations import SITES, Contract, Operation

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

PARTNERS = {"distributor", "solution_provider"}
CUSTOMERS = {"customer", "enterprise_master", "enterprise_member", "outsider"}
PRINCIPALS = {*PARTNERS, *CUSTOMERS, "reseller"}

# What the pages of the first operations say, independently of the schema files.
WHO_MAY = {
    "list_sub_customers": PARTNERS,
    "create_sub_customer": PARTNERS,
    "check_user_identity": PARTNERS,
    "send_verification_message_code": PARTNERS,
    "list_customers_balances_detail": PARTNERS,
    "update_customer_account_amount": PARTNERS,
    "reclaim_to_partner_account": PARTNERS,
    "list_partner_balances": PARTNERS,
    "legacy_partner_account_balances": PARTNERS,
    "list_measure_units": PARTNERS | CUSTOMERS,
    "list_conversions": PARTNERS | CUSTOMERS,
}
# A partner's operator without this permission cannot; with it, it may do what lists it.
OPERATOR_MAY = {
    "update_customer_account_amount",
    "list_customers_balances_detail",
    "list_partner_balances",
    "legacy_partner_account_balances",
    "list_measure_units",
    "list_conversions",
}

OPERATIONS = [pytest.param(op, id=f"{op.site}-{op.name}") for op in Contract() if op.name in WHO_MAY]
each_operation = pytest.mark.parametrize("operation", OPERATIONS)


@pytest.fixture(scope="module")
def demo(open_world: Callable[..., "Stage"]) -> dict[str, "Stage"]:
    return {site: open_world(f"demo-{site}") for site in SITES}


def ask(stage: "Stage", who: str, operation: Operation) -> "Answered":
    """Without any parameter: who may call is told what is missing, nobody else."""
    path = operation.path.replace("{partner_id}", "any")
    return stage.send(who, operation.method, path, body=b"{}" if operation.takes_body else b"")


def test_the_first_operations_are_all_here(contract: Contract) -> None:
    assert set(WHO_MAY) <= {operation.name for operation in contract}


@each_operation
@pytest.mark.parametrize("who", sorted(PRINCIPALS))
def test_an_operation_answers_to_its_callers_and_to_nobody_else(
    demo: dict[str, "Stage"], operation: Operation, who: str
) -> None:
    stage = demo[operation.site]
    before = stage.sandbox.fingerprint()
    answer = ask(stage, who, operation)
    if who in WHO_MAY[operation.name]:
        assert answer.status in (200, 400)
        assert answer.code != "CBC.0151"
    else:
        refused(answer)
        assert operation.page in answer.reason
        assert who in answer.reason
    assert stage.sandbox.fingerprint() == before


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"limit": 0}', b"\xff"])
def test_a_wrong_caller_is_refused_whatever_it_sends(stage: "Stage", body: bytes) -> None:
    refused(stage.send("customer", "POST", "/v2/partners/sub-customers/query", body=body))


@pytest.mark.parametrize("site", SITES)
def test_the_refusal_is_in_the_language_of_the_site_or_the_one_asked_for(demo: dict[str, "Stage"], site: str) -> None:
    def told(**headers: str) -> Any:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        return demo[site].send("customer", "POST", "/v2/partners/sub-customers/query", headers=sent).body["error_msg"]

    words = {"cn": "访问拒绝。", "intl": "Access denied."}
    assert told() == told(X_Language="xx_YY") == words[site]
    assert (told(X_Language="zh_CN"), told(X_Language="en_US")) == (words["cn"], words["intl"])


@pytest.mark.documents("check_user_identity", 6)
@pytest.mark.documents("list_customers_balances_detail", 6)
@pytest.mark.documents("list_measure_units", 4)
@pytest.mark.documents("list_conversions", 5)
@pytest.mark.documents("list_partner_balances", 8)
@pytest.mark.documents("list_sub_customers", 11)
@pytest.mark.documents("reclaim_to_partner_account", 6)
@pytest.mark.documents("send_verification_message_code", 5)
@pytest.mark.documents("update_customer_account_amount", 8)
@pytest.mark.parametrize("operation", [param for param in OPERATIONS if param.values[0].site == "cn"])
def test_an_operator_may_do_what_its_permissions_say(stage: "Stage", operation: Operation) -> None:
    answer = ask(stage, "operator", operation)
    if operation.name in OPERATOR_MAY:
        assert answer.status in (200, 400)
    else:
        refused(answer)
        assert "BPC_ITEM_SUBCUSTSERV_" in answer.reason


@pytest.mark.documents("update_customer_account_amount", 8)
def test_an_operator_acts_for_its_partner(stage: "Stage") -> None:
    customer = stage.customers("solution_provider")[0]
    before = stage.call("solution_provider", "list_partner_balances").body["account_balances"][0]["amount"]
    assert stage.call("operator", "update_customer_account_amount", customer_id=customer, amount=5).status == 200
    assert stage.call("operator", "list_partner_balances").body["account_balances"][0]["amount"] == before - 5


@pytest.mark.documents("list_sub_customers", 11)
@pytest.mark.documents("list_sub_customers", 13)
@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("permission", ["BPC_ITEM_SUBCUSTSERV_010100", "BPC_ITEM_SUBCUSTSERV_010500"])
def test_one_of_several_permissions_is_enough(
    open_world: Callable[..., "Stage"], partners: dict[str, Any], permission: str, site: str
) -> None:
    partners["principals"]["operator"]["permissions"] = [permission]
    assert open_world(partners | {"site": site}).call("operator", "list_sub_customers").status == 200


def test_an_operator_without_any_permission_may_do_what_needs_none(
    open_world: Callable[..., "Stage"], partners: dict[str, Any]
) -> None:
    partners["principals"]["operator"]["permissions"] = []
    stage = open_world(partners)
    assert stage.call("operator", "list_measure_units").status == 200
    refused(stage.call("operator", "list_sub_customers"))


def test_an_operation_of_the_other_site_does_not_exist(demo: dict[str, "Stage"], contract: Contract) -> None:
    operation = contract.get("cn", "list_partner_balances")
    assert operation is not None
    assert contract.get("intl", operation.name) is None
    answer = ask(demo["intl"], "solution_provider", operation)
    assert (answer.status, answer.code) == (404, "APIGW.0101")
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]


def refused(answer: "Answered") -> None:
    assert (answer.status, answer.code) == (403, "CBC.0151")
    assert list(answer.body) == ["error_code", "error_msg"]
    assert answer.headers["X-Request-Id"]
