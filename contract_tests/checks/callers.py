"""Whoever may not call is told so, and so that it cannot be taken for a wrong signature or a wrong site."""

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Crash, Error, Outcome, Result
from contract_tests.scenes.callers import SCENE, Stranger

_CALLER = "caller"


@check("callers/may-not-is-an-error", SCENE)
def may_not_is_an_error(exchange: Exchange) -> Finding | None:
    """Who may not call an operation gets an error, not a result and not a crash."""
    match exchange.outcome:
        case Result(value=value):
            return Finding(f"{exchange.principal.name} may not call and was returned {value!r}", "403 is no result.")
        case Crash(words=words):
            return Finding(f"the refusal broke the client: {words}", "Report what was answered.")
    return None


@check("callers/the-refusal-is-told", SCENE)
def the_refusal_is_told(exchange: Exchange) -> Finding | None:
    """The error has the code that the page has for callers of the wrong kind."""
    stranger, outcome = _stranger(exchange), exchange.outcome
    if not isinstance(outcome, Error) or outcome.code == stranger.code:
        return None
    words = f"{stranger.name} was refused with {stranger.code}, the client reported {outcome.code}"
    hint = "Keep error_code; it says that another account has to call, and that to try again is no use."
    return Finding(words, hint, f"/{stranger.code}/code", stranger.code, outcome.code)


@check("callers/refusals-differ", SCENE)
def refusals_differ(exchange: Exchange) -> Finding | None:
    """The wrong kind of account, a wrong signature and an account of the other site are three different errors."""
    refusals = {
        "a caller of the wrong kind": exchange.outcome,
        "wrong keys": exchange.told["forged"],
        "an account of the other site": exchange.told["abroad"],
    }
    seen: dict[tuple[int | None, str | None], str] = {}
    for reason, outcome in refusals.items():
        looks = _looks(outcome)
        if looks is None:
            continue
        if looks in seen:
            hint = "Report status and code as they came, those of the gateway (APIGW...) too."
            return Finding(f"{seen[looks]} and {reason} are both reported as {looks}", hint)
        seen[looks] = reason
    return None


@check("callers/keys-are-the-callers", SCENE)
def keys_are_the_callers(exchange: Exchange) -> Finding | None:
    """A call is made with the keys of the principal that it was asked for, also after another one called."""
    if isinstance(exchange.told["forged"], Result):
        hint = "Clients, sessions and tokens that are kept belong to one account with its keys: keep them by both."
        return Finding("a call with wrong keys went well: it was made with the keys of an earlier call", hint)
    used = {entry["principal"] for entry in exchange.entries} - {exchange.principal.name}
    if used:
        hint = "Do not keep a client, a session or a token for all accounts."
        return Finding(f"asked as {exchange.principal.name}, called as {', '.join(sorted(used))}", hint)
    return None


@check("callers/may-call", "sending", passive=True)
def may_call(exchange: Exchange) -> Finding | None:
    """An operation is called by an account of a kind that its page names."""
    for entry in exchange.entries:
        if (entry["reason"] or {}).get("rule") == _CALLER:
            hint = "Partner operations take a partner's keys, customer operations a customer's; the page says which."
            return Finding(entry["reason"]["message"], hint)
    return None


def _looks(outcome: Outcome) -> tuple[int | None, str | None] | None:
    return (outcome.status, outcome.code) if isinstance(outcome, Error) else None


def _stranger(exchange: Exchange) -> Stranger:
    stranger: Stranger = exchange.told["stranger"]
    return stranger
