"""Whoever asks for all pages gets every row once, whatever its number, and whatever happens meanwhile."""

from collections import Counter

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Crash, Error, Result
from contract_tests.scenes.paging import SCENE, Listed, Row, row

# A list that changes is read anew, but not for ever.
READINGS = 6


@check("paging/is-read", SCENE)
def is_read(exchange: Exchange) -> Finding | None:
    """A list is read to its end without an error."""
    match exchange.outcome:
        case Error(message=words) | Crash(words=words):
            name = _listed(exchange).reading.name
            hint = "An empty list is a result, and so is a last page without rows."
            return Finding(f"reading all pages ({name}) failed: {words}", hint, f"/{name}")
    return None


@check("paging/none-is-missing", SCENE)
def none_is_missing(exchange: Exchange) -> Finding | None:
    """Every row that was there all the time is among the result."""
    missing = _listed(exchange).stayed.keys() - _rows(exchange).keys()
    if not isinstance(exchange.outcome, Result) or not missing:
        return None
    hint = "offset counts rows, not pages; go on until a page is not full. When a row goes, those behind it move up: "
    return _finding(exchange, len(missing), "missing", f"{hint}where count has changed, read again from the beginning.")


@check("paging/none-comes-twice", SCENE)
def none_comes_twice(exchange: Exchange) -> Finding | None:
    """No row is in the result more often than it is in the list."""
    listed = _listed(exchange)
    twice = _rows(exchange) - (listed.before | listed.after)
    if not isinstance(exchange.outcome, Result) or not twice:
        return None
    hint = "The next offset is the last one and the limit; what came before is not asked for again."
    return _finding(exchange, sum(twice.values()), "there twice, or of no list", hint)


@check("paging/ends", SCENE)
def ends(exchange: Exchange) -> Finding | None:
    """To read a list takes as many requests as it has pages, and one to see the end."""
    listed = _listed(exchange)
    most = (listed.pages + 1) * (READINGS if listed.reading.change else 1)
    sent = sum(entry["operation"] == exchange.operation.name for entry in exchange.entries)
    if sent <= most:
        return None
    hint = "Use the limit that was asked for, and stop at the first page that is not full."
    return Finding(f"{sent} requests for {listed.pages} pages", hint)


def _finding(exchange: Exchange, number: int, what: str, hint: str) -> Finding:
    listed = _listed(exchange)
    reading = listed.reading
    words = f"{number} of {sum(listed.before.values())} rows are {what} (limit {reading.limit}: {reading.name})"
    return Finding(words, hint, f"/{reading.name}")


def _rows(exchange: Exchange) -> Counter[Row]:
    outcome = exchange.outcome
    return Counter(map(row, outcome.value)) if isinstance(outcome, Result) else Counter()


def _listed(exchange: Exchange) -> Listed:
    listed: Listed = exchange.told["listed"]
    return listed
