"""The operations that have a function, found by their documented name.

A new operation is its schema file and a function of the same name under ``@operation``; nothing else knows its name.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from mockserver import operations
from mockserver.operations.call import Body, Call
from mockserver.shipped import schemas

Handler = Callable[[Call], Body]

_handlers: dict[str, Handler] = {}


def operation(function: Handler) -> Handler:
    """Make ``function`` the answer of the operation of its name."""
    _handlers[function.__name__] = function
    return function


@cache
def handlers() -> dict[str, Handler]:
    """Every operation that is there, by name: those in the modules that are named as the contract's areas."""
    areas = {folder.name for folder in schemas().glob("*/*") if folder.is_dir()}
    for module in iter_modules(operations.__path__):
        if module.name in areas:
            import_module(f"{operations.__name__}.{module.name}")
    return _handlers


def fidelity(name: str) -> str:
    """``stateful``: answered from real state; ``generated``: from the response schema alone."""
    return "stateful" if name in handlers() else "generated"
