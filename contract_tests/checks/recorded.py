"""What recorded traffic shows by itself, when nobody knows what was meant: ``bss-mock run --check``.

The emulator has looked at every request already; what it refused or remarked is in the journal.
"""

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import Finding, check
from contract_tests.scenes.recorded import SCENE

_GATEWAY = "APIGW."
# The world does not allow it, or the emulator is at fault; who called has a check of its own.
_NO_RULES_OF_THE_PAGE = ("state", "caller", "response", "emulator")
_UNREADABLE = ("bad_request", "too_large", "uri_too_large", "headers_too_large")


@check("recorded/keeps-the-rules", SCENE, passive=True)
def keeps_the_rules(exchange: Exchange) -> Finding | None:
    """No request breaks a rule of the page: what is required, of which type, how long, one of which values."""
    for entry in exchange.entries:
        reason = entry["reason"]
        if reason and reason["rule"] not in _NO_RULES_OF_THE_PAGE and _is_of_the_page(entry["error_code"], reason):
            hint = f"bss-mock explain {exchange.operation.name} shows what the page allows."
            words = f"{reason['pointer']}: {reason['message']}" if reason["pointer"] else reason["message"]
            return Finding(words, hint, reason["pointer"])
    return None


@check("recorded/members-are-documented", SCENE, passive=True)
def members_are_documented(exchange: Exchange) -> Finding | None:
    """No request has a member that the page does not have: the cloud would ignore it without a word."""
    for entry in exchange.entries:
        for note in entry["notes"]:
            if note["rule"] == "unknown":
                hint = "Mostly a misspelt name, or a member of another operation."
                return Finding(f"{note['pointer']}: {note['message']}", hint, note["pointer"])
    return None


def _is_of_the_page(code: str | None, reason: dict[str, str]) -> bool:
    return reason["rule"] in _UNREADABLE or not (code or "").startswith(_GATEWAY)
