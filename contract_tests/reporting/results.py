"""All that a run of the suite found."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract_tests.checks.registry import CHECKS
from contract_tests.clients.adapter import Offer
from contract_tests.reporting.cases import FOUND, KNOWN, PASSED, SKIPPED, Case, Exercised
from contract_tests.reporting.covering import Coverage, coverage
from mockserver.contract.operations import Operation

FINDINGS = 1
# Of the document for programs; a member can be added without another number.
VERSION = 1
_PLACE = "docs/checks"


@dataclass(slots=True)
class _Seen:
    exchanges: int = 0
    members: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Results:
    """``operations``: those that were to be checked. ``problems``: what kept the suite itself from running."""

    client: Offer
    word: str
    operations: Sequence[Operation]
    examples: int
    seed: int
    cases: list[Case] = field(default_factory=list)
    seconds: dict[tuple[str, str, str], float] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    _seen: dict[tuple[str, str], _Seen] = field(default_factory=dict)

    def add(self, case: Case, exercised: Exercised | None, seconds: float) -> None:
        self.cases.append(case)
        self.seconds[case.check, case.site, case.operation] = seconds
        if exercised is not None:
            seen = self._seen.setdefault((case.site, case.operation), _Seen())
            seen.exchanges += exercised.exchanges
            seen.members |= set(exercised.members)
            seen.codes |= set(exercised.codes)

    @property
    def found(self) -> list[Case]:
        return [case for case in self.cases if case.outcome == FOUND]

    @property
    def status(self) -> int:
        """As the command exits."""
        return FINDINGS if self.found else 0

    @property
    def played(self) -> bool:
        """Whether anything was judged at all."""
        return any(case.outcome != SKIPPED for case in self.cases)

    def deviations(self) -> dict[str, list[Case]]:
        """By the name of the known deviation."""
        found: dict[str, list[Case]] = {}
        for case in self.cases:
            if case.outcome == KNOWN:
                found.setdefault(case.deviation, []).append(case)
        return found

    def checks(self) -> dict[str, Counter[str]]:
        """How often each check came out how, those of a group together."""
        counts: dict[str, Counter[str]] = {}
        for case in self.cases:
            counts.setdefault(case.check, Counter())[case.outcome] += 1
        return dict(sorted(counts.items()))

    def matrix(self) -> dict[tuple[str, str], dict[str, Case]]:
        """By site and operation, then by check."""
        rows: dict[tuple[str, str], dict[str, Case]] = {}
        for case in self.cases:
            rows.setdefault((case.site, case.operation), {})[case.check] = case
        return dict(sorted(rows.items()))

    def covered(self) -> Iterator[Coverage]:
        """Of each operation that was called."""
        for operation in self.operations:
            seen = self._seen.get((operation.site, operation.name))
            if seen is not None and seen.exchanges:
                yield coverage(operation, seen.exchanges, seen.members, seen.codes)

    def document(self) -> Mapping[str, Any]:
        """Everything, for programs. Its shape is in docs/check.md."""
        outcomes = Counter(case.outcome for case in self.cases)
        return {
            "version": VERSION,
            "client": {"name": self.client.name, "version": self.client.version, "given": self.word},
            "examples": self.examples,
            "seed": self.seed,
            "status": self.status,
            "summary": {name: outcomes[name] for name in (PASSED, FOUND, KNOWN, SKIPPED)},
            "checks": {
                name: {"sentence": CHECKS[name].sentence, "page": f"{_PLACE}/{name}.md"} for name in self.checks()
            },
            "cases": [self._case(case) for case in self.cases],
            "coverage": [
                {"site": one.operation.site, "operation": one.operation.name, "page": one.operation.page, **one.row()}
                for one in self.covered()
            ],
        }

    def _case(self, case: Case) -> dict[str, Any]:
        return {
            "check": case.check,
            "site": case.site,
            "operation": case.operation,
            "outcome": case.outcome,
            "seconds": round(self.seconds[case.check, case.site, case.operation], 3),
            "words": case.words or None,
            "text": case.text or None,
            "deviation": case.deviation or None,
        }
