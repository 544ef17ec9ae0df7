"""Who may use ``/_mock``: whoever sits at this machine, or whoever knows the token.

It knows every key and can drop every world. Without a token only connections from this machine are answered; and as a
browser on it can be led here by any page (a host name that begins to mean 127.0.0.1, a form that posts here), only
under this machine's own names and from pages of this server.
"""

from collections.abc import Callable
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

import msgspec
from flask import Request, Response, request

from mockserver.inprocess import MARK

TOKEN_HEADER = "X-Mock-Admin-Token"
_BEARER = "bearer "
_WITHOUT = "start the server with --admin-token TOKEN (or BSS_MOCK_ADMIN_TOKEN) and send the token"


def guard(token: str | None) -> Callable[[], Response | None]:
    """What looks at each request for ``/_mock`` before it is answered."""

    def look() -> Response | None:
        if MARK in request.environ:
            return None
        problem = _without_token(request) if token is None else _with_token(request, token)
        if problem is None:
            return None
        content = msgspec.json.encode({"error": problem})
        return Response(content, 403 if token is None else 401, content_type="application/json")

    return look


def _with_token(asked: Request, token: str) -> str | None:
    sent = asked.headers.get(TOKEN_HEADER)
    bearer = asked.headers.get("Authorization", "")
    if sent is None and bearer.lower().startswith(_BEARER):
        sent = bearer[len(_BEARER) :].strip()
    if sent is None:
        return f"this server asks for its admin token: send it as {TOKEN_HEADER}, or as Authorization: Bearer"
    if not compare_digest(sent.encode("utf-8", "replace"), token.encode()):
        return "this is not the admin token that the server was started with"
    return None


def _without_token(asked: Request) -> str | None:
    if not _is_loopback(asked.remote_addr or ""):
        return f"/_mock answers this machine only, not {asked.remote_addr}: {_WITHOUT}"
    host = asked.environ.get("HTTP_HOST")
    if host is not None and not _names_loopback(host):
        return f"/_mock answers under this machine's own names only, not as {host!r}: ask localhost, or {_WITHOUT}"
    origin = asked.headers.get("Origin")
    if origin is not None and urlsplit(origin).netloc != host:
        return f"/_mock does not answer pages of {origin!r}: {_WITHOUT}"
    return None


def _names_loopback(host: str) -> bool:
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return name == "localhost" or name.endswith(".localhost") or _is_loopback(name)


def _is_loopback(address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    # A socket for both families shows an IPv4 address as ::ffff:127.0.0.1.
    return (getattr(known, "ipv4_mapped", None) or known).is_loopback
