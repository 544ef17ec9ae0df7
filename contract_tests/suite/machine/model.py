"""What the documentation says about partners, customers and their money, as plain Python: the oracle of the machine.

It knows nothing of the emulator: a few dictionaries, and for every call the codes by which it may be refused. Where two
reasons hold at once, no page says which one is told, so either is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

ZERO = Decimal("0.00")
RESALE, REFERRAL = "resale", "referral"

WRONG_RESELLER, TIER_ONE = "CBC.99000037", "CBC.50010059"
NOT_YOURS, NO_RIGHT = "CBC.99000035", "CBC.99000000"
PARTNER_TOO_LOW, CUSTOMER_TOO_LOW, NEVER_FUNDED = "CBC.5003", "CBC.99005003", "CBC.99000047"
TOO_LOW, WRONG_ASSOCIATION, PARAMETER = "CBC.99005003", "CBC.99005024", "CBC.0100"
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


@dataclass(frozen=True)
class Moved:
    """Money that went from one account to another; ``given``: to a customer or reseller, and not back from it."""

    number: str
    at: datetime
    source: str
    target: str
    amount: Decimal
    given: bool

    @property
    def customer(self) -> str:
        """Who was given to or taken from."""
        return self.target if self.given else self.source

    def change(self, owner: str) -> Decimal:
        return self.amount if self.target == owner else -self.amount


@dataclass(frozen=True)
class Budget:
    """One setting of a customer's budget."""

    customer: str
    amount: Decimal
    type: str
    at: datetime


@dataclass
class Model:
    """Partners by name; ``names`` and ``xaccounts`` are taken. What was moved and set, in order, since it ``began``."""

    partners: dict[str, Partner]
    names: set[str]
    began: datetime
    now: datetime
    xaccounts: set[str] = field(default_factory=set)
    moved: list[Moved] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)

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

    def allocated(self, caller: str, indirect: str | None, customer: str, amount: Decimal, number: str) -> None:
        self._move(caller, indirect, customer, amount, number)

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

    def reclaimed(self, caller: str, indirect: str | None, customer: str, amount: Decimal, number: str) -> None:
        self._move(caller, indirect, customer, -amount, number)

    def reseller(self, distributor: str, ident: str) -> Partner | None:
        known = (one for one in self.partners.values() if one.id == ident and one.kind == "reseller")
        return next((one for one in known if one.parent == self.partners[distributor].id), None)

    def refuses_to_reseller(self, distributor: str, ident: str, amount: Decimal) -> set[str]:
        too_much = amount > self.partners[distributor].free
        return _holding({WRONG_RESELLER: self.reseller(distributor, ident) is None, TOO_LOW: too_much})

    def refuses_from_reseller(self, distributor: str, ident: str, amount: Decimal) -> set[str]:
        reseller = self.reseller(distributor, ident)
        return {WRONG_RESELLER} if reseller is None else _holding({TOO_LOW: amount > reseller.balance})

    def moved_to_reseller(self, distributor: str, ident: str, amount: Decimal, number: str) -> None:
        """Below zero: from it, and at last of its designated money."""
        partner, reseller = self.partners[distributor], self.reseller(distributor, ident)
        assert reseller is not None
        partner.balance -= amount
        reseller.balance += amount
        reseller.designated = min(reseller.designated, reseller.balance)
        self._note(partner.id, reseller.id, amount, number)

    def adjustments(self, partner: Partner) -> list[Moved]:
        """What a partner gave and took back, the latest first."""
        mine = [one for one in self.moved if partner.id == (one.source if one.given else one.target)]
        return mine[::-1]

    def statement(self, owner: str, balance: Decimal) -> list[tuple[Moved, Decimal]]:
        """What came and went since the beginning, the latest first, each with the balance after it."""
        found = []
        for one in reversed(self.moved):
            if owner in (one.source, one.target):
                found.append((one, balance))
                balance -= one.change(owner)
        return found

    def refuses_since_beginning(self) -> set[str]:
        """Nobody may ask for more than a year of days, and the days are of UTC+8."""
        east = timedelta(hours=8)
        first, today = (self.began + east).date(), (self.now + east).date()
        return _holding({PARAMETER: today > first.replace(year=first.year + 1)})

    def refuses_budget(self, caller: str, indirect: str | None, customer: str) -> set[str]:
        partner = self.acting(caller, indirect)
        if partner is None:
            return {WRONG_RESELLER}
        found = partner.customer(customer)
        return _holding({WRONG_ASSOCIATION: found is None or found.association != RESALE})

    def budget(self, customer: str) -> tuple[Decimal, str]:
        found = [one for one in self.budgets if one.customer == customer]
        return (found[-1].amount, found[-1].type) if found else (ZERO, "MONTHLY")

    def balances(self, partner: Partner, ids: Iterable[str]) -> dict[str, tuple[Decimal, Decimal]]:
        """What each resale customer has and owes; others are left out."""
        found = (customer for ident in ids if (customer := partner.customer(ident)) is not None)
        return {
            one.id: (max(one.balance or ZERO, ZERO), max(-(one.balance or ZERO), ZERO))
            for one in found
            if one.association == RESALE
        }

    def _move(self, caller: str, indirect: str | None, ident: str, amount: Decimal, number: str) -> None:
        partner = self.acting(caller, indirect)
        assert partner is not None
        customer = partner.customer(ident)
        assert customer is not None
        partner.balance -= amount
        customer.balance = (customer.balance or ZERO) + amount
        self._note(partner.id, customer.id, amount, number)

    def _note(self, partner: str, customer: str, amount: Decimal, number: str) -> None:
        assert number not in {one.number for one in self.moved}, "every movement has a number of its own"
        given = amount > 0
        source, target = (partner, customer) if given else (customer, partner)
        self.moved.append(Moved(number, self.now, source, target, abs(amount), given))


def _about(customer: Customer | None) -> dict[str, bool]:
    return {NOT_YOURS: customer is None, NO_RIGHT: customer is not None and customer.association == REFERRAL}


def _holding(reasons: Mapping[str, bool]) -> set[str]:
    return {code for code, holds in reasons.items() if holds}
