"""The body of a request, decoded as strictly as the gateway is documented to be.

Numbers with a fraction become ``Decimal`` so that an amount keeps every digit it was sent with.
"""

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
    if _deeper_than(DEEPEST, body):
        raise Stopped("bad_request", f"the body is nested more than {DEEPEST} deep; no documented one is")
    return body


def _deeper_than(limit: int, value: Any) -> bool:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return limit < 0 or any(_deeper_than(limit - 1, item) for item in below if isinstance(item, dict | list))
