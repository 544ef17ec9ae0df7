"""Clients that are right call by call and wrong over many."""

import json
from collections.abc import Mapping
from typing import Any

import requests

from contract_tests.clients.adapter import Endpoint, Error, Result
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.mutants.registry import mutant
from mockserver.store.sandboxes import Principal

ON = ("cn/update_customer_account_amount",)


@mutant("sequences/one-call-is-one-request", *ON)
class KeepsAnswers(PlainClient):
    """The answer of a read is kept, and returned again after what it shows has changed."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Result | Error] = {}

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        if not self.operation(endpoint, operation).reads:
            return super().call(operation, arguments, principal, endpoint)
        key = json.dumps([operation, arguments, principal.name, endpoint.site], default=str)
        if key not in self._kept:
            self._kept[key] = super().call(operation, arguments, principal, endpoint)
        return self._kept[key]


@mutant("sequences/outcomes-are-the-servers", *ON)
class IsOneAnswerBehind(PlainClient):
    """Answers are taken for those of the call before, as when a connection is shared without a lock."""

    def __init__(self) -> None:
        super().__init__()
        self._before: dict[str, Any] = {}

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        if isinstance(outcome, Error):
            return outcome
        before = self._before.get(request.operation.name, outcome.value)
        self._before[request.operation.name] = outcome.value
        return Result(before, outcome.status)


@mutant("sequences/money-is-where-it-is-believed", *ON)
class MovesMoneyTwice(PlainClient):
    """What moves money is sent twice, and the second answer returned."""

    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        if request.operation.money:
            super().send(request, principal, endpoint)
        return super().send(request, principal, endpoint)
