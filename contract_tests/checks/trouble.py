"""On a bad day a client waits, repeats what is safe to repeat, gives up in the end, and never lies about what came.

What is safe: a read, and whatever the gateway turned away (429) before it reached the service. A transfer whose answer
was lost may have been made; to repeat it can move the money twice.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Crash, Error, Result
from contract_tests.scenes.trouble import SCENE, SLOW_SCENE, Trouble

MOST = 10
THROTTLED, TOO_MANY = "APIGW.0308", 429


@check("trouble/throttling-is-survived-or-told", SCENE)
def throttling(exchange: Exchange) -> Finding | None:
    """After a 429 a client that repeats gets through, and one that does not reports ``APIGW.0308``."""
    outcome = exchange.outcome
    if _trouble(exchange).name != "throttled" or not isinstance(outcome, Error):
        return None
    if _retries(exchange):
        if outcome.code == THROTTLED or outcome.status == TOO_MANY:
            return Finding("one 429 and the client gave up", "Wait a moment and call again: nothing was done.")
    elif outcome.code != THROTTLED:
        words = f"the gateway said {THROTTLED}, the client reported {outcome.code}"
        return Finding(words, "Who calls you has to know that he may try again.", f"/{THROTTLED}/code")
    return None


@check("trouble/repeats-end", SCENE)
def repeats_end(exchange: Exchange) -> Finding | None:
    """A call that fails for ever is given up after a handful of requests."""
    sent = len(_sent(exchange))
    if sent > MOST:
        hint = "Three to five tries with growing pauses are enough; more keep a cloud down that is down."
        return Finding(f"{sent} requests for one call, at most {MOST} are borne", hint, f"/{_trouble(exchange).name}")
    return None


@check("trouble/reads-recover", SCENE)
def reads_recover(exchange: Exchange) -> Finding | None:
    """A client that repeats calls gets the result of a read when only its first request went wrong."""
    trouble, outcome = _trouble(exchange), exchange.outcome
    if not (_retries(exchange) and exchange.operation.reads and trouble.ends) or isinstance(outcome, Result):
        return None
    hint = "A read changes nothing: repeat it after 5xx, a closed connection and a body that is no JSON."
    return Finding(f"the first answer was lost ({trouble.name}), the second was never asked for", hint)


@check("trouble/lost-is-no-success", SCENE)
def lost_is_no_success(exchange: Exchange) -> Finding | None:
    """An answer that never came, came in pieces or said 5xx is not returned as a result."""
    trouble = _trouble(exchange)
    came_through = trouble.ends and len(_sent(exchange)) > 1
    if isinstance(exchange.outcome, Result) and not came_through:
        hint = "Only a whole body of JSON with the documented status says that something was done."
        return Finding(f"nothing good was answered ({trouble.name}), a result was returned", hint, f"/{trouble.name}")
    return None


@check("trouble/does-not-crash", SCENE)
def does_not_crash(exchange: Exchange) -> Finding | None:
    """Whatever happens to the connection is an error of the client's own kind."""
    if isinstance(exchange.outcome, Crash):
        name = _trouble(exchange).name
        hint = "Catch what your HTTP library raises, also while the body is read, and report it."
        return Finding(f"{name} broke the client: {exchange.outcome.words}", hint, f"/{name}")
    return None


@check("trouble/money-moves-once", SCENE)
def money_moves_once(exchange: Exchange) -> Finding | None:
    """What moves money or value is not asked for again when its answer was lost."""
    trouble, sent = _trouble(exchange), _sent(exchange)
    if not exchange.operation.money or not trouble.acts or len(sent) <= 1:
        return None
    ran = sum(entry["fidelity"] is not None for entry in sent)
    hint = "Do not repeat it; look into the records whether it was done, or report that nobody knows."
    return Finding(f"the answer was lost ({trouble.name}), and it was asked for again: it ran {ran} times", hint)


@check("trouble/slow-answers-are-awaited", SLOW_SCENE)
def slow_answers(exchange: Exchange) -> Finding | None:
    """An answer that takes two seconds is awaited, once."""
    trouble = _trouble(exchange)
    if trouble.name != "late":
        return None
    if not isinstance(exchange.outcome, Result):
        hint = "Some operations need many seconds; wait for 30 or more."
        return Finding("an answer after two seconds was not awaited", hint)
    if len(_sent(exchange)) > 1:
        return Finding("the call was repeated while its answer was on the way", "Wait longer before giving up.")
    return None


def _trouble(exchange: Exchange) -> Trouble:
    trouble: Trouble = exchange.told["trouble"]
    return trouble


def _retries(exchange: Exchange) -> bool:
    return bool(exchange.told["retries"])


def _sent(exchange: Exchange) -> Sequence[Mapping[str, Any]]:
    """The requests of this call that reached the server."""
    return [entry for entry in exchange.entries if entry["operation"] == exchange.operation.name]
