"""Whether two JSON values are the same to the last digit, and what a journal must say of a request."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from contract_tests.clients import wire
from contract_tests.strategies.judging import understood
from mockserver.contract.operations import Operation

HIDDEN = "***"


def differences(one: Any, other: Any, pointer: str = "") -> list[str]:
    """Where the two differ; numbers are compared as numbers, and ``true`` is none."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for name in dict.fromkeys([*one, *other])
            for found in (
                differences(one[name], other[name], f"{pointer}/{name}")
                if name in one and name in other
                else [f"{pointer}/{name} is only on one side"]
            )
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [
            found
            for place, pair in enumerate(zip(one, other, strict=True))
            for found in differences(*pair, f"{pointer}/{place}")
        ]
    if _kind(one) == _kind(other) and _exact(one) == _exact(other):
        return []
    return [f"{pointer or '/'}: {one!r} is not {other!r}"]


def without_nulls(value: Any) -> Any:
    """As the official SDK has it, which cannot tell ``null`` from a member that is not there."""
    if isinstance(value, dict):
        return {name: without_nulls(item) for name, item in value.items() if item is not None}
    return [without_nulls(item) for item in value] if isinstance(value, list) else value


def seen(operation: Operation, document: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal has to say of the request: everything, and of secrets that there is one.

    The query is shown as it stood on the wire, a repeated name with all of its values (in no order that means anything:
    clients sort them to sign); path and headers are shown as the contract reads them.
    """
    places = {
        "path": document.get("path", {}),
        "query": _gathered(wire.pairs(document)),
        "headers": understood(operation.place("headers"), document.get("headers", {}), "headers"),
        "body": _hidden(operation.place("body"), document.get("body", {})),
    }
    return {place: value for place, value in places.items() if value}


def shown(request: Mapping[str, Any]) -> dict[str, Any]:
    """What the journal says of a request, with the values of a repeated name in our order."""
    query = {
        name: sorted(value) if isinstance(value, list) else value for name, value in request.get("query", {}).items()
    }
    return {place: query if place == "query" else value for place, value in request.items()}


def _gathered(pairs: Sequence[tuple[str, str]]) -> dict[str, str | list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in sorted(pairs):
        values.setdefault(name, []).append(value)
    return {name: found if len(found) > 1 else found[0] for name, found in values.items()}


def _hidden(schema: Mapping[str, Any], value: Any) -> Any:
    if schema.get("writeOnly") and value is not None:
        return HIDDEN
    if isinstance(value, dict):
        members = schema.get("properties", {})
        return {name: _hidden(members.get(name, {}), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_hidden(schema.get("items", {}), item) for item in value]
    return value


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return str(value)
    return "number" if isinstance(value, int | float | Decimal) else type(value).__name__


def _exact(value: Any) -> Any:
    """A number to its last digit; models of the official SDK have some amounts as binary fractions."""
    return Decimal(repr(value)) if isinstance(value, float) else value
