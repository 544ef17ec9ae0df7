"""Requests that once were answered wrongly, kept as data: what was found by chance must not be lost by chance."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clients.outcome import Failed
from contract_tests.server import Server
from contract_tests.suite.conversation import Conversation
from mockserver.contract.operations import Contract

CONTRACT = Contract()
FOUND = json.loads(Path(__file__).with_name("found.json").read_text(encoding="utf-8"), parse_float=Decimal)


@pytest.mark.parametrize("case", FOUND, ids=lambda case: case["why"])
def test_what_was_found_stays_mended(bss_server: Server, case: Mapping[str, Any]) -> None:
    operation = CONTRACT.get(case["site"], case["operation"])
    assert operation is not None
    with Conversation(bss_server.sandbox(f"demo-{case['site']}")) as conversation:
        principal = conversation.callers(operation)[0]
        outcome = conversation.signed(principal).call(operation, case["document"])
    assert outcome.status == case["status"]
    if isinstance(outcome, Failed):
        assert outcome.error_code == case["code"]
        assert outcome.headers["X-Mock-Reason"].startswith(f"{case['pointer']}: ")
    else:
        assert {name: outcome.result[name] for name in case.get("result", ())} == case.get("result", {})
