"""What the documentation says that a refused call is answered."""

from collections.abc import Mapping
from typing import Any

from contract_tests.clients.outcome import Failed, Outcome
from mockserver.contract.catalogue import SITE_LANGUAGE, language_of
from mockserver.contract.operations import Contract, Operation

ACCESS_DENIED, FORBIDDEN = "CBC.0151", 403
CATALOGUE = Contract().catalogue


def documented(operation: Operation, code: str, document: Mapping[str, Any] | None = None) -> tuple[int, str, str]:
    """Status, code and words that the page has for ``code``, in the language that the request asks for."""
    error = operation.errors.get(code) or CATALOGUE.documented(code)
    asked = (document or {}).get("headers", {}).get("X-Language", "")
    return error.status, code, error.messages[language_of(asked) or SITE_LANGUAGE[operation.site]]


def denied(operation: Operation, document: Mapping[str, Any] | None = None) -> tuple[int, str, str]:
    """What a caller is told whom the page does not name: a few pages have a code of their own for it."""
    forbidden = [error.code for error in operation.errors.values() if error.status == FORBIDDEN]
    code = forbidden[0] if forbidden and ACCESS_DENIED not in forbidden else ACCESS_DENIED
    return documented(operation, code, document)


def of(outcome: Outcome) -> tuple[int, str, str]:
    """The same of an outcome. Some refusals are documented to come with the status of success."""
    if isinstance(outcome, Failed):
        return outcome.status, outcome.error_code, outcome.error_msg
    result = outcome.result or {}
    return outcome.status, result.get("error_code", ""), result.get("error_msg", "")
