"""A bad day: throttled, broken behind the gateway, cut off before and after the server acted."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from contract_tests.checks.exchange import Exchange
from contract_tests.clients.adapter import RETRY
from contract_tests.driving.stage import Stage
from contract_tests.scenes.calls import good_answer, telling_call
from contract_tests.scenes.registry import scene_of_cases
from contract_tests.scenes.selection import reading, spread
from mockserver.contract.operations import Operation

SCENE, SLOW_SCENE = "trouble", "waiting"
NO_CONTENT = 204
# How long a request that was given up may take to end, and how often is looked.
_PATIENCE, _LOOK = 5.0, 0.02
_PAGE = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True, slots=True)
class Trouble:
    """``action``: of the fault. ``acts``: the server does what it was asked, and then the answer is lost.

    ``ends``: it strikes the first request only. ``breaks``: it spoils a good answer.
    """

    name: str
    action: Mapping[str, Any]
    acts: bool = False
    ends: bool = True
    breaks: bool = False


TROUBLES = (
    Trouble("dropped-after", {"drop": "after"}, acts=True),
    Trouble("failed-after", {"status": 502, "text": _PAGE, "runs": True}, acts=True),
    Trouble("cut", {"truncate": 1}, acts=True, breaks=True),
    Trouble("corrupt", {"corrupt": True}, acts=True, breaks=True),
    Trouble("throttled", {"code": "throttled"}),
    Trouble("throttled-for-ever", {"code": "throttled"}, ends=False),
    Trouble("dropped-before", {"drop": "before"}),
    Trouble("unavailable", {"status": 503}),
    Trouble("unavailable-for-ever", {"status": 503}, ends=False),
    Trouble("internal-error", {"code": "internal_error"}),
)
SLOW = (
    Trouble("throttled-late", {"code": "throttled", "delay_seconds": 1.1}),
    Trouble("late", {"delay_seconds": 2.0}),
)


def troubles(_: Stage, operation: Operation) -> Sequence[Trouble]:
    """All of them; an answer without a body cannot be broken."""
    return [one for one in TROUBLES if not (one.breaks and operation.success == NO_CONTENT)]


@scene_of_cases(SCENE, troubles, spread, share=2.5)
def in_trouble(stage: Stage, operation: Operation, trouble: Trouble) -> Exchange:
    """A good call into trouble; what reads is answered well when it is repeated, anything else is done again."""
    document, principal = telling_call(stage, operation)
    retries = RETRY in stage.offer.features
    served = good_answer(stage, operation) if operation.reads else None
    action = trouble.action
    if trouble.breaks and served is not None:
        action = _broken(action, served)
    fault = {"action": action, "times": 1 if trouble.ends else None}
    return stage.exchange(operation, document, principal, served=served, fault=fault, trouble=trouble, retries=retries)


@scene_of_cases(SLOW_SCENE, lambda *_: SLOW, reading)
def in_no_hurry(stage: Stage, operation: Operation, trouble: Trouble) -> Exchange:
    """A good call that is answered late. A request that the client gave up is in the journal when it is over."""
    good_answer(stage, operation)
    begun = stage.seen(operation.site)
    exchange = in_trouble(stage, operation, trouble)
    arrived = stage.fault(operation.site)["seen"]
    stage.set_faults(operation)
    entries, end = exchange.entries, time.monotonic() + _PATIENCE
    while len(entries) < arrived and time.monotonic() < end:
        time.sleep(_LOOK)
        entries = stage.journal(operation.site, since=begun)
    return replace(exchange, entries=sorted(entries, key=lambda entry: entry["number"]))


def _broken(action: Mapping[str, Any], served: Any) -> Mapping[str, Any]:
    """The good answer, spoilt; cut in the middle."""
    half = {"truncate": max(1, len(_encoder.encode(served)) // 2)} if "truncate" in action else {}
    return {"body": served, **action, **half}
