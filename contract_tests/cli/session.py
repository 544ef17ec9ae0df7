"""One run of the suite in this process and its workers, by pytest, whatever the folder it is started in has set up."""

import gc
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import click
import pytest
from rich.console import Console

from contract_tests import suite
from contract_tests.clients.adapter import offer_of
from contract_tests.clients.loading import BadClient, load
from contract_tests.driving.choosing import LOOKED_AT, BadChoice, close, pick
from contract_tests.reporting import summary
from contract_tests.reporting.results import Results
from contract_tests.reporting.watching import Watching
from contract_tests.scenes import registry
from mockserver.contract.operations import Contract

WORKERS = 2
_FOLDER = Path(suite.__file__).parent
_TEST = f"{_FOLDER / 'test_client.py'}::test_client"
# No other plugins, and no settings of whoever's folder this is: the same run everywhere.
_ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "", "PYTEST_PLUGINS": ""}
_PLUGINS = ("contract_tests.plugin", "_hypothesis_pytestplugin")
# Of pytest's own: what nobody would see, and what takes time before and after each of thousands of cases.
_UNUSED = (
    "cacheprovider",
    "terminal",
    "logging",
    "warnings",
    "unraisableexception",
    "threadexception",
    "tmpdir",
    "legacypath",
)
_OPTIONS = (
    "-c",
    os.devnull,
    "--rootdir",
    str(_FOLDER),
    "--import-mode",
    "importlib",
    *(word for name in _UNUSED for word in ("-p", f"no:{name}")),
)


def run(
    client: str, operations: Sequence[str], areas: Sequence[str], case: str | None, examples: int, seed: int
) -> Results:
    """Raises ``click.UsageError`` where nothing can be checked."""
    registry.load()
    results = _begun(client, operations, areas, examples, seed)
    # The server turned it off for a quick start; this process stays for minutes.
    gc.enable()
    console = _console()
    watching = Watching(results, console)
    arguments = [f"{_TEST}[{case}]" if case else _TEST, "--bss-client", client, "--bss-examples", str(examples)]
    arguments += ["--hypothesis-seed", str(seed), *_OPTIONS]
    for option, words in (("--bss-operations", operations), ("--bss-area", areas)):
        arguments += [option, ",".join(words)] if words else []
    plugins = list(_PLUGINS)
    if find_spec("xdist") and not case:
        plugins.append("xdist")
        arguments += ["-n", str(WORKERS)]
    for name in plugins:
        arguments += ["-p", name]
    with _alone():
        status = pytest.main(arguments, plugins=[watching, SimpleNamespace(__name__=LOOKED_AT)])
    if status == pytest.ExitCode.INTERRUPTED and not results.problems:
        raise click.Abort
    _usable(results, case)
    for line in summary.lines(results):
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    return results


def _begun(client: str, operations: Sequence[str], areas: Sequence[str], examples: int, seed: int) -> Results:
    try:
        adapter = load(client)
        offer = offer_of(adapter)
        close(adapter)
        found = pick(Contract(), offer, operations, areas)
    except (BadClient, BadChoice) as problem:
        raise click.UsageError(str(problem)) from None
    return Results(offer, client, found, examples, seed)


def _usable(results: Results, case: str | None) -> None:
    if results.problems:
        raise click.ClickException(f"the suite could not be run: {results.problems[0]}")
    if not results.cases:
        raise click.UsageError(f"--case {case}: there is none of this name" if case else "there is nothing to check")
    if not results.played:
        raise click.UsageError("nothing of this can be played: no account of the demo worlds may call it, or so")


def _console() -> Console:
    """On an own descriptor: pytest takes standard output for what tests print."""
    return Console(file=os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8"))


@contextmanager
def _alone() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in _ALONE}
    os.environ.update(_ALONE)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
