"""Callers who send ``X-Auth-Token`` instead of a signature.

No tokens are issued yet, so every token is one that the gateway cannot read, and is refused with the documented words.
"""

from mockserver.gateway.exchange import Stopped
from mockserver.store.sandboxes import Principal, Sandbox

HEADER = "X-Auth-Token"


def owner_of(token: str) -> tuple[Sandbox, Principal]:
    """Whose token this is. Raises ``Stopped``."""
    raise Stopped("bad_token", f"{HEADER} holds no token of this server: sign with AK/SK")
