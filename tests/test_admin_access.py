"""/_mock is for whoever sits at this machine, or knows the token; nobody else learns anything."""

from collections.abc import Mapping

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from mockserver.app import create_app

TOKEN = "canary-Admin.Token_1"
PATHS = ["/_mock/health", "/_mock/sandboxes", "/_mock/docs/cn", "/_mock/openapi/cn.json", "/_mock/none", "/_mock"]


@pytest.fixture(scope="module")
def guarded() -> Flask:
    return create_app((), admin_token=TOKEN)


def ask(
    app: Flask, path: str = "/_mock/health", address: str = "127.0.0.1", headers: Mapping[str, str] | None = None
) -> TestResponse:
    environ = {"REMOTE_ADDR": address}
    return app.test_client().get(path, headers=dict(headers or {}), environ_overrides=environ)


def refused(answer: TestResponse, status: int, words: str) -> None:
    assert answer.status_code == status
    assert list(answer.get_json()) == ["error"]
    assert words in answer.get_json()["error"]
    assert TOKEN not in answer.get_data(as_text=True)


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_answered(app: Flask, address: str) -> None:
    assert ask(app, address=address).status_code == 200


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("address", ["10.0.0.7", "192.0.2.1", "2001:db8::1", "::ffff:10.0.0.7", "", "unknown"])
def test_another_machine_is_not(app: Flask, path: str, address: str) -> None:
    refused(ask(app, path, address), 403, "--admin-token")


def test_what_a_proxy_claims_does_not_count(app: Flask) -> None:
    headers = {"X-Forwarded-For": "127.0.0.1", "X-Real-Ip": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
    refused(ask(app, address="10.0.0.7", headers=headers), 403, "10.0.0.7")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:8470", "LOCALHOST", "127.0.0.1:1", "[::1]:8470", "bss.localhost"]
)
def test_this_machines_names_are_answered(app: Flask, host: str) -> None:
    assert ask(app, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "evil.example:8470",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "bss.myhuaweicloud.com",
        "10.0.0.7",
        "[::2]",
        "[::1",
        "user@evil.example",
        "",
    ],
)
@pytest.mark.parametrize("path", PATHS)
def test_a_foreign_name_that_leads_here_is_not(app: Flask, path: str, host: str) -> None:
    """A page whose host name is made to mean 127.0.0.1 would otherwise read every key."""
    refused(ask(app, path, headers={"Host": host}), 403, "own names")


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://localhost:1", "https://127.0.0.1.evil.example"]
)
def test_a_foreign_page_cannot_post_here(app: Flask, origin: str) -> None:
    answer = app.test_client().post("/_mock/sandboxes", headers={"Origin": origin, "Host": "localhost:8470"})
    refused(answer, 403, "does not answer pages")
    headers = {"Origin": "http://localhost:8470", "Host": "localhost:8470"}
    assert app.test_client().post("/_mock/sandboxes", json={"seed": -1}, headers=headers).status_code == 400


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.7"])
@pytest.mark.parametrize("header", ["X-Mock-Admin-Token", "x-mock-admin-token"])
def test_the_token_opens_it_from_anywhere_and_under_any_name(guarded: Flask, address: str, header: str) -> None:
    assert ask(guarded, address=address, headers={header: TOKEN, "Host": "bss.internal"}).status_code == 200
    for scheme in ("Bearer ", "bearer "):
        assert ask(guarded, address=address, headers={"Authorization": scheme + TOKEN}).status_code == 200


@pytest.mark.parametrize("path", PATHS)
def test_without_the_token_nobody_is_answered(guarded: Flask, path: str) -> None:
    refused(ask(guarded, path), 401, "X-Mock-Admin-Token")


@pytest.mark.parametrize("sent", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.lower(), "é", TOKEN * 1000])
def test_another_token_is_refused(guarded: Flask, sent: str) -> None:
    refused(ask(guarded, headers={"X-Mock-Admin-Token": sent}), 401, "not the admin token")
    refused(ask(guarded, headers={"Authorization": f"Bearer {sent}"}), 401, "admin token")


def test_a_token_does_not_open_the_clouds_api(guarded: Flask) -> None:
    answer = ask(guarded, "/v2/bases/measurements", headers={"Authorization": f"Bearer {TOKEN}"})
    assert (answer.status_code, answer.get_json()["error_code"]) == (401, "APIGW.0301")
    assert TOKEN not in str(answer.headers) + answer.get_data(as_text=True)
