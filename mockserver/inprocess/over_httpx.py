"""``httpx``: the transports of its clients, sync and async."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

from httpx import (
    AsyncHTTPTransport,
    ByteStream,
    HTTPTransport,
    ReadTimeout,
    RemoteProtocolError,
    Request,
    Response,
)

from mockserver.cloud import is_cloud
from mockserver.inprocess.wsgi import Asked, Dropped, ask

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

Handle = Callable[[HTTPTransport, Request], Response]
AsyncHandle = Callable[[AsyncHTTPTransport, Request], Awaitable[Response]]


def handle_request(app: "WSGIApplication", original: Handle) -> Handle:
    """``HTTPTransport.handle_request`` that has the cloud's host names answered by ``app``."""

    def answered_or_sent(self: HTTPTransport, request: Request) -> Response:
        if is_cloud(request.url.host):
            return _answered(app, request, request.read())
        return original(self, request)

    return answered_or_sent


def handle_async_request(app: "WSGIApplication", original: AsyncHandle) -> AsyncHandle:
    """The same of ``AsyncHTTPTransport``. The event loop waits for the answer; it takes less than a millisecond."""

    async def answered_or_sent(self: AsyncHTTPTransport, request: Request) -> Response:
        if is_cloud(request.url.host):
            return _answered(app, request, await request.aread())
        return await original(self, request)

    return answered_or_sent


# What ``intercepting`` replaces.
METHODS = (
    (HTTPTransport, "handle_request", handle_request),
    (AsyncHTTPTransport, "handle_async_request", handle_async_request),
)


def _answered(app: "WSGIApplication", request: Request, body: bytes) -> Response:
    headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in request.headers.raw]
    try:
        told = ask(app, Asked(request.method, str(request.url), request.url.raw_path.decode("ascii"), headers, body))
    except Dropped:
        message = "Server disconnected without sending a response."
        raise RemoteProtocolError(message, request=request) from None
    patience = request.extensions.get("timeout", {}).get("read")
    if patience is not None and told.seconds > patience:
        raise ReadTimeout("The read operation timed out", request=request)
    expected = 0 if request.method == "HEAD" else told.announced
    cut = len(told.content) < expected
    return Response(
        told.status,
        headers=told.headers,
        stream=_Cut(request, told.content, expected) if cut else ByteStream(told.content),
        extensions={"http_version": b"HTTP/1.1", "reason_phrase": told.phrase.encode("ascii")},
    )


class _Cut(ByteStream):
    """A body that ends before the length that was announced for it."""

    def __init__(self, request: Request, content: bytes, expected: int) -> None:
        super().__init__(content)
        received = f"received {len(content)} bytes, expected {expected}"
        words = f"peer closed connection without sending complete message body ({received})"
        self._end = RemoteProtocolError(words, request=request)

    def __iter__(self) -> Iterator[bytes]:
        yield from super().__iter__()
        raise self._end

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in super().__aiter__():
            yield chunk
        raise self._end
