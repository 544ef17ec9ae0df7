"""What one test of the suite has to tell, on its way from the process that ran it to the one that reports."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pytest

PASSED, FOUND, KNOWN, SKIPPED = "passed", "found", "known", "skipped"
_NAME = "bss_mock"
_KEY = pytest.StashKey[dict[str, Any]]()


@dataclass(frozen=True, slots=True)
class Case:
    """One check of one operation. ``words``: the finding in a sentence; ``text``: all that there is to say about it;
    ``deviation``: the name of the known deviation."""

    check: str
    site: str
    operation: str
    outcome: str
    words: str = ""
    text: str = ""
    deviation: str = ""


@dataclass(frozen=True, slots=True)
class Exercised:
    """What a scene made the client do: pointers of the members that were sent, and codes that were answered."""

    exchanges: int
    members: Sequence[str]
    codes: Sequence[str]


def tell(item: pytest.Item, case: Case, exercised: Exercised | None) -> None:
    item.stash[_KEY] = {"case": asdict(case), "exercised": exercised and asdict(exercised)}


def enclose(item: pytest.Item, report: pytest.TestReport) -> None:
    """Plain values: xdist carries them from process to process."""
    if report.when == "call" and _KEY in item.stash:
        vars(report)[_NAME] = item.stash[_KEY]


def told(report: pytest.TestReport) -> tuple[Case, Exercised | None] | None:
    """None for a report of anything else."""
    enclosed = vars(report).get(_NAME)
    if enclosed is None:
        return None
    exercised = enclosed["exercised"]
    return Case(**enclosed["case"]), exercised and Exercised(**exercised)
