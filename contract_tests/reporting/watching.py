"""A run of the suite as it goes: a bar where somebody looks, each finding as soon as there is one.

It takes the place of pytest's own reporter, with as many processes as there are.
"""

from collections.abc import Callable
from typing import Any

import pytest
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contract_tests.reporting import cases
from contract_tests.reporting.results import Results

Show = Callable[[str], None]


class Watching:
    """A plugin of pytest; what it sees goes into ``results``."""

    def __init__(self, results: Results, console: Console) -> None:
        self._results = results
        self._console = console
        self._bar = Progress(
            TextColumn("checking {task.fields[who]}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[found]}"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None, who=results.client.name, found="")

    def pytest_sessionstart(self) -> None:
        self._bar.start()

    def pytest_sessionfinish(self) -> None:
        self._bar.stop()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        if session.items:
            self._bar.update(self._task, total=len(session.items))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self._bar.update(self._task, total=len(ids))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._problem(report.longreprtext)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        told = cases.told(report)
        if told is not None:
            self._results.add(*told, report.duration)
            self._bar.advance(self._task)
            if told[0].outcome == cases.FOUND:
                self._found(told[0], report)
        elif report.failed:
            self._problem(report.longreprtext)

    def pytest_internalerror(self, excrepr: Any) -> None:
        self._problem(str(excrepr))

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any, error: Any) -> None:
        if error:
            self._problem(f"a worker of pytest ended: {error}")

    def _found(self, case: cases.Case, report: pytest.TestReport) -> None:
        so_far = len(self._results.found)
        self._bar.update(self._task, found=f"[red]{so_far} found[/red]")
        said = report.capstderr.strip().splitlines()[-5:]
        self._show(case.text + "".join(f"\n  the client's standard error: {line}" for line in said) + "\n")

    def _problem(self, words: str) -> None:
        if words not in self._results.problems:
            self._results.problems.append(words)

    def _show(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
