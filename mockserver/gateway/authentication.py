"""Who is calling: the access key or the token finds the sandbox and the principal in it."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime

from mockserver.gateway import locking, signing, temporary_keys, tokens
from mockserver.gateway.exchange import Stopped, Wire
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes

DOMAIN_HEADER, PROJECT_HEADER = "X-Domain-Id", "X-Project-Id"
Projects = Callable[[Sandbox, str], Container[str]]


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is from, and with which signature; a token needs none. Keys in accounts do not expire."""

    sandbox: Sandbox
    principal: Principal
    authorization: signing.Authorization | None = None
    expires_at: datetime | None = None


class Authentication:
    """``wall`` is the machine's time: signatures are made by clients that know no other.

    ``projects`` are the IDs of an account's projects; without it, every project ID is believed.
    """

    def __init__(self, sandboxes: Sandboxes, wall: Callable[[], datetime], projects: Projects | None = None) -> None:
        self.sandboxes = sandboxes
        self._wall = wall
        self._projects = projects

    def claimed(self, wire: Wire) -> Claim:
        """Who the request says it is from. A signature is looked at first, as the SDK sends both at times.

        Raises ``Stopped`` where nobody here is meant.
        """
        header = wire.headers.get("Authorization")
        if header is not None:
            return self._signer(signing.parse(header), wire.headers.get(tokens.SECURITY_HEADER))
        token = wire.headers.get(tokens.HEADER)
        if token is None:
            raise Stopped("no_authentication", f"neither Authorization nor {tokens.HEADER} was sent")
        return self.bearer(token)

    def bearer(self, token: str) -> Claim:
        """Whose token this is. Raises ``Stopped``."""
        sandbox, grant = tokens.opened(self.sandboxes, token)
        if grant.ak:
            raise Stopped("bad_token", f"{tokens.HEADER} holds the security token of a temporary key")
        return Claim(sandbox, grant.principal, expires_at=grant.expires_at)

    def _signer(self, authorization: signing.Authorization, security_token: str | None) -> Claim:
        """An account's own key needs no security token, so one that comes with it is not looked at."""
        ak = authorization.ak
        owner = self.sandboxes.owner_of(ak)
        if owner is not None:
            return Claim(*owner, authorization)
        if security_token:
            sandbox, grant = temporary_keys.owner_of(self.sandboxes, ak, security_token)
            return Claim(sandbox, grant.principal, authorization, grant.expires_at)
        words = f"no sandbox of this server has the AK {ak}: bss-mock credentials shows the demo's"
        if ak.startswith(temporary_keys.PREFIX):
            words = f"{ak} looks like a temporary AK: it acts only with its {tokens.SECURITY_HEADER}"
        raise Stopped("unknown_ak", words, ak=ak)

    def check(self, wire: Wire, claim: Claim, secrets: Container[str] = frozenset()) -> None:
        """Raises ``Stopped`` where the request is not from whom it says, no longer, or speaks for another account.

        ``secrets``: parameters not to be told.
        """
        if claim.authorization is not None:
            self._check_signature(wire, claim, claim.authorization, secrets)
        self.check_time(claim)
        domain_id, project_id = wire.headers.get(DOMAIN_HEADER), wire.headers.get(PROJECT_HEADER)
        own = claim.principal.domain_id
        if domain_id and domain_id != own:
            raise Stopped("foreign_domain", f"{DOMAIN_HEADER} is {domain_id}, the caller's is {own}")
        if project_id and self._projects is not None and project_id not in self._projects(claim.sandbox, own):
            raise Stopped("foreign_project", f"{PROJECT_HEADER} {project_id} is no project of {own}: GET /v3/projects")

    def check_time(self, claim: Claim) -> None:
        """Raises ``Stopped`` where a token or a temporary key has expired, by the sandbox's clock."""
        if claim.expires_at is None:
            return
        now = claim.sandbox.now()
        if now >= claim.expires_at:
            raise Stopped(
                "expired_token", f"valid until {claim.expires_at:%Y-%m-%dT%H:%M:%SZ}, it is {now:%Y-%m-%dT%H:%M:%SZ}"
            )

    def _check_signature(
        self, wire: Wire, claim: Claim, authorization: signing.Authorization, secrets: Container[str]
    ) -> None:
        ak = authorization.ak
        if not claim.principal.ak_enabled:
            raise Stopped(
                "disabled_ak", f"the AK {ak} of {claim.principal.name} is switched off in this sandbox", ak=ak
            )
        with locking.watched(claim.sandbox, ak):
            signing.verify(wire, authorization, claim.principal.sk, self._wall(), secrets)
