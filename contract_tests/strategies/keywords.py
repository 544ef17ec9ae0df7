"""The schema keywords that the strategies know: a closed set.

A keyword that nobody draws by would be a rule that nobody tests, so one that is not in these tables is an error. Their
meanings are in schemas/README.md.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from mockserver.contract.operations import Operation

Schema = Mapping[str, Any]

# Rules: they decide what is drawn, and each can be broken.
RULES = frozenset(
    {
        "type", "minimum", "maximum", "multipleOf", "minLength", "maxLength", "pattern", "format", "minItems",
        "maxItems", "items", "properties", "required", "enum", "const", "not", "allOf", "anyOf", "if", "then",
        "x-empty-value", "x-empty", "x-null", "x-requires", "x-error",
    }
)  # fmt: skip
# Words about a member: nothing to draw by and nothing to break.
WORDS = frozenset({"description", "default", "examples", "writeOnly", "x-source"})
TYPES = frozenset({"string", "integer", "number", "boolean", "object", "array", "null"})
FORMATS = frozenset({"date-time"})


class UnknownKeyword(Exception):
    """A schema says something that the strategies do not know: names the operation, the place and the keyword."""


def check(operation: Operation) -> None:
    """Raises ``UnknownKeyword`` unless the strategies know everything that the operation's request says."""
    for pointer, found in _unknown(operation.request, ""):
        raise UnknownKeyword(
            f"{operation.site}/{operation.area}/{operation.name}.json: {found} at {pointer or '/'} is not known to"
            " contract_tests/strategies: what is drawn and how it is broken has to be written there"
        )


def _unknown(schema: Schema, pointer: str) -> Iterator[tuple[str, str]]:
    for keyword in schema:
        if keyword not in RULES and keyword not in WORDS:
            yield pointer, f"the keyword {keyword!r}"
    if not isinstance(schema.get("type", ""), str) or schema.get("type", "object") not in TYPES:
        yield pointer, f"the type {schema['type']!r}"
    if schema.get("format", "date-time") not in FORMATS:
        yield pointer, f"the format {schema['format']!r}"
    for step, below in _below(schema):
        yield from _unknown(below, f"{pointer}/{step}")


def _below(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from ((f"properties/{name}", member) for name, member in schema.get("properties", {}).items())
    yield from ((keyword, schema[keyword]) for keyword in ("items", "not", "if", "then") if keyword in schema)
    for keyword in ("allOf", "anyOf"):
        yield from ((f"{keyword}/{place}", part) for place, part in enumerate(schema.get(keyword, ())))
