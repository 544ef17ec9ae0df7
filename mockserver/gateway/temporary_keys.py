"""Temporary keys: an AK and SK that act only together with their security token, and only for a while."""

from dataclasses import dataclass, replace
from datetime import datetime

import msgspec

from mockserver.gateway import tokens
from mockserver.gateway.exchange import Stopped
from mockserver.gateway.tokens import Grant
from mockserver.store.sandboxes import AK_CHARACTERS, SK_CHARACTERS, Principal, Sandbox, Sandboxes, letters

# As the cloud's temporary access keys begin.
PREFIX = "HST"


@dataclass(frozen=True, slots=True)
class TemporaryKey:
    ak: str
    sk: str
    security_token: str
    expires_at: datetime


def issue(sandbox: Sandbox, principal: Principal, number: int, expires_at: datetime) -> TemporaryKey:
    ak = PREFIX + letters(f"{sandbox.seal_key.hex()}/{number}", AK_CHARACTERS, 20 - len(PREFIX))
    grant = Grant(number, principal, expires_at, ak)
    return TemporaryKey(ak, _secret(sandbox, ak), tokens.seal(sandbox, grant), expires_at)


def owner_of(sandboxes: Sandboxes, ak: str, security_token: str) -> tuple[Sandbox, Grant]:
    """Whose temporary key this is, with its secret in the principal. Raises ``Stopped``."""
    sandbox, grant = tokens.opened(sandboxes, security_token, tokens.SECURITY_HEADER)
    if grant.ak != ak:
        raise Stopped("bad_token", f"{tokens.SECURITY_HEADER} belongs to another AK than {ak}")
    principal = replace(grant.principal, ak=ak, sk=_secret(sandbox, ak))
    return sandbox, msgspec.structs.replace(grant, principal=principal)


def _secret(sandbox: Sandbox, ak: str) -> str:
    return letters(f"{sandbox.seal_key.hex()}/{ak}", SK_CHARACTERS, 40)
