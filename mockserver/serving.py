"""Serving on a port: granian in front, one worker, because a world lives in one process.

granian shares a port among its workers (SO_REUSEPORT), so a second emulator on the same port would silently take half
of the requests. The port is therefore taken here first, alone, and held for as long as the server runs.
"""

import errno
import http.client
import json
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from granian.constants import Interfaces
from granian.server import Server

WsgiApp = Callable[..., Any]
# Enough for a slow call not to hold up the others; Python runs one at a time anyway.
THREADS = 8
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


def serve(load: Callable[[], WsgiApp], held: socket.socket, ready: Callable[[str, dict[str, Any]], None]) -> None:
    """Serve what ``load`` makes until SIGTERM or SIGINT.

    ``ready`` is called once with the URL and what ``GET /_mock/sandboxes`` answers, when requests are answered. Both
    run in the worker: a thread in the process that forks it could leave it waiting for a lock for ever.
    """
    host, port = held.getsockname()[:2]
    server = Server(
        "mockserver",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        blocking_threads=THREADS,
        websockets=False,
        log_enabled=False,
        workers_kill_timeout=5,
    )

    def loaded() -> WsgiApp:
        app = load()
        threading.Thread(target=_announce, args=(host, port, ready), daemon=True).start()
        return app

    server.serve(target_loader=loaded, wrap_loader=False)


def _announce(host: str, port: int, ready: Callable[[str, dict[str, Any]], None]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            connection = http.client.HTTPConnection(host, port, timeout=5)
            connection.request("GET", "/_mock/sandboxes")
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            time.sleep(0.005)
            continue
        if answer.status == http.client.OK:
            shown = f"[{host}]" if ":" in host else host
            ready(f"http://{shown}:{port}", json.loads(content))
        return
