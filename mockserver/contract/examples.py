"""An example of every request and every answer, made from the schemas: the same ones each time.

An example of a page would be another world's: its customers exist nowhere. These name accounts of the demo worlds, and
they cannot grow old, because they follow the schema. Values come from the schema itself, else by the member's name from
``fixtures/reference/examples.yaml``, else by type.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import jsonschema_rs
import yaml

from mockserver.contract.operations import PLACES, Operation
from mockserver.contract.plain import plain
from mockserver.contract.problems import pointer_of
from mockserver.shipped import fixtures

Document = dict[str, Any]
_FAILURE = ("error_code", "error_msg")
_ROUNDS = 40
_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"


class NoExample(Exception):
    """A schema for which no example could be made: names the operation and what is wrong with the last attempt."""


@dataclass(frozen=True, slots=True)
class Examples:
    """``needed``: the request with what it needs and the defaults. ``full``: with every member that goes together."""

    needed: Document
    full: Document
    answer: Any


def examples(operation: Operation) -> Examples:
    """Raises ``NoExample``."""
    request = plain(operation.request)
    needed = _settled(operation, request, _Making(operation.site, every=False).value("", request))
    full = _settled(operation, request, _Making(operation.site, every=True).value("", request))
    answer = _settled(operation, plain(operation.response), _Making(operation.site, every=True).answer(operation))
    return Examples(needed, full, answer)


class _Making:
    """Values for schemas; ``every``: all members of an object, not only those that it needs or has a default for."""

    def __init__(self, site: str, *, every: bool) -> None:
        self._site = site
        self._every = every

    def answer(self, operation: Operation) -> Any:
        return self.value("", operation.response)

    def value(self, name: str, schema: Mapping[str, Any]) -> Any:
        if "anyOf" in schema and "type" not in schema:
            schema = {**schema, **schema["anyOf"][0]}
        if "default" in schema:
            return schema["default"]
        if "const" in schema or "enum" in schema:
            return schema["const"] if "const" in schema else schema["enum"][0]
        match kind := _kind(schema):
            case "object":
                return self._object(schema)
            case "array":
                return self._array(name, schema)
        wanted = (*self._named(name, kind, schema), *schema.get("examples", ()), *_by_type(kind, schema))
        rules = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)
        return next((value for value in wanted if rules.is_valid(value)), wanted[-1])

    def _object(self, schema: Mapping[str, Any]) -> Document:
        needed, members = schema.get("required", ()), schema.get("properties", {})
        # An answer says that nothing failed only where it has nothing else to say.
        hidden = _FAILURE if set(members) - set(_FAILURE) else ()
        return {
            name: self.value(name, member)
            for name, member in members.items()
            if name in needed or name in PLACES or "default" in member or (self._every and name not in hidden)
        }

    def _array(self, name: str, schema: Mapping[str, Any]) -> list[Any]:
        if _failed(name) and not schema.get("minItems"):
            return []
        return [self.value(name, schema.get("items", {}))] * max(1, schema.get("minItems", 1))

    def _named(self, name: str, kind: str, schema: Mapping[str, Any]) -> Iterator[Any]:
        value = _by_name(name)
        if isinstance(value, dict):
            value = value[self._site]
        if value is None:
            return
        if kind == "string":
            yield str(value)[: schema.get("maxLength")]
            yield from (value[:10], value[:7]) if re.match(_DAY, str(value)) else ()
        elif kind in ("integer", "number") and re.fullmatch(r"[0-9]+(\.[0-9]+)?", str(value)):
            yield int(value) if kind == "integer" and str(value).isdigit() else float(value)


def _settled(operation: Operation, schema: Document, document: Any) -> Any:
    """The document with what a rule on several members still asks for, and without what it does not allow."""
    rules = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    making = _Making(operation.site, every=False)
    for _ in range(_ROUNDS):
        if rules.is_valid(document):
            return document
        problem = next(iter(rules.iter_errors(document)))
        steps, rule = [*problem.instance_path, *_missing(problem, schema)], _node(schema, problem.schema_path[:-1])
        if not steps:
            break
        holder, last = _at(document, steps[:-1]), steps[-1]
        there = isinstance(last, int) or last in holder
        value = making.value(str(last), {**_member(schema, steps), **(rule if there else {})})
        if not there or value != holder[last]:
            holder[last] = value
        elif not _dropped(schema, document, steps):
            break
    raise NoExample(f"{operation.site}/{operation.area}/{operation.name}: {'; '.join(_broken(rules, document))}")


def _broken(rules: jsonschema_rs.Draft202012Validator, document: Any) -> Iterator[str]:
    for problem in rules.iter_errors(document):
        yield f"{pointer_of(problem.instance_path)}: {problem.message}"


def _missing(problem: jsonschema_rs.ValidationError, schema: Document) -> list[str]:
    """The member that is asked for, directly or as one way out of several; none where something else is wrong."""
    if isinstance(problem.kind, jsonschema_rs.ValidationErrorKind.Required):
        return [problem.kind.property]
    if not isinstance(problem.kind, jsonschema_rs.ValidationErrorKind.AnyOf) or not isinstance(problem.instance, dict):
        return []
    ways = _node(schema, problem.schema_path[:-1])["anyOf"]
    return [name for way in ways for name in way.get("required", ()) if name not in problem.instance][:1]


def _dropped(schema: Document, document: Any, steps: Sequence[str | int]) -> bool:
    """Whether a member on the way to ``steps`` could be left out, the innermost first."""
    for depth in range(len(steps), 0, -1):
        above, name = steps[: depth - 1], steps[depth - 1]
        if isinstance(name, str) and name not in _member(schema, above).get("required", ()):
            del _at(document, above)[name]
            return True
    return False


def _at(document: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        document = document[step]
    return document


def _node(schema: Any, steps: Sequence[str | int]) -> Document:
    for step in steps:
        schema = schema[step]
    assert isinstance(schema, dict)
    return schema


def _member(schema: Document, steps: Sequence[str | int]) -> Document:
    """The schema of what lies at ``steps`` in a document."""
    for step in steps:
        if "anyOf" in schema and "type" not in schema:
            schema = schema["anyOf"][0]
        schema = schema["properties"][step] if isinstance(step, str) else schema["items"]
    return schema


def _kind(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object" if "properties" in schema else "string")
    return str(kind if isinstance(kind, str) else kind[0])


def _by_type(kind: str, schema: Mapping[str, Any]) -> Iterator[Any]:
    """Values by type and range alone."""
    if kind == "string":
        yield "example"
        yield "x" * max(schema.get("minLength", 0), min(4, schema.get("maxLength", 4)))
    elif kind in ("integer", "number"):
        yield max(schema.get("minimum", 0), min(schema.get("maximum", 1), 1))
    else:
        yield {"boolean": True}.get(kind)


def _failed(name: str) -> bool:
    """Lists of what went wrong are empty in an answer in which nothing did."""
    return "fail" in name.lower() or "error" in name.lower()


@cache
def _by_name(member: str) -> Any:
    """What the table has for a member of this name, None where it has nothing."""
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", member).lower()
    return next((row["value"] for row in _table() if re.fullmatch(row["name"], snake)), None)


@cache
def _table() -> Sequence[Mapping[str, Any]]:
    rows: list[dict[str, Any]] = yaml.load(
        (fixtures() / "reference" / "examples.yaml").read_bytes(), Loader=yaml.CSafeLoader
    )
    return rows
