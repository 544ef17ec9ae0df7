"""The OpenAPI documents say what the contract says, to readers that know nothing of its own keywords."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import chain
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_tests.profile import PROPERTY
from contract_tests.strategies import broken_requests, requests, rules
from contract_tests.strategies.judging import faults
from mockserver.app import open_worlds
from mockserver.contract.examples import NoExample, examples
from mockserver.contract.openapi import document
from mockserver.contract.operations import SITES, UNKNOWN_PAGE, Contract, Operation
from mockserver.contract.plain import plain

CONTRACT = Contract()
JSON = "application/json"
LARGEST = 3_000_000
Json = dict[str, Any]

each_site = pytest.mark.parametrize("site", SITES)
each_operation = pytest.mark.parametrize("op", list(CONTRACT), ids=lambda op: f"{op.site}-{op.name}")
each_body = pytest.mark.parametrize(
    "op", [op for op in CONTRACT if op.takes_body], ids=lambda op: f"{op.site}-{op.name}"
)


@cache
def written(site: str) -> Json:
    return document(CONTRACT, site)


def shown(op: Operation) -> Json:
    """What the document has for an operation."""
    found: Json = written(op.site)["paths"][op.path][op.method.lower()]
    return found


def resolved(site: str, node: Json) -> Json:
    for step in node["$ref"].removeprefix("#/").split("/") if "$ref" in node else ():
        node = written(site) if node.get("$ref") else node
        node = node[step]
    return node


def takes(schema: Mapping[str, Any], value: Any) -> bool:
    return jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True).is_valid(value)


class TestDocument:
    @each_site
    def test_it_is_valid_openapi(self, site: str) -> None:
        assert list(OpenAPIV31SpecValidator(written(site)).iter_errors()) == []

    @each_site
    def test_it_has_every_operation_once(self, site: str) -> None:
        found = [one["operationId"] for methods in written(site)["paths"].values() for one in methods.values()]
        assert sorted(found) == sorted(op.name for op in CONTRACT if op.site == site)

    @each_site
    def test_its_tags_are_the_areas_that_there_are(self, site: str) -> None:
        tags = [tag["name"] for tag in written(site)["tags"]]
        assert sorted(tags) == sorted({op.area for op in CONTRACT if op.site == site})
        assert tags[0] == "customers"
        assert tags[-1] == "legacy"

    @each_site
    def test_it_knows_both_ways_to_prove_who_calls(self, site: str) -> None:
        assert written(site)["security"] == [{"signature": [], "date": []}, {"token": []}]
        schemes = written(site)["components"]["securitySchemes"]
        assert {name: scheme["name"] for name, scheme in schemes.items()} == {
            "signature": "Authorization",
            "date": "X-Sdk-Date",
            "token": "X-Auth-Token",
        }

    @each_site
    def test_it_names_the_emulator_and_the_cloud(self, site: str) -> None:
        urls = [server["url"] for server in document(CONTRACT, site, "http://127.0.0.1:1234")["servers"]]
        assert urls == ["http://127.0.0.1:1234", {"cn": "https://bss.myhuaweicloud.com"}.get(site, urls[1])]
        assert urls[1].endswith(".myhuaweicloud.com")

    @each_site
    def test_it_can_be_carried(self, site: str) -> None:
        assert len(json.dumps(written(site), indent=2, ensure_ascii=False).encode()) < LARGEST

    def test_it_is_the_same_in_every_process(self) -> None:
        program = (
            "import json, hashlib; from mockserver.contract.openapi import document;"
            "from mockserver.contract.operations import Contract;"
            "print(hashlib.sha256(json.dumps(document(Contract(), 'intl')).encode()).hexdigest())"
        )
        told = {
            subprocess.run(
                [sys.executable, "-c", program],
                env={**os.environ, "PYTHONHASHSEED": seed},
                stdout=subprocess.PIPE,
                check=True,
            ).stdout
            for seed in ("1", "2")
        }
        assert len(told) == 1


class TestOperation:
    @each_operation
    def test_it_says_what_no_schema_says(self, op: Operation) -> None:
        one = shown(op)
        assert one["summary"] == op.title
        assert one["tags"] == [op.area]
        assert one["x-callers"] == list(op.callers)
        assert one["x-quota"] == {"limit": op.quota.limit, "seconds": op.quota.seconds}
        assert one.get("x-permissions", []) == list(op.permissions)
        assert one.get("deprecated", False) is op.retired
        for words in (*op.callers, *op.permissions):
            assert f"`{words}`" in one["description"]

    @each_operation
    def test_it_leads_to_its_page_where_one_is_known(self, op: Operation) -> None:
        one = shown(op)
        if op.page == UNKNOWN_PAGE:
            assert "externalDocs" not in one
            assert "Page: page not known" in one["description"]
        else:
            address = one["externalDocs"]["url"]
            assert address == f"https://support.huaweicloud.com/{op.page}"
            assert f"Page: [{op.page}]({address})" in one["description"]

    @each_operation
    def test_it_has_every_parameter(self, op: Operation) -> None:
        found = {(row["in"], row["name"], row["required"]) for row in shown(op).get("parameters", ())}
        expected = {
            (where, name, name in op.place(place).get("required", ()))
            for place, where in (("path", "path"), ("query", "query"), ("headers", "header"))
            for name in op.place(place).get("properties", {})
        }
        assert found == expected
        body = shown(op).get("requestBody")
        assert (body is not None) is op.takes_body
        assert body is None or body["required"] is ("body" in op.request.get("required", ()))

    @each_operation
    def test_every_refusal_stands_under_its_status_with_its_body(self, op: Operation) -> None:
        language = {"cn": "zh", "intl": "en"}[op.site]
        for error in op.errors.values():
            if error.code == "CBC.0000":
                continue
            answer = shown(op)["responses"][str(error.status)]
            assert f"`{error.code}`" in answer["description"]
            example = resolved(op.site, answer["content"][JSON]["examples"][error.code])
            assert example["value"] == error.body(language)
            assert error.messages["en"] in example["summary"]

    @each_operation
    def test_the_gateway_can_refuse_it_too(self, op: Operation) -> None:
        answers = shown(op)["responses"]
        assert {"400", "401", "403", "429"} <= set(answers)
        assert ("413" in answers) is op.takes_body
        codes = {
            resolved(op.site, example)["value"]["error_code"]
            for status in ("400", "401", "429")
            for example in resolved(op.site, answers[status])["content"][JSON]["examples"].values()
        }
        assert {"APIGW.0201", "APIGW.0301", "APIGW.0303", "APIGW.0308"} <= codes

    def test_a_refusal_can_come_with_the_status_of_success(self) -> None:
        op = CONTRACT.get("cn", "list_partner_balances")
        assert op is not None
        answer = shown(op)["responses"]["200"]
        assert next(iter(answer["content"][JSON]["examples"])) == "success"
        assert "CBC.5001" in answer["content"][JSON]["examples"]


class TestExamples:
    @each_operation
    def test_its_requests_are_taken(self, op: Operation) -> None:
        made = examples(op)
        assert not faults(op, made.needed)
        assert not faults(op, made.full)
        for place, schema in op.request["properties"].items():
            assert set(schema.get("required", ())) <= set(made.needed.get(place, {})) <= set(made.full.get(place, {}))

    @each_operation
    def test_its_answer_is_one_of_the_contract(self, op: Operation) -> None:
        assert list(op.response_rules.iter_errors(examples(op).answer)) == []

    @each_operation
    def test_whatever_the_document_shows_is_what_it_allows(self, op: Operation) -> None:
        for schema, value in _shown_values(op):
            assert takes(schema, value), value

    @each_operation
    def test_a_request_can_be_put_together_from_the_parameters(self, op: Operation) -> None:
        for row in shown(op).get("parameters", ()):
            assert "example" in row or "default" in row["schema"] or not row["required"]

    @each_site
    def test_they_name_accounts_of_the_demo_worlds(self, site: str) -> None:
        (world,) = open_worlds([f"demo-{site}"]).values()
        op = CONTRACT.get(site, "list_sub_customers")
        assert op is not None
        body = examples(op).full["body"]
        assert body["customer_id"] == world.principals["customer"].domain_id
        assert body["indirect_partner_id"] == world.principals["reseller"].domain_id
        legacy = CONTRACT.get(site, "legacy_customers_query")
        assert legacy is not None
        assert examples(legacy).needed["path"]["partner_id"] == world.principals["solution_provider"].domain_id

    def test_a_rule_on_several_members_is_kept(self) -> None:
        op = CONTRACT.get("cn", "list_costs")
        assert op is not None
        times = examples(op).needed["body"]["time_condition"]
        assert times == {"time_measure_id": 1, "begin_time": "2026-02-01", "end_time": "2026-02-28"}

    def test_what_nothing_can_satisfy_is_told(self, made_up: Operation) -> None:
        schema = {"type": "object", "properties": {"lines": {"type": "string", "not": {"type": "string"}}}}
        made_up.__dict__["response"] = schema | {"required": ["lines"]}
        try:
            with pytest.raises(NoExample, match="cn/things/make_up: /lines: "):
                examples(made_up)
        finally:
            del made_up.__dict__["response"]


def _shown_values(op: Operation) -> Iterator[tuple[Json, Any]]:
    """Schemas beside the examples that the document has for them."""
    one = shown(op)
    for row in one.get("parameters", ()):
        if "example" in row:
            yield row["schema"], row["example"]
        if "default" in row["schema"]:
            yield row["schema"], row["schema"]["default"]
    answers = (resolved(op.site, answer) for answer in one["responses"].values())
    for content in chain((one.get("requestBody", {}),), answers):
        shape = content.get("content", {}).get(JSON, {})
        for example in shape.get("examples", {}).values():
            yield resolved(op.site, shape["schema"]), resolved(op.site, example)["value"]


class TestPlain:
    """Our keywords in the words of JSON Schema."""

    @pytest.mark.parametrize(
        ("schema", "taken", "refused"),
        [
            ({"type": "string"}, ["a", ""], [None, 1]),
            ({"type": "string", "x-null": "ignored"}, ["a", "", None], [1]),
            ({"type": "string", "x-null": "rejected"}, ["a"], [None]),
            ({"type": "string", "x-empty": "ignored"}, ["a", ""], [None]),
            ({"type": "string", "x-empty": "rejected"}, ["a"], [""]),
            ({"type": "string", "x-empty": "filter"}, ["a", ""], [None]),
            ({"type": "string", "minLength": 2, "x-empty": "filter"}, ["ab"], ["", "a"]),
            ({"type": "string", "minLength": 2, "x-empty": "ignored", "x-null": "ignored"}, ["ab", "", None], ["a"]),
            ({"type": "string", "pattern": "^[A-Z]{2}$", "x-empty": "ignored"}, ["CN", ""], ["C", None]),
            ({"type": "string", "not": {"pattern": "^op_"}, "x-null": "ignored"}, ["a", None], ["op_a"]),
            ({"type": "string", "enum": ["a"], "x-empty": "ignored", "x-null": "ignored"}, ["a", "", None], ["b"]),
            ({"type": "integer", "minimum": 1, "x-empty": "ignored", "x-null": "ignored"}, [1, "", None], [0, "1"]),
            ({"type": "integer", "x-empty": "filter", "x-empty-value": "ignored"}, [1, ""], ["1"]),
            ({"anyOf": [{"type": "string"}, {"type": "integer"}], "x-null": "ignored"}, ["a", 1, None], [True]),
            ({"type": "object", "properties": {}, "x-null": "ignored"}, [{}, None], [1]),
            ({"type": "array", "items": {"type": "string", "x-empty": "rejected"}}, [["a"]], [[""], None]),
        ],
    )
    def test_empty_values_and_null(self, schema: Json, taken: list[Any], refused: list[Any]) -> None:
        readable = plain(schema)
        assert [value for value in taken if not takes(readable, value)] == []
        assert [value for value in refused if takes(readable, value)] == []

    def test_what_counts_as_not_sent_is_no_value_for_a_member_that_is_needed(self) -> None:
        member = {"type": "string", "x-empty": "ignored", "x-null": "ignored"}
        readable = plain({"type": "object", "properties": {"name": member}, "required": ["name"]})
        assert takes(readable, {"name": "a"})
        assert not any(takes(readable, sent) for sent in ({}, {"name": None}, {"name": ""}))

    def test_a_member_with_a_value_needs_the_others(self) -> None:
        phone, code = ({"type": "string", "x-empty": "ignored", "x-null": "ignored"} for _ in range(2))
        schema = {"type": "object", "properties": {"phone": phone, "code": code}, "x-requires": {"phone": ["code"]}}
        readable = plain(schema)
        for sent in ({}, {"phone": ""}, {"phone": None}, {"phone": "1", "code": "2"}):
            assert takes(readable, sent)
        for sent in ({"phone": "1"}, {"phone": "1", "code": ""}, {"phone": "1", "code": None}):
            assert not takes(readable, sent)

    def test_most_are_said_by_the_type_alone(self) -> None:
        assert plain({"type": "integer", "x-null": "ignored", "description": "How many."}) == {
            "type": ["integer", "null"],
            "x-null": "ignored",
            "description": "How many.",
        }

    def test_alternatives_say_what_they_mean_and_leave_the_rest_beside(self) -> None:
        readable = plain({"type": "integer", "default": 1, "x-empty": "ignored", "description": "How many."})
        assert readable == {
            "description": "How many.",
            "default": 1,
            "x-empty": "ignored",
            "anyOf": [{"type": "integer"}, {"type": "string", "maxLength": 0, "title": "empty: as if not sent"}],
        }

    def test_a_query_parameter_without_a_value_is_said_in_the_word_of_openapi(self) -> None:
        op = CONTRACT.get("cn", "list_partner_adjust_records")
        assert op is not None
        row = next(row for row in shown(op)["parameters"] if row["name"] == "limit")
        assert row["allowEmptyValue"] is True
        assert row["schema"]["type"] == ["integer", "null"]
        assert row["schema"]["x-empty-value"] == "ignored"

    @each_body
    def test_every_body_that_the_contract_takes_is_taken(self, op: Operation) -> None:
        rule = jsonschema_rs.Draft202012Validator(plain(op.place("body")), validate_formats=True)

        @settings(PROPERTY, max_examples=5)
        @given(requests(op))
        def taken(request: Json) -> None:
            assert rule.is_valid(request.get("body", {})), request

        taken()

    @each_body
    def test_every_body_that_the_contract_refuses_is_refused(self, op: Operation) -> None:
        rule = jsonschema_rs.Draft202012Validator(plain(op.place("body")), validate_formats=True)
        mine = [one for one in rules(op) if one.pointer.startswith("/body")]
        if not mine:
            return

        @settings(PROPERTY, max_examples=5)
        @given(st.sampled_from(mine).flatmap(lambda one: broken_requests(op, one)))
        def refused(broken: Any) -> None:
            assert not rule.is_valid(broken.document.get("body", {})), broken.explain()

        refused()
