"""The paths under /_mock: worlds are opened, shown, reset and dropped, and a mistake is one clear sentence."""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from mockserver.app import create_app
from mockserver.store.sandboxes import Sandbox, Sandboxes

if TYPE_CHECKING:
    from tests.conftest import Stage

    StageOf = Callable[[Flask, Sandbox], Stage]

PRINCIPAL = ["kind", "ak", "sk", "domain_id", "domain_name", "user_name", "password", "ak_enabled"]
NAMES = {
    "distributor",
    "solution_provider",
    "reseller",
    "customer",
    "enterprise_master",
    "enterprise_member",
    "outsider",
    "applicant",
    "reseller_2",
}
MORE = {"cn": set[str](), "intl": {"frozen_customer"}}


@pytest.fixture(scope="module")
def served() -> Flask:
    """As ``bss-mock serve`` has it: one world per site."""
    return create_app(loud=True)


@pytest.fixture
def client(served: Flask) -> Iterator[FlaskClient]:
    """Every world that a test opens is dropped after it."""
    sandboxes: Sandboxes = served.extensions["bss_mock"]
    before = {sandbox.id for sandbox in sandboxes}
    yield served.test_client()
    for sandbox in sandboxes:
        if sandbox.id not in before:
            sandboxes.delete(sandbox.id)


@pytest.fixture
def on(served: Flask, stage_of: "StageOf") -> "Callable[[str], Stage]":
    """A sandbox of the server by its ID."""

    def on(ident: str) -> "Stage":
        sandbox = served.extensions["bss_mock"].get(ident)
        assert sandbox is not None
        return stage_of(served, sandbox)

    return on


def opened(client: FlaskClient, **wanted: Any) -> dict[str, Any]:
    answer = client.post("/_mock/sandboxes", json=wanted)
    assert answer.status_code == 201
    body: dict[str, Any] = answer.get_json()
    return body


def mistake(answer: TestResponse, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.get_json()
    assert list(body) == ["error"]
    sentence: str = body["error"]
    assert sentence
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


def test_health_counts_the_worlds(client: FlaskClient) -> None:
    assert client.get("/_mock/health").get_json() == {"status": "ok", "sandboxes": 2}
    opened(client)
    assert client.get("/_mock/health").get_json() == {"status": "ok", "sandboxes": 3}


def test_the_list_has_the_shape_of_the_ready_file(client: FlaskClient) -> None:
    body = client.get("/_mock/sandboxes", base_url="http://127.0.0.1:8470").get_json()
    assert list(body) == ["url", "sandboxes"]
    assert body["url"] == "http://127.0.0.1:8470"
    assert list(body["sandboxes"]) == ["cn", "intl"]
    for site, sandbox in body["sandboxes"].items():
        assert (sandbox["id"], sandbox["site"]) == (site, site)
        assert set(sandbox["principals"]) == NAMES | MORE[site]
        assert all(list(principal) == PRINCIPAL for principal in sandbox["principals"].values())


def test_a_second_world_of_a_site_goes_by_its_id(client: FlaskClient) -> None:
    made = opened(client)
    listed = client.get("/_mock/sandboxes").get_json()["sandboxes"]
    assert list(listed) == ["cn", "intl", made["id"]]
    assert listed[made["id"]]["principals"] == made["principals"]


class TestOpening:
    @pytest.mark.parametrize(
        ("sent", "expected"),
        [
            (b"", ("demo-cn", "cn", 20260101, False)),
            (b"{}", ("demo-cn", "cn", 20260101, False)),
            (b'{"scenario": "demo-intl"}', ("demo-intl", "intl", 20260102, False)),
            (b'{"seed": 0, "strict": true}', ("demo-cn", "cn", 0, True)),
            (b'{"seed": 4294967295}', ("demo-cn", "cn", 4294967295, False)),
            (b'{"seed": null}', ("demo-cn", "cn", 20260101, False)),
        ],
    )
    def test_it_is_as_asked_for_and_everything_may_be_left_out(
        self, client: FlaskClient, sent: bytes, expected: tuple[Any, ...]
    ) -> None:
        answer = client.post("/_mock/sandboxes", data=sent)
        assert answer.status_code == 201
        body = answer.get_json()
        assert tuple(body[name] for name in ("scenario", "site", "seed", "strict")) == expected
        assert re.fullmatch("[0-9a-f]{16}", body["id"])
        row = {name: value for name, value in body.items() if name not in ("url", "sandboxes")}
        assert body["sandboxes"] == {body["site"]: row}
        assert client.get(f"/_mock/sandboxes/{body['id']}").get_json() == row

    def test_its_keys_and_passwords_are_nobody_elses(self, client: FlaskClient) -> None:
        worlds = [client.get("/_mock/sandboxes/cn").get_json(), opened(client), opened(client), opened(client, seed=5)]
        for secret in ("ak", "sk", "password"):
            values = [one[secret] for world in worlds for one in world["principals"].values()]
            assert len(set(values)) == len(values) == 4 * len(NAMES | MORE["cn"])

    def test_but_its_accounts_are_the_scenarios(self, client: FlaskClient) -> None:
        one, other, third = opened(client), opened(client), opened(client, seed=5)
        ids = [[principal["domain_id"] for principal in world["principals"].values()] for world in (one, other, third)]
        assert ids[0] == ids[1] != ids[2]

    def test_two_worlds_never_see_each_other(self, client: FlaskClient, on: "Callable[[str], Stage]") -> None:
        one, other = on(opened(client)["id"]), on(opened(client)["id"])
        before, (customer, *_) = other.sandbox.fingerprint(), one.customers("solution_provider")
        assert customer in other.customers("solution_provider")
        asked = {"customer_id": customer, "amount": 5}
        assert one.call("solution_provider", "update_customer_account_amount", **asked).status == 200
        one.call("solution_provider", "create_sub_customer", xaccount_id="x", xaccount_type="T")
        assert other.sandbox.fingerprint() == before
        assert (len(one.journal), len(other.journal)) == (2, 0)

    def test_a_strict_one_refuses_unknown_members(self, client: FlaskClient, on: "Callable[[str], Stage]") -> None:
        codes = [
            on(opened(client, strict=strict)["id"]).call("solution_provider", "list_sub_customers", lmit=1).code
            for strict in (True, False)
        ]
        assert codes == ["CBC.0100", None]

    @pytest.mark.parametrize(
        ("sent", "word"),
        [
            (b"{", "JSON"),
            (b"\xff", ""),
            (b"[]", "object"),
            (b"null", "object"),
            (b'"demo-cn"', "object"),
            (b'{"scenario": 1}', "scenario"),
            (b'{"scenario": null}', "scenario"),
            (b'{"scenario": "demo-zh"}', "demo-cn"),
            (b'{"scenario": ""}', "demo-cn"),
            (b'{"scenario": "../demo-cn"}', "demo-cn"),
            (b'{"scenario": "/etc/passwd"}', "demo-cn"),
            (b'{"scenario": "/dev/zero.yaml"}', "demo-cn"),
            (b'{"seed": -1}', "seed"),
            (b'{"seed": 4294967296}', "seed"),
            (b'{"seed": 1.5}', "seed"),
            (b'{"seed": "7"}', "seed"),
            (b'{"seed": true}', "seed"),
            (b'{"seed": 1e400}', ""),
            (b'{"strict": "yes"}', "strict"),
            (b'{"strict": 1}', "strict"),
            (b'{"scenarios": "demo-cn"}', "scenarios"),
            (b'{"a":' * 5000 + b"1" + b"}" * 5000, ""),
        ],
    )
    def test_a_mistake_is_one_sentence_and_opens_nothing(self, client: FlaskClient, sent: bytes, word: str) -> None:
        assert word in mistake(client.post("/_mock/sandboxes", data=sent), 400)
        assert client.get("/_mock/health").get_json()["sandboxes"] == 2


class TestResetting:
    def test_everything_is_as_at_the_beginning_but_the_keys_stay(
        self, client: FlaskClient, on: "Callable[[str], Stage]"
    ) -> None:
        made = opened(client)
        stage = on(made["id"])
        before = stage.sandbox.fingerprint()
        first = stage.call("solution_provider", "create_sub_customer", xaccount_id="x", xaccount_type="T")
        assert first.status == 200
        assert stage.sandbox.fingerprint() != before
        answer = client.post(f"/_mock/sandboxes/{made['id']}/reset")
        assert (answer.status_code, answer.get_json()["principals"]) == (200, made["principals"])
        assert stage.sandbox.fingerprint() == before
        assert stage.journal == []
        again = stage.call("solution_provider", "create_sub_customer", xaccount_id="x", xaccount_type="T")
        assert (again.content, again.headers["X-Request-Id"]) == (first.content, first.headers["X-Request-Id"])

    def test_a_world_with_the_scenarios_keys_keeps_them(self, client: FlaskClient) -> None:
        before = client.get("/_mock/sandboxes/cn").get_json()
        assert before["principals"]["solution_provider"]["ak"] == "CNSOLUTIONPROVIDE001"
        assert client.post("/_mock/sandboxes/cn/reset").get_json() == before


class TestDropping:
    def test_it_is_gone_and_its_keys_act_no_longer(self, client: FlaskClient, on: "Callable[[str], Stage]") -> None:
        ident = opened(client)["id"]
        stage = on(ident)
        assert stage.call("solution_provider", "list_sub_customers").status == 200
        answer = client.delete(f"/_mock/sandboxes/{ident}")
        assert (answer.status_code, answer.data) == (204, b"")
        assert stage.call("solution_provider", "list_sub_customers").status == 401
        assert ident in mistake(client.get(f"/_mock/sandboxes/{ident}"), 404)
        mistake(client.delete(f"/_mock/sandboxes/{ident}"), 404)


class TestJournal:
    @pytest.fixture
    def ident(self, client: FlaskClient, on: "Callable[[str], Stage]") -> str:
        ident: str = opened(client)["id"]
        for limit in (1, 2, 3, 4):
            on(ident).call("solution_provider", "list_sub_customers", limit=limit)
        return ident

    @pytest.mark.parametrize(
        ("query", "numbers"),
        [
            ("", [1, 2, 3, 4]),
            ("?after=2", [3, 4]),
            ("?limit=2", [1, 2]),
            ("?after=1&limit=2", [2, 3]),
            ("?after=4", []),
            ("?limit=0", []),
            ("?after=99999999999999999999&limit=99999999999999999999", []),
        ],
    )
    def test_it_is_read_in_pages(self, client: FlaskClient, ident: str, query: str, numbers: list[int]) -> None:
        body = client.get(f"/_mock/sandboxes/{ident}/journal{query}").get_json()
        assert list(body) == ["entries"]
        assert [entry["number"] for entry in body["entries"]] == numbers

    @pytest.mark.parametrize("name", ["after", "limit"])
    @pytest.mark.parametrize("value", ["x", "-1", "1.5", "", "９", "1e3", " 1", "+1"])
    def test_what_is_no_number_is_a_mistake(self, client: FlaskClient, ident: str, name: str, value: str) -> None:
        answer = client.get(f"/_mock/sandboxes/{ident}/journal", query_string={name: value})
        assert mistake(answer, 400).startswith(f"{name} must be a whole number")


class TestOutbox:
    def test_it_has_the_codes_that_were_not_used_yet(self, client: FlaskClient, on: "Callable[[str], Stage]") -> None:
        ident = opened(client)["id"]
        path = f"/_mock/sandboxes/{ident}/outbox"
        assert client.get(path).get_json() == {"messages": []}
        for mobile, lang in (("13912345678", "zh-cn"), ("13912345679", "en-us")):
            on(ident).call(
                "solution_provider", "send_verification_message_code", receiver_type=1, mobile_phone=mobile, lang=lang
            )
        first, second = client.get(path).get_json()["messages"]
        assert list(first) == ["receiver", "message", "code", "sent_at", "expires_at"]
        assert (first["receiver"], second["receiver"]) == ("13912345678", "13912345679")
        assert first["message"] == f"您的验证码是 {first['code']}，10 分钟内有效。"
        assert second["message"] == f"Your verification code is {second['code']}. It is valid for 10 minutes."
        registered = on(ident).call(
            "solution_provider",
            "create_sub_customer",
            xaccount_id="x",
            xaccount_type="T",
            mobile_phone=first["receiver"],
            verification_code=first["code"],
        )
        assert registered.status == 200
        assert client.get(path).get_json() == {"messages": [second]}


class TestMistakes:
    @pytest.mark.parametrize(
        ("method", "tail"), [("GET", ""), ("DELETE", ""), ("POST", "/reset"), ("GET", "/journal"), ("GET", "/outbox")]
    )
    @pytest.mark.parametrize("ident", ["nowhere", "CN", "cn ", "%00", "%FF", "x" * 5000])
    def test_an_unknown_sandbox_is_told_which_there_are(
        self, client: FlaskClient, method: str, tail: str, ident: str
    ) -> None:
        sentence = mistake(client.open(f"/_mock/sandboxes/{ident}{tail}", method=method), 404)
        assert sentence.endswith("there are: cn, intl")

    @pytest.mark.parametrize(
        "path", ["/_mock", "/_mock/", "/_mock/nothing", "/_mock/sandboxes/", "/_mock/sandboxes/cn/nothing"]
    )
    @pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
    def test_an_unknown_path_is_told_so(self, client: FlaskClient, method: str, path: str) -> None:
        assert "no such path" in mistake(client.open(path, method=method), 404)

    @pytest.mark.parametrize(
        ("method", "path", "right"),
        [
            ("POST", "/_mock/health", "GET"),
            ("PUT", "/_mock/sandboxes", "POST"),
            ("DELETE", "/_mock/sandboxes", "POST"),
            ("POST", "/_mock/sandboxes/cn", "DELETE"),
            ("GET", "/_mock/sandboxes/cn/reset", "POST"),
            ("POST", "/_mock/sandboxes/cn/journal", "GET"),
            ("DELETE", "/_mock/sandboxes/cn/outbox", "GET"),
            ("TRACE", "/_mock/sandboxes/cn", "GET"),
        ],
    )
    def test_an_unknown_method_is_told_the_right_one(
        self, client: FlaskClient, method: str, path: str, right: str
    ) -> None:
        answer = client.open(path, method=method)
        assert right in mistake(answer, answer.status_code)
        assert answer.status_code in (404, 405)

    def test_none_of_them_changes_anything(self, client: FlaskClient, on: "Callable[[str], Stage]") -> None:
        before = [on(site).sandbox.fingerprint() for site in ("cn", "intl")]
        for method in ("PUT", "PATCH", "DELETE", "POST"):
            for path in ("/_mock/sandboxes/nowhere/reset", "/_mock/sandboxes/cn/journal", "/_mock/health"):
                client.open(path, method=method, data=b"{")
        assert [on(site).sandbox.fingerprint() for site in ("cn", "intl")] == before
        assert client.get("/_mock/health").get_json()["sandboxes"] == 2


def test_the_admin_paths_are_not_the_clouds_and_need_no_signature(client: FlaskClient) -> None:
    answer = client.get("/_mock/sandboxes")
    assert answer.status_code == 200
    assert "X-Request-Id" not in answer.headers


def test_a_clock_is_moved_on_by_seconds_or_to_a_moment(client: FlaskClient) -> None:
    made = client.post("/_mock/sandboxes", json={}).get_json()
    address = f"/_mock/sandboxes/{made['id']}/clock"
    assert client.post(address, json={"now": "2999-01-31T08:05:01Z"}).get_json()["now"] == "2999-01-31T08:05:01Z"
    assert client.get(address).get_json()["now"].startswith("2999-01-31T08:05:")
    assert client.post(address, json={"advance_seconds": 86400}).get_json()["now"].startswith("2999-02-01T08:05:")


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance_seconds": -1},
        {"advance_seconds": 10**12},
        {"advance_seconds": "1"},
        {"now": "2001-01-31T08:05:01Z"},
        {"now": "tomorrow"},
        {"now": "2999-01-31T08:05:01Z", "advance_seconds": 1},
        {"forward": 1},
    ],
)
def test_a_clock_that_cannot_be_moved_so_stays(client: FlaskClient, body: dict[str, Any]) -> None:
    ident = client.post("/_mock/sandboxes", json={}).get_json()["id"]
    address = f"/_mock/sandboxes/{ident}/clock"
    refused = client.post(address, json=body)
    assert refused.status_code == 400
    assert refused.get_json()["error"]
    assert client.get(address).get_json()["now"] < "2999"
