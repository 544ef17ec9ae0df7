"""What the emulator is measured against: a Flask view that returns the same bytes, served in the same way.

Run as ``bare.py PORT FILE``: it answers every path with the content of FILE, checks nothing and knows nothing.
"""

import socket
import sys
from functools import partial
from pathlib import Path

from flask import Flask, Response

from mockserver import serving


def create_app(body: bytes) -> Flask:
    app = Flask("bare", static_folder=None)

    @app.post("/v2/partners/sub-customers/query")
    def customers() -> Response:
        return Response(body, content_type="application/json;charset=UTF-8")

    # The server asks this path to learn that it answers.
    @app.get("/_mock/sandboxes")
    def ready() -> Response:
        return Response(b"{}", content_type="application/json")

    return app


def main(port: str, file: str) -> None:
    held: socket.socket = serving.reserve("127.0.0.1", int(port))
    serving.serve(partial(create_app, Path(file).read_bytes()), held, lambda url, answer: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
