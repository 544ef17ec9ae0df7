"""The faults of a sandbox: which calls they strike, how often, and what is to happen to them.

What is done about it is the gateway's business (``gateway/faults.py``).
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

LONGEST_DELAY = 60


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which calls: all of it has to fit. ``caller``: a principal's name or kind. ``nth``: from the n-th one on."""

    operation: str | None = None
    caller: str | None = None
    nth: Annotated[int, Meta(ge=1)] = 1
    probability: Annotated[float, Meta(ge=0, le=1)] = 1.0


class Action(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What happens to them. ``delay_seconds`` goes with any other. An answer of the fault's own (``status``, ``code``,
    ``body``, ``text``) can be cut or broken too, and with ``runs`` the operation runs before it; all others exclude
    each other.
    """

    delay_seconds: Annotated[float, Meta(ge=0, le=LONGEST_DELAY)] = 0.0
    status: Annotated[int, Meta(ge=200, le=599)] | None = None
    code: str | None = None
    body: msgspec.Raw = msgspec.Raw()
    text: str | None = None
    content_type: str | None = None
    drop: Literal["before", "after"] | None = None
    truncate: Annotated[int, Meta(ge=0)] | None = None
    corrupt: bool = False
    runs: bool = False

    @property
    def answers(self) -> bool:
        """Whether the answer is this one's."""
        return bool(self.body) or any(given is not None for given in (self.status, self.code, self.text))


class Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``POST /_mock/sandboxes/{id}/faults``. ``times``: how often it strikes, null for without end."""

    action: Action
    match: Match = Match()
    times: Annotated[int, Meta(ge=1)] | None = 1
    seed: int | None = None


class AllAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The body of ``PUT /_mock/sandboxes/{id}/faults``."""

    faults: list[Asked]


@dataclass(slots=True, eq=False)
class Fault:
    """A fault of a sandbox. ``seen``: how many calls matched, ``struck``: how many were struck."""

    number: int
    asked: Asked
    seed: int
    seen: int = 0
    struck: int = 0
    # Set when the fault is removed: a call that it delays goes on then.
    gone: Event = field(default_factory=Event, repr=False)

    def row(self) -> dict[str, Any]:
        return {
            "number": self.number,
            "match": self.asked.match,
            "action": self.asked.action,
            "times": self.asked.times,
            "seen": self.seen,
            "struck": self.struck,
        }

    @property
    def words(self) -> str:
        """What the journal says of a call that was struck."""
        action = msgspec.json.encode(self.asked.action).decode()
        return f"struck by fault {self.number}: {action}"[:200]

    def meant(self, operation: str, caller: tuple[str, ...]) -> bool:
        match = self.asked.match
        return match.operation in (None, operation) and match.caller in (None, *caller)

    def strikes(self) -> bool:
        """Count a call that matches."""
        match, times = self.asked.match, self.asked.times
        self.seen += 1
        if self.seen < match.nth or (times is not None and self.struck >= times):
            return False
        if random.Random(f"{self.seed}/{self.seen}").random() >= match.probability:
            return False
        self.struck += 1
        return True


class Faults:
    """The faults of one sandbox, in the order in which they were set."""

    def __init__(self) -> None:
        self._kept: list[Fault] = []
        self._last = 0
        self._counting = Lock()

    def __iter__(self) -> Iterator[Fault]:
        return iter(list(self._kept))

    def add(self, asked: Asked, seed: int) -> Fault:
        """``seed``: of its chance, where it was given none of its own."""
        with self._counting:
            return self._added(asked, seed)

    def replace(self, all_asked: Sequence[Asked], seed: int) -> list[Fault]:
        """These, and no others any more."""
        with self._counting:
            self._forget(self._kept)
            return [self._added(asked, seed) for asked in all_asked]

    def remove(self, number: int) -> bool:
        with self._counting:
            found = [fault for fault in self._kept if fault.number == number]
            self._forget(found)
        return bool(found)

    def clear(self) -> None:
        with self._counting:
            self._forget(self._kept)
            self._last = 0

    def _added(self, asked: Asked, seed: int) -> Fault:
        self._last += 1
        fault = Fault(self._last, asked, asked.seed if asked.seed is not None else seed)
        self._kept.append(fault)
        return fault

    def _forget(self, removed: Sequence[Fault]) -> None:
        self._kept = [fault for fault in self._kept if fault not in removed]
        for fault in removed:
            fault.gone.set()

    def strike(self, operation: str, *caller: str) -> Fault | None:
        """The first that strikes a call of ``operation`` by somebody known under the names ``caller``."""
        if not self._kept:
            return None
        with self._counting:
            return next((fault for fault in self._kept if fault.meant(operation, caller) and fault.strikes()), None)
