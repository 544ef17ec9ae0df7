"""Who cannot be told is refused at the gate, in the gateway's words and shape."""

import json
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from werkzeug.datastructures import Headers

from mockserver.gateway import signing
from mockserver.gateway.exchange import Wire

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

CUSTOMERS = "/v2/partners/sub-customers/query"
ALLOCATE = "/v2/accounts/partner-accounts/adjust-amount"
PREFIX = "Incorrect IAM authentication information: "
UNAUTHORIZED, WRONG = PREFIX + "Unauthorized", PREFIX + "verify aksk signature fail"
GOOD = "SDK-HMAC-SHA256 Access=AK, SignedHeaders=host;x-sdk-date, Signature=" + "0a" * 32


def refused(answer: "Answered", message: str) -> None:
    assert (answer.status, answer.code, answer.body["error_msg"]) == (401, "APIGW.0301", message)
    assert list(answer.body) == ["error_msg", "error_code", "request_id"]
    assert re.fullmatch("[0-9a-f]{32}", answer.body["request_id"])
    assert answer.headers["X-Request-Id"] == answer.body["request_id"]
    assert answer.reason


def signed_by(stage: "Stage", who: str, path: str = CUSTOMERS, body: bytes = b"{}") -> dict[str, str]:
    request = SdkRequest(
        method="POST",
        resource_path=path,
        query_params=[],
        header_params={"Content-Type": "application/json", "Host": "bss.example.com"},
        body=body,
    )
    headers: dict[str, str] = Signer(GlobalCredentials(stage[who].ak, stage[who].sk)).sign(request).header_params
    return headers


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
        GOOD.replace(" SignedHeaders=host;x-sdk-date,", ""),
        GOOD.replace("SDK-HMAC-SHA256 ", ""),
        GOOD.replace("0a", "0A"),
        GOOD.replace("0a", "0g"),
        "SDK-HMAC-SHA256 " * 2000,
    ],
)
def test_a_malformed_authorization_is_refused(stage: "Stage", authorization: str) -> None:
    sent = authorization.replace("Access=AK", f"Access={stage['solution_provider'].ak}")
    refused(stage.send(None, "POST", CUSTOMERS, headers={"Authorization": sent}), UNAUTHORIZED)


@pytest.mark.parametrize("missing", ["host", "x-sdk-date"])
def test_host_and_date_must_be_signed(stage: "Stage", missing: str) -> None:
    who, date = stage["solution_provider"], datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    headers = {"Host": "h", "X-Sdk-Date": date}
    signed = sorted({"host", "x-sdk-date"} - {missing})
    made = signing.signature(
        who.sk, date, signing.canonical_request(Wire("POST", CUSTOMERS, "", Headers(headers), b"", ""), signed)
    )
    headers["Authorization"] = f"SDK-HMAC-SHA256 Access={who.ak}, SignedHeaders={';'.join(signed)}, Signature={made}"
    answer = stage.send(None, "POST", CUSTOMERS, headers=headers)
    refused(answer, WRONG)
    assert missing in answer.reason


def test_a_signature_with_anothers_secret_is_refused(stage: "Stage") -> None:
    signed = signed_by(stage, "distributor")
    assert stage.send(None, "POST", CUSTOMERS, headers=signed, body=b"{}").status == 200
    signed["Authorization"] = signed["Authorization"].replace(stage["distributor"].ak, stage["solution_provider"].ak)
    refused(stage.send(None, "POST", CUSTOMERS, headers=signed, body=b"{}"), WRONG)


def test_a_body_changed_on_the_way_is_refused_and_changes_nothing(stage: "Stage") -> None:
    body = json.dumps({"customer_id": stage.customers("solution_provider")[0], "amount": 1}).encode()
    signed = signed_by(stage, "solution_provider", ALLOCATE, body)
    before = stage.sandbox.fingerprint()
    refused(stage.send(None, "POST", ALLOCATE, headers=signed, body=body.replace(b"1}", b"9}")), WRONG)
    assert stage.sandbox.fingerprint() == before
    assert stage.send(None, "POST", ALLOCATE, headers=signed, body=body).status == 200
    assert stage.sandbox.fingerprint() != before


def test_a_wrong_signature_is_told_what_was_received_but_no_secret(stage: "Stage") -> None:
    answer = stage.send(None, "POST", CUSTOMERS, headers=signed_by(stage, "solution_provider"), body=b"[]")
    refused(answer, WRONG)
    assert f"POST\\n{CUSTOMERS}/\\n" in answer.reason
    assert stage["solution_provider"].sk not in answer.reason


@pytest.mark.parametrize("ak", ["NOBODYSACCESSKEY0000", "{ak}", "{0}", "%s", "a" * 200])
def test_an_unknown_ak_is_refused_by_its_name(stage: "Stage", ak: str) -> None:
    signed = signed_by(stage, "solution_provider")
    signed["Authorization"] = signed["Authorization"].replace(stage["solution_provider"].ak, ak)
    answer = stage.send(None, "POST", CUSTOMERS, headers=signed, body=b"{}")
    refused(answer, f"{PREFIX}Get secretKey failed,ak:{ak},err:ak not exist")


def test_without_any_authentication_it_is_unauthorized(stage: "Stage") -> None:
    refused(stage.send(None, "POST", CUSTOMERS, body=b"{}"), UNAUTHORIZED)


@pytest.mark.parametrize("token", ["", "MIIPAgYJKoZIhvcNAQcCo", "x" * 20_000])
def test_a_token_that_nobody_issued_is_refused(stage: "Stage", token: str) -> None:
    answer = stage.send(None, "POST", CUSTOMERS, headers={"X-Auth-Token": token}, body=b"{}")
    refused(answer, PREFIX + "decrypt token fail")


def test_a_signature_counts_where_a_token_came_too(stage: "Stage") -> None:
    headers = signed_by(stage, "solution_provider") | {"X-Auth-Token": "any"}
    assert stage.send(None, "POST", CUSTOMERS, headers=headers, body=b"{}").status == 200


def test_a_deleted_worlds_keys_are_unknown(stage: "Stage") -> None:
    signed = signed_by(stage, "solution_provider")
    assert stage.send(None, "POST", CUSTOMERS, headers=signed, body=b"{}").status == 200
    stage.drop()
    ak = stage["solution_provider"].ak
    refused(
        stage.send(None, "POST", CUSTOMERS, headers=signed, body=b"{}"),
        f"{PREFIX}Get secretKey failed,ak:{ak},err:ak not exist",
    )
