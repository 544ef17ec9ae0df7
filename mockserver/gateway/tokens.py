"""Tokens and the security tokens of temporary keys: sealed texts that say who acts, in which sandbox, until when.

Nothing is stored. A text carries what it grants and is sealed with its sandbox's key, so a token of another server, of
a deleted sandbox or from before a reset cannot be opened, and many can be issued without filling the memory. Around it
is what the cloud's tokens have around theirs (CMS), so that it looks like one: ``MII...YJKoZIhvcNAQcC...``.
"""

import base64
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import msgspec

from mockserver.gateway.exchange import Stopped
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes

HEADER, SECURITY_HEADER = "X-Auth-Token", "X-Security-Token"
# ASN.1: a sequence that begins with the identifier of signed data.
_SEQUENCE, _SIGNED_DATA = b"\x30\x82", bytes.fromhex("06092a864886f70d010702")
_LAST = datetime.max.replace(tzinfo=UTC)
_BEGIN = len(_SEQUENCE) + 2 + len(_SIGNED_DATA)


class Grant(msgspec.Struct, frozen=True, array_like=True):
    """What a text is good for. ``number`` tells it from every other one of its sandbox. Anybody can read it in the
    text, as in the cloud's tokens, so the ``principal`` travels without its keys and password.

    ``ak`` is that of the temporary key which the text belongs to; a token has none. A token's scope is not in it: the
    documented operations take every token, whether it is for an account or for a project.
    """

    number: int
    principal: Principal
    expires_at: datetime
    ak: str = ""


def until(sandbox: Sandbox, life: timedelta) -> datetime:
    """The end of a life that begins now; at the end of all time, a shorter one."""
    now = sandbox.now()
    return now + min(life, _LAST - now)


def seal(sandbox: Sandbox, grant: Grant) -> str:
    harmless = replace(grant.principal, ak="", sk="", password="", ak_enabled=True)
    content = msgspec.msgpack.encode(msgspec.structs.replace(grant, principal=harmless))
    return _text(msgspec.msgpack.encode((sandbox.id, content, _proof(sandbox, content))))


def opened(sandboxes: Sandboxes, text: str, header: str = HEADER) -> tuple[Sandbox, Grant]:
    """Whose it is and what it grants; it may have expired. Raises ``Stopped`` where no sandbox here issued it."""
    refused = Stopped("bad_token", f"{header} holds no token of this server, or of a sandbox before its reset")
    try:
        sealed = base64.b64decode(text.replace("-", "/"), validate=True)[_BEGIN:]
        ident, content, proof = msgspec.msgpack.decode(sealed, type=tuple[str, bytes, bytes])
    except (ValueError, msgspec.MsgspecError):
        raise refused from None
    sandbox = sandboxes.get(ident)
    if sandbox is None or not hmac.compare_digest(proof, _proof(sandbox, content)) or text != _text(sealed):
        raise refused
    return sandbox, msgspec.msgpack.decode(content, type=Grant)


def _text(sealed: bytes) -> str:
    content = _SIGNED_DATA + sealed
    return base64.b64encode(_SEQUENCE + len(content).to_bytes(2) + content).decode().replace("/", "-")


def _proof(sandbox: Sandbox, content: bytes) -> bytes:
    return hmac.digest(sandbox.seal_key, content, "sha256")
