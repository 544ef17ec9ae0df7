"""What a request names, where an answer that is made up has to agree with it: values, a page of a list, a time."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from mockserver.contract.operations import Operation
from mockserver.domain import clock

_PAGE_SIZE = 10
_SIZES, _PAGE_NUMBERS, _OFFSET, _MARKER = ("limit", "page_size"), ("page_no", "page_index"), "offset", "marker"
_NOT_THE_CONTENT = {*_SIZES, *_PAGE_NUMBERS, _OFFSET, _MARKER, "x-language"}
_MOMENT = re.compile(r"((?:1[1-9]|[2-8]\d)\d\d-\d\d)(-\d\d)?(T\d\d:\d\d:\d\dZ)?", re.ASCII)
_FROM, _TO = re.compile(r"(.*_)?(begin|start|min)(_.*)?"), re.compile(r"(.*_)?(end|max)(_.*)?")
_OTHER_TIMES = re.compile(r"expire.*")


@cache
def snake(name: str) -> str:
    """``resourceId`` and ``resource_id`` are one name."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


@cache
def singular(name: str) -> str:
    """What one entry of a list ``order_ids`` is called."""
    return snake(name).removesuffix("s")


@dataclass(frozen=True, slots=True)
class Page:
    """Which entries of a list were asked for: from the ``start``-th on, at most ``size``."""

    start: int = 0
    size: int | None = None

    def of(self, total: int) -> range:
        return range(total)[self.start :][: self.size]


@dataclass(frozen=True, slots=True)
class Asked:
    """``values``: by name, those of a list in its order. ``lists``: which of the names stood in a list.

    ``content`` is equal for requests that differ in nothing but page and language. ``window``: when it should be.
    """

    values: Mapping[str, Sequence[Any]]
    lists: frozenset[str]
    page: Page | None
    window: tuple[datetime, datetime] | None
    content: str

    def value(self, name: str, place: int) -> Any:
        """What was asked for under this name; ``place`` says which, where there were several."""
        values = self.values.get(snake(name))
        return values[place % len(values)] if values else None


def asked(operation: Operation, arguments: Mapping[str, Any]) -> Asked:
    values: dict[str, list[Any]] = defaultdict(list)
    lists = set()
    for name, value, listed in _flat("", arguments, listed=False):
        values[name].append(value)
        if listed:
            lists.add(name)
    content = {name: value for name, value in arguments.items() if snake(name) not in _NOT_THE_CONTENT}
    return Asked(
        values,
        frozenset(lists),
        _page(operation, arguments),
        _window(values),
        json.dumps(content, default=str, sort_keys=True),
    )


def _flat(name: str, value: Any, *, listed: bool) -> Iterator[tuple[str, Any, bool]]:
    if isinstance(value, dict):
        for member, item in value.items():
            yield from _flat(snake(member), item, listed=listed)
    elif isinstance(value, list):
        for item in value:
            yield from _flat(singular(name), item, listed=True)
    elif value not in (None, ""):
        yield name, value, listed


def _page(operation: Operation, arguments: Mapping[str, Any]) -> Page | None:
    sent = {snake(name): value for name, value in arguments.items()}
    sizes = [sent[name] for name in _SIZES if sent.get(name) is not None]
    numbers = [sent[name] for name in _PAGE_NUMBERS if sent.get(name) is not None]
    offset, marker = sent.get(_OFFSET), sent.get(_MARKER)
    if offset is not None and _counts_pages(operation):
        numbers.append(offset)
    if numbers:
        size = sizes[0] if sizes else _PAGE_SIZE
        return Page(max(0, numbers[0] - 1) * size, size)
    if marker is not None and re.fullmatch(r"[0-9]{1,9}", marker):
        offset = int(marker)
    if offset is None and not sizes:
        return None
    return Page(max(0, offset or 0), sizes[0] if sizes else None)


def _counts_pages(operation: Operation) -> bool:
    """On some pages ``offset`` is the number of a page; the contract has no other word for that than in words."""
    members = (operation.place(place).get("properties", {}).get(_OFFSET, {}) for place in ("query", "body"))
    return any(member.get("description", "").startswith("Page number") for member in members)


def _window(values: Mapping[str, Sequence[Any]]) -> tuple[datetime, datetime] | None:
    """The time that filters leave: what is answered lies in it, as far as a request says one."""
    earliest, latest = [], []
    for name, found in values.items():
        if _OTHER_TIMES.fullmatch(name):
            continue
        for text in found:
            known = _span(text) if isinstance(text, str) else None
            if known is not None and not _TO.fullmatch(name):
                earliest.append(known[0])
            if known is not None and not _FROM.fullmatch(name):
                latest.append(known[1])
    if not earliest and not latest:
        return None
    start = max(earliest) if earliest else min(latest) - timedelta(days=30)
    end = min(latest) if latest else start + timedelta(days=30)
    return start, max(start, end)


def _span(text: str) -> tuple[datetime, datetime] | None:
    """A month, a day or a moment that is written so. Days are of UTC+8, so the middle of one is safe in both."""
    found = _MOMENT.fullmatch(text)
    if found is None:
        return None
    month, day, time = found.groups()
    with suppress(ValueError):
        first = clock.moment(f"{month}{day or '-02'}{time or 'T02:00:00Z'}")
        length = timedelta() if time else timedelta(hours=12) if day else timedelta(days=25)
        return first, first + length
    return None
