"""Reading schema files.

References between files keep the shared definitions in one place on disk; everything that works with a schema here
(reader, validators, strategies, exporter) wants to look at it without following references, so they are inlined once.
Schemas are not recursive; a circle is an error in the file.
"""

from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import msgspec

Json = dict[str, Any]
Part = TypeVar("Part", bound=msgspec.Struct)


class BadSchema(Exception):
    """A schema file that cannot be used: names file and place."""


@cache
def read(path: Path) -> Json:
    """The file as it stands; shared between callers, not to be changed."""
    document: Any = _decoded(path, Any)
    if not isinstance(document, dict):
        raise BadSchema(f"{path}: a JSON object is expected")
    return document


def part(path: Path, kind: type[Part]) -> Part:
    """What ``kind`` has fields for; passing over the rest is three times as fast as reading it."""
    result: Part = _decoded(path, kind)
    return result


def _decoded(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except OSError as problem:
        raise BadSchema(f"{path}: {str(problem.strerror).lower()}") from problem
    except msgspec.ValidationError as wrong:
        raise BadSchema(f"{path}: {wrong}") from wrong
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as broken:
        raise BadSchema(f"{path}: not JSON: {broken}") from broken


def inlined(path: Path) -> Json:
    """The document at ``path`` with every ``$ref`` replaced by what it points to; keywords beside a ``$ref`` win."""
    result = _inline(read(path), path, ())
    assert isinstance(result, dict)
    return result


def _inline(node: Any, path: Path, above: tuple[str, ...]) -> Any:
    if isinstance(node, list):
        return [_inline(item, path, above) for item in node]
    if not isinstance(node, dict):
        return node
    reference = node.get("$ref")
    if not isinstance(reference, str):
        return {key: _inline(value, path, above) for key, value in node.items()}
    target, where = _follow(reference, path)
    name = f"{where}{reference.partition('#')[2]}"
    if name in above:
        raise BadSchema(f"{path}: {reference} leads back to itself")
    siblings = {key: _inline(value, path, above) for key, value in node.items() if key != "$ref"}
    return {**_inline(target, where, (*above, name)), **siblings}


def _follow(reference: str, path: Path) -> tuple[Any, Path]:
    file, _, pointer = reference.partition("#")
    where = (path.parent / file).resolve() if file else path
    target: Any = read(where)
    for step in pointer.strip("/").split("/"):
        try:
            target = target[step.replace("~1", "/").replace("~0", "~")]
        except (KeyError, TypeError) as nowhere:
            raise BadSchema(f"{path}: $ref {reference} points to nowhere") from nowhere
    return target, where
