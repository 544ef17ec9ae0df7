"""Whatever is sent, the answer is a documented one: never an error of the server's own, and nothing has changed."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from mockserver.contract.operations import Contract
from mockserver.gateway import jsonbody, signing
from mockserver.gateway.exchange import Stopped, Wire

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

CUSTOMERS = "/v2/partners/sub-customers/query"
CREATE = "/v2/partners/sub-customers"
IDENTITY = "/v2/partners/sub-customers/users/check-identity"
ALLOCATE = "/v2/accounts/partner-accounts/adjust-amount"
RECLAIM = "/v2/accounts/partner-accounts/reclaim"
BALANCES = "/v2/accounts/customer-accounts/balances/batch-query"
CODE = "/v2/bases/verificationcode/send"
TAKE_A_BODY = [CUSTOMERS, CREATE, IDENTITY, ALLOCATE, RECLAIM, BALANCES, CODE]
NOTHING_NEEDED = {CUSTOMERS}

NOT_JSON = {
    "half": b'{"limit": 1',
    "single quotes": b"{'limit': 1}",
    "NaN": b'{"limit": NaN}',
    "Infinity": b'{"amount": -Infinity}',
    "two documents": b"{} {}",
    "a trailing comma": b'{"limit": 1,}',
    "a comment": b"{} // none",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "UTF-16": '{"limit": 1}'.encode("utf-16"),
    "invalid UTF-8": b'{"label": "\xff"}',
    "half a surrogate pair": b'{"label": "\\ud800"}',
    "a form": b"limit=1&offset=2",
    "XML": b"<limit>1</limit>",
    "an exponent beyond reason": b'{"limit": 1e99999999999999999999}',
    "an integer of 100,000 digits": b'{"limit": ' + b"9" * 100_000 + b"}",
    "an integer of 5000 digits": b'{"limit": ' + b"9" * 5000 + b"}",
    "nested 100,000 deep": b"[" * 100_000,
    "a megabyte of garbage": b"\xff\x00" * 500_000,
    "a megabyte of brackets": b"{" * 1_000_000,
}
NOT_AN_OBJECT = [b"[]", b'[{"limit": 1}]', b'"limit"', b'""', b"1", b"1.5", b"true"]
TOO_MUCH = [b"1e400", b"-1e400", b"1e999999999", b"1e-999999999", b"9" * 400, b"-" + b"9" * 30, b"0." + b"9" * 5000]


def refused_by_the_gateway(answer: "Answered", status: int, code: str, message: str) -> None:
    assert (answer.status, answer.code, answer.body["error_msg"]) == (status, code, message)
    assert list(answer.body) == ["error_msg", "error_code", "request_id"]
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert answer.headers["Content-Type"] == "application/json;charset=UTF-8"
    assert printable(answer.reason)


def refused_by_the_service(answer: "Answered") -> None:
    assert (answer.status, answer.code) == (400, "CBC.0100")
    assert list(answer.body) == ["error_code", "error_msg"]
    assert printable(answer.reason)


def printable(reason: str) -> bool:
    """What may stand in a header: one line of ASCII."""
    return bool(re.fullmatch("[ -~]+", reason))


@pytest.fixture
def unchanged(stage: "Stage") -> Any:
    """The test must leave the world as it was, and its journal readable."""
    before = stage.sandbox.fingerprint()
    yield
    assert stage.sandbox.fingerprint() == before


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", [CUSTOMERS, ALLOCATE])
@pytest.mark.parametrize("body", NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_not_json_is_refused(stage: "Stage", path: str, body: bytes) -> None:
    answer = stage.send("solution_provider", "POST", path, body=body)
    refused_by_the_gateway(answer, 400, "APIGW.0201", "API request error.")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", TAKE_A_BODY)
@pytest.mark.parametrize("body", NOT_AN_OBJECT)
def test_json_that_is_no_object_is_a_parameter_error(stage: "Stage", path: str, body: bytes) -> None:
    refused_by_the_service(stage.send("solution_provider", "POST", path, body=body))


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", TAKE_A_BODY)
@pytest.mark.parametrize("body", [b"", b"{}", b"null"])
def test_an_empty_body_is_a_parameter_error_where_something_is_needed(stage: "Stage", path: str, body: bytes) -> None:
    answer = stage.send("solution_provider", "POST", path, body=body)
    if path in NOTHING_NEEDED:
        assert answer.status == 200
    else:
        refused_by_the_service(answer)
        assert "is missing" in answer.reason


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("number", TOO_MUCH, ids=lambda number: number[:12].decode())
def test_numbers_out_of_all_reason_are_a_parameter_error(stage: "Stage", number: bytes) -> None:
    refused_by_the_service(stage.send("solution_provider", "POST", CUSTOMERS, body=b'{"limit": ' + number + b"}"))
    body = b'{"customer_id": "x", "amount": ' + number + b"}"
    refused_by_the_service(stage.send("solution_provider", "POST", ALLOCATE, body=body))


TWICE = {
    b'{"limit": 1, "limit": 1}': "/body/limit",
    b'{"limit": 1, "\\u006cimit": 2}': "/body/limit",
    b'{"a": {"b": [1, {"c": 1, "d": ":", "c": 2}]}}': "/body/a/b/1/c",
    b'{"a/b~": 1, "a/b~": 1}': "/body/a~1b~0",
    b'{"": 1, "": 1}': "/body/",
    b'{"x": "2026-01-01T00:00:00Z", "y": {"z": 1, "z": {}}}': "/body/y/z",
    b'[{"x": 1, "x": 1}]': "/body/0/x",
    b'{"n": ' + b"9" * 300 + b', "x": 1e400, "x": 1}': "/body/x",
}


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(("body", "pointer"), TWICE.items(), ids=TWICE.values())
def test_a_name_that_is_there_twice_is_refused_with_its_place(stage: "Stage", body: bytes, pointer: str) -> None:
    """Which of the two counts is what two readers of JSON disagree on."""
    answer = stage.send("solution_provider", "POST", CUSTOMERS, body=body)
    refused_by_the_gateway(answer, 400, "APIGW.0201", "API request error.")
    assert answer.reason.startswith(f"{pointer}: ")
    (entry,) = stage.journal
    assert entry.reason is not None
    assert (entry.reason["pointer"], entry.reason["rule"]) == (pointer, "bad_request")


@pytest.mark.parametrize(
    "body",
    [b'{"label": "::::", "x": {"label": ":"}}', b'{"x": [{"a": 1}, {"a": 2}]}', b'{"a:b": ":", "c": "{\\"a\\": 1}"}'],
)
def test_colons_and_names_of_other_objects_are_no_second_names(stage: "Stage", body: bytes) -> None:
    assert stage.send("solution_provider", "POST", CUSTOMERS, body=body).status == 200


@given(body=st.recursive(st.text(':"a', max_size=3), lambda inner: st.dictionaries(st.text("ab:", max_size=2), inner)))
def test_no_body_without_a_second_name_is_taken_for_one(body: Any) -> None:
    content = json.dumps(body).encode()
    assert jsonbody.decode(Wire("POST", "/", "", Headers(), content, "")) == body


def test_a_second_name_among_many_is_found_at_once() -> None:
    count = 200_000
    content = b"{" + b",".join(b'"%d":1' % (number % (count - 1)) for number in range(count)) + b"}"
    with pytest.raises(Stopped, match="bad_request") as stopped:
        jsonbody.decode(Wire("POST", "/", "", Headers(), content, ""))
    assert stopped.value.pointer == "/body/0"


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("depth", [10, 100, 300, 500, 900])
def test_a_deep_unknown_member_is_ignored_or_refused_like_any_other(stage: "Stage", depth: int) -> None:
    body = b'{"x":' * depth + b"1" + b"}" * depth
    assert stage.send("solution_provider", "POST", CUSTOMERS, body=body).status in (200, 400)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("path", TAKE_A_BODY)
@pytest.mark.parametrize("depth", [40, 300, 2000])
def test_a_body_deeper_than_any_documented_one_is_refused_at_the_gate(stage: "Stage", path: str, depth: int) -> None:
    answer = stage.send("solution_provider", "POST", path, body=b"[" * depth + b"]" * depth)
    refused_by_the_gateway(answer, 400, "APIGW.0201", "API request error.")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("depth", [10, 100, 300, 500, 900])
def test_a_deep_value_is_a_parameter_error(stage: "Stage", depth: int) -> None:
    body = b'{"limit":' + b"[" * depth + b"]" * depth + b"}"
    answer = stage.send("solution_provider", "POST", CUSTOMERS, body=body)
    assert (answer.status, printable(answer.reason)) == (400, True)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "application/xml", "multipart/form-data; boundary=x", "json"],
)
def test_another_content_type_is_refused_and_named(stage: "Stage", content_type: str) -> None:
    answer = stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}", headers={"Content-Type": content_type})
    refused_by_the_gateway(answer, 400, "APIGW.0201", "API request error.")
    assert content_type in answer.reason


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json;charset=UTF-8", "Application/JSON ; charset=utf8"]
)
def test_json_may_be_named_in_any_way_that_http_allows(stage: "Stage", content_type: str) -> None:
    answer = stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}", headers={"Content-Type": content_type})
    assert answer.status == 200


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v2",
        "/v2/partners/sub-customers/quer",
        CUSTOMERS + "/",
        CUSTOMERS.upper(),
        "//v2/partners/sub-customers/query",
        "/v2//partners/sub-customers/query",
        "/v2/../v2/partners/sub-customers/query",
        "/v3/partners/sub-customers/query",
        "/_mocking",
        "/static/x",
        "/v2/" + "x" * 20_000,
        "/v2/%00",
        "/v2/%0d%0aSet-Cookie:x",
        "/v2/%ff%fe",
        "/云",
    ],
)
def test_an_unknown_path_does_not_exist_whoever_asks(stage: "Stage", path: str) -> None:
    words = "The API does not exist or has not been published in the environment."
    for who in ("solution_provider", None):
        answer = stage.send(who, "POST", quote(path, safe="/%"), body=b"{}")
        refused_by_the_gateway(answer, 404, "APIGW.0101", words)


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_a_path_does_not_have_does_not_exist(stage: "Stage", method: str) -> None:
    answer = stage.send("solution_provider", method, CUSTOMERS)
    refused_by_the_gateway(answer, 404, "APIGW.0101", "The API does not exist.")
    assert "POST" in answer.reason


@pytest.mark.usefixtures("unchanged")
def test_a_body_of_more_than_12_megabytes_is_too_large(stage: "Stage") -> None:
    largest = b" " * (12 * 1024 * 1024 - 2) + b"{}"
    assert stage.send("solution_provider", "POST", CUSTOMERS, body=largest).status == 200
    answer = stage.send("solution_provider", "POST", CUSTOMERS, body=b" " + largest)
    refused_by_the_gateway(answer, 413, "APIGW.0201", "Request entity too large.")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    ("path", "query"),
    [(CUSTOMERS + "/" + "a" * 40_000, ""), ("/v2/" + "%E4" * 12_000, ""), (CUSTOMERS, "x=" + "y" * 40_000)],
)
def test_a_target_of_more_than_32_kilobytes_is_too_large(stage: "Stage", path: str, query: str) -> None:
    answer = stage.send("solution_provider", "POST", path, query=query, body=b"{}")
    refused_by_the_gateway(answer, 414, "APIGW.0201", "Request URI too large.")


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize(
    "headers", [{"X-One": "a" * 32_769}, {f"X-Many-{number}": "a" * 30_000 for number in range(5)}]
)
def test_headers_beyond_the_limits_are_too_large(stage: "Stage", headers: dict[str, str]) -> None:
    answer = stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}", headers=headers)
    refused_by_the_gateway(answer, 494, "APIGW.0201", "Request headers too large.")
    assert "a" * 100 not in answer.reason


@pytest.mark.usefixtures("unchanged")
def test_headers_and_targets_just_within_the_limits_are_taken(stage: "Stage") -> None:
    headers = {f"X-Many-{number}": "a" * 32_768 for number in range(3)}
    query = "x=" + "y" * (32_768 - 2 - len(CUSTOMERS))
    answer = stage.send("solution_provider", "POST", CUSTOMERS, query=query, body=b"{}", headers=headers)
    assert answer.status == 200


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("query", ["limit", "limit=1&limit=2", "=", "&&&", "%", "%zz=%", "a=b;c=d", "x=" + "y" * 9000])
def test_a_query_where_none_is_documented_changes_nothing(stage: "Stage", query: str) -> None:
    assert stage.send("solution_provider", "POST", CUSTOMERS, query=query, body=b"{}").status == 200


@pytest.mark.usefixtures("unchanged")
@pytest.mark.parametrize("escaped", ["%FF", "%00", "%ED%A0%80", "%C0%AF", "%E4%BA"])
def test_bytes_that_are_no_text_are_answered_in_path_query_and_journal(
    stage: "Stage", app: Flask, escaped: str
) -> None:
    for path, query in (
        (f"/v1.0/{escaped}/partner/account-mgr/balances", ""),
        ("/v1.0/any/partner/account-mgr/balances", f"customer_id={escaped}"),
        ("/v2/bases/conversions", f"measure_type={escaped}"),
        ("/v2/bases/conversions", f"{escaped}=1"),
    ):
        answer = signed_as_sent(stage, "GET", path, query)
        assert answer.status in (200, 400), (path, query)
        assert not answer.reason or printable(answer.reason)
    assert readable(app, stage)


@pytest.mark.usefixtures("unchanged")
def test_control_characters_do_not_get_into_a_header(stage: "Stage", app: Flask) -> None:
    hostile = "".join(map(chr, [*range(32), 127, *range(130, 160), 0x2028]))
    for body in ({"limit": hostile}, {"label": "a b", hostile: 1}, {"customer_id": hostile, "offset": -1}):
        refused_by_the_service(stage.send("solution_provider", "POST", CUSTOMERS, body=json.dumps(body).encode()))
    answer = stage.send(
        "solution_provider", "POST", ALLOCATE, body=json.dumps({"customer_id": hostile, "amount": 1}).encode()
    )
    assert (answer.code, printable(answer.reason)) == ("CBC.99000035", True)
    assert readable(app, stage)


any_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["1e999", "", "null", "0086-1", "email", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
members = sorted(
    {
        name
        for operation in Contract()
        if operation.path in TAKE_A_BODY
        for name in operation.place("body").get("properties", {})
    }
)
nearly_right = st.dictionaries(st.sampled_from(members) | st.text(max_size=8), any_json, max_size=5)
bodies = st.binary(max_size=60) | (any_json | nearly_right).map(
    lambda value: json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")
)


@settings(max_examples=250)
@given(path=st.sampled_from(TAKE_A_BODY), body=bodies)
def test_any_body_is_answered_and_a_refused_one_changes_nothing(
    shared: "Stage", app: Flask, path: str, body: bytes
) -> None:
    before = shared.sandbox.fingerprint()
    answer = shared.send("solution_provider", "POST", path, body=body)
    assert answer.status < 500, answer.reason
    assert not answer.reason or printable(answer.reason)
    if answer.status >= 400:
        assert answer.status == 400
        assert str(answer.code).startswith("CBC.") or answer.code == "APIGW.0201"
        assert shared.sandbox.fingerprint() == before
    assert readable(app, shared)
    shared.sandbox.journal.clear()


@given(name=st.text(max_size=12), value=st.text(max_size=12))
def test_any_query_is_answered(shared: "Stage", name: str, value: str) -> None:
    name, value = (quote(text.encode("utf-8", "surrogatepass")) for text in (name, value))
    for query in (f"{name}={value}", f"customer_id={value}", f"measure_type={value}"):
        for path in ("/v1.0/any/partner/account-mgr/balances", "/v2/bases/conversions"):
            answer = signed_as_sent(shared, "GET", path, query)
            assert answer.status in (200, 400), answer.reason
            assert not answer.reason or printable(answer.reason)


@pytest.fixture(scope="module")
def shared(open_world: Callable[..., "Stage"], partners_file: Any) -> "Stage":
    """One world for all examples of a property."""
    return open_world(str(partners_file))


def readable(app: Flask, stage: "Stage") -> bool:
    answer = app.test_client().get(f"/_mock/sandboxes/{stage.sandbox.id}/journal")
    return answer.status_code == 200 and bool(answer.get_json()["entries"])


def signed_as_sent(stage: "Stage", method: str, path: str, query: str) -> "Answered":
    """Signed by the rule itself, since the official signer takes only what is text."""
    who, date = stage["solution_provider"], datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"Host": "bss.example.com", "X-Sdk-Date": date, "Content-Type": "application/json"}
    signed = ["content-type", "host", "x-sdk-date"]
    decoded = unquote(path, "utf-8", "surrogateescape")
    canonical = signing.canonical_request(Wire(method, decoded, query, Headers(headers), b"", ""), signed)
    made = signing.signature(who.sk, date, canonical)
    headers["Authorization"] = f"SDK-HMAC-SHA256 Access={who.ak}, SignedHeaders={';'.join(signed)}, Signature={made}"
    return stage.send(None, method, path, query=query, headers=headers)
