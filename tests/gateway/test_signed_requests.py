"""Any request that the official SDK's signer signs is believed, and not a byte of what is signed may change."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlencode

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from mockserver.gateway import signing
from mockserver.gateway.exchange import Stopped, Wire

AK, SK = "QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"
MOMENT = datetime(2024, 5, 6, 8, 5, 1, tzinfo=UTC)
USUAL = {"host": "bss.myhuaweicloud.com", "content-type": "application/json", "x-sdk-date": "20240506T080501Z"}

awkward = st.sampled_from(["~", "*", "+", "%", "/", " ", "", "%2F", "a b", "华为 云+&=~*/", "%zz", "é", "a=b;c"])
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6) | awkward
segments = words.map(lambda word: word.replace("/", ""))
pairs = st.lists(st.tuples(words, words), max_size=4)
lists = st.dictionaries(words, st.lists(words, max_size=3), max_size=3).map(lambda given: list(given.items()))
names = st.from_regex(r"x-note-[a-z0-9-]{0,8}", fullmatch=True)
values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)
chinese = st.text(st.characters(categories=["L", "N"], min_codepoint=0x80), min_size=1, max_size=6)
methods = st.sampled_from(["GET", "POST", "PUT", "DELETE"])


@st.composite
def requests(draw: st.DrawFn) -> Wire:
    return sdk_signed(
        draw(methods | methods.map(str.lower)),
        [draw(segments.filter(bool)), *draw(st.lists(segments, max_size=3))],
        draw(pairs | lists),
        USUAL | draw(st.dictionaries(names, values, max_size=3)),
        draw(st.binary(max_size=40)),
    )


def sdk_signed(method: str, path: list[str], query: list[Any], headers: dict[str, str], body: bytes) -> Wire:
    """As it arrives when the official signer and a client's HTTP library are done with it."""
    request = SdkRequest(
        method=method,
        resource_path="/" + "/".join(quote(segment, safe="") for segment in path),
        query_params=query,
        header_params=dict(headers),
        body=body,
    )
    signed = Signer(GlobalCredentials(AK, SK)).sign(request)
    target, _, sent = signed.uri.partition("?")
    arrived = {name.lower(): value for name, value in signed.header_params.items()}
    return Wire(method, unquote(target), sent, Headers(arrived), body, "192.0.2.1")


def but(request: Wire, **changes: Any) -> Wire:
    parts = ("method", "path", "query", "headers", "body", "address")
    return Wire(**{part: changes.get(part, getattr(request, part)) for part in parts})


def headers_of(request: Wire) -> dict[str, str]:
    assert isinstance(request.headers, Headers)
    return dict(request.headers.items())


def believe(request: Wire) -> None:
    signing.verify(request, signing.parse(request.headers.get("Authorization", "")), SK, MOMENT)


def refuse(request: Wire) -> None:
    with pytest.raises(Stopped, match="wrong_signature"):
        believe(request)


def altered(data: st.DataObject, text: str) -> str:
    """``text`` with one character more, less or other."""
    place = data.draw(st.integers(0, len(text)))
    rest = text[place + data.draw(st.integers(0, 1)) :]
    result = text[:place] + data.draw(st.sampled_from(["", "x", " ", "%", "云", "~", "+"])) + rest
    assume(result != text)
    return result


@given(request=requests())
def test_any_request_is_believed(request: Wire) -> None:
    believe(request)


@given(request=requests(), data=st.data())
def test_neither_the_order_nor_the_encoding_of_the_query_matters(request: Wire, data: st.DataObject) -> None:
    query = data.draw(st.permutations(list(request.query_pairs)))
    believe(but(request, query=urlencode(query, quote_via=data.draw(st.sampled_from([quote, quote_plus])))))


@given(request=requests(), data=st.data())
def test_neither_the_order_of_headers_nor_space_around_them_matters(request: Wire, data: st.DataObject) -> None:
    space = st.text(" \t", max_size=3)
    sent = data.draw(st.permutations(list(headers_of(request).items())))
    believe(
        but(request, headers=Headers([(name, data.draw(space) + value + data.draw(space)) for name, value in sent]))
    )


@given(request=requests(), name=st.sampled_from(["Accept", "User-Agent", "X-Other", "Cookie"]), value=values)
def test_what_was_not_signed_can_come_and_change(request: Wire, name: str, value: str) -> None:
    believe(but(request, headers=Headers({**headers_of(request), name: value})))


@given(request=requests(), data=st.data())
def test_a_changed_body_is_refused(request: Wire, data: st.DataObject) -> None:
    assume(request.body)
    place = data.draw(st.integers(0, len(request.body) - 1))
    change = data.draw(st.integers(1, 255))
    refuse(but(request, body=request.body[:place] + bytes([request.body[place] ^ change]) + request.body[place + 1 :]))


@given(request=requests(), more=st.binary(min_size=1, max_size=3))
def test_a_longer_body_is_refused(request: Wire, more: bytes) -> None:
    refuse(but(request, body=request.body + more))


@given(request=requests(), data=st.data())
def test_a_changed_path_is_refused(request: Wire, data: st.DataObject) -> None:
    path = "/" + altered(data, request.path[1:])
    assume(path.rstrip("/") != request.path.rstrip("/"))
    refuse(but(request, path=path))


@given(request=requests(), data=st.data())
def test_a_changed_query_is_refused(request: Wire, data: st.DataObject) -> None:
    assume(request.query_pairs)
    query = list(request.query_pairs)
    place = data.draw(st.integers(0, len(query) - 1))
    name, value = query[place]
    query[place] = (altered(data, name), value) if data.draw(st.booleans()) else (name, altered(data, value))
    assume(sorted(query) != sorted(request.query_pairs))
    refuse(but(request, query=urlencode(query, quote_via=quote)))


@given(request=requests(), name=words, value=words)
def test_one_parameter_more_is_refused(request: Wire, name: str, value: str) -> None:
    more = urlencode([(name, value)], quote_via=quote)
    refuse(but(request, query=f"{request.query}&{more}" if request.query else more))


@given(request=requests(), data=st.data())
def test_a_changed_signed_header_is_refused(request: Wire, data: st.DataObject) -> None:
    headers = headers_of(request)
    name = data.draw(st.sampled_from(sorted(set(headers) - {"authorization", "x-sdk-date"})))
    headers[name] += data.draw(st.sampled_from(["x", ",y", "é"]))
    refuse(but(request, headers=Headers(headers)))


@given(request=requests(), data=st.data())
def test_a_signed_header_that_did_not_arrive_is_refused(request: Wire, data: st.DataObject) -> None:
    headers = headers_of(request)
    del headers[data.draw(st.sampled_from(sorted(set(headers) - {"authorization", "x-sdk-date"})))]
    refuse(but(request, headers=Headers(headers)))


@given(request=requests(), seconds=st.integers(-900, 900).filter(bool))
def test_another_date_is_refused_though_it_is_near(request: Wire, seconds: int) -> None:
    date = (MOMENT + timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")
    refuse(but(request, headers=Headers(headers_of(request) | {"x-sdk-date": date})))


@given(request=requests(), method=methods)
def test_another_method_is_refused(request: Wire, method: str) -> None:
    assume(method != request.method.upper())
    refuse(but(request, method=method))


@given(request=requests(), data=st.data())
def test_a_changed_signature_is_refused(request: Wire, data: st.DataObject) -> None:
    headers = headers_of(request)
    place = -data.draw(st.integers(1, 64))
    sent = list(headers["authorization"])
    sent[place] = data.draw(st.sampled_from("0123456789abcdef").filter(lambda digit: digit != sent[place]))
    refuse(but(request, headers=Headers(headers | {"authorization": "".join(sent)})))


@given(value=chinese)
def test_a_signed_header_may_be_chinese(value: str) -> None:
    """It travels as UTF-8, which the signer signs; a WSGI server hands each byte on as one character."""
    believe(sdk_signed("GET", ["v2"], [], USUAL | {"x-note": value}, b""))


@given(one=st.integers(0x80, 0xFF), other=st.integers(0x80, 0xFF))
def test_bytes_of_the_path_that_are_no_utf_8_are_told_apart(one: int, other: int) -> None:
    assume(one != other)
    path = [bytes([byte]).decode("utf-8", "surrogateescape") for byte in (one, other)]
    assert canonical(f"/v2/{path[0]}", "") != canonical(f"/v2/{path[1]}", "")


@given(one=st.integers(0x80, 0xFF), other=st.integers(0x80, 0xFF))
def test_bytes_of_the_query_that_are_no_utf_8_are_told_apart(one: int, other: int) -> None:
    assume(one != other)
    assert canonical("/v2", f"x=%{one:02X}") != canonical("/v2", f"x=%{other:02X}")


def canonical(path: str, query: str) -> str:
    return signing.canonical_request(Wire("GET", path, query, Headers(), b"", ""), [])


@given(body=st.binary(min_size=1, max_size=10), other=st.binary(min_size=1, max_size=10))
def test_a_body_that_is_not_json_goes_unsigned_as_the_sdk_sends_it(body: bytes, other: bytes) -> None:
    request = sdk_signed("POST", ["v2"], [], {**USUAL, "Content-Type": "text/plain", "content-type": ""}, body)
    believe(request)
    believe(but(request, body=other))


def test_a_claimed_hash_of_the_body_must_be_its_hash() -> None:
    refuse(sdk_signed("POST", ["v2"], [], USUAL | {"x-sdk-content-sha256": "0" * 64}, b"{}"))
