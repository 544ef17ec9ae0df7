"""The journal of a sandbox: every request it got, what was wrong with it and why, and what was answered."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, islice
from typing import Any

import msgspec

KEPT = 10_000
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange. ``at`` is a UTC text; ``reason`` and each of ``notes`` are pointer, rule, message and page.

    Request (what was understood of it, by place) and response (what was sent) are kept as JSON: ten thousand decoded
    bodies would make every call slower.
    """

    number: int
    at: str
    request_id: str
    method: str
    path: str
    query: str
    operation: str | None
    principal: str
    kind: str
    request_json: bytes
    status: int
    response_json: bytes
    error_code: str | None
    reason: Mapping[str, str] | None
    notes: Sequence[Mapping[str, str]]
    fidelity: str | None

    @property
    def request(self) -> Any:
        return _decoder.decode(self.request_json)

    @property
    def response(self) -> Any:
        """None where no body was sent."""
        return _decoder.decode(self.response_json) if self.response_json else None


class Journal:
    """The latest entries, oldest first; older ones are dropped so that a long run does not fill the memory."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._numbers = count(1)

    def next_number(self) -> int:
        """From 1, and never the same twice, however many threads ask."""
        return next(self._numbers)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()
        self._numbers = count(1)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def after(self, number: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries with a number above ``number``."""
        return list(islice((entry for entry in self if entry.number > number), limit))
