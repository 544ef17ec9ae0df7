"""Every signature that the official SDK's signers make is believed, whichever algorithm it is, and no other.

What all algorithms have in common is shown once, on the usual one, in ``test_signed_requests``.
"""

import hashlib
import hmac
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.http.http_config import HttpConfig
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
from huaweicloudsdkcore.signer.signer import (
    DerivationAKSKSigner,
    P256SHA256Signer,
    Signer,
    SM2SM3Signer,
    SM3Signer,
)
from huaweicloudsdkcore.signer.utils import P256SigningKey, SM2SigningKey
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import Headers

from contract_tests import sdk
from mockserver.gateway import signing
from mockserver.gateway.algorithms import ALGORITHMS
from mockserver.gateway.exchange import Stopped, Wire
from mockserver.inprocess.over_requests import mount

if TYPE_CHECKING:
    from flask import Flask

    from tests.conftest import Stage

AK, SK = "QTWAOYTTINDUT2QVKYUC", "MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc"
MOMENT = datetime(2024, 5, 6, 8, 5, 1, tzinfo=UTC)
USUAL = {"host": "bss.myhuaweicloud.com", "Content-Type": "application/json", "x-sdk-date": "20240506T080501Z"}
HMAC = {"SDK-HMAC-SHA256": Signer, "SDK-HMAC-SM3": SM3Signer, "V11-HMAC-SHA256": DerivationAKSKSigner}
CURVES = {"SDK-ECDSA-P256-SHA256": P256SHA256Signer, "SDK-SM2-SM3": SM2SM3Signer}
SIGNERS = HMAC | CURVES
# Made in Python, a signature on a curve takes a tenth of a second.
FEW = settings(max_examples=4)

words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=6) | st.sampled_from(
    ["~", "*", "+", "%", " ", "", "%2F", "华为 云+&=~*", "%zz", "a=b;c"]
)
targets = st.lists(words.map(lambda word: word.replace("/", "")), min_size=1, max_size=3).filter(lambda one: one[0])
queries = st.lists(st.tuples(words, words), max_size=4)


@st.composite
def requests(draw: st.DrawFn, names: Sequence[str] = tuple(HMAC)) -> Wire:
    value = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=8)
    headers = draw(st.dictionaries(st.from_regex("x-note-[a-z]{0,4}", fullmatch=True), value, max_size=2))
    return signed(
        draw(st.sampled_from(names)),
        draw(st.sampled_from(["GET", "POST", "PUT", "DELETE"])),
        "/" + "/".join(quote(one, safe="") for one in draw(targets)),
        draw(queries),
        headers,
        draw(st.binary(max_size=30)),
        ak=draw(st.text("ABC123", min_size=1, max_size=20)),
    )


def signed(
    name: str,
    method: str = "POST",
    path: str = "/v2/partners/sub-customers/query",
    query: Sequence[tuple[str, Any]] = (),
    headers: dict[str, str] | None = None,
    body: bytes = b"{}",
    *,
    ak: str = AK,
) -> Wire:
    """As it arrives when the official signer and a client's HTTP library are done with it."""
    request = SdkRequest(
        method=method,
        resource_path=path,
        query_params=list(query),
        header_params=USUAL | (headers or {}),
        body=body,
    )
    derived = ("bss", "cn-north-1") if name == "V11-HMAC-SHA256" else ()
    made = SIGNERS[name](GlobalCredentials(ak, SK)).sign(request, *derived)
    target, _, sent = made.uri.partition("?")
    return Wire(method, unquote(target), sent, Headers(made.header_params), body, "192.0.2.1")


def but(request: Wire, **changes: Any) -> Wire:
    parts = ("method", "path", "query", "headers", "body", "address")
    return Wire(**{part: changes.get(part, getattr(request, part)) for part in parts})


def with_header(request: Wire, name: str, value: str) -> Wire:
    headers = Headers(request.headers)  # type: ignore[arg-type]
    headers[name] = value
    return but(request, headers=headers)


def header(request: Wire) -> str:
    return request.headers.get("Authorization", "")


def believe(request: Wire) -> None:
    signing.verify(request, signing.parse(header(request)), SK, MOMENT)


def refuse(request: Wire, sk: str = SK) -> str:
    with pytest.raises(Stopped, match=r"wrong_signature|malformed_authorization") as refused:
        signing.verify(request, signing.parse(header(request)), sk, MOMENT)
    return refused.value.because


def refuse_changed(request: Wire, data: st.DataObject) -> None:
    """Nothing that was signed can be another, nor can the secret, nor a single digit of the signature."""
    believe(request)
    refuse(request, SK[::-1])
    refuse(but(request, body=request.body + b" "))
    refuse(but(request, path=request.path + "x"))
    refuse(but(request, query=f"{request.query}&x=1" if request.query else "x=1"))
    refuse(but(request, method="PATCH"))
    refuse(with_header(request, "content-type", "application/json;charset=UTF-8"))
    refuse(with_header(request, "x-sdk-date", "20240506T080502Z"))
    beginning, _, proof = header(request).rpartition("=")
    place = data.draw(st.integers(0, len(proof) - 1))
    digit = data.draw(st.sampled_from([one for one in "0123456789abcdef" if one != proof[place]]))
    refuse(with_header(request, "Authorization", f"{beginning}={proof[:place]}{digit}{proof[place + 1 :]}"))


def test_what_verifies_the_usual_algorithm_loads_no_library_of_the_others() -> None:
    """They take longer to load than the whole emulator."""
    program = (
        "import sys; from mockserver.gateway.algorithms import USUAL; from mockserver.gateway import gateway;"
        f"assert USUAL.proves({AK!r}, {SK!r}, '', b'x', USUAL.hmac('', {SK!r}, '', b'x'));"
        "print(sorted({'gmssl', 'cryptography', 'Cryptodome'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_the_table_has_the_sdks_algorithms() -> None:
    assert set(ALGORITHMS) == set(SIGNERS)
    assert len(SigningAlgorithm) + 1 == len(SIGNERS)


@given(request=requests(), data=st.data())
def test_an_hmac_of_any_request_is_believed_and_of_no_other(request: Wire, data: st.DataObject) -> None:
    refuse_changed(request, data)


@pytest.mark.parametrize("name", CURVES)
def test_a_signature_on_a_curve_of_any_request_is_believed_and_of_no_other(name: str) -> None:
    @FEW
    @given(request=requests([name]), data=st.data())
    def prove(request: Wire, data: st.DataObject) -> None:
        refuse_changed(request, data)

    prove()


@pytest.mark.parametrize("name", SIGNERS)
def test_the_claimed_hash_of_the_body_counts_in_the_algorithms_own_header(name: str) -> None:
    algorithm, body = ALGORITHMS[name], b'{"limit":1}'
    own = algorithm.content_header
    other = "X-Sdk-Content-Sm3" if own.endswith("256") else "X-Sdk-Content-Sha256"
    believe(signed(name, body=body, headers={own: algorithm.digest(body)}))
    believe(signed(name, body=body, headers={other: "anything"}))
    refuse(signed(name, body=body, headers={own: algorithm.digest(b"{}")}))


@pytest.mark.parametrize("name", SIGNERS)
def test_a_body_that_is_not_json_goes_unsigned_as_the_sdk_sends_it(name: str) -> None:
    request = signed(name, headers={"Content-Type": "text/plain"}, body=b"one")
    believe(request)
    believe(but(request, body=b"other"))


@pytest.mark.parametrize("name", HMAC)
@pytest.mark.parametrize("values", [[10, 9], [9, 10, 100], ["b", "a", "a"], [True, False], ["", "x"], []])
def test_values_of_one_name_are_believed_in_the_order_that_the_sdk_sorts_them(name: str, values: list[Any]) -> None:
    believe(signed(name, "GET", query=[("limit", values), ("offset", 1)], body=b""))


def test_another_languages_order_and_claimed_hash_of_no_body_are_believed() -> None:
    """The Java SDK leaves a name's values as they were given; the Go and Node SDKs sign a claimed hash in any case."""
    date, names = USUAL["x-sdk-date"], ["host", "x-sdk-content-sha256", "x-sdk-date"]
    headers = {"host": "h", "x-sdk-date": date, "x-sdk-content-sha256": "UNSIGNED-PAYLOAD"}
    lines = "".join(f"{one}:{headers[one]}\n" for one in names)
    canonical = f"GET\n/v2/\nx=2&x=1\n{lines}\n{';'.join(names)}\nUNSIGNED-PAYLOAD"
    text = f"SDK-HMAC-SHA256\n{date}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    proof = hmac.digest(SK.encode(), text.encode(), "sha256").hex()
    headers["Authorization"] = f"SDK-HMAC-SHA256 Access={AK}, SignedHeaders={';'.join(names)}, Signature={proof}"
    believe(Wire("GET", "/v2", "x=2&x=1", Headers(headers), b"", ""))
    refuse(Wire("GET", "/v2", "x=1&x=2", Headers(headers), b"", ""))


@pytest.mark.parametrize(
    "written",
    [
        lambda header: header.replace(", ", ","),
        lambda header: header.replace(", ", " ,  "),
        lambda header: "  " + header.replace(" Access", "   Access") + " ",
    ],
)
def test_an_authorization_may_be_spaced_as_its_client_likes(written: Callable[[str], str]) -> None:
    for name in HMAC:
        request = signed(name)
        believe(with_header(request, "Authorization", written(header(request))))


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize(
    "proof",
    [
        "",
        "00",
        "30",
        "3006020101020101",
        "3006020100020101",
        "3006020101020100",
        "30060201ff0201ff",
        "300602010102010100",
        "300a02050000000001020101",
        "3080020101020101" + "0000",
        "zz" * 70,
        "30" * 72,
        "ff" * 100_000,
        "a" * 139,
        encode_dss_signature(2**255, 2**255).hex(),
        encode_dss_signature(P256SigningKey.PARAM_n, 1).hex(),
        encode_dss_signature(SM2SigningKey.PARAM_n, 1).hex(),
        encode_dss_signature(1, SM2SigningKey.PARAM_n - 1).hex(),
        encode_dss_signature(2**256 - 1, 2**256 - 1).hex(),
        encode_dss_signature(2**4000, 1).hex(),
    ],
    ids=lambda proof: f"{proof[:12]}-{len(proof)}",
)
def test_what_is_no_signature_of_a_curve_is_refused_like_a_wrong_one(stage: "Stage", name: str, proof: str) -> None:
    ak, date = stage["solution_provider"].ak, datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    claim = f"{name} Access={ak}, SignedHeaders=host;x-sdk-date, Signature={proof}"
    headers = {"X-Sdk-Date": date, "Authorization": claim}
    answer = stage.send(None, "POST", "/v2/partners/sub-customers/query", body=b"{}", headers=headers)
    # A header of 200,000 digits is more than the gateway takes.
    assert (answer.status, answer.code) == ((494, "APIGW.0201") if len(proof) > 32768 else (401, "APIGW.0301"))
    assert answer.reason


@settings(max_examples=60)
@given(proof=st.binary(max_size=80), name=st.sampled_from(sorted(CURVES)))
def test_no_bytes_are_a_signature_of_a_curve_by_chance(proof: bytes, name: str) -> None:
    request = Wire("GET", "/v2", "", Headers(USUAL), b"", "")
    claim = f"{name} Access={AK}, SignedHeaders=host;x-sdk-date, Signature={proof.hex()}"
    refuse(with_header(request, "Authorization", claim))


def test_numbers_that_add_up_to_no_point_are_no_signature() -> None:
    """Whoever knows the key can choose r and s so that the sum of points which SM2 asks for is none."""
    n = SM2SigningKey.PARAM_n
    key = SM2SM3Signer(GlobalCredentials(AK, SK))._derive_key()
    t = 5
    s = -t * key % n
    proof = encode_dss_signature((t - s) % n, s).hex()
    claim = f"SDK-SM2-SM3 Access={AK}, SignedHeaders=host;x-sdk-date, Signature={proof}"
    refuse(with_header(Wire("GET", "/v2", "", Headers(USUAL), b"", ""), "Authorization", claim))


def test_an_sm2_key_with_zeros_in_front_is_believed_as_the_sdk_and_the_standard_write_it() -> None:
    """The Python SDK leaves the zeros out of what it signs; the standard does not."""

    ak = "KEY65"
    key = SM2SM3Signer(GlobalCredentials(ak, SK))._derive_key()
    assert any(part < 1 << 248 for part in SM2SigningKey(key)._public_key)
    request = signed("SDK-SM2-SM3", ak=ak)
    believe(request)

    class Padded(SM2SigningKey):
        """The identity as the standard has it: 32 bytes for each coordinate."""

        @classmethod
        def _za(cls, public_key: Any, uid: bytes = b"1234567812345678") -> bytes:
            parts = (cls.PARAM_a, cls.PARAM_b, *cls.PARAM_G, *public_key)
            content = (len(uid) * 8).to_bytes(2) + uid + b"".join(part.to_bytes(32) for part in parts)
            return hashlib.new("sm3", content).digest()

    authorization = signing.parse(header(request))
    canonical = signing.canonical_request(request, authorization.signed_headers, authorization.algorithm)
    text = authorization.algorithm.string_to_sign(USUAL["x-sdk-date"], "", canonical)
    beginning = header(request).rpartition("=")[0]
    believe(with_header(request, "Authorization", f"{beginning}={Padded(key).sign(text).hex()}"))


@pytest.mark.parametrize(
    "who",
    [
        AK,
        f"{AK}/20240506/cn-north-1",
        f"{AK}/20240506//bss",
        f"{AK}/2024-05-06/cn-north-1/bss",
        f"{AK}/20240506/cn-north-1/bss/x",
        f"{AK}/20240507/cn-north-1/bss",
        f"{AK}/20240506/cn-north-4/bss",
        f"{AK}/20240506/cn-north-1/iam",
    ],
)
def test_a_derived_key_is_of_one_day_region_and_service(who: str) -> None:
    request = signed("V11-HMAC-SHA256")
    whole = f"{AK}/20240506/cn-north-1/bss"
    assert whole in header(request)
    refuse(with_header(request, "Authorization", header(request).replace(whole, who)))


@pytest.mark.parametrize(("name", "other"), [("V11-HMAC-SHA256", "Access"), ("SDK-HMAC-SM3", "Credential")])
def test_each_algorithm_names_the_key_in_its_own_way(name: str, other: str) -> None:
    request = signed(name)
    by = ALGORITHMS[name].named_by
    reason = refuse(with_header(request, "Authorization", header(request).replace(f"{by}=", f"{other}=")))
    assert ALGORITHMS[name].form in reason


def test_one_algorithms_signature_is_not_anothers() -> None:
    for name in SIGNERS:
        request = signed(name)
        for other in set(SIGNERS) - {name}:
            refuse(with_header(request, "Authorization", header(request).replace(name, other)))


# The SDK's own clients


@pytest.mark.parametrize("derived", [False, True], ids=["plain", "derived"])
@pytest.mark.parametrize("algorithm", SigningAlgorithm, ids=lambda one: one.name)
def test_the_official_client_is_answered_with_each_algorithm(
    stage: "Stage", app: "Flask", algorithm: SigningAlgorithm, derived: bool
) -> None:
    from huaweicloudsdkbss.v2 import ListConversionsRequest, ListSubCustomersRequest, QuerySubCustomerListReq
    from huaweicloudsdkbss.v2.region.bss_region import BssRegion

    who, sent = stage["solution_provider"], []
    credentials = GlobalCredentials(who.ak, who.sk, who.domain_id)
    builder = sdk.of_site("cn").new_builder().with_http_config(HttpConfig(signing_algorithm=algorithm, retry_times=0))
    if derived:
        credentials.with_derived_predicate(lambda request: sent.append(request) or True)
        builder._with_derived_auth_service_name("bss")
    client = builder.with_credentials(credentials).with_region(BssRegion.CN_NORTH_1).build()
    mount(sdk.session_of(client), app, "https://bss.myhuaweicloud.com")
    asked = QuerySubCustomerListReq(account_name="客户", limit=10)
    assert client.list_sub_customers(ListSubCustomersRequest(body=asked)).status_code == 200
    assert client.list_conversions(ListConversionsRequest(measure_type=3)).status_code == 200
    written = [request.header_params["Authorization"] for request in sent]
    assert all(one.startswith(f"V11-HMAC-SHA256 Credential={who.ak}/") for one in written)
    assert len(written) == 2 * derived
