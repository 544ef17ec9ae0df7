"""The official way to tokens and temporary keys, for whoever has a user name and a password in a world.

Every call goes through IAM like a client's own and is in the journal.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from mockserver.store import sandboxes

# A path, the body and the headers to send; status, body and headers that came back.
Answered = tuple[int, Any, Mapping[str, str]]
Post = Callable[[str, Mapping[str, Any], Mapping[str, str]], Answered]
TOKENS, SECURITY_TOKENS = "/v3/auth/tokens", "/v3.0/OS-CREDENTIAL/securitytokens"


class IamRefused(Exception):
    """IAM said no: its status and words."""


@dataclass(frozen=True, slots=True)
class TemporaryKeys:
    """Keys that act together with ``security_token``, in ``X-Security-Token``, until ``expires_at``."""

    ak: str
    sk: str
    security_token: str
    expires_at: str


class HasDomain(Protocol):
    @property
    def domain_id(self) -> str: ...


class User(sandboxes.Principal):
    """A principal that can log in."""

    __slots__ = ()

    @property
    def _post(self) -> Post:
        raise NotImplementedError

    def token(self, project: str | None = None) -> str:
        """A token of its own, for the account or for one of its projects (``cn-north-1``): ``X-Auth-Token``."""
        user = {"name": self.user_name, "password": self.password, "domain": {"name": self.domain_name}}
        scope = {"project": {"name": project}} if project else {"domain": {"name": self.domain_name}}
        identity = {"methods": ["password"], "password": {"user": user}}
        return self._subject_token({"auth": {"identity": identity, "scope": scope}}, {})

    def token_for(self, customer: HasDomain | str) -> str:
        """The token with which the partner acts as its customer. Raises ``IamRefused`` where that is not its own."""
        headers = {"X-Auth-Token": self.token()}
        return self._subject_token({"auth": {"identity": self._as(customer), "scope": {}}}, headers)

    def temporary_keys(self, seconds: int = 900, *, customer: HasDomain | str | None = None) -> TemporaryKeys:
        """Keys of its own for a while; a partner's with ``customer`` are that customer's. Raises ``IamRefused``."""
        token = self.token()
        identity: dict[str, Any] = {"methods": ["token"], "token": {"duration_seconds": seconds}}
        if customer is not None:
            identity = self._as(customer)
            identity["assume_role"]["duration_seconds"] = seconds
        body, _ = self._sent(SECURITY_TOKENS, {"auth": {"identity": identity}}, {"X-Auth-Token": token})
        made = body["credential"]
        return TemporaryKeys(made["access"], made["secret"], made["securitytoken"], made["expires_at"])

    def _as(self, customer: HasDomain | str) -> dict[str, Any]:
        domain_id = customer if isinstance(customer, str) else customer.domain_id
        role = {"domain_id": domain_id, "agency_name": self.xaccount_type or "none"}
        return {"methods": ["assume_role"], "assume_role": role}

    def _subject_token(self, body: Mapping[str, Any], headers: Mapping[str, str]) -> str:
        _, answered = self._sent(TOKENS, body, headers)
        return answered["X-Subject-Token"]

    def _sent(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> tuple[Any, Mapping[str, str]]:
        status, content, answered = self._post(path, body, headers)
        if status >= 400:
            raise IamRefused(f"{path} answered {status}: {content} ({answered.get('X-Mock-Reason')})")
        return content, answered
