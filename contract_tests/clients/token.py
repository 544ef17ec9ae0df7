"""The plain client with a user's name and password instead of keys: it signs in and sends ``X-Auth-Token``."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import requests

from contract_tests.clients import signed
from contract_tests.clients.adapter import TOKEN, Endpoint, Error, Offer, Result
from contract_tests.clients.plain import PlainClient, Request
from mockserver.store.sandboxes import Principal

TOKENS, HEADER, SUBJECT = "/v3/auth/tokens", "X-Auth-Token", "X-Subject-Token"
_UNAUTHORIZED = 401


@dataclass(frozen=True, slots=True)
class Token:
    """``ends``: on this machine's monotonic clock, so that neither side's time of day matters."""

    text: str
    ends: float


class NoToken(Exception):
    """IAM refused to sign somebody in."""

    def __init__(self, error: Error) -> None:
        super().__init__(error.message)
        self.error = error


class TokenClient(PlainClient):
    """Keeps a token for each user until shortly before its end, or until it is refused."""

    early = 300.0

    def __init__(self) -> None:
        super().__init__()
        self.tokens: dict[tuple[str, ...], Token] = {}

    def offer(self) -> Offer:
        offer = super().offer()
        return replace(offer, name="requests-token", features=offer.features | {TOKEN})

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        try:
            return super().call(operation, arguments, principal, endpoint)
        except NoToken as refused:
            return refused.error

    # The steps.

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        token = self.token(principal, endpoint)
        return {**request.headers, "Host": urlsplit(endpoint.url).netloc, HEADER: token.text}

    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        """A token that was kept and is refused now is no use any more: the call was not made, so it is made again."""
        kept = self.tokens.get(self.key(principal, endpoint))
        response = super().send(request, principal, endpoint)
        if response.status_code == _UNAUTHORIZED and kept is not None and self.token(principal, endpoint) is kept:
            del self.tokens[self.key(principal, endpoint)]
            response = super().send(request, principal, endpoint)
        return response

    def token(self, principal: Principal, endpoint: Endpoint) -> Token:
        """The kept one, or a new one. Raises ``NoToken``."""
        key = self.key(principal, endpoint)
        if key not in self.tokens or self.tokens[key].ends < time.monotonic():
            self.tokens[key] = self.sign_in(principal, endpoint)
        return self.tokens[key]

    def key(self, principal: Principal, endpoint: Endpoint) -> tuple[str, ...]:
        return endpoint.iam_url, principal.domain_name, principal.user_name, principal.password

    def sign_in(self, principal: Principal, endpoint: Endpoint) -> Token:
        """Raises ``NoToken``."""
        domain: dict[str, Any] = {"name": principal.domain_name}
        user = {"name": principal.user_name, "password": principal.password, "domain": domain}
        identity: dict[str, Any] = {"methods": ["password"], "password": {"user": user}}
        answer = self.session.post(
            f"{endpoint.iam_url}{TOKENS}?nocatalog=true",
            json={"auth": {"identity": identity, "scope": {"domain": domain}}},
            headers={"Content-Type": signed.CONTENT_TYPE},
            timeout=self.patience,
        )
        if not answer.ok:
            said = answer.json().get("error", {})
            raise NoToken(
                Error(
                    f"IAM: {said.get('message', answer.reason)}",
                    answer.status_code,
                    None,
                    answer.headers.get("X-Request-Id"),
                )
            )
        told = answer.json()["token"]
        life = datetime.fromisoformat(told["expires_at"]) - datetime.fromisoformat(told["issued_at"])
        return Token(answer.headers[SUBJECT], time.monotonic() + life.total_seconds() - self.early)
