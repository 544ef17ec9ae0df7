"""A request as the web server hands it on, taken in within the gateway's documented limits.

What is too large is refused before it is read, so that nobody can fill the memory. Page: API request signing guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, overload
from urllib.parse import quote

from mockserver.gateway import stalled
from mockserver.gateway.exchange import Stopped, Wire
from mockserver.inprocess.wsgi import environ_key

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

LARGEST_BODY = 12 * 1024 * 1024
LARGEST_URI = LARGEST_HEADER = 32 * 1024
LARGEST_HEADERS = 128 * 1024


def taken(environ: WSGIEnvironment) -> Wire:
    """Raises ``Stopped``: larger than the gateway takes, or a body that is not as long as it was said to be."""
    _check_sizes(environ)
    return Wire(
        method=environ["REQUEST_METHOD"],
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "surrogateescape"),
        query=environ.get("QUERY_STRING", ""),
        headers=_Headers(environ),
        body=_body(environ),
        address=environ.get("REMOTE_ADDR", ""),
    )


class _Headers:
    """The headers of a WSGI request, by name in any case."""

    def __init__(self, environ: WSGIEnvironment) -> None:
        self._environ = environ

    @overload
    def get(self, name: str, /) -> str | None: ...

    @overload
    def get(self, name: str, default: str, /) -> str: ...

    def get(self, name: str, default: str | None = None, /) -> str | None:
        value: str | None = self._environ.get(environ_key(name), default)
        return value


def _check_sizes(environ: WSGIEnvironment) -> None:
    uri = len(environ["PATH_INFO"]) + len(environ.get("QUERY_STRING", ""))
    # The path arrives decoded: only one that is not short can have been long.
    if uri > LARGEST_URI // 3:
        uri = len(quote(environ["PATH_INFO"], safe="/", encoding="latin-1")) + len(environ.get("QUERY_STRING", ""))
        if uri > LARGEST_URI:
            raise Stopped("uri_too_large", f"path and query have {uri} bytes, at most {LARGEST_URI} are taken")
    total = 0
    for key, value in environ.items():
        if key.startswith("HTTP_"):
            total += len(key) + len(value)
            if len(value) > LARGEST_HEADER:
                name = key.removeprefix("HTTP_").replace("_", "-").title()
                raise Stopped("headers_too_large", f"{name} has {len(value)} bytes, at most {LARGEST_HEADER} are taken")
    if total > LARGEST_HEADERS:
        raise Stopped("headers_too_large", f"the headers have {total} bytes, at most {LARGEST_HEADERS} are taken")


def _body(environ: WSGIEnvironment) -> bytes:
    """As long as it was said to be; to its end where the server marks that."""
    length: str = environ.get("CONTENT_LENGTH") or ""
    if length and "HTTP_TRANSFER_ENCODING" in environ:
        raise Stopped("bad_request", "a body has either Content-Length or Transfer-Encoding")
    if not length:
        # One byte more tells whether there is more than is taken.
        body = stalled.read(environ["wsgi.input"], LARGEST_BODY + 1) if environ.get("wsgi.input_terminated") else b""
        if len(body) > LARGEST_BODY:
            raise Stopped("too_large", f"the body has more than {LARGEST_BODY} bytes")
        return body
    if not (length.isascii() and length.isdigit()):
        raise Stopped("bad_request", f"Content-Length must be a number of bytes, it is {length[:20]!r}")
    size = int(length[:20])
    if size > LARGEST_BODY:
        raise Stopped("too_large", f"the body has {size} bytes, at most {LARGEST_BODY} are taken")
    body = stalled.read(environ["wsgi.input"], size) if size else b""
    if len(body) < size:
        raise Stopped("bad_request", f"the body ended after {len(body)} of {size} bytes")
    return body
