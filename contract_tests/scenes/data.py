"""What goes in and what comes out, while nothing goes wrong."""

from hypothesis import strategies as st

from contract_tests.checks.exchange import Exchange
from contract_tests.driving.stage import Stage
from contract_tests.scenes.calls import drawn_call, plain_call
from contract_tests.scenes.registry import has_caller, scene
from contract_tests.strategies.responses import responses
from mockserver.contract.operations import Operation

NO_CONTENT = 204


@scene("sending")
def sending(stage: Stage, operation: Operation, data: st.DataObject) -> Exchange:
    """Any arguments that the contract allows."""
    return stage.exchange(operation, *drawn_call(stage, operation, data))


def has_an_answer(stage: Stage, operation: Operation) -> bool:
    return has_caller(stage, operation) and (
        operation.success == NO_CONTENT or bool(operation.response.get("properties"))
    )


@scene("answering", has_an_answer)
def answering(stage: Stage, operation: Operation, data: st.DataObject) -> Exchange:
    """Any answer that the contract allows, and some of next year's; none where the status says so."""
    if operation.success == NO_CONTENT:
        nothing = {"action": {"status": NO_CONTENT}, "times": None}
        return stage.exchange(operation, *plain_call(stage, operation), fault=nothing)
    served = data.draw(responses(operation), "answer")
    return stage.exchange(operation, *plain_call(stage, operation), served=served)
