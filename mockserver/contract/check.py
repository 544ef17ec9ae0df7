"""Is the contract in order? ``python -m mockserver.contract.check``, part of ``make check``.

Looks at every schema file for what would otherwise show up as a puzzling answer: a keyword that nobody knows, a
reference to nowhere, an error code or caller that does not exist, a required member that is not defined.
"""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema_rs

from mockserver.contract import files
from mockserver.contract.catalogue import Catalogue
from mockserver.contract.operations import SITES
from mockserver.shipped import schemas

_TYPES = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}


def findings(folder: Path) -> Iterator[str]:
    """One line for each thing that is wrong: file, place, what."""
    catalogue = Catalogue()
    meta = {name: _validator(folder / "meta" / f"{name}.json") for name in ("operation", "errors")}
    yield from _against(meta["errors"], folder / "errors.json")
    for site in SITES:
        for file in sorted((folder / site).glob("*/*.json")):
            try:
                yield from _operation(file, folder, meta["operation"], catalogue)
            except files.BadSchema as problem:
                yield str(problem)


def _operation(
    file: Path, folder: Path, meta: jsonschema_rs.Draft202012Validator, catalogue: Catalogue
) -> Iterator[str]:
    yield from _against(meta, file)
    document = files.inlined(file)
    name = file.relative_to(folder).as_posix()
    if document.get("$id") != name:
        yield f"{file}: /$id: {document.get('$id')!r} should be {name!r}"
    try:
        jsonschema_rs.meta.validate(document)
    except jsonschema_rs.ValidationError as problem:
        yield f"{file}: not JSON Schema 2020-12: {problem.message}"
    for entry in document["x-operation"]["errors"]:
        code = entry if isinstance(entry, str) else entry["code"]
        if code not in catalogue:
            yield f"{file}: /x-operation/errors: unknown code {code}"
    for pointer, node in _nodes(document["$defs"], "/$defs"):
        yield from (f"{file}: {pointer}: {words}" for words in _member(node, catalogue))


def _member(node: dict[str, Any], catalogue: Catalogue) -> Iterator[str]:
    if (code := node.get("x-error")) is not None and code not in catalogue:
        yield f"x-error: unknown code {code}"
    if isinstance(node.get("properties"), dict):
        for name in node.get("required", ()):
            if name not in node["properties"]:
                yield f"required: {name} is not defined"
    allowed = _TYPES.get(node.get("type", "")) if isinstance(node.get("type"), str) else None
    for value in node.get("enum", ()) if allowed else ():
        if not isinstance(value, allowed) or (isinstance(value, bool) and allowed is not bool):  # type: ignore[arg-type]
            yield f"enum: {value!r} is not of type {node['type']}"


def _nodes(node: Any, pointer: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield pointer, node
        for key, value in node.items():
            yield from _nodes(value, f"{pointer}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _nodes(value, f"{pointer}/{place}")


def _against(meta: jsonschema_rs.Draft202012Validator, file: Path) -> Iterator[str]:
    for problem in meta.iter_errors(files.read(file)):
        yield f"{file}: /{'/'.join(map(str, problem.instance_path))}: {problem.message}"


def _validator(file: Path) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(files.read(file))


def main() -> None:
    found = list(findings(schemas()))
    for line in found:
        click.echo(line, err=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
