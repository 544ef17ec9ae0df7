"""Calls that scenes begin with: who may call, with which arguments."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import strategies as st

from contract_tests.driving.known import known
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.strategies import requests, simplest
from mockserver.contract.operations import Operation


def drawn_call(stage: Stage, operation: Operation, data: st.DataObject) -> tuple[Mapping[str, Any], str]:
    """Arguments with all combinations of the optional ones, and somebody who may call."""
    principal = data.draw(st.sampled_from(stage.callers(operation)), "principal")
    document = data.draw(requests(operation, known=known(stage.world(operation.site))), "arguments")
    return document, principal


def plain_call(stage: Stage, operation: Operation) -> tuple[Mapping[str, Any], str]:
    """The simplest arguments, for scenes that are about something else."""
    return _simplest(operation.site, operation.name), stage.callers(operation)[0]


@cache
def _simplest(site: str, name: str) -> Mapping[str, Any]:
    operation = CONTRACT.get(site, name)
    assert operation is not None
    return simplest(operation)
