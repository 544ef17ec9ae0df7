"""What the documentation says about customers and their money, as plain Python: the oracle of the money machine.

It knows nothing of the emulator: a few dictionaries, and for every call the codes by which it may be refused. Where two
reasons hold at once, no page says which one is told, so either is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal("0.00")
RESALE, REFERRAL = "resale", "referral"

WRONG_RESELLER, TIER_ONE = "CBC.99000037", "CBC.50010059"
NOT_YOURS, NO_RIGHT = "CBC.99000035", "CBC.99000000"
PARTNER_TOO_LOW, CUSTOMER_TOO_LOW, NEVER_FUNDED = "CBC.5003", "CBC.99005003", "CBC.99000047"
NAME_TAKEN, XACCOUNT_TAKEN = "CBC.99000038", "CBC.99000039"


@dataclass
class Customer:
    """``balance`` is None until the customer gets money for the first time; below zero it owes."""

    id: str
    name: str
    association: str
    balance: Decimal | None


@dataclass
class Partner:
    """``designated`` is part of the balance and cannot be handed on."""

    id: str
    kind: str
    parent: str | None
    balance: Decimal
    designated: Decimal
    customers: list[Customer] = field(default_factory=list)

    @property
    def free(self) -> Decimal:
        return self.balance - self.designated

    def customer(self, ident: str) -> Customer | None:
        return next((one for one in self.customers if one.id == ident), None)


@dataclass
class Model:
    """Partners by name; ``names`` and ``xaccounts`` are taken."""

    partners: dict[str, Partner]
    names: set[str]
    xaccounts: set[str] = field(default_factory=set)

    def acting(self, caller: str, indirect: str | None) -> Partner | None:
        """Whose customers and money a call is about; None where the named reseller is not the caller's."""
        partner = self.partners[caller]
        if indirect is None or partner.kind != "distributor":
            return partner
        known = (one for one in self.partners.values() if one.id == indirect and one.kind == "reseller")
        return next((one for one in known if one.parent == partner.id), None)

    def refuses_registration(self, caller: str, indirect: str | None, name: str | None, xaccount: str) -> set[str]:
        partner = self.acting(caller, indirect)
        reasons = {
            WRONG_RESELLER: partner is None,
            TIER_ONE: partner is not None and partner.kind == "distributor",
            NAME_TAKEN: name in self.names,
            XACCOUNT_TAKEN: xaccount in self.xaccounts,
        }
        return _holding(reasons)

    def registered(self, caller: str, indirect: str | None, customer: Customer, xaccount: str) -> None:
        partner = self.acting(caller, indirect)
        assert partner is not None
        partner.customers.append(customer)
        self.names.add(customer.name)
        self.xaccounts.add(xaccount)

    def refuses_allocation(self, caller: str, indirect: str | None, customer: str, amount: Decimal) -> set[str]:
        partner = self.acting(caller, indirect)
        if partner is None:
            return {WRONG_RESELLER}
        return _holding({**_about(partner.customer(customer)), PARTNER_TOO_LOW: amount > partner.free})

    def allocated(self, caller: str, indirect: str | None, customer: str, amount: Decimal) -> None:
        self._move(caller, indirect, customer, amount)

    def refuses_reclaim(self, caller: str, indirect: str | None, customer: str, amount: Decimal) -> set[str]:
        partner = self.acting(caller, indirect)
        if partner is None:
            return {WRONG_RESELLER}
        found = partner.customer(customer)
        balance = found.balance if found else None
        mine = found is not None and found.association == RESALE
        return _holding(
            {
                **_about(found),
                NEVER_FUNDED: mine and balance is None,
                CUSTOMER_TOO_LOW: mine and balance is not None and amount > balance,
            }
        )

    def reclaimed(self, caller: str, indirect: str | None, customer: str, amount: Decimal) -> None:
        self._move(caller, indirect, customer, -amount)

    def balances(self, partner: Partner, ids: Iterable[str]) -> dict[str, tuple[Decimal, Decimal]]:
        """What each resale customer has and owes; others are left out."""
        found = (customer for ident in ids if (customer := partner.customer(ident)) is not None)
        return {
            one.id: (max(one.balance or ZERO, ZERO), max(-(one.balance or ZERO), ZERO))
            for one in found
            if one.association == RESALE
        }

    def _move(self, caller: str, indirect: str | None, ident: str, amount: Decimal) -> None:
        partner = self.acting(caller, indirect)
        assert partner is not None
        customer = partner.customer(ident)
        assert customer is not None
        partner.balance -= amount
        customer.balance = (customer.balance or ZERO) + amount


def _about(customer: Customer | None) -> dict[str, bool]:
    return {NOT_YOURS: customer is None, NO_RIGHT: customer is not None and customer.association == REFERRAL}


def _holding(reasons: Mapping[str, bool]) -> set[str]:
    return {code for code, holds in reasons.items() if holds}
