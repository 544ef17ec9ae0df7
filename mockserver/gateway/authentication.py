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

    def caller(self, wire: Wire) -> tuple[Sandbox, Principal]:
        """Raises ``Stopped`` with the gateway's documented answer. A signature is looked at first, as the SDK does."""
        header = wire.headers.get("Authorization")
        if header is None:
            token = wire.headers.get(tokens.HEADER)
            if token is None:
                raise Stopped("no_authentication", f"neither Authorization nor {tokens.HEADER} was sent")
            return tokens.owner_of(token)
        authorization = signing.parse(header)
        owner = self._sandboxes.owner_of(authorization.ak)
        if owner is None:
            raise Stopped(
                "unknown_ak",
                f"no sandbox of this server has the AK {authorization.ak}: bss-mock credentials shows the demo's",
                ak=authorization.ak,
            )
        signing.verify(wire, authorization, owner[1].sk, self._wall())
        return owner
