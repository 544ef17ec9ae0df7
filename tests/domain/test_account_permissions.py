"""An operator of a partner may do with money what its permission items say, and nothing without them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.operations import Contract

if TYPE_CHECKING:
    from tests.conftest import Stage

CN, INTL = "cn", "intl"
# By operation: its site, who the partner is, and the items of which its page asks for one.
PERMISSIONS = [
    pytest.param(
        "update_customer_account_amount",
        CN,
        ["SUBCUSTSERV_010103"],
        marks=pytest.mark.documents("update_customer_account_amount", 8),
    ),
    pytest.param(
        "reclaim_to_partner_account",
        CN,
        ["SUBCUSTSERV_010104"],
        marks=pytest.mark.documents("reclaim_to_partner_account", 6),
    ),
    pytest.param(
        "list_customers_balances_detail",
        CN,
        ["SUBCUSTSERV_010103", "SUBCUSTSERV_010104", "SUBCUSTSERV_010100"],
        marks=pytest.mark.documents("list_customers_balances_detail", 6),
    ),
    pytest.param(
        "list_partner_balances",
        CN,
        ["VIEW_010100", "SUBCUSTSERV_010103", "SUBCUSTSERV_010104", "SALES_020104", "SALES_020105"],
        marks=pytest.mark.documents("list_partner_balances", 8),
    ),
    pytest.param(
        "list_partner_adjust_records",
        CN,
        ["FINANCE_040100"],
        marks=pytest.mark.documents("list_partner_adjust_records", 7),
    ),
    pytest.param(
        "list_partner_account_change_records",
        CN,
        ["FINANCE_030100"],
        marks=pytest.mark.documents("list_partner_account_change_records", 6),
    ),
    pytest.param(
        "update_indirect_partner_account",
        CN,
        ["SALES_020104"],
        marks=pytest.mark.documents("update_indirect_partner_account", 6),
    ),
    pytest.param(
        "reclaim_indirect_partner_account",
        CN,
        ["SALES_020105"],
        marks=pytest.mark.documents("reclaim_indirect_partner_account", 4),
    ),
    pytest.param(
        "list_indirect_partners", CN, ["SALES_020100"], marks=pytest.mark.documents("list_indirect_partners", 3)
    ),
    pytest.param(
        "list_indirect_partners", INTL, ["SALES_020100"], marks=pytest.mark.documents("list_indirect_partners", 4)
    ),
    pytest.param(
        "update_sub_customer_budget",
        INTL,
        ["SUBCUSTSERV_010111", "SUBCUSTSERV_010503"],
        marks=pytest.mark.documents("update_sub_customer_budget", 9),
    ),
    pytest.param(
        "show_sub_customer_budget",
        INTL,
        ["SUBCUSTSERV_010111", "SUBCUSTSERV_010503"],
        marks=pytest.mark.documents("show_sub_customer_budget", 4),
    ),
    pytest.param(
        "list_sub_customer_budget",
        INTL,
        ["ACCOUNT_010500"],
        marks=pytest.mark.documents("list_sub_customer_budget", 5),
    ),
    pytest.param(
        "list_sub_customer_budget_records",
        INTL,
        ["SUBCUSTSERV_010111", "SUBCUSTSERV_010503"],
        marks=pytest.mark.documents("list_sub_customer_budget_records", 4),
    ),
    pytest.param(
        "show_partner_consumption_quota",
        INTL,
        ["ACCOUNT_010500"],
        marks=pytest.mark.documents("show_partner_consumption_quota", 5),
    ),
]


@pytest.mark.parametrize(("name", "site", "items"), PERMISSIONS)
def test_one_of_the_items_is_needed_and_enough(
    open_world: "Callable[..., Stage]",
    partners: dict[str, Any],
    contract: Contract,
    name: str,
    site: str,
    items: list[str],
) -> None:
    operation = contract.get(site, name)
    assert operation is not None
    people = partners["principals"]
    clerk = people.pop("operator") | {"operator_of": "distributor"}
    for number, item in enumerate([*items, "NOTHING_000000"]):
        people[f"clerk_{number}"] = clerk | {
            "ak": f"TESTCLERK{number:011d}",
            "permissions": [f"BPC_ITEM_{item}"],
        }
    stage = open_world(partners | {"site": site})
    body = b"{}" if operation.takes_body else b""
    codes = [
        stage.send(f"clerk_{number}", operation.method, operation.path, body=body).code
        for number in range(len(items) + 1)
    ]
    assert codes[-1] == "CBC.0151"
    assert "CBC.0151" not in codes[:-1]
