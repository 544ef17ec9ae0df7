"""What the official SDK signs is believed, whatever the request; what was changed on the way is not."""

import json
import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, quote_plus, unquote, urlencode

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import assume, given
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from mockserver.contract.operations import Contract
from mockserver.domain import clock
from mockserver.gateway import signing
from mockserver.gateway.exchange import Answer, Stopped, Wire
from mockserver.gateway.gateway import Gateway
from mockserver.operations.answering import Answering
from mockserver.shipped import schemas
from mockserver.store.sandboxes import Sandboxes
from mockserver.worlds import plan

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

VECTORS = json.loads((Path(__file__).parent / "signing_vectors.json").read_bytes())
AK, SK = VECTORS["ak"], VECTORS["sk"]
MOMENT = datetime(2024, 5, 6, 8, 5, 1, tzinfo=UTC)
DATE = "20240506T080501Z"
QUERY = "/v2/partners/sub-customers/query"
UNAUTHORIZED = "Incorrect IAM authentication information: Unauthorized"
WRONG = "Incorrect IAM authentication information: verify aksk signature fail"

by_name = pytest.mark.parametrize("vector", VECTORS["computed"], ids=lambda vector: vector["name"])
by_recording = pytest.mark.parametrize("recorded", VECTORS["recorded"], ids=lambda recorded: recorded["name"])


def computed(vector: dict[str, Any]) -> Wire:
    return wire(
        vector["method"],
        vector["path"],
        urlencode(vector["query"], quote_via=quote, safe=""),
        {**vector["headers"], "Authorization": vector["authorization"]},
        vector["body"].encode(),
    )


def arrived(recorded: dict[str, Any]) -> Wire:
    path, _, query = recorded["target"].partition("?")
    return wire(recorded["method"], unquote(path), query, dict(recorded["headers"]), recorded["body"].encode())


def wire(method: str, path: str, query: str, headers: dict[str, str], body: bytes) -> Wire:
    return Wire(method, path, query, Headers(headers), body, "192.0.2.1")


def check(request: Wire, now: datetime = MOMENT) -> None:
    signing.verify(request, signing.parse(request.headers.get("Authorization", "")), SK, now)


def date_of(request: Wire) -> datetime:
    return datetime.strptime(request.headers.get("X-Sdk-Date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


class TestVectors:
    """Every step on the way to a signature, and whole requests, as the official SDK made them."""

    @by_name
    def test_the_canonical_request_is_the_documented_one(self, vector: dict[str, Any]) -> None:
        signed = re.search("SignedHeaders=([^,]+)", vector["authorization"])
        assert signed
        assert signing.canonical_request(computed(vector), signed[1].split(";")) == vector["canonical_request"]

    @by_name
    def test_the_signature_is_the_documented_one(self, vector: dict[str, Any]) -> None:
        made = signing.signature(SK, vector["headers"]["X-Sdk-Date"], vector["canonical_request"])
        assert vector["authorization"].endswith(f"Signature={made}")

    @by_name
    def test_a_computed_request_is_believed(self, gateway_at: Callable[[datetime], Gateway], vector: Any) -> None:
        assert authenticated(gateway_at(MOMENT).handle(computed(vector)))

    @by_recording
    def test_a_recorded_request_is_believed(self, gateway_at: Callable[[datetime], Gateway], recorded: Any) -> None:
        request = arrived(recorded)
        assert authenticated(gateway_at(date_of(request)).handle(request))

    @by_recording
    def test_a_recorded_request_is_not_believed_with_another_secret(self, recorded: Any) -> None:
        request = arrived(recorded)
        authorization = signing.parse(request.headers.get("Authorization", ""))
        with pytest.raises(Stopped, match="wrong_signature"):
            signing.verify(request, authorization, SK[::-1], date_of(request))

    def test_the_two_whole_requests_for_customers_are_answered(self, gateway_at: Any) -> None:
        requests = [computed(VECTORS["computed"][1]), arrived(VECTORS["recorded"][1])]
        for request in requests:
            assert request.path == QUERY
            answer = gateway_at(date_of(request)).handle(request)
            assert (answer.status, answer.body) == (200, {"customer_infos": [], "count": 0})

    @pytest.mark.parametrize("other", VECTORS["other_algorithms"], ids=lambda other: other["name"])
    def test_another_algorithm_is_refused_and_named(self, gateway_at: Any, other: dict[str, str]) -> None:
        vector = VECTORS["computed"][1] | {"authorization": other["authorization"]}
        answer = gateway_at(MOMENT).handle(computed(vector))
        assert (answer.status, answer.body["error_msg"]) == (401, UNAUTHORIZED)
        assert other["authorization"].split()[0] in answer.headers["X-Mock-Reason"]


def authenticated(answer: Answer) -> bool:
    """Past the gate: answered, or known to have nothing behind it yet."""
    return answer.status == 200 or (answer.status, answer.body["error_code"]) == (404, "APIGW.0103")


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The contract, and operations without a function for the other paths of the vectors."""
    folder = tmp_path_factory.mktemp("contract") / "schemas"
    shutil.copytree(schemas(), folder)
    known = Contract().routes
    for number, vector in enumerate([*map(computed, VECTORS["computed"]), *map(arrived, VECTORS["recorded"])]):
        if known.find(vector.method, vector.path) is None:
            path = re.sub("id with .*", "{resource}", vector.path)
            facts = {
                "method": vector.method,
                "path": path,
                "page": "none.html",
                "callers": ["solution_provider"],
                "quota": "10/1s",
                "success": 200,
                "errors": [],
                "retired": False,
            }
            rules = {"request": {"type": "object", "properties": {}}, "response": {"type": "object"}}
            (folder / "cn" / "other").mkdir(exist_ok=True)
            (folder / "cn" / "other" / f"other_{number}.json").write_text(
                json.dumps({"title": path, "x-operation": facts, "$defs": rules}), encoding="utf-8"
            )
    return Contract(folder)


@pytest.fixture(scope="module")
def gateway_at(everything: Contract, partners_file: Path) -> Callable[[datetime], Gateway]:
    """The gateway as it is at a moment; its solution provider has the keys of the vectors."""
    sandboxes = Sandboxes(clock.wall)
    sandboxes.create(plan(str(partners_file)), ident="cn")
    return lambda moment: Gateway(everything, sandboxes, Answering(), lambda: moment, loud=True)


class TestAnyRequest:
    """Requests of any kind, signed by the official SDK's own signer."""

    words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6) | st.sampled_from(
        ["~", "*", "+", "%", "/", " ", "%2F", "a b", "华为 云+&=~*/", "%zz", "é", ""]
    )
    segments = words.map(lambda word: word.replace("/", ""))
    header_names = st.from_regex(r"X-[A-Za-z0-9-]{1,8}", fullmatch=True).filter(
        lambda name: not name.lower().startswith(("x-sdk", "x-auth"))
    )
    header_values = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=12)

    @st.composite
    @staticmethod
    def requests(draw: st.DrawFn) -> Wire:
        cls = TestAnyRequest
        headers = {"Host": "bss.myhuaweicloud.com", "Content-Type": "application/json", "X-Sdk-Date": DATE}
        extra = draw(st.dictionaries(cls.header_names, cls.header_values, max_size=3))
        headers |= {name: value for name, value in extra.items() if name.lower() not in {n.lower() for n in headers}}
        headers = {name.lower(): value for name, value in headers.items()}
        return sdk_signed(
            draw(st.sampled_from(["GET", "POST", "PUT", "DELETE", "get", "Post"])),
            [draw(cls.segments.filter(bool)), *draw(st.lists(cls.segments, max_size=3))],
            draw(st.lists(st.tuples(cls.words, cls.words | st.lists(cls.words, max_size=3)), max_size=4)),
            headers,
            draw(st.binary(max_size=40)),
        )

    @given(request=requests())
    def test_it_is_believed(self, request: Wire) -> None:
        check(request)

    @given(request=requests(), data=st.data())
    def test_neither_the_order_nor_the_way_of_encoding_the_query_matters(self, request: Wire, data: Any) -> None:
        pairs = data.draw(st.permutations(list(request.query_pairs)))
        query = urlencode(pairs, quote_via=data.draw(st.sampled_from([quote, quote_plus])))
        check(Wire(request.method, request.path, query, request.headers, request.body, request.address))

    @given(request=requests(), data=st.data())
    def test_neither_the_order_of_headers_nor_space_around_them_matters(self, request: Wire, data: Any) -> None:
        sent = data.draw(st.permutations(list(headers_of(request).items())))
        spaces = st.text(" \t", max_size=3)
        padded = [(name, data.draw(spaces) + value + data.draw(spaces)) for name, value in sent]
        check(Wire(request.method, request.path, request.query, Headers(padded), request.body, request.address))

    @given(request=requests(), name=header_names, value=header_values)
    def test_headers_that_were_not_signed_can_come_and_change(self, request: Wire, name: str, value: str) -> None:
        headers = headers_of(request)
        assume(name.lower() not in headers)
        for content in (value, value + "!"):
            changed = Headers({**headers, name: content, "Accept": "*/*", "User-Agent": content})
            check(Wire(request.method, request.path, request.query, changed, request.body, request.address))

    @given(request=requests(), data=st.data())
    def test_a_changed_body_is_refused(self, request: Wire, data: Any) -> None:
        assume(request.body)
        place = data.draw(st.integers(0, len(request.body) - 1))
        byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != request.body[place]))
        body = request.body[:place] + bytes([byte]) + request.body[place + 1 :]
        refused(Wire(request.method, request.path, request.query, request.headers, body, request.address))

    @given(request=requests(), more=st.binary(min_size=1, max_size=3))
    def test_a_longer_body_is_refused(self, request: Wire, more: bytes) -> None:
        body = request.body + more
        refused(Wire(request.method, request.path, request.query, request.headers, body, request.address))

    @given(request=requests(), data=st.data())
    def test_a_changed_path_is_refused(self, request: Wire, data: Any) -> None:
        path = "/" + altered(data, request.path[1:])
        assume(path.rstrip("/") != request.path.rstrip("/"))
        refused(Wire(request.method, path, request.query, request.headers, request.body, request.address))

    @given(request=requests(), data=st.data())
    def test_a_changed_query_is_refused(self, request: Wire, data: Any) -> None:
        pairs = [list(pair) for pair in request.query_pairs]
        assume(pairs)
        place, side = data.draw(st.integers(0, len(pairs) - 1)), data.draw(st.integers(0, 1))
        pairs[place][side] = altered(data, pairs[place][side])
        query = urlencode(pairs, quote_via=quote)
        refused(Wire(request.method, request.path, query, request.headers, request.body, request.address))

    @given(request=requests(), name=words, value=words)
    def test_a_parameter_more_is_refused(self, request: Wire, name: str, value: str) -> None:
        query = "&".join(filter(None, [request.query, urlencode([(name, value)], quote_via=quote)]))
        refused(Wire(request.method, request.path, query, request.headers, request.body, request.address))

    @given(request=requests(), data=st.data())
    def test_a_changed_signed_header_is_refused(self, request: Wire, data: Any) -> None:
        headers = headers_of(request)
        name = data.draw(st.sampled_from(sorted(set(headers) - {"authorization", "x-sdk-date"})))
        headers[name] = headers[name] + data.draw(st.sampled_from(["x", ",y", "é"]))
        refused(Wire(request.method, request.path, request.query, Headers(headers), request.body, request.address))

    @given(request=requests(), data=st.data())
    def test_a_signed_header_that_is_missing_is_refused(self, request: Wire, data: Any) -> None:
        headers = headers_of(request)
        del headers[data.draw(st.sampled_from(sorted(set(headers) - {"authorization", "x-sdk-date"})))]
        refused(Wire(request.method, request.path, request.query, Headers(headers), request.body, request.address))

    @given(request=requests(), seconds=st.integers(-900, 900).filter(bool))
    def test_a_changed_date_is_refused_though_it_is_near(self, request: Wire, seconds: int) -> None:
        date = (MOMENT + timedelta(seconds=seconds)).strftime("%Y%m%dT%H%M%SZ")
        headers = Headers(headers_of(request) | {"x-sdk-date": date})
        refused(Wire(request.method, request.path, request.query, headers, request.body, request.address))

    @given(request=requests(), method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]))
    def test_another_method_is_refused(self, request: Wire, method: str) -> None:
        assume(method != request.method.upper())
        refused(Wire(method, request.path, request.query, request.headers, request.body, request.address))

    @given(request=requests(), data=st.data())
    def test_a_changed_signature_is_refused(self, request: Wire, data: Any) -> None:
        headers = headers_of(request)
        kept, signature = headers["authorization"][:-64], headers["authorization"][-64:]
        place = data.draw(st.integers(0, 63))
        digit = data.draw(st.sampled_from("0123456789abcdef").filter(lambda digit: digit != signature[place]))
        headers["authorization"] = kept + signature[:place] + digit + signature[place + 1 :]
        refused(Wire(request.method, request.path, request.query, Headers(headers), request.body, request.address))

    @given(value=st.text(st.characters(categories=["L", "N"], min_codepoint=0x80), min_size=1, max_size=6))
    def test_a_signed_header_may_be_chinese(self, value: str) -> None:
        headers = {"host": "bss.myhuaweicloud.com", "x-sdk-date": DATE, "x-note": value}
        check(sdk_signed("GET", ["v2"], [], headers, b""))

    @given(one=st.integers(0x80, 0xFF), other=st.integers(0x80, 0xFF))
    def test_bytes_that_are_no_utf_8_are_told_apart_in_path_and_query(self, one: int, other: int) -> None:
        assume(one != other)
        first, second = (bytes([byte]).decode("utf-8", "surrogateescape") for byte in (one, other))
        canonical = [
            signing.canonical_request(wire("GET", f"/v2/{path}", f"x=%{query:02X}", {}, b""), [])
            for path, query in ((first, one), (second, one), (first, other))
        ]
        assert len(set(canonical)) == 3

    @given(body=st.binary(min_size=1, max_size=10), other=st.binary(min_size=1, max_size=10))
    def test_a_body_that_is_not_json_goes_unsigned_as_the_sdk_sends_it(self, body: bytes, other: bytes) -> None:
        headers = {"Host": "bss.myhuaweicloud.com", "X-Sdk-Date": DATE, "Content-Type": "text/plain"}
        request = sdk_signed("POST", ["v2", "files"], [], headers, body)
        assert request.headers.get("X-Sdk-Content-Sha256") == "UNSIGNED-PAYLOAD"
        check(request)
        check(Wire(request.method, request.path, request.query, request.headers, other, request.address))

    def test_a_claimed_hash_must_be_that_of_the_body(self) -> None:
        claimed = "0" * 64
        headers = {"Host": "h", "X-Sdk-Date": DATE, "X-Sdk-Content-Sha256": claimed, "Content-Type": "application/json"}
        refused(sdk_signed("POST", ["v2"], [], headers, b"{}"))


def sdk_signed(method: str, segments: list[str], query: Any, headers: dict[str, str], body: bytes) -> Wire:
    """As it arrives after the official signer and a client's HTTP library."""
    request = SdkRequest(
        method=method,
        resource_path="/" + "/".join(quote(segment, safe="") for segment in segments),
        query_params=list(query),
        header_params=dict(headers),
        body=body,
    )
    signed = Signer(GlobalCredentials(AK, SK)).sign(request)
    path, _, sent = signed.uri.partition("?")
    return wire(method, unquote(path), sent, signed.header_params, body)


def refused(request: Wire) -> None:
    with pytest.raises(Stopped, match="wrong_signature"):
        check(request)


def headers_of(request: Wire) -> dict[str, str]:
    assert isinstance(request.headers, Headers)
    return {name.lower(): value for name, value in request.headers.items()}


def altered(data: st.DataObject, text: str) -> str:
    """``text`` with one character more, less or other."""
    place = data.draw(st.integers(0, len(text)))
    rest = text[place + data.draw(st.integers(0, 1)) :]
    result = text[:place] + data.draw(st.sampled_from(["", "x", " ", "%", "云", "~", "+"])) + rest
    assume(result != text)
    return result


class TestDate:
    """The gateway's clock and the client's may differ by a quarter of an hour."""

    @pytest.mark.parametrize("minutes", [-15, -1, 0, 1, 15])
    def test_up_to_15_minutes_off_is_believed(self, minutes: int) -> None:
        check(computed(VECTORS["computed"][1]), MOMENT + timedelta(minutes=minutes))

    @pytest.mark.parametrize(("minutes", "seconds"), [(15, 1), (-15, -1), (60 * 24 * 365, 0)])
    def test_more_than_15_minutes_off_is_refused_with_both_times(
        self, gateway_at: Any, minutes: int, seconds: int
    ) -> None:
        now = MOMENT + timedelta(minutes=minutes, seconds=seconds)
        answer = gateway_at(now).handle(computed(VECTORS["computed"][1]))
        assert (answer.status, answer.body["error_code"]) == (401, "APIGW.0303")
        assert answer.body["error_msg"] == (
            "Incorrect app authentication information: signature expired, "
            f"signature time:{DATE},server time:{now:%Y%m%dT%H%M%SZ}"
        )

    def test_a_request_in_a_sandbox_is_checked_against_the_machines_clock(self, stage: "Stage") -> None:
        assert stage.sandbox.now() != clock.wall()
        assert stage.call("solution_provider", "list_sub_customers").status == 200
        stale = stage.send("solution_provider", "POST", QUERY, headers={"X-Sdk-Date": DATE})
        assert (stale.status, stale.code) == (401, "APIGW.0303")

    @pytest.mark.parametrize(
        "date", ["", "20240506", "2024-05-06T08:05:01Z", "20240230T080501Z", "20240506T080501", "20240506T250000Z", "٢" * 8]
    )
    def test_a_date_of_another_form_is_refused(self, stage: "Stage", date: str) -> None:
        authorization = VECTORS["computed"][1]["authorization"].replace(AK, stage["solution_provider"].ak)
        headers = {"Authorization": authorization, "X-Sdk-Date": date.encode().decode("latin-1")}
        answer = stage.send(None, "POST", QUERY, headers=headers)
        assert (answer.status, answer.code, answer.body["error_msg"]) == (401, "APIGW.0301", UNAUTHORIZED)


class TestRefusals:
    """Who is not known is told so in the gateway's words and shape."""

    GOOD = VECTORS["computed"][1]["authorization"]

    @pytest.mark.parametrize(
        "authorization",
        [
            "",
            "Bearer abc",
            "Basic dTpw",
            "SDK-HMAC-SHA256",
            GOOD[:-1],
            GOOD + "0",
            GOOD.replace("Access=", "Credential="),
            GOOD.replace("Signature=", "signature="),
            GOOD.replace(", SignedHeaders=content-type;host;x-domain-id;x-sdk-date", ""),
            GOOD.replace("SDK-HMAC-SHA256 ", ""),
            GOOD[:-64] + GOOD[-64:].upper(),
            GOOD.replace("d173", "zzzz"),
        ],
    )
    def test_a_malformed_authorization_is_refused(self, stage: "Stage", authorization: str) -> None:
        known = authorization.replace(AK, stage["solution_provider"].ak)
        self.unauthorized(stage.send(None, "POST", QUERY, headers={"Authorization": known}), UNAUTHORIZED)

    @pytest.mark.parametrize("missing", ["host", "x-sdk-date"])
    def test_host_and_date_must_be_signed(self, stage: "Stage", missing: str) -> None:
        who, date = stage["solution_provider"], datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        signed = [name for name in ("host", "x-sdk-date") if name != missing]
        headers = {"Host": "h", "X-Sdk-Date": date}
        canonical = signing.canonical_request(wire("POST", QUERY, "", headers, b""), signed)
        made = signing.signature(who.sk, date, canonical)
        headers["Authorization"] = (
            f"SDK-HMAC-SHA256 Access={who.ak}, SignedHeaders={';'.join(signed)}, Signature={made}"
        )
        answer = stage.send(None, "POST", QUERY, headers=headers)
        self.unauthorized(answer, WRONG)
        assert missing in answer.reason

    def test_a_signature_with_anothers_secret_is_refused(self, stage: "Stage") -> None:
        good = stage.send("solution_provider", "POST", QUERY, body=b"{}")
        assert good.status == 200
        ak, other = stage["solution_provider"].ak, stage["distributor"].ak
        signed = self.signed_by(stage, "distributor") | {}
        signed["Authorization"] = signed["Authorization"].replace(other, ak)
        self.unauthorized(stage.send(None, "POST", QUERY, headers=signed, body=b"{}"), WRONG)

    def test_a_body_changed_on_the_way_is_refused_and_changes_nothing(self, stage: "Stage") -> None:
        path = "/v2/accounts/partner-accounts/adjust-amount"
        (customer, *_) = stage.customers("solution_provider")
        body = json.dumps({"customer_id": customer, "amount": 1}).encode()
        signed = self.signed_by(stage, "solution_provider", path, body)
        before = stage.sandbox.fingerprint()
        self.unauthorized(stage.send(None, "POST", path, headers=signed, body=body.replace(b"1}", b"9}")), WRONG)
        assert stage.sandbox.fingerprint() == before
        assert stage.send(None, "POST", path, headers=signed, body=body).status == 200

    def test_a_wrong_signature_tells_what_was_received_beside_the_answer(self, stage: "Stage") -> None:
        signed = self.signed_by(stage, "solution_provider")
        answer = stage.send(None, "POST", QUERY, headers=signed, body=b'{"limit": 1}')
        assert f"POST\\n{QUERY}/\\n" in answer.reason
        assert stage["solution_provider"].sk not in answer.reason

    def test_an_unknown_ak_is_refused_by_its_name(self, stage: "Stage") -> None:
        signed = self.signed_by(stage, "solution_provider")
        signed["Authorization"] = signed["Authorization"].replace(stage["solution_provider"].ak, "NOBODYSACCESSKEY0000")
        words = "Get secretKey failed,ak:NOBODYSACCESSKEY0000,err:ak not exist"
        answer = stage.send(None, "POST", QUERY, headers=signed, body=b"{}")
        self.unauthorized(answer, f"Incorrect IAM authentication information: {words}")

    @pytest.mark.parametrize("ak", ["{ak}", "{0}", "%s", "a" * 200])
    def test_an_unknown_ak_is_told_as_it_is(self, stage: "Stage", ak: str) -> None:
        signed = self.signed_by(stage, "solution_provider")
        signed["Authorization"] = signed["Authorization"].replace(stage["solution_provider"].ak, ak)
        answer = stage.send(None, "POST", QUERY, headers=signed, body=b"{}")
        assert f"ak:{ak}," in answer.body["error_msg"]

    def test_without_any_authentication_it_is_unauthorized(self, stage: "Stage") -> None:
        self.unauthorized(stage.send(None, "POST", QUERY, body=b"{}"), UNAUTHORIZED)

    def test_a_token_that_nobody_issued_is_refused(self, stage: "Stage") -> None:
        answer = stage.send(None, "POST", QUERY, headers={"X-Auth-Token": "MIIPAgYJKoZIhvcNAQcCo"}, body=b"{}")
        self.unauthorized(answer, "Incorrect IAM authentication information: decrypt token fail")

    def test_a_signature_counts_where_a_token_came_too(self, stage: "Stage") -> None:
        answer = stage.send("solution_provider", "POST", QUERY, headers={"X-Auth-Token": "any"}, body=b"{}")
        assert answer.status == 200

    def test_refusals_at_the_gate_leave_no_trace_in_any_journal(self, stage: "Stage") -> None:
        stage.send(None, "POST", QUERY, body=b"{}")
        stage.send("solution_provider", "POST", QUERY, headers={"X-Sdk-Date": DATE})
        assert stage.journal == []

    def signed_by(self, stage: "Stage", who: str, path: str = QUERY, body: bytes = b"{}") -> dict[str, str]:
        headers = {"Content-Type": "application/json", "Host": "bss.example.com"}
        request = SdkRequest(method="POST", resource_path=path, query_params=[], header_params=headers, body=body)
        signed = Signer(GlobalCredentials(stage[who].ak, stage[who].sk)).sign(request).header_params
        assert signed is headers
        return headers

    def unauthorized(self, answer: "Answered", message: str) -> None:
        assert (answer.status, answer.code, answer.body["error_msg"]) == (401, "APIGW.0301", message)
        assert list(answer.body) == ["error_msg", "error_code", "request_id"]
        assert re.fullmatch("[0-9a-f]{32}", answer.body["request_id"])
        assert answer.headers["X-Request-Id"] == answer.body["request_id"]
        assert answer.reason
