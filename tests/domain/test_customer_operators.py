"""An operator of a partner calls what its permission items allow, each operation on customers by its own."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Stage

    Open = Callable[..., Stage]

REGISTER, REALNAME = "BPC_ITEM_SUBCUSTSERV_010118", "BPC_ITEM_SUBCUSTSERV_010119"
FREEZE, FREEZE_TOO = "BPC_ITEM_SUBCUSTSERV_010501", "BPC_ITEM_SUBCUSTSERV_010115"
# Operation, site, permission items.
PAGES = [
    ("check_user_identity", "cn", (REGISTER,)),
    ("send_verification_message_code", "cn", (REGISTER,)),
    ("create_personal_realname_auth", "cn", (REALNAME,)),
    ("create_enterprise_realname_authentication", "intl", (REALNAME,)),
    ("change_enterprise_realname_authentication", "cn", (REALNAME,)),
    ("show_realname_authentication_review_result", "cn", (REALNAME,)),
    ("freeze_sub_customers", "intl", (FREEZE, FREEZE_TOO)),
    ("unfreeze_sub_customers", "intl", (FREEZE, FREEZE_TOO)),
    ("list_consume_sub_customers", "cn", ("BPC_ITEM_FINANCE_020101",)),
    ("list_sub_customer_new_tag", "cn", ("BPC_ITEM_SUBCUSTSERV_010100",)),
]


@pytest.mark.documents("check_user_identity", 6)
@pytest.mark.documents("send_verification_message_code", 5)
@pytest.mark.documents("create_personal_realname_auth", 3)
@pytest.mark.documents("create_enterprise_realname_authentication", 3)
@pytest.mark.documents("change_enterprise_realname_authentication", 3)
@pytest.mark.documents("show_realname_authentication_review_result", 4)
@pytest.mark.documents("freeze_sub_customers", 7)
@pytest.mark.documents("unfreeze_sub_customers", 7)
@pytest.mark.documents("list_consume_sub_customers", 6)
@pytest.mark.documents("list_sub_customer_new_tag", 7)
@pytest.mark.parametrize(("operation", "site", "items"), PAGES)
def test_each_operation_asks_for_its_permission_item(
    open_world: "Open", partners: dict[str, Any], operation: str, site: str, items: tuple[str, ...]
) -> None:
    for given in (*items, "BPC_ITEM_SUBCUSTSERV_000000"):
        partners["principals"]["operator"]["permissions"] = [given]
        answer = open_world(partners | {"site": site}).call("operator", operation)
        if given in items:
            assert answer.status == 200 or answer.code == "CBC.0100", answer.reason
        else:
            assert (answer.status, answer.code) == (403, "CBC.0151")
