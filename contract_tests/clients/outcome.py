"""What came of a call, as a value that two clients can be compared by."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Answered:
    """The operation answered. ``result``: what the client returns, as plain data; amounts are ``Decimal``."""

    status: int
    result: Any
    request_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Failed:
    """The operation was refused, by the service or by the gateway in front of it."""

    status: int
    error_code: str
    error_msg: str
    request_id: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)


Outcome = Answered | Failed
