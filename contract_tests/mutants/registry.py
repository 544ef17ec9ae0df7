"""The broken clients by their names."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from pkgutil import iter_modules

from contract_tests.clients.plain import PlainClient
from contract_tests.driving.stage import CONTRACT
from mockserver.contract.operations import Operation


@dataclass(frozen=True, slots=True)
class Mutant:
    """``sentence``: what is broken. ``check``: which one has to find it. ``on``: operations that show it, as
    ``site/name``, to be played in this order.
    """

    name: str
    sentence: str
    check: str
    on: tuple[str, ...]
    make: Callable[[], PlainClient]

    @property
    def operations(self) -> list[Operation]:
        return list(map(_operation, self.on))


def _operation(named: str) -> Operation:
    site, name = named.split("/")
    found = CONTRACT.get(site, name)
    assert found is not None, f"the contract has no {named}"
    return found


MUTANTS: dict[str, Mutant] = {}


def mutant(check: str, *on: str) -> Callable[[type[PlainClient]], type[PlainClient]]:
    """Make a client that is broken on purpose a mutant; its docstring begins with the sentence that says how."""

    def register(class_: type[PlainClient]) -> type[PlainClient]:
        assert class_.__doc__, f"{class_.__name__} says nothing"
        name = re.sub(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z0-9])(?=[A-Z])", "-", class_.__name__).lower()
        assert name not in MUTANTS, f"{name} is there twice"
        MUTANTS[name] = Mutant(name, class_.__doc__.strip().splitlines()[0], check, on, class_)
        return class_

    return register


def load() -> None:
    """Fill ``MUTANTS`` with all that there are."""
    from contract_tests import mutants

    for module in iter_modules(mutants.__path__):
        if module.name != "__main__":
            import_module(f"{mutants.__name__}.{module.name}")
