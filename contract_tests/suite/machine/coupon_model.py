"""What the documentation says about coupons and their quotas, as plain Python: the oracle of the coupon rules.

It knows nothing of the emulator: value is in quotas and coupons, and every rule is a line about who has how much.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from contract_tests.suite.machine.model import RESALE, ZERO, Partner

USABLE, USED, EXPIRED, RECLAIMED = 2, 3, 4, 5

NO_SUCH, NOT_USABLE, NOT_IN_TIME, TOO_LITTLE = "CBC.0100", "CBC.99000012", "CBC.99000017", "CBC.99000013"
NOT_YOUR_QUOTA, NOT_YOUR_RESELLER, LEAVING = "CBC.0150", "CBC.99000037", "CBC.50010105"
NOT_A_CUSTOMER, REFERRAL_CUSTOMER, ENDED = "CBC.99000035", "CBC.99000014", "CBC.99000048"


@dataclass
class Quota:
    """``granted`` is what Huawei gave to it, nothing to a reseller's."""

    id: str
    owner: str
    type: int
    value: Decimal
    balance: Decimal
    expires: str
    parent: "Quota | None" = None
    taken_back: bool = False

    @property
    def home(self) -> "Quota":
        """Where value goes that comes back to it."""
        return self.parent.home if self.taken_back and self.parent else self


@dataclass
class Coupon:
    """``ended`` is USED or RECLAIMED."""

    id: str
    quota: Quota
    holder: str
    face_value: Decimal
    balance: Decimal
    expires: str
    ended: int | None = None
    used: Decimal = ZERO

    def status(self, now: str) -> int:
        return self.ended or (EXPIRED if self.expires < now else USABLE)


@dataclass
class CouponModel:
    """``resellers``: who of them stays; ``partners`` by ID. ``records``: what the books must say, by issuer."""

    distributor: str
    resellers: dict[str, bool]
    partners: Mapping[str, Partner]
    quotas: dict[str, Quota]
    coupons: dict[str, Coupon] = field(default_factory=dict)
    records: list[tuple[str, str, Decimal, str]] = field(default_factory=list)
    quota_records: list[tuple[str, Decimal, str]] = field(default_factory=list)

    def expire(self, now: str) -> None:
        """The clock was moved on: what is left of coupons that expired goes home."""
        late = [one for one in self.coupons.values() if one.status(now) == EXPIRED and one.balance]
        for one in sorted(late, key=lambda one: one.expires):
            self._return(one, "4")

    def refuses_issue(self, partner: str | None, quota: Quota | None, now: str) -> str | None:
        if partner is None:
            return NOT_YOUR_RESELLER
        if quota is None or quota.owner != partner:
            return NOT_USABLE
        if quota.expires < now:
            return NOT_IN_TIME
        return NOT_USABLE if quota.taken_back else None

    def served(self, quota: Quota, customers: list[str], amount: Decimal) -> dict[str, str | None]:
        """Each customer, in order: None for who gets a coupon, else why it gets none."""
        left, outcome = quota.balance, dict[str, str | None]()
        for customer in dict.fromkeys(customers):
            known = self.partners[quota.owner].customer(customer)
            if known is None:
                outcome[customer] = NOT_A_CUSTOMER
            elif known.association != RESALE:
                outcome[customer] = REFERRAL_CUSTOMER
            elif amount > left:
                outcome[customer] = TOO_LITTLE
            else:
                outcome[customer], left = None, left - amount
        return outcome

    def issued(self, coupon: Coupon) -> None:
        coupon.quota.balance -= coupon.face_value
        self.coupons[coupon.id] = coupon
        self.records.append((coupon.quota.owner, "1", coupon.face_value, "0"))

    def failed(self, partner: str, operation: str, amount: Decimal) -> None:
        self.records.append((partner, operation, amount, "-1"))

    def reclaimed(self, coupon: Coupon, operation: str) -> None:
        self._return(coupon, operation)
        coupon.ended = RECLAIMED

    def paid(self, coupon: Coupon, amount: Decimal) -> None:
        coupon.balance -= amount
        coupon.used += amount
        if not coupon.balance:
            coupon.ended = USED

    def refuses_passing(self, quota: Quota | None, resellers: list[str], amount: Decimal, now: str) -> str | None:
        if quota is None or quota.owner != self.distributor or quota.type:
            return NOT_YOUR_QUOTA
        if quota.expires < now:
            return NOT_IN_TIME
        if not set(resellers) <= set(self.resellers):
            return NOT_YOUR_RESELLER
        return TOO_LITTLE if amount * len(self.staying(resellers)) > quota.balance else None

    def staying(self, resellers: list[str]) -> list[str]:
        return [one for one in dict.fromkeys(resellers) if self.resellers[one]]

    def passed_on(self, quota: Quota, new: Quota) -> None:
        quota.balance -= new.value
        self.quotas[new.id] = new
        self.quota_records.append(("10", new.value, "0"))

    def can_be_taken_back(self, ident: str) -> bool:
        quota = self.quotas.get(ident)
        return quota is not None and quota.parent is not None and not quota.taken_back

    def took_back(self, quota: Quota) -> None:
        assert quota.parent is not None
        if quota.balance:
            self.quota_records.append(("11", quota.balance, "0"))
        quota.parent.balance += quota.balance
        quota.balance, quota.taken_back = ZERO, True

    def in_family(self, root: Quota) -> Iterator[Quota]:
        """A quota that Huawei granted, and all that came out of it."""
        return (one for one in self.quotas.values() if one is root or one.parent is root)

    def _return(self, coupon: Coupon, operation: str) -> None:
        self.records.append((coupon.quota.owner, operation, coupon.balance, "0"))
        coupon.quota.home.balance += coupon.balance
        coupon.balance = ZERO
