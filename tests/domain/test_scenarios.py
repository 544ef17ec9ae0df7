"""Scenarios: what they promise is there, the same seed gives the same bytes, and mistakes are told in one line."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from sqlalchemy import select

from mockserver.domain import scenarios
from mockserver.domain.populate import populate
from mockserver.domain.scenarios import BadScenario
from mockserver.store import snapshots
from mockserver.store.tables import accounts, customers
from mockserver.worlds import plan

if TYPE_CHECKING:
    from tests.conftest import Stage

    Open = Callable[..., Stage]

DEMO = ("demo-cn", "demo-intl")
NAMES = {
    "distributor",
    "solution_provider",
    "reseller",
    "customer",
    "enterprise_master",
    "enterprise_member",
    "outsider",
    "applicant",
    "reseller_2",
}
# Pages on freezing are the international site's.
MORE = {"demo-cn": set[str](), "demo-intl": {"frozen_customer"}}
each_demo = pytest.mark.parametrize("name", DEMO)


def listed(stage: "Stage", who: str, **more: Any) -> list[dict[str, Any]]:
    answer = stage.call(who, "list_sub_customers", limit=100, **more)
    infos: list[dict[str, Any]] = answer.body["customer_infos"]
    return infos


def built(name: str, seed: int | None = None) -> bytes:
    scenario = scenarios.load(name)
    return snapshots.take(populate(scenario, scenario.seed if seed is None else seed))


class TestDemo:
    @each_demo
    def test_everybody_is_there_with_keys_that_stay(self, name: str) -> None:
        principals = scenarios.load(name).principals
        assert set(principals) == NAMES | MORE[name]
        for principal in principals.values():
            assert re.fullmatch("[A-Z0-9]{20}", principal["ak"])
            assert re.fullmatch("[A-Za-z0-9]{40}", principal["sk"])

    def test_no_two_principals_share_a_key_or_a_password(self) -> None:
        everybody = [one for name in DEMO for one in scenarios.load(name).principals.values()]
        for secret in ("ak", "sk", "password"):
            assert len({one[secret] for one in everybody}) == len(everybody) >= 17

    @each_demo
    @pytest.mark.parametrize("who", ["solution_provider", "distributor", "reseller"])
    def test_every_partner_has_sixty_customers_of_both_associations(
        self, open_world: "Open", name: str, who: str
    ) -> None:
        stage = open_world(name)
        more = {"indirect_partner_id": stage["reseller"].domain_id} if who == "reseller" else {}
        infos = listed(stage, "distributor" if who == "reseller" else who, **more)
        assert len(infos) >= 60
        assert {info["association_type"] for info in infos} == {"1", "2" if stage.sandbox.site == "cn" else "3"}

    @each_demo
    def test_customers_are_told_as_real_ones_are(self, open_world: "Open", name: str) -> None:
        infos = listed(open_world(name), "solution_provider")
        for member in ("account_name", "customer_id", "telephone", "email", "xaccount_id"):
            values = [info[member] for info in infos if member in info]
            assert len(values) == len(set(values)) >= 60, member
        assert len({info["associated_on"] for info in infos}) > 50
        assert len({info.get("label") for info in infos}) > 3
        assert len({info.get("customer") for info in infos}) > 30
        assert {info["verified_status"] for info in infos} >= {"2", "-1"}
        assert {info["customer_type"] for info in infos} == {-1, 0, 1}

    @each_demo
    def test_the_oldest_association_comes_first(self, open_world: "Open", name: str) -> None:
        dates = [info["associated_on"] for info in listed(open_world(name), "solution_provider")]
        assert dates == sorted(dates)

    def test_the_sites_speak_their_own_language(self, open_world: "Open") -> None:
        chinese, english = (listed(open_world(name), "solution_provider") for name in DEMO)
        assert all(not info["customer"].isascii() for info in chinese if "customer" in info)
        assert all(info["customer"].isascii() for info in english if "customer" in info)
        assert {info["country_code"] for info in chinese} == {"0086"}
        assert len({info["country_code"] for info in english}) > 3

    @each_demo
    def test_the_demo_customer_and_outsider_are_what_they_say(self, open_world: "Open", name: str) -> None:
        stage = open_world(name)
        found = listed(stage, "solution_provider", customer_id=stage["customer"].domain_id)
        assert [info["association_type"] for info in found] == ["2" if stage.sandbox.site == "cn" else "3"]
        with stage.inside() as world:
            associated = set(world.db.execute(select(customers.c.id)).scalars())
        assert stage["outsider"].domain_id not in associated

    @each_demo
    @pytest.mark.parametrize(("empty", "who"), [("empty-cn", "solution_provider"), ("empty-intl", "distributor")])
    def test_an_empty_world_has_keys_of_its_own_and_no_customers(
        self, open_world: "Open", name: str, empty: str, who: str
    ) -> None:
        assert listed(open_world(empty), who) == []
        mine, demos = scenarios.load(empty).principals, scenarios.load(name).principals
        assert not {one["ak"] for one in mine.values()} & {one["ak"] for one in demos.values()}

    @each_demo
    def test_an_applicant_waits_and_whoever_is_verified_has_papers(self, open_world: "Open", name: str) -> None:
        stage = open_world(name)
        (applicant,) = listed(stage, "solution_provider", customer_id=stage["applicant"].domain_id)
        assert (applicant["verified_status"], applicant["customer_type"]) == ("0", 1)
        infos = listed(stage, "solution_provider")
        assert all(("customer" in info) == (info["verified_status"] == "2") for info in infos)
        results = {"-1": None, "0": 0, "1": 1, "2": 2}
        for info in infos[:20]:
            told = stage.call(
                "solution_provider", "show_realname_authentication_review_result", customer_id=info["customer_id"]
            )
            assert told.body.get("review_result") == results[info["verified_status"]]
            assert bool(told.body.get("opinion")) == (info["verified_status"] == "1")

    def test_one_customer_of_the_international_demo_is_frozen(self, open_world: "Open") -> None:
        stage = open_world("demo-intl")
        frozen = [info["customer_id"] for info in listed(stage, "solution_provider") if info["is_frozen"]]
        assert frozen == [stage["frozen_customer"].domain_id]

    def test_customers_have_money_and_some_have_debts(self, open_world: "Open") -> None:
        stage = open_world("demo-cn")
        infos = [{"customer_id": ident} for ident in stage.customers("solution_provider")]
        told = stage.call("solution_provider", "list_customers_balances_detail", customer_infos=infos).body
        funded = [one for one in told["customer_balances"] if one["amount"] > 0]
        in_debt = [one for one in told["customer_balances"] if one["debt_amount"] > 0]
        assert (len(funded), len(in_debt)) == (38, 3)

    @each_demo
    def test_names_of_accounts_have_the_documented_form(self, open_world: "Open", name: str) -> None:
        with open_world(name).inside() as world:
            names = list(world.db.execute(select(accounts.c.name)).scalars())
        assert all(re.fullmatch("[a-zA-Z_-][a-zA-Z0-9_-]{4,31}", one) for one in names)


class TestSeeds:
    @each_demo
    def test_the_same_seed_gives_the_same_bytes(self, name: str) -> None:
        assert built(name) == built(name)
        assert built(name, 5) == built(name, 5)

    @each_demo
    def test_another_seed_gives_others(self, open_world: "Open", name: str) -> None:
        assert built(name) != built(name, 5)
        one, other = (open_world(name, seed=seed) for seed in (None, 5))
        shown = [{info["account_name"] for info in listed(stage, "solution_provider")} for stage in (one, other)]
        assert len(shown[0] & shown[1]) < 5

    def test_the_scenarios_own_seed_is_the_default(self) -> None:
        assert built("demo-cn") == built("demo-cn", scenarios.load("demo-cn").seed)

    @pytest.mark.parametrize("seed", [0, 2**32 - 1])
    def test_any_seed_builds_a_world(self, open_world: "Open", seed: int) -> None:
        assert len(listed(open_world("demo-intl", seed=seed), "solution_provider")) >= 60


class TestMembers:
    def test_a_clock_stands_still(self, open_world: "Open", partners: dict[str, Any]) -> None:
        stage = open_world(partners | {"clock": "2025-05-05T05:05:05Z"})
        stage.call("solution_provider", "create_sub_customer", xaccount_id="x", xaccount_type="T", domain_name="newest")
        (found,) = listed(stage, "solution_provider", account_name="newest")
        assert found["associated_on"] == "2025-05-05T05:05:05Z"

    def test_history_bounds_the_associations(self, open_world: "Open", partners: dict[str, Any]) -> None:
        for info in listed(open_world(partners), "solution_provider"):
            assert "2024-01-01T00:00:00Z" <= info["associated_on"] <= "2026-01-01T00:00:00Z"

    def test_an_operator_is_a_user_of_its_partner_with_its_permissions(self, stage: "Stage") -> None:
        operator, partner = stage["operator"], stage["solution_provider"]
        assert (operator.domain_id, operator.kind) == (partner.domain_id, partner.kind)
        assert operator.permissions == ("BPC_ITEM_SUBCUSTSERV_010103",)
        assert partner.permissions is None
        assert operator.ak != partner.ak

    def test_the_order_of_principals_does_not_matter(self, open_world: "Open", partners: dict[str, Any]) -> None:
        backwards = dict(reversed(partners["principals"].items()))
        stage = open_world(partners | {"principals": backwards})
        assert stage.call("operator", "list_partner_balances").status == 200
        assert len(stage.customers("solution_provider")) == 9

    def test_a_name_may_be_left_out_of_a_principal(self, stage: "Stage") -> None:
        assert stage["enterprise_master"].domain_name == "enterprise_master"

    def test_a_partner_has_a_platform_and_its_customers_came_by_it(
        self, open_world: "Open", partners: dict[str, Any]
    ) -> None:
        partners["principals"]["solution_provider"]["xaccount_type"] = "MY-platform_1"
        stage = open_world(partners)
        assert stage["solution_provider"].xaccount_type == stage["operator"].xaccount_type == "MY-platform_1"
        assert stage["distributor"].xaccount_type == "DISTRIBUTOR_IDP"
        assert stage["customer"].xaccount_type is None
        came_by = {one.get("xaccount_type") for one in listed(stage, "solution_provider")}
        assert came_by - {None} == {"MY-platform_1"}

    def test_a_rule_that_is_left_out_has_a_default(self, open_world: "Open", partners: dict[str, Any]) -> None:
        del partners["rules"]
        asked = {"search_type": "mobile", "search_value": "0086-13912345678"}
        answer = open_world(partners).call("solution_provider", "check_user_identity", **asked)
        assert answer.body["mobile_remain_available_num"] == 5

    def test_counts_are_as_written(self, stage: "Stage") -> None:
        assert (len(stage.customers("reseller")), len(stage.customers("reseller", "referral"))) == (4, 1)
        assert (len(stage.customers("other_reseller")), len(stage.customers("other_reseller", "referral"))) == (3, 0)

    def test_more_referral_customers_than_customers_is_a_mistake(self, change: "Change") -> None:
        change("count: 3, funded: 1", "count: 3, referral: 4").refused("referral")

    def test_more_funded_customers_than_resale_customers_is_a_mistake(self, change: "Change") -> None:
        change("count: 3, funded: 1", "count: 3, funded: 4").refused("funded")

    def test_more_customers_in_debt_than_funded_ones_is_a_mistake(self, change: "Change") -> None:
        change("count: 3, funded: 1", "count: 3, funded: 1, in_debt: 2").refused("in_debt")

    def test_a_history_that_ends_before_it_begins_is_a_mistake(self, change: "Change") -> None:
        change('to: "2026-01-01', 'to: "2020-01-01').refused("history", line=6)


class Changed:
    """A copy of ``worlds/partners.yaml`` with one thing otherwise."""

    def __init__(self, file: Path, line: int) -> None:
        self.file = file
        self.line = line

    def refused(self, *words: str, line: int | None = None) -> str:
        """In one line that names file, line and field."""
        with pytest.raises(BadScenario) as refusal:
            plan(str(self.file))
        told = str(refusal.value)
        assert "\n" not in told
        assert told.startswith(f"{self.file}: line {line or self.line}: "), told
        for word in words:
            assert word in told
        return told


Change = Callable[..., Changed]


@pytest.fixture
def change(partners_file: Path, tmp_path: Path) -> Change:
    def change(old: str, new: str) -> Changed:
        text = partners_file.read_text("utf-8")
        assert text.count(old) >= 1
        place = text.index(old)
        file = tmp_path / "changed.yaml"
        file.write_text(text[:place] + new + text[place + len(old) :], encoding="utf-8")
        return Changed(file, text[:place].count("\n") + 1)

    return change


class TestMistakes:
    @pytest.mark.parametrize(
        ("name", "hint"),
        [("demo-zh", "demo-cn"), ("demo_cn", "demo-cn"), ("demo-int", "demo-intl"), ("demo", "demo-")],
    )
    def test_an_unknown_scenario_is_told_the_nearest(self, name: str, hint: str) -> None:
        with pytest.raises(BadScenario, match=re.escape(f"unknown scenario {name!r}: did you mean {hint}")):
            plan(name)

    def test_where_none_is_near_all_are_named(self) -> None:
        with pytest.raises(BadScenario, match=r"unknown scenario 'zzz': shipped are demo-cn, demo-intl"):
            plan("zzz")

    @pytest.mark.parametrize("name", ["missing.yaml", "./missing", "no/such/folder/file.yml"])
    def test_a_file_that_is_not_there(self, name: str) -> None:
        with pytest.raises(BadScenario, match=r"cannot be read: No such file"):
            plan(name)

    def test_a_folder_and_a_file_that_is_no_text(self, tmp_path: Path) -> None:
        with pytest.raises(BadScenario, match="cannot be read: Is a directory"):
            plan(f"{tmp_path}/")
        file = tmp_path / "binary.yaml"
        file.write_bytes(b"site: \xff\xfe")
        with pytest.raises(BadScenario, match="not UTF-8 at byte 6"):
            plan(str(file))

    @pytest.mark.parametrize(
        "text", ["site: [cn", "site: cn\n  seed: 1\n", "a: b: c", "\tsite: cn", "site: &x *y", "{"]
    )
    def test_broken_yaml_is_told_with_its_line(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "broken.yaml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(BadScenario, match=r"broken\.yaml: line [12]: not YAML: ") as refusal:
            plan(str(file))
        assert "\n" not in str(refusal.value)

    @pytest.mark.parametrize(
        "text", ["", "[]", "just text", "1", "null", "a: &x [*x]", "? {a: 1}\n: b", "1: 2", "2026-01-01: x"]
    )
    def test_yaml_that_is_no_scenario_is_one_line(self, tmp_path: Path, text: str) -> None:
        file = tmp_path / "other.yaml"
        file.write_text(text, encoding="utf-8")
        with pytest.raises(BadScenario, match=r"other\.yaml: ") as refusal:
            plan(str(file))
        assert "\n" not in str(refusal.value)

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("site: cn", "site: de", ["/site"]),
            ("site: cn", "sight: cn", ["sight"]),
            ("seed: 7", "seed: seven", ["/seed"]),
            ("seed: 7", "seed: -1", ["/seed"]),
            ("seed: 7", "seed: 7.5", ["/seed"]),
            ('from: "2024-01-01T00:00:00Z"', 'from: "2024-01-01"', ["/history/from"]),
            ('from: "2024-01-01T00:00:00Z"', 'from: "2024-13-01T00:00:00Z"', ["/history/from"]),
            ("registrations_per_mobile: 3", "registrations_per_mobile: 0", ["/rules/registrations_per_mobile"]),
            ("kind: distributor", "kind: wholesaler", ["/principals/distributor/kind"]),
            ('balance: "9000.00"', "balance: 9000.00", ["/principals/distributor/balance"]),
            ('balance: "9000.00"', 'balance: "9000.005"', ["/principals/distributor/balance"]),
            ("ak: TESTDISTRIBUTOR00001", "ak: short", ["/principals/distributor/ak"]),
            ("of: distributor", "of: nobody", ["/principals/reseller/of", "distributor"]),
            ("of: distributor", "of: solution_provider", ["/principals/reseller/of", "distributor"]),
            ("of: enterprise_master", "of: distributor", ["/principals/enterprise_member/of", "enterprise_master"]),
            ("operator_of: solution_provider", "operator_of: nobody", ["/principals/operator/operator_of"]),
            ("operator_of: solution_provider", "operator_of: operator", ["/principals/operator/operator_of"]),
            ("{of: reseller", "{of: customer", ["/customers/1/of", "reseller"]),
            ("    label: demo\n", "    frozen: BOTH\n", ["/principals/customer/frozen", "ACCOUNT_AND_RESOURCE"]),
            (
                "    association: resale\n",
                "    frozen: ACCOUNT\n    association: referral\n",
                ["/principals/customer/frozen"],
            ),
            ('    balance: "9000.00"\n', "    verified: rejected\n", ["/principals/distributor/verified"]),
            ("count: 5, ", "count: 0, ", ["/customers/1/count"]),
            ("count: 5, ", "cnt: 5, ", ["cnt"]),
            ("domain_name: named_customer", "xaccount_type: A_B", ["/principals/customer/xaccount_type", "partner"]),
            ("domain_name: first_provider", "xaccount_type: a b", ["/principals/solution_provider/xaccount_type"]),
        ],
    )
    def test_a_wrong_field_is_told_with_line_and_field(
        self, change: Change, old: str, new: str, words: list[str]
    ) -> None:
        change(old, new).refused(*words)

    @pytest.mark.parametrize(
        ("old", "new", "word"),
        [
            ("ak: TESTDISTRIBUTOR00002", "ak: TESTDISTRIBUTOR00001", "ak"),
            ("domain_name: other_distributor", "domain_name: first_distributor", "domain_name"),
            ("    of: distributor\n", "", "of"),
            ("    of: enterprise_master\n", "", "of"),
            ('balance: "9000.00"', 'balance: "-9000.00"', "balance"),
            ('balance: "80.00"', 'balance: "-80.00"', "balance"),
            ('designated: "500.00"', 'designated: "9500.00"', "designated"),
        ],
    )
    def test_what_cannot_be_is_a_mistake_and_no_traceback(self, change: Change, old: str, new: str, word: str) -> None:
        """Two with one key or name, a reseller of nobody, less than nothing, more designated than there is."""
        with pytest.raises(BadScenario, match=word) as refusal:
            plan(str(change(old, new).file))
        assert re.match(r".*changed\.yaml: line \d+: ", str(refusal.value))

    def test_an_operator_of_an_operator_is_a_mistake(self, change: Change) -> None:
        change("operator_of: solution_provider", "operator_of: operator").refused("/principals/operator/operator_of")


class TestSchema:
    """``scenario.schema.json`` is what editors and people read."""

    schema = json.loads((scenarios.folder() / "scenario.schema.json").read_bytes())

    def test_it_is_json_schema_and_the_shipped_scenarios_keep_it(self, partners_file: Path) -> None:
        jsonschema.Draft202012Validator.check_schema(self.schema)
        validator = jsonschema.Draft202012Validator(self.schema)
        for file in [*scenarios.folder().glob("*.yaml"), partners_file]:
            assert list(validator.iter_errors(yaml.safe_load(file.read_bytes()))) == []

    def test_every_member_is_described(self) -> None:
        missing = [pointer for pointer, member in members(self.schema) if not described(self.schema, member)]
        assert missing == []

    def test_the_rules_have_defaults_for_all_that_can_be_set(self) -> None:
        assert set(scenarios.RULES) == set(self.schema["properties"]["rules"]["properties"])


def members(node: dict[str, Any], pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for name, member in node.get("properties", {}).items():
        yield f"{pointer}/{name}", member
        yield from members(member, f"{pointer}/{name}")
    for name, member in node.get("$defs", {}).items():
        yield from members(member, f"{pointer}/{name}")


def described(schema: dict[str, Any], member: dict[str, Any]) -> bool:
    target = schema
    for step in member.get("$ref", "#").split("/")[1:]:
        target = target[step]
    return bool(member.get("description") or ("$ref" in member and target.get("description")))
