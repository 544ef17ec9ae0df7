"""The pytest plugin: fresh worlds of the emulator for any test that asks for one. Page: docs/pytest.md.

It is loaded by every test run of an environment in which bss-mock is installed, so it imports nothing of weight before
a fixture is used.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from contract_tests.server import Server
    from contract_tests.worlds import Emulator, World

DEFAULT_SCENARIO = "demo-cn"
MARK = ("scenario", "seed", "strict", "quotas")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini(
        "bss_scenario", "the scenario that bss_sandbox opens where a test names none", default=DEFAULT_SCENARIO
    )
    parser.getgroup("bss-mock").addoption(
        "--bss-scenario", metavar="NAME|FILE", help="the scenario that bss_sandbox opens; wins over bss_scenario (ini)"
    )
    group = parser.getgroup("bss-mock")
    group.addoption(
        "--bss-client",
        metavar="CLIENT",
        help="the client to check (pytest --pyargs contract_tests): python-sdk, python-sdk-async, requests, "
        "requests-token, my_package:MyAdapter or 'command:node adapter.js'",
    )
    group.addoption(
        "--bss-examples",
        type=int,
        metavar="N",
        help="examples of each operation and scene; without it as many as usual",
    )
    group.addoption(
        "--bss-operations",
        type=_words,
        metavar="NAMES",
        help="check these operations alone: list_sub_customers,cn/list_partner_balances",
    )
    group.addoption("--bss-area", type=_words, metavar="AREAS", help="check the operations of these areas alone")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "bss(scenario=..., seed=..., strict=..., quotas=...): the world that bss_sandbox opens for this test"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """A client that cannot be checked is told before any process is started for it."""
    if session.config.getoption("bss_client") is not None:
        from contract_tests.driving import choosing

        choosing.look(session.config)


@pytest.fixture(scope="session")
def bss_mock() -> "Emulator":
    """The emulator in this process: ``with bss_mock.sandbox() as world`` opens a fresh world."""
    from contract_tests.worlds import Emulator

    return Emulator()


@pytest.fixture
def bss_sandbox(bss_mock: "Emulator", request: pytest.FixtureRequest) -> "Iterator[World]":
    """A fresh world for this test alone, with keys that no other world has."""
    from mockserver.domain.scenarios import BadScenario

    try:
        opened = bss_mock.sandbox(**_asked(request.node))
    except BadScenario as problem:
        raise _failure(str(problem)) from None
    with opened as world:
        yield world


@pytest.fixture
def bss_intercept(bss_sandbox: "World") -> "Iterator[World]":
    """``bss_sandbox``, which answers ``requests`` and ``httpx`` calls to the cloud's host names during the test."""
    from mockserver import intercepting

    with intercepting.answered_here():
        yield bss_sandbox


@pytest.fixture
def bss_sdk(bss_sandbox: "World") -> Callable[[str], Any]:
    """The official SDK's client for a principal of ``bss_sandbox``: ``bss_sdk("solution_provider")``."""
    from contract_tests import sdk

    try:
        sdk.of_site(bss_sandbox.site)
    except sdk.SdkMissing as missing:
        raise _failure(str(missing)) from None
    return lambda principal: getattr(bss_sandbox, principal).sdk


@pytest.fixture(scope="session")
def bss_server() -> "Iterator[Server]":
    """``bss-mock serve`` in a process of its own, for clients that need a real socket."""
    from contract_tests import server

    try:
        started = server.start()
    except server.ServerDied as problem:
        raise _failure(str(problem)) from None
    with started:
        yield started


def _asked(node: pytest.Item) -> dict[str, Any]:
    """What the marks of a test ask for, the nearest first, then the command line, then the ini file."""
    config = node.config
    asked = {"scenario": config.getoption("bss_scenario") or config.getini("bss_scenario")}
    for mark in reversed(list(node.iter_markers("bss"))):
        unknown = [*map(repr, mark.args), *(name for name in mark.kwargs if name not in MARK)]
        if unknown:
            raise _failure(f"the mark bss takes {', '.join(f'{name}=' for name in MARK)}, not {', '.join(unknown)}")
        asked |= mark.kwargs
    return asked


def _failure(words: str) -> BaseException:
    """One line for people; where it was noticed is no news to them."""
    return pytest.fail.Exception(words, pytrace=False)
