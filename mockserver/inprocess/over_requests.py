"""``requests``, and with it both official SDKs.

What stands where the library would open a connection hands the request to the application instead; the session around
it (hooks, retries, redirects, errors) stays the library's own.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, MutableMapping
from http.client import RemoteDisconnected
from io import BytesIO
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.exceptions import ConnectionError, ReadTimeout, RetryError
from requests.sessions import merge_setting
from urllib3 import HTTPConnectionPool, HTTPHeaderDict, HTTPResponse
from urllib3.exceptions import MaxRetryError, ProtocolError, ReadTimeoutError
from urllib3.util import Retry

from mockserver.cloud import is_cloud
from mockserver.inprocess.wsgi import Asked, Dropped, ask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Send = Callable[..., Response]
Merge = Callable[..., dict[str, Any]]
Settings = MutableMapping[str, str] | None
# Seconds, or seconds to connect and seconds to read.
Timeout = float | tuple[float | None, float | None] | None


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
        timeout: Timeout = None,
        verify: object = True,
        cert: object = None,
        proxies: Mapping[str, str] | None = None,
    ) -> Response:
        return _answered(self._app, self, request, timeout)


def send(app: "WSGIApplication", original: Send) -> Send:
    """``HTTPAdapter.send`` that has the cloud's host names answered by ``app``."""

    def answered_or_sent(
        self: HTTPAdapter,
        request: PreparedRequest,
        stream: bool = False,
        timeout: Timeout = None,
        *args: object,
        **kwargs: object,
    ) -> Response:
        if is_cloud(urlsplit(request.url or "").hostname or ""):
            return _answered(app, self, request, timeout)
        return original(self, request, stream, timeout, *args, **kwargs)

    return answered_or_sent


def merge_environment_settings(_: "WSGIApplication", original: Merge) -> Merge:
    """``Session.merge_environment_settings`` that does not look for proxies and certificates where none is needed.

    To look takes the library up to half as long as the answer takes.
    """

    def merged(
        self: Session, url: str, proxies: Settings, stream: bool | None, verify: object, cert: object
    ) -> dict[str, Any]:
        if not is_cloud(urlsplit(url).hostname or ""):
            return original(self, url, proxies, stream, verify, cert)
        asked = {"proxies": proxies, "stream": stream, "verify": verify, "cert": cert}
        return {name: merge_setting(value, getattr(self, name)) for name, value in asked.items()}

    return merged


# What ``intercepting`` replaces.
METHODS = (
    (HTTPAdapter, "send", send),
    (Session, "merge_environment_settings", merge_environment_settings),
)


def _answered(app: "WSGIApplication", adapter: HTTPAdapter, request: PreparedRequest, timeout: Timeout) -> Response:
    """What the adapter makes of the answer, after as many attempts as it is set to make."""
    method, retries = request.method or "", adapter.max_retries
    while True:
        try:
            raw = _raw(app, request, timeout)
        except (ProtocolError, ReadTimeoutError) as lost:
            retries = _after(lost, retries, request)
            retries.sleep()
            continue
        if not retries.is_retry(method, raw.status, "Retry-After" in raw.headers):
            return adapter.build_response(request, raw)
        try:
            retries = retries.increment(method, request.path_url, response=raw)
        except MaxRetryError as enough:
            if not retries.raise_on_status:
                return adapter.build_response(request, raw)
            raise RetryError(MaxRetryError(_pool(request), request.path_url, enough.reason), request=request) from None
        retries.sleep(raw)


def _after(lost: Exception, retries: Retry, request: PreparedRequest) -> Retry:
    """The attempts that are left. Raises what the library raises when there are none."""
    try:
        return retries.increment(request.method, request.path_url, error=lost)
    except ReadTimeoutError as late:
        raise ReadTimeout(late, request=request) from None
    except (ProtocolError, MaxRetryError) as enough:
        raise ConnectionError(enough, request=request) from None


def _raw(app: "WSGIApplication", request: PreparedRequest, timeout: Timeout) -> HTTPResponse:
    sent = [(name, _native(value)) for name, value in request.headers.items()]
    asked = Asked(request.method or "", request.url or "", request.path_url, sent, _bytes(request.body))
    try:
        told = ask(app, asked)
    except Dropped:
        closed = RemoteDisconnected("Remote end closed connection without response")
        raise ProtocolError("Connection aborted.", closed) from None
    patience = timeout[1] if isinstance(timeout, tuple) else timeout
    if isinstance(patience, int | float) and told.seconds > patience:
        message = f"Read timed out. (read timeout={patience})"
        raise ReadTimeoutError(_pool(request), request.path_url, message)
    cut = len(told.content) < told.announced
    return (HTTPResponse if cut else _Whole)(
        body=BytesIO(told.content),
        headers=HTTPHeaderDict(told.headers),
        status=told.status,
        reason=told.phrase,
        preload_content=False,
        request_method=request.method,
    )


class _Whole(HTTPResponse):
    """An answer that is there as a whole: no connection can fail while it is read, so none is watched."""

    def stream(self, amt: int | None = 2**16, decode_content: bool | None = None) -> Generator[bytes, None, None]:
        assert self._fp is not None
        while content := self._fp.read(amt):
            yield content


def _pool(request: PreparedRequest) -> HTTPConnectionPool:
    """Whom an error is about."""
    return HTTPConnectionPool(urlsplit(request.url or "").hostname or "")


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
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if value.isascii() else value.encode("latin-1").decode("latin-1")
