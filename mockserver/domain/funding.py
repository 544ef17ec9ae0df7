"""Money between a distributor and its resellers, a partner and its customers, and what customers are shown to have."""

from dataclasses import dataclass
from decimal import Decimal

from mockserver.domain import accounts, customers, ledger
from mockserver.domain.accounts import Account
from mockserver.domain.ledger import LedgerAccount, Movement
from mockserver.domain.world import World
from mockserver.refused import Refused

PARTNER_TOO_LOW, TOO_LOW, NEVER_FUNDED = "CBC.5003", "CBC.99005003", "CBC.99000047"
NO_ACCOUNT, NO_STATEMENT = "CBC.99000049", "CBC.99000084"
LEFT = "CBC.0150"


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
        raise Refused(TOO_LOW, f"{customer_id} has {max(source.balance, ledger.ZERO)}", member="amount")
    target = ledger.balance_account(world, payee.id) or ledger.open_account(world, payee.id, ledger.BALANCE)
    return ledger.move(world, source, target, amount, ledger.RECLAIM)


def allocate_to_reseller(world: World, distributor: Account, reseller_id: str, amount: Decimal) -> Movement:
    """From the distributor to its reseller. Designated money stays where it is.

    Raises: ``CBC.99000037`` not its reseller, ``CBC.0150`` one of them has left the programme (assumed: the page lists
    the code without a case), ``CBC.99005003`` balance too low.
    """
    reseller = accounts.reseller(world, distributor, reseller_id)
    for partner in (distributor, reseller):
        if partner.standing == accounts.DELISTED:
            raise Refused(LEFT, f"{partner.name} has left the partner programme", member="indirect_partner_id")
    source = ledger.balance_account(world, distributor.id)
    if source is None or amount > source.free:
        free = source.free if source else ledger.ZERO
        raise Refused(TOO_LOW, f"{distributor.name} can allocate {free}, not {amount}", member="amount")
    target = ledger.balance_account(world, reseller.id) or ledger.open_account(world, reseller.id, ledger.BALANCE)
    return ledger.move(world, source, target, amount, ledger.ALLOCATE)


def reclaim_from_reseller(world: World, distributor: Account, reseller_id: str, amount: Decimal) -> Movement:
    """Back from the reseller, up to its whole balance; what no longer covers its designated money takes of that.

    Raises: ``CBC.99000037`` not its reseller, ``CBC.99005003`` it has less.
    """
    reseller = accounts.reseller(world, distributor, reseller_id)
    source = ledger.balance_account(world, reseller.id)
    if source is None or amount > source.balance:
        raise Refused(TOO_LOW, f"{reseller.name} has {source.balance if source else 0}", member="amount")
    target = ledger.balance_account(world, distributor.id) or ledger.open_account(world, distributor.id, ledger.BALANCE)
    if source.designated > source.balance - amount:
        ledger.designate(world, source.id, source.balance - amount)
    return ledger.move(world, source, target, amount, ledger.RECLAIM)


def own_accounts(world: World, customer_id: str) -> list[LedgerAccount]:
    """A customer's own accounts; its balance is there before it ever got money.

    Raises: ``CBC.99000049`` its partner pays for it, so it has none.
    """
    if customers.has_no_account(world, customers.associated(world, customer_id)):
        raise Refused(NO_ACCOUNT, "the customer's partner pays for what it uses: it has no account")
    held = ledger.accounts_of(world, customer_id)
    if any(one.type == ledger.BALANCE for one in held):
        return held
    return [ledger.unopened(world, customer_id, ledger.BALANCE), *held]


def own_account(world: World, customer_id: str, type_: int) -> LedgerAccount | None:
    """The account whose statement a customer asks for. Raises: ``CBC.99000084`` its partner pays for it."""
    has_statement(world, customer_id)
    return ledger.account(world, customer_id, type_)


def has_statement(world: World, customer_id: str) -> None:
    """Raises: ``CBC.99000084`` the customer's partner pays for it, so nothing comes or goes."""
    if customers.has_no_account(world, customers.associated(world, customer_id)):
        raise Refused(NO_STATEMENT, "the customer's partner pays for what it uses: it has no account")


def balances(world: World, partner: Account, ids: list[str]) -> list[CustomerBalance]:
    """Of those of ``ids`` that are resale customers of the partner, each once, in the order asked."""
    mine = {
        one.id
        for one in customers.of_partner(world, partner, ids)
        if one.association == customers.RESALE and not customers.has_no_account(world, one)
    }
    held = ledger.balance_accounts(world, mine)
    return [_shown(ident, held.get(ident)) for ident in dict.fromkeys(ids) if ident in mine]


def _shown(customer_id: str, account: LedgerAccount | None) -> CustomerBalance:
    balance = account.balance if account else ledger.ZERO
    return CustomerBalance(customer_id, max(balance, ledger.ZERO), max(-balance, ledger.ZERO))
