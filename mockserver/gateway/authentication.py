"""Who is calling: the access key or the token finds the sandbox and the principal in it."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import datetime

from mockserver.gateway import locking, signing, tokens
from mockserver.gateway.exchange import Stopped, Wire
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes


@dataclass(frozen=True, slots=True)
class Claim:
    """Who a request says it is from, and with which signature; a token needs none."""

    sandbox: Sandbox
    principal: Principal
    authorization: signing.Authorization | None = None


class Authentication:
    """``wall`` is the machine's time: signatures are made by clients that know no other."""

    def __init__(self, sandboxes: Sandboxes, wall: Callable[[], datetime]) -> None:
        self._sandboxes = sandboxes
        self._wall = wall

    def claimed(self, wire: Wire) -> Claim:
        """Who the request says it is from. A signature is looked at first, as the SDK sends both at times.

        Raises ``Stopped`` where nobody here is meant.
        """
        header = wire.headers.get("Authorization")
        if header is None:
            token = wire.headers.get(tokens.HEADER)
            if token is None:
                raise Stopped("no_authentication", f"neither Authorization nor {tokens.HEADER} was sent")
            return Claim(*tokens.owner_of(token))
        authorization = signing.parse(header)
        ak = authorization.ak
        owner = self._sandboxes.owner_of(ak)
        if owner is None:
            raise Stopped(
                "unknown_ak",
                f"no sandbox of this server has the AK {ak}: bss-mock credentials shows the demo's",
                ak=ak,
            )
        return Claim(*owner, authorization)

    def check(self, wire: Wire, claim: Claim, secrets: Container[str] = frozenset()) -> None:
        """Raises ``Stopped`` where the request is not from whom it says. ``secrets``: parameters not to be told."""
        if claim.authorization is None:
            return
        ak = claim.authorization.ak
        if not claim.principal.ak_enabled:
            raise Stopped(
                "disabled_ak", f"the AK {ak} of {claim.principal.name} is switched off in this sandbox", ak=ak
            )
        with locking.watched(claim.sandbox, ak):
            signing.verify(wire, claim.authorization, claim.principal.sk, self._wall(), secrets)
