"""Clients that call with keys of somebody else, or do not say why they were refused."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace

import requests

from contract_tests.clients.adapter import Endpoint, Error, Result
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.mutants.refused import Reporting
from contract_tests.mutants.registry import mutant
from mockserver.store.sandboxes import Principal

ON = ("cn/list_partner_balances", "cn/show_customer_account_balances")
UNAUTHORIZED, FORBIDDEN = 401, 403


class KeepingKeys(PlainClient, ABC):
    """Calls with the keys that it used before, where it takes two principals for the same one."""

    def __init__(self) -> None:
        super().__init__()
        self._kept: dict[str, Principal] = {}

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        return super().signed(request, self._kept.setdefault(self.key(principal), principal), endpoint)

    @abstractmethod
    def key(self, principal: Principal) -> str:
        """What it takes for the principal."""


@mutant("sends-right/arrives", "cn/list_sub_customers", "intl/list_sub_customers")
class CallsTheWrongSite(KeepingKeys):
    """Both sites are called with the keys of the one that was called first."""

    def key(self, principal: Principal) -> str:
        return principal.name


@mutant("callers/may-call", *ON)
class CallsAsThePartner(KeepingKeys):
    """A customer's operation is called with the keys of the partner."""

    def key(self, principal: Principal) -> str:
        return ""


@mutant("callers/keys-are-the-callers", *ON)
class KeepsTheFirstKeys(KeepingKeys):
    """Every account is served by the client that was made for the first."""

    def key(self, principal: Principal) -> str:
        return ""


@mutant("callers/keys-are-the-callers", *ON)
class KeepsOldSecrets(KeepingKeys):
    """A client is kept by its access key; with another secret the old one goes on."""

    def key(self, principal: Principal) -> str:
        return principal.ak


@mutant("callers/may-not-is-an-error", *ON)
class ShowsNothingToStrangers(Reporting):
    """Who may not call is returned an empty result."""

    def reported(self, error: Error, response: requests.Response) -> Result | Error:
        return Result({}, FORBIDDEN) if error.status == FORBIDDEN else error


@mutant("callers/the-refusal-is-told", *ON)
class HasOneCodeForForbidden(Reporting):
    """Every 403 is reported with a code of the client's own."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        return replace(error, code="FORBIDDEN") if error.status == FORBIDDEN else error


@mutant("callers/refusals-differ", *ON)
class TakesStrangersForForgers(Reporting):
    """Whether the account may not call or the signature is wrong, it is reported alike."""

    def reported(self, error: Error, response: requests.Response) -> Error:
        refused = error.status in (UNAUTHORIZED, FORBIDDEN)
        return replace(error, status=UNAUTHORIZED, code="AUTH") if refused else error
