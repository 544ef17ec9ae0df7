"""Lists read to their end: whole pages, a last page that is not full, no rows at all, and rows that come and go.

What there is to read is asked by the kit itself, just before and just after. Where a list has to change while it is
read, a fault holds the client's second request back until the change is made.
"""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from contract_tests.checks.exchange import Exchange
from contract_tests.clients.adapter import ALL_PAGES, Outcome, Paging
from contract_tests.clients.plain import paged_in
from contract_tests.driving.kit import acting
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes.calls import good_answer, plain_call
from contract_tests.scenes.changing import CHANGES, Change
from contract_tests.scenes.registry import has_caller, scene_of_cases
from mockserver.contract.operations import Operation

SCENE = "paging"
# Of each area and site so many lists are read, beside those that can be made to change.
EACH = 2
# How long a request is held back at most, and how often is looked whether it has come.
HELD, LOOK = 20.0, 0.02
# So many pages are read one by one; a list of more rows is read in longer ones.
MOST_PAGES = 8
Row = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """``limit`` is what the client is asked for. ``change``: what happens between its first and its second page."""

    name: str
    limit: int
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """What the kit saw: the rows that were there ``before`` and ``after``, and how many ``pages`` they fill."""

    reading: Reading
    before: Counter[Row]
    after: Counter[Row]
    pages: int

    @property
    def stayed(self) -> Counter[Row]:
        """The rows that were there all the time."""
        return self.before & self.after


def paged(stage: Stage, operation: Operation) -> bool:
    return ALL_PAGES in stage.offer.features and operation.file in _chosen(stage)


def readings(stage: Stage, operation: Operation) -> Sequence[Reading]:
    """The limits that tell something, by how many rows there are; lists that change first."""
    number = len(_entries(stage, operation, *plain_call(stage, operation)))
    most = _limit(operation)["maximum"]
    return [
        *(Reading(change.name, change.limit, change) for change in CHANGES if change.fits(operation)),
        *(Reading(name, limit) for name, limit in _limits(number, most).items()),
    ]


@scene_of_cases(SCENE, readings, paged)
def to_the_end(stage: Stage, operation: Operation, reading: Reading) -> Exchange:
    """All pages of one list."""
    document, principal = plain_call(stage, operation)
    place = paged_in(operation)
    asked: Mapping[str, Any] = {}
    if reading.change is not None:
        asked, principal = reading.change.asked, reading.change.principal
    document = {**document, place: {**document.get(place, {}), **asked}}
    wanted = {**document, place: {**document[place], "limit": reading.limit}}
    who, endpoint = stage.principal(operation.site, principal), stage.endpoint(operation.site)
    adapter = stage.adapter
    assert isinstance(adapter, Paging)

    def read() -> Outcome:
        return adapter.all_pages(operation.name, wanted, who, endpoint)

    if reading.name == "no rows":
        nothing = Listed(reading, Counter(), Counter(), 0)
        return stage.exchange(
            operation, wanted, principal, served=_emptied(good_answer(stage, operation)), call=read, listed=nothing
        )
    before = _entries(stage, operation, document, principal)
    rows = Counter(map(row, before))
    pages = -(-len(before) // reading.limit)
    if reading.change is None:
        return stage.exchange(operation, wanted, principal, call=read, listed=Listed(reading, rows, rows, pages))
    with _meanwhile(stage, operation, principal, reading.change, before):
        fault = {"match": {"nth": 2}, "action": {"delay_seconds": HELD}}
        exchange = stage.exchange(operation, wanted, principal, fault=fault, call=read)
    after = Counter(map(row, _entries(stage, operation, document, principal)))
    return replace(exchange, told={"listed": Listed(reading, rows, after, pages)})


def row(entry: Any) -> Row:
    """An entry by its texts: its IDs are among them, and no two clients write a number differently in them."""
    return tuple(sorted((name, value) for name, value in entry.items() if isinstance(value, str)))


def _limits(number: int, most: int) -> dict[str, int]:
    """By name, for a list of so many rows."""
    found = {"no rows": most, "the maximum": most}
    longest = min(most, max(1, number - 1))
    shortest = -(-number // MOST_PAGES) or 1
    several = range(shortest, longest + 1) if number > 1 else ()
    for limit in several:
        found.setdefault("whole pages" if number % limit == 0 else "a last page that is not full", limit)
    if number <= most and number:
        found["one page that is full"] = number
    return found


def _limit(operation: Operation) -> Mapping[str, Any]:
    limit: Mapping[str, Any] = operation.place(paged_in(operation)).get("properties", {}).get("limit", {})
    return limit


def _entries(stage: Stage, operation: Operation, document: Mapping[str, Any], principal: str) -> list[Any]:
    stage.set_faults(operation)
    with acting(stage, operation.site, principal) as kit:
        found = kit.entries(operation, document)
    stage.journal(operation.site)
    return found


def _emptied(answer: Any) -> Any:
    """The answer without rows."""
    return {
        name: [] if isinstance(value, list) else 0 if "count" in name and isinstance(value, int) else value
        for name, value in answer.items()
    }


@contextmanager
def _meanwhile(
    stage: Stage, operation: Operation, principal: str, change: Change, rows: Sequence[Any]
) -> Iterator[None]:
    """Makes the change as soon as the client's second request is held back, and lets it go on then."""
    over = threading.Event()

    def make() -> None:
        while not stage.fault(operation.site)["struck"]:
            if over.wait(LOOK):
                return
        with acting(stage, operation.site, principal) as kit:
            change.make(kit, rows)
        stage.set_faults(operation)

    making = threading.Thread(target=make)
    making.start()
    try:
        yield
    finally:
        over.set()
        making.join()


@lru_cache
def _chosen(stage: Stage) -> frozenset[Path]:
    lists = [operation for operation in CONTRACT if has_caller(stage, operation) and _is_list(operation)]
    seen: Counter[tuple[str, str]] = Counter()
    chosen = {operation.file for operation in lists if any(change.fits(operation) for change in CHANGES)}
    for operation in lists:
        seen[operation.site, operation.area] += 1
        if seen[operation.site, operation.area] <= EACH:
            chosen.add(operation.file)
    return frozenset(chosen)


def _is_list(operation: Operation) -> bool:
    """Whether it has one list of objects, read by ``limit`` and an ``offset`` that counts rows from 0. Of the earlier
    operations some count pages, each from where it likes.
    """
    members = operation.place(paged_in(operation)).get("properties", {})
    lists = [one for one in operation.response.get("properties", {}).values() if "items" in one]
    return (
        operation.area != "legacy"
        and "maximum" in members.get("limit", {})
        and members.get("offset", {}).get("minimum") == 0
        and len(lists) == 1
        and "properties" in lists[0]["items"]
    )
