"""Every answer can be named: the header X-Request-Id, and where the body has a request_id, the same one."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Flask

from mockserver.app import create_app
from mockserver.store.sandboxes import Sandbox

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

    StageOf = Callable[[Flask, Sandbox], Stage]

CUSTOMERS = "/v2/partners/sub-customers/query"


def every_kind_of_answer(stage: "Stage") -> "dict[str, Answered]":
    return {
        "success": stage.call("solution_provider", "list_sub_customers"),
        "success without a body": stage.call(
            "solution_provider", "send_verification_message_code", receiver_type=1, mobile_phone="13912345678"
        ),
        "refused caller": stage.call("customer", "list_sub_customers"),
        "refused parameter": stage.call("solution_provider", "list_sub_customers", limit=0),
        "refused by the business": stage.call(
            "solution_provider", "update_customer_account_amount", customer_id="nobody", amount=1
        ),
        "refusal with status 200": stage.call(
            "solution_provider", "legacy_partner_account_balances", partner_id="any", customer_id="nobody"
        ),
        "not JSON": stage.send("solution_provider", "POST", CUSTOMERS, body=b"{"),
        "unknown path": stage.send("solution_provider", "GET", "/v2/nothing"),
        "unknown method": stage.send("solution_provider", "DELETE", CUSTOMERS),
        "nobody": stage.send(None, "POST", CUSTOMERS),
    }


def test_every_answer_has_an_id_of_32_hex_digits(stage: "Stage") -> None:
    for kind, answer in every_kind_of_answer(stage).items():
        assert re.fullmatch("[0-9a-f]{32}", answer.headers["X-Request-Id"]), kind


def test_no_two_answers_have_the_same_one(stage: "Stage") -> None:
    answers = [*every_kind_of_answer(stage).values(), *every_kind_of_answer(stage).values()]
    assert len({answer.headers["X-Request-Id"] for answer in answers}) == len(answers)


def test_the_gateways_bodies_repeat_it_and_the_services_have_none(stage: "Stage") -> None:
    for kind, answer in every_kind_of_answer(stage).items():
        body = answer.body if answer.content else {}
        if str(body.get("error_code")).startswith("APIGW."):
            assert list(body) == ["error_msg", "error_code", "request_id"], kind
            assert body["request_id"] == answer.headers["X-Request-Id"], kind
        else:
            assert "request_id" not in body, kind


def test_every_refusal_says_why_and_no_success_does(stage: "Stage") -> None:
    for kind, answer in every_kind_of_answer(stage).items():
        assert bool(answer.reason) != kind.startswith("success"), kind


def test_the_journal_knows_a_request_by_it(stage: "Stage") -> None:
    answers = every_kind_of_answer(stage)
    arrived = [answer for kind, answer in answers.items() if kind not in ("unknown path", "unknown method", "nobody")]
    assert [entry.request_id for entry in stage.journal] == [answer.headers["X-Request-Id"] for answer in arrived]


def test_the_same_world_and_the_same_calls_give_the_same_ids_and_bytes(stage_of: "StageOf") -> None:
    def answers(seed: int | None) -> list[tuple[str, bytes]]:
        app = create_app(["demo-cn"], seed=seed)
        stage = stage_of(app, app.extensions["bss_mock"].get("cn"))
        asked = [stage.call("solution_provider", "list_sub_customers", offset=offset) for offset in range(3)]
        return [(answer.headers["X-Request-Id"], answer.content) for answer in asked]

    assert answers(None) == answers(None)
    assert not set(answers(None)) & set(answers(5))
