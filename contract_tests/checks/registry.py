"""The checks by their names, and what one has to say when it fails."""

from collections.abc import Callable
from dataclasses import dataclass

from contract_tests.checks.exchange import Exchange


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong: ``words`` a sentence with what was expected and what came, ``hint`` what to do about it.

    ``pointer``: which member it is about, so that a known deviation can be told from a new one.
    """

    words: str
    hint: str = ""
    pointer: str = ""
    expected: object = None
    came: object = None


Judge = Callable[[Exchange], Finding | None]


@dataclass(frozen=True, slots=True)
class Check:
    """A named check. ``scene``: how exchanges for it are made; ``passive``: whether recorded traffic can be judged."""

    name: str
    scene: str
    sentence: str
    judge: Judge
    passive: bool = False

    @property
    def group(self) -> str:
        return self.name.split("/")[0]


CHECKS: dict[str, Check] = {}


def check(name: str, scene: str, *, passive: bool = False) -> Callable[[Judge], Judge]:
    """Make a function the check ``name`` (``group/what-holds``); its docstring begins with the sentence it proves."""

    def register(judge: Judge) -> Judge:
        assert judge.__doc__, f"{name} says nothing"
        CHECKS[name] = Check(name, scene, judge.__doc__.strip().splitlines()[0], judge, passive)
        return judge

    return register
