"""The strategies against the emulator's own reader: what they call right it must take, what they break it must find."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from contract_tests.clients import wire
from contract_tests.profile import EACH_OPERATION, ONCE, PROPERTY
from contract_tests.strategies import (
    Broken,
    Rule,
    UnknownKeyword,
    arguments,
    broken_requests,
    keywords,
    requests,
    rules,
    simplest,
)
from contract_tests.strategies.requests import flat
from mockserver.contract import reading
from mockserver.contract.operations import Contract, Operation
from mockserver.contract.reading import Reading
from mockserver.shipped import schemas


def read(operation: Operation, document: Mapping[str, Any]) -> Reading:
    """As it stands on the wire, and back."""
    content = wire.body(document)
    return reading.read(
        operation,
        path={name: wire.text(value) for name, value in document.get("path", {}).items()},
        query=wire.pairs(document),
        headers=wire.headers(document),
        body=json.loads(content, parse_float=Decimal) if content else None,
    )


@EACH_OPERATION
@given(data=st.data())
def test_what_is_drawn_is_right(operation: Operation, data: st.DataObject) -> None:
    document = data.draw(requests(operation), "document")
    found = read(operation, document)
    assert not found.problems
    assert not found.unknown


def test_every_rule_can_be_broken_alone(operation: Operation) -> None:
    for rule in rules(operation):
        _is_found_where_it_is(operation, rule)


def _is_found_where_it_is(operation: Operation, rule: Rule) -> None:
    @settings(ONCE)
    @given(broken_requests(operation, rule))
    def found(broken: Broken) -> None:
        problems = read(operation, broken.document).problems
        assert {(one.pointer, one.code) for one in problems} == {(rule.pointer, rule.code)}, broken.explain()
        assert rule.keyword in {one.rule for one in problems}, broken.explain()

    found()


def test_the_simplest_request_has_only_what_is_required(operation: Operation) -> None:
    document = simplest(operation)
    assert not read(operation, document).problems
    for place, schema in operation.request["properties"].items():
        assert set(document.get(place, {})) <= _could_be_required(schema)


def _could_be_required(schema: Mapping[str, Any]) -> set[str]:
    parts = [schema, *schema.get("anyOf", ()), *(part.get("then", {}) for part in schema.get("allOf", ()))]
    return {name for part in parts for name in part.get("required", ())}


@PROPERTY
@given(data=st.data())
def test_arguments_are_the_members_of_all_places(data: st.DataObject) -> None:
    operation = _of_contract("cn", "list_conversions")
    assert set(data.draw(arguments(operation))) <= {"X-Language", "measure_type"}
    assert flat({"path": {"a": 1}, "body": {"b": 2}}) == {"a": 1, "b": 2}
    assert flat({"body": [1]}) == {"body": [1]}


def body(seen: Callable[[dict[str, Any]], Any]) -> Callable[[Mapping[str, Any]], bool]:
    return lambda document: isinstance(document.get("body"), dict) and bool(seen(document["body"]))


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("list_sub_customers", body(lambda it: len(it) == 10)),
        ("list_sub_customers", lambda document: "body" not in document),
        ("list_sub_customers", body(lambda it: it.get("limit") == 100)),
        ("list_sub_customers", body(lambda it: it.get("offset") == 40_000_000)),
        ("list_sub_customers", body(lambda it: len(it.get("label") or "") == 64)),
        ("list_sub_customers", body(lambda it: it.get("label") == "")),
        ("list_sub_customers", body(lambda it: "label" in it and it["label"] is None)),
        ("list_sub_customers", body(lambda it: it.get("association_type") == "2")),
        ("list_sub_customers", body(lambda it: (it.get("associated_on_end") or "").startswith("9999-12-31"))),
        ("list_sub_customers", body(lambda it: any("\u4e00" <= char <= "\u9fff" for char in it.get("customer") or ""))),
        ("list_sub_customers", body(lambda it: any(ord(char) > 0xFFFF for char in it.get("customer") or ""))),
        ("create_sub_customer", body(lambda it: len(it.get("domain_name") or "") == 5)),
        ("create_sub_customer", body(lambda it: len(it.get("domain_name") or "") == 32)),
        ("create_sub_customer", body(lambda it: it.get("mobile_phone") == "")),
        ("create_sub_customer", body(lambda it: it.get("mobile_phone") and it.get("verification_code"))),
        ("create_sub_customer", body(lambda it: len(it.get("password") or "") == 8)),
        ("update_customer_account_amount", body(lambda it: it["amount"] == Decimal("0.01"))),
        ("update_customer_account_amount", body(lambda it: it["amount"] == Decimal("2147483647"))),
        ("update_customer_account_amount", body(lambda it: it["amount"] % 1 != 0)),
        ("update_customer_account_amount", body(lambda it: isinstance(it["amount"], int))),
        ("check_user_identity", body(lambda it: it["search_type"] == "mobile")),
        ("check_user_identity", body(lambda it: it["search_type"] == "email" and len(it["search_value"]) == 64)),
        ("send_verification_message_code", body(lambda it: it.get("scene") == 18)),
        ("list_customers_balances_detail", body(lambda it: len(it["customer_infos"]) == 100)),
        ("list_conversions", lambda document: document.get("query", {}).get("measure_type", 0) is None),
        ("list_conversions", lambda document: document.get("query", {}).get("measure_type") == ""),
        ("legacy_partner_account_balances", lambda document: document.get("query", {}).get("customer_id") == '""'),
    ],
)
def test_every_corner_is_visited(name: str, wanted: Callable[[Mapping[str, Any]], bool]) -> None:
    budget = settings(PROPERTY, max_examples=2000, phases=[Phase.generate])
    find(requests(_of_contract("cn", name)), wanted, settings=budget)


def test_values_that_are_known_are_drawn() -> None:
    operation = _of_contract("cn", "list_sub_customers")
    known = {"customer_id": ["somebody", "x" * 65]}
    found = find(
        requests(operation, known=known),
        body(lambda it: it.get("customer_id") not in (None, "", "0")),
        settings=settings(PROPERTY, max_examples=200),
    )
    assert found["body"]["customer_id"] == "somebody"


@PROPERTY
@given(data=st.data())
def test_no_other_optional_members_are_drawn_than_asked_for(data: st.DataObject) -> None:
    operation = _of_contract("cn", "create_sub_customer")
    document = data.draw(requests(operation, only=["password"]))
    assert set(document["body"]) <= {"xaccount_id", "xaccount_type", "password"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"exclusiveMinimum": 0}, "the keyword 'exclusiveMinimum' at /properties/body/properties/limit"),
        ({"format": "uuid"}, "the format 'uuid' at /properties/body/properties/limit"),
        ({"type": ["string", "null"]}, r"the type \['string', 'null'\]"),
        ({"not": {"contains": {}}}, "the keyword 'contains' at /properties/body/properties/limit/not"),
    ],
)
def test_a_keyword_that_is_not_known_is_an_error(change: Mapping[str, Any], words: str) -> None:
    operation = _of_contract("cn", "list_sub_customers")
    schema = deepcopy(operation.schema)
    schema["$defs"]["request"]["properties"]["body"]["properties"]["limit"] |= change
    changed = replace(operation)
    changed.__dict__["schema"] = schema
    with pytest.raises(UnknownKeyword, match=f"cn/customers/list_sub_customers.json: {words}"):
        keywords.check(changed)


def test_the_strategies_know_what_schema_files_may_say() -> None:
    meta = json.loads((schemas() / "meta" / "operation.json").read_bytes())
    assert set(meta["$defs"]["member"]["properties"]) - {"$ref"} == keywords.RULES | keywords.WORDS


def _of_contract(site: str, name: str) -> Operation:
    operation = Contract().get(site, name)
    assert operation is not None
    return operation
