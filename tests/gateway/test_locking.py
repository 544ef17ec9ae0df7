"""An access key can be switched off, and can be locked for failing too often, where a world asks for that."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

CUSTOMERS = "/v2/partners/sub-customers/query"
PREFIX = "Incorrect IAM authentication information: "
LOCKED = PREFIX + "AK access failed to reach the limit,forbidden."
WRONG = PREFIX + "verify aksk signature fail"


@pytest.fixture
def locking(open_world: Callable[..., "Stage"], partners: dict[str, Any], time: "Clock") -> "Stage":
    return open_world(partners | {"rules": {"lock_failed_ak": True}}, now=time)


def right(stage: "Stage", who: str = "solution_provider") -> "Answered":
    return stage.send(who, "POST", CUSTOMERS, body=b"{}")


def wrong(stage: "Stage") -> "Answered":
    date = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    claim = f"SDK-HMAC-SHA256 Access={stage['solution_provider'].ak}, SignedHeaders=host;x-sdk-date, Signature="
    headers = {"X-Sdk-Date": date, "Authorization": claim + "0" * 64}
    return stage.send(None, "POST", CUSTOMERS, body=b"{}", headers=headers)


def message(answer: "Answered") -> str:
    assert (answer.status, answer.code) == (401, "APIGW.0301")
    told: str = answer.body["error_msg"]
    return told


def test_five_failures_lock_a_key_for_five_minutes(locking: "Stage", time: "Clock") -> None:
    assert [message(wrong(locking)) for _ in range(6)] == [WRONG] * 5 + [LOCKED]
    assert message(right(locking)) == LOCKED
    assert "2026-03-01T12:05:00Z" in right(locking).reason
    time.forward(minutes=4, seconds=59)
    assert message(right(locking)) == LOCKED
    time.forward(seconds=1)
    assert right(locking).status == 200
    assert message(wrong(locking)) == WRONG


def test_four_failures_do_not_and_a_success_starts_anew(locking: "Stage") -> None:
    for _ in range(3):
        assert [message(wrong(locking)) for _ in range(4)] == [WRONG] * 4
        assert right(locking).status == 200


def test_a_stale_date_is_a_failure_too(locking: "Stage") -> None:
    old = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y%m%dT%H%M%SZ")
    codes = [
        locking.send("solution_provider", "POST", CUSTOMERS, body=b"{}", headers={"X-Sdk-Date": old}).code
        for _ in range(6)
    ]
    assert codes == ["APIGW.0303"] * 5 + ["APIGW.0301"]
    assert message(right(locking)) == LOCKED


def test_a_refusal_by_the_service_is_no_failure(locking: "Stage") -> None:
    for _ in range(7):
        assert locking.send("solution_provider", "POST", CUSTOMERS, body=b'{"limit": -1}').status == 400
    assert right(locking).status == 200


def test_only_the_key_that_failed_is_locked_and_a_reset_opens_it(locking: "Stage") -> None:
    for _ in range(6):
        wrong(locking)
    assert right(locking, "distributor").status == 200
    locking.sandbox.reset()
    assert right(locking).status == 200


def test_without_the_rule_no_key_is_ever_locked(stage: "Stage") -> None:
    assert {message(wrong(stage)) for _ in range(20)} == {WRONG}
    assert right(stage).status == 200


def test_a_world_opened_over_http_can_ask_for_it(app: Flask, stage_of: "Callable[..., Stage]") -> None:
    opened = app.test_client().post("/_mock/sandboxes", json={"lock_failed_ak": True}).get_json()
    sandboxes = app.extensions["bss_mock"]
    stage = stage_of(app, sandboxes.get(opened["id"]))
    assert [message(wrong(stage)) for _ in range(6)][-1] == LOCKED
    assert message(right(stage)) == LOCKED
    stage.drop()


# Switched off


def test_a_key_that_a_scenario_switches_off_is_refused_and_the_journal_tells(
    open_world: Callable[..., "Stage"], partners: dict[str, Any]
) -> None:
    partners["principals"]["solution_provider"]["ak_enabled"] = False
    stage = open_world(partners)
    ak = stage["solution_provider"].ak
    answer = right(stage)
    assert message(answer) == f"{PREFIX}Get secretKey failed,ak:{ak},err:ak not exist"
    assert "switched off" in answer.reason
    assert stage.journal[-1].reason is not None
    assert stage.journal[-1].reason["rule"] == "disabled_ak"
    assert right(stage, "distributor").status == 200


def test_a_key_is_switched_off_and_on_over_http_and_by_a_reset(stage: "Stage", app: Flask) -> None:
    path = f"/_mock/sandboxes/{stage.sandbox.id}/principals/solution_provider"
    before = stage.sandbox.fingerprint()
    changed = app.test_client().post(path, json={"ak_enabled": False})
    assert (changed.status_code, changed.get_json()["ak_enabled"]) == (200, False)
    assert right(stage).status == 401
    assert app.test_client().post(path, json={"ak_enabled": True}).get_json()["ak_enabled"] is True
    assert right(stage).status == 200
    app.test_client().post(path, json={"ak_enabled": False})
    stage.sandbox.reset()
    assert right(stage).status == 200
    assert stage.sandbox.fingerprint() == before


@pytest.mark.parametrize(
    ("name", "body", "status", "words"),
    [
        ("nobody", b'{"ak_enabled": false}', 404, "no principal 'nobody'; there are: distributor"),
        ("distributor", b"{}", 400, "ak_enabled"),
        ("distributor", b'{"ak_enabled": "no"}', 400, "ak_enabled"),
        ("distributor", b'{"ak_enabled": false, "sk": "x"}', 400, "sk"),
        ("distributor", b"{", 400, "not JSON"),
    ],
)
def test_a_mistake_in_switching_is_told_and_changes_nothing(
    stage: "Stage", app: Flask, name: str, body: bytes, status: int, words: str
) -> None:
    answer = app.test_client().post(f"/_mock/sandboxes/{stage.sandbox.id}/principals/{name}", data=body)
    assert (answer.status_code, words in answer.get_json()["error"]) == (status, True)
    assert right(stage, "distributor").status == 200
