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
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from mockserver.gateway import stalled

WsgiApp = Callable[..., Any]
Ready = Callable[[str], None]
# A body that comes slowly holds one, so there are many; each starts only when it is needed.
THREADS = 256
# How long a connection may be silent, in seconds: between requests, in the headers, in a body.
IDLE = 30.0
PATIENCE = 60.0


class PortTaken(Exception):
    """One line for people."""


def reserve(host: str, port: int) -> socket.socket:
    """A socket that keeps the port for us; port 0 takes a free one. Raises ``PortTaken``."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    held = socket.socket(family, socket.SOCK_STREAM)
    # Connections of a server that has just ended must not keep its successor from the port.
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        held.bind((host, port))
    except OSError as problem:
        held.close()
        if problem.errno == errno.EADDRINUSE:
            raise PortTaken(f"port {port} on {host} is in use: give another with --port, or 0 for a free one") from None
        raise PortTaken(f"cannot serve on {host}:{port}: {problem.strerror or problem}") from None
    if hasattr(socket, "SO_REUSEPORT"):
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    return held


def serve(app: WsgiApp, held: socket.socket, ready: Ready, *, idle: float = IDLE) -> None:
    """Serve ``app`` in a worker process until SIGTERM or SIGINT.

    ``ready`` is called once, in this process, with the URL, when requests are answered. A connection that is silent
    for ``idle`` seconds is ended.
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
    )
    announcing = threading.Thread(target=_announce, args=(host, port, ready), daemon=True)
    # What lives as long as the server need not be looked at by every collection of garbage.
    gc.freeze()
    gc.enable()
    if multiprocessing.get_start_method() == "fork":
        # A thread that is there when the worker is forked can leave the worker waiting for a lock for ever.
        os.register_at_fork(after_in_parent=partial(_start_once, announcing))
    else:
        announcing.start()
    server.serve(target_loader=partial(_in_worker, app, os.getpid(), port, idle), wrap_loader=False)


def _start_once(thread: threading.Thread) -> None:
    if thread.ident is None:
        thread.start()


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


def _announce(host: str, port: int, ready: Ready) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.005)
            continue
        shown = f"[{host}]" if ":" in host else host
        return ready(f"http://{shown}:{port}")
