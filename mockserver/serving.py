"""Serving on a port: granian in front, one worker, because a world lives in one process.

granian shares a port among its workers (SO_REUSEPORT), so a second emulator on the same port would silently take half
of the requests. The port is therefore taken here first, alone, and held for as long as the server runs.
"""

import errno
import gc
import http.client
import multiprocessing
import os
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings
from granian.server import Server

from mockserver.gateway import stalled

WsgiApp = Callable[..., Any]
Ready = Callable[[str], None]
# A body that comes slowly holds one, so there are many. Each starts only when it is needed, and with 64 connections at
# once 256 take no more of the processor for a request than 16 do.
THREADS = 256
# How long a connection may be silent, in seconds: between requests, in the headers, in a body.
IDLE = 30.0
PATIENCE = 60.0


class PortTaken(Exception):
    """One line for people."""


def reserve(host: str, port: int, option: str = "--port") -> socket.socket:
    """A socket that keeps the port for us; port 0 takes a free one. ``option`` gives another. Raises ``PortTaken``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    # Connections of a server that has just ended must not keep its successor from the port.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as problem:
        held.close()
        if problem.errno == errno.EADDRINUSE:
            raise PortTaken(
                f"port {port} on {host} is in use: give another with {option}, or 0 for a free one"
            ) from None
        raise PortTaken(f"cannot serve on {host}:{port}: {problem.strerror or problem}") from None
    if hasattr(socket, "SO_REUSEPORT"):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return held


def serve(
    app: WsgiApp,
    held: socket.socket,
    ready: Ready,
    *,
    idle: float = IDLE,
    certificate: tuple[Path, Path] | None = None,
    beside: Iterable[Callable[[], object]] = (),
) -> None:
    """Serve ``app`` in a worker process until SIGTERM or SIGINT.

    ``ready`` is called once, in this process, with the URL, when requests are answered. A connection that is silent
    for ``idle`` seconds is ended. With a ``certificate`` (its file and that of its key) the port speaks HTTPS.
    ``beside``: what else is started in this process, with threads.
    """
    host, port = held.getsockname()[:2]
    server = Server(
        "mockserver",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=round(idle * 1000)),
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=5,
        ssl_cert=certificate[0] if certificate else None,
        ssl_key=certificate[1] if certificate else None,
        ssl_protocol_min=SSLProtocols.tls12,  # what clients of some years ago know
    )
    announcing = threading.Thread(target=_announce, args=(host, port, certificate is not None, ready), daemon=True)
    begin = partial(_begin, [announcing.start, *beside])
    # What lives as long as the server need not be looked at by every collection of garbage.
    gc.freeze()
    gc.enable()
    if multiprocessing.get_start_method() == "fork":
        # A thread that is there when the worker is forked can leave the worker waiting for a lock for ever.
        os.register_at_fork(after_in_parent=begin)
    else:
        begin()
    server.serve(target_loader=partial(_in_worker, app, os.getpid(), port, idle), wrap_loader=False)


def end_with(parent: int) -> None:
    """End this process once ``parent`` has: what was killed cannot end its children."""
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def shown(host: str, port: int, scheme: str = "http") -> str:
    """A URL."""
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def _begin(starts: list[Callable[[], object]]) -> None:
    """Once, however often this process forks."""
    while starts:
        starts.pop(0)()


def _in_worker(app: WsgiApp, parent: int, port: int, idle: float) -> WsgiApp:
    threading.Thread(target=_watch, args=(parent, port, idle), daemon=True).start()
    return app


def _watch(parent: int, port: int, idle: float) -> None:
    """Once a second or oftener, for connections that fell silent, and for a parent that was killed.

    A worker without its parent would go on answering on the port for ever.
    """
    while os.getppid() == parent:
        stalled.shut(port, idle)
        time.sleep(min(1.0, idle))
    os._exit(1)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def _announce(host: str, port: int, secure: bool, ready: Ready) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            connection = _connection(host, port, secure)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.005)
            continue
        return ready(shown(host, port, "https" if secure else "http"))


def _connection(host: str, port: int, secure: bool) -> http.client.HTTPConnection:
    if not secure:
        return http.client.HTTPConnection(host, port, timeout=5)
    # Whether it answers is asked, not whether it is trusted.
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=5, context=anybody)
