"""Every rule that a request can break, found in the schema file, and requests that break exactly that one.

A broken request is a valid one, drawn so that the rule applies, in which one place is made wrong.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contract_tests.strategies import merging, places, wrong
from contract_tests.strategies.judging import faults
from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.merging import Contradiction, folded, merged
from contract_tests.strategies.objects import Drawing
from contract_tests.strategies.requests import Document, requests
from mockserver.contract.operations import Operation

PARAMETER_ERROR = "CBC.0100"
_LEFT_OUT: Any = object()
Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the contract and one way to break it. ``code`` is what the page answers."""

    pointer: str
    keyword: str
    code: str
    how: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.how} ({self.keyword}) answers {self.code}"


@dataclass(frozen=True, slots=True)
class Broken:
    """A request in which exactly one rule is broken."""

    operation: Operation
    document: Document
    rule: Rule
    # Its own, and what else the same value breaks: what is not in a list can be too long besides.
    keywords: frozenset[str]

    def explain(self) -> str:
        return f"{self.operation.name} ({self.operation.site}, {self.operation.page})\n  {self.rule}\n  {self.document}"


@dataclass(frozen=True, slots=True)
class Break:
    """How a rule is broken: what the document needs for the rule to apply, and what is put where."""

    rule: Rule
    needing: Schema
    steps: Steps
    make: wrong.Maker


def rules(operation: Operation) -> list[Rule]:
    """Everything that can be broken in a request of the operation; the same rule once for each way to break it."""
    return [one.rule for one in breaks(operation)]


def breaks(operation: Operation) -> list[Break]:
    if operation.file not in _found:
        found = {
            one.rule: one
            for place, schema in operation.request["properties"].items()
            for one in _Finding(place).below(folded(schema), (place,), {})
        }
        _found[operation.file] = list(found.values())
    return _found[operation.file]


def broken_requests(
    operation: Operation,
    rule: Rule | None = None,
    only: Collection[str] | None = None,
    known: Mapping[str, Sequence[Any]] | None = None,
) -> SearchStrategy[Broken]:
    """Requests that break ``rule``, or any one; ``only`` and ``known`` as in ``requests``."""
    chosen = [one for one in breaks(operation) if rule in (None, one.rule)]
    return st.sampled_from(chosen).flatmap(lambda one: _broken(operation, one, only, known))


@st.composite
def _broken(
    draw: DrawFn,
    operation: Operation,
    one: Break,
    only: Collection[str] | None,
    known: Mapping[str, Sequence[Any]] | None,
) -> Broken:
    right = draw(requests(operation, only, known, one.needing))
    document = _replaced(right, one.steps, lambda old: one.make(draw, old))
    found = faults(operation, document)
    assume({fault.pointer for fault in found} == {one.rule.pointer})
    keywords = frozenset(fault.keyword for fault in found)
    assume(one.rule.keyword in keywords)
    return Broken(operation, document, one.rule, keywords)


@dataclass(frozen=True, slots=True)
class _Finding:
    """Walks one place of a request. ``around`` is what the document needs for the schema at hand to apply."""

    place: str

    def below(self, schema: Schema, steps: Steps, around: Schema) -> Iterator[Break]:
        """All rules of a schema and of what is in it."""
        if self.place == "body":
            yield from self._values(schema, schema, steps, around)
        yield from self._inside(schema, schema, steps, around)

    def _inside(self, ruling: Schema, full: Schema, steps: Steps, around: Schema) -> Iterator[Break]:
        """The rules about members and elements; ``ruling`` is the part of ``full`` whose rules are meant."""
        needing = _both(around, _path(steps, {}))
        if "items" in ruling:
            yield from self.below(folded(full["items"]), (*steps, 0), _both(needing, _path((*steps, 0), {})))
        for name, member in ruling.get("properties", {}).items():
            whole = folded(full["properties"][name])
            here = (*steps, name)
            yield from self._values(folded(member), whole, here, needing)
            yield from self._blanks(member, whole, here, needing)
            yield from self._inside(folded(member), whole, here, needing)
        yield from self._members(ruling, full, steps, needing)
        for when, then in merging.conditions(ruling):
            try:
                applying = folded(merged(full, when, then))
                yield from self._inside(then, applying, steps, _both(needing, _path(steps, when)))
            except Contradiction:
                continue

    def _values(self, ruling: Schema, full: Schema, steps: Steps, around: Schema) -> Iterator[Break]:
        needing = _both(around, _path(steps, {}))
        for keyword, how, make in wrong.makers(ruling, full, self.place):
            # A body that is null is no body, which is another matter.
            if (how, len(steps)) != ("null", 1):
                yield Break(Rule(_pointer(steps), keyword, _code(full), how), needing, steps, make)

    def _blanks(self, ruling: Schema, full: Schema, steps: Steps, around: Schema) -> Iterator[Break]:
        for blank, keyword, word in places.blanks(ruling, self.place):
            if word == "rejected":
                how = {None: "null", "": "an empty value"}.get(blank, "two quotes")
                yield Break(Rule(_pointer(steps), keyword, _code(full), how), around, steps, _always(blank))

    def _members(self, ruling: Schema, full: Schema, steps: Steps, around: Schema) -> Iterator[Break]:
        """What an object says of which members are there."""
        members = full.get("properties", {})
        # Without a value for its place a path is another path.
        for name in ruling.get("required", ()) if self.place != "path" else ():
            pointer, code = _pointer((*steps, name)), _code(members.get(name, {}))
            for how, value in self._absent(members.get(name, {})):
                yield Break(Rule(pointer, "required", code, how), around, (*steps, name), _always(value))
        for member, others in ruling.get("x-requires", {}).items():
            given = _both(around, _path((*steps, member), _not_empty(members[member])))
            for name in others:
                pointer, code = _pointer((*steps, name)), _code(members[name])
                for how, value in self._absent(members[name]):
                    rule = Rule(pointer, "x-requires", code, f"{how} beside {member}")
                    yield Break(rule, given, (*steps, name), _always(value))
        yield from self._together(ruling, full, steps, around)

    def _together(self, ruling: Schema, full: Schema, steps: Steps, around: Schema) -> Iterator[Break]:
        """Members of which one must be there, or not all."""
        members = full.get("properties", {})
        for choices in merging.parts(ruling, "anyOf"):
            if full.get("type") == "object":
                names = {name for choice in choices for name in choice.get("required", ())}
                rule = Rule(_pointer(steps), "anyOf", _code(full), f"none of {', '.join(sorted(names))}")
                yield Break(rule, around, steps, _without(names))
        for forbidden in merging.parts(ruling, "not"):
            if full.get("type") == "object":
                names = set(forbidden.get("required", ()))
                rule = Rule(_pointer(steps), "not", _code(full), f"{' and '.join(sorted(names))} together")
                yield Break(rule, around, steps, _with(names, members, self.place))

    def _absent(self, schema: Schema) -> Iterator[tuple[str, Any]]:
        """How a member is not there: left out, or sent as what the contract ignores."""
        yield "left out", _LEFT_OUT
        for blank, keyword, word in places.blanks(schema, self.place):
            if word == "ignored":
                yield f"as if left out, by {keyword}", blank


_found: dict[Any, list[Break]] = {}


def _path(steps: Steps, inner: Schema) -> Schema:
    """What a document needs for there to be a value at ``steps``, of the form ``inner``."""
    for step in reversed(steps):
        if isinstance(step, int):
            inner = {"minItems": 1, "items": inner}
        else:
            inner = {"required": [step], "properties": {step: inner}}
    return inner


def _both(one: Schema, other: Schema) -> Schema:
    return merged(one, other)


def _not_empty(schema: Schema) -> Schema:
    return {"minLength": 1} if schema.get("type") == "string" else {}


def _code(schema: Schema) -> str:
    code: str = schema.get("x-error", PARAMETER_ERROR)
    return code


def _pointer(steps: Steps) -> str:
    return "".join(f"/{step}" for step in steps)


def _always(value: Any) -> wrong.Maker:
    return lambda draw, old: value


def _without(names: Collection[str]) -> wrong.Maker:
    return lambda draw, old: {name: value for name, value in old.items() if name not in names}


def _with(names: Collection[str], members: Mapping[str, Schema], place: str) -> wrong.Maker:
    drawing = Drawing()

    def make(draw: DrawFn, old: Mapping[str, Any]) -> dict[str, Any]:
        added = sorted(name for name in names if name not in old)
        return {**old, **{name: draw(drawing.values(members[name], place, name)) for name in added}}

    return make


def _replaced(value: Any, steps: Steps, change: Callable[[Any], Any]) -> Any:
    """A copy of ``value`` in which what stands at ``steps`` is changed, added or left out."""
    if not steps:
        return change(value)
    step, *rest = steps
    if isinstance(step, int):
        return [*value[:step], _replaced(value[step], tuple(rest), change), *value[step + 1 :]]
    new = _replaced(value.get(step), tuple(rest), change)
    return {name: item for name, item in {**value, step: new}.items() if item is not _LEFT_OUT}
