"""Texts that a pattern matches, of a wanted length.

``st.from_regex`` cannot be told how long a text has to be; most of what it makes for ``[a-z-]([a-z0-9-])*`` is shorter
than five characters and longer than thirty never. Here the length is drawn first, with the shortest and the longest
among the likely ones, and then spread over the parts of the pattern.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

# A text is not made longer than this where nothing limits it.
LONG = 64
# Long repetitions are made of few different parts, or drawing them takes longer than the call they are for.
_DIFFERENT = 12


Choice = TypeVar("Choice")


class Unsupported(Exception):
    """A pattern that this module cannot read: names pattern and construct."""


def matching(
    pattern: str,
    least: int,
    most: int | None,
    anything: SearchStrategy[str],
    around: SearchStrategy[str] | None = None,
) -> SearchStrategy[str]:
    """Texts of ``least`` to ``most`` characters that the pattern matches; ``anything`` draws one free character.

    ``around`` does so before and after a pattern that is not tied to the beginning or the end.
    Raises: ``Unsupported``, or ``ValueError`` where no match has such a length.
    """
    longest = max(least, LONG) if most is None else most
    whole = _read(pattern, longest)
    lengths = [length for length in _places(whole.lengths) if least <= length <= longest]
    if not lengths:
        raise ValueError(f"{pattern} matches nothing of {least} to {longest} characters")
    short = [length for length in lengths if length <= lengths[0] + _DIFFERENT]
    likely = st.sampled_from(short) | st.sampled_from([lengths[0], lengths[-1]]) | st.sampled_from(lengths)
    return _texts(whole, likely, _Free(anything, anything if around is None else around))


@dataclass(frozen=True, slots=True)
class _Free:
    """Draws a character that the pattern does not name: inside of it, and around it."""

    inside: SearchStrategy[str]
    around: SearchStrategy[str]


@st.composite
def _texts(draw: DrawFn, whole: "Part", lengths: SearchStrategy[int], free: _Free) -> str:
    return _drawn(draw, whole, draw(lengths), free)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a pattern. ``lengths``: bit n is set where it matches texts of n characters.

    ``kind``: ``one`` (one of the characters in ``ranges``), ``other`` (one that is not), ``around`` (any), ``row`` (the
    parts, one after the other), ``choice`` (one of the parts), ``repeat`` (the only part, ``least`` to ``most`` times).
    """

    kind: str
    lengths: int
    parts: "tuple[Part, ...]" = ()
    ranges: tuple[tuple[int, int], ...] = ()
    least: int = 0
    most: int = 0


@cache
def _read(pattern: str, longest: int) -> Part:
    items = list(parser.parse(pattern))
    around = Part("repeat", _all_up_to(longest), (Part("around", 0b10),), (), 0, longest)
    starts = bool(items) and items[0] == (codes.AT, codes.AT_BEGINNING)
    ends = bool(items) and items[-1] == (codes.AT, codes.AT_END)
    inner = [_part(pattern, item, longest) for item in items[starts : len(items) - ends]]
    return _row([*([] if starts else [around]), *inner, *([] if ends else [around])], longest)


def _part(pattern: str, item: tuple[Any, Any], longest: int) -> Part:
    code, value = item
    match code:
        case codes.LITERAL:
            return Part("one", 0b10, (), ((value, value),))
        case codes.NOT_LITERAL:
            return Part("other", 0b10, (), ((value, value),))
        case codes.ANY:
            return Part("other", 0b10, (), ((10, 10),))
        case codes.IN:
            return _set(pattern, value)
        case codes.SUBPATTERN if not value[1] and not value[2]:
            return _row([_part(pattern, below, longest) for below in value[3]], longest)
        case codes.BRANCH:
            choices = tuple(_row([_part(pattern, below, longest) for below in branch], longest) for branch in value[1])
            return Part("choice", _any_of(choices), choices)
        case codes.MAX_REPEAT | codes.MIN_REPEAT:
            least, most, below = value
            inner = _row([_part(pattern, part, longest) for part in below], longest)
            return _repeat(inner, least, min(int(most), longest), longest)
    raise Unsupported(f"pattern {pattern}: {str(code).lower()} is not read by contract_tests/strategies/regexes.py")


def _set(pattern: str, items: Sequence[tuple[Any, Any]]) -> Part:
    ranges, kind = [], "one"
    for code, value in items:
        match code:
            case codes.NEGATE:
                kind = "other"
            case codes.LITERAL:
                ranges.append((value, value))
            case codes.RANGE:
                ranges.append(value)
            case _:
                raise Unsupported(f"pattern {pattern}: write characters and ranges, not {str(value).lower()}")
    return Part(kind, 0b10, (), tuple(ranges))


def _row(parts: Sequence[Part], longest: int) -> Part:
    lengths = 1
    for part in parts:
        lengths = _sum(lengths, part.lengths, longest)
    return parts[0] if len(parts) == 1 else Part("row", lengths, tuple(parts))


def _repeat(inner: Part, least: int, most: int, longest: int) -> Part:
    reached, lengths = 1, 0
    for times in range(most + 1):
        if times >= least:
            lengths |= reached
        further = _sum(reached, inner.lengths, longest)
        if not further or (times >= least and lengths | further == lengths):
            break
        reached = further
    return Part("repeat", lengths, (inner,), (), least, most)


def _drawn(draw: DrawFn, part: Part, length: int, free: _Free) -> str:
    """A text of exactly ``length`` characters, which ``part`` can match."""
    match part.kind:
        case "one":
            return draw(_one_of(part.ranges))
        case "other":
            return draw(_none_of(part.ranges, free.inside))
        case "around":
            return draw(free.around)
        case "choice":
            able = [below for below in part.parts if below.lengths >> length & 1]
            return _drawn(draw, _chosen(draw, able), length, free)
        case "repeat":
            return _repeated(draw, part, length, free)
    return _spread(draw, part.parts, length, free)


def _repeated(draw: DrawFn, part: Part, length: int, free: _Free) -> str:
    (inner,) = part.parts
    if inner.lengths == 0b10:
        few = [_drawn(draw, inner, 1, free) for _ in range(min(length, draw(st.integers(1, _DIFFERENT))))]
        return "".join(few[place % len(few)] for place in range(length))
    ways = [times for times in range(part.least, part.most + 1) if _times(inner.lengths, times, length) >> length & 1]
    return _spread(draw, (inner,) * _chosen(draw, ways[:8]), length, free)


def _spread(draw: DrawFn, parts: Sequence[Part], length: int, free: _Free) -> str:
    """The parts one after the other, each with a share of the length that leaves the others what they can match."""
    left = [1]
    for part in reversed(parts):
        left.append(_sum(left[-1], part.lengths, length))
    text = ""
    for part in parts:
        left.pop()
        rest = length - len(text)
        shares = [share for share in _places(part.lengths) if share <= rest and left[-1] >> (rest - share) & 1]
        text += _drawn(draw, part, _chosen(draw, shares), free)
    return text


def _chosen(draw: DrawFn, choices: Sequence[Choice]) -> Choice:
    """``st.sampled_from`` is made anew for every list; a number that has been drawn before is not."""
    return choices[draw(st.integers(0, len(choices) - 1))] if len(choices) > 1 else choices[0]


@cache
def _one_of(ranges: tuple[tuple[int, int], ...]) -> SearchStrategy[str]:
    return st.sampled_from([chr(point) for low, high in ranges for point in range(low, min(high, low + 255) + 1)])


@cache
def _none_of(ranges: tuple[tuple[int, int], ...], anything: SearchStrategy[str]) -> SearchStrategy[str]:
    return anything.filter(lambda text: not any(low <= ord(text) <= high for low, high in ranges))


def _sum(one: int, other: int, longest: int) -> int:
    """The lengths of a text of ``one`` followed by a text of ``other``."""
    result = 0
    for place in _places(other):
        result |= one << place
    return result & _all_up_to(longest)


def _times(lengths: int, times: int, longest: int) -> int:
    result = 1
    for _ in range(times):
        result = _sum(result, lengths, longest)
    return result


def _any_of(parts: Sequence[Part]) -> int:
    result = 0
    for part in parts:
        result |= part.lengths
    return result


def _places(bits: int) -> list[int]:
    return [place for place in range(bits.bit_length()) if bits >> place & 1]


def _all_up_to(longest: int) -> int:
    return (1 << longest + 1) - 1
