"""One request to a WSGI application without a socket.

The application is given what a server would hand on: the path, query, headers and body as they go over the wire, so
that signatures verify.
"""

import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from mockserver.inprocess import MARK

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_PORTS = {"http": 80, "https": 443}
_BARE = ("CONTENT_TYPE", "CONTENT_LENGTH")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request. ``target`` is path and query as they are sent; a header that is sent twice is here twice."""

    method: str
    url: str
    target: str
    headers: Iterable[tuple[str, str]]
    body: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """An answer, and after how many seconds it came."""

    status: int
    phrase: str
    headers: list[tuple[str, str]]
    content: bytes
    seconds: float

    @property
    def announced(self) -> int:
        """How many bytes the body should have; it has fewer where the answer was cut short, or to HEAD."""
        return int(dict(self.headers).get("Content-Length", 0))


class Dropped(Exception):
    """The application gave a length that is none, as a sign to close the connection without a word."""


def ask(app: "WSGIApplication", asked: Asked) -> Told:
    """What ``app`` answers. Raises ``Dropped``."""
    start = time.monotonic()
    begun: list[Any] = []
    content: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> Callable[[bytes], object]:
        begun[:] = status, headers
        return content.append

    chunks = app(_environ(asked), start_response)
    try:
        content.extend(chunks)
    finally:
        if hasattr(chunks, "close"):
            chunks.close()
    status, headers = begun
    if not all(value.isdecimal() for name, value in headers if name == "Content-Length"):
        raise Dropped
    code, _, phrase = status.partition(" ")
    return Told(int(code), phrase, headers, b"".join(content), time.monotonic() - start)


def _environ(asked: Asked) -> "WSGIEnvironment":
    url = urlsplit(asked.url)
    path, _, query = asked.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": asked.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": asked.target,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or _PORTS[url.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(asked.body),
        # A chunked body has no length; the input ends where the body does.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        MARK: True,
    }
    environ.update(_headers(asked.headers))
    return environ


def _headers(sent: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Headers by the names that WSGI has for them; of one that is sent twice both values, as any server joins them."""
    headers: dict[str, str] = {}
    for name, value in sent:
        key = environ_key(name)
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers


@lru_cache(256)
def environ_key(name: str) -> str:
    """The name of a header as WSGI has it; all requests have the same few."""
    key = name.upper().replace("-", "_")
    return key if key in _BARE else f"HTTP_{key}"
