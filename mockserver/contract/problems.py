"""What is wrong with a request or a response, in words a person can act on.

A ``Problem`` is what the refusal's ``X-Mock-Reason`` and the journal show: where (JSON pointer), which rule, what would
be right. The error code comes from the member's ``x-error`` or is the parameter error.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

PARAMETER_ERROR = "CBC.0100"
_SHOWN = 40

_WORDS = {
    "type": "{value} is not of type {limit}",
    "required": "is missing",
    "enum": "{value} is not one of {limit}",
    "const": "{value} is not {limit}",
    "minimum": "{value} is less than {limit}",
    "maximum": "{value} is more than {limit}",
    "multipleOf": "{value} is not a multiple of {limit}",
    "minLength": "has {size} characters, at least {limit} are needed",
    "maxLength": "has {size} characters, at most {limit} are allowed",
    "minItems": "has {size} entries, at least {limit} are needed",
    "maxItems": "has {size} entries, at most {limit} are allowed",
    "pattern": "{value} does not match {limit}",
    "format": "{value} is no valid {limit}",
    "not": "{value} has a form that is not allowed",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """One broken rule. ``pointer`` is into the request document (``/body/limit``), ``rule`` a schema keyword."""

    pointer: str
    rule: str
    message: str
    code: str = PARAMETER_ERROR

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}"


def pointer_of(steps: Iterable[object]) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def problems(rules: jsonschema_rs.Draft202012Validator, schema: dict[str, Any], document: object) -> list[Problem]:
    """Every rule of ``schema`` that ``document`` breaks, in the order of the schema's members; usually none."""
    if rules.is_valid(document):
        return []
    found = [_problem(error, schema) for error in rules.iter_errors(document)]
    order = {pointer: place for place, pointer in enumerate(_pointers(schema))}
    return sorted(found, key=lambda problem: order.get(problem.pointer, len(order)))


def _pointers(schema: dict[str, Any], above: str = "") -> Iterable[str]:
    for name, member in schema.get("properties", {}).items():
        pointer = above + pointer_of([name])
        yield pointer
        yield from _pointers(member, pointer)


def _problem(error: jsonschema_rs.ValidationError, schema: dict[str, Any]) -> Problem:
    steps, rule = list(error.instance_path), _keyword(error.schema_path)
    value = error.instance
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        steps.append(error.kind.property)
    node = _member(schema, steps)
    shown = "the value" if node.get("writeOnly") else _shown(value)
    size = len(value) if isinstance(value, str | list) else 0
    limit = _limit(schema, error.schema_path)
    words = _WORDS.get(rule, "{value} breaks the rule " + rule)
    return Problem(
        pointer_of(steps), rule, words.format(value=shown, limit=limit, size=size), node.get("x-error", PARAMETER_ERROR)
    )


def _keyword(schema_path: Sequence[str | int]) -> str:
    return next((str(step) for step in reversed(schema_path) if isinstance(step, str)), "schema")


def _limit(schema: Any, schema_path: Sequence[str | int]) -> str:
    for step in schema_path:
        try:
            schema = schema[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return ", ".join(map(_shown, schema)) if isinstance(schema, list) else str(schema)


def _member(schema: dict[str, Any], steps: Sequence[str | int]) -> dict[str, Any]:
    """The schema of the member that ``steps`` lead to, or of the nearest one above that the contract has."""
    for step in steps:
        below = schema.get("items") if isinstance(step, int) else schema.get("properties", {}).get(step)
        if not isinstance(below, dict):
            break
        schema = below
    return schema


def _shown(value: object) -> str:
    """As it stood in the JSON, cut where it is long."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, str):
        return f'"{_cut(value)}"'
    return (
        {True: "true", False: "false", None: "null"}[value]
        if value is None or value is True or value is False
        else _cut(str(value))
    )


def _cut(text: str) -> str:
    return text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
