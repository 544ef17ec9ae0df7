"""What is wrong with the coupons, cards and discounts of a scenario file: whose they must be, and that they add up."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from mockserver.domain.scenario_checks import PARTNERS, Mistake, Steps, one_of

MEMBERS = ("coupon_quotas", "coupons", "stored_value_cards", "partner_discounts", "agreements")
_CUSTOMERS = ("customer", "enterprise_master", "enterprise_member")
_ANYBODY = (*PARTNERS, *_CUSTOMERS)
# Who may have what, by member of the file and of its entries.
_WHO: Mapping[tuple[str, str], Sequence[str]] = {
    ("coupon_quotas", "of"): PARTNERS,
    ("coupons", "to"): _ANYBODY,
    ("stored_value_cards", "of"): _CUSTOMERS,
    ("partner_discounts", "of"): PARTNERS,
    ("partner_discounts", "to"): _CUSTOMERS,
    ("agreements", "of"): _ANYBODY,
}


def first(document: Mapping[str, Any]) -> Mistake | None:
    """The mistake to mend first, None where there is none; the file's form is right already."""
    return next(_mistakes(document), None)


def _mistakes(document: Mapping[str, Any]) -> Iterator[Mistake]:
    people = document["principals"]
    for (name, member), kinds in _WHO.items():
        for key, one in _entries(document, name):
            if member in one and people.get(one[member], {}).get("kind") not in kinds:
                yield Mistake((name, key, member), one_of(people, one[member], kinds))
    quotas: Mapping[str, Any] = document.get("coupon_quotas", {})
    for name, quota in quotas.items():
        yield from _quota(people, quotas, name, quota)
    for place, coupon in enumerate(document.get("coupons", ())):
        yield from _coupon(document, place, coupon)
    yield from _sums(document, quotas)
    for place, card in enumerate(document.get("stored_value_cards", ())):
        if Decimal(card.get("balance", 0)) > Decimal(card["amount"]):
            yield Mistake(("stored_value_cards", place, "balance"), "is more than the amount")


def _entries(document: Mapping[str, Any], name: str) -> list[tuple[Any, Mapping[str, Any]]]:
    found = document.get(name, ())
    return list(found.items()) if isinstance(found, dict) else list(enumerate(found))


def _quota(
    people: Mapping[str, Any], quotas: Mapping[str, Any], name: str, quota: Mapping[str, Any]
) -> Iterator[Mistake]:
    steps: Steps = ("coupon_quotas", name)
    if "from" in quota:
        parent = quotas.get(quota["from"])
        if parent is None or parent["of"] != people[quota["of"]].get("of"):
            yield Mistake((*steps, "from"), f"{quota['from']} is no quota of the distributor that {quota['of']} is of")
        elif list(quotas).index(quota["from"]) > list(quotas).index(name):
            yield Mistake((*steps, "from"), f"{quota['from']} must stand further up in the file")
    for ident in quota.get("customers", ()):
        if people.get(ident, {}).get("kind") not in _CUSTOMERS:
            yield Mistake((*steps, "customers"), one_of(people, ident, _CUSTOMERS))


def _coupon(document: Mapping[str, Any], place: int, coupon: Mapping[str, Any]) -> Iterator[Mistake]:
    steps: Steps = ("coupons", place)
    quotas = document.get("coupon_quotas", {})
    if "quota" not in coupon and "to" not in coupon:
        yield Mistake(steps, "to is missing: who has a coupon without a quota")
    elif "quota" in coupon and coupon["quota"] not in quotas:
        words = f"{coupon['quota']} is none of the coupon_quotas {', '.join(quotas) or '(there are none)'}"
        yield Mistake((*steps, "quota"), words)
    elif "to" not in coupon:
        there = _resale_customers(document, quotas[coupon["quota"]]["of"])
        if coupon.get("count", 1) > there:
            yield Mistake(
                (*steps, "count"), f"{coupon.get('count', 1)} is more than there are resale customers ({there})"
            )
    if "quota" in coupon and "type" in coupon:
        yield Mistake((*steps, "type"), "a coupon from a quota is of the quota's type")
    if Decimal(coupon.get("used", 0)) > Decimal(coupon["amount"]):
        yield Mistake((*steps, "used"), "is more than the amount")
    if "used" in coupon and "order" not in coupon:
        yield Mistake(steps, "order is missing: what was paid with it")
    if coupon.get("reclaimed") and "quota" not in coupon:
        yield Mistake((*steps, "reclaimed"), "only a coupon from a quota can be taken back")


def _sums(document: Mapping[str, Any], quotas: Mapping[str, Any]) -> Iterator[Mistake]:
    """No quota gives more than it has."""
    gone: dict[str, Decimal] = defaultdict(Decimal)
    for quota in quotas.values():
        gone[quota.get("from", "")] += Decimal(quota["amount"])
    for coupon in document.get("coupons", ()):
        gone[coupon.get("quota", "")] += Decimal(coupon["amount"]) * coupon.get("count", 1)
    for name, quota in quotas.items():
        if gone[name] > Decimal(quota["amount"]):
            words = f"{quota['amount']} is less than what comes out of it ({gone[name]})"
            yield Mistake(("coupon_quotas", name, "amount"), words)


def _resale_customers(document: Mapping[str, Any], partner: str) -> int:
    there: Counter[str] = Counter()
    for group in document.get("customers", ()):
        there[group["of"]] += group["count"] - group.get("referral", 0)
    for one in document["principals"].values():
        if one.get("kind") == "customer" and one.get("association", "resale") == "resale":
            there[one.get("of", "")] += 1
    return there[partner]
