"""Partial success: an answer of HTTP 200 in which some were served and others refused, each with its reason."""

from collections.abc import Mapping
from functools import cache
from typing import TypeVar

from mockserver.contract.catalogue import Catalogue
from mockserver.operations.call import Body, Call
from mockserver.refused import Refused

T = TypeVar("T")


def served(outcomes: Mapping[str, T | Refused]) -> dict[str, T]:
    """Those that were not refused."""
    return {ident: one for ident, one in outcomes.items() if not isinstance(one, Refused)}


def error_details(call: Call, outcomes: Mapping[str, object]) -> list[Body]:
    """Those that were refused, with the catalogue's words for it."""
    return [failure(call, one.code, id=ident) for ident, one in outcomes.items() if isinstance(one, Refused)]


def failure(call: Call, code: str, **about: str) -> Body:
    """One entry; ``about`` says under the page's name what it is that failed."""
    return {**about, **_catalogue().documented(code).body(call.language)}


@cache
def _catalogue() -> Catalogue:
    return Catalogue()
