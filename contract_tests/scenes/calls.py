"""Calls that scenes begin with: who may call, with which arguments."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from hypothesis import strategies as st

from contract_tests.clients.outcome import Answered
from contract_tests.clients.signed import SignedClient
from contract_tests.driving.known import known
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.strategies import requests, simplest
from mockserver.contract.operations import Operation

# Whose customers the first known ones are.
_PARTNER = "solution_provider"
_KNOWN = ("customer_id", "indirect_partner_id")


def drawn_call(stage: Stage, operation: Operation, data: st.DataObject) -> tuple[Mapping[str, Any], str]:
    """Arguments with all combinations of the optional ones, and somebody who may call."""
    principal = data.draw(st.sampled_from(stage.callers(operation)), "principal")
    document = data.draw(requests(operation, known=known(stage.world(operation.site))), "arguments")
    return document, principal


def plain_call(stage: Stage, operation: Operation) -> tuple[Mapping[str, Any], str]:
    """The simplest arguments, for scenes that are about something else."""
    return _simplest(operation.site, operation.name), stage.callers(operation)[0]


def telling_call(stage: Stage, operation: Operation) -> tuple[Mapping[str, Any], str]:
    """The simplest arguments about the caller's own customers and partners, so that most operations do their work."""
    document, principal = plain_call(stage, operation)
    principal = _PARTNER if _PARTNER in stage.callers(operation) else principal
    values = known(stage.world(operation.site))
    return {place: _told(members, values) for place, members in document.items()}, principal


def good_answer(stage: Stage, operation: Operation) -> Any:
    """What the server answers to such a call; an empty body where it refuses it."""
    key = (stage.world(operation.site).id, operation.name)
    if key not in _answers:
        document, principal = telling_call(stage, operation)
        client = SignedClient(stage.world(operation.site).url, stage.principal(operation.site, principal))
        stage.set_faults(operation)
        outcome = client.call(operation, document)
        client.close()
        stage.journal(operation.site)
        _answers[key] = outcome.result if isinstance(outcome, Answered) else {}
    return _answers[key]


_answers: dict[tuple[str, str], Any] = {}


def _told(value: Any, values: Mapping[str, Sequence[str]]) -> Any:
    if isinstance(value, Mapping):
        return {name: values[name][0] if name in _KNOWN else _told(item, values) for name, item in value.items()}
    return [_told(item, values) for item in value] if isinstance(value, list) else value


@cache
def _simplest(site: str, name: str) -> Mapping[str, Any]:
    operation = CONTRACT.get(site, name)
    assert operation is not None
    return simplest(operation)
