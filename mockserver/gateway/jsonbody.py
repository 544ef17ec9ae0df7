"""The body of a request, decoded as strictly as the gateway is documented to be.

Numbers with a fraction become ``Decimal`` so that an amount keeps every digit it was sent with.
"""

import json
from decimal import Decimal
from typing import Any

import msgspec

from mockserver.gateway.exchange import Stopped, Wire

DEEPEST = 32
_decoder = msgspec.json.Decoder(float_hook=Decimal)


def decode(wire: Wire) -> Any:
    """The decoded body, None without one. Raises ``Stopped``: not JSON, or said to be something else."""
    if not wire.body:
        return None
    content_type = wire.headers.get("Content-Type", "application/json")
    if content_type.split(";")[0].strip().lower() != "application/json":
        raise Stopped("bad_request", f"Content-Type is {content_type}, application/json is documented")
    try:
        body = _decoder.decode(wire.body)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ArithmeticError) as problem:
        raise Stopped("bad_request", f"the body is not JSON: {problem}") from None
    _check_shape(wire.body, body)
    return body


def _check_shape(content: bytes, body: Any) -> None:
    names = _names(body, DEEPEST)
    # Each name stands before a colon. Only where there are more colons, one can have been lost to another.
    if content.count(b":") > names and (pointer := _twice(content)):
        raise Stopped(
            "bad_request", "is there twice, and readers of JSON disagree on which one counts", pointer=pointer
        )


def _names(value: Any, deeper: int) -> int:
    """How many names a document has."""
    if deeper < 0:
        raise Stopped("bad_request", f"the body is nested more than {DEEPEST} deep; no documented one is")
    names = len(value) if isinstance(value, dict) else 0
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(item, dict | list):
            names += _names(item, deeper - 1)
    return names


class _Ambiguous(dict[str, Any]):
    """An object in which ``name`` was there twice."""

    name: str


def _twice(content: bytes) -> str | None:
    """Where a name is for the second time, as a pointer into the request."""

    def noted(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for name, value in pairs:
            if name in members:
                ambiguous = _Ambiguous(members)
                ambiguous.name = name
                return ambiguous
            members[name] = value
        return members

    return _leading_to(json.loads(content, object_pairs_hook=noted, parse_int=str, parse_float=str), "/body")


def _leading_to(value: Any, pointer: str) -> str | None:
    if isinstance(value, _Ambiguous):
        return f"{pointer}/{_step(value.name)}"
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return next((found for key, item in items if (found := _leading_to(item, f"{pointer}/{_step(key)}"))), None)


def _step(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
