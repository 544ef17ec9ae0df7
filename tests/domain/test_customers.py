"""Finding customers: parts of names, labels, times and pages, of the partner's own customers and no others."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from tests.conftest import Clock, Stage

    Enroll = Callable[..., str]
    Open = Callable[..., Stage]


def find(stage: "Stage", who: str = "solution_provider", **filters: Any) -> list[str]:
    """The account names on one page."""
    answer = stage.call(who, "list_sub_customers", **{"limit": 100} | filters)
    assert answer.status == 200, answer.reason
    return [one["account_name"] for one in answer.body["customer_infos"]]


def count(stage: "Stage", **filters: Any) -> int:
    number: int = stage.call("solution_provider", "list_sub_customers", **filters).body["count"]
    return number


@pytest.fixture
def alone(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
    """A world without customers."""
    del partners["customers"], partners["principals"]["customer"]
    return open_world(partners, now=time)


class TestFilters:
    @pytest.fixture
    def three(self, alone: "Stage", enroll: "Enroll") -> "Stage":
        enroll(alone, "solution_provider", "Anna_smith", real_name="华为云计算技术有限公司", label="Gold-vip")
        enroll(alone, "solution_provider", "bert-smith", real_name="Huawei Cloud", label="gold")
        enroll(alone, "solution_provider", "carla100%", real_name=None, label=None)
        return alone

    @pytest.mark.documents("list_sub_customers", 3)
    @pytest.mark.parametrize(
        ("part", "found"),
        [
            ("Anna", ["Anna_smith"]),
            ("smith", ["Anna_smith", "bert-smith"]),
            ("t-s", ["bert-smith"]),
            ("Anna_smith", ["Anna_smith"]),
            ("ANNA", ["Anna_smith"]),
            ("anna_SMITH", ["Anna_smith"]),
            ("Anna_smith2", []),
            ("Asmith", []),
        ],
    )
    def test_an_account_name_is_found_by_any_part_of_it(self, three: "Stage", part: str, found: list[str]) -> None:
        assert find(three, account_name=part) == found

    @pytest.mark.documents("list_sub_customers", 3)
    @pytest.mark.parametrize(
        ("part", "found"),
        [
            ("华为", ["Anna_smith"]),
            ("云计算", ["Anna_smith"]),
            ("有限公司", ["Anna_smith"]),
            ("wei", ["bert-smith"]),
            ("huawei", ["bert-smith"]),
            ("公司有限", []),
        ],
    )
    def test_a_real_name_is_found_by_any_part_of_it(self, three: "Stage", part: str, found: list[str]) -> None:
        assert find(three, customer=part) == found

    @pytest.mark.documents("list_sub_customers", 3)
    @pytest.mark.documents("list_sub_customers", 4)
    @pytest.mark.parametrize(
        ("part", "found"),
        [
            ("Gold", ["Anna_smith"]),
            ("gold", ["bert-smith"]),
            ("old", ["Anna_smith", "bert-smith"]),
            ("vip", ["Anna_smith"]),
            ("VIP", []),
            ("GOLD", []),
        ],
    )
    def test_a_label_is_found_by_any_part_in_the_same_case(self, three: "Stage", part: str, found: list[str]) -> None:
        assert find(three, label=part) == found

    @pytest.mark.documents("list_sub_customers", 3)
    @pytest.mark.parametrize("name", ["account_name", "customer", "label"])
    def test_a_part_with_a_space_is_a_parameter_error(self, three: "Stage", name: str) -> None:
        answer = three.call("solution_provider", "list_sub_customers", **{name: "Huawei Cloud"})
        assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.parametrize("name", ["account_name", "customer", "label"])
    @pytest.mark.parametrize("wild", ["%", "_", "\\", "%%", "__", "\\%", "*", "?", "[a-z]", "'", '"', "\x00", ".*"])
    def test_no_character_stands_for_others(self, alone: "Stage", enroll: "Enroll", name: str, wild: str) -> None:
        fields = {"real_name": "plain", "label": "plain"}
        enroll(alone, "solution_provider", "plain", **fields)
        enroll(alone, "solution_provider", f"a{wild}b", real_name=f"a{wild}b", label=f"a{wild}b")
        assert find(alone, **{name: wild}) == [f"a{wild}b"]

    @pytest.mark.documents("list_sub_customers", 5)
    @pytest.mark.parametrize("name", ["account_name", "customer", "label", "association_type", "customer_id"])
    @pytest.mark.parametrize("nothing", ["", None])
    def test_an_empty_filter_is_none(self, three: "Stage", name: str, nothing: Any) -> None:
        assert len(find(three, **{name: nothing})) == 3

    @pytest.mark.documents("list_sub_customers", 5)
    @pytest.mark.parametrize("name", ["associated_on_begin", "associated_on_end"])
    def test_an_empty_time_is_an_error_on_the_china_site_but_null_is_none(self, three: "Stage", name: str) -> None:
        assert len(find(three, **{name: None})) == 3
        answer = three.call("solution_provider", "list_sub_customers", **{name: ""})
        assert (answer.status, answer.code) == (400, "CBC.0100")

    def test_several_filters_all_have_to_match(self, three: "Stage") -> None:
        assert find(three, account_name="smith", label="gold", customer="Cloud") == ["bert-smith"]
        assert find(three, account_name="smith", label="gold", customer="云") == []

    @pytest.mark.parametrize(("site", "referral", "resale"), [("cn", "1", "2"), ("intl", "1", "3")])
    def test_the_association_type_has_each_sites_own_code(
        self, open_world: "Open", partners: dict[str, Any], site: str, referral: str, resale: str
    ) -> None:
        stage = open_world(partners | {"site": site})
        for code, number in ((referral, 4), (resale, 9)):
            answer = stage.call("solution_provider", "list_sub_customers", association_type=code)
            assert answer.body["count"] == number
            assert {one["association_type"] for one in answer.body["customer_infos"]} == {code}
        wrong = stage.call("solution_provider", "list_sub_customers", association_type={"cn": "3", "intl": "2"}[site])
        assert wrong.code == "CBC.0100"

    def test_a_customer_is_found_by_its_whole_id_only(self, three: "Stage") -> None:
        first, *_ = three.customers("solution_provider")
        assert find(three, customer_id=first) == ["Anna_smith"]
        assert find(three, customer_id=first[:-1]) == []
        assert find(three, customer_id=first.upper()) == []

    @pytest.mark.documents("list_sub_customers", 12)
    def test_a_customer_that_does_not_exist_is_an_empty_list(self, three: "Stage") -> None:
        answer = three.call("solution_provider", "list_sub_customers", customer_id="nobody")
        assert (answer.status, answer.body) == (200, {"customer_infos": [], "count": 0})

    names = st.text("aAbB%_\\云ß", min_size=1, max_size=4)

    @settings(max_examples=60)
    @given(stored=st.lists(names, min_size=1, max_size=5, unique=True), part=names)
    def test_what_is_found_is_what_contains_the_part(
        self, nobody: "Stage", enroll: "Enroll", stored: list[str], part: str
    ) -> None:
        nobody.sandbox.reset()
        for name in stored:
            enroll(nobody, "solution_provider", name, real_name=name, label=name)
        any_case = [name for name in stored if lower(part) in lower(name)]
        assert find(nobody, account_name=part) == any_case
        assert find(nobody, customer=part) == any_case
        assert find(nobody, label=part) == [name for name in stored if part in name]


def lower(text: str) -> str:
    """Of English letters, as the page says."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


@pytest.fixture(scope="session")
def nobody(open_world: "Open", partners_file: Any) -> "Stage":
    content = yaml.safe_load(partners_file.read_bytes())
    del content["customers"], content["principals"]["customer"]
    return open_world(content)


class TestTimes:
    @pytest.fixture
    def days(self, alone: "Stage", enroll: "Enroll") -> "Stage":
        for day in (1, 2, 3):
            enroll(alone, "solution_provider", f"day{day}", associated_on=f"2026-01-0{day}T08:05:01Z")
        return alone

    @pytest.mark.parametrize(
        ("begin", "end", "found"),
        [
            ("2026-01-02T08:05:01Z", None, ["day2", "day3"]),
            ("2026-01-02T08:05:02Z", None, ["day3"]),
            (None, "2026-01-02T08:05:01Z", ["day1", "day2"]),
            (None, "2026-01-02T08:05:00Z", ["day1"]),
            ("2026-01-02T08:05:01Z", "2026-01-02T08:05:01Z", ["day2"]),
            ("2026-01-03T00:00:00Z", "2026-01-01T00:00:00Z", []),
        ],
    )
    def test_both_bounds_are_included(
        self, days: "Stage", begin: str | None, end: str | None, found: list[str]
    ) -> None:
        assert find(days, associated_on_begin=begin, associated_on_end=end) == found

    def test_who_will_be_associated_is_not_there_yet(self, days: "Stage", enroll: "Enroll", time: "Clock") -> None:
        enroll(days, "solution_provider", "later", associated_on="2026-03-01T12:00:01Z")
        assert "later" not in find(days, associated_on_end="2027-01-01T00:00:00Z")
        time.forward(seconds=1)
        assert "later" in find(days)


class TestPages:
    @pytest.fixture
    def many(self, alone: "Stage", enroll: "Enroll") -> "Callable[[int], Stage]":
        def many(number: int) -> "Stage":
            for place in range(1, number + 1):
                enroll(alone, "solution_provider", f"record{place:02d}")
            return alone

        return many

    @staticmethod
    def records(numbers: Iterable[int]) -> list[str]:
        return [f"record{number:02d}" for number in numbers]

    @pytest.mark.documents("list_sub_customers", 1)
    def test_the_offset_counts_records(self, many: "Callable[[int], Stage]") -> None:
        assert find(many(10), offset=1, limit=10) == self.records(range(2, 11))

    @pytest.mark.documents("list_sub_customers", 1)
    def test_two_pages_of_ten(self, many: "Callable[[int], Stage]") -> None:
        stage = many(20)
        assert find(stage, offset=0, limit=10) == self.records(range(1, 11))
        assert find(stage, offset=10, limit=10) == self.records(range(11, 21))

    @pytest.mark.documents("list_sub_customers", 2)
    def test_without_anything_it_is_the_first_ten(self, many: "Callable[[int], Stage]") -> None:
        stage = many(12)
        first = stage.call("solution_provider", "list_sub_customers")
        assert [one["account_name"] for one in first.body["customer_infos"]] == self.records(range(1, 11))
        nothing = stage.call("solution_provider", "list_sub_customers", offset=None, limit=None)
        assert nothing.content == first.content

    def test_the_count_is_of_all_whatever_the_page(self, many: "Callable[[int], Stage]") -> None:
        stage = many(12)
        assert {count(stage, offset=offset, limit=limit) for offset in (0, 5, 12, 99) for limit in (1, 100)} == {12}
        assert count(stage, account_name="record1", limit=1) == 3

    def test_beyond_the_end_there_is_nothing(self, many: "Callable[[int], Stage]") -> None:
        stage = many(3)
        assert find(stage, offset=3) == find(stage, offset=40_000_000) == []

    @pytest.mark.parametrize("wrong", [{"offset": -1}, {"offset": 40_000_001}, {"limit": 0}, {"limit": 101}])
    def test_pages_have_limits(self, stage: "Stage", wrong: dict[str, int]) -> None:
        answer = stage.call("solution_provider", "list_sub_customers", **wrong)
        assert (answer.status, answer.code) == (400, "CBC.0100")

    def test_pages_stay_while_customers_come(self, many: "Callable[[int], Stage]", enroll: "Enroll") -> None:
        stage = many(4)
        first = find(stage, offset=0, limit=2)
        enroll(stage, "solution_provider", "aaaaa", associated_on="2020-01-01T00:00:00Z")
        assert (find(stage, offset=0, limit=2), find(stage, offset=2, limit=2)) == (first, self.records([3, 4]))
        assert find(stage)[-1] == "aaaaa"

    @settings(max_examples=40)
    @given(limit=st.integers(1, 70), start=st.integers(0, 70))
    def test_all_pages_together_are_the_whole_list(self, demo: "Stage", limit: int, start: int) -> None:
        whole = find(demo, limit=100)
        pages = [find(demo, offset=offset, limit=limit) for offset in range(start, len(whole), limit)]
        assert [name for page in pages for name in page] == whole[start:]


@pytest.fixture(scope="session")
def demo(open_world: "Open") -> "Stage":
    return open_world("demo-cn")


class TestWhose:
    @pytest.mark.documents("list_sub_customers", 7)
    def test_a_distributor_sees_a_resellers_customers_only_by_naming_it(self, stage: "Stage") -> None:
        reseller = {"indirect_partner_id": stage["reseller"].domain_id}
        assert len(find(stage, "distributor", **reseller)) == 5
        assert find(stage, "distributor") == []
        assert find(stage, "distributor", indirect_partner_id="") == []

    @pytest.mark.parametrize("other", ["other_reseller", "solution_provider", "customer"])
    def test_naming_who_is_not_its_reseller_is_refused(self, stage: "Stage", other: str) -> None:
        answer = stage.call("distributor", "list_sub_customers", indirect_partner_id=stage[other].domain_id)
        assert (answer.status, answer.code) == (400, "CBC.99000037")

    @pytest.mark.documents("list_sub_customers", 7)
    def test_for_a_solution_provider_naming_a_reseller_does_nothing(self, stage: "Stage") -> None:
        asked = {"indirect_partner_id": stage["reseller"].domain_id}
        assert find(stage, **asked) == find(stage)

    def test_nobody_sees_anothers_customers(self, stage: "Stage") -> None:
        (other, *_) = stage.customers("reseller")
        assert find(stage, customer_id=other) == []
        mine = set(find(stage))
        theirs = set(find(stage, "distributor", indirect_partner_id=stage["reseller"].domain_id))
        assert (len(mine), len(theirs), mine & theirs) == (13, 5, set())

    @pytest.mark.documents("list_sub_customers", 10)
    def test_a_customer_has_one_account_manager_at_most(self, demo: "Stage") -> None:
        infos = demo.call("solution_provider", "list_sub_customers", limit=100).body["customer_infos"]
        assert {len(info["account_managers"]) for info in infos} == {0, 1}
