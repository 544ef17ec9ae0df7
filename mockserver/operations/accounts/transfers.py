"""Money that is handed on and taken back. Pages: api-bpconsole/mt_060005.html, mt_060006.html, espp_00001.html,
espp_00004.html."""

from decimal import Decimal

from mockserver.domain import funding
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation


@operation
def update_customer_account_amount(call: Call) -> Body:
    """Move money from the partner's account to a resale customer's; with ``indirect_partner_id`` the reseller pays.

    Raises: ``CBC.99000035`` not the partner's customer, ``CBC.99000000`` not funded by it, ``CBC.5003`` too low a
    balance, ``CBC.99000037`` not the distributor's reseller.
    """
    return {"transfer_id": funding.allocate(call.world, call.partner, call["customer_id"], call["amount"]).id}


@operation
def reclaim_to_partner_account(call: Call) -> Body:
    """Take money back from a resale customer.

    Raises: as for the allocation, and ``CBC.99000047`` never funded, ``CBC.99005003`` more than the customer has.
    """
    return {"trans_id": funding.reclaim(call.world, call.partner, call["customer_id"], call["amount"]).id}


@operation
def update_indirect_partner_account(call: Call) -> Body:
    """Move money from the distributor's account to its reseller's. The amount may be a text, as in the example.

    Raises: ``CBC.99000037`` not its reseller, ``CBC.99005003`` too low a balance, ``CBC.0150`` one of both has left.
    """
    amount = Decimal(call["amount"])
    moved = funding.allocate_to_reseller(call.world, call.caller, call["indirect_partner_id"], amount)
    return {"transfer_id": moved.id}


@operation
def reclaim_indirect_partner_account(call: Call) -> Body:
    """Take money back from a reseller.

    Raises: ``CBC.99000037`` not its reseller, ``CBC.99005003`` more than the reseller has.
    """
    moved = funding.reclaim_from_reseller(call.world, call.caller, call["indirect_partner_id"], call["amount"])
    return {"trans_id": moved.id}
