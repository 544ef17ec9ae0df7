"""Lets a ``requests`` session talk to the emulator in this process, without a socket.

The adapter stands where ``requests`` would open a connection and hands the request, as it would have gone over the
wire, to the WSGI application: same path, query, headers and body, so that signatures verify.
"""

import sys
from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import RetryError
from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import MaxRetryError
from urllib3.util import Retry
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_PORTS = {"http": 80, "https": 443}


def mount(session: Session, app: "WSGIApplication", prefix: str) -> None:
    """Let ``app`` answer what ``session`` sends to addresses that begin with ``prefix``.

    How often the session repeats a request stays as it was: giving up is an error of its own, which a program sees.
    """
    session.mount(prefix, InProcess(app, getattr(session.get_adapter(prefix), "max_retries", 0)))


class InProcess(HTTPAdapter):
    """Answers every request of the session it is mounted on from ``app``."""

    def __init__(self, app: "WSGIApplication", retries: Retry | int = 0) -> None:
        super().__init__(max_retries=retries)
        self._app = app

    def send(
        self,
        request: PreparedRequest,
        stream: bool = False,
        timeout: object = None,
        verify: object = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        method, retries = request.method or "", self.max_retries
        while True:
            raw = _answer(self._app, request)
            if not retries.is_retry(method, raw.status, "Retry-After" in raw.headers):
                return self.build_response(request, raw)
            try:
                retries = retries.increment(method, request.path_url, response=raw)
            except MaxRetryError as enough:
                if not retries.raise_on_status:
                    return self.build_response(request, raw)
                pool = HTTPConnectionPool(urlsplit(request.url or "").hostname or "")
                told = MaxRetryError(pool, request.path_url, enough.reason)
                raise RetryError(told, request=request) from None
            retries.sleep(raw)


def _answer(app: "WSGIApplication", request: PreparedRequest) -> HTTPResponse:
    content, status, headers = run_wsgi_app(app, _environ(request), buffered=True)
    code, _, phrase = status.partition(" ")
    return HTTPResponse(
        body=BytesIO(b"".join(content)),
        headers=HTTPHeaderDict(headers.items()),
        status=int(code),
        reason=phrase,
        preload_content=False,
        request_method=request.method,
    )


def _environ(request: PreparedRequest) -> "WSGIEnvironment":
    url = urlsplit(request.url or "")
    path, _, query = request.path_url.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": request.path_url,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or _PORTS[url.scheme]),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": url.netloc.rpartition("@")[2],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(_bytes(request.body)),
        # A chunked body has no length; the input ends where the body does.
        "wsgi.input_terminated": True,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = _native(value)
    return environ


def _bytes(body: object) -> bytes:
    """A body as it travels: text as UTF-8, a file or an iterator to its end."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if isinstance(body, bytes | bytearray):
        return bytes(body)
    if hasattr(body, "read"):
        return _bytes(body.read())
    assert isinstance(body, Iterable)
    return b"".join(map(_bytes, body))


def _native(value: str | bytes) -> str:
    """A header's value by the rules of WSGI: its bytes, each as one character."""
    return value.decode("latin-1") if isinstance(value, bytes) else value.encode("latin-1").decode("latin-1")
