"""The schemas in words that every reader of JSON Schema knows.

What the documentation says of ``""`` and ``null`` stands in keywords of our own, and the reader applies it before the
schema looks. A generic reader (a generator, a validator, a fuzzer) knows nothing of that, so here the same rules become
types, lengths and alternatives. Our keywords stay beside them, for those who know them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

Json = dict[str, Any]

# Words about a member as a whole, whatever the alternatives for its value are.
BESIDE = ("title", "description", "default", "writeOnly", "x-empty", "x-empty-value", "x-null", "x-error", "x-source")
_MAPPED = ("properties", "$defs")
_SINGLE = ("not", "if", "then")
_LISTED = ("allOf", "anyOf")
_NULL: Json = {"type": "null", "title": "null: as if not sent"}
_EMPTY: Json = {"type": "string", "maxLength": 0, "title": "empty: as if not sent"}


def plain(schema: Mapping[str, Any], *, needed: bool = False, empty: bool = True) -> Json:
    """The schema for generic readers.

    ``needed``: it must have a value, so what counts as not sent is refused. ``empty`` false: that an empty value counts
    as not sent is said elsewhere.
    """
    shown = {key: _below(key, value, schema) for key, value in schema.items()}
    if "x-requires" in schema:
        shown["allOf"] = [*shown.get("allOf", ()), *_requirements(schema["x-requires"])]
    word = _word(schema, "x-empty-value", "x-empty", needed=needed)
    if word == "rejected" and shown.get("type") == "string" and accepts(shown, ""):
        shown["minLength"] = 1
    if _word(schema, "x-null", needed=needed) == "ignored":
        shown = _with(shown, None, _NULL)
    if word == "ignored" and empty:
        shown = _with(shown, "", _EMPTY)
    return shown


def _below(key: str, value: Any, schema: Mapping[str, Any]) -> Any:
    if key in _MAPPED:
        return {name: plain(member, needed=name in schema.get("required", ())) for name, member in value.items()}
    if key == "items":
        return plain(value)
    if key in _SINGLE:
        return _condition(value, schema.get("properties", {}))
    if key in _LISTED:
        return [_condition(part, schema.get("properties", {})) for part in value]
    return value


def _condition(part: Mapping[str, Any], members: Mapping[str, Any]) -> Json:
    """A rule on several members: it speaks of those that were sent, so not of one whose value counts as not sent."""
    if not members:
        return plain(part)
    shown = {key: value for key, value in part.items() if key not in ("properties", *_SINGLE, *_LISTED)}
    shown |= {key: _condition(part[key], members) for key in _SINGLE if key in part}
    shown |= {key: [_condition(one, members) for one in part[key]] for key in _LISTED if key in part}
    rules: Json = {}
    for name in (*part.get("properties", ()), *part.get("required", ())):
        member = members.get(name, {})
        rule = _condition(part.get("properties", {}).get(name, {}), member.get("properties", {}))
        nothing = {"enum": _counts_as_not_sent(member)}
        if nothing["enum"] and name in part.get("required", ()):
            rule = {"allOf": [rule, {"not": nothing}]} if rule else {"not": nothing}
        elif nothing["enum"]:
            rule = {"anyOf": [rule, nothing]}
        if rule:
            rules[name] = rule
    return shown | {"properties": rules} if rules else shown


def _counts_as_not_sent(member: Mapping[str, Any]) -> list[str | None]:
    empty = _word(member, "x-empty-value", "x-empty", needed=False)
    words = {None: member.get("x-null"), "": empty}
    return [value for value, word in words.items() if word == "ignored"]


def _word(schema: Mapping[str, Any], *keywords: str, needed: bool) -> str:
    word: str = next((schema[keyword] for keyword in keywords if keyword in schema), "")
    return "rejected" if needed and word == "ignored" else word


def _with(schema: Json, value: str | None, alternative: Json) -> Json:
    """The schema taking ``value`` too, said in the shortest way that is true."""
    for wider in (schema, *_widened(schema, value)):
        if accepts(wider, value):
            return wider
    kept = {key: schema[key] for key in BESIDE if key in schema}
    rest = {key: item for key, item in schema.items() if key not in kept}
    if set(rest) == {"anyOf"}:
        return {**kept, "anyOf": [*rest["anyOf"], alternative]}
    return {**kept, "anyOf": [rest, alternative]}


def _widened(schema: Json, value: str | None) -> Iterator[Json]:
    if value is None and isinstance(schema.get("type"), str) and schema["type"] != "object":
        wider = {**schema, "type": [schema["type"], "null"]}
        yield {**wider, "enum": [*schema["enum"], None]} if "enum" in schema else wider
    if value == "" and "enum" in schema:
        yield {**schema, "enum": [*schema["enum"], ""]}


def _requirements(requires: Mapping[str, list[str]]) -> Iterator[Json]:
    """A member with a value that is not empty needs the others, with such a value too."""
    for member, others in requires.items():
        yield {
            "if": {"required": [member], "properties": {member: _SAYS_SOMETHING}},
            "then": {"required": others, "properties": dict.fromkeys(others, _SAYS_SOMETHING)},
        }


def accepts(schema: Json, value: str | None) -> bool:
    """Whether the schema has nothing against a value."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


_SAYS_SOMETHING = {"not": {"enum": ["", None]}}
