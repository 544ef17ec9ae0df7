"""Calls by somebody who may not, beside two other refusals with which that is easily confused.

Three reasons for no: the account is of the wrong kind (the page's code, 403), the signature or the password is wrong
(the gateway's, 401), the account is of the other site (``CBC.0156``). Whoever is told the wrong one looks for hours
in the wrong place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from contract_tests.checks.exchange import Exchange
from contract_tests.driving.stage import Stage
from contract_tests.scenes.calls import plain_call
from contract_tests.scenes.registry import has_caller, scene_of_cases
from mockserver.contract import callers
from mockserver.contract.catalogue import SITE_LANGUAGE
from mockserver.contract.operations import Operation

SCENE = "strangers"
ABROAD = "CBC.0156"


@dataclass(frozen=True, slots=True)
class Stranger:
    """``name``: the principal that may not call. ``status``, ``code`` and ``message``: how the page says so."""

    name: str
    status: int
    code: str
    message: str


def strangers(stage: Stage, operation: Operation) -> Sequence[Stranger]:
    """One partner and one customer, if they may not call."""
    code = callers.refusal(operation)
    error = operation.errors.get(code) or operation.catalogue.documented(code)
    found: dict[bool, Stranger] = {}
    for name, who in stage.world(operation.site).principals.items():
        if not callers.answers_to(operation, who.kind):
            partner = who.kind in callers.PARTNERS
            message = error.messages[SITE_LANGUAGE[operation.site]]
            found.setdefault(partner, Stranger(name, error.status, code, message))
    return list(found.values())


def has_strangers(stage: Stage, operation: Operation) -> bool:
    return has_caller(stage, operation) and bool(strangers(stage, operation))


@scene_of_cases(SCENE, strangers, has_strangers)
def asking_as_a_stranger(stage: Stage, operation: Operation, stranger: Stranger) -> Exchange:
    """The simplest call by a principal that may not; ``told`` has what the client says to the two other refusals."""
    document, allowed = plain_call(stage, operation)
    who = stage.principal(operation.site, allowed)
    forger = replace(who, name=f"{who.name} with wrong keys", sk=who.sk[::-1], password=who.password[::-1])
    forged = stage.exchange(operation, document, forger)
    abroad = stage.exchange(operation, document, allowed, fault={"action": {"code": ABROAD}, "times": None})
    return stage.exchange(
        operation, document, stranger.name, stranger=stranger, forged=forged.outcome, abroad=abroad.outcome
    )
