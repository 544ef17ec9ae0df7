"""The report finds what is documented and not in the schema files, and holds the list of reasons to it."""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from mockserver.contract import report
from mockserver.contract.facts import KINDS, NoFacts, constraints
from mockserver.contract.operations import Contract
from mockserver.contract.report import FILE, BadReasons, Report, compare, main, read_reasons
from mockserver.shipped import schemas

ROOT = Path(__file__).resolve().parents[2]
IT = "cn/things/make_up"
TEXT = {"type": "string"}
LIST = {"type": "array", "items": TEXT}
DAY = {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$"}
REAL_DAY = DAY | {"not": {"pattern": "-(02-3[01]|0[469]-31|11-31)$"}}
TIME = {"type": "string", "format": "date-time", "pattern": "^[-0-9]{10}T[:0-9]{8}Z$"}


@pytest.fixture
def compared(tmp_path: Path) -> Callable[..., Report]:
    """The report on one operation: facts and schema are made up, ``reasons`` is the content of the list."""

    def compared(facts: dict[str, Any], schema: dict[str, Any] | None = None, reasons: str = "") -> Report:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))  # a file is read once only
        return compare(written(folder, facts, schema or {}, reasons), Contract(folder / "schemas"))

    return compared


def written(folder: Path, facts: dict[str, Any], schema: dict[str, Any], reasons: str = "") -> Path:
    """The folder of the facts, after they and the schema files were written to ``folder``."""
    whole = {"method": "POST", "path": "/v2/things", "sites": {"cn": {}}, "params": [], "response": [], "errors": []}
    put(folder / "facts/operations/things/make_up.json", whole | facts)
    put(folder / f"schemas/{IT}.json", operation(**schema))
    (folder / "schemas" / "common").mkdir(exist_ok=True)
    shutil.copy(schemas() / "common" / "errors.json", folder / "schemas" / "common")
    (folder / "schemas" / FILE).write_text(reasons, encoding="utf-8")
    return folder / "facts"


def put(file: Path, content: Any) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content), encoding="utf-8")


def operation(**parts: Any) -> dict[str, Any]:
    """A schema file; ``x`` has what differs in ``x-operation``, other parts are places of the request or ``$defs``."""
    told = {
        "method": "POST",
        "path": "/v2/things",
        "page": "api-none/none.html",
        "callers": ["customer"],
        "quota": "10/1s",
        "success": 200,
        "errors": ["CBC.0100", {"code": "CBC.0151", "status": 401}],
        "retired": False,
    }
    places = {name: part for name, part in parts.items() if name in ("path", "query", "headers", "body")}
    definitions = {"response": {"type": "object"}} | {name: parts[name] for name in parts.keys() - places - {"x"}}
    return {
        "$id": f"{IT}.json",
        "title": "Made up",
        "x-operation": told | parts.get("x", {}),
        "$defs": {"request": {"type": "object", "properties": places}, **definitions},
    }


def holding(node: Any, **keywords: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"it": node}, **keywords}


def missing(report: Report) -> list[str]:
    return [str(constraint) for constraint in report.missing]


# A rule, its documented value, a schema that says so and one that does not.
RULES: list[tuple[str, Any, dict[str, Any], dict[str, Any]]] = [
    ("type", "string", TEXT, {"type": "integer"}),
    ("type", "string", {"anyOf": [TEXT, {"type": "null"}]}, {"anyOf": [{"type": "integer"}, {"type": "null"}]}),
    ("type", "string", {"anyOf": [{"type": "number"}, TEXT]}, {}),
    ("items", "string", LIST, {"type": "array", "items": {"type": "object"}}),
    ("items", "string", LIST, TEXT),
    ("nullable", True, {"anyOf": [TEXT, {"type": "null"}]}, TEXT),
    ("enum", ["1", "2"], {"enum": ["2", "1"]}, {"enum": ["1"]}),
    ("enum", ["1", "2"], {"enum": ["1", "2", ""]}, {"enum": ["1", "2", "3"]}),
    ("enum", ["1", "2"], {"type": "array", "items": {"enum": ["1", "2"]}}, {"examples": ["1", "2"]}),
    ("enum", [1], {"enum": [1]}, {"enum": ["1"]}),
    ("enum", ["on", "ON"], {"type": "string", "pattern": "^[oO][nN]$"}, {"type": "string", "pattern": "^on$"}),
    ("pattern", "^[0-9]+$", {"pattern": "^[0-9]+$"}, {"pattern": "^[0-9]*$"}),
    ("pattern", "^[0-9]+$ (digits only)", {"pattern": "^[0-9]+$"}, TEXT),
    ("pattern", "YES|NO", {"enum": ["YES", "NO"]}, {"enum": ["YES", "NO", "YESNO"]}),
    ("format", "utc-datetime yyyy-MM-ddTHH:mm:ssZ", TIME, TEXT),
    ("format", "date YYYY-MM-DD", REAL_DAY, DAY),
    ("format", "month YYYY-MM", {"type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}, DAY),
    ("format", "decimal(2), > 0", {"type": "number", "minimum": 0.01, "multipleOf": 0.01}, {"type": "number"}),
    ("format", "decimal(2)", {"type": "string", "pattern": "^[0-9]+[.][0-9]{2}$"}, {"type": "number", "minimum": 1.5}),
    ("format", "decimal(8)", {"type": "number", "multipleOf": 0.00000001}, {"type": "number", "multipleOf": 0.01}),
    ("format", "two-letter country code", {"type": "string", "pattern": "^[A-Z]{2}$"}, TEXT),
    ("format", "must contain @", {"type": "string", "pattern": "@"}, TEXT),
    ("format", "Double", {"type": "number"}, {"type": "number", "maximum": 0}),
    ("default", 10, {"default": 10}, {"default": 20}),
    (
        "default",
        "zh_cn",
        {"default": "zh_CN", "pattern": "^[zZ][hH]_[cC][nN]$"},
        {"default": "zh_CN", "const": "zh_CN"},
    ),
    ("default", 0, {"default": 0}, {"default": False}),
    ("default", "today", {"default": "today"}, {}),
    ("minimum", 1, {"minimum": 1}, {"minimum": 2}),
    ("maximum", 9, {"maximum": 9}, {}),
    ("maximum", 9, {"enum": [1, 2]}, {"enum": [1, 10]}),
    ("minLength", 0, {}, {"minLength": 1}),
    ("minLength", 1, {"minLength": 1}, {}),
    ("maxLength", 5, {"maxLength": 5}, {"maxLength": 4}),
    ("maxLength", 5, {"enum": ["abcde", ""]}, {"enum": ["abcdef"]}),
    ("maxLength", 5, {"type": "array", "items": {"maxLength": 5}}, {"type": "array", "items": TEXT, "maxLength": 5}),
    ("minItems", 0, LIST, LIST | {"minItems": 1}),
    ("maxItems", 3, LIST | {"maxItems": 3}, LIST | {"items": {"maxItems": 3}}),
    ("empty_value", "ignored (empty list)", LIST, LIST | {"minItems": 1}),
    ("empty_string", "filter", {"x-empty": "filter"}, {"x-empty": "ignored"}),
    ("null", "rejected", {"x-null": "rejected"}, {"x-null": "ignored"}),
]


@pytest.mark.parametrize(("rule", "value", "saying", "silent"), RULES)
def test_a_rule_is_expressed_where_the_schema_says_it(
    compared: Callable[..., Report], rule: str, value: Any, saying: dict[str, Any], silent: dict[str, Any]
) -> None:
    facts = {"params": [{"name": "it", "in": "body", "type": "unknown", rule: value}]}
    assert missing(compared(facts, {"body": holding(saying)})) == []
    assert missing(compared(facts, {"body": holding(silent)})) == [f"{IT} /body/it {rule}"]


@pytest.mark.parametrize(
    ("rule", "value", "saying", "silent"),
    [
        ("empty_value", "ignored", {"x-empty-value": "ignored"}, {"x-empty-value": "rejected", "x-empty": "ignored"}),
        ("empty_value", "default 0", {"x-empty-value": "ignored"}, {"x-empty-value": "filter"}),
        ("empty_string", "rejected", {"x-empty-value": "ignored", "x-empty": "rejected"}, {"x-empty": "ignored"}),
        ("empty_string", "rejected", {"x-empty-value": "rejected", "x-empty": "ignored"}, {"x-empty-value": "filter"}),
        ("null", "filter", {"x-null": "filter"}, {"x-null": "ignored"}),
    ],
)
def test_a_query_has_several_kinds_of_empty(
    compared: Callable[..., Report], rule: str, value: Any, saying: dict[str, Any], silent: dict[str, Any]
) -> None:
    facts = {"params": [{"name": "it", "in": "query", "type": "string", rule: value}]}
    assert missing(compared(facts, {"query": holding(TEXT | saying)})) == []
    assert missing(compared(facts, {"query": holding(TEXT | silent)})) == [f"{IT} /query/it {rule}"]


@pytest.mark.parametrize(
    ("place", "wire", "node", "rule", "value", "expressed"),
    [
        ("headers", "header", {"pattern": "^[a-z]_[A-Z]$"}, "null", "rejected", True),
        ("headers", "header", {}, "null", "rejected", False),
        ("headers", "header", {"x-empty": "ignored"}, "empty_string", "ignored", True),
        ("headers", "header", {"x-empty": "ignored"}, "empty_string", "rejected", False),
        ("path", "path", {}, "null", "rejected", True),
        ("path", "path", {}, "empty_string", "ignored", False),
    ],
)
def test_a_header_and_a_path_know_texts_only(
    compared: Callable[..., Report], place: str, wire: str, node: Any, rule: str, value: str, expressed: bool
) -> None:
    facts = {"params": [{"name": "it", "in": wire, "type": "string", rule: value}]}
    assert (missing(compared(facts, {place: holding(TEXT | node)})) == []) == expressed


@pytest.mark.parametrize(("required", "needed"), [(True, ["it"]), (False, [])])
def test_required_and_optional_are_both_rules(compared: Callable[..., Report], required: bool, needed: Any) -> None:
    facts = {"params": [{"name": "it", "in": "body", "type": "string", "required": required}]}
    assert missing(compared(facts, {"body": holding(TEXT, required=needed)})) == []
    other = {"body": holding(TEXT, required=[] if needed else ["it"])}
    assert missing(compared(facts, other)) == [f"{IT} /body/it required"]


@pytest.mark.parametrize(
    ("facts", "x", "kind"),
    [
        ({"method": "GET"}, {"method": "GET"}, "method"),
        ({"path": "/v2/others"}, {"path": "/v2/others"}, "path"),
        ({"success_status": 204}, {"success": 204}, "success"),
        ({"sites": {"cn": {"doc_page": "api-x/x.html"}}}, {"page": "api-x/x.html"}, "page"),
        ({"sites": {"cn": {"callers": ["reseller", "partner"]}}}, {"callers": ["partner", "reseller"]}, "callers"),
        ({"sites": {"cn": {"rate_limit": "5/1s (of one page)"}}}, {"quota": "5/1s"}, "quota"),
    ],
)
def test_what_is_said_of_the_whole_operation_counts_too(
    compared: Callable[..., Report], facts: Any, x: Any, kind: str
) -> None:
    assert missing(compared(facts, {"x": x})) == []
    assert missing(compared(facts)) == [f"{IT} /x-operation {kind}"]


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("intl/en-us/api-x/x.html", "intl/en-us/api-x/x.html"),
        ("intl/zh-cn/api-x/x.html", "intl/zh-cn/api-x/x.html"),
        ("api-x/x.html", "intl/en-us/api-x/x.html"),
        ("intl/en-us api-x/x.html", "intl/en-us/api-x/x.html"),
    ],
)
def test_a_page_of_the_international_site_has_its_language(
    compared: Callable[..., Report], words: str, page: str
) -> None:
    found = compared({"sites": {"intl": {"doc_page": words}}})
    assert [one.value for one in found.documented if one.kind == "page"] == [page]


def test_an_error_table_is_a_code_and_a_status_for_each_row(compared: Callable[..., Report]) -> None:
    rows = [("CBC.0100", 400), ("CBC.0151", 403), ("CBC.0151", None), ("CBC.9", 500)]
    found = compared({"errors": [{"code": code, "status": status} for code, status in rows]})
    assert missing(found) == [
        f"{IT} /x-operation/errors/CBC.9 error",
        f"{IT} /x-operation/errors/CBC.0151 status",
        f"{IT} /x-operation/errors/CBC.9 status",
    ]
    assert (found.kinds["error"].documented, found.kinds["status"].documented) == (3, 3)


def test_nested_members_are_found_through_lists_and_choices(compared: Callable[..., Report]) -> None:
    row = {"name": "it", "type": "integer", "maximum": 3, "required": True}
    facts = {"response": [{"name": "list", "type": "array", "members": [{"name": "one", "members": [row]}]}]}
    inner = {"anyOf": [holding({"type": "integer", "maximum": 3}, required=["it"]), {"type": "null"}]}
    outer = {"type": "array", "items": {"type": "object", "properties": {"one": inner}}}
    assert missing(compared(facts, {"response": {"type": "object", "properties": {"list": outer}}})) == []
    assert missing(compared(facts)) == [
        f"{IT} /response/list type",
        f"{IT} /response/list/one member",
        *(f"{IT} /response/list/one/it {rule}" for rule in ("type", "required", "maximum")),
    ]


def test_a_row_may_name_a_member_of_a_list_in_brackets(compared: Callable[..., Report]) -> None:
    facts = {"response": [{"name": "list[].it", "type": "string"}]}
    inner = {"type": "object", "properties": {"list": {"type": "array", "items": holding(TEXT)}}}
    assert missing(compared(facts, {"response": inner})) == []


def test_members_of_a_refusal_stand_among_those_of_the_answer(compared: Callable[..., Report]) -> None:
    facts = {"response": [{"name": "error_code", "type": "string", "required": False, "maxLength": 16}]}
    assert missing(compared(facts)) == [f"{IT} /response/error_code maxLength"]
    own = {
        "type": "object",
        "properties": {"error_code": {"type": "string", "maxLength": 16}},
        "required": ["error_code"],
    }
    assert missing(compared(facts, {"refusal": own})) == []


def test_what_a_condition_says_of_a_member_is_its_format_too(compared: Callable[..., Report]) -> None:
    words = "mobile: regex of the page; email: complete address with @"
    facts = {"params": [{"name": "it", "in": "body", "type": "string", "format": words}]}

    def when(kind: str, pattern: str) -> Any:
        return {"if": {"properties": {"kind": {"const": kind}}}, "then": holding({"pattern": pattern})}

    both = [when("mobile", "^0086-[0-9]+$"), when("email", "@")]
    assert missing(compared(facts, {"body": holding(TEXT, allOf=both)})) == []
    assert missing(compared(facts, {"body": holding(TEXT, allOf=both[:1])})) == [f"{IT} /body/it format"]


def test_what_is_unknown_or_of_the_other_site_is_no_constraint(compared: Callable[..., Report]) -> None:
    rows = [
        {"name": "it", "in": "body", "type": "string", "required": None, "null": "unknown", "meaning": "…"},
        {"name": "it", "in": "body", "type": "integer", "site": "intl"},
    ]
    found = compared({"params": rows}, {"body": holding(TEXT)})
    assert [str(one) for one in found.documented] == [
        f"{IT} /x-operation method",
        f"{IT} /x-operation path",
        f"{IT} /body/it type",
    ]
    assert (found.total.documented, found.total.expressed, found.total.share) == (3, 3, 100)


def test_every_kind_of_constraint_is_in_these_tests(compared: Callable[..., Report]) -> None:
    of_the_operation = {"method", "path", "page", "callers", "quota", "success", "error", "status"}
    assert {row[0] for row in RULES} | of_the_operation | {"member", "required"} == set(KINDS)


def test_counts_are_by_area_and_site_and_by_kind(compared: Callable[..., Report]) -> None:
    found = compared(
        {"params": [{"name": "it", "in": "body", "type": "string", "maxLength": 3}]}, {"body": holding(TEXT)}
    )
    assert {key: (count.documented, count.expressed) for key, count in found.areas.items()} == {
        ("things", "cn"): (4, 3)
    }
    assert {kind: (count.documented, count.expressed) for kind, count in found.kinds.items()} == {
        "type": (1, 1),
        "maxLength": (1, 0),
        "method": (1, 1),
        "path": (1, 1),
    }


class TestReasons:
    FACTS = {"params": [{"name": "it", "in": "body", "type": "string", "maxLength": 3}]}  # noqa: RUF012
    LINE = f"{IT} /body/it maxLength"

    def listed(self, *lines: str) -> str:
        return yaml.safe_dump([{"reason": "So it is.", "constraints": list(lines)}])

    def test_what_has_a_reason_is_no_finding(self, compared: Callable[..., Report]) -> None:
        found = compared(self.FACTS, {"body": holding(TEXT)}, self.listed(self.LINE))
        assert found.findings == []
        assert [(reason, list(map(str, ones))) for reason, ones in found.explained()] == [("So it is.", [self.LINE])]

    def test_what_has_none_is_one(self, compared: Callable[..., Report]) -> None:
        found = compared(self.FACTS, {"body": holding(TEXT)})
        assert found.findings == [f"not expressed, and no reason: {self.LINE}"]

    @pytest.mark.parametrize("line", [LINE, f"{IT} /body/other maxLength", "nothing"])
    def test_a_reason_for_nothing_is_one(self, compared: Callable[..., Report], line: str) -> None:
        found = compared(self.FACTS, {"body": holding(TEXT | {"maxLength": 3})}, self.listed(line))
        assert found.findings == [f"a reason for what is expressed or not documented: {line}"]

    def test_two_reasons_are_one(self, compared: Callable[..., Report]) -> None:
        found = compared(self.FACTS, {"body": holding(TEXT)}, self.listed(self.LINE, self.LINE))
        assert found.findings == [f"more than one reason: {self.LINE}"]

    def test_an_operation_without_a_file_is_one(self, compared: Callable[..., Report]) -> None:
        found = compared({"sites": {"cn": {}, "intl": {}}})
        assert found.findings[0] == "no schema file: intl/things/make_up"

    @pytest.mark.parametrize(
        "content", ["{", "reason: x", "- reason: x", "- reason: [1]\n  constraints: []", "- {a: 1}"]
    )
    def test_a_list_in_another_form_is_said_in_one_line(self, compared: Callable[..., Report], content: str) -> None:
        with pytest.raises(BadReasons, match=rf"{FILE}: ") as problem:
            compared(self.FACTS, {"body": holding(TEXT)}, content)
        assert "\n" not in str(problem.value)


@pytest.mark.parametrize("content", ["{", "[]", '{"sites": {"cn": {}}}', '{"sites": {"cn": {}}, "params": [1]}'])
def test_a_file_that_is_no_fact_file_is_named(tmp_path: Path, content: str) -> None:
    file = tmp_path / "operations" / "things" / "make_up.json"
    put(file, None)
    file.write_text(content, encoding="utf-8")
    with pytest.raises(NoFacts, match=re.escape(f"{file}: ")):
        list(constraints(tmp_path))


def test_without_facts_the_command_says_so_in_one_line(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mockserver.contract.report", "--facts", str(tmp_path / "none")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"{tmp_path / 'none'}: no facts there (operations/<area>/<operation>.json)\n"


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """The command on the made-up operation, with the schema of ``it``."""

    def run(node: Any, *words: str) -> Any:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        facts = written(folder, TestReasons.FACTS, {"body": holding(node)})
        monkeypatch.setattr(report, "schemas", lambda: folder / "schemas")
        return CliRunner().invoke(main, ["--facts", str(facts), *words])

    return run


def test_the_command_shows_numbers_and_what_is_missing(command: Callable[..., Any]) -> None:
    done = command(TEXT)
    assert done.exit_code == 1
    assert re.search(r"things +│ cn +│ +4 │ +3 │ +1 │ +75\.00", done.stdout)
    assert f"No reason is given.\n  {TestReasons.LINE} 3\n" in done.stdout
    assert done.stderr == f"not expressed, and no reason: {TestReasons.LINE}\n"
    assert command(TEXT | {"maxLength": 3}).exit_code == 0


def test_the_command_has_the_same_for_programs(command: Callable[..., Any]) -> None:
    done = command(TEXT, "--format", "json")
    shown = json.loads(done.stdout)
    assert done.exit_code == 1
    assert shown["total"] == {"documented": 4, "expressed": 3, "percent": 75}
    assert shown["areas"] == [{"area": "things", "site": "cn", **shown["total"]}]
    assert shown["not_expressed"] == [
        {"operation": IT, "pointer": "/body/it", "constraint": "maxLength", "documented": 3, "reason": None}
    ]
    assert shown["findings"] == [f"not expressed, and no reason: {TestReasons.LINE}"]


# The shipped list


def test_each_reason_is_a_sentence_of_its_own_for_operations_that_exist() -> None:
    files = {f"{operation.site}/{operation.area}/{operation.name}" for operation in Contract()}
    reasons = read_reasons(schemas() / FILE)
    assert len({told.reason for told in reasons}) == len(reasons)
    for told in reasons:
        assert re.fullmatch(r"[A-Z].{10,140}\.", told.reason), told.reason
        assert told.constraints
        for line in told.constraints:
            file, _, rest = line.partition(" ")
            assert file in files, line
            assert rest.startswith("/"), line
            assert rest.rpartition(" ")[2] in KINDS, line


def facts_beside_the_checkout() -> Path:
    """Where ``make contract-report`` looks for them."""
    found = re.search(r"^FACTS \?= (.+)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert found
    return ROOT / found[1]


@pytest.mark.skipif(
    not facts_beside_the_checkout().is_dir(), reason="the documented facts are not beside this checkout"
)
def test_the_shipped_schemas_express_what_is_documented() -> None:
    found = compare(facts_beside_the_checkout(), Contract())
    assert found.findings == []
    assert found.total.share >= 99.5
    assert {place: round(count.share, 2) for place, count in found.areas.items() if count.share < 99} == {}
