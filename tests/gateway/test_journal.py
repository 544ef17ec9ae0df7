"""The journal tells what was received, what was wrong with it and what was answered, and keeps secrets to itself."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask

from mockserver.store.journal import KEPT, Journal

if TYPE_CHECKING:
    from tests.conftest import Clock, Stage

CREATE = "/v2/partners/sub-customers"
SECRET = "Hidden-sesame-77"
NEW = {"xaccount_id": "x1", "xaccount_type": "T"}


def shown(app: Flask, stage: "Stage") -> list[dict[str, Any]]:
    """The entries as people get them."""
    answer = app.test_client().get(f"/_mock/sandboxes/{stage.sandbox.id}/journal")
    entries: list[dict[str, Any]] = answer.get_json()["entries"]
    return entries


def test_an_entry_tells_the_request_the_caller_and_the_answer(stage: "Stage", app: Flask) -> None:
    answer = stage.call("solution_provider", "list_sub_customers", limit=2, label="demo")
    (entry,) = shown(app, stage)
    assert entry == {
        "number": 1,
        "at": "2026-03-01T12:00:00.000+00:00",
        "signed_at": entry["signed_at"],
        "request_id": answer.headers["X-Request-Id"],
        "method": "POST",
        "path": "/v2/partners/sub-customers/query",
        "query": "",
        "operation": "list_sub_customers",
        "principal": "solution_provider",
        "kind": "solution_provider",
        "request": {"body": {"limit": 2, "label": "demo"}},
        "status": 200,
        "response": json.loads(answer.content),
        "error_code": None,
        "reason": None,
        "notes": [],
        "fidelity": "stateful",
    }


def test_path_query_and_headers_are_told_by_their_place(stage: "Stage", app: Flask) -> None:
    stage.call("solution_provider", "legacy_partner_account_balances", partner_id="any", customer_id="nobody")
    stage.call("solution_provider", "list_conversions", **{"measure_type": 3, "X-Language": "en_US"})
    old, conversions = shown(app, stage)
    assert old["request"] == {"path": {"partner_id": "any"}, "query": {"customer_id": "nobody"}}
    assert old["query"] == "customer_id=nobody"
    assert conversions["request"] == {"headers": {"X-Language": "en_US"}, "query": {"measure_type": "3"}}


def test_a_refusal_tells_pointer_rule_message_and_page(stage: "Stage", app: Flask) -> None:
    answer = stage.call("solution_provider", "list_sub_customers", limit=101)
    (entry,) = shown(app, stage)
    assert (entry["status"], entry["error_code"], entry["response"]) == (400, "CBC.0100", answer.body)
    assert entry["reason"] == {
        "pointer": "/body/limit",
        "rule": "maximum",
        "message": "101 is more than 100",
        "page": "api-bpconsole/mc_00021.html",
    }
    assert answer.reason == "/body/limit: 101 is more than 100 (api-bpconsole/mc_00021.html)"


def test_a_refusal_by_the_business_points_to_the_argument_too(stage: "Stage", app: Flask) -> None:
    stage.call("solution_provider", "update_customer_account_amount", customer_id="nobody", amount=1)
    (entry,) = shown(app, stage)
    assert (entry["error_code"], entry["reason"]["pointer"]) == ("CBC.99000035", "/body/customer_id")
    assert "nobody" in entry["reason"]["message"]


def test_what_the_contract_does_not_have_is_noted_with_the_likely_name(stage: "Stage", app: Flask) -> None:
    assert stage.call("solution_provider", "list_sub_customers", limits=1).status == 200
    (entry,) = shown(app, stage)
    assert entry["notes"] == [
        {
            "pointer": "/body/limits",
            "rule": "unknown",
            "message": "no such member in the contract, did you mean limit?",
            "page": "api-bpconsole/mc_00021.html",
        }
    ]


def test_entries_are_numbered_in_the_order_of_arrival_on_the_sandboxs_clock(
    stage: "Stage", time: "Clock", app: Flask
) -> None:
    stage.call("solution_provider", "list_sub_customers")
    time.forward(days=31, milliseconds=5)
    stage.call("customer", "list_sub_customers")
    assert [(entry["number"], entry["at"]) for entry in shown(app, stage)] == [
        (1, "2026-03-01T12:00:00.000+00:00"),
        (2, "2026-04-01T12:00:00.005+00:00"),
    ]


def test_a_request_that_is_not_json_is_in_it(stage: "Stage", app: Flask) -> None:
    stage.send("solution_provider", "POST", CREATE, body=b"{")
    (entry,) = shown(app, stage)
    assert (entry["status"], entry["error_code"], entry["request"]) == (400, "APIGW.0201", {})
    assert "JSON" in entry["reason"]["message"]


def test_amounts_keep_their_digits(stage: "Stage", app: Flask) -> None:
    body = b'{"customer_id": "nobody", "amount": 12345678.90}'
    stage.send("solution_provider", "POST", "/v2/accounts/partner-accounts/adjust-amount", body=body)
    answer = app.test_client().get(f"/_mock/sandboxes/{stage.sandbox.id}/journal")
    assert b'"amount":12345678.90' in answer.data


@pytest.mark.parametrize(
    "sent",
    [
        NEW | {"password": SECRET},
        NEW | {"password": SECRET[:1] + " " + SECRET},
        NEW | {"password": SECRET, "domain_name": "1"},
        NEW | {"password": [SECRET]},
        NEW | {"password": {"value": SECRET}},
        NEW | {"password": SECRET, "domain_name": SECRET[::-1]},
        {"password": SECRET * 3},
        [NEW | {"password": SECRET}],
        {"body": NEW | {"password": SECRET}},
    ],
    ids=lambda sent: json.dumps(sent)[:60],
)
def test_a_password_is_neither_in_the_journal_nor_in_the_reason(stage: "Stage", app: Flask, sent: Any) -> None:
    answer = stage.send("solution_provider", "POST", CREATE, body=json.dumps(sent).encode())
    told = json.dumps(shown(app, stage)) + repr(stage.journal) + answer.reason + answer.content.decode()
    assert SECRET not in told
    assert '"xaccount_id": "x1"' in told or "xaccount_id" not in json.dumps(sent)


def test_a_password_in_the_query_is_hidden_too(stage: "Stage", app: Flask) -> None:
    stage.send("solution_provider", "POST", CREATE, query=f"password={SECRET}", body=json.dumps(NEW).encode())
    assert SECRET not in json.dumps(shown(app, stage)) + repr(stage.journal)


def test_a_hidden_password_is_seen_to_have_been_sent(stage: "Stage", app: Flask) -> None:
    stage.call("solution_provider", "create_sub_customer", **NEW, password=SECRET)
    stage.call("solution_provider", "create_sub_customer", **(NEW | {"xaccount_id": "x2"}))
    stage.call("solution_provider", "create_sub_customer", **(NEW | {"xaccount_id": "x3"}), password=None)
    bodies = [entry["request"]["body"] for entry in shown(app, stage)]
    assert [body.get("password", "absent") for body in bodies] == ["***", "absent", None]


def test_keys_signatures_and_tokens_are_not_in_it(stage: "Stage", app: Flask) -> None:
    token = "MIIPAgYJKoZIhvcNAQcCo"
    headers = {"X-Auth-Token": token, "X-Security-Token": token, "Cookie": f"session={token}"}
    answer = stage.send("solution_provider", "POST", "/v2/partners/sub-customers/query", body=b"{}", headers=headers)
    assert answer.status == 200
    told = json.dumps(shown(app, stage)) + repr(stage.journal)
    for secret in (token, stage["solution_provider"].sk, stage["solution_provider"].password, "Signature="):
        assert secret not in told


def test_two_sandboxes_have_two_journals(stage: "Stage", open_world: Any, app: Flask) -> None:
    other = open_world("demo-cn")
    stage.call("solution_provider", "list_sub_customers")
    assert (len(shown(app, stage)), shown(app, other)) == (1, [])


def test_a_reset_empties_it_and_counts_anew(stage: "Stage", app: Flask) -> None:
    stage.call("solution_provider", "list_sub_customers")
    stage.sandbox.reset()
    assert shown(app, stage) == []
    stage.call("solution_provider", "list_sub_customers")
    assert [entry["number"] for entry in shown(app, stage)] == [1]


def test_the_oldest_entries_make_room(stage: "Stage") -> None:
    stage.call("solution_provider", "list_sub_customers")
    journal, (entry,) = Journal(), stage.journal
    for _ in range(KEPT + 3):
        journal.add(replace(entry, number=journal.next_number()))
    kept = [entry.number for entry in journal]
    assert kept == list(range(4, KEPT + 4))
    assert [entry.number for entry in journal.after(KEPT, 2)] == [KEPT + 1, KEPT + 2]
