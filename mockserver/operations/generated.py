"""One answer for every operation whose business is not built yet: schema-valid, stable, plausible, and said to be so.

Driven by the response schema and the sandbox's seed: the same call with the same arguments gives the same body, and
what was asked for by ID comes back under that ID.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from random import Random
from typing import Any

import jsonschema_rs

from mockserver.contract.operations import Operation
from mockserver.operations.call import Body, Call
from mockserver.operations.plausible import Plausible

_LISTED = 2
_FAILURE = {"error_code", "error_msg"}
_FORMATS = {"date-time": "2026-01-31T08:05:01Z", "date": "2026-01-31", "email": "someone@example.com"}
ABSENT: Any = object()


def generated(operation: Operation, call: Call) -> Body:
    """A success body of ``operation``."""
    asked = json.dumps(call.arguments, default=str, sort_keys=True)
    chance = Random(f"{call.world.seed}/{operation.site}/{operation.name}/{asked}")
    body = _Generating(call, chance).member("", operation.response)
    return body if isinstance(body, dict) else {}


class _Generating:
    def __init__(self, call: Call, chance: Random) -> None:
        self._arguments = call.arguments
        self._chance = chance
        self._plausible = Plausible(call, chance)

    def member(self, name: str, schema: Mapping[str, Any]) -> Any:
        if "anyOf" in schema:
            schema = {**schema, **schema["anyOf"][0]}
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._fitting(schema, self._arguments.get(name), self._chance.choice(schema["enum"]))
        match schema.get("type"):
            case "object":
                return self._object(schema)
            case "array":
                return self._array(name, schema)
            case "boolean":
                return self._chance.random() < 0.5
            case "null":
                return None
        values = (
            self._arguments.get(name),
            self._candidate(name, schema),
            *schema.get("examples", ()),
            self._plain(schema),
        )
        return self._fitting(schema, *values)

    def _object(self, schema: Mapping[str, Any]) -> Body:
        needed = schema.get("required", ())
        return {
            name: value
            for name, member in schema.get("properties", {}).items()
            if (name not in _FAILURE or name in needed) and (value := self.member(name, member)) is not ABSENT
        }

    def _array(self, name: str, schema: Mapping[str, Any]) -> list[Any]:
        if _failed(name):
            return []
        count = min(max(_LISTED, schema.get("minItems", 0)), schema.get("maxItems", _LISTED))
        return [self.member(name, schema.get("items", {})) for _ in range(count)]

    def _candidate(self, name: str, schema: Mapping[str, Any]) -> Any:
        """The plausible value in the member's type."""
        value = self._plausible.candidate(name)
        match schema.get("type"):
            case "string":
                return None if value is None else str(value)[: schema.get("maxLength")]
            case "integer":
                return int(value) if isinstance(value, int | Decimal) else None
            case "number":
                return Decimal(value) if isinstance(value, int | Decimal) else None
        return value

    def _plain(self, schema: Mapping[str, Any]) -> Any:
        """A value by type alone."""
        match schema.get("type"):
            case "integer" | "number":
                return max(schema.get("minimum", 0), min(schema.get("maximum", 1), 1))
            case "string":
                if "format" in schema:
                    return _FORMATS.get(schema["format"], "")
                return "x" * max(schema.get("minLength", 0), min(4, schema.get("maxLength", 4)))
        return None

    def _fitting(self, schema: Mapping[str, Any], *values: Any) -> Any:
        """The first value that the schema allows; the member is left out where none does."""
        rules = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)
        return next((value for value in values if value is not None and rules.is_valid(value)), ABSENT)


def _failed(name: str) -> bool:
    """Lists of what went wrong are empty in an answer in which nothing did."""
    return "fail" in name.lower() or "error" in name.lower()
