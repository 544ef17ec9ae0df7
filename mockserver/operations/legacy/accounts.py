"""The old operations on money and balances. Page: api-bpconsole/zh-cn_topic_0075213309.html."""

from mockserver.domain import funding, ledger
from mockserver.operations.accounts import account_balance
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation
from mockserver.refused import Refused

SUCCESS = {"error_code": "CBC.0000", "error_msg": "Success"}
NO_SUCH_CUSTOMER = "CBC.5002"
UNIT = "measure_unit"


@operation
def legacy_partner_account_balances(call: Call) -> Body:
    """The partner's accounts, or those of one of its resale customers; ``partner_id`` is not checked, as documented.

    Raises: ``CBC.5002`` (with HTTP 200) no resale customer of the partner.
    """
    customer_id: str | None = call["customer_id"]
    if customer_id is None:
        held = ledger.accounts_of(call.world, call.caller.id)
        return SUCCESS | {"customer_id": "", "account_balances": [account_balance(call, one, UNIT) for one in held]}
    if not funding.balances(call.world, call.caller, [customer_id]):
        raise Refused(NO_SUCH_CUSTOMER, f"{customer_id!r} is no resale customer of the caller", member="customer_id")
    held = ledger.accounts_of(call.world, customer_id)
    return SUCCESS | {
        "customer_id": customer_id,
        "account_balances": [account_balance(call, one, UNIT) for one in held],
    }
