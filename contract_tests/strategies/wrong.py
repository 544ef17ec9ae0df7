"""Values that break one keyword of a member and, as far as it can be, no other."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from contract_tests.strategies import merging, regexes
from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.merging import Contradiction, merged
from contract_tests.strategies.numbers import exact, step
from contract_tests.strategies.objects import Drawing
from contract_tests.strategies.places import carries, characters
from contract_tests.strategies.rules import satisfies
from contract_tests.strategies.texts import of_length

# From a value that is right to one that is wrong.
Maker = Callable[[DrawFn, Any], Any]

_OF_TYPE: dict[str, Sequence[Any]] = {
    "string": ["x", "1", "10.00", "true"],
    "integer": [1, 0, -1],
    "number": [Decimal("1.5"), Decimal("-0.25")],
    "boolean": [True, False],
    "object": [{}, {"x": 1}],
    "array": [[], [1], ["x"]],
}
# On the wire all is text: what a client might write where a number or a boolean is meant.
_TEXTS = ["abc", "1,5", "1.5.1", "1e3", "0x10", "１", " 1", "--1", "1_000", "NaN", "True", "yes", "1.0.", "∞"]
_STRANGERS = " @-_.a0Z中é\n%/"
_PLAIN = st.sampled_from("abz019")
_FARTHER = 3


def makers(ruling: Schema, full: Schema, place: str) -> Iterator[tuple[str, str, Maker]]:
    """Every way to break what ``ruling`` says of a member: keyword, words, and how.

    ``full`` is everything that holds for the member; ``ruling`` the same, or what a condition adds.
    """
    if "type" in ruling:
        yield from _types(full, place)
    if "enum" in ruling or "const" in ruling:
        yield "enum" if "enum" in ruling else "const", "a value that is not listed", _unlisted(full, place)
    yield from _ranges(ruling, full)
    yield from _lengths(ruling, full, place)
    yield from _sizes(ruling, place)
    for keyword in ("pattern", "anyOf"):
        for rule in merging.parts(ruling, keyword):
            if full.get("type") == "string":
                yield keyword, f"a text that does not match {rule}", _mismatched({keyword: rule}, full, place)
    if "format" in ruling:
        yield "format", "a day or a month that does not exist", _no_such_day
    for forbidden in merging.parts(ruling, "not"):
        if full.get("type") != "object":
            yield from (("not", "a form that is forbidden", make) for make in _forbidden(forbidden, full, place))


def right(place: str, value: Any) -> bool:
    """Whether a wrong value of our making reaches the server as it is."""
    if place == "body" or not isinstance(value, str):
        return True
    return carries(place, value) and (value.isprintable() if place != "headers" else value.isascii())


def _types(full: Schema, place: str) -> Iterator[tuple[str, str, Maker]]:
    """Every other JSON type; in the places that are text on the wire, texts that are no such value."""
    own = full["type"]
    if place != "body":
        if own in ("integer", "number", "boolean"):
            yield "type", f"a text that is no {own}", _any_of(_TEXTS, full, place)
        return
    for other, values in _OF_TYPE.items():
        if other != own and (own, other) != ("number", "integer"):
            yield "type", f"{other} instead of {own}", _any_of(values, full, place)
    if "x-null" not in full:
        yield "type", "null", _always(None)
    if own != "string" and "x-empty" not in full:
        yield "type", "an empty text", _always("")


def _ranges(ruling: Schema, full: Schema) -> Iterator[tuple[str, str, Maker]]:
    if "minimum" in ruling:
        least, size = exact(ruling["minimum"]), step(full)
        below: list[Decimal | int] = [least - size, least - 1, least - 100 * size, -(2**31)]
        yield "minimum", f"less than {least}", _any_number(full, below)
    if "maximum" in ruling:
        most, size = exact(ruling["maximum"]), step(full)
        above: list[Decimal | int] = [most + size, most + 1, most * 10 + size, 2**63]
        yield "maximum", f"more than {most}", _any_number(full, above)
    for part in merging.parts(ruling, "multipleOf"):
        size = exact(part)
        yield "multipleOf", f"not a multiple of {size}", _between(size)


def _lengths(ruling: Schema, full: Schema, place: str) -> Iterator[tuple[str, str, Maker]]:
    if ruling.get("minLength", 0) > 1:
        yield "minLength", f"shorter than {ruling['minLength']}", _shorter(ruling["minLength"], full, place)
    if "maxLength" in ruling:
        yield "maxLength", f"longer than {ruling['maxLength']}", _longer(ruling["maxLength"], full, place)


def _sizes(ruling: Schema, place: str) -> Iterator[tuple[str, str, Maker]]:
    # A query cannot say that a list is empty.
    fewest, least = int(place != "body"), ruling.get("minItems", 0)
    if least > fewest:
        yield "minItems", f"fewer than {least}", lambda draw, items: items[: draw(st.integers(fewest, least - 1))]
    if "maxItems" in ruling:
        most = ruling["maxItems"]
        yield "maxItems", f"more than {most}", lambda draw, items: _filled(items, most + draw(st.integers(1, _FARTHER)))


def _filled(items: Sequence[Any], size: int) -> list[Any]:
    assume(items)
    return [items[place % len(items)] for place in range(size)]


def _always(value: Any) -> Maker:
    return lambda draw, old: value


def _any_of(values: Sequence[Any], full: Schema, place: str) -> Maker:
    """One of those that the member does not allow; those that only its list forbids come first."""
    wrong = [value for value in values if not satisfies(full, value) and right(place, value)]
    return lambda draw, old: draw(st.sampled_from(wrong))


def _any_number(full: Schema, limits: Sequence[Decimal | int]) -> Maker:
    whole = full["type"] == "integer"
    values = [int(limit) if whole or limit == int(limit) else limit for limit in limits]
    wrong = [value for value in dict.fromkeys(values) if not satisfies(full, value)]
    return lambda draw, old: draw(st.sampled_from(wrong))


def _between(size: Decimal) -> Maker:
    def make(draw: DrawFn, old: Any) -> Decimal:
        return Decimal(old) + size * draw(st.sampled_from([Decimal("0.5"), Decimal("0.1"), Decimal("-0.1")]))

    return make


def _unlisted(full: Schema, place: str) -> Maker:
    listed = merging.allowed(full) or ()
    near: list[Any] = []
    for value in listed:
        if isinstance(value, str):
            near += [value.swapcase(), value + "x", value[:-1], value + " ", "x", "中"]
        elif isinstance(value, bool):
            near.append(not value)
        elif isinstance(value, int):
            near += [value + 1, value - 1, value + 1000]
    strange = [value for value in dict.fromkeys(near) if value not in listed and value != "" and right(place, value)]
    plain = {keyword: rule for keyword, rule in full.items() if keyword not in ("enum", "const")}
    fitting = [value for value in strange if satisfies(plain, value)]
    return lambda draw, old: draw(st.sampled_from(fitting or strange))


def _shorter(least: int, full: Schema, place: str) -> Maker:
    plain = {keyword: rule for keyword, rule in full.items() if keyword != "minLength"}
    try:
        texts = of_length(plain, 1, least - 1, place)
    except ValueError:
        return lambda draw, old: old[: draw(st.integers(1, least - 1))]
    return lambda draw, old: draw(texts)


def _longer(most: int, full: Schema, place: str) -> Maker:
    try:
        texts = of_length(full, most + 1, most + _FARTHER, place)
    except ValueError:
        return lambda draw, old: (old * (most + 1))[: most + draw(st.integers(1, _FARTHER))]
    return lambda draw, old: draw(texts)


def _mismatched(rule: Schema, full: Schema, place: str) -> Maker:
    """A right text with one character changed, added or left out, so that it is just not right."""
    rest = {keyword: value for keyword, value in full.items() if keyword not in (*rule, "format")}

    def make(draw: DrawFn, old: str) -> str:
        changed = [old[:at] + char + old[at + skip :] for char in _STRANGERS for at in (0, len(old) // 2, len(old))
                   for skip in (0, 1)]  # fmt: skip
        changed += [old[1:], old[:-1], old + old, "x"]
        wrong = [text for text in dict.fromkeys(changed) if text and right(place, text) and not satisfies(rule, text)]
        fitting = [text for text in wrong if satisfies(rest, text)]
        assume(wrong)
        return draw(st.sampled_from(fitting or wrong))

    return make


def _no_such_day(draw: DrawFn, old: str) -> str:
    day = draw(st.sampled_from(["-02-30", "-04-31", "-13-01", "-00-10", "-01-00", "-01-32"]))
    return old[:4] + day + old[10:]


def _forbidden(schema: Schema, full: Schema, place: str) -> Iterator[Maker]:
    for part in schema.get("anyOf", [schema]):
        if "pattern" in part:
            yield _of_forbidden_form(part["pattern"], full, place)
        else:
            plain = {keyword: value for keyword, value in full.items() if keyword != "not"}
            try:
                values = Drawing().values(merged(plain, part), place)
            except Contradiction:
                continue
            yield lambda draw, old, values=values: draw(values)  # type: ignore[misc]


def _of_forbidden_form(pattern: str, full: Schema, place: str) -> Maker:
    least, most = max(1, full.get("minLength", 0)), full.get("maxLength")
    texts = regexes.matching(pattern, least, most, characters(place), around=_PLAIN)
    return lambda draw, old: draw(texts)
