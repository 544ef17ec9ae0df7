"""What a client returns is what the server sent: each member, with its type and all of its digits.

The scene serves answers that the contract allows and the demo world would never give: every optional member there or
missing, null where the page has it, 64-bit numbers, eight decimals, long texts, and members and values that no page
has yet, for the service grows without asking.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from contract_tests.checks.differences import Difference, Kind, differences, shown
from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Crash, Error, Result

SCENE = "answering"


@check("understands-right/success-is-returned", SCENE)
def success_is_returned(exchange: Exchange) -> Finding | None:
    """An answer with the documented status is returned, whatever it holds."""
    match exchange.outcome:
        case Error(message=words):
            return Finding(f"a good answer became an error: {words}", "Judge by the status and by error_code alone.")
        case Crash(words=words):
            hint = "Members may be missing, null or new; read each for itself and keep what is not known."
            return Finding(f"a good answer broke the client: {words}", hint)
    return None


@check("understands-right/nothing-is-lost", SCENE)
def nothing_is_lost(exchange: Exchange) -> Finding | None:
    """Every documented member that the server sent is returned."""
    lost = [one for one in _differences(exchange) if one.kind in ("missing", "length")]
    known = [one for one in lost if not _is_new(one.pointer)]
    return _finding(known, "was {expected}, the client returned {came}", "Have a place for every documented member.")


@check("understands-right/nothing-is-made-up", SCENE)
def nothing_is_made_up(exchange: Exchange) -> Finding | None:
    """What the server left out is not returned as if it had been sent."""
    hint = "A missing amount is not 0 and a missing list not empty; say that nothing was said."
    return _first(exchange, ("added",), "was not sent, the client returned {came}", hint)


@check("understands-right/types-are-kept", SCENE)
def types_are_kept(exchange: Exchange) -> Finding | None:
    """A number is returned as a number, a text as a text, whatever it looks like."""
    hint = "Read each member as the type the page has: an ID of digits is a text, an amount in quotes too."
    return _first(exchange, ("type", "value"), "was {expected}, the client returned {came}", hint)


@check("understands-right/numbers-are-exact", SCENE)
def numbers_are_exact(exchange: Exchange) -> Finding | None:
    """A number is returned with every digit that was sent."""
    hint = "Read amounts as decimals and whole numbers as 64-bit integers; a double has 15 digits."
    return _first(exchange, ("number",), "was {expected}, the client returned {came}", hint)


@check("understands-right/texts-are-exact", SCENE)
def texts_are_exact(exchange: Exchange) -> Finding | None:
    """A text is returned character by character; a value that no page lists is returned like any other."""
    hint = "Read bodies as UTF-8, and let a value that is in no list pass as the text it is."
    return _first(exchange, ("text",), "was {expected}, the client returned {came}", hint)


@check("understands-right/order-is-kept", SCENE)
def order_is_kept(exchange: Exchange) -> Finding | None:
    """The elements of a list are returned in their order."""
    return _first(exchange, ("order",), "was {expected}, the client returned {came}", "Do not sort what was sent.")


# What the scene adds of its own is called so.
NEW = "new_since"


def _is_new(pointer: str) -> bool:
    return any(step.startswith(NEW) for step in pointer.split("/"))


def _first(exchange: Exchange, kinds: Iterable[Kind], words: str, hint: str) -> Finding | None:
    return _finding((one for one in _differences(exchange) if one.kind in kinds), words, hint)


def _finding(found: Iterable[Difference], words: str, hint: str) -> Finding | None:
    one = next(iter(found), None)
    if one is None:
        return None
    told = words.format(expected=shown(one.expected), came=shown(one.came))
    return Finding(f"{one.pointer or '/'} {told}", hint, one.pointer, one.expected, one.came)


def _differences(exchange: Exchange) -> Iterator[Difference]:
    if isinstance(exchange.outcome, Result):
        yield from differences(spoken(exchange.served) or {}, spoken(exchange.outcome.value) or {})


def spoken(value: Any) -> Any:
    """Without members that are null: to say null and to say nothing is the same to most languages."""
    if isinstance(value, dict):
        return {name: spoken(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [spoken(item) for item in value]
    return value
