"""The client under test, check by check and operation by operation. ``--bss-client`` says which one; docs/check.md."""

from collections.abc import Iterator

import pytest

from contract_tests.checks.registry import CHECKS, Check
from contract_tests.driving import again, expected, failure
from contract_tests.driving.choosing import chosen
from contract_tests.driving.playing import Played, play
from contract_tests.driving.stage import Stage
from contract_tests.reporting.cases import FOUND, KNOWN, PASSED, SKIPPED, Case, Exercised, tell
from contract_tests.scenes import registry
from contract_tests.server import Server
from mockserver.contract.operations import Operation

registry.load()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Only what the client offers: there are thousands of cases."""
    if {"check", "called"} <= set(metafunc.fixturenames):
        played = sorted(
            (one for one in CHECKS.values() if registry.SCENES[one.scene].is_played), key=lambda one: one.scene
        )
        items = [
            pytest.param(check, op, id=f"{check.name}-{op.site}-{op.name}")
            for op in chosen(metafunc.config).operations
            for check in played
        ]
        metafunc.parametrize(("check", "called"), items)


@pytest.fixture(scope="session")
def stage(bss_server: Server, request: pytest.FixtureRequest) -> Iterator[Stage]:
    with Stage(bss_server, chosen(request.config).adapter) as opened:
        yield opened


class Playing:
    """Plays a scene for an operation once; None where it cannot be played with this client."""

    def __init__(self, stage: Stage, examples: int, seed: int) -> None:
        self.stage = stage
        self._examples, self._seed = examples, seed
        self._played: dict[tuple[str, str, str], Played | None] = {}

    def __call__(self, name: str, operation: Operation) -> tuple[Played | None, Exercised | None]:
        """The second is what was exercised, told the first time only."""
        key = (name, operation.site, operation.name)
        if key in self._played:
            return self._played[key], None
        scene, stage = registry.SCENES[name], self.stage
        known = expected.of(stage.offer.name)
        fits = scene.applies(stage, operation)
        came = play(stage, scene, operation, examples=self._examples, seed_=self._seed, known=known) if fits else None
        self._played[key] = came
        return came, Exercised(came.exchanges, sorted(came.members), sorted(came.codes)) if came else None


@pytest.fixture(scope="session")
def playing(stage: Stage, request: pytest.FixtureRequest) -> Playing:
    about = chosen(request.config)
    return Playing(stage, about.examples, about.seed)


def test_client(check: Check, called: Operation, playing: Playing, request: pytest.FixtureRequest) -> None:
    came, exercised = playing(check.scene, called)

    def told(outcome: str, words: str = "", text: str = "", deviation: str = "") -> None:
        tell(request.node, Case(check.name, called.site, called.name, outcome, words, text, deviation), exercised)

    if came is None:
        told(SKIPPED)
        pytest.skip(f"the scene {check.scene} cannot be played with {called.name} of this client")
    if check.name in came.found:
        found = came.found[check.name]
        text = failure.text(found, again.line(request.config, request.node.callspec.id))
        told(FOUND, found.finding.words, text)
        pytest.fail(text, pytrace=False)
    if check.name in came.known:
        finding = came.known[check.name][0].finding
        name = expected.of(playing.stage.offer.name).name(check, called, finding)
        told(KNOWN, finding.words, deviation=name or "")
        # A traceback of ours would be formatted hundreds of times, for nobody.
        raise pytest.xfail.Exception(f"known deviation {name}: {finding.words}", pytrace=False)
    told(PASSED)
