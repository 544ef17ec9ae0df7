"""Between a partner's quota and its customers: who gets a coupon, what is taken back, what comes back by itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import func, select

from mockserver.domain import coupon_book, coupon_limits, coupon_quotas, coupons, customers
from mockserver.domain.accounts import Account
from mockserver.domain.coupon_quotas import Quota
from mockserver.domain.coupons import Coupon, NewCoupon
from mockserver.domain.customers import NOT_YOUR_CUSTOMER, RESALE, Customer
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.tables import coupons as issued

NO_PARAMETER, TOO_LITTLE = "CBC.0100", "CBC.99000013"
WRONG_MODEL, TOO_SMALL, TOO_LARGE = "CBC.99000014", "CBC.99000018", "CBC.99000019"
TOO_MANY, TOO_MUCH = "CBC.99000020", "CBC.99000021"
NOT_TO_ITSELF, NOT_THESE_CUSTOMERS = "CBC.99000025", "CBC.50000020"
OF_REFERRAL_CUSTOMER, ENDED = "CBC.99000045", "CBC.99000048"

_TYPES = {coupon_quotas.CASH: coupons.CASH, coupon_quotas.FLEXI_PURCHASE: coupons.FLEXI_PURCHASE}


@dataclass(frozen=True, slots=True)
class Asked:
    """An issue as asked for; a time that is None is the quota's."""

    quota_id: str
    customer_ids: Sequence[str]
    face_value: Decimal
    effective_at: str | None = None
    expires_at: str | None = None
    services: Sequence[str] = ()
    products: Sequence[str] = ()
    remark: str | None = None


def issue(world: World, partner: Account, operator: str, asked: Asked) -> dict[str, str | Refused]:
    """Give each customer a coupon, as far as the quota reaches: the coupon's ID, or why there is none.

    Raises: what refuses all of it, see the page's rows with status 400.
    """
    quota = coupon_quotas.for_issuing(world, asked.quota_id, partner)
    wanted = list(dict.fromkeys(asked.customer_ids))
    _terms_allow(world, partner, quota, asked, wanted)
    limits = coupon_limits.handed_down(world, quota.limits, asked.services, asked.products)
    effective, expires = _validity(world, quota, asked)
    known = {one.id: one for one in customers.of_partner(world, partner, wanted)}
    room = _Room.of(world, quota)
    served: list[NewCoupon] = []
    outcomes: dict[str, str | Refused] = {}
    failed = []
    for ident in wanted:
        new = NewCoupon(ident, _TYPES[quota.type], asked.face_value, effective, expires, partner.id, quota.id, limits)
        refusal = _refusal(world, ident, known.get(ident)) or room.refusal(asked.face_value, len(served))
        if refusal is None:
            served.append(new)
        else:
            failed.append(coupons.issuing(new, operator, asked.remark))
            outcomes[ident] = refusal
    made = coupons.make(world, served, operator, asked.remark)
    coupon_book.note_failures(world, failed)
    if made:
        coupon_quotas.touched(world, quota.id)
    given = dict(zip((one.holder_id for one in served), made, strict=True))
    return {ident: given.get(ident) or outcomes[ident] for ident in wanted}


def reclaim(world: World, partner: Account, operator: str, coupon_id: str) -> None:
    """Take a coupon back from a resale customer, with all that is left of it.

    Raises: ``CBC.0100`` the partner issued no such coupon, ``CBC.99000045`` a referral customer's, ``CBC.99000048``
    nothing is left to take back; as it is answered with status 200, it is recorded as a failed reclaim.
    """
    coupon = coupons.get(world, coupon_id)
    if coupon is None or coupon.issuer_id != partner.id:
        raise Refused(NO_PARAMETER, f"{partner.name} issued no coupon {coupon_id}", member="coupon_id")
    (customer,) = customers.of_partner(world, partner, [coupon.holder_id]) or (None,)
    if customer is not None and customer.association != RESALE:
        raise Refused(OF_REFERRAL_CUSTOMER, f"{customer.id} is a referral customer", member="coupon_id")
    if coupon.status != coupons.USABLE:
        coupons.note_failure(world, coupon, coupon_book.MANUAL_RECLAIM, operator)
        raise Refused(ENDED, f"the coupon is in state {coupon.status}, not 2 (usable)", member="coupon_id", keeps=True)
    _back(world, coupon, coupon_book.MANUAL_RECLAIM, operator)


def reclaim_all(world: World, partner_id: str, customer_id: str, cause: str) -> int:
    """Take back all that a partner issued to a customer, for one of the causes in ``coupon_book``: how many it were.

    For what changes an association: it ends (``UNBOUND``), becomes another (``MODEL_CHANGED``), the reseller moves.
    """
    mine = coupons.unspent_of(world, partner_id, customer_id)
    for coupon in mine:
        _back(world, coupon, cause, None)
    return len(mine)


def expire(world: World, coupon_id: str) -> None:
    """The event of a coupon that has expired: what is left goes back to where it came from."""
    coupon = coupons.get(world, coupon_id)
    if coupon is not None and coupon.status == coupons.EXPIRED:
        target = coupon_book.quota(coupon_quotas.home(world, coupon.quota_id).id) if coupon.quota_id else None
        coupons.send_home(world, coupon, target, coupon_book.EXPIRED)


def _back(world: World, coupon: Coupon, operation: str, operator: str | None) -> None:
    target = coupon_book.quota(coupon_quotas.home(world, coupon.quota_id).id) if coupon.quota_id else None
    coupons.send_home(world, coupon, target, operation, operator)
    coupons.end(world, coupon)


def _terms_allow(world: World, partner: Account, quota: Quota, asked: Asked, wanted: Iterable[str]) -> None:
    smallest, largest = (Decimal(quota.terms[name]) if name in quota.terms else None for name in _SIZES)
    if smallest is not None and asked.face_value < smallest:
        raise Refused(TOO_SMALL, f"{asked.face_value} is less than the quota's {smallest}", member="face_value")
    if largest is not None and asked.face_value > largest:
        raise Refused(TOO_LARGE, f"{asked.face_value} is more than the quota's {largest}", member="face_value")
    if partner.id in wanted:
        raise Refused(NOT_TO_ITSELF, f"{partner.name} is the partner itself", member="customer_ids")
    meant = quota.terms.get("customers")
    if meant is not None and (others := set(wanted) - set(meant)):
        words = f"the quota is for certain customers only, not for {min(others)}"
        raise Refused(NOT_THESE_CUSTOMERS, words, member="customer_ids")


def _validity(world: World, quota: Quota, asked: Asked) -> tuple[str, str]:
    effective, expires = asked.effective_at or quota.effective_at, asked.expires_at or quota.expires_at
    if expires <= max(effective, world.now):
        raise Refused(
            NO_PARAMETER, f"a coupon from {effective} to {expires} would never be valid", member="expire_time"
        )
    return effective, expires


def _refusal(world: World, ident: str, customer: Customer | None) -> Refused | None:
    if customer is None:
        return Refused(NOT_YOUR_CUSTOMER, f"{ident} is no customer of the partner")
    if customer.association != RESALE or customers.has_no_account(world, customer):
        return Refused(WRONG_MODEL, f"{ident} is no customer of the model 代售: coupons are for those")
    return None


@dataclass(frozen=True, slots=True)
class _Room:
    """How much a quota still has for coupons, in value and by its terms in number and in all."""

    balance: Decimal
    coupons: int | None
    value: Decimal | None

    @classmethod
    def of(cls, world: World, quota: Quota) -> "_Room":
        terms = quota.terms
        if "most_coupons" not in terms and "most_value" not in terms:
            return cls(quota.balance, None, None)
        made = select(func.count(), func.sum(issued.c.face_value)).where(issued.c.quota_id == quota.id)
        number, value = world.db.execute(made).one()
        return cls(
            quota.balance,
            terms["most_coupons"] - number if "most_coupons" in terms else None,
            Decimal(terms["most_value"]) - (value or 0) if "most_value" in terms else None,
        )

    def refusal(self, face_value: Decimal, served: int) -> Refused | None:
        """Why there is not another coupon after ``served`` of this call."""
        needed = face_value * (served + 1)
        if needed > self.balance:
            return Refused(TOO_LITTLE, f"the quota has {self.balance}, {needed} are needed")
        if self.coupons is not None and served >= self.coupons:
            return Refused(TOO_MANY, "the quota's most_coupons are issued")
        if self.value is not None and needed > self.value:
            return Refused(TOO_MUCH, "the quota's most_value is issued")
        return None


_SIZES = ("smallest", "largest")
