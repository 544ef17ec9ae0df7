"""Clients that repeat a call where they should not, do not where they should, or do it wrong."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import requests

from contract_tests.clients.adapter import Endpoint, Error, Result
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.clients.token import TokenClient
from contract_tests.mutants.registry import mutant
from mockserver.store.sandboxes import Principal

TRANSFER = ("cn/update_customer_account_amount",)
READS = ("cn/list_customer_account_change_records", "cn/list_customers_balances_detail")
UNAUTHORIZED, TOO_MANY = 401, 429


@mutant("trouble/money-moves-once", *TRANSFER)
class TransfersAgainWhenTheAnswerIsLost(PlainClient):
    """A transfer is repeated when the connection is closed before its answer came."""

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return response is None or super().repeats(request, response)


@mutant("trouble/money-moves-once", *TRANSFER)
class TransfersAgainAfter5xx(PlainClient):
    """A transfer is repeated after any 5xx, also one of a gateway behind which it was done."""

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return (response is not None and response.status_code >= 500) or super().repeats(request, response)


@mutant("trouble/repeats-end", *READS)
class RepeatsWithoutEnd(PlainClient):
    """A call that fails is repeated without end and without a pause."""

    # Without end is for a test what it takes for long enough.
    tries, pause = 25, 0.0


@mutant("trouble/reads-recover", *READS)
class DoesNotRepeatReads(PlainClient):
    """A read whose answer was lost is not repeated, though the client says that it repeats."""

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return response is not None and response.status_code == TOO_MANY


@mutant("trouble/throttling-is-survived-or-told", *READS)
class GivesUpWhenThrottled(PlainClient):
    """A 429 is final, though nothing was done and a moment later all is well."""

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return (response is None or response.status_code != TOO_MANY) and super().repeats(request, response)


@mutant("trouble/lost-is-no-success", *TRANSFER)
class TakesALostAnswerForSuccess(PlainClient):
    """A transfer whose answer did not come is reported as done."""

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        outcome = super().call(operation, arguments, principal, endpoint)
        return Result({}) if isinstance(outcome, Error) and outcome.status is None else outcome


@mutant("trouble/lost-is-no-success", *TRANSFER)
class TakesAnyBodyForSuccess(PlainClient):
    """A body that cannot be read is an empty one."""

    def value(self, response: requests.Response) -> Any:
        try:
            return super().value(response)
        except ValueError:
            return {}


@mutant("trouble/does-not-crash", *TRANSFER)
class CatchesTimeoutsOnly(PlainClient):
    """A connection that is closed is an exception of the HTTP library to the caller."""

    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        try:
            return super().send(request, principal, endpoint)
        except requests.ConnectionError as closed:
            raise OSError(*closed.args) from closed


@mutant("trouble/slow-answers-are-awaited", *READS)
class DoesNotWait(PlainClient):
    """An answer that takes longer than a second is not awaited."""

    patience = 1.0


@mutant("time/repeats-are-signed-anew", *READS)
class RepeatsWithTheOldSignature(PlainClient):
    """A call is repeated with the headers of its first try; after 15 minutes their date is refused."""

    def __init__(self) -> None:
        super().__init__()
        self._last: tuple[Request, Mapping[str, str]] | None = None

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        if self._last is None or self._last[0] is not request:
            self._last = (request, super().signed(request, principal, endpoint))
        return self._last[1]


@mutant("time/skew-is-told", *READS)
class BlamesTheKeys(PlainClient):
    """Every 401 is reported as wrong keys, also the one that is about the clock."""

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        refused = isinstance(outcome, Error) and outcome.status == UNAUTHORIZED
        return replace(outcome, message="the keys are wrong") if refused and isinstance(outcome, Error) else outcome


@mutant("time/expired-token-is-renewed", *READS)
class KeepsATokenForEver(TokenClient):
    """A token is used until the program ends, whatever is answered to it."""

    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        return PlainClient.send(self, request, principal, endpoint)
