"""One answer for every operation whose business is not built yet: schema-valid, stable, plausible, and said to be so.

Driven by the response schema and the sandbox's seed: the same call with the same arguments gives the same body, and
what was asked for by ID comes back under that ID. A list is as long as it is, whichever page of it is asked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import jsonschema_rs

from mockserver.contract.operations import Operation
from mockserver.operations.call import Body, Call
from mockserver.operations.generated.asked import Asked, Page, asked, singular, snake
from mockserver.operations.generated.neighbours import Neighbours
from mockserver.operations.generated.plausible import Plausible

Schema = Mapping[str, Any]
Allows = Callable[[Schema, Any], bool]
_FEW, _MANY = 3, 7
# Lists of what went wrong are empty in an answer in which nothing did.
_NOTHING = re.compile("fail|error|expired", re.IGNORECASE)
_FAILURE = {"error_code", "error_msg"}
_COUNTS = {"count", "total_count", "total_size", "total_record"}
_DIGITS = 18
_MARKER = "next_marker"
_FORMATS = {"date-time": "2026-01-31T08:05:01Z", "date": "2026-01-31", "email": "someone@example.com"}
ABSENT: Any = object()


class Generator:
    """Makes the answers; keeps the rules of each member once they are compiled."""

    def __init__(self) -> None:
        # By the schema's identity; the schema is kept beside its rules so that no other one gets it.
        self._rules: dict[int, tuple[Schema, jsonschema_rs.Draft202012Validator]] = {}

    def __call__(self, operation: Operation, call: Call) -> Body:
        """A success body of ``operation``."""
        wanted = asked(operation, call.arguments)
        key = f"{call.world.seed}/{operation.site}/{operation.name}/{wanted.content}"
        about = Plausible(call, wanted, Neighbours(call), key)
        body = _Answer(wanted, self.allows, operation.response).value(about, operation.response, "", "")
        return body if isinstance(body, dict) else {}

    def allows(self, schema: Schema, value: Any) -> bool:
        known = self._rules.get(id(schema))
        if known is None:
            rules = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True)
            known = self._rules[id(schema)] = (schema, rules)
        return known[1].is_valid(value)


class _Answer:
    """The walk through one response schema. ``about`` is the record that a value belongs to."""

    def __init__(self, wanted: Asked, allows: Allows, schema: Schema) -> None:
        self._wanted = wanted
        self._allows = allows
        self._listing = _listing(schema)
        self._total = 0

    def value(self, about: Plausible, schema: Schema, holder: str, name: str) -> Any:
        """A value for the member of that name, ``ABSENT`` where the schema allows none of ours."""
        if "anyOf" in schema:
            schema = schema["anyOf"][0]
        match schema.get("type"):
            case "object":
                return self._object(about, schema, name)
            case "array":
                return self._list(about, schema, name)
            case "null":
                return None
        for value in self._values(about, schema, holder, name):
            if value is not ABSENT and self._allows(schema, value):
                return value
        return ABSENT

    def _object(self, about: Plausible, schema: Schema, name: str) -> Body:
        members, needed = schema.get("properties", {}), schema.get("required", ())
        made = self._lists(about, schema) if schema is self._listing else {}
        for member, below in members.items():
            if member in made or (member in _FAILURE and member not in needed):
                continue
            value = self.value(about, below, name, member)
            if value is ABSENT and member in needed:
                value = _by_type(below)
            if value is not ABSENT:
                made[member] = value
        return {member: made[member] for member in members if member in made}

    def _lists(self, about: Plausible, schema: Schema) -> Body:
        """The lists that the answer is about: the page that was asked for, and how many there are in all."""
        members = schema["properties"]
        lists = {name: below for name, below in members.items() if _is_list_of_records(name, below)}
        first = next(iter(lists))
        self._total = self._length(about, lists[first], first, _MANY)
        page = (self._wanted.page or Page()).of(self._total)
        made: Body = {name: self._entries(about, below, name, page) for name, below in lists.items()}
        return made | {name: self._total for name in members if snake(name) in _COUNTS}

    def _list(self, about: Plausible, schema: Schema, name: str) -> list[Any]:
        length = schema.get("minItems", 0) if _NOTHING.search(name) else self._length(about, schema, name, _FEW)
        return self._entries(about, schema, name, range(length))

    def _entries(self, about: Plausible, schema: Schema, name: str, numbers: Iterable[int]) -> list[Any]:
        items = schema["items"]
        # What was asked for comes in its order; else the first entry is about the same as the record that it is in.
        first = about.place if self._named(schema, name) is None else 0
        made = []
        for number in numbers:
            entry = about.entry(name, number, first + number)
            value = self.value(entry, items, name, name if items.get("type") == "object" else singular(name))
            if value is not ABSENT:
                made.append(value)
        return made

    def _length(self, about: Plausible, schema: Schema, name: str, most: int) -> int:
        """How many entries there are: one for each that was asked for, else a few, no two of them alike."""
        members = schema["items"].get("properties", (singular(name),))
        length = self._named(schema, name)
        if length is None:
            different = [count for member in members if (count := about.different(name, member)) is not None]
            length = min([about.length(name, most), *different])
        least: int = schema.get("minItems", 0)
        most_allowed: int = schema.get("maxItems", length)
        return max(least, min(length, most_allowed))

    def _named(self, schema: Schema, name: str) -> int | None:
        """How many were asked for by a list of their IDs."""
        members = (snake(member) for member in schema["items"].get("properties", (singular(name),)))
        named = (member for member in members if member in self._wanted.lists and member.endswith("id"))
        return next((len(self._wanted.values[member]) for member in named), None)

    def _values(self, about: Plausible, schema: Schema, holder: str, name: str) -> Iterator[Any]:
        """Values for a member, the best one first."""
        if name == _MARKER:
            yield from self._next_page()
            return
        yield _typed(schema, self._wanted.value(name, about.place))
        for candidate in about.candidates(holder, name):
            if candidate is None:
                return
            yield _typed(schema, candidate, cut=True)
        yield from schema.get("examples", ())
        yield _by_type(schema, about)

    def _next_page(self) -> Iterator[str]:
        page = self._wanted.page
        if page is not None and page.size is not None and page.start + page.size < self._total:
            yield str(page.start + page.size)


def _listing(schema: Schema) -> Schema | None:
    """The object that holds the list that an answer is about: the outermost one that holds any."""
    members = schema.get("properties", {})
    if any(_is_list_of_records(name, below) for name, below in members.items()):
        return schema
    return next((found for below in members.values() if (found := _listing(below)) is not None), None)


def _is_list_of_records(name: str, schema: Schema) -> bool:
    return schema.get("items", {}).get("type") == "object" and not _NOTHING.search(name)


def _typed(schema: Schema, value: Any, *, cut: bool = False) -> Any:
    """A value in the schema's type, ``ABSENT`` where it has none in it."""
    match schema.get("type"), value:
        case _, None:
            return ABSENT
        case "boolean", bool():
            return value
        case _, bool():
            return ABSENT
        case "string", int() | Decimal() | str():
            return str(value)[: schema.get("maxLength") if cut else None]
        case "integer", str() if value.isascii() and value.isdigit():
            return int(value[:_DIGITS])
        case "integer" | "number", int() | Decimal() if abs(value) < 10**_DIGITS:
            if schema["type"] == "number":
                return Decimal(value)
            return int(value) if cut or value == int(value) else ABSENT
    return ABSENT


def _by_type(schema: Schema, about: Plausible | None = None) -> Any:
    """A value by type alone."""
    if "const" in schema or "enum" in schema:
        choices = schema.get("enum", [schema.get("const")])
        return about.chance.choice(choices) if about else choices[0]
    match schema.get("type"):
        case "boolean":
            return about is not None and about.chance.random() < 0.5
        case "integer" | "number":
            return max(schema.get("minimum", 0), min(schema.get("maximum", 1), 1))
        case "string" if "format" in schema:
            return _FORMATS.get(schema["format"], "")
        case "string":
            word = about.word() if about else ""
            return word[: schema.get("maxLength")].ljust(schema.get("minLength", 0), "x")
    return ABSENT
