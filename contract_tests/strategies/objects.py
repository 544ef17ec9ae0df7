"""Values of any schema: numbers, texts, lists, and objects with all combinations of their optional members."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contract_tests.strategies import merging, places
from contract_tests.strategies.judging import understood
from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.merging import Contradiction, folded, merged
from contract_tests.strategies.numbers import FAR, numbers
from contract_tests.strategies.rules import identity, satisfies
from contract_tests.strategies.texts import texts

# Conditions can hang on members that other conditions rule; more rounds than this no page needs.
_ROUNDS = 6
_FEW = 3


@dataclass(frozen=True)
class Drawing:
    """How values are drawn. ``only``: optional members by these names and no others; ``known``: values that mean
    something in the world under test, by the name of the member; ``far``: see ``numbers``. Strategies are made once
    and kept.
    """

    only: frozenset[str] | None = None
    known: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    far: int = FAR
    _made: dict[tuple[bytes, str, str], SearchStrategy[Any]] = field(default_factory=dict, repr=False)
    _folded: dict[tuple[bytes, ...], Schema] = field(default_factory=dict, repr=False)

    def values(self, schema: Schema, place: str, name: str = "") -> SearchStrategy[Any]:
        """Real values, none of those that mean nothing (see ``places.blanks``)."""
        key = (identity(schema), place, name)
        if key not in self._made:
            usual = self._values(schema, place, name).filter(lambda value: places.carries(place, value))
            known = [value for value in self.known.get(name, ()) if satisfies(schema, value)]
            self._made[key] = st.sampled_from(known) | usual if known else usual
        return self._made[key]

    def _values(self, schema: Schema, place: str, name: str) -> SearchStrategy[Any]:
        listed = merging.allowed(schema)
        if listed is not None:
            return st.sampled_from([value for value in listed if satisfies(schema, value)])
        if "anyOf" in schema and schema.get("type") != "object":
            rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
            return st.one_of(*(self.values(part, place, name) for part in _compatible(rest, schema["anyOf"])))
        match schema.get("type"):
            case "integer" | "number":
                return numbers(schema, self.far)
            case "boolean":
                return st.booleans()
            case "array":
                return self._lists(schema, place, name)
            case "object":
                return _objects(self, schema, place)
            case "null":
                return st.none()
        return texts(schema, place)

    def _lists(self, schema: Schema, place: str, name: str) -> SearchStrategy[list[Any]]:
        item = self.values(schema.get("items", {"type": "string"}), place, name)
        least, most = schema.get("minItems", 0), schema.get("maxItems")
        few = st.lists(item, min_size=least, max_size=least + _FEW if most is None else min(most, least + _FEW))
        if most is None or most <= least + _FEW:
            return few
        many = st.lists(item, min_size=1, max_size=_FEW)
        return few | few | st.builds(_repeated, many, st.sampled_from([most, most - 1]))

    def effective(self, schema: Schema, extra: Iterable[Schema]) -> Schema:
        """The schema with ``extra`` merged in. Raises ``Contradiction``."""
        chosen = tuple(extra)
        key = (identity(schema), *map(identity, chosen))
        if key not in self._folded:
            self._folded[key] = folded(merged(schema, *chosen))
        return self._folded[key]


@st.composite
def _objects(draw: DrawFn, drawing: Drawing, schema: Schema, place: str) -> dict[str, Any]:
    """Members are drawn, then those drawn again that a condition rules, until every condition that holds is met."""
    schema = drawing.effective(schema, ())
    everything = draw(st.integers(0, 3)) == 3
    branches: dict[bytes, int] = {}
    wanted: dict[str, bool] = {}
    drawn_by: dict[str, tuple[bytes, bool]] = {}
    value: dict[str, Any] = {}
    for _ in range(_ROUNDS):
        here = _ruling(draw, drawing, schema, understood(schema, value, place), branches)
        needed = _needed(here, value)
        again = False
        for name, member in here.get("properties", {}).items():
            if name not in wanted:
                optional = drawing.only is None or name in drawing.only
                wanted[name] = name in needed or (optional and (everything or draw(st.booleans())))
            if not wanted[name] and name not in needed:
                continue
            by = (identity(member), name in needed)
            if drawn_by.get(name) == by:
                continue
            drawn_by[name], again = by, True
            below = name if place == "" else place
            if name in needed:
                value[name] = draw(drawing.values(member, below, name))
            else:
                value[name] = draw(_optional(drawing, member, below, name))
        again |= _drop_forbidden(draw, here, value, needed, wanted)
        if not again:
            return {name: value[name] for name in here.get("properties", {}) if name in value}
    assume(False)
    raise AssertionError


def _optional(drawing: Drawing, schema: Schema, place: str, name: str) -> SearchStrategy[Any]:
    """A value of an optional member, or one that means nothing where the contract lets it pass."""
    passing = [
        blank
        for blank, _, word in places.blanks(schema, place)
        if word == "ignored" or (word == "filter" and _passes(schema, blank, place))
    ]
    real = drawing.values(schema, place, name)
    return real | real | st.sampled_from(passing) if passing else real


def _passes(schema: Schema, blank: Any, place: str) -> bool:
    seen = understood({"properties": {"x": schema}}, {"x": blank}, place)
    return satisfies({"properties": {"x": schema}}, seen)


def _ruling(draw: DrawFn, drawing: Drawing, schema: Schema, value: Any, branches: dict[bytes, int]) -> Schema:
    """The schema with what its conditions add for this value, and one branch of each alternative."""
    try:
        here = drawing.effective(schema, [then for when, then in merging.conditions(schema) if satisfies(when, value)])
        for choices in merging.parts(here, "anyOf"):
            key = identity({"anyOf": choices})
            if key not in branches:
                branches[key] = draw(st.integers(0, len(choices) - 1))
            here = drawing.effective(here, [choices[branches[key]]])
    except Contradiction:
        assume(False)
    return here


def _needed(schema: Schema, value: Mapping[str, Any]) -> set[str]:
    needed = set(schema.get("required", ()))
    for member, others in schema.get("x-requires", {}).items():
        if value.get(member) not in (None, "", places.QUOTES):
            needed |= set(others)
    return needed


def _drop_forbidden(
    draw: DrawFn, schema: Schema, value: dict[str, Any], needed: set[str], wanted: dict[str, bool]
) -> bool:
    """Leave out a member where the schema forbids those that are there together."""
    for forbidden in merging.parts(schema, "not"):
        if satisfies(forbidden, value):
            spare = [name for name in forbidden.get("required", ()) if name in value and name not in needed]
            assume(spare)
            name = draw(st.sampled_from(spare))
            del value[name]
            wanted[name] = False
            return True
    return False


def _compatible(schema: Schema, alternatives: Iterable[Schema]) -> list[Schema]:
    found: list[Schema] = []
    for part in alternatives:
        try:
            found.append(folded(merged(schema, part)))
        except Contradiction:
            continue
    return found


def _repeated(items: list[Any], length: int) -> list[Any]:
    return [items[place % len(items)] for place in range(length)]
