"""Which operations stand for the others, where a scene is too dear to be played with each of them.

How a client repeats, waits and pages is a matter of its transport, which differs by method and by whether a call only
reads; so of every area and site there is one operation of each such sort. What moves money is always played.
"""

from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path

from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes.registry import has_caller
from mockserver.contract.operations import Operation

Key = Callable[[Operation], object]


def by_sort(operation: Operation) -> object:
    """One of each area, site, method, and of reading and changing."""
    return operation.site, operation.area, operation.method, operation.reads


def by_transport(operation: Operation) -> object:
    """One of each method: how a client waits is the same on both sites."""
    return operation.method


def spread(stage: Stage, operation: Operation) -> bool:
    """Whether the operation moves money or stands for its sort."""
    return has_caller(stage, operation) and (operation.money or operation.file in first(stage, by_sort))


def reading(stage: Stage, operation: Operation) -> bool:
    """Whether the operation stands for all reads of its method."""
    return operation.file in first(stage, by_transport)


@lru_cache
def first(stage: Stage, key: Key) -> frozenset[Path]:
    """Of each key the file of the first operation that this client can call, and that moves no money."""
    found: dict[object, Path] = {}
    for operation in _callable(stage):
        if not operation.money and (operation.reads or key is by_sort):
            found.setdefault(key(operation), operation.file)
    return frozenset(found.values())


def _callable(stage: Stage) -> Iterator[Operation]:
    return (operation for operation in CONTRACT if has_caller(stage, operation))
