"""Money between a partner and its customers. Pages: api-bpconsole/mt_060003.html to mt_060006.html."""

from mockserver.domain import funding, ledger
from mockserver.domain.ledger import LedgerAccount
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation

YUAN = 1


@operation
def update_customer_account_amount(call: Call) -> Body:
    """Move money from the partner's account to a resale customer's; with ``indirect_partner_id`` the reseller pays.

    Raises: ``CBC.99000035`` not the partner's customer, ``CBC.99000000`` referral customer, ``CBC.5003`` too low a
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
def list_customers_balances_detail(call: Call) -> Body:
    """Balances of resale customers; any other ID is left out without an error, as documented.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    asked = [info["customer_id"] for info in call["customer_infos"]]
    return {
        "customer_balances": [
            {
                "customer_id": one.customer_id,
                "debt_amount": one.debt,
                "amount": one.available,
                "currency": call.world.currency,
                "measure_id": YUAN,
            }
            for one in funding.balances(call.world, call.partner, asked)
        ]
    }


@operation
def list_partner_balances(call: Call) -> Body:
    """The accounts of the partner, or of the reseller that a distributor names; the last one is what it may allocate.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    held = ledger.accounts_of(call.world, call.partner.id)
    return {"account_balances": [account_balance(call, one) for one in [*held, *map(_allocatable, held[:1])]]}


def _allocatable(balance: LedgerAccount) -> LedgerAccount:
    """The virtual account of type 8: what of the balance may be allocated to customers."""
    return LedgerAccount(balance.id, balance.owner_id, ledger.ALLOCATABLE, balance.free, ledger.ZERO, ledger.ZERO)


def account_balance(call: Call, account: LedgerAccount, unit: str = "measure_id") -> Body:
    """One account as listed; ``unit`` is what the page calls the member that says the amounts are in yuan."""
    shown: Body = {
        "account_id": account.id,
        "account_type": account.type,
        "amount": account.balance,
        "currency": call.world.currency,
        "designated_amount": account.designated,
        unit: YUAN,
    }
    if account.type == ledger.CREDIT:
        shown["credit_amount"] = account.credit_line
    return shown
