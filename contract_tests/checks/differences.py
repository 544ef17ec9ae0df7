"""Where two JSON values differ, and in which way: the words in which checks speak of what was lost or changed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

Kind = Literal["missing", "added", "type", "number", "text", "order", "length", "value"]
ABSENT: Any = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """``pointer`` leads to what is not as it was: ``expected`` is what it was, ``came`` what it is."""

    pointer: str
    kind: Kind
    expected: Any
    came: Any


def differences(expected: Any, came: Any, pointer: str = "") -> Iterator[Difference]:
    """Numbers are compared as numbers to the last digit; ``true`` is none, and a text with digits neither."""
    if isinstance(expected, Mapping) and isinstance(came, Mapping):
        for name in dict.fromkeys([*expected, *came]):
            here = f"{pointer}/{name}"
            if name not in came:
                yield Difference(here, "missing", expected[name], ABSENT)
            elif name not in expected:
                yield Difference(here, "added", ABSENT, came[name])
            else:
                yield from differences(expected[name], came[name], here)
    elif _is_list(expected) and _is_list(came):
        yield from _lists(expected, came, pointer)
    elif _kind(expected) != _kind(came):
        yield Difference(pointer, "type", expected, came)
    elif _exact(expected) != _exact(came):
        kind: Kind = "number" if _kind(expected) == "number" else "text" if isinstance(expected, str) else "value"
        yield Difference(pointer, kind, expected, came)


def shown(value: Any) -> str:
    """A value for people, on one line."""
    if value is ABSENT:
        return "nothing"
    text = f"{value:f}" if isinstance(value, Decimal) else repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _lists(expected: Sequence[Any], came: Sequence[Any], pointer: str) -> Iterator[Difference]:
    if len(expected) != len(came):
        yield Difference(pointer, "length", expected, came)
        return
    found = [
        one
        for place, pair in enumerate(zip(expected, came, strict=True))
        for one in differences(*pair, f"{pointer}/{place}")
    ]
    if found and _sorted(expected) == _sorted(came):
        yield Difference(pointer, "order", expected, came)
    else:
        yield from found


def _sorted(values: Sequence[Any]) -> list[str]:
    return sorted(map(repr, values))


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _kind(value: Any) -> str:
    if isinstance(value, bool) or value is None:
        return "boolean" if isinstance(value, bool) else "null"
    return "number" if isinstance(value, int | float | Decimal) else type(value).__name__


def _exact(value: Any) -> Any:
    return Decimal(repr(value)) if isinstance(value, float) else value
