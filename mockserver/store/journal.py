"""The journal of a sandbox: every request it got, what was wrong with it and why, and what was answered."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

KEPT = 10_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange. ``at`` is a UTC text; ``reason`` and each of ``notes`` are pointer, rule, message and page.

    ``response`` is the JSON that was sent, as bytes: ten thousand decoded bodies would make every call slower.
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
    request: Mapping[str, Any]
    status: int
    response: bytes
    error_code: str | None
    reason: Mapping[str, str] | None
    notes: Sequence[Mapping[str, str]]
    fidelity: str | None


class Journal:
    """The latest entries, oldest first; older ones are dropped so that a long run does not fill the memory."""

    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self.count = 0

    def next_number(self) -> int:
        self.count += 1
        return self.count

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)

    def clear(self) -> None:
        self._entries.clear()
        self.count = 0

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def after(self, number: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries with a number above ``number``."""
        return list(islice((entry for entry in self if entry.number > number), limit))
