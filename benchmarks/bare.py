"""What the emulator is measured against: a Flask view that returns the same bytes, served in the same way.

Run as ``bare.py PORT FILE``: it answers with the content of FILE, checks nothing and knows nothing.
"""

import socket
import sys
from pathlib import Path

from flask import Flask, Response

from mockserver import serving


def create_app(body: bytes) -> Flask:
    app = Flask("bare", static_folder=None)

    @app.post("/v2/partners/sub-customers/query")
    def customers() -> Response:
        return Response(body, content_type="application/json;charset=UTF-8")

    return app


def main(port: str, file: str) -> None:
    held: socket.socket = serving.reserve("127.0.0.1", int(port))
    serving.serve(create_app(Path(file).read_bytes()), held, lambda url: None)


if __name__ == "__main__":
    main(*sys.argv[1:])
