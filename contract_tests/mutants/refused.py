"""Clients that lose what a refusal said, or take it for something else."""

import json
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

import requests

from contract_tests.clients.adapter import Error, Result
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.mutants.registry import mutant

ON = ("cn/list_partner_balances",)


class Reporting(PlainClient, ABC):
    """Reports an error in a way of its own."""

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        return self.reported(outcome, response) if isinstance(outcome, Error) else outcome

    @abstractmethod
    def reported(self, error: Error, response: requests.Response) -> Result | Error:
        """What it makes of the error."""


@mutant("errors/keep-the-code", *ON)
class SwallowsTheCode(Reporting):
    """The error code of a refusal is not reported, its words are."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, code=None)


@mutant("errors/keep-the-code", *ON)
class ReportsTheStatusAsCode(Reporting):
    """The HTTP status is reported in the place of the error code."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, code=str(error.status))


@mutant("errors/keep-the-message", *ON)
class SwallowsTheMessage(Reporting):
    """The words of a refusal are replaced by the client's own."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, message=f"request failed: {response.reason}")


@mutant("errors/keep-the-status", *ON)
class ReportsEveryErrorAs500(Reporting):
    """Every refusal is reported with status 500."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, status=500)


@mutant("errors/keep-the-request-id", *ON)
class LosesTheRequestId(Reporting):
    """The request ID is not reported."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, request_id=None)


@mutant("errors/keep-the-request-id", *ON)
class MakesUpARequestId(Reporting):
    """A request ID of the client's own is reported, which the cloud does not know."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, request_id="5f1c7c9e-0000-4000-8000-000000000000")


@mutant("errors/success-with-a-code-is-an-error", *ON)
class TakesErrorsWith200ForSuccess(Reporting):
    """An error code in an answer with HTTP 200 is not looked at."""

    def reported(self, error: Error, response: requests.Response) -> Result | Error:
        return Result(self.value(response), response.status_code) if response.ok and error.code else error


@mutant("errors/are-reported", *ON)
class IgnoresTheStatus(Reporting):
    """The body of a refusal is returned as if it were the answer."""

    def reported(self, error: Error, response: requests.Response) -> Result | Error:
        return Result(self.value(response), response.status_code) if error.code else error


@mutant("errors/are-reported", *ON)
class ReturnsNothingForAnError(Reporting):
    """A refusal becomes an empty result, so that the program goes on."""

    def reported(self, error: Error, response: requests.Response) -> Result:
        return Result({})


@mutant("errors/do-not-crash", *ON)
class CrashesOnAPage(PlainClient):
    """Every body is read as JSON, also the page of a proxy."""

    def value(self, response: requests.Response) -> Any:
        try:
            return super().value(response)
        except ValueError as problem:
            raise TypeError("no JSON") from problem


@mutant("errors/do-not-crash", *ON)
class CrashesWithoutABody(PlainClient):
    """An error is read from the body, also where there is none."""

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        if not response.ok:
            told = json.loads(response.text if response.content else "null")
            return Error(told["error_msg"], response.status_code, told["error_code"])
        return super().read(request, response)


@mutant("errors/unreadable-success-is-an-error", *ON)
class TakesNoBodyForSuccess(Reporting):
    """An answer without a body is returned as an empty result."""

    def reported(self, error: Error, response: requests.Response) -> Result | Error:
        return Result({}, response.status_code) if response.ok and not response.content else error


@mutant("errors/unreadable-success-is-an-error", *ON)
class ReturnsAPage(Reporting):
    """A page of a proxy with HTTP 200 is returned as the answer."""

    def reported(self, error: Error, response: requests.Response) -> Result | Error:
        return Result({"text": response.text}) if response.ok and error.code is None else error
