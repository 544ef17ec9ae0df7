"""create_app(): the one place where the parts meet."""

from collections.abc import Iterable

import msgspec
from flask import Flask, Request, Response, request

from mockserver.admin import blueprint
from mockserver.contract.operations import Contract
from mockserver.domain import clock
from mockserver.gateway.exchange import Answer, Wire
from mockserver.gateway.gateway import Gateway
from mockserver.operations.answering import Answering
from mockserver.store.sandboxes import Sandbox, Sandboxes
from mockserver.worlds import plan

DEMO = ("demo-cn", "demo-intl")
ADMIN = "/_mock"
_encoder = msgspec.json.Encoder(decimal_format="number")


def create_app(
    scenarios: Iterable[str] = DEMO, *, seed: int | None = None, strict: bool = False, loud: bool = False
) -> Flask:
    """The emulator with one sandbox per scenario, each under its site's name and with the scenario's own keys.

    ``seed`` replaces the scenarios' seeds. ``strict``: quotas count and unknown members are refused. ``loud``: an
    answer of ours that breaks its schema is a 500. Raises ``BadScenario`` for a scenario that cannot be used.
    """
    app = Flask("mockserver", static_folder=None)
    sandboxes = Sandboxes(clock.wall)
    gateway = Gateway(Contract(), sandboxes, Answering(), clock.wall, loud=loud)
    open_worlds(scenarios, seed, strict=strict, sandboxes=sandboxes)
    app.extensions["bss_mock"] = sandboxes
    app.register_blueprint(blueprint(sandboxes, plan))

    @app.before_request
    def cloud() -> Response | None:
        # Before Flask's own routing, whose answers to a strange path or method are not the documented ones.
        if request.path == ADMIN or request.path.startswith(ADMIN + "/"):
            return None
        return _response(gateway.handle(_wire(request)))

    return app


def open_worlds(
    scenarios: Iterable[str], seed: int | None = None, *, strict: bool = False, sandboxes: Sandboxes | None = None
) -> dict[str, Sandbox]:
    """One sandbox per scenario under the name of its site; a second one of a site goes by its scenario's name."""
    sandboxes = sandboxes or Sandboxes(clock.wall)
    opened = {}
    for name in scenarios:
        made = plan(name, seed)
        ident = made.site if made.site not in opened else made.name
        opened[ident] = sandboxes.create(made, ident=ident, strict=strict)
    return opened


def _wire(request: Request) -> Wire:
    environ = request.environ
    return Wire(
        method=request.method,
        path=environ["PATH_INFO"].encode("latin-1").decode("utf-8", "surrogateescape"),
        query=environ.get("QUERY_STRING", ""),
        headers=request.headers,
        body=request.get_data(cache=False),
        address=request.remote_addr or "",
    )


def _response(answer: Answer) -> Response:
    body = b"" if answer.body is None else _encoder.encode(answer.body)
    response = Response(body, answer.status, answer.headers)
    if answer.body is not None:
        response.content_type = "application/json;charset=UTF-8"
    return response
