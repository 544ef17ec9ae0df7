"""What the kit itself finds wrong with a request document, to hold the emulator's reader to.

Its only use in drawing is as a last filter: a valid document must have no fault, a broken one faults at one place.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.places import NULL, QUOTES, blanks
from mockserver.contract.operations import Operation

_NOTHING: Any = object()


@dataclass(frozen=True, slots=True)
class Fault:
    """A broken rule: JSON pointer into the document and the keyword of the schema."""

    pointer: str
    keyword: str


def faults(operation: Operation, document: Mapping[str, Any]) -> set[Fault]:
    """Everything that is wrong with the document; a refused blank hides what else is, as it does in the reader."""
    places = operation.request["properties"]
    sent = {place: document.get(place, {}) for place in places}
    found = {fault for place, schema in places.items() for fault in _refused(schema, sent[place], place, f"/{place}")}
    if found:
        return found
    read = {place: understood(schema, sent[place], place) for place, schema in places.items()}
    found = set(map(_fault, operation.request_rules.iter_errors(read)))
    return found or set(_missing(operation.request, read, ""))


def understood(schema: Schema, value: Any, place: str) -> Any:
    """The value without the members that the contract ignores."""
    if isinstance(value, dict):
        members = schema.get("properties", {})
        kept = {name: _kept(members.get(name, {}), item, place) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item is not _NOTHING}
    if isinstance(value, list):
        kept_items = [_kept(schema.get("items", {}), item, place) for item in value]
        return [item for item in kept_items if item is not _NOTHING]
    return value


def _kept(schema: Schema, value: Any, place: str) -> Any:
    word = _blank(schema, value, place)
    if word is None:
        return understood(schema, value, place)
    if word == "ignored":
        return _NOTHING
    return {QUOTES: "", None: NULL}.get(value, value) if place == "query" else value


def _blank(schema: Schema, value: Any, place: str) -> str | None:
    """The word of the contract for a value that means nothing; None for any other value."""
    if value is not None and not isinstance(value, str):
        return None
    return next((word for blank, _, word in blanks(schema, place) if blank == value), None)


def _refused(schema: Schema, value: Any, place: str, pointer: str) -> Iterator[Fault]:
    if isinstance(value, dict):
        below = [(name, schema.get("properties", {}).get(name, {}), item) for name, item in value.items()]
    elif isinstance(value, list):
        below = [(str(at), schema.get("items", {}), item) for at, item in enumerate(value)]
    else:
        return
    for step, member, item in below:
        here = f"{pointer}/{step}"
        for blank, keyword, word in blanks(member, place):
            if word == "rejected" and blank == item and type(blank) is type(item):
                yield Fault(here, keyword)
        yield from _refused(member, item, place, here)


def _fault(error: jsonschema_rs.ValidationError) -> Fault:
    steps = list(error.instance_path)
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Required):
        steps.append(error.kind.property)
    keyword = next(str(step) for step in reversed(error.schema_path) if isinstance(step, str))
    return Fault("".join(f"/{step}" for step in steps), keyword)


def _missing(schema: Schema, value: Any, pointer: str) -> Iterator[Fault]:
    """What ``x-requires`` asks for and is not there."""
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _missing(schema.get("items", {}), item, f"{pointer}/{at}")
    if not isinstance(value, dict):
        return
    for member, others in schema.get("x-requires", {}).items():
        if value.get(member) not in (None, ""):
            yield from (Fault(f"{pointer}/{name}", "x-requires") for name in others if value.get(name) in (None, ""))
    for name, item in value.items():
        yield from _missing(schema.get("properties", {}).get(name, {}), item, f"{pointer}/{name}")
