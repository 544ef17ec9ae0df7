"""What the documentation pages show is what the contract allows and the emulator takes."""

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clients.outcome import Failed
from contract_tests.server import Server
from contract_tests.strategies.judging import faults
from contract_tests.suite.conversation import Conversation
from mockserver.contract.operations import UNKNOWN_PAGE, Contract, Operation

CONTRACT = Contract()
FOLDER = Path(__file__).with_name("examples")


def _examples(shown: str) -> list[Any]:
    """Those that have a ``request`` or a ``response``."""
    return [
        pytest.param(example, id=f"{file.stem}-{number}")
        for file in sorted(FOLDER.glob("*.json"))
        for number, example in enumerate(json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal), 1)
        if example[shown] is not None
    ]


@pytest.mark.parametrize("example", _examples("request"))
def test_a_request_that_a_page_shows_is_taken(bss_server: Server, example: Mapping[str, Any]) -> None:
    operation = _operation(example)
    assert not faults(operation, example["request"])
    with Conversation(bss_server.sandbox(f"demo-{operation.site}")) as conversation:
        callers = conversation.callers(operation)
        assert callers
        for principal in callers:
            outcome = conversation.signed(principal).call(operation, example["request"])
            # The page's customers are not in this world.
            if isinstance(outcome, Failed):
                assert conversation.entry()["reason"]["rule"] == "state"
                assert outcome.error_code in operation.errors
            else:
                assert conversation.entry()["notes"] == []


@pytest.mark.parametrize("example", _examples("response"))
def test_a_response_that_a_page_shows_is_one_of_the_contract(example: Mapping[str, Any]) -> None:
    operation = _operation(example)
    assert example["response"]["status"] == operation.success
    assert list(operation.response_rules.iter_errors(example["response"]["body"])) == []


def _operation(example: Mapping[str, Any]) -> Operation:
    operation = CONTRACT.get(example["site"], example["operation"])
    assert operation is not None
    assert operation.page == (example["page"] or UNKNOWN_PAGE)
    return operation
