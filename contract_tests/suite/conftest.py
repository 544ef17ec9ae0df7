"""Every test that asks for ``operation`` runs for each operation of each site that is emulated.

Operations come from the schema files, so a new one is tested as soon as it is there.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from contract_tests.driving.known import known as known_values
from contract_tests.reporting import cases
from contract_tests.server import Server
from contract_tests.suite.conversation import Conversation
from mockserver.contract.operations import SITES, Contract, Operation
from mockserver.operations.registry import fidelity

CONTRACT = Contract()
CLIENT = "test_client.py"
EMULATED = [operation for operation in CONTRACT if fidelity(operation.name) != "none"]


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With a client to check nothing else is run, and without one everything else: the emulator itself is tested."""
    if collection_path.suffix != ".py" or collection_path.parent != Path(__file__).parent:
        return None
    asked = config.getoption("bss_client") is not None
    return True if asked != (collection_path.name == CLIENT) and collection_path.name.startswith("test_") else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    cases.enclose(item, report)
    return report


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> object:
    from contract_tests.driving import sharing

    return sharing.scheduler(config, log)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "operation" in metafunc.fixturenames:
        names = [f"{operation.site}-{operation.name}" for operation in EMULATED]
        metafunc.parametrize("operation", EMULATED, ids=names)


@pytest.fixture(scope="session")
def known(bss_server: Server) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By site and the name of a member: values that mean something in a fresh demo world."""
    found = {}
    for site in SITES:
        with bss_server.sandbox(f"demo-{site}") as world:
            found[site] = known_values(world)
    return found


@pytest.fixture
def callers(conversation: Conversation, operation: Operation) -> Sequence[str]:
    """The principals of the world that may call the operation."""
    found = conversation.callers(operation)
    if not found:
        pytest.skip(f"{operation.name} answers to {', '.join(operation.callers)}, and that is nobody's access key")
    return found


@pytest.fixture
def conversation(bss_server: Server, operation: Operation) -> Iterator[Conversation]:
    """A fresh world of the operation's site."""
    with Conversation(bss_server.sandbox(f"demo-{operation.site}")) as opened:
        yield opened
