"""The journal of a sandbox: every request it got, what was wrong with it and why, and what was answered.

``History`` is the server's own, for what no sandbox's journal tells.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count, islice
from typing import Any

import msgspec

KEPT = 10_000
_decoder = msgspec.json.Decoder(float_hook=Decimal)


@dataclass(frozen=True, slots=True)
class Entry:
    """One exchange. ``at`` is a UTC text, ``signed_at`` the request's own date; ``reason`` and each of ``notes`` are
    pointer, rule, message and page.

    Request (what was understood of it, by place) and response (what was sent) are kept as JSON: ten thousand decoded
    bodies would make every call slower.
    """

    number: int
    at: str
    signed_at: str | None
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
    """The latest entries, oldest first; older ones are dropped so that a long run does not fill the memory.

    ``also`` is given each entry too.
    """

    def __init__(self, also: Callable[[Entry], None] | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._numbers = count(1)
        self._also = also

    def next_number(self) -> int:
        """From 1, and never the same twice, however many threads ask."""
        return next(self._numbers)

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        if self._also is not None:
            self._also(entry)

    def clear(self) -> None:
        self._entries.clear()
        self._numbers = count(1)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def after(self, number: int, limit: int) -> list[Entry]:
        """At most ``limit`` entries with a number above ``number``."""
        return list(islice((entry for entry in self if entry.number > number), limit))


@dataclass(frozen=True, slots=True)
class Passed:
    """One request to a server, and the sandbox that it was for, if any."""

    sandbox: str | None
    site: str | None
    entry: Entry


class History:
    """The latest requests to a server, oldest first.

    Those that reached no sandbox (an unknown key, a path that is none) are in no journal. ``whole``: all others too, so
    that they are not lost when their sandbox is reset or deleted.
    """

    def __init__(self, *, whole: bool = False) -> None:
        self.whole = whole
        self.total = 0
        self._passed: deque[Passed] = deque(maxlen=KEPT)

    def add(self, sandbox: str | None, site: str | None, entry: Entry) -> None:
        self.total += 1
        self._passed.append(Passed(sandbox, site, entry))

    def __iter__(self) -> Iterator[Passed]:
        return iter(list(self._passed))
