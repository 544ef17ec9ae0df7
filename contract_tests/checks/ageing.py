"""What was good a while ago need not be good now: dates of signatures, tokens, the machine's own clock."""

from itertools import pairwise

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Crash, Error, Result
from contract_tests.scenes.ageing import SKEW_SCENE, SKEWED, TOKEN_SCENE, Expiry
from contract_tests.scenes.trouble import SLOW_SCENE


@check("time/repeats-are-signed-anew", SLOW_SCENE)
def signed_anew(exchange: Exchange) -> Finding | None:
    """A call that is repeated is signed again, with the date of the repeat."""
    for first, second in pairwise(exchange.entries):
        signed, again = first["signed_at"], second["signed_at"]
        if signed is not None and signed == again:
            words = f"sent again more than a second later with the date {again} of the first request"
            hint = "Sign for each request: a signature is refused 15 minutes after its X-Sdk-Date."
            return Finding(words, hint)
    return None


@check("time/expired-token-is-renewed", TOKEN_SCENE)
def token_is_renewed(exchange: Exchange) -> Finding | None:
    """A client that signs in gets itself a new token when the old one has ended, and the call goes on."""
    if isinstance(exchange.outcome, Result):
        return None
    expiry: Expiry = exchange.told["expiry"]
    status = exchange.outcome.status if isinstance(exchange.outcome, Error) else None
    words = f"the token ({expiry.name}) was not renewed, status {status}"
    return Finding(words, "On a 401 sign in again and repeat the call once; nothing was done by the first.")


@check("time/skew-is-told", SKEW_SCENE)
def skew_is_told(exchange: Exchange) -> Finding | None:
    """A date that the gateway refuses is reported in its words, so that somebody looks at the clock."""
    match exchange.outcome:
        case Result() | Crash():
            return Finding("a request with a refused date did not end in an error", "401 is an error.")
        case Error(code=code) if code != SKEWED.code:
            words = f"the gateway said {SKEWED.code}, the client reported {code}"
            return Finding(words, "Keep error_code of the gateway's answers.", expected=SKEWED.code, came=code)
        case Error(message=message) if _WORDS not in message.lower():
            words = f"the gateway spoke of the date, the client reported {message!r}"
            return Finding(words, "Keep error_msg; without it a wrong clock looks like a wrong key.")
    return None


# What the gateway's message has and no other with its code.
_WORDS = SKEWED.message.partition("{")[0].partition(":")[2].strip().partition(",")[0].lower()
