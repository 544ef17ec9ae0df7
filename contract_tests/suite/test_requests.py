"""Whatever the contract allows arrives as it was given, and what the emulator answers is what the client returns."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contract_tests.checks.comparing import differences, seen, shown, without_nulls
from contract_tests.clients import official
from contract_tests.clients.outcome import Answered, Failed, Outcome
from contract_tests.profile import EACH_OPERATION
from contract_tests.strategies import requests
from contract_tests.suite.conversation import Conversation
from mockserver.contract.operations import Operation

Known = Mapping[str, Mapping[str, Sequence[str]]]


@EACH_OPERATION
@given(data=st.data())
def test_nothing_is_lost_either_way(
    operation: Operation, conversation: Conversation, callers: Sequence[str], known: Known, data: st.DataObject
) -> None:
    """Through the official SDK all that it can say, and through the plain client the rest."""
    principal = data.draw(st.sampled_from(callers), "principal")
    document = data.draw(requests(operation, known=known[operation.site]), "document")
    said = None
    if official.knows(operation):
        client = conversation.official(principal)
        said = client.said(operation, document)
        _converse(conversation, operation, said, client.call(operation, document), returned=without_nulls)
    if said != document:
        _converse(conversation, operation, document, conversation.signed(principal).call(operation, document))


def _converse(
    conversation: Conversation,
    operation: Operation,
    document: Mapping[str, Any],
    outcome: Outcome,
    returned: Callable[[Any], Any] = lambda response: response,
) -> None:
    """``returned``: what of a response a client can return."""
    entry = conversation.entry()
    assert entry["operation"] == operation.name
    assert not differences(seen(operation, document), shown(entry["request"])), "the server saw something else"
    assert entry["notes"] == [], "the server knows less than its contract, or answers what it does not allow"
    assert outcome.status == entry["status"]
    if isinstance(outcome, Failed):
        _is_a_documented_refusal(operation, outcome, entry)
    else:
        _is_what_was_sent(outcome, returned(entry["response"]))


def _is_what_was_sent(outcome: Answered, response: Any) -> None:
    # Without a body the SDK returns an object without members, the plain client nothing.
    assert not differences(outcome.result or None, response or None), "the client returned something else"


def _is_a_documented_refusal(operation: Operation, outcome: Failed, entry: Mapping[str, Any]) -> None:
    """A valid request is refused only for the state of things, by a code that the page lists."""
    assert entry["reason"]["rule"] == "state", entry["reason"]
    assert outcome.error_code in operation.errors, f"{outcome.error_code} is not on the page: {entry['reason']}"
    assert outcome.request_id == entry["request_id"]
    assert (outcome.error_code, outcome.error_msg) == (entry["response"]["error_code"], entry["response"]["error_msg"])
