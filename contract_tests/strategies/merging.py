"""Two schemas as one: what satisfies the result satisfies both.

The strategies draw from one plain schema at a time. Conditions (``if`` with ``then``), alternatives (``anyOf``) and
what a broken rule needs around it are merged into that schema first.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from contract_tests.strategies.keywords import Schema

# Where both say something else, both hold: the second one is kept beside the first in ``allOf``.
_BESIDE = ("pattern", "not", "format", "multipleOf", "anyOf")
_NARROWER: Mapping[str, Callable[[Any, Any], Any]] = {
    "minimum": max, "minLength": max, "minItems": max, "maximum": min, "maxLength": min, "maxItems": min,
}  # fmt: skip


class Contradiction(Exception):
    """Nothing satisfies both schemas."""


def merged(*schemas: Schema) -> dict[str, Any]:
    """One schema for what satisfies all. Raises ``Contradiction``."""
    return reduce(_merge, (dict(schema) for schema in schemas))


def folded(schema: Schema) -> dict[str, Any]:
    """The schema with those parts of its ``allOf`` merged into it that hold always."""
    always = [part for part in schema.get("allOf", ()) if not _beside(part)]
    if not always:
        return dict(schema)
    rest = [part for part in schema["allOf"] if _beside(part)]
    own = {keyword: value for keyword, value in schema.items() if keyword != "allOf"}
    return folded(merged(own | ({"allOf": rest} if rest else {}), *always))


def conditions(schema: Schema) -> list[tuple[Schema, Schema]]:
    """Every ``if`` of the schema with its ``then``."""
    return [(part["if"], part["then"]) for part in (schema, *schema.get("allOf", ())) if "if" in part]


def parts(schema: Schema, keyword: str) -> list[Any]:
    """What the schema says by ``keyword``, itself and beside itself."""
    return [part[keyword] for part in (schema, *schema.get("allOf", ())) if keyword in part]


def allowed(schema: Schema) -> Sequence[Any] | None:
    """The values of ``const`` or ``enum``; None where the schema lists none."""
    if "const" in schema:
        return [schema["const"]]
    values: Sequence[Any] | None = schema.get("enum")
    return values


def _beside(part: Schema) -> bool:
    """Whether a part of ``allOf`` cannot be merged: a condition, or a second pattern and the like."""
    return "if" in part or (len(part) == 1 and next(iter(part)) in _BESIDE)


def _merge(one: dict[str, Any], other: Schema) -> dict[str, Any]:
    result = dict(one)
    for keyword, value in other.items():
        if keyword in ("if", "then"):
            continue
        result = _with(result, keyword, value)
    if "if" in other:
        condition = {"if": other["if"], "then": other["then"]}
        result["allOf"] = [*result.get("allOf", ()), condition]
    return result


def _with(schema: dict[str, Any], keyword: str, value: Any) -> dict[str, Any]:
    here = schema.get(keyword)
    if keyword in ("enum", "const"):
        return _listed(schema, [value] if keyword == "const" else value)
    if here is None or here == value:
        return schema | {keyword: value}
    if keyword in _NARROWER:
        return schema | {keyword: _NARROWER[keyword](here, value)}
    if keyword in _BESIDE:
        return schema | {"allOf": [*schema.get("allOf", ()), {keyword: value}]}
    match keyword:
        case "properties":
            members = {name: _merge(here[name], member) if name in here else member for name, member in value.items()}
            return schema | {keyword: here | members}
        case "items":
            return schema | {keyword: _merge(here, value)}
        case "required":
            return schema | {keyword: list(dict.fromkeys([*here, *value]))}
        case "x-requires":
            return schema | {keyword: _needed([*here.items(), *value.items()])}
        case "allOf":
            return schema | {keyword: [*here, *value]}
        case "type":
            return schema | {keyword: _narrower_type(here, value)}
    return schema | {keyword: value}


def _listed(schema: dict[str, Any], values: Sequence[Any]) -> dict[str, Any]:
    here = allowed(schema)
    both = list(values) if here is None else [value for value in here if value in values]
    if not both:
        raise Contradiction(f"none of {values} is one of {here}")
    return {keyword: value for keyword, value in schema.items() if keyword != "const"} | {"enum": both}


def _needed(pairs: Iterable[tuple[str, Sequence[str]]]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for member, others in pairs:
        result[member] = list(dict.fromkeys([*result.get(member, ()), *others]))
    return result


def _narrower_type(one: str, other: str) -> str:
    if {one, other} == {"integer", "number"}:
        return "integer"
    raise Contradiction(f"nothing is both {one} and {other}")
