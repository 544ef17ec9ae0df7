"""From what stood on the wire to one request document, read by the contract's types and empty/null rules.

A request is one JSON document with the members ``path``, ``query``, ``headers``, ``body``; so one schema checks it and
one pointer names what is wrong. What the documentation says of ``""`` and ``null`` is applied here, before the schema
looks: a member that is *ignored* is as if it had not been sent.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Protocol

from mockserver.contract.operations import Operation
from mockserver.contract.problems import PARAMETER_ERROR, Problem, pointer_of, problems

_DIGITS = 30
_INTEGER = re.compile(r"[+-]?[0-9]{1,30}")
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?")
_NOTHING = ("", '""', "null")
_BOOLEAN = {"true": True, "false": False}
_ABSENT: Any = object()


class Headers(Protocol):
    """Header values by name, in any case."""

    def get(self, name: str, /) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """A request as the contract sees it.

    ``document``: by place, without ignored members; ``arguments``: flat, with defaults, numbers as ``Decimal``;
    ``problems``: broken rules; ``unknown``: members that the contract does not have (accepted unless strict).
    """

    document: Mapping[str, Any]
    arguments: Mapping[str, Any]
    problems: Sequence[Problem]
    unknown: Sequence[Problem]


def read(
    operation: Operation,
    *,
    path: Mapping[str, str],
    query: Sequence[tuple[str, str]],
    headers: Headers,
    body: Any = None,
) -> Reading:
    """Read one request. ``body`` is decoded JSON (or None without one); header names are case-insensitive."""
    reader = _Reader()
    document: dict[str, Any] = {}
    for place, sent in (
        ("path", path),
        ("query", _repeated(query, operation.place("query"))),
        ("headers", _declared(headers, operation.place("headers"))),
    ):
        schema = operation.place(place)
        if schema or (place == "query" and sent):
            document[place] = reader.wire(schema, sent, place)
    if operation.takes_body:
        document["body"] = reader.value(operation.place("body"), body if body is not None else {}, "/body")
    broken = reader.broken or problems(operation.request_rules, operation.request, document)
    if not broken and operation.has_requirements:
        broken = list(_requirements(operation.request, document, ""))
    return Reading(document, {} if broken else _arguments(operation, document), broken, reader.unknown)


class _Reader:
    """Walks values beside their schema; gathers what breaks an empty/null rule and what the contract does not know."""

    def __init__(self) -> None:
        self.broken: list[Problem] = []
        self.unknown: list[Problem] = []

    def value(self, schema: Mapping[str, Any], value: Any, pointer: str) -> Any:
        """A JSON value: empty/null rules applied, all the way down."""
        if value is None or value == "":
            return self._empty(schema, value, pointer, "x-null" if value is None else "x-empty")
        if isinstance(value, dict) and "properties" in schema:
            return self._object(schema["properties"], value, pointer)
        if isinstance(value, list) and "items" in schema:
            kept = (self.value(schema["items"], item, f"{pointer}/{place}") for place, item in enumerate(value))
            return [item for item in kept if item is not _ABSENT]
        if isinstance(value, Decimal) and schema.get("type") == "integer" and value == value.to_integral_value():
            return int(value) if value.adjusted() < _DIGITS else value
        return value

    def wire(self, schema: Mapping[str, Any], sent: Mapping[str, Any], place: str) -> dict[str, Any]:
        """A place whose values are strings on the wire: read by their documented types."""
        members = schema.get("properties", {})
        result = {}
        for name, text in sent.items():
            pointer = pointer_of([place, name])
            if name not in members:
                self._unknown(members, name, pointer)
                continue
            value = self._text(members[name], text, pointer)
            if value is not _ABSENT:
                result[name] = value
        return result

    def _object(self, members: Mapping[str, Any], value: dict[str, Any], pointer: str) -> dict[str, Any]:
        result = {}
        for name, item in value.items():
            if name not in members:
                self._unknown(members, name, pointer + pointer_of([name]))
                continue
            read = self.value(members[name], item, f"{pointer}/{name}")
            if read is not _ABSENT:
                result[name] = read
        return result

    def _text(self, schema: Mapping[str, Any], text: Any, pointer: str) -> Any:
        if isinstance(text, list):
            if len(text) == 1 and schema.get(_keyword(schema, text[0])) == "filter":
                return []
            if len(text) == 1 and text[0] in _NOTHING:
                value = self._text({**schema, "type": "string"}, text[0], pointer)
                return [value] if isinstance(value, str) else value
            return [self._text(schema["items"], item, f"{pointer}/{place}") for place, item in enumerate(text)]
        if text == "":
            return self._empty(schema, "", pointer, _keyword(schema, text))
        if text == '""' and "x-empty" in schema:
            return self._empty(schema, "", pointer, "x-empty")
        if text == "null" and "x-null" in schema:
            return self._empty(schema, None if schema["x-null"] != "filter" else "null", pointer, "x-null")
        match schema.get("type"):
            case "integer" if _INTEGER.fullmatch(text):
                return int(text)
            case "number" if _NUMBER.fullmatch(text):
                return Decimal(text)
            case "boolean":
                return _BOOLEAN.get(text, text)
        return text

    def _empty(self, schema: Mapping[str, Any], value: Any, pointer: str, keyword: str) -> Any:
        match schema.get(keyword):
            case "ignored":
                return _ABSENT
            case "rejected":
                shown = "null" if value is None else '""'
                self.broken.append(
                    Problem(pointer, keyword, f"{shown} is not supported", schema.get("x-error", PARAMETER_ERROR))
                )
        return value

    def _unknown(self, members: Mapping[str, Any], name: str, pointer: str) -> None:
        near = get_close_matches(name, members, 1)
        hint = f", did you mean {near[0]}?" if near else ""
        self.unknown.append(Problem(pointer, "unknown", f"no such member in the contract{hint}"))


def _keyword(schema: Mapping[str, Any], text: str) -> str:
    """Which keyword speaks of a text in the query that means nothing."""
    if text == "":
        return "x-empty-value" if "x-empty-value" in schema else "x-empty"
    return {'""': "x-empty", "null": "x-null"}.get(text, "")


def _repeated(query: Sequence[tuple[str, str]], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Query pairs by name: a list where the contract says array, else the first value."""
    members = schema.get("properties", {})
    result: dict[str, Any] = {}
    for name, value in query:
        if members.get(name, {}).get("type") == "array":
            result.setdefault(name, []).append(value)
        else:
            result.setdefault(name, value)
    return result


def _declared(headers: Headers, schema: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for name in schema.get("properties", {}) if (value := headers.get(name)) is not None}


def _requirements(schema: Mapping[str, Any], value: Any, pointer: str) -> list[Problem]:
    """Broken ``x-requires``: a member that was given, without those it needs."""
    if isinstance(value, list):
        return [
            found
            for place, item in enumerate(value)
            for found in _requirements(schema.get("items", {}), item, f"{pointer}/{place}")
        ]
    if not isinstance(value, dict):
        return []
    broken = [
        Problem(f"{pointer}/{needed}", "x-requires", f"is needed with {member}", _code(schema, needed))
        for member, others in schema.get("x-requires", {}).items()
        if value.get(member) not in (None, "")
        for needed in others
        if value.get(needed) in (None, "")
    ]
    for name, member in schema.get("properties", {}).items():
        if name in value:
            broken += _requirements(member, value[name], f"{pointer}/{name}")
    return broken


def _code(schema: Mapping[str, Any], member: str) -> str:
    code: str = schema.get("properties", {}).get(member, {}).get("x-error", PARAMETER_ERROR)
    return code


def _arguments(operation: Operation, document: Mapping[str, Any]) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    for place, schema in operation.request["properties"].items():
        sent = document.get(place, {})
        for name, member in schema.get("properties", {}).items():
            if name in sent:
                arguments[name] = _exact(member, sent[name])
            elif "default" in member:
                arguments[name] = member["default"]
    return arguments


def _exact(schema: Mapping[str, Any], value: Any) -> Any:
    """Amounts are ``Decimal`` whether they were sent as 10 or as 10.00."""
    if schema.get("type") == "number" and isinstance(value, int):
        return Decimal(value)
    if isinstance(value, list) and "items" in schema:
        return [_exact(schema["items"], item) for item in value]
    if isinstance(value, dict) and "properties" in schema:
        return {name: _exact(schema["properties"].get(name, {}), item) for name, item in value.items()}
    return value
