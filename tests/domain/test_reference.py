"""The table of units is whole, says what is documented as documented, and no two of its conversions disagree."""

import json
from fractions import Fraction
from itertools import permutations
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from mockserver.domain.reference import Conversion, conversions, measure_types, measure_units
from mockserver.shipped import fixtures, schemas

SITES = ("cn", "intl")
LANGUAGES = ("zh_CN", "en_US")
INT64 = 2**63 - 1

# measure_id, site, what the pages and the official SDKs say of it
DOCUMENTED: list[tuple[int, str, dict[str, Any]]] = [
    (0, "both", {"en_US": "Day", "abbreviation": "d"}),
    (1, "cn", {"zh_CN": "元", "en_US": "CNY", "abbreviation": "Y", "measure_type": 1}),
    (1, "intl", {"zh_CN": "美元", "measure_type": 1}),
    (2, "cn", {"zh_CN": "角"}),
    (3, "cn", {"zh_CN": "分"}),
    (4, "both", {"zh_CN": "小时", "en_US": "hour"}),
    (10, "cn", {"zh_CN": "GB", "en_US": "GB", "abbreviation": "G", "measure_type": 3}),
    (10, "intl", {"zh_CN": "GB", "en_US": "GB", "abbreviation": "GB", "measure_type": 3}),
    (11, "both", {"zh_CN": "MB", "en_US": "MB", "measure_type": 3}),
    (13, "both", {"zh_CN": "Byte", "en_US": "Byte"}),
    (14, "both", {"zh_CN": "个（次）", "en_US": "number/time"}),
    (15, "both", {"zh_CN": "Mbps", "en_US": "Mbps"}),
    (17, "cn", {"zh_CN": "GB", "en_US": "GB", "abbreviation": "G"}),
    (17, "intl", {"zh_CN": "GB", "en_US": "GB", "abbreviation": "GB"}),
]

on_each_site = pytest.mark.parametrize("site", SITES)
in_each_language = pytest.mark.parametrize("language", LANGUAGES)
sites = st.sampled_from(SITES)


def rows(file: str, table: str) -> list[dict[str, Any]]:
    content: dict[str, list[dict[str, Any]]] = yaml.safe_load((fixtures() / "reference" / file).read_bytes())
    return content[table]


def types_on_page(site: str, operation: str) -> set[int]:
    """The measurement types that the page of an operation lists."""
    definitions = json.loads((schemas() / site / "products" / f"{operation}.json").read_bytes())["$defs"]
    if operation == "list_measure_units":
        member = definitions["measure_unit"]["properties"]["measure_type"]
    else:
        member = definitions["request"]["properties"]["query"]["properties"]["measure_type"]
    return set(member["examples"])


def ratios(site: str) -> dict[tuple[int, int], int]:
    return {(pair.measure_id, pair.ref_measure_id): pair.ratio for pair in conversions(site)}


def number_system(site: str) -> list[dict[int, Fraction]]:
    """Each chain of units with their sizes, worked out of the steps in another way than the code under test does it."""
    known = {unit.measure_id for unit in measure_units(site, "en_US")}
    chains: list[dict[int, Fraction]] = []
    for step in rows("conversions.yaml", "steps"):
        larger, smaller, ratio = step["measure_id"], step["ref_measure_id"], Fraction(step["conversion_ratio"])
        if not {larger, smaller} <= known:
            continue
        of_larger = next((chain for chain in chains if larger in chain), {larger: ratio})
        of_smaller = next((chain for chain in chains if smaller in chain), {smaller: Fraction(1)})
        assert of_larger is not of_smaller, f"the step {larger} -> {smaller} says again what other steps imply"
        scale = of_larger[larger] / (of_smaller[smaller] * ratio)
        merged = of_larger | {unit: size * scale for unit, size in of_smaller.items()}
        chains = [chain for chain in chains if chain is not of_larger and chain is not of_smaller] + [merged]
    return chains


@on_each_site
def test_a_gigabyte_is_1024_megabytes(site: str) -> None:
    assert Conversion(10, 11, 1024, measure_type=3, source="doc") in conversions(site, 3)


@on_each_site
def test_only_the_documented_conversion_is_marked_as_documented(site: str) -> None:
    documented = [(pair.measure_id, pair.ref_measure_id) for pair in conversions(site) if pair.source == "doc"]
    assert documented == [(10, 11)]


@given(site=sites, data=st.data())
def test_two_conversions_in_a_row_are_one_conversion(site: str, data: st.DataObject) -> None:
    table = ratios(site)
    first, middle = data.draw(st.sampled_from(sorted(table)))
    onwards = [there for here, there in table if here == middle]
    assume(onwards)
    last = data.draw(st.sampled_from(onwards))
    assert table[first, last] == table[first, middle] * table[middle, last]


@given(site=sites, data=st.data())
def test_a_conversion_goes_one_way_from_the_larger_unit_to_the_smaller(site: str, data: st.DataObject) -> None:
    table = ratios(site)
    unit, other = data.draw(st.sampled_from(sorted(table)))
    assert unit != other
    assert 1 < table[unit, other] <= INT64
    assert (other, unit) not in table


@on_each_site
def test_every_whole_ratio_is_there_and_exact(site: str) -> None:
    expected = {
        (unit, other): chain[unit] / chain[other]
        for chain in number_system(site)
        for unit, other in permutations(chain, 2)
        if (chain[unit] / chain[other]).denominator == 1
    }
    assert ratios(site) == expected


@on_each_site
def test_units_without_a_whole_ratio_do_not_convert(site: str) -> None:
    """1 MB*hour is 3600 MB*seconds, which is no whole number of GB*seconds, nor the other way round."""
    mb_hour, gb_second, gb_hour = 5280, 5281, 5282
    table = ratios(site)
    assert (mb_hour, gb_second) not in table
    assert (gb_second, mb_hour) not in table
    assert (table[gb_hour, mb_hour], table[gb_hour, gb_second]) == (1024, 3600)


@on_each_site
def test_both_ends_of_a_conversion_are_listed_units_of_its_type(site: str) -> None:
    types = {unit.measure_id: unit.measure_type for unit in measure_units(site, "en_US")}
    for pair in conversions(site):
        assert types[pair.measure_id] == types[pair.ref_measure_id] == pair.measure_type, pair


@on_each_site
def test_each_type_answers_its_own_conversions_and_all_together_answer_all(site: str) -> None:
    by_type = [pair for kind in measure_types(site, "en_US") for pair in conversions(site, kind.measure_type)]
    assert tuple(by_type) == conversions(site)


@pytest.mark.parametrize(
    ("site", "measure_type"), [("cn", 13), ("cn", 18), ("cn", 103), ("cn", 109), ("intl", 1), ("intl", 25)]
)
def test_a_type_without_a_number_system_has_no_conversions(site: str, measure_type: int) -> None:
    assert measure_type in {kind.measure_type for kind in measure_types(site, "en_US")}
    assert conversions(site, measure_type) == ()


@given(site=sites, measure_type=st.integers(min_value=111, max_value=2**31 - 1))
def test_a_type_that_does_not_exist_has_no_conversions(site: str, measure_type: int) -> None:
    assert conversions(site, measure_type) == ()


@on_each_site
def test_the_units_cover_exactly_the_types_of_the_page(site: str) -> None:
    assert {unit.measure_type for unit in measure_units(site, "en_US")} == types_on_page(site, "list_measure_units")


@on_each_site
def test_the_types_are_those_of_the_two_pages(site: str) -> None:
    pages = types_on_page(site, "list_measure_units") | types_on_page(site, "list_conversions")
    assert {kind.measure_type for kind in measure_types(site, "en_US")} == pages
    assert {pair.measure_type for pair in conversions(site)} <= types_on_page(site, "list_conversions")


def test_every_type_has_a_unit_even_where_no_page_lists_it() -> None:
    typed = {row["measure_type"] for row in rows("measure_units.yaml", "measure_units")}
    assert typed == {row["measure_type"] for row in rows("measure_units.yaml", "measure_types")}


@on_each_site
def test_ids_and_types_are_unique(site: str) -> None:
    units = [unit.measure_id for unit in measure_units(site, "en_US")]
    types = [kind.measure_type for kind in measure_types(site, "en_US")]
    assert (len(units), len(types)) == (len(set(units)), len(set(types)))


@pytest.mark.parametrize(("measure_id", "where", "attributes"), DOCUMENTED)
def test_a_documented_unit_is_as_documented(measure_id: int, where: str, attributes: dict[str, Any]) -> None:
    for site in SITES if where == "both" else (where,):
        named = {language: {unit.measure_id: unit for unit in measure_units(site, language)} for language in LANGUAGES}
        unit = named["en_US"][measure_id]
        shown = {
            "abbreviation": unit.abbreviation,
            "measure_type": unit.measure_type,
            **{language: units[measure_id].name for language, units in named.items()},
        }
        assert shown | attributes == shown
        assert unit.source in ("doc", "sdk")


def test_no_other_unit_passes_for_documented() -> None:
    claimed = {row["measure_id"] for row in rows("measure_units.yaml", "measure_units") if row["source"] != "assumed"}
    assert claimed == {measure_id for measure_id, _, _ in DOCUMENTED}


def test_what_is_documented_of_a_unit_is_not_marked_as_assumed_and_the_rest_is() -> None:
    names = {"zh_CN": "names.zh", "en_US": "names.en"}
    members = {"names.zh", "names.en", "abbreviation", "measure_type"}
    for measure_id, where, attributes in DOCUMENTED:
        shown = {names.get(attribute, attribute) for attribute in attributes}
        for site in SITES if where == "both" else (where,):
            unit = next(unit for unit in measure_units(site, "en_US") if unit.measure_id == measure_id)
            assert set(unit.assumed) == members - shown, unit


@on_each_site
def test_an_assumed_unit_is_told_from_a_real_one_by_its_number(site: str) -> None:
    for unit in measure_units(site, "en_US"):
        if unit.source == "assumed":
            assert unit.measure_id // 10 == 500 + unit.measure_type, unit
        else:
            assert unit.measure_id < 5000, unit


@pytest.mark.parametrize(("site", "zh", "en"), [("cn", "元", "CNY"), ("intl", "美元", "USD")])
def test_unit_1_is_the_money_of_the_site(site: str, zh: str, en: str) -> None:
    names = [
        next(unit.name for unit in measure_units(site, language) if unit.measure_id == 1) for language in LANGUAGES
    ]
    assert names == [zh, en]


def test_a_yuan_is_ten_jiao_and_a_hundred_fen() -> None:
    money = {(pair.measure_id, pair.ref_measure_id): pair.ratio for pair in conversions("cn", 1)}
    assert money == {(1, 2): 10, (1, 3): 100, (2, 3): 10}


@on_each_site
def test_only_the_name_of_a_unit_follows_the_language(site: str) -> None:
    chinese, english = (measure_units(site, language) for language in LANGUAGES)
    assert [(unit.measure_id, unit.abbreviation, unit.measure_type) for unit in chinese] == [
        (unit.measure_id, unit.abbreviation, unit.measure_type) for unit in english
    ]
    assert {unit.measure_id: unit.name for unit in chinese}[4] == "小时"
    assert {unit.measure_id: unit.name for unit in english}[4] == "hour"


@on_each_site
@in_each_language
def test_names_are_there_and_fit_their_members(site: str, language: str) -> None:
    for unit in measure_units(site, language):
        assert 1 <= len(unit.name) <= 128, unit
        assert 1 <= len(unit.abbreviation) <= 64, unit
        assert unit.abbreviation.isascii() or unit.abbreviation in {"m²", "cm²", "km²", "m³"}, unit
    assert all(kind.name for kind in measure_types(site, language))


@on_each_site
def test_the_order_is_by_type_and_id(site: str) -> None:
    units, pairs = measure_units(site, "en_US"), conversions(site)
    assert list(units) == sorted(units, key=lambda unit: (unit.measure_type, unit.measure_id))
    assert list(pairs) == sorted(pairs, key=lambda pair: (pair.measure_type, pair.measure_id, pair.ref_measure_id))


@pytest.mark.parametrize(
    ("file", "table"),
    [("measure_units.yaml", "measure_types"), ("measure_units.yaml", "measure_units"), ("conversions.yaml", "steps")],
)
def test_every_row_says_where_it_is_from(file: str, table: str) -> None:
    for row in rows(file, table):
        assert row["source"] in ("doc", "sdk", "assumed"), row
        assert set(row.get("sites", SITES)) <= set(SITES), row
        assert not (row["source"] == "assumed" and "assumed" in row), row
