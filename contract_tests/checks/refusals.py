"""A call that failed is reported as failed, with what support will ask for: code, message, request ID."""

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Crash, Error, Result
from contract_tests.scenes.refusals import OK, SCENE, Refusal

_SAID = ("documented", "gateway", "unknown")


@check("errors/are-reported", SCENE)
def are_reported(exchange: Exchange) -> Finding | None:
    """What was refused with an error status is an error to the caller, never a result."""
    refusal = _refusal(exchange)
    if refusal.status != OK and isinstance(exchange.outcome, Result):
        hint = "Look at the status before the body: 4xx and 5xx are failures."
        return Finding(f"status {refusal.status} was returned as a result", hint)
    return None


@check("errors/success-with-a-code-is-an-error", SCENE)
def success_with_a_code(exchange: Exchange) -> Finding | None:
    """An answer with the status of success and an error code is an error to the caller."""
    refusal = _refusal(exchange)
    if refusal.status == OK and refusal.code and isinstance(exchange.outcome, Result):
        hint = "Some pages answer errors with HTTP 200: look for error_code in every body; CBC.0000 is no error."
        return Finding(f"HTTP 200 with {refusal.code} was returned as a result", hint, "/error_code")
    return None


@check("errors/do-not-crash", SCENE)
def do_not_crash(exchange: Exchange) -> Finding | None:
    """No refusal breaks the client, not even one that is no JSON or has no body."""
    if isinstance(exchange.outcome, Crash):
        kind = _refusal(exchange).kind
        hint = "A body can be HTML of a proxy, or empty: report the status, and what there was of a body."
        return Finding(f"an answer ({kind}) broke the client: {exchange.outcome.words}", hint, f"/{kind}")
    return None


@check("errors/unreadable-success-is-an-error", SCENE)
def unreadable_success(exchange: Exchange) -> Finding | None:
    """An answer with the status of success that cannot be read is an error, not an empty result."""
    refusal = _refusal(exchange)
    if refusal.status == OK and refusal.code is None and isinstance(exchange.outcome, Result):
        hint = "Whoever asked for a balance must not be told that there is none."
        return Finding(f"an answer ({refusal.kind}) was returned as a result", hint, f"/{refusal.kind}")
    return None


@check("errors/keep-the-code", SCENE)
def keep_the_code(exchange: Exchange) -> Finding | None:
    """The error code of the answer reaches the caller."""
    return _kept(exchange, "code", "Programs decide by the code; it is in error_code, of the gateway's answers too.")


@check("errors/keep-the-message", SCENE)
def keep_the_message(exchange: Exchange) -> Finding | None:
    """The words of the answer reach the caller."""
    return _kept(exchange, "message", "People decide by the words; they are in error_msg.")


@check("errors/keep-the-status", SCENE)
def keep_the_status(exchange: Exchange) -> Finding | None:
    """The HTTP status reaches the caller, where the client reports one at all."""
    refusal, outcome = _refusal(exchange), exchange.outcome
    if isinstance(outcome, Error) and outcome.status not in (None, refusal.status):
        return _different(refusal, "status", refusal.status, outcome.status, "Report the status that came.")
    return None


@check("errors/keep-the-request-id", SCENE)
def keep_the_request_id(exchange: Exchange) -> Finding | None:
    """The request ID reaches the caller: without it nobody can find the call in the cloud's logs."""
    outcome, sent = exchange.outcome, exchange.entry.get("request_id")
    if isinstance(outcome, Error) and sent and outcome.request_id != sent:
        return _different(
            _refusal(exchange),
            "request id",
            sent,
            outcome.request_id,
            "It is in the header X-Request-Id of every answer.",
        )
    return None


def _kept(exchange: Exchange, name: str, hint: str) -> Finding | None:
    refusal, outcome = _refusal(exchange), exchange.outcome
    if refusal.kind not in _SAID or not isinstance(outcome, Error):
        return None
    said, kept = getattr(refusal, name), getattr(outcome, name)
    # Some put more around the words; that is their right.
    if said == kept or (name == "message" and said in (kept or "")):
        return None
    return _different(refusal, name, said, kept, hint)


def _different(refusal: Refusal, name: str, expected: object, came: object, hint: str) -> Finding:
    pointer = f"/{refusal.code or refusal.kind}/{name}"
    return Finding(f"the {name} was {expected}, the client reported {came}", hint, pointer, expected, came)


def _refusal(exchange: Exchange) -> Refusal:
    refusal: Refusal = exchange.told["refusal"]
    return refusal
