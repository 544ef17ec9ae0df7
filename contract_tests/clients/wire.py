"""How a request document stands on the wire: the same bytes from any client.

A document has ``None`` for ``null`` and, in ``query``, ``""`` for a name without a value (see ``strategies.places``).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import msgspec

from mockserver.contract.operations import Operation

_encoder = msgspec.json.Encoder(decimal_format="number")


def text(value: Any) -> str:
    """A value of ``path``, ``query`` or ``headers``."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case Decimal():
            return f"{value:f}"
    return str(value)


def path(operation: Operation, document: Mapping[str, Any]) -> str:
    """The path with its places filled in, percent-encoded."""
    result = operation.path
    for name, value in document.get("path", {}).items():
        result = result.replace(f"{{{name}}}", quote(text(value), safe=""))
    return result


def pairs(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The query, a list as its name repeated."""
    return [
        (name, text(one))
        for name, value in document.get("query", {}).items()
        for one in (value if isinstance(value, list) else [value])
    ]


def query(sent: Sequence[tuple[str, str]]) -> str:
    """The text after the question mark, in the order that is signed."""
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(sent))


def headers(document: Mapping[str, Any]) -> dict[str, str]:
    return {name: text(value) for name, value in document.get("headers", {}).items()}


def body(document: Mapping[str, Any]) -> bytes:
    """The JSON text of the body, amounts with every digit; nothing where the document has none."""
    return _encoder.encode(document["body"]) if "body" in document else b""
