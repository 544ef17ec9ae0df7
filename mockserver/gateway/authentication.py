"""Who is calling: the access key or the token finds the sandbox and the principal in it."""

from collections.abc import Callable
from datetime import datetime

from mockserver.gateway import signing, tokens
from mockserver.gateway.exchange import Stopped, Wire
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes


class Authentication:
    """``wall`` is the machine's time: signatures are made by clients that know no other."""

    def __init__(self, sandboxes: Sandboxes, wall: Callable[[], datetime]) -> None:
        self._sandboxes = sandboxes
        self._wall = wall

    def claimed(self, wire: Wire) -> tuple[Sandbox, Principal]:
        """Who the request says it is from. A signature is looked at first, as the SDK sends both at times.

        Raises ``Stopped`` where nobody here is meant.
        """
        header = wire.headers.get("Authorization")
        if header is None:
            token = wire.headers.get(tokens.HEADER)
            if token is None:
                raise Stopped("no_authentication", f"neither Authorization nor {tokens.HEADER} was sent")
            return tokens.owner_of(token)
        ak = signing.parse(header).ak
        owner = self._sandboxes.owner_of(ak)
        if owner is None:
            raise Stopped(
                "unknown_ak",
                f"no sandbox of this server has the AK {ak}: bss-mock credentials shows the demo's",
                ak=ak,
            )
        return owner

    def check(self, wire: Wire, principal: Principal) -> None:
        """Raises ``Stopped`` where the request is not from whom it says."""
        header = wire.headers.get("Authorization")
        if header is not None:
            signing.verify(wire, signing.parse(header), principal.sk, self._wall())
