"""A load generator that costs little: one signed request, sent again and again on connections that stay open.

Each connection sends its next request when the last answer is complete, so the server is never idle and nothing piles
up. A client library would take longer for a request than a bare view for its answer, and the measure would be of the
client; here it is bytes on sockets. ``Load.busy`` says whether that holds on the machine at hand.
"""

import selectors
import socket
import time
from dataclasses import dataclass

CONNECTIONS = 8
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = b"content-length:"


class Unexpected(Exception):
    """The server answered something else than 200, or hung up."""


@dataclass(frozen=True, slots=True)
class Load:
    """What a server stood. ``busy``: which part of the time the generator itself was computing."""

    per_second: float
    busy: float


def run(port: int, request: bytes, seconds: float, connections: int = CONNECTIONS) -> Load:
    """Keep a server on this machine busy for ``seconds``. Raises ``Unexpected``."""
    open_ = [_Connection(port, request) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        for one in open_:
            selector.register(one.socket, selectors.EVENT_READ, one)
            one.send()
        start, start_cpu = time.perf_counter(), time.process_time()
        answered = _answers_until(start + seconds, selector)
        taken, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    for one in open_:
        one.socket.close()
    return Load(answered / taken, cpu / taken)


def _answers_until(end: float, selector: selectors.BaseSelector) -> int:
    answered = 0
    while time.perf_counter() < end:
        for key, _ in selector.select(1.0):
            connection: _Connection = key.data
            if connection.answered():
                answered += 1
                connection.send()
    return answered


class _Connection:
    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._request = request
        self._received = b""

    def send(self) -> None:
        self._received = b""
        self.socket.sendall(self._request)

    def answered(self) -> bool:
        """Read what is there; whether the answer is complete."""
        self._received += self.socket.recv(1 << 16)
        head, found, body = self._received.partition(_END_OF_HEAD)
        if not self._received.startswith(b"HTTP/1.1 200"):
            raise Unexpected(self._received[:300].decode("latin-1") or "the server hung up")
        return bool(found) and len(body) >= _length(head)


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(_LENGTH)
    if not found:
        raise Unexpected("an answer without Content-Length")
    return int(rest.split(b"\r\n", 1)[0])
