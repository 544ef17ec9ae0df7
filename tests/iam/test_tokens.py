"""A user's token: got with account, user name and password, good for a day, and for nobody else."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from mockserver.app import create_app

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

TOKENS, CUSTOMERS = "/v3/auth/tokens", "/v2/partners/sub-customers/query"
PREFIX = "Incorrect IAM authentication information: "
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")

MEMBERS = (
    *("auth", "identity", "methods", "password", "user", "name", "domain", "id", "scope", "project"),
    *("assume_role", "agency_name", "domain_id", "token", "duration_seconds"),
)

LogIn = Callable[..., str]


def body(user: dict[str, Any], scope: Any = None) -> dict[str, Any]:
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": user}}}
    return {"auth": auth if scope is None else auth | {"scope": scope}}


def user(stage: "Stage", who: str, **changed: Any) -> dict[str, Any]:
    one = stage[who]
    return {"name": one.user_name, "password": one.password, "domain": {"name": one.domain_name}} | changed


def ask(stage: "Stage", token: str | None, **headers: str) -> "Answered":
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    sent |= {} if token is None else {"X-Auth-Token": token}
    return stage.send(None, "POST", CUSTOMERS, body=b"{}", headers=sent)


def refused(answer: "Answered", status: int, code: str, message: str) -> None:
    assert (answer.status, answer.code, answer.body["error_msg"]) == (status, code, message)
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert answer.reason


def keystone(answer: "Answered", status: int, title: str, message: str) -> None:
    assert answer.body == {"error": {"code": status, "message": message, "title": title}}
    assert answer.status == status
    assert answer.reason
    assert answer.headers["X-Request-Id"]


class TestIssued:
    def test_it_is_as_documented(self, stage: "Stage", time: "Clock") -> None:
        who = stage["solution_provider"]
        own = {"id": who.domain_id, "name": who.domain_name}
        answer = stage.iam("POST", TOKENS, body(user(stage, "solution_provider"), {"domain": {"name": own["name"]}}))
        token = answer.body["token"]
        assert answer.status == 201
        assert answer.headers["X-Subject-Token"].startswith("MII")
        assert answer.headers["X-IAM-Trace-Id"]
        assert token["methods"] == ["password"]
        assert token["domain"] == own
        assert token["user"]["domain"] == own
        assert token["user"]["name"] == who.user_name
        assert re.fullmatch("[0-9a-f]{32}", token["user"]["id"])
        assert token["issued_at"] == "2026-03-01T12:00:00.000000Z"
        assert token["expires_at"] == "2026-03-02T12:00:00.000000Z"
        assert {"id", "name"} <= set(token["roles"][0])
        assert "project" not in token
        assert "assumed_by" not in token

    @pytest.mark.parametrize("query", ["", "nocatalog=", "catalog=no"])
    def test_it_has_a_catalog(self, stage: "Stage", query: str) -> None:
        token = stage.iam("POST", TOKENS, body(user(stage, "customer")), query=query).body["token"]
        assert [service["name"] for service in token["catalog"]] == ["iam", "bss"]

    @pytest.mark.parametrize("query", ["nocatalog=true", "nocatalog=false", "nocatalog=0", "a=b&nocatalog=%20"])
    def test_any_word_in_nocatalog_leaves_the_catalog_out(self, stage: "Stage", query: str) -> None:
        assert "catalog" not in stage.iam("POST", TOKENS, body(user(stage, "customer")), query=query).body["token"]

    @pytest.mark.parametrize("scope", [None, {}, {"domain": None}])
    def test_without_a_scope_it_names_neither_account_nor_project(self, stage: "Stage", scope: Any) -> None:
        answer = stage.iam("POST", TOKENS, body(user(stage, "customer"), scope))
        assert answer.status == 201
        assert not {"domain", "project"} & set(answer.body["token"])

    @pytest.mark.parametrize("by", ["id", "name"])
    def test_an_account_is_meant_by_id_or_by_name(self, stage: "Stage", by: str) -> None:
        who = stage["solution_provider"]
        meant = {by: who.domain_id if by == "id" else who.domain_name}
        sent = body(user(stage, "solution_provider", domain=meant), {"domain": meant})
        assert stage.iam("POST", TOKENS, sent).body["token"]["domain"]["id"] == who.domain_id

    @pytest.mark.parametrize("by", ["id", "name"])
    def test_a_project_is_meant_by_id_or_by_name_and_wins_over_the_account(self, stage: "Stage", by: str) -> None:
        project = projects(stage, "solution_provider")["cn-north-1"]
        who = stage["solution_provider"]
        scope = {"project": {by: project[by]}, "domain": {"name": who.domain_name}}
        token = stage.iam("POST", TOKENS, body(user(stage, "solution_provider"), scope)).body["token"]
        assert "domain" not in token
        own = {"id": who.domain_id, "name": who.domain_name}
        assert token["project"] == {"domain": own, "id": project["id"], "name": "cn-north-1"}

    def test_a_user_is_meant_by_its_id_too(self, stage: "Stage") -> None:
        known = stage.iam("POST", TOKENS, body(user(stage, "customer"))).body["token"]["user"]["id"]
        answer = stage.iam("POST", TOKENS, body({"id": known, "password": stage["customer"].password}))
        assert answer.body["token"]["user"]["domain"]["id"] == stage["customer"].domain_id

    def test_an_operator_has_one_and_acts_with_its_permissions(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "operator")
        path = "/v2/accounts/partner-accounts/balances"
        assert stage.iam("GET", path, token=token).status == 200
        assert ask(stage, token).code == "CBC.0151"

    def test_a_customer_that_the_partner_created_logs_in_with_its_password(self, stage: "Stage") -> None:
        made = {"xaccount_id": "x1", "xaccount_type": "T", "domain_name": "newcomer", "password": "Own-Pass-123"}
        created = stage.call("solution_provider", "create_sub_customer", **made)
        assert created.status == 200
        who = {"name": "newcomer", "password": "Own-Pass-123", "domain": {"name": "newcomer"}}
        answer = stage.iam("POST", TOKENS, body(who))
        assert answer.body["token"]["user"]["domain"]["id"] == created.body["domain_id"]
        token = answer.headers["X-Subject-Token"]
        assert stage.iam("GET", "/v2/bases/measurements", token=token).status == 200
        assert ask(stage, token).code == "CBC.0151"


class TestRefused:
    @pytest.mark.parametrize(
        "changed",
        [
            {"password": "another"},
            {"password": ""},
            {"name": "nobody"},
            {"name": None},
            {"domain": {"name": "nowhere"}},
            {"domain": {}},
            {"domain": None},
            {"domain": {"id": "0" * 32}},
        ],
    )
    def test_a_wrong_login_is_401_in_iams_words(self, stage: "Stage", changed: dict[str, Any]) -> None:
        answer = stage.iam("POST", TOKENS, body(user(stage, "customer", **changed)))
        keystone(answer, 401, "Unauthorized", "The username or password is wrong.")
        assert "X-Subject-Token" not in answer.headers

    def test_another_accounts_scope_is_forbidden(self, stage: "Stage") -> None:
        scope = {"domain": {"name": stage["distributor"].domain_name}}
        answer = stage.iam("POST", TOKENS, body(user(stage, "customer"), scope))
        keystone(answer, 403, "Forbidden", "You are not authorized to perform the requested action.")

    @pytest.mark.parametrize("project", [{"name": "moon-1"}, {"id": "moon-1"}])
    def test_a_project_that_is_none_is_not_found(self, stage: "Stage", project: dict[str, str]) -> None:
        answer = stage.iam("POST", TOKENS, body(user(stage, "customer"), {"project": project}))
        keystone(answer, 404, "Not Found", "Could not find project: moon-1.")

    @pytest.mark.parametrize(
        ("sent", "message"),
        [
            ({}, "'auth' is a required property."),
            ({"auth": {}}, "'identity' is a required property."),
            ({"auth": {"identity": {}}}, "'methods' is a required property."),
            ({"auth": {"identity": {"methods": "password"}}}, "Request parameter 'auth.identity.methods' is invalid."),
            ({"auth": {"identity": {"methods": ["totp"]}}}, "Request parameter 'auth.identity.methods' is invalid."),
            ({"auth": {"identity": {"methods": ["password"]}}}, "'password' is a required property."),
            ({"auth": {"identity": {"methods": ["assume_role"]}}}, "'assume_role' is a required property."),
            ([], "Request body is invalid."),
            (None, "Request body is invalid."),
        ],
    )
    def test_a_body_of_another_form_is_told_what_is_wrong(self, stage: "Stage", sent: Any, message: str) -> None:
        keystone(stage.iam("POST", TOKENS, sent), 400, "Bad Request", message)

    def test_another_method_does_not_exist(self, stage: "Stage") -> None:
        answer = stage.iam("GET", TOKENS)
        assert (answer.status, answer.code) == (404, "APIGW.0101")
        assert "POST" in answer.reason

    @given(
        sent=st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(
                    st.sampled_from(MEMBERS),
                    inner,
                    max_size=4,
                )
            ),
            max_leaves=12,
        ),
        path=st.sampled_from((TOKENS, "/v3.0/OS-CREDENTIAL/securitytokens")),
    )
    def test_no_body_is_a_mistake_of_ours(self, demo: "Stage", sent: Any, path: str) -> None:
        before = demo.sandbox.fingerprint()
        wrapped = {"auth": {"identity": {"methods": ["password"], "password": sent}}}
        for content in (sent, wrapped):
            assert demo.iam("POST", path, content).status in (400, 401)
        assert demo.sandbox.fingerprint() == before


class TestLife:
    def test_it_lives_for_a_day_on_the_sandboxs_clock(self, stage: "Stage", time: "Clock", log_in: LogIn) -> None:
        first = log_in(stage, "solution_provider")
        time.forward(hours=12)
        second = log_in(stage, "solution_provider")
        time.forward(hours=11, minutes=59, seconds=59)
        assert (ask(stage, first).status, ask(stage, second).status) == (200, 200)
        time.forward(seconds=1)
        refused(ask(stage, first), 401, "APIGW.0307", "The token must be updated.")
        assert ask(stage, second).status == 200

    def test_an_expired_one_is_in_the_journal_and_changes_nothing(
        self, stage: "Stage", time: "Clock", log_in: LogIn
    ) -> None:
        token = log_in(stage, "solution_provider")
        time.forward(hours=24)
        before = stage.sandbox.fingerprint()
        sent = json.dumps({"customer_id": stage.customers("solution_provider")[0], "amount": 1}).encode()
        path = "/v2/accounts/partner-accounts/adjust-amount"
        assert stage.send(None, "POST", path, body=sent, headers={"X-Auth-Token": token}).status == 401
        assert stage.sandbox.fingerprint() == before
        assert (stage.journal[-1].status, stage.journal[-1].principal) == (401, "solution_provider")

    def test_iam_itself_refuses_an_expired_one(self, stage: "Stage", time: "Clock", log_in: LogIn) -> None:
        token = log_in(stage, "solution_provider")
        time.forward(days=2)
        keystone(stage.iam("GET", "/v3/auth/domains", token=token), 401, "Unauthorized", "The token has expired.")

    def test_it_dies_with_a_reset_and_no_later_one_is_like_it(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "solution_provider")
        stage.sandbox.reset()
        assert log_in(stage, "solution_provider") != token
        refused(ask(stage, token), 401, "APIGW.0301", PREFIX + "decrypt token fail")

    def test_it_dies_with_its_sandbox(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "solution_provider")
        stage.drop()
        refused(ask(stage, token), 401, "APIGW.0301", PREFIX + "decrypt token fail")

    def test_at_the_end_of_all_time_it_is_shorter(self, stage: "Stage", time: "Clock", log_in: LogIn) -> None:
        time.moment = datetime.max.replace(tzinfo=UTC) - timedelta(hours=1)
        assert ask(stage, log_in(stage, "solution_provider")).status == 200

    def test_two_in_one_moment_are_not_the_same(self, stage: "Stage", log_in: LogIn) -> None:
        assert log_in(stage, "customer") != log_in(stage, "customer")


class TestWhose:
    def test_the_password_tells_two_sandboxes_with_the_same_names_apart(
        self, open_world: Callable[..., "Stage"], log_in: LogIn
    ) -> None:
        first, second = open_world("demo-cn"), open_world("demo-cn")
        token = log_in(first, "solution_provider")
        log_in(second, "solution_provider")
        assert ask(first, token).status == 200
        assert [entry.operation for entry in first.journal] == ["keystone_create_user_token", "list_sub_customers"]
        assert [entry.operation for entry in second.journal] == ["keystone_create_user_token"]

    def test_of_two_sandboxes_with_the_same_password_the_newer_one_is_meant(
        self, open_world: Callable[..., "Stage"]
    ) -> None:
        made = {"xaccount_id": "x1", "xaccount_type": "T", "domain_name": "same_name", "password": "Own-Pass-123"}
        stages = [open_world("demo-cn") for _ in range(2)]
        for stage in stages:
            assert stage.call("solution_provider", "create_sub_customer", **made).status == 200
        who = {"name": "same_name", "password": "Own-Pass-123", "domain": {"name": "same_name"}}
        assert stages[0].iam("POST", TOKENS, body(who)).status == 201
        assert [len(stage.journal) for stage in stages] == [1, 2]

    def test_a_wrong_password_is_in_the_journal_where_only_one_sandbox_has_the_user(
        self, stage_of: Callable[..., "Stage"]
    ) -> None:
        app = create_app(("demo-cn", "demo-intl"))
        sandbox, _ = app.extensions["bss_mock"]
        stage = stage_of(app, sandbox)
        stage.iam("POST", TOKENS, body(user(stage, "customer", password="another-secret")))
        (entry,) = stage.journal
        assert (entry.operation, entry.principal, entry.status) == ("keystone_create_user_token", "customer", 401)
        assert entry.reason is not None
        assert b"another-secret" not in entry.request_json

    def test_neither_password_nor_token_is_in_the_journal(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "solution_provider")
        ask(stage, token)
        stage.iam("POST", "/v3.0/OS-CREDENTIAL/securitytokens", _by_token(token))
        stage.iam("POST", TOKENS, body(user(stage, "customer")), query=f"password={stage['customer'].password}")
        written = repr(stage.journal)
        assert len(stage.journal) == 4
        for secret in (token, stage["solution_provider"].password, stage["customer"].password):
            assert secret not in written

    def test_nobody_can_read_a_secret_in_it(self, stage: "Stage", log_in: LogIn) -> None:
        import base64

        who = stage["solution_provider"]
        content = base64.b64decode(log_in(stage, who.name).replace("-", "/"))
        assert who.domain_name.encode() in content
        for secret in (who.sk, who.password, who.ak):
            assert secret.encode() not in content

    def test_the_same_server_issues_the_same_tokens(
        self, partners: dict[str, Any], tmp_path: Path, log_in: LogIn, stage_of: Callable[..., "Stage"]
    ) -> None:
        file = tmp_path / "still.yaml"
        file.write_text(yaml.safe_dump(partners | {"clock": "2026-03-01T12:00:00Z"}), encoding="utf-8")
        issued = []
        for _ in range(2):
            app = create_app((str(file),))
            (sandbox,) = app.extensions["bss_mock"]
            issued.append(log_in(stage_of(app, sandbox), "solution_provider"))
        assert issued[0] == issued[1]

    @given(data=st.data())
    def test_a_changed_one_is_nobodys(self, demo: "Stage", log_in: LogIn, data: st.DataObject) -> None:
        token = log_in(demo, "solution_provider")
        place = data.draw(st.integers(0, len(token) - 1))
        other = data.draw(st.characters(min_codepoint=33, max_codepoint=126).filter(lambda one: one != token[place]))
        changed = token[:place] + other + token[place + 1 :]
        refused(ask(demo, changed), 401, "APIGW.0301", PREFIX + "decrypt token fail")


class TestWhatElseIsSent:
    def test_the_callers_own_account_and_project_may_be_named(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "solution_provider")
        project = projects(stage, "solution_provider")["ap-southeast-1"]["id"]
        domain = stage["solution_provider"].domain_id
        assert ask(stage, token, X_Domain_Id=domain, X_Project_Id=project).status == 200
        assert ask(stage, token, X_Domain_Id="", X_Project_Id="").status == 200

    def test_anothers_account_is_refused(self, stage: "Stage", log_in: LogIn) -> None:
        other = stage["customer"].domain_id
        answer = ask(stage, log_in(stage, "solution_provider"), X_Domain_Id=other)
        refused(answer, 403, "APIGW.0302", "The IAM user is not authorized to access the API.")

    def test_anothers_project_is_refused(self, stage: "Stage", log_in: LogIn) -> None:
        other = projects(stage, "customer")["cn-north-1"]["id"]
        answer = ask(stage, log_in(stage, "solution_provider"), X_Project_Id=other)
        refused(answer, 403, "APIGW.0310", "The project is unavailable.")

    @pytest.mark.parametrize("header", ["X-Domain-Id", "X-Project-Id"])
    def test_they_are_looked_at_in_signed_requests_too(self, stage: "Stage", header: str) -> None:
        before = stage.sandbox.fingerprint()
        answer = stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}", headers={header: "another"})
        assert (answer.status, answer.code) == (403, {"X-Domain-Id": "APIGW.0302"}.get(header, "APIGW.0310"))
        assert stage.sandbox.fingerprint() == before


def projects(stage: "Stage", who: str) -> dict[str, dict[str, Any]]:
    answer = stage.send(who, "GET", "/v3/auth/projects")
    return {row["name"]: row for row in answer.body["projects"]}


def _by_token(token: str) -> dict[str, Any]:
    return {"auth": {"identity": {"methods": ["token"], "token": {"id": token}}}}


@pytest.fixture(scope="module")
def demo(open_world: Callable[..., "Stage"]) -> "Stage":
    return open_world("demo-cn")
