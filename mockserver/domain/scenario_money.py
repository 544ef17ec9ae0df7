"""What of a scenario's money cannot have happened: movements the wrong way round, more spent than there is."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from mockserver.domain import ledger, populate_money
from mockserver.domain.customers import RESALE
from mockserver.domain.populate_money import HELD
from mockserver.domain.trades import ADJUSTMENTS, TRADES, reason

Found = tuple[tuple[str | int, ...], str]
_HANDED_ON = {TRADES[why].type for why in ADJUSTMENTS}
_GIVEN = TRADES[ledger.ALLOCATE].type
_HAVE_MONEY = ("distributor", "solution_provider", "reseller", "customer")


def mistakes(document: Mapping[str, Any]) -> Iterator[Found]:
    """Where, and what would be right."""
    people = document["principals"]
    rows = document.get("movements", ())
    found = [one for place, row in enumerate(rows) for one in _movement(people, ("movements", place), row)]
    found += _times(document)
    yield from found
    if not found:
        yield from _held(people, rows)
    for place, row in enumerate(document.get("budgets", ())):
        owner = people.get(row["of"], {})
        if not _resold(owner):
            yield ("budgets", place, "of"), f"{row['of']} must be a resale customer among the principals"
    for name, one in people.items():
        if one.get("billed_to_partner") and "balance" in one:
            yield ("principals", name, "balance"), "who is billed to its partner has no account"


def _movement(people: Mapping[str, Any], steps: tuple[str | int, ...], row: Mapping[str, Any]) -> Iterator[Found]:
    owner = people.get(row["of"], {})
    if owner.get("kind") not in _HAVE_MONEY or owner.get("billed_to_partner"):
        yield (*steps, "of"), f"{row['of']} must be a partner or a customer with an account"
        return
    change, type_ = Decimal(row["change"]), row["trade_type"]
    if not change:
        yield (*steps, "change"), "must not be zero"
        return
    if reason(type_, income=change > 0) is None or (type_ in _HANDED_ON and (type_ == _GIVEN) == (change > 0)):
        yield (
            (*steps, "change"),
            f"{type_} is {'an expense' if change > 0 else 'an income'}: the sign must be the other",
        )
    if (type_ in _HANDED_ON) != ("with" in row):
        words = "is missing: to or from whom" if type_ in _HANDED_ON else f"{type_} is with nobody"
        yield (*steps, "with"), f"with {words}"
    elif "with" in row and not _can_be_given(people.get(row["with"], {}), row["of"]):
        yield (*steps, "with"), f"{row['with']} must be a funded customer or a reseller of {row['of']}"
    elif _resold(owner) and (row.get("account") == "credit" or _between(type_, change)):
        yield (*steps, "of"), f"{row['of']} is a resale customer and has no account but its balance"


def _between(type_: str, change: Decimal) -> int | None:
    why = reason(type_, income=change > 0)
    return TRADES[why].between if why else None


def _resold(one: Mapping[str, Any]) -> bool:
    return one.get("kind") == "customer" and "of" in one and one.get("association", RESALE) == RESALE


def _can_be_given(one: Mapping[str, Any], partner: str) -> bool:
    funded = _resold(one) and not one.get("billed_to_partner")
    return one.get("of") == partner and (funded or one.get("kind") == "reseller")


def _times(document: Mapping[str, Any]) -> Iterator[Found]:
    """Nothing moves before the accounts are there, nor after the moment at which the clock stands."""
    first, last = document["history"]["from"], document.get("clock", "9999")
    for list_ in ("movements", "budgets"):
        for place, row in enumerate(document.get(list_, ())):
            if not first <= row["at"] <= last:
                yield (list_, place, "at"), f"{row['at']} lies before the history or after the clock"


def _held(people: Mapping[str, Any], rows: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    for (name, type_), change in populate_money.net(list(populate_money.movements(rows))).items():
        member = HELD[type_]
        held = Decimal(people[name].get(member, 0))
        if change > held:
            yield ("principals", name, member), f"{held} is less than the movements bring ({change})"
