"""Plays a scene for an operation and lets every check of it judge: what they find, in its smallest form.

A scene is played once for all of its checks. When one finds something, Hypothesis looks for the smallest case that
this check finds; then the scene is played again for the others, until those that are left find nothing.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import CHECKS, Check, Finding
from contract_tests.driving.stage import Stage
from contract_tests.reporting.covering import pointers
from contract_tests.scenes.registry import Scene
from mockserver.contract.operations import Operation

_PHASES = (Phase.explicit, Phase.generate)


@dataclass(frozen=True, slots=True)
class Told:
    """What a check found, and the exchange that shows it."""

    check: Check
    finding: Finding
    exchange: Exchange


@dataclass(slots=True)
class Played:
    """What came of a scene: by check what it found, and which known deviations were seen on the way."""

    operation: Operation
    scene: str
    found: dict[str, Told] = field(default_factory=dict)
    known: dict[str, list[Told]] = field(default_factory=dict)
    exchanges: int = 0
    members: set[str] = field(default_factory=set)
    codes: set[str] = field(default_factory=set)

    def note(self, exchange: Exchange) -> None:
        """What was exercised, for the report."""
        self.exchanges += 1
        for entry in exchange.entries:
            if entry["error_code"]:
                self.codes.add(entry["error_code"])
            for place, value in (entry["request"] or {}).items():
                self.members |= set(pointers(value, f"/{place}"))


Known = Callable[[Check, Operation, Finding], bool]


class _Found(Exception):
    def __init__(self, told: Told) -> None:
        super().__init__(told.check.name)
        self.told = told


def play(
    stage: Stage,
    scene: Scene,
    operation: Operation,
    *,
    examples: int,
    seed_: int,
    known: Known = lambda *_: False,
    checks: Sequence[Check] | None = None,
    smallest: bool = True,
) -> Played:
    """``known``: whether a finding is one that is expected of this client, so that others are looked for behind it.

    ``checks``: those that judge, all of the scene without it. Without ``smallest`` the first case that shows a finding
    will do.
    """
    played = Played(operation, scene.name)
    left = [one for one in CHECKS.values() if one.scene == scene.name] if checks is None else list(checks)
    if scene.cases is not None:
        _each(stage, scene, operation, left, played, scene.examples(examples), known)
        return played
    while left:
        try:
            _once(stage, scene, operation, left, played, scene.examples(examples), seed_, known, smallest)
            break
        except _Found as found:
            told = found.told
        except Flaky as flaky:
            told = _of(flaky)
        played.found[told.check.name] = told
        left = [one for one in left if one is not told.check]
    return played


def _each(
    stage: Stage,
    scene: Scene,
    operation: Operation,
    checks: Sequence[Check],
    played: Played,
    most: int,
    known: Known,
) -> None:
    """Every case, or as many of the first as there may be examples; none where every check has found something."""
    assert scene.cases is not None
    assert scene.play_case is not None
    for case in scene.cases(stage, operation)[:most]:
        if len(played.found) == len(checks):
            return
        exchange = scene.play_case(stage, operation, case)
        played.note(exchange)
        for one, finding in judged(exchange, checks):
            told = Told(one, finding, exchange)
            if known(one, operation, finding):
                played.known.setdefault(one.name, []).append(told)
            else:
                played.found.setdefault(one.name, told)


def _once(
    stage: Stage,
    scene: Scene,
    operation: Operation,
    checks: Sequence[Check],
    played: Played,
    examples: int,
    seed_: int,
    known: Known,
    smallest: bool,
) -> None:
    """Raises ``_Found`` with the smallest case of the first check that finds something."""
    judging = list(checks)

    @seed(seed_)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=(*_PHASES, Phase.shrink) if smallest else _PHASES,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def example(data: st.DataObject) -> None:
        assert scene.play is not None
        exchange = scene.play(stage, operation, data)
        played.note(exchange)
        for one, finding in judged(exchange, judging):
            if known(one, operation, finding):
                played.known.setdefault(one.name, []).append(Told(one, finding, exchange))
                continue
            # What is made small from here on is what this check finds.
            judging[:] = [one]
            raise _Found(Told(one, finding, exchange))

    example()


def judged(exchange: Exchange, checks: Iterable[Check]) -> list[tuple[Check, Finding]]:
    found = [(one, one.judge(exchange)) for one in checks]
    return [(one, finding) for one, finding in found if finding is not None]


def _of(flaky: BaseException) -> Told:
    """A case that was found and did not show itself again: the client is not the same twice."""
    for one in (*getattr(flaky, "exceptions", ()), flaky.__cause__, flaky.__context__):
        if isinstance(one, _Found):
            return one.told
    raise flaky
