"""The official SDK's own signer against the emulator's gateway: whatever is signed cannot be changed on the way."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.profile import PROPERTY
from contract_tests.server import Served, Server
from contract_tests.suite.refusals import CATALOGUE

LISTING = "/v2/partners/sub-customers/query"
CONVERSIONS = "/v2/bases/conversions"
MINUTE = timedelta(minutes=1)
Tamper = Callable[["Signed"], None]


@pytest.fixture
def world(bss_server: Server) -> Iterator[Served]:
    with bss_server.sandbox("demo-cn") as opened:
        yield opened


class Signed:
    """A request that the SDK has signed, to be sent as it is or changed."""

    def __init__(
        self,
        world: Served,
        method: str = "POST",
        path: str = LISTING,
        query: "tuple[tuple[str, str], ...]" = (),
        body: str = '{"limit":1}',
        headers: "dict[str, str] | None" = None,
        at: datetime | None = None,
        ak: str | None = None,
    ) -> None:
        from huaweicloudsdkcore.auth.credentials import GlobalCredentials
        from huaweicloudsdkcore.sdk_request import SdkRequest
        from huaweicloudsdkcore.signer.signer import Signer

        caller = world.principals["solution_provider"]
        date = (at or datetime.now(UTC)).strftime("%Y%m%dT%H%M%SZ")
        scheme, _, host = world.url.partition("://")
        request = SdkRequest(
            method=method,
            schema=scheme,
            host=host,
            resource_path=path,
            query_params=list(query),
            header_params={"Content-Type": "application/json", "X-Sdk-Date": date} | (headers or {}),
            body=body,
        )
        signed = Signer(GlobalCredentials(ak or caller.ak, caller.sk, caller.domain_id)).sign(request)
        self.method = method
        self.url: str = world.url + signed.uri
        self.headers: dict[str, str] = signed.header_params
        self.body: bytes = signed.body

    def send(self) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False
            return session.request(self.method, self.url, data=self.body, headers=self.headers, timeout=60)


def test_what_the_sdk_signs_is_accepted(world: Served) -> None:
    assert Signed(world).send().status_code == requests.codes.ok


def test_a_query_with_every_kind_of_character_is_accepted(world: Served) -> None:
    query = (("b", "云 +&=~*/%\"'"), ("a", "2"), ("a", "1"), ("ü", ""))
    assert Signed(world, "GET", CONVERSIONS, query, "").send().status_code == requests.codes.ok


@pytest.mark.parametrize("minutes", [-14, 14])
def test_clocks_may_differ_by_less_than_fifteen_minutes(world: Served, minutes: int) -> None:
    assert Signed(world, at=datetime.now(UTC) + minutes * MINUTE).send().status_code == requests.codes.ok


def test_headers_that_are_not_signed_may_change(world: Served) -> None:
    request = Signed(world)
    request.headers |= {"Accept-Language": "zh", "X-Forwarded-For": "10.0.0.1", "X-Language": "en_US"}
    assert request.send().status_code == requests.codes.ok


@PROPERTY
@given(data=st.data())
def test_no_byte_of_the_body_can_change(world: Served, data: st.DataObject) -> None:
    request = Signed(world, body='{"account_name":"客户","limit":10}')
    place = data.draw(st.integers(0, len(request.body) - 1), "place")
    other = data.draw(st.integers(0, 255).filter(lambda byte: byte != request.body[place]), "byte")
    request.body = request.body[:place] + bytes([other]) + request.body[place + 1 :]
    _is_refused(request, "wrong_signature")


def _set(name: str, value: str) -> Tamper:
    def tamper(request: Signed) -> None:
        request.headers[name] = value

    return tamper


def _in_url(old: str, new: str) -> Tamper:
    def tamper(request: Signed) -> None:
        assert old in request.url
        request.url = request.url.replace(old, new)

    return tamper


def _no_longer_signed(name: str) -> Tamper:
    def tamper(request: Signed) -> None:
        assert name in request.headers["Authorization"]
        request.headers["Authorization"] = request.headers["Authorization"].replace(name, "")

    return tamper


def _without_domain(request: Signed) -> None:
    del request.headers["X-Domain-Id"]


def _other_signature(request: Signed) -> None:
    last = request.headers["Authorization"][-1]
    request.headers["Authorization"] = request.headers["Authorization"][:-1] + ("0" if last != "0" else "1")


@pytest.mark.parametrize(
    "tamper",
    [
        pytest.param(_in_url("=1", "=2"), id="query value"),
        pytest.param(_in_url("measure_type", "measure_typ"), id="query name"),
        pytest.param(_in_url("?", "?limit=1&"), id="query added"),
        pytest.param(_in_url("?measure_type=1", ""), id="query removed"),
        pytest.param(_in_url("conversions", "measurements"), id="path"),
        pytest.param(_set("Content-Type", "application/json;charset=UTF-8"), id="signed header changed"),
        pytest.param(_set("X-Domain-Id", "another"), id="signed domain changed"),
        pytest.param(_without_domain, id="signed header removed"),
        pytest.param(_other_signature, id="signature"),
        pytest.param(_no_longer_signed(";x-domain-id"), id="header no longer signed"),
        pytest.param(_no_longer_signed("host;"), id="host not signed"),
        pytest.param(_no_longer_signed(";x-sdk-date"), id="date not signed"),
    ],
)
def test_nothing_that_is_signed_can_change(world: Served, tamper: Tamper) -> None:
    request = Signed(world, "GET", CONVERSIONS, (("measure_type", "1"),), "", {"X-Domain-Id": "one"})
    tamper(request)
    _is_refused(request, "wrong_signature")


def test_a_date_a_second_later_is_another_signature(world: Served) -> None:
    request = Signed(world, at=datetime.now(UTC) - MINUTE)
    request.headers["X-Sdk-Date"] = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    _is_refused(request, "wrong_signature")


def test_an_unknown_access_key_is_named(world: Served) -> None:
    _is_refused(Signed(world, ak="NOBODYKNOWSTHISKEY00"), "unknown_ak", ak="NOBODYKNOWSTHISKEY00")


@pytest.mark.parametrize("minutes", [-16, 16, -60 * 24])
def test_a_stale_date_is_refused_with_both_times(world: Served, minutes: int) -> None:
    request = Signed(world, at=datetime.now(UTC) + minutes * MINUTE)
    answer = _is_refused(request, "stale_date", server_time="", signature_time="")
    assert request.headers["X-Sdk-Date"] in answer["error_msg"]


def test_without_any_authentication_nothing_is_answered(world: Served) -> None:
    request = Signed(world)
    del request.headers["Authorization"]
    _is_refused(request, "no_authentication")


@pytest.mark.parametrize(
    "value",
    ["", "Basic dXNlcjpwYXNz", "SDK-HMAC-SHA256", "SDK-HMAC-SHA256 Access=A, SignedHeaders=host, Signature=xyz", "é"],
)
def test_a_header_of_another_form_is_refused(world: Served, value: str) -> None:
    request = Signed(world)
    request.headers["Authorization"] = value.encode()  # type: ignore[assignment]
    _is_refused(request, "malformed_authorization")


@pytest.mark.parametrize("date", ["2024-05-06T08:05:01Z", "20240506080501", "20241306T080501Z", "now"])
def test_a_date_of_another_form_is_refused(world: Served, date: str) -> None:
    request = Signed(world)
    request.headers["X-Sdk-Date"] = date
    _is_refused(request, "malformed_authorization")


def _is_refused(request: Signed, name: str, **places: str) -> Any:
    """By the gateway's documented answer of that name; ``places`` are in its message, empty where they vary."""
    documented, response = CATALOGUE.gateway(name), request.send()
    answer = response.json()
    assert (response.status_code, answer["error_code"]) == (documented.status, documented.code)
    beginning = documented.message.partition("{")[0]
    assert answer["error_msg"].startswith(beginning)
    assert all(place in answer["error_msg"] for place in places.values())
    assert response.headers["X-Request-Id"] == answer["request_id"]
    assert response.headers["X-Mock-Reason"]
    return answer
