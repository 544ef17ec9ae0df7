"""Scenes by their names: how exchanges are made for the checks to look at."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from hypothesis import strategies as st

from contract_tests.checks.exchange import Exchange
from contract_tests.driving.stage import Stage
from mockserver.contract.operations import Operation

Play = Callable[[Stage, Operation, st.DataObject], Exchange]
PlayCase = Callable[[Stage, Operation, Any], Exchange]
Cases = Callable[[Stage, Operation], Sequence[Any]]
Applies = Callable[[Stage, Operation], bool]


@dataclass(frozen=True, slots=True)
class Scene:
    """One that is drawn has ``play``, one whose cases can be listed has ``cases`` and ``play_case`` instead.

    One that nobody plays has none of them.
    ``share``: how many examples or cases it needs for each example that was asked for.
    """

    name: str
    applies: Applies
    play: Play | None = None
    cases: Cases | None = None
    play_case: PlayCase | None = None
    share: float = 1.0

    @property
    def is_played(self) -> bool:
        return self.play is not None or self.cases is not None

    def examples(self, asked: int) -> int:
        return max(1, round(asked * self.share))


SCENES: dict[str, Scene] = {}


def load() -> None:
    """Fill ``SCENES`` and ``CHECKS`` with all that there are."""
    from contract_tests import checks, scenes

    for package in (scenes, checks):
        for module in iter_modules(package.__path__):
            import_module(f"{package.__name__}.{module.name}")


def has_caller(stage: Stage, operation: Operation) -> bool:
    """Whether the client has the operation and somebody in the world may call it."""
    return stage.offer.has(operation) and bool(stage.callers(operation))


def scene(name: str, applies: Applies = has_caller, *, share: float = 1.0) -> Callable[[Play], Play]:
    """Make a function the scene ``name``, drawn by Hypothesis; ``applies``: for which operations it can be played."""

    def register(play: Play) -> Play:
        SCENES[name] = Scene(name, applies, play=play, share=share)
        return play

    return register


def scene_of_cases(
    name: str, cases: Cases, applies: Applies = has_caller, *, share: float = 1.0
) -> Callable[[PlayCase], PlayCase]:
    """The same for a scene that is played once for each of its ``cases``, the telling ones first."""

    def register(play: PlayCase) -> PlayCase:
        SCENES[name] = Scene(name, applies, cases=cases, play_case=play, share=share)
        return play

    return register
