"""What the documentation pages and the SDKs say, operation by operation, as single constraints.

A folder of facts has one JSON file for each operation, ``operations/<area>/<operation>.json``: parameters and members
of the answer with their rules, callers, quota, errors. Here it becomes a flat list, so that each line can be looked
for in the contract. Only what has a value counts; words for readers (meanings, behaviours) are no constraints.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mockserver.contract.operations import SITES
from mockserver.contract.problems import pointer_of

LIMITS = ("minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems")
BLANKS = ("empty_value", "empty_string", "null")
# The rules of a member, as the fact files call them; those that JSON Schema has are called as there.
RULES = ("type", "items", "required", "nullable", "enum", "pattern", "format", "default", *LIMITS, *BLANKS)
# A member of which a page shows no type has to be there all the same.
PRESENT = "member"
# What a page says of the operation as a whole.
OF_THE_OPERATION = ("method", "path", "page", "callers", "quota", "success", "error", "status")
KINDS = (PRESENT, *RULES, *OF_THE_OPERATION)

_UNKNOWN = (None, "unknown")
_PLACES = {"path": "path", "query": "query", "header": "headers", "body": "body"}
_QUOTA = re.compile(r"([0-9]+)/([0-9]+)s")


class NoFacts(Exception):
    """The folder cannot be read as facts; says why."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a constraint holds: operation of a site, and the steps to a member of its request or ``response``."""

    site: str
    area: str
    operation: str
    steps: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.site}/{self.area}/{self.operation}"

    @property
    def pointer(self) -> str:
        return pointer_of(self.steps)

    def below(self, *steps: str) -> "Place":
        return Place(self.site, self.area, self.operation, (*self.steps, *steps))


@dataclass(frozen=True, slots=True)
class Constraint:
    """One documented rule: ``kind`` is one of ``KINDS``, ``value`` what is documented."""

    place: Place
    kind: str
    value: Any

    def __str__(self) -> str:
        return f"{self.place.file} {self.place.pointer} {self.kind}"


def constraints(folder: Path) -> Iterator[Constraint]:
    """Every documented constraint of both sites."""
    files = sorted((folder / "operations").glob("*/*.json"))
    if not files:
        raise NoFacts(f"{folder}: no facts there (operations/<area>/<operation>.json)")
    for file in files:
        try:
            yield from _of_file(file)
        except (OSError, msgspec.DecodeError, KeyError, TypeError, AttributeError) as broken:
            raise NoFacts(f"{file}: not in the form of a fact file ({type(broken).__name__}: {broken})") from broken


def _of_file(file: Path) -> Iterator[Constraint]:
    facts: Mapping[str, Any] = msgspec.json.decode(file.read_bytes())
    for site in SITES:
        if site in facts["sites"]:
            place = Place(site, file.parent.name, file.stem)
            yield from _operation(facts, place)
            for row in _of_site(facts["params"], site):
                yield from _member(row, place.below(_PLACES[row["in"]]))
            for row in _of_site(facts["response"], site):
                yield from _member(row, place.below("response"))


def _operation(facts: Mapping[str, Any], place: Place) -> Iterator[Constraint]:
    here = place.below("x-operation")
    at = facts["sites"][place.site]
    told = {
        "method": facts["method"],
        "path": facts["path"],
        "page": _page(at.get("doc_page"), place.site),
        "callers": at.get("callers") or None,
        "quota": _quota(at.get("rate_limit")),
        "success": facts.get("success_status"),
    }
    for kind, value in told.items():
        if value is not None:
            yield Constraint(here, kind, value)
    rows = list(_of_site(facts["errors"], place.site))
    for code in dict.fromkeys(row["code"] for row in rows):
        yield Constraint(here.below("errors", code), "error", code)
    for row in rows:
        if row.get("status") is not None:
            yield Constraint(here.below("errors", row["code"]), "status", row["status"])


def _member(row: Mapping[str, Any], above: Place) -> Iterator[Constraint]:
    place = above.below(*row["name"].split("[]."))
    if row.get("type") in _UNKNOWN:
        yield Constraint(place, PRESENT, row["name"])
    for kind in RULES:
        if row.get(kind) not in _UNKNOWN:
            yield Constraint(place, kind, row[kind])
    for below in _of_site(row.get("members", ()), place.site):
        yield from _member(below, place)


def _of_site(rows: Any, site: str) -> Iterator[Mapping[str, Any]]:
    """The rows that hold on a site; one that names none holds on both."""
    return (row for row in rows if row.get("site") in (site, "both", None))


def _page(words: str | None, site: str) -> str | None:
    """Below the documentation's address; the facts leave the language out, or a blank between the two parts."""
    page = "/".join((words or "").split())
    return f"intl/en-us/{page}" if page and site == "intl" and not page.startswith("intl/") else page or None


def _quota(words: str | None) -> str | None:
    found = _QUOTA.match(words or "")
    return f"{found[1]}/{found[2]}s" if found else None
