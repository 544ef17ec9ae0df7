"""Units of measurement and the number systems between them; regions.

Of the units the documentation shows a few, and one conversion. ``fixtures/reference/`` completes the tables and says
of every row what is documented and what is assumed. Of the conversions it holds only the steps between neighbours: the
others are computed from them, so that no two can disagree. Nothing is read before the first question.
"""

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal, cast

from mockserver.shipped import fixtures

Source = Literal["doc", "sdk", "assumed"]
Steps = dict[int, dict[int, Fraction]]


@dataclass(frozen=True, slots=True)
class MeasureType:
    """What a unit measures. ``listed``: the page of the units knows the type, not only that of the conversions."""

    measure_type: int
    name: str
    listed: bool
    source: Source
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """One unit, named in one language. ``assumed``: what no source shows of a unit that has one."""

    measure_id: int
    name: str
    abbreviation: str
    measure_type: int
    source: Source
    assumed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conversion:
    """1 ``measure_id`` = ``ratio`` ``ref_measure_id``."""

    measure_id: int
    ref_measure_id: int
    ratio: int
    measure_type: int
    source: Source


@cache
def measure_types(site: str, language: str) -> tuple[MeasureType, ...]:
    """The types of a site in ascending order, named in ``zh`` or ``en`` (``zh_CN``, ``en_US``)."""
    types = (
        MeasureType(
            measure_type=row["measure_type"],
            name=_name(row, language),
            listed=row.get("listed", True),
            source=row["source"],
            assumed=tuple(row.get("assumed", ())),
        )
        for row in _rows("measure_units.yaml", "measure_types")
        if _is_on(site, row)
    )
    return tuple(sorted(types, key=lambda kind: kind.measure_type))


@cache
def measure_units(site: str, language: str) -> tuple[MeasureUnit, ...]:
    """The units that a site lists, by type and id, named in ``zh`` or ``en`` (``zh_CN``, ``en_US``)."""
    listed = {kind.measure_type for kind in measure_types(site, language) if kind.listed}
    units = (
        MeasureUnit(
            measure_id=row["measure_id"],
            name=_name(row, language),
            abbreviation=row["abbreviation"],
            measure_type=row["measure_type"],
            source=row["source"],
            assumed=tuple(row.get("assumed", ())),
        )
        for row in _rows("measure_units.yaml", "measure_units")
        if row["measure_type"] in listed and _is_on(site, row)
    )
    return tuple(sorted(units, key=lambda unit: (unit.measure_type, unit.measure_id)))


def conversions(site: str, measure_type: int | None = None) -> tuple[Conversion, ...]:
    """The conversions of a site, or of one type of it: none where the type has no number system."""
    everything = _conversions(site)
    if measure_type is None:
        return everything
    return tuple(conversion for conversion in everything if conversion.measure_type == measure_type)


@cache
def regions() -> tuple[str, ...]:
    """The names of the regions, which are the names of an account's projects too."""
    return tuple(row["name"] for row in _rows("regions.yaml", "regions"))


@cache
def _conversions(site: str) -> tuple[Conversion, ...]:
    """Every pair of units of which the first holds the second a whole number of times."""
    types = {unit.measure_id: unit.measure_type for unit in measure_units(site, "en_US")}
    steps: Steps = defaultdict(dict)
    sources: dict[tuple[int, int], Source] = {}
    for row in _rows("conversions.yaml", "steps"):
        larger, smaller = row["measure_id"], row["ref_measure_id"]
        if larger in types and smaller in types:
            steps[larger][smaller] = Fraction(row["conversion_ratio"])
            steps[smaller][larger] = Fraction(1, row["conversion_ratio"])
            sources[larger, smaller] = row["source"]
    pairs = (
        Conversion(unit, other, ratio.numerator, types[unit], sources.get((unit, other), "assumed"))
        for unit in steps
        for other, ratio in _ratios_from(unit, steps).items()
        if other != unit and ratio.denominator == 1
    )
    return tuple(sorted(pairs, key=lambda pair: (pair.measure_type, pair.measure_id, pair.ref_measure_id)))


def _ratios_from(unit: int, steps: Steps) -> dict[int, Fraction]:
    """How many of each unit that the steps lead to make one ``unit``."""
    ratios = {unit: Fraction(1)}
    reached = [unit]
    for here in reached:
        for there, ratio in steps[here].items():
            if there not in ratios:
                ratios[there] = ratios[here] * ratio
                reached.append(there)
    return ratios


def _name(row: dict[str, Any], language: str) -> str:
    return cast(str, row["names"][language.partition("_")[0]])


def _is_on(site: str, row: dict[str, Any]) -> bool:
    return "sites" not in row or site in row["sites"]


def _rows(file: str, table: str) -> list[dict[str, Any]]:
    return cast(list[dict[str, Any]], _read(file)[table])


@cache
def _read(file: str) -> dict[str, Any]:
    import yaml  # only where reference data is asked for

    return cast(dict[str, Any], yaml.load((fixtures() / "reference" / file).read_bytes(), Loader=yaml.CSafeLoader))
