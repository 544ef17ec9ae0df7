"""Connections on which nothing arrives any more: a body that was announced and does not come.

The web server ends connections whose headers do not come, but waits for a body for ever, and each holds a thread. What
is shut here for reading looks to it as if the client had sent all it will, so the request is refused and the connection
ends. Linux tells when something arrived last; elsewhere such a connection holds its thread until the client goes.
"""

import os
import socket
import stat
import struct
from collections.abc import Iterator
from threading import get_ident
from time import monotonic
from typing import IO

# Since when a thread has been reading a body.
_reading: dict[int, float] = {}
_DESCRIPTORS = "/proc/self/fd"
# struct tcp_info of linux/tcp.h: eight bytes, then numbers of four; milliseconds since data arrived is the twelfth.
_LAST_DATA_AT, _LAST_DATA = 8 + 11 * 4, struct.Struct("=I")


def read(body: IO[bytes], size: int) -> bytes:
    """At most ``size`` bytes of a body, fewer where it ends or stalls."""
    reader = get_ident()
    _reading[reader] = monotonic()
    try:
        return bytes(body.read(size))
    finally:
        del _reading[reader]


def shut(port: int, seconds: float) -> None:
    """Stop reading from each connection to ``port`` of this process on which nothing has arrived for so long.

    Only while somebody waits for a body so long: else all that are silent wait for an answer, or are done.
    """
    now = monotonic()
    if all(now - since <= seconds for since in list(_reading.values())):
        return
    for connection in _connections(port):
        with connection:
            known = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _LAST_DATA_AT + _LAST_DATA.size)
            if _LAST_DATA.unpack_from(known, _LAST_DATA_AT)[0] > seconds * 1000:
                connection.shutdown(socket.SHUT_RD)


def _connections(port: int) -> Iterator[socket.socket]:
    if not os.path.isdir(_DESCRIPTORS):
        return
    for name in os.listdir(_DESCRIPTORS):
        try:
            if not stat.S_ISSOCK(os.stat(f"{_DESCRIPTORS}/{name}").st_mode):
                continue
            # A descriptor of our own, as its owner may close the other at any moment.
            connection = socket.socket(fileno=os.dup(int(name)))
        except OSError:
            continue
        try:
            connection.getpeername()
            if connection.getsockname()[1] == port:
                yield connection
        except (OSError, IndexError):
            pass
        finally:
            connection.close()
