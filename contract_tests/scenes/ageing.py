"""Time passes: tokens expire, and clocks go wrong."""

from dataclasses import dataclass

from contract_tests.checks.exchange import Exchange
from contract_tests.clients.adapter import TOKEN
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes.calls import good_answer, plain_call
from contract_tests.scenes.registry import scene_of_cases
from contract_tests.scenes.selection import reading, spread
from mockserver.contract.operations import Operation

TOKEN_SCENE, SKEW_SCENE = "expiring", "skewed"
# A token lives for 24 hours.
DAY_AND_AN_HOUR = 25 * 3600
SKEWED = CONTRACT.catalogue.gateway("stale_date")


@dataclass(frozen=True, slots=True)
class Expiry:
    """``seconds`` pass between two calls; none, and the token is refused before its time."""

    name: str
    seconds: int


EXPIRIES = (Expiry("expired", DAY_AND_AN_HOUR), Expiry("refused early", 0))


def with_tokens(stage: Stage, operation: Operation) -> bool:
    return TOKEN in stage.offer.features and reading(stage, operation)


@scene_of_cases(TOKEN_SCENE, lambda *_: EXPIRIES, with_tokens)
def expiring(stage: Stage, operation: Operation, expiry: Expiry) -> Exchange:
    """Two good calls, and between them the token ends."""
    document, principal = plain_call(stage, operation)
    served = good_answer(stage, operation)
    before = stage.exchange(operation, document, principal, served=served)
    fault = None
    if expiry.seconds:
        stage.advance(operation.site, expiry.seconds)
    else:
        fault = {"action": {"code": "bad_token"}}
    return stage.exchange(
        operation, document, principal, served=served, fault=fault, expiry=expiry, before=before.outcome
    )


@scene_of_cases(SKEW_SCENE, lambda *_: [None], spread)
def skewed(stage: Stage, operation: Operation, _: None) -> Exchange:
    """A good call whose date the gateway does not accept."""
    fault = {"action": {"code": "stale_date"}, "times": None}
    return stage.exchange(operation, *plain_call(stage, operation), fault=fault)
