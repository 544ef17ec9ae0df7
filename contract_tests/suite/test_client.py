"""The client under test, check by check and operation by operation. ``--bss-client`` says which one; docs/check.md."""

import shlex
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from contract_tests.checks.registry import CHECKS, Check
from contract_tests.clients.loading import BadClient, load
from contract_tests.driving import expected, failure
from contract_tests.driving.playing import SEED, USUAL, Played, play
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes import registry
from contract_tests.server import Server
from mockserver.contract.operations import Operation

DEFAULT = "python-sdk"
Playing = Callable[[str, Operation], Played | None]

registry.load()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if {"check", "called"} <= set(metafunc.fixturenames):
        items = [
            pytest.param(
                check, op, id=f"{check.name}-{op.site}-{op.name}", marks=pytest.mark.xdist_group(_group(check, op))
            )
            for op in CONTRACT
            for check in sorted(CHECKS.values(), key=lambda one: one.scene)
        ]
        metafunc.parametrize(("check", "called"), items)


def _group(check: Check, operation: Operation) -> str:
    """What is played once should be played by one worker."""
    return f"{operation.site}/{operation.name}/{check.scene}"


@pytest.fixture(scope="session")
def stage(bss_server: Server, request: pytest.FixtureRequest) -> Iterator[Stage]:
    word = request.config.getoption("bss_client") or DEFAULT
    try:
        adapter = load(word)
    except BadClient as problem:
        raise pytest.fail.Exception(str(problem), pytrace=False) from None
    with Stage(bss_server, adapter) as opened:
        yield opened


@pytest.fixture(scope="session")
def playing(stage: Stage, request: pytest.FixtureRequest) -> Playing:
    """Plays a scene for an operation once; None where it cannot be played with this client."""
    examples = request.config.getoption("bss_examples") or USUAL
    asked = request.config.getoption("hypothesis_seed", None)
    seed = SEED if asked in (None, "random") else int(asked)
    played: dict[tuple[str, str, str], Played | None] = {}

    def play_once(name: str, operation: Operation) -> Played | None:
        key = (name, operation.site, operation.name)
        scene = registry.SCENES[name]
        if key not in played:
            known = expected.of(stage.offer.name)
            fits = scene.applies(stage, operation)
            played[key] = play(stage, scene, operation, examples=examples, seed_=seed, known=known) if fits else None
        return played[key]

    return play_once


def test_client(check: Check, called: Operation, playing: Playing, record_property: Any, request: Any) -> None:
    came = playing(check.scene, called)
    if came is None:
        pytest.skip(f"the scene {check.scene} cannot be played with {called.name} of this client")
    told = came.found.get(check.name)
    if told is not None:
        word = request.config.getoption("bss_client") or DEFAULT
        words = ["pytest", "--pyargs", "contract_tests", "--bss-client", word, "-k", request.node.callspec.id]
        again = shlex.join(words)
        pytest.fail(failure.text(told, again), pytrace=False)
    if check.name in came.known:
        found = came.known[check.name][0]
        name = expected.of(playing_client(request)).name(check, called, found.finding)
        pytest.xfail(f"known deviation {name}: {found.finding.words}")


def playing_client(request: pytest.FixtureRequest) -> str:
    stage: Stage = request.getfixturevalue("stage")
    return stage.offer.name
