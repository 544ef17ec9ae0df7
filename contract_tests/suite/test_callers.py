"""Who may call what: every principal tries every operation; the schema file says who is let through."""

from contract_tests.strategies import simplest
from contract_tests.suite import refusals
from contract_tests.suite.conversation import Conversation, may_call
from mockserver.contract.operations import Operation


def test_only_the_documented_callers_are_let_through(operation: Operation, conversation: Conversation) -> None:
    document = simplest(operation)
    for name, who in conversation.world.principals.items():
        outcome = conversation.client(name, operation).call(operation, document)
        entry = conversation.entry()
        denied = refusals.denied(operation, document)
        if may_call(operation, who.kind):
            assert refusals.of(outcome) != denied, f"{name} may call {operation.name}: {entry['reason']}"
        else:
            assert refusals.of(outcome) == denied, f"{name}, a {who.kind}, may not call {operation.name}"
            assert entry["reason"]["rule"] == "caller"


def test_who_may_not_call_is_not_told_what_else_is_wrong(operation: Operation, conversation: Conversation) -> None:
    """A real gateway asks who is calling before the service looks at parameters."""
    denied = refusals.denied(operation)
    for name, who in conversation.world.principals.items():
        if not may_call(operation, who.kind):
            wrong = conversation.signed(name).send(operation.method, _path(operation), body=b'{"limit": "wrong"}')
            assert (wrong.status_code, wrong.json()["error_code"]) == denied[:2]


def _path(operation: Operation) -> str:
    return operation.path.replace("{", "").replace("}", "")
