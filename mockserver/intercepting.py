"""``mockserver.intercept()``: while it lasts, this process answers for the cloud's host names. Page: docs/intercept.md.

The method by which a client library sends is replaced, once for the whole process; what goes to other hosts is handed
to the method that was there before. Whose world a request belongs to its access key says, so any number of worlds may
be open, nested or in several threads.
"""

import inspect
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial, wraps
from importlib import import_module
from importlib.util import find_spec
from threading import Lock
from types import TracebackType
from typing import Any, TypeVar, overload

from mockserver.contract.operations import SITES
from mockserver.domain.scenarios import BadScenario
from mockserver.opened import World, emulator

Result = TypeVar("Result")
LIBRARIES = ("requests", "httpx")
# The argument by which a decorated function gets the world.
ARGUMENT = "bss"


@overload
def intercept(scenario: Callable[..., Result], /) -> Callable[..., Result]: ...


@overload
def intercept(
    scenario: str | None = None, *, site: str | None = None, seed: int | None = None, strict: bool = False
) -> "Interception": ...


def intercept(
    scenario: str | Callable[..., Any] | None = None,
    *,
    site: str | None = None,
    seed: int | None = None,
    strict: bool = False,
) -> "Interception | Callable[..., Any]":
    """Have ``requests`` and ``httpx`` calls to the cloud answered by a fresh world: ``with intercept() as bss:``.

    ``scenario`` is a shipped one's name or a file; without it the demo world of ``site`` (``cn`` or ``intl``). A
    function that is decorated gets the world as its argument ``bss``. Entering raises ``BadScenario``.
    """
    if callable(scenario):
        return Interception(partial(_world, None, None, None, False))(scenario)
    return Interception(partial(_world, scenario, site, seed, strict))


class Interception(AbstractContextManager[World]):
    """What ``intercept`` returns; each use of it opens a world of its own."""

    def __init__(self, opening: Callable[[], AbstractContextManager[World]]) -> None:
        self._opening = opening
        self._opened: AbstractContextManager[World] | None = None

    def __enter__(self) -> World:
        if self._opened is not None:
            raise RuntimeError("this interception is in use: call intercept() again for another one")
        opened = self._opening()
        world = opened.__enter__()
        self._opened = opened
        return world

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._opened is not None
        opened, self._opened = self._opened, None
        opened.__exit__(kind, error, traceback)

    def __call__(self, function: Callable[..., Result]) -> Callable[..., Result]:
        """Intercept for the length of every call of ``function``."""
        if isinstance(function, type) or inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
            raise TypeError(f"intercept() decorates functions and methods; in {function.__qualname__} use 'with'")
        signature = inspect.signature(function)
        names = [ARGUMENT] if ARGUMENT in signature.parameters else []
        decorated = self._around_async(function, names) if inspect.iscoroutinefunction(function) else None
        decorated = decorated or self._around(function, names)
        # Whoever reads the signature, as pytest does for fixtures, must not look for what is given here.
        left = [one for name, one in signature.parameters.items() if name not in names]
        decorated.__signature__ = signature.replace(parameters=left)  # type: ignore[attr-defined]
        return decorated

    def _around(self, function: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
        @wraps(function)
        def decorated(*args: Any, **kwargs: Any) -> Any:
            with self._opening() as world:
                return function(*args, **kwargs, **dict.fromkeys(names, world))

        return decorated

    def _around_async(self, function: Callable[..., Any], names: list[str]) -> Callable[..., Any]:
        @wraps(function)
        async def decorated(*args: Any, **kwargs: Any) -> Any:
            with self._opening() as world:
                return await function(*args, **kwargs, **dict.fromkeys(names, world))

        return decorated


@contextmanager
def _world(scenario: str | None, site: str | None, seed: int | None, strict: bool) -> Iterator[World]:
    if site not in (None, *SITES):
        raise BadScenario(f"site {site!r}: {' or '.join(SITES)} is expected")
    with answered_here(), World(scenario or f"demo-{site or SITES[0]}", seed, strict) as world:
        if site not in (None, world.site):
            raise BadScenario(f"{scenario} is a world of the site {world.site}, not {site}")
        yield world


_lock = Lock()
_users = 0
_restores: list[Callable[[], None]] = []


@contextmanager
def answered_here() -> Iterator[None]:
    """The cloud's host names are answered by this process's emulator."""
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _users
    with _lock:
        if not _users:
            _restores.extend(_replace(*method) for library in LIBRARIES for method in _methods(library))
        _users += 1


def _leave() -> None:
    global _users
    with _lock:
        _users -= 1
        while not _users and _restores:
            _restores.pop()()


def _methods(library: str) -> tuple[Any, ...]:
    """What there is to replace of a library; nothing where it is not installed."""
    if find_spec(library) is None:
        return ()
    methods: tuple[Any, ...] = import_module(f"mockserver.inprocess.over_{library}").METHODS
    return methods


def _replace(class_: type, name: str, make: Callable[..., Callable[..., Any]]) -> Callable[[], None]:
    """Replace a method by what ``make`` makes of it. Returns what undoes this."""
    original = getattr(class_, name)
    chosen = make(emulator(), original)

    @wraps(original)
    def method(*args: Any, **kwargs: Any) -> Any:
        return chosen(*args, **kwargs)

    def restore() -> None:
        nonlocal chosen
        # Somebody who has replaced the method since, and may put ours back, is left with one that does nothing.
        chosen = original
        if getattr(class_, name) is method:
            setattr(class_, name, original)

    setattr(class_, name, method)
    return restore
