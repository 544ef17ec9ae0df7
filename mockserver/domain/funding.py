"""Money between a partner and its resale customers, and what each of them is shown to have."""

from dataclasses import dataclass
from decimal import Decimal

from mockserver.domain import customers, ledger
from mockserver.domain.accounts import Account
from mockserver.domain.ledger import LedgerAccount, Movement
from mockserver.domain.world import World
from mockserver.refused import Refused

PARTNER_TOO_LOW, CUSTOMER_TOO_LOW, NEVER_FUNDED = "CBC.5003", "CBC.99005003", "CBC.99000047"


@dataclass(frozen=True, slots=True)
class CustomerBalance:
    """``available`` and ``debt`` of a customer: one of them is zero."""

    customer_id: str
    available: Decimal
    debt: Decimal


def allocate(world: World, payer: Account, customer_id: str, amount: Decimal) -> Movement:
    """From the partner to its customer. Designated money stays where it is.

    Raises: ``CBC.99000035``, ``CBC.99000000`` (see ``customers.resale_customer``), ``CBC.5003`` balance too low.
    """
    customer = customers.resale_customer(world, customer_id, of=payer)
    source = ledger.balance_account(world, payer.id)
    free = source.free if source else ledger.ZERO
    if source is None or amount > free:
        raise Refused(PARTNER_TOO_LOW, f"{payer.name} can allocate {free}, not {amount}", member="amount")
    target = ledger.balance_account(world, customer.id) or ledger.open_account(world, customer.id, ledger.BALANCE)
    return ledger.move(world, source, target, amount, ledger.ALLOCATE)


def reclaim(world: World, payee: Account, customer_id: str, amount: Decimal) -> Movement:
    """Back from the customer to its partner.

    Raises: ``CBC.99000035``, ``CBC.99000000``, ``CBC.99000047`` it never got anything, ``CBC.99005003`` it has less.
    """
    customer = customers.resale_customer(world, customer_id, of=payee)
    source = ledger.balance_account(world, customer.id)
    if source is None:
        raise Refused(NEVER_FUNDED, f"{customer_id} was never allocated anything", member="customer_id")
    if amount > source.balance:
        raise Refused(CUSTOMER_TOO_LOW, f"{customer_id} has {max(source.balance, ledger.ZERO)}", member="amount")
    target = ledger.balance_account(world, payee.id) or ledger.open_account(world, payee.id, ledger.BALANCE)
    return ledger.move(world, source, target, amount, ledger.RECLAIM)


def balances(world: World, partner: Account, ids: list[str]) -> list[CustomerBalance]:
    """Of those of ``ids`` that are resale customers of the partner, each once, in the order asked."""
    mine = {one.id for one in customers.of_partner(world, partner, ids) if one.association == customers.RESALE}
    held = ledger.balance_accounts(world, mine)
    return [_shown(ident, held.get(ident)) for ident in dict.fromkeys(ids) if ident in mine]


def _shown(customer_id: str, account: LedgerAccount | None) -> CustomerBalance:
    balance = account.balance if account else ledger.ZERO
    return CustomerBalance(customer_id, max(balance, ledger.ZERO), max(-balance, ledger.ZERO))
