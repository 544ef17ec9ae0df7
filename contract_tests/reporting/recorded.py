"""Recorded traffic, judged by the passive checks, and what of the documentation it touched."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import CHECKS
from contract_tests.reporting.covering import Coverage, coverage, pointers
from contract_tests.scenes import registry
from mockserver.contract.operations import Contract, Operation
from mockserver.store.sandboxes import Principal

Row = Mapping[str, Any]
# What reached no operation, and so has no page to be judged by. No check of the suite: there the operation is known.
STRAY = "recorded/reaches-an-operation"
STRAY_SENTENCE = "Every request reaches a documented operation, with a key or a token that is known."
# A token may expire; what a client makes of it is another matter.
_NOT_WRONG = ("expired_token",)


@dataclass(frozen=True, slots=True)
class Violation:
    """``where``: the operation, or method and path of what is none. ``times``: how often it was seen."""

    check: str
    sentence: str
    site: str | None
    where: str
    page: str
    words: str
    hint: str
    times: int


@dataclass(frozen=True, slots=True)
class Judged:
    """``covered``: what was called. ``paged``: the lists, and whether more than their first page was asked for."""

    violations: Sequence[Violation]
    covered: Sequence[Coverage]
    paged: Mapping[tuple[str, str], bool]
    never: Mapping[str, Sequence[Operation]]

    def document(self) -> dict[str, Any]:
        """For programs."""
        return {
            "violations": [
                {name: getattr(one, name) for name in ("check", "site", "where", "page", "words", "hint", "times")}
                for one in self.violations
            ],
            "coverage": [self._row(one) for one in self.covered],
            "never_called": [
                {"site": site, "operation": one.name, "page": one.page}
                for site, operations in self.never.items()
                for one in operations
            ],
        }

    def _row(self, one: Coverage) -> dict[str, Any]:
        place = (one.operation.site, one.operation.name)
        about = {"site": place[0], "operation": place[1], "page": one.operation.page}
        return {**about, **one.row(), "later_pages": self.paged.get(place)}


def judged(entries: Sequence[Row]) -> Judged:
    registry.load()
    contract = Contract()
    called: dict[tuple[str, str], list[Row]] = {}
    for entry in entries:
        if entry["operation"] and entry["site"] and contract.get(entry["site"], entry["operation"]):
            called.setdefault((entry["site"], entry["operation"]), []).append(entry)
    operations = {key: op for key in called if (op := contract.get(*key))}
    return Judged(
        list(_counted([*_violations(entries, operations), *_strays(entries)])),
        [_coverage(op, called[key]) for key, op in operations.items()],
        {key: any(_offset(one) for one in called[key]) for key, op in operations.items() if _is_paged(op)},
        {
            site: [op for op in contract if op.site == site and not op.retired and (site, op.name) not in called]
            for site in dict.fromkeys(site for site, _ in called)
        },
    )


def _violations(entries: Sequence[Row], operations: Mapping[tuple[str, str], Operation]) -> Iterator[Violation]:
    for entry in entries:
        operation = operations.get((entry["site"], entry["operation"]))
        if operation is None or not _is_judged(entry):
            continue
        exchange = Exchange(operation, _principal(entry), None, [entry], None)
        for one in CHECKS.values():
            if one.passive and (finding := one.judge(exchange)):
                where = (operation.site, operation.name, operation.page)
                yield Violation(one.name, one.sentence, *where, finding.words, finding.hint, 1)


def _strays(entries: Sequence[Row]) -> Iterator[Violation]:
    for entry in entries:
        if entry["operation"] is None and entry["reason"] and _is_judged(entry):
            where = f"{entry['method']} {entry['path']}"
            hint = "bss-mock operations lists what there is; the keys are those of the command's environment."
            yield Violation(STRAY, STRAY_SENTENCE, entry["site"], where, "", entry["reason"]["message"], hint, 1)


def _is_judged(entry: Row) -> bool:
    """What a fault struck on purpose says nothing about the client."""
    struck = any(note["rule"] == "fault" for note in entry["notes"])
    return not struck and (entry["reason"] or {}).get("rule") not in _NOT_WRONG


def _principal(entry: Row) -> Principal:
    """As far as the journal tells; keys are none of its business."""
    return Principal(entry["principal"], entry["kind"], "", "", "", "", "", "")


def _coverage(operation: Operation, entries: Sequence[Row]) -> Coverage:
    members = {
        pointer
        for entry in entries
        for place, value in entry["request"].items()
        for pointer in pointers(value, f"/{place}")
    }
    return coverage(operation, len(entries), members, {one["error_code"] for one in entries if one["error_code"]})


def _is_paged(operation: Operation) -> bool:
    return any("offset" in operation.place(place).get("properties", {}) for place in ("query", "body"))


def _offset(entry: Row) -> bool:
    """Whether a later page was asked for; a query is text."""
    places = (entry["request"].get(place) for place in ("query", "body"))
    return any(isinstance(place, dict) and str(place.get("offset", 0)) not in ("0", "") for place in places)


def _counted(found: Sequence[Violation]) -> Iterator[Violation]:
    """Each once, in the order in which they were seen first."""
    times: dict[str, int] = {}
    first: dict[str, Violation] = {}
    for one in found:
        key = json.dumps([one.check, one.site, one.where, one.words])
        times[key] = times.get(key, 0) + 1
        first.setdefault(key, one)
    for key, one in first.items():
        yield replace(one, times=times[key])
