"""Clients with one mistake each, for the checks that have to find it: the plain client with a step done wrong."""

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from contract_tests.clients.adapter import Endpoint, Error, Result
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.clients.token import TokenClient
from mockserver.store.sandboxes import Principal


class RefusalIsAResult(PlainClient):
    def read(self, request: Request, response: requests.Response) -> Result | Error:
        return Result({}) if response.status_code == 403 else super().read(request, response)


class CodeIsLost(PlainClient):
    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        return Error(outcome.message, outcome.status) if isinstance(outcome, Error) else outcome


class AllRefusalsAreOne(PlainClient):
    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        return Error("not authorized", None, "DENIED") if isinstance(outcome, Error) else outcome


class OneAccountForAll(PlainClient):
    first: Principal | None = None

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        self.first = self.first or principal
        return super().signed(request, self.first, endpoint)


class SignsOnce(PlainClient):
    last: tuple[Request, Mapping[str, str]] | None = None

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        if self.last is None or self.last[0] is not request:
            self.last = request, super().signed(request, principal, endpoint)
        return self.last[1]


class NeverRenews(TokenClient):
    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        return PlainClient.send(self, request, principal, endpoint)


class MessageIsLost(PlainClient):
    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        return Error("failed", outcome.status, outcome.code) if isinstance(outcome, Error) else outcome


class NeverRepeats(PlainClient):
    """Though it says that it does."""

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return False


class RepeatsForLong(PlainClient):
    tries = 30
    pause = 0.0

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return response is not None and response.status_code >= 429


class RepeatsTransfers(PlainClient):
    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        return response is None or response.status_code >= 429


class UnreadableIsEmpty(PlainClient):
    def value(self, response: requests.Response) -> Any:
        try:
            return super().value(response)
        except ValueError:
            return {}


class BreaksWithTheConnection(PlainClient):
    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        try:
            return super().send(request, principal, endpoint)
        except requests.RequestException as failure:
            raise RuntimeError("unexpected") from failure


class Impatient(PlainClient):
    patience = 1.0


class EmptyListIsAnError(PlainClient):
    def all_pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        outcome = super().all_pages(operation, arguments, principal, endpoint)
        return Error("not found") if isinstance(outcome, Result) and not outcome.value else outcome


class OnePageOnly(PlainClient):
    def pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Iterator[Result | Error]:
        yield next(super().pages(operation, arguments, principal, endpoint))


class NeverReadsAgain(PlainClient):
    def stayed(self, pages: Any) -> bool:
        return True


class OffsetIsThePage(PlainClient):
    def next_offset(self, offset: int, limit: int) -> int:
        return offset + 1


class OneByOne(PlainClient):
    def pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Iterator[Result | Error]:
        place = "query" if "query" in arguments else "body"
        short = {**arguments, place: {**arguments[place], "limit": 1}}
        return super().pages(operation, short, principal, endpoint)


class SendsTwice(PlainClient):
    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        super().send(request, principal, endpoint)
        return super().send(request, principal, endpoint)


class KeepsAnswers(PlainClient):
    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, Result | Error] = {}

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        return self.kept.setdefault(request.operation.name, super().read(request, response))
