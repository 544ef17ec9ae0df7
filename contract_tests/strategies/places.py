"""What differs between the four places of a request: which characters they carry, and what is empty in them.

In a document, ``None`` stands for ``null`` and ``""`` for an empty value. A query tells two kinds of empty apart:
``?x=`` is ``""`` in the document, and the two literal quotes of ``?x=""`` are ``QUOTES``.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contract_tests.strategies.keywords import Schema

QUOTES = '""'
NULL = "null"

# What programs trip over: other scripts, a pair of code units, quotes, wildcards of SQL and URL, a space that is none.
_TELLING = "aA0_-.中云é😀'\"\\/%+&=;~*?#\u00a0\u202e"
_HEADER = st.sampled_from([chr(point) for point in range(0x21, 0x7F)])


# Each of them that a query, a path or a signature can be wrong about, in one text: one call is enough to tell.
_ALL = "a+b c~*%2B'中云é😀_-.;&=?#\"/\\"
_ALL_OF_A_HEADER = "a+b~*%2B'_-.;&=?#\"/\\"


def telling(place: str) -> str:
    """A text that ``place`` can carry, with everything in it that programs trip over."""
    if place == "headers":
        return _ALL_OF_A_HEADER
    return _ALL.replace("/", "") if place == "path" else _ALL


@cache
def characters(place: str) -> SearchStrategy[str]:
    """One character that ``place`` can carry: JSON all, a URL no control characters, a header printable ASCII."""
    if place == "headers":
        return _HEADER
    if place == "body":
        return st.sampled_from(_TELLING) | st.characters(exclude_categories=["Cs"])
    everywhere = st.sampled_from(_TELLING) | st.characters(exclude_categories=["Cs", "Cc"])
    # A path is split at slashes wherever they come from.
    return everywhere.filter(lambda text: text != "/") if place == "path" else everywhere


def carries(place: str, value: object) -> bool:
    """Whether a value of the member's own type arrives as that value."""
    if not isinstance(value, str):
        return True
    match place:
        case "query":
            return value not in ("", QUOTES, NULL)
        case "path":
            return value not in ("", ".", "..", QUOTES)
        case "headers":
            return value not in ("", QUOTES) and value == value.strip()
    return value != ""


def blanks(schema: Schema, place: str) -> Iterator[tuple[Any, str, str]]:
    """The values that mean nothing, with the keyword that rules each and its word, such as ``ignored``."""
    forms: dict[str, list[tuple[Any, str]]] = {
        "body": [("", "x-empty"), (None, "x-null")],
        "query": [("", "x-empty-value"), (QUOTES, "x-empty"), (None, "x-null")],
        "headers": [("", "x-empty")],
    }
    for value, keyword in forms.get(place, ()):
        if keyword in schema:
            yield value, keyword, schema[keyword]
