"""Temporary keys: signed like others, together with their security token, for as long as was asked."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

PATH, CUSTOMERS = "/v3.0/OS-CREDENTIAL/securitytokens", "/v2/partners/sub-customers/query"
PREFIX = "Incorrect IAM authentication information: "

LogIn = Callable[..., str]


@dataclass(frozen=True)
class Keys:
    access: str
    secret: str
    securitytoken: str | None
    expires_at: str


def by_token(**token: Any) -> dict[str, Any]:
    return {"auth": {"identity": {"methods": ["token"], "token": token}}}


def as_customer(stage: "Stage", **role: Any) -> dict[str, Any]:
    role = {"agency_name": stage["solution_provider"].xaccount_type, "domain_id": stage["customer"].domain_id} | role
    return {"auth": {"identity": {"methods": ["assume_role"], "assume_role": role}}}


def keys(answer: "Answered") -> Keys:
    assert answer.status == 201, answer.body
    return Keys(**answer.body["credential"])


def call(stage: "Stage", used: Keys, path: str = CUSTOMERS, method: str = "POST", **headers: str) -> "Answered":
    """As the official SDK signs with temporary keys."""
    request = SdkRequest(
        method=method,
        host="bss.example.com",
        resource_path=path,
        query_params=[],
        header_params={"Content-Type": "application/json", **headers},
        body="{}" if method == "POST" else "",
    )
    credentials = GlobalCredentials(used.access, used.secret).with_security_token(used.securitytoken)
    signed = credentials.sign_request(request)
    body = b"{}" if method == "POST" else b""
    return stage.send(None, method, path, body=body, headers=signed.header_params)


@pytest.fixture
def made(stage: "Stage", log_in: LogIn) -> Keys:
    """Of the solution provider, for the default time."""
    return keys(stage.iam("POST", PATH, by_token(id=log_in(stage, "solution_provider"))))


def test_they_look_as_documented(made: Keys) -> None:
    assert made.access.startswith("HST")
    assert (len(made.access), len(made.secret)) == (20, 40)
    assert made.expires_at == "2026-03-01T12:15:00.000000Z"


def test_they_act_as_who_got_them(stage: "Stage", made: Keys) -> None:
    answer = call(stage, made)
    assert answer.status == 200
    assert answer.body == stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}").body
    assert stage.journal[-2].principal == "solution_provider"


@pytest.mark.parametrize("seconds", [900, 3600, 86400])
def test_they_live_as_long_as_asked(stage: "Stage", time: "Clock", log_in: LogIn, seconds: int) -> None:
    token = log_in(stage, "solution_provider")
    used = keys(stage.iam("POST", PATH, by_token(id=token, duration_seconds=seconds)))
    time.forward(seconds=seconds, milliseconds=-1)
    assert call(stage, used).status == 200
    time.forward(milliseconds=1)
    answer = call(stage, used)
    assert (answer.status, answer.code, answer.body["error_msg"]) == (401, "APIGW.0307", "The token must be updated.")


@pytest.mark.parametrize("seconds", [0, 899, 86401, -900, 10**30])
def test_another_time_is_refused_with_iams_code(stage: "Stage", log_in: LogIn, seconds: int) -> None:
    sent = by_token(id=log_in(stage, "solution_provider"), duration_seconds=seconds)
    for body in (sent, as_customer(stage, duration_seconds=seconds)):
        answer = stage.iam("POST", PATH, body, token=sent["auth"]["identity"]["token"]["id"])
        assert (answer.status, answer.code) == (400, "IAM.0007" if seconds < 10**20 else answer.code)
        assert list(answer.body) == ["error_code", "error_msg"]


def test_without_the_security_token_there_is_no_such_ak(stage: "Stage", made: Keys) -> None:
    answer = call(stage, Keys(made.access, made.secret, None, ""))
    assert (answer.status, answer.code) == (401, "APIGW.0301")
    assert answer.body["error_msg"] == f"{PREFIX}Get secretKey failed,ak:{made.access},err:ak not exist"
    assert "X-Security-Token" in answer.reason


def test_anothers_security_token_is_refused(stage: "Stage", made: Keys, log_in: LogIn) -> None:
    other = keys(stage.iam("POST", PATH, by_token(id=log_in(stage, "customer"))))
    for wrong in (other.securitytoken, log_in(stage, "solution_provider"), "MIIB", "x"):
        answer = call(stage, Keys(made.access, made.secret, wrong, ""))
        assert (answer.status, answer.body["error_msg"]) == (401, PREFIX + "decrypt token fail")


def test_another_secret_is_refused(stage: "Stage", made: Keys) -> None:
    answer = call(stage, Keys(made.access, "x" * 40, made.securitytoken, ""))
    assert (answer.status, answer.body["error_msg"]) == (401, PREFIX + "verify aksk signature fail")


def test_they_die_with_a_reset(stage: "Stage", made: Keys) -> None:
    stage.sandbox.reset()
    assert call(stage, made).status == 401


def test_a_security_token_is_no_token(stage: "Stage", made: Keys) -> None:
    answer = stage.send(None, "POST", CUSTOMERS, body=b"{}", headers={"X-Auth-Token": made.securitytoken or ""})
    assert (answer.status, answer.body["error_msg"]) == (401, PREFIX + "decrypt token fail")


def test_the_token_in_the_header_wins_over_the_one_in_the_body(stage: "Stage", log_in: LogIn) -> None:
    sent = by_token(id=log_in(stage, "customer"))
    used = keys(stage.iam("POST", PATH, sent, token=log_in(stage, "solution_provider")))
    assert call(stage, used).status == 200


@pytest.mark.parametrize("sent", [by_token(), {"auth": {"identity": {"methods": ["token"]}}}])
def test_a_token_is_needed(stage: "Stage", sent: dict[str, Any]) -> None:
    answer = stage.iam("POST", PATH, sent)
    assert (answer.status, answer.code) == (401, "IAM.0001")


def test_a_partner_gets_its_customers(stage: "Stage", log_in: LogIn) -> None:
    used = keys(stage.iam("POST", PATH, as_customer(stage), token=log_in(stage, "solution_provider")))
    answer = call(stage, used, "/v3/auth/domains", "GET")
    assert answer.body["domains"][0]["id"] == stage["customer"].domain_id
    assert call(stage, used).code == "CBC.0151"
    operation = stage.operation("legacy_order_cancel")
    assert operation.callers == ("customer_token_via_partner",)
    path = operation.path.format(domain_id=stage["customer"].domain_id)
    assert call(stage, used, path, operation.method).code != "CBC.0151"


def test_nobody_elses(stage: "Stage", log_in: LogIn) -> None:
    answer = stage.iam("POST", PATH, as_customer(stage), token=log_in(stage, "distributor"))
    assert (answer.status, answer.code) == (403, "IAM.0002")


def test_no_secret_is_in_the_journal(stage: "Stage", made: Keys) -> None:
    call(stage, made)
    written = repr(stage.journal)
    assert made.access in written
    for secret in (made.secret, made.securitytoken):
        assert secret not in written
    assert json.loads(stage.journal[1].response_json)["credential"]["secret"] == "***"
