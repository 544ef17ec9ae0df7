"""Who has how much. Pages: api-bpconsole/mt_060003.html, mt_060004.html, api-oce/mac_00001.html."""

from dataclasses import replace
from decimal import Decimal

from mockserver.domain import funding, ledger
from mockserver.domain.ledger import ZERO, LedgerAccount
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation

YUAN = 1


@operation
def list_customers_balances_detail(call: Call) -> Body:
    """Balances of resale customers; any other ID is left out without an error, as documented.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    return {"customer_balances": customer_balances(call)}


@operation
def list_partner_balances(call: Call) -> Body:
    """The accounts of the partner, or of the reseller that a distributor names; the last one is what it may allocate.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    held = ledger.accounts_of(call.world, call.partner.id)
    return {"account_balances": [account_balance(call, one) for one in [*held, *map(_allocatable, held[:1])]]}


@operation
def show_customer_account_balances(call: Call) -> Body:
    """The caller's own accounts; what it owes stands apart from what it has.

    Raises: ``CBC.99000049`` its partner pays for it.
    """
    held = funding.own_accounts(call.world, call.caller_id)
    return {
        "account_balances": [account_balance(call, has(one)) for one in held],
        "debt_amount": debt(held),
        "measure_id": YUAN,
        "currency": call.world.currency,
    }


def customer_balances(call: Call) -> list[Body]:
    asked = [info["customer_id"] for info in call["customer_infos"]]
    return [
        {
            "customer_id": one.customer_id,
            "debt_amount": one.debt,
            "amount": one.available,
            "currency": call.world.currency,
            "measure_id": YUAN,
        }
        for one in funding.balances(call.world, call.partner, asked)
    ]


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


def has(account: LedgerAccount) -> LedgerAccount:
    """A customer's account without what it owes."""
    return replace(account, balance=max(account.balance, ZERO))


def debt(held: list[LedgerAccount]) -> Decimal:
    return sum((max(-one.balance, ZERO) for one in held), ZERO)


def _allocatable(balance: LedgerAccount) -> LedgerAccount:
    """The virtual account of type 8: what of the balance may be allocated to customers."""
    return LedgerAccount(balance.id, balance.owner_id, ledger.ALLOCATABLE, balance.free, ZERO, ZERO)
