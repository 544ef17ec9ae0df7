"""Lets a ``requests`` session talk to the emulator in this process, without a socket.

The adapter stands where ``requests`` would open a connection and hands the request, as it would have gone over the
wire, to the WSGI application: same path, query, headers and body, so that signatures verify.
"""

from collections.abc import Iterable, Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_to_bytes, urlsplit

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from requests.exceptions import RetryError
from urllib3 import HTTPResponse
from urllib3.exceptions import MaxRetryError, ResponseError
from urllib3.util import Retry
from werkzeug.test import run_wsgi_app

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

_PORTS = {"http": 80, "https": 443}


class InProcess(HTTPAdapter):
    """Answers every request of the session it is mounted on from ``app``.

    Nothing is ever sent twice. ``retries`` is asked only whether it would have given up on a status, because giving up
    is an error of its own that a program sees.
    """

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
        content, status, headers = run_wsgi_app(self._app, _environ(request), buffered=True)
        code, _, phrase = status.partition(" ")
        self._give_up(request, int(code), "Retry-After" in headers)
        raw = HTTPResponse(
            body=BytesIO(b"".join(content)),
            headers=list(headers),
            status=int(code),
            reason=phrase,
            preload_content=False,
            request_method=request.method,
        )
        response = self.build_response(request, raw)
        if not stream:
            _ = response.content
        return response

    def _give_up(self, request: PreparedRequest, status: int, retry_after: bool) -> None:
        """What urllib3 says when a status that is to be retried came once too often."""
        if self.max_retries.is_retry(request.method or "", status, retry_after):
            cause = ResponseError(ResponseError.SPECIFIC_ERROR.format(status_code=status))
            raise RetryError(MaxRetryError(None, request.url or "", cause), request=request)  # type: ignore[arg-type]


def _environ(request: PreparedRequest) -> "WSGIEnvironment":
    url = urlsplit(request.url or "")
    path, _, query = request.path_url.partition("?")
    body = _bytes(request.body)
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
        "wsgi.input": BytesIO(body),
        "wsgi.errors": _Errors(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in request.headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = _native(value)
    if body:
        environ["CONTENT_LENGTH"] = str(len(body))
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
