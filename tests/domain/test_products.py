"""Units and conversions as they are answered: whole lists, in the language asked for, no error for an unknown type."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.operations import SITES

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

each_site = pytest.mark.parametrize("site", SITES)


@pytest.fixture(scope="module")
def demo(open_world: Callable[..., "Stage"]) -> dict[str, "Stage"]:
    return {site: open_world(f"demo-{site}") for site in SITES}


def units(stage: "Stage", **headers: str) -> list[dict[str, Any]]:
    answer = stage.call("customer", "list_measure_units", **headers)
    assert (answer.status, list(answer.body)) == (200, ["measure_units"])
    found: list[dict[str, Any]] = answer.body["measure_units"]
    return found


def conversions(stage: "Stage", query: str = "") -> "Answered":
    return stage.send("solution_provider", "GET", "/v2/bases/conversions", query=query)


@pytest.mark.documents("list_measure_units", 1)
@pytest.mark.documents("list_measure_units", 2)
@each_site
def test_every_unit_is_listed_at_once_in_the_language_asked_for(demo: dict[str, "Stage"], site: str) -> None:
    chinese, english = (units(demo[site], **{"X-Language": language}) for language in ("zh_CN", "en_US"))
    assert units(demo[site]) == chinese
    assert [one["measure_id"] for one in chinese] == [one["measure_id"] for one in english]
    names = [{one["measure_id"]: one["measure_name"] for one in told} for told in (chinese, english)]
    assert (names[0][4], names[1][4]) == ("小时", "hour")


@pytest.mark.documents("list_measure_units", 3)
@pytest.mark.parametrize(("site", "name"), [("cn", "CNY"), ("intl", "USD")])
def test_unit_1_is_the_money_of_the_site(demo: dict[str, "Stage"], site: str, name: str) -> None:
    (money,) = [one for one in units(demo[site], **{"X-Language": "en_US"}) if one["measure_id"] == 1]
    assert (money["measure_name"], money["measure_type"]) == (name, 1)


@pytest.mark.documents("list_conversions", 4)
@each_site
def test_a_gigabyte_is_1024_megabytes(demo: dict[str, "Stage"], site: str) -> None:
    told = conversions(demo[site], "measure_type=3").body["conversions"]
    expected = {"measure_id": 10, "ref_measure_id": 11, "conversion_ratio": 1024, "measure_type": 3}
    assert expected in told
    assert {one["measure_type"] for one in told} == {3}


@pytest.mark.documents("list_conversions", 2)
@pytest.mark.documents("list_conversions", 3)
@pytest.mark.parametrize("query", ["measure_type=", "measure_type=null"])
@each_site
def test_without_a_type_all_are_told(demo: dict[str, "Stage"], site: str, query: str) -> None:
    everything = conversions(demo[site])
    assert len({one["measure_type"] for one in everything.body["conversions"]}) > 5
    assert conversions(demo[site], query).content == everything.content


@pytest.mark.documents("list_conversions", 1)
@pytest.mark.documents("list_conversions", 7)
@pytest.mark.parametrize("unknown", ["111", "2147483647", "13"])
@each_site
def test_a_type_without_conversions_is_no_error(demo: dict[str, "Stage"], site: str, unknown: str) -> None:
    answer = conversions(demo[site], f"measure_type={unknown}")
    assert (answer.status, answer.body) == (200, {"conversions": []})


@pytest.mark.documents("list_conversions", 3)
@pytest.mark.parametrize("wrong", ["0", "-1", "2147483648", "x", "1.5", '""'])
@each_site
def test_what_is_no_type_is_a_parameter_error(demo: dict[str, "Stage"], site: str, wrong: str) -> None:
    answer = conversions(demo[site], f"measure_type={wrong}")
    assert (answer.status, answer.code) == (400, "CBC.0100")
    assert answer.reason.startswith("/query/measure_type: ")
