"""What the documentation says that a refused call is answered."""

from collections.abc import Mapping
from typing import Any

from contract_tests.clients.outcome import Failed, Outcome
from mockserver.contract.catalogue import LANGUAGES, SITE_LANGUAGE
from mockserver.contract.operations import Contract, Operation

CATALOGUE = Contract().catalogue


def documented(operation: Operation, code: str, document: Mapping[str, Any] | None = None) -> tuple[int, str, str]:
    """Status, code and words that the page has for ``code``, in the language that the request asks for."""
    error = operation.errors.get(code) or CATALOGUE.documented(code)
    asked = (document or {}).get("headers", {}).get("X-Language", "")
    return error.status, code, error.messages[LANGUAGES.get(asked, SITE_LANGUAGE[operation.site])]


def of(outcome: Outcome) -> tuple[int, str, str]:
    """The same of an outcome. Some refusals are documented to come with the status of success."""
    if isinstance(outcome, Failed):
        return outcome.status, outcome.error_code, outcome.error_msg
    result = outcome.result or {}
    return outcome.status, result.get("error_code", ""), result.get("error_msg", "")
