"""A client sends what it was asked to send: each member, in its place, with its type and all of its digits.

What the server saw is in the journal, as it was before any rule of the contract was applied.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from contract_tests.checks.comparing import seen
from contract_tests.checks.comparing import shown as as_seen
from contract_tests.checks.differences import Difference, Kind, differences, shown
from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check

SCENE = "sending"
NOT_AUTHENTIC, TOO_MANY, SERVER_ERROR = 401, 429, 500
_AMOUNTS = "Keep amounts in a decimal type and write all of their digits; binary floats lose some."


@check("sends-right/arrives", SCENE)
def arrives(exchange: Exchange) -> Finding | None:
    """A call reaches the server as the operation that was meant, and is not repeated when it was answered."""
    meant = exchange.operation.name
    arrived = [entry["operation"] for entry in exchange.entries]
    # Some pages answer a refusal with 500; whoever repeats reads after a 5xx repeats that too.
    repeated = [entry for entry in exchange.entries[:-1] if not _invites(entry["status"])]
    if set(arrived) == {meant} and not repeated:
        return None
    words = f"one {meant} was asked for, the server saw {', '.join(map(str, arrived)) or 'nothing'}"
    return Finding(words, "Look at the method and the path, and whether the client repeats a call that went well.")


@check("sends-right/is-signed", SCENE, passive=True)
def is_signed(exchange: Exchange) -> Finding | None:
    """Every request is accepted as coming from its principal."""
    for entry in exchange.entries:
        if entry["status"] == NOT_AUTHENTIC:
            reason = entry["reason"]["message"]
            hint = "Sign what is sent: the encoded path and query as they travel, and the very bytes of the body."
            return Finding(f"the gateway refused the signature or the token: {reason}", hint)
    return None


@check("sends-right/nothing-is-lost", SCENE)
def nothing_is_lost(exchange: Exchange) -> Finding | None:
    """Every member that was given arrives."""
    hint = "A member that is optional in the documentation is still the caller's to give."
    return _first(exchange, ("missing", "length"), "was {expected}, the server got {came}", hint)


@check("sends-right/nothing-is-added", SCENE)
def nothing_is_added(exchange: Exchange) -> Finding | None:
    """Nothing arrives that was not given, under any name or in any other place."""
    hint = "A default belongs to the server, and a member goes where the page has it: path, query, header or body."
    return _first(exchange, ("added",), "was not given, the server got {came}", hint)


@check("sends-right/types-are-kept", SCENE)
def types_are_kept(exchange: Exchange) -> Finding | None:
    """A number stays a number, a text a text, true is true and null is null."""
    hint = "Send the JSON type of the documentation, not its text."
    return _first(exchange, ("type", "value"), "was {expected}, the server got {came}", hint)


@check("sends-right/amounts-are-exact", SCENE)
def amounts_are_exact(exchange: Exchange) -> Finding | None:
    """A number reaches the server with every digit it had."""
    return _first(exchange, ("number",), "was {expected}, the server got {came}", _AMOUNTS)


@check("sends-right/texts-are-exact", SCENE)
def texts_are_exact(exchange: Exchange) -> Finding | None:
    """A text arrives character by character, whatever script, quotes, spaces or signs are in it."""
    hint = "Encode as UTF-8, percent-encode everything but A-Z a-z 0-9 - _ . ~ in path and query, and do it once."
    return _first(exchange, ("text",), "was {expected}, the server got {came}", hint)


@check("sends-right/order-is-kept", SCENE)
def order_is_kept(exchange: Exchange) -> Finding | None:
    """The elements of a list arrive in their order."""
    return _first(exchange, ("order",), "was {expected}, the server got {came}", "Do not sort what the caller ordered.")


def _invites(status: int) -> bool:
    """Whether a call that was answered so may be sent again."""
    return status == TOO_MANY or status >= SERVER_ERROR


def _first(exchange: Exchange, kinds: Iterable[Kind], words: str, hint: str) -> Finding | None:
    found = next((one for one in _differences(exchange) if one.kind in kinds), None)
    if found is None:
        return None
    told = words.format(expected=shown(found.expected), came=shown(found.came))
    return Finding(f"{found.pointer or '/'} {told}", hint, found.pointer, found.expected, found.came)


def _differences(exchange: Exchange) -> Iterator[Difference]:
    if exchange.document is None or not exchange.entries:
        return
    meant, came = seen(exchange.operation, exchange.document), as_seen(exchange.entry["request"])
    # The journal does not list a place in which nothing arrived.
    empty: dict[str, Any] = {
        place: {} for place, value in meant.items() if isinstance(value, dict) and place not in came
    }
    yield from differences(meant, {**came, **empty})
