"""Over many calls: what the client returned is what the server answered, and the money is where the client has it."""

from contract_tests.checks.answering import spoken
from contract_tests.checks.differences import differences, shown
from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.clients.adapter import Result
from contract_tests.scenes.sequences import SCENE, Money, as_answered


@check("sequences/one-call-is-one-request", SCENE)
def one_request(exchange: Exchange) -> Finding | None:
    """While nothing goes wrong each call is one request."""
    sent = [entry["operation"] for entry in exchange.entries]
    if sent == [exchange.operation.name]:
        return None
    words = f"one {exchange.operation.name} was asked for, the server saw {', '.join(map(str, sent)) or 'nothing'}"
    return Finding(words, "An answer that is kept from an earlier call is out of date after the next transfer.")


@check("sequences/outcomes-are-the-servers", SCENE)
def outcomes(exchange: Exchange) -> Finding | None:
    """A result is what the server answered to this very call, an error is its refusal."""
    entry = exchange.entry
    if not as_answered(exchange):
        words = f"the server answered {entry.get('status')} {entry.get('error_code') or ''}, the client says otherwise"
        return Finding(words, "Judge by the status and by error_code.")
    if not isinstance(exchange.outcome, Result) or not entry:
        return None
    served = spoken(entry["response"]) or {}
    found = next(differences(served, spoken(exchange.outcome.value) or {}), None)
    if found is None:
        return None
    words = f"{found.pointer or '/'} was {shown(found.expected)}, the client returned {shown(found.came)}"
    hint = "Do not keep answers; each call returns its own."
    return Finding(words, hint, found.pointer, found.expected, found.came)


@check("sequences/money-is-where-it-is-believed", SCENE)
def money(exchange: Exchange) -> Finding | None:
    """After any calls each account holds what the client's results say it holds."""
    told: Money = exchange.told["money"]
    for account, believed in told.believed.items():
        there = told.there.get(account)
        if there != believed:
            words = f"{account} holds {there}, by the client's results it should be {believed}"
            hint = "A transfer that is reported as failed must not have been made, and one that was made is made once."
            return Finding(words, hint, "", believed, there)
    return None
