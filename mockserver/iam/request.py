"""One request to IAM: what it says, who sent it, and whose journal it belongs to."""

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import msgspec

from mockserver.gateway import jsonbody
from mockserver.gateway.authentication import Authentication, Claim
from mockserver.gateway.exchange import Stopped, Wire
from mockserver.gateway.recording import Exchange
from mockserver.iam.refusals import AUTHENTICATION, NEEDS_AUTHENTICATION, IamRefused
from mockserver.iam.shapes import Auth, Body
from mockserver.store.sandboxes import Principal, Sandbox

_MISSING = re.compile(r"missing required field `(\w+)`")
_WHERE = re.compile(r"at `\$\.([^`]*)`")


@dataclass(slots=True)
class Request:
    """``exchange`` is there once it is known whose request it is."""

    wire: Wire
    authentication: Authentication
    exchange: Exchange | None = None
    sent: Any = None

    def attribute(self, sandbox: Sandbox, principal: Principal) -> Exchange:
        """It is this sandbox's, and this principal sent it."""
        self.exchange = Exchange.begun(self.wire, sandbox, principal)
        return self.exchange

    def caller(self) -> Exchange:
        """Who signed it or whose token it has. Raises ``IamRefused``."""
        try:
            claim = self.authentication.claimed(self.wire)
            exchange = self.attribute(claim.sandbox, claim.principal)
            self.authentication.check(self.wire, claim)
        except Stopped as stopped:
            raise _refused(stopped) from None
        return exchange

    def bearer(self, token: str | None) -> Exchange:
        """Whose token this is, whatever else is signed. Raises ``IamRefused``."""
        if not token:
            raise IamRefused(NEEDS_AUTHENTICATION, "a token is needed: X-Auth-Token")
        try:
            claim: Claim = self.authentication.bearer(token)
            exchange = self.attribute(claim.sandbox, claim.principal)
            self.authentication.check_time(claim)
        except Stopped as stopped:
            raise _refused(stopped) from None
        return exchange

    def auth(self) -> Auth:
        """The body's ``auth``. Raises ``IamRefused``."""
        try:
            self.sent = jsonbody.decode(self.wire)
            return msgspec.convert(self.sent, Body).auth
        except Stopped as stopped:
            raise IamRefused("IAM.0011", stopped.because) from None
        except msgspec.ValidationError as problem:
            if missing := _MISSING.search(str(problem)):
                raise IamRefused("IAM.0072", str(problem), key=missing[1]) from None
            where = _WHERE.search(str(problem))
            if where is None:
                raise IamRefused("IAM.0011", str(problem)) from None
            raise IamRefused("IAM.0007", str(problem), key=where[1]) from None


def _refused(stopped: Stopped) -> IamRefused:
    return IamRefused(AUTHENTICATION.get(stopped.name, NEEDS_AUTHENTICATION), stopped.because)


@dataclass(frozen=True, slots=True)
class Reply:
    """``headers`` beside those that every answer has."""

    body: dict[str, Any]
    status: int = HTTPStatus.OK
    token: str | None = None
