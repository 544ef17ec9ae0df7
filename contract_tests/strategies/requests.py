"""Valid requests of any operation, drawn from its schema file and nothing else."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from hypothesis import Phase, find, settings
from hypothesis.strategies import SearchStrategy

from contract_tests.strategies import keywords
from contract_tests.strategies.judging import faults
from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.objects import Drawing
from mockserver.contract.operations import Operation

Document = dict[str, Any]
_kept: dict[tuple[Any, ...], Drawing] = {}
_checked: set[Path] = set()


def requests(
    operation: Operation,
    only: Collection[str] | None = None,
    known: Mapping[str, Sequence[Any]] | None = None,
    needing: Schema | None = None,
) -> SearchStrategy[Document]:
    """Request documents that the contract accepts: ``{path, query, headers, body}``, as far as the operation has them.

    ``only``: no other optional members than these. ``known``: values by the name of a member, to be drawn often, such
    as the customers of a world. ``needing``: a schema that the document has to satisfy besides.
    ``None``, ``""`` and ``places.QUOTES`` are drawn where the contract says that they mean nothing; see ``places``.
    Raises: ``UnknownKeyword``, ``Contradiction``.
    """
    if operation.file not in _checked:
        keywords.check(operation)
        _checked.add(operation.file)
    drawing = _drawing(only, known)
    schema = drawing.effective(operation.request, [needing] if needing else [])
    return drawing.values(schema, "").filter(lambda document: not faults(operation, document))


def arguments(
    operation: Operation, only: Collection[str] | None = None, known: Mapping[str, Sequence[Any]] | None = None
) -> SearchStrategy[dict[str, Any]]:
    """The same as flat arguments by name, as the functions of a client take them; a body that is a list is ``body``."""
    return requests(operation, only, known).map(flat)


def simplest(operation: Operation) -> Document:
    """A request with the required members only, each as simple as the contract allows."""
    once = settings(max_examples=1, phases=[Phase.generate], derandomize=True, database=None)
    return find(requests(operation, only=()), lambda _: True, settings=once)


def flat(document: Mapping[str, Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for place, value in document.items():
        result |= value if isinstance(value, dict) else {place: value}
    return result


def _drawing(only: Collection[str] | None, known: Mapping[str, Sequence[Any]] | None) -> Drawing:
    """Strategies take longer to make than to draw from, so equal wishes share theirs."""
    names = None if only is None else frozenset(only)
    values = {name: tuple(values) for name, values in sorted((known or {}).items())}
    return _kept.setdefault((names, tuple(values.items())), Drawing(names, values))
