"""Is the contract in order? ``python -m mockserver.contract.check``, part of ``make check``.

Looks at every schema file for what would otherwise show up as a puzzling answer: a keyword or caller that nobody
knows, a reference to nowhere, an error code that does not exist, a required member that is not defined, a value that
is not of its member's type.
"""

import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
from jsonschema_rs import Draft202012Validator as Rules

from mockserver.contract import files
from mockserver.contract.files import Json
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
# Keywords whose schemas speak of the same value as the schema that they stand in.
_CONDITIONS = ("allOf", "anyOf", "if", "then", "not")


def findings(folder: Path) -> Iterator[str]:
    """One line for each thing that is wrong: file, place, what."""
    operation = files.read(folder / "meta" / "operation.json")
    shared = {"properties": {"$defs": {"additionalProperties": {"$ref": "#/$defs/member"}}}, "required": ["$defs"]}
    catalogue = folder / "errors.json"
    yield from _against(Rules(files.read(folder / "meta" / "errors.json")), catalogue)
    codes = files.read(catalogue).get("codes", {})
    meta = {"common": Rules(shared | {"$defs": operation["$defs"]}, validate_formats=True)}
    meta |= dict.fromkeys((f"{site}/*" for site in SITES), Rules(operation, validate_formats=True))
    for place, rules in meta.items():
        for file in sorted(folder.glob(f"{place}/*.json")):
            yield from _document(file, folder, rules, codes)


def _document(file: Path, folder: Path, meta: Rules, codes: Collection[str]) -> Iterator[str]:
    try:
        broken = list(dict.fromkeys(_against(meta, file)))
        document = files.inlined(file)
    except files.BadSchema as problem:
        yield str(problem) if str(problem).startswith(f"{file}: ") else f"{file}: {problem}"
        return
    yield from broken or (f"{file}: {line}" for line in _in_order(document, file.relative_to(folder).as_posix(), codes))


def _in_order(document: Json, name: str, codes: Collection[str]) -> Iterator[str]:
    if document.get("$id") != name:
        yield f"/$id: {document.get('$id')!r} should be {name!r}"
    try:
        jsonschema_rs.meta.validate(document)
    except jsonschema_rs.ValidationError as problem:
        yield f"not JSON Schema 2020-12: {problem.message}"
    for entry in document.get("x-operation", {}).get("errors", ()):
        code = entry if isinstance(entry, str) else entry["code"]
        if code not in codes:
            yield f"/x-operation/errors: unknown code {code}"
    for pointer, node in _nodes(document["$defs"], "/$defs"):
        yield from (f"{pointer}: {words}" for words in _member(node, codes))


def _member(node: Json, codes: Collection[str]) -> Iterator[str]:
    if (code := node.get("x-error")) is not None and code not in codes:
        yield f"x-error: unknown code {code}"
    yield from _values(node, node.get("type"))
    members = node.get("properties")
    if not isinstance(members, dict):
        return
    yield from _undefined(node.get("required", ()), members, "required")
    for name, others in node.get("x-requires", {}).items():
        yield from _undefined([name, *others], members, "x-requires")
    for keyword, condition in _conditions(node):
        told = condition.get("properties", {})
        yield from _undefined([*condition.get("required", ()), *told], members, keyword)
        for name in told.keys() & members.keys():
            yield from _values(told[name], members[name].get("type"))


def _undefined(names: Any, members: Json, keyword: str) -> Iterator[str]:
    return (f"{keyword}: {name} is not defined" for name in dict.fromkeys(names) if name not in members)


def _values(node: Json, type_: Any) -> Iterator[str]:
    allowed: Any = _TYPES.get(type_) if isinstance(type_, str) else None
    for keyword in ("enum", "examples", "const", "default"):
        if allowed and keyword in node:
            for value in node[keyword] if keyword in ("enum", "examples") else [node[keyword]]:
                if not isinstance(value, allowed) or (isinstance(value, bool) and allowed is not bool):
                    yield f"{keyword}: {value!r} is not of type {type_}"


def _conditions(node: Json) -> Iterator[tuple[str, Json]]:
    """What a schema says of its value when something holds, at any depth."""
    for keyword in _CONDITIONS:
        found = node.get(keyword, ())
        for condition in [found] if isinstance(found, dict) else found:
            yield keyword, condition
            yield from _conditions(condition)


def _nodes(node: Any, pointer: str) -> Iterator[tuple[str, Json]]:
    if isinstance(node, dict):
        yield pointer, node
        for key, value in node.items():
            yield from _nodes(value, f"{pointer}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _nodes(value, f"{pointer}/{place}")


def _against(meta: Rules, file: Path) -> Iterator[str]:
    for problem in meta.iter_errors(files.read(file)):
        yield f"{file}: /{'/'.join(map(str, problem.instance_path))}: {problem.message}"


def main() -> None:
    found = list(findings(schemas()))
    for line in found:
        click.echo(line, err=True)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
