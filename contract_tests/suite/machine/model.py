"""What the documentation says about partners, customers and their money, as plain Python: the oracle of the machine.

It knows nothing of the emulator: a few dictionaries, and for every call the codes by which it may be refused. Where two
reasons hold at once, no page says which one is told, so either is right.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal

ZERO = Decimal("0.00")
RESALE, REFERRAL = "resale", "referral"

WRONG_RESELLER, TIER_ONE = "CBC.99000037", "CBC.50010059"
NOT_YOURS, NO_RIGHT = "CBC.99000035", "CBC.99000000"
PARTNER_TOO_LOW, CUSTOMER_TOO_LOW, NEVER_FUNDED = "CBC.5003", "CBC.99005003", "CBC.99000047"
TOO_LOW, WRONG_ASSOCIATION, PARAMETER = "CBC.99005003", "CBC.99005024", "CBC.0100"
NAME_TAKEN, XACCOUNT_TAKEN = "CBC.99000038", "CBC.99000039"
AT_ONCE = {"cn": "CBC.99000062", "intl": XACCOUNT_TAKEN}
VERIFIED_OR_IN_REVIEW, NOT_AN_INDIVIDUAL, NOT_SO_FROZEN = "CBC.99007188", "CBC.99007004", "CBC.99007004"
APPLIED_TOO_OFTEN, CERTIFICATE_USED = "CBC.99007191", "CBC.99007189"
TOO_MANY_CODES, CODE_EXPIRED, CODE_FAILED, CODE_WRONG = "CBC.99004015", "CBC.99004008", "CBC.99004009", "CBC.99004010"
MOBILE_USED, MAILBOX_USED = "CBC.99000030", "CBC.99000029"
UNVERIFIED, IN_REVIEW, REJECTED, VERIFIED = -1, 0, 1, 2
INDIVIDUAL, ENTERPRISE = 0, 1
# What the machine's scenario says.
ASSOCIATION, REVIEW = timedelta(hours=2), timedelta(days=1)
APPLICATIONS, PER_CERTIFICATE, PER_MOBILE = 3, 2, 5


@dataclass
class Customer:
    """``balance`` is None until the customer gets money for the first time; below zero it owes.

    ``born`` is its place in the order of registrations, 0 for who was there before.
    """

    id: str
    name: str
    association: str
    balance: Decimal | None
    born: int = 0
    verified: int = UNVERIFIED
    kind: int = UNVERIFIED
    frozen: int = 0


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


@dataclass(frozen=True)
class Pending:
    """A customer whose association is complete at a moment; nobody sees it before."""

    at: datetime
    partner: Partner
    customer: Customer
    xaccount: str


@dataclass(frozen=True)
class Case:
    """An application for real-name authentication; its review ``ends`` by itself where nobody decides before."""

    customer: str
    kind: int
    certificate: str
    change: bool
    ends: datetime | None
    result: int = IN_REVIEW
    opinion: str | None = None


@dataclass
class Code:
    """The last code that was sent to somebody, and when it and the earlier ones were."""

    code: str
    expires: datetime
    sent: list[datetime]
    failures: int = 0
    used: bool = False


@dataclass
class Model:
    """Partners by name; ``names`` and ``xaccounts`` are taken. What was moved and set, in order, since it ``began``.

    ``codes`` by receiver; ``contacts``: how many accounts each receiver registered.
    """

    partners: dict[str, Partner]
    names: set[str]
    began: datetime
    now: datetime
    xaccounts: set[str] = field(default_factory=set)
    moved: list[Moved] = field(default_factory=list)
    budgets: list[Budget] = field(default_factory=list)
    pending: list[Pending] = field(default_factory=list)
    cases: list[Case] = field(default_factory=list)
    codes: dict[str, Code] = field(default_factory=dict)
    contacts: dict[str, int] = field(default_factory=dict)
    site: str = "cn"
    born: int = 0

    def advance(self, now: datetime) -> None:
        """Associations complete, reviews end."""
        self.now = now
        for one in [one for one in self.pending if one.at <= now]:
            self.pending.remove(one)
            self._appears(one.partner, one.customer)
        for case in [one for one in self.cases if one.ends and one.ends <= now and one.result == IN_REVIEW]:
            self.decided(case, None)

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
        }
        pending = xaccount in {one.xaccount for one in self.pending}
        bound = {AT_ONCE[self.site]} if pending else {XACCOUNT_TAKEN}
        return _holding(reasons) | (bound if xaccount in self.xaccounts else set())

    def registered(self, caller: str, indirect: str | None, customer: Customer, xaccount: str) -> None:
        """It is seen when its association is complete."""
        partner = self.acting(caller, indirect)
        assert partner is not None
        self.born += 1
        customer.born = self.born
        # On the international site nobody that is resold to buys before its partner lets it.
        customer.frozen = int(self.site == "intl" and customer.association == RESALE)
        self.pending.append(Pending(self.now + ASSOCIATION, partner, customer, xaccount))
        self.names.add(customer.name)
        self.xaccounts.add(xaccount)

    def refuses_code(self, receiver: str) -> set[str]:
        """Fifteen in an hour, sixty in a day."""
        sent = self.codes[receiver].sent if receiver in self.codes else []
        last = {hours: [at for at in sent if at > self.now - timedelta(hours=hours)] for hours in (1, 24)}
        return _holding({TOO_MANY_CODES: len(last[1]) >= 15 or len(last[24]) >= 60})

    def code_sent(self, receiver: str, code: str, minutes: int) -> None:
        before = self.codes[receiver].sent if receiver in self.codes else []
        self.codes[receiver] = Code(code, self.now + timedelta(minutes=minutes), [*before, self.now])

    def refuses_contact(self, receiver: str, code: str) -> set[str]:
        """Why nobody is registered with a code; a wrong one is counted."""
        used = self.contacts.get(receiver, 0)
        if used >= (PER_MOBILE if self.site == "cn" else 1):
            return {MOBILE_USED if self.site == "cn" else MAILBOX_USED}
        sent = self.codes.get(receiver)
        if sent is None or sent.used:
            return {CODE_WRONG}
        if sent.failures > 3:
            return {CODE_FAILED}
        if sent.expires <= self.now:
            return {CODE_EXPIRED}
        return _holding({CODE_WRONG: sent.code != code})

    def cared_for(self, caller: str, ident: str) -> Customer | None:
        """A customer of the caller's or of its resellers."""
        mine = self.partners[caller].id
        near = (one for one in self.partners.values() if mine in (one.id, one.parent))
        return next((found for one in near if (found := one.customer(ident)) is not None), None)

    def case(self, customer: str) -> Case | None:
        """The last application."""
        return next((one for one in reversed(self.cases) if one.customer == customer), None)

    def refuses_application(self, caller: str, asked: Case) -> set[str]:
        customer = self.cared_for(caller, asked.customer)
        if customer is None:
            return {NOT_YOURS}
        case = self.case(customer.id)
        reviewed = case is not None and case.result == IN_REVIEW
        individual = (customer.verified, customer.kind) == (VERIFIED, INDIVIDUAL)
        done = customer.verified in (IN_REVIEW, VERIFIED) and not (asked.change and individual)
        users = {
            one.customer for one in self.cases if one.certificate == asked.certificate and one.result != REJECTED
        } - {customer.id}
        return _holding(
            {
                VERIFIED_OR_IN_REVIEW: reviewed or done,
                NOT_AN_INDIVIDUAL: asked.change and not individual,
                APPLIED_TOO_OFTEN: sum(one.customer == customer.id for one in self.cases) >= APPLICATIONS,
                CERTIFICATE_USED: asked.kind == INDIVIDUAL and len(users) >= PER_CERTIFICATE,
            }
        )

    def applied(self, asked: Case) -> None:
        self.cases.append(asked)
        customer = self._anybody(asked.customer)
        if not asked.change:
            customer.verified, customer.kind = IN_REVIEW, asked.kind

    def decided(self, case: Case, opinion: str | None) -> None:
        """A rejected change leaves the customer what it was."""
        result = VERIFIED if opinion is None else REJECTED
        self.cases[self.cases.index(case)] = replace(case, result=result, opinion=opinion)
        customer = self._anybody(case.customer)
        if result == VERIFIED or not case.change:
            customer.verified, customer.kind = result, case.kind

    def frozen(self, partner: Partner, ids: Iterable[str], type_: int) -> dict[str, str]:
        """Who stays as it is, and why."""
        return self._set_frozen(partner, ids, {0, 1, 2}, type_)

    def unfrozen(self, partner: Partner, ids: Iterable[str], type_: int) -> dict[str, str]:
        return self._set_frozen(partner, ids, {type_}, 0)

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

    def _set_frozen(self, partner: Partner, ids: Iterable[str], allowed: set[int], type_: int) -> dict[str, str]:
        failed = {}
        for ident in ids:
            customer = partner.customer(ident)
            if customer is None:
                failed[ident] = NOT_YOURS
            elif customer.association != RESALE:
                failed[ident] = WRONG_ASSOCIATION
            elif customer.frozen not in allowed:
                failed[ident] = NOT_SO_FROZEN
            else:
                customer.frozen = type_
        return failed

    def _appears(self, partner: Partner, customer: Customer) -> None:
        partner.customers.append(customer)
        partner.customers.sort(key=lambda one: one.born)

    def _anybody(self, ident: str) -> Customer:
        return next(one for partner in self.partners.values() for one in partner.customers if one.id == ident)

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
