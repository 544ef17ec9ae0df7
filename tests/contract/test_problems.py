"""What is wrong is said to people: where, what came, what would be right, and never a secret."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from mockserver.contract.operations import Contract, Operation
from mockserver.contract.problems import Problem
from mockserver.contract.reading import read

if TYPE_CHECKING:
    from tests.conftest import Stage

GOOD = {"rejecting": "x"}


def problems(operation: Operation, body: Any, **query: str) -> list[Problem]:
    found = read(operation, path={"thing_id": "t1"}, query=list(query.items()), headers=Headers(), body=body)
    return list(found.problems)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"count": "many"}, '/body/count: "many" is not of type integer'),
        ({"count": True}, "/body/count: true is not of type integer"),
        ({"count": [1]}, "/body/count: a list is not of type integer"),
        ({"count": {}}, "/body/count: an object is not of type integer"),
        ({"flag": 1}, "/body/flag: 1 is not of type boolean"),
        ({"count": -1}, "/body/count: -1 is less than 0"),
        ({"count": 101}, "/body/count: 101 is more than 100"),
        ({"price": Decimal("0.005")}, "/body/price: 0.005 is less than 0.01"),
        ({"price": Decimal("1.005")}, "/body/price: 1.005 is not a multiple of 0.01"),
        ({"kind": "3"}, '/body/kind: "3" is not one of "1", "2"'),
        ({"only": "that"}, '/body/only: "that" is not this'),
        ({"name": "a"}, "/body/name: has 1 characters, at least 2 are needed"),
        ({"name": "abcdef"}, "/body/name: has 6 characters, at most 5 are allowed"),
        ({"name": "ABC"}, '/body/name: "ABC" does not match ^[a-z]*$'),
        ({"list": []}, "/body/list: has 0 entries, at least 1 are needed"),
        ({"list": [1, 2, 3]}, "/body/list: has 3 entries, at most 2 are allowed"),
        ({"list": [1, "x"]}, '/body/list/1: "x" is not of type integer'),
        ({"rows": [{"id": "1"}, {}]}, "/body/rows/1/id: is missing"),
        ({"kind": "2"}, "/body/name: is missing"),
        ({"rejecting": ""}, '/body/rejecting: "" is not supported'),
        ({"rejecting": None}, "/body/rejecting: null is not supported"),
        ({"phone": "1"}, "/body/code: is needed with phone"),
        ({"name": "x" * 100 + "Y"}, "/body/name: has 101 characters, at most 5 are allowed"),
        ({"kind": "y" * 100}, f'/body/kind: "{"y" * 40}..." is not one of "1", "2"'),
    ],
)
def test_each_rule_has_its_own_sentence(made_up: Operation, sent: dict[str, Any], words: str) -> None:
    assert words in [str(problem) for problem in problems(made_up, GOOD | sent)]


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [("op_", "has a form that is not allowed"), ("2019-13-41T08:05:01Z", "is no valid date-time")],
)
def test_a_form_that_is_not_allowed_and_a_day_that_does_not_exist(made_up: Operation, sent: str, sentence: str) -> None:
    member = "name" if sent == "op_" else "when"
    told = [str(problem) for problem in problems(made_up, GOOD | {member: sent})]
    assert f'/body/{member}: "{sent}" {sentence}' in told


def test_nothing_wrong_is_nothing_said(made_up: Operation) -> None:
    assert problems(made_up, GOOD) == []


def test_what_is_wrong_comes_in_the_order_of_the_contract(made_up: Operation) -> None:
    found = problems(made_up, {"name": "A", "count": -1, "rejecting": 1, "ignoring": 2}, number="0")
    assert [problem.pointer for problem in found] == [
        "/query/number",
        "/body/ignoring",
        "/body/rejecting",
        "/body/count",
        "/body/name",
        "/body/name",
    ]


def test_a_pointer_into_a_name_with_a_slash_can_be_followed(made_up: Operation) -> None:
    found = read(made_up, path={"thing_id": "t"}, query=[("a/b~c", "1")], headers=Headers(), body=GOOD)
    assert [problem.pointer for problem in found.unknown] == ["/query/a~1b~0c"]


@given(secret=st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=1, max_size=12))
def test_a_secret_is_never_shown_whatever_is_wrong_with_it(made_up: Operation, secret: str) -> None:
    for value in (secret, secret * 9, "aaa" + secret, [secret], {"it": secret}, secret[:3] + " "):
        for problem in problems(made_up, GOOD | {"secret": value}):
            assert problem.pointer.startswith("/body/secret")
            assert secret not in problem.message
            assert problem.code == "CBC.99000036"


@pytest.mark.parametrize("number", [-(10**40), 10**40, Decimal("1E+400"), Decimal("1." + "0" * 5000 + "1")])
def test_a_sentence_stays_readable_whatever_the_number(made_up: Operation, number: Any) -> None:
    found = problems(made_up, GOOD | {"price": number})
    assert found
    assert all(len(problem.message) < 200 for problem in found)


@pytest.mark.parametrize(
    ("member", "value", "code"),
    [
        ("domain_name", "1name", "CBC.99000031"),
        ("domain_name", "op_name", "CBC.99000031"),
        ("domain_name", "abc", "CBC.99000031"),
        ("domain_name", "x" * 33, "CBC.99000031"),
        ("mobile_phone", "23912345678", "CBC.5017"),
        ("mobile_phone", "1391234567", "CBC.5017"),
        ("password", "short1A", "CBC.99000036"),
        ("password", "x" * 33 + "1", "CBC.99000036"),
        ("password", "onlylower", "CBC.99000036"),
        ("password", "1234567890", "CBC.99000036"),
        ("verification_code", "12345", "CBC.0100"),
        ("xaccount_id", "x" * 129, "CBC.0100"),
        ("is_close_market_ms", True, "CBC.0100"),
        ("include_association_result", "true", "CBC.0100"),
    ],
)
@pytest.mark.documents("create_sub_customer", 5)
@pytest.mark.documents("create_sub_customer", 6)
@pytest.mark.documents("create_sub_customer", 9)
@pytest.mark.documents("create_sub_customer", 11)
def test_a_member_with_a_code_of_its_own_gives_it(stage: "Stage", member: str, value: Any, code: str) -> None:
    sent = {"xaccount_id": "x1", "xaccount_type": "T", "verification_code": "123456", member: value}
    before = stage.sandbox.fingerprint()
    answer = stage.call("solution_provider", "create_sub_customer", **sent)
    assert (answer.status, answer.code) == (400, code)
    assert answer.reason.startswith(f"/body/{member}: ")
    assert stage.sandbox.fingerprint() == before


def test_a_strict_sandbox_refuses_what_the_contract_does_not_have(
    open_world: "Callable[..., Stage]", contract: Contract
) -> None:
    stage = open_world("demo-cn", strict=True)
    answer = stage.call("solution_provider", "list_sub_customers", acount_name="x")
    assert (answer.status, answer.code) == (400, "CBC.0100")
    assert answer.reason == (
        "/body/acount_name: no such member in the contract, did you mean account_name? (api-bpconsole/mc_00021.html)"
    )
    query = stage.send("solution_provider", "GET", "/v2/bases/measurements", query="measure_type=1")
    assert (query.status, query.code) == (400, "CBC.0100")
