"""Texts: as short and as long as the contract allows, in any script where no pattern forbids it."""

from datetime import datetime

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contract_tests.strategies import merging, regexes, rules
from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.places import characters, telling

_SHORT = 12
# Documents forbid passwords of one kind of character only; a text with this in it is of every kind.
_MIXED = "aZ3-"
_FIRST, _LAST = datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)  # noqa: DTZ001 (written as UTC below)


def texts(schema: Schema, place: str) -> SearchStrategy[str]:
    """Texts of the schema's form, of characters that ``place`` carries; never empty."""
    return _drawn(schema, place).filter(lambda text: rules.satisfies(schema, text))


def of_length(schema: Schema, least: int, most: int | None, place: str) -> SearchStrategy[str]:
    """Texts of that length that the schema's first pattern matches, if it has one."""
    patterns = merging.parts(schema, "pattern")
    if not patterns:
        return _free(least, most, place)
    try:
        return regexes.matching(patterns[0], least, most, characters(place))
    except regexes.Unsupported:
        longest = most or least + regexes.LONG
        return st.from_regex(patterns[0], fullmatch=True).filter(lambda text: least <= len(text) <= longest)


def moments() -> SearchStrategy[str]:
    """``2019-05-06T08:05:01Z``, from the first year to the last."""
    edges = st.sampled_from([_FIRST, datetime(2024, 2, 29, 23, 59, 59), _LAST])  # noqa: DTZ001
    return (st.datetimes(_FIRST, _LAST) | edges).map(lambda at: at.replace(microsecond=0).isoformat() + "Z")


def _drawn(schema: Schema, place: str) -> SearchStrategy[str]:
    if merging.parts(schema, "format"):
        return moments()
    least, most = max(1, schema.get("minLength", 0)), schema.get("maxLength")
    if merging.parts(schema, "not") and not merging.parts(schema, "pattern"):
        return _free(least, most, place) | _of_every_kind(least, most, place)
    return of_length(schema, least, most, place)


def _free(least: int, most: int | None, place: str) -> SearchStrategy[str]:
    """Short ones in full variety; long ones repeat what is in them, or drawing would take longer than the call."""
    one = characters(place)
    whole = telling(place)
    short = st.text(one, min_size=least, max_size=least + _SHORT if most is None else min(most, least + _SHORT))
    short |= st.just(_stretched(whole, max(least, len(whole) if most is None else min(most, len(whole)))))
    if most is None or most <= least:
        return short
    few = st.text(one, min_size=1, max_size=_SHORT)
    lengths = st.sampled_from([most, most - 1, least]) | st.integers(least, most)
    return short | st.builds(_stretched, few, lengths)


def _of_every_kind(least: int, most: int | None, place: str) -> SearchStrategy[str]:
    room = None if most is None else most - len(_MIXED)
    if room is not None and room < 0:
        return st.nothing()
    return st.builds(_insert, _free(max(0, least - len(_MIXED)), room, place), st.integers(0, _SHORT))


def _insert(text: str, at: int) -> str:
    return text[:at] + _MIXED + text[at:]


def _stretched(text: str, length: int) -> str:
    return (text * (length // len(text) + 1))[:length]
