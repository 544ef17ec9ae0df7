"""create_app(): the one place where the parts meet."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException

from mockserver.admin import blueprint, told
from mockserver.contract.operations import Contract
from mockserver.domain import clock
from mockserver.domain.scenarios import BadScenario, names
from mockserver.gateway.exchange import Answer, Wire
from mockserver.gateway.gateway import Gateway
from mockserver.operations.answering import Answering
from mockserver.store.sandboxes import KeyTaken, Plan, Sandbox, Sandboxes
from mockserver.worlds import plan

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

DEMO = ("demo-cn", "demo-intl")
ADMIN = "/_mock"
JSON = "application/json;charset=UTF-8"


def create_app(
    scenarios: Iterable[str] = DEMO, *, seed: int | None = None, strict: bool = False, loud: bool = False
) -> Flask:
    """The emulator with one sandbox per scenario, each under its site's name and with the scenario's own keys.

    ``seed`` replaces the scenarios' seeds. ``strict``: quotas count and unknown members are refused. ``loud``: an
    answer of ours that breaks its schema is a 500. Raises ``BadScenario`` for a scenario that cannot be used.
    """
    app = Flask("mockserver", static_folder=None)
    scenarios = tuple(scenarios)
    sandboxes = Sandboxes(clock.wall)
    gateway = Gateway(Contract(), sandboxes, Answering(), clock.wall, loud=loud)
    open_worlds(scenarios, seed, strict=strict, sandboxes=sandboxes)
    app.extensions["bss_mock"] = sandboxes
    app.register_error_handler(HTTPException, told)
    app.register_blueprint(blueprint(sandboxes, partial(_plan_of_known, {*names(), *scenarios})))

    app.wsgi_app = _in_front(app.wsgi_app, gateway)  # type: ignore[assignment,method-assign]
    return app


def _plan_of_known(known: set[str], name: str, seed: int | None) -> Plan:
    """Over HTTP only scenarios that are shipped or were named at the start: no request reads any other file."""
    if name not in known:
        raise BadScenario(f"unknown scenario {name!r}: this server knows {', '.join(sorted(known))}")
    return plan(name, seed)


def _in_front(admin: WSGIApplication, gateway: Gateway) -> WSGIApplication:
    """The cloud's paths never reach Flask: its answers to a strange path or method are not the documented ones."""

    def wsgi(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == ADMIN or path.startswith(ADMIN + "/"):
            return admin(environ, start_response)
        return _response(gateway.handle(_wire(Request(environ))))(environ, start_response)

    return wsgi


def open_worlds(
    scenarios: Iterable[str], seed: int | None = None, *, strict: bool = False, sandboxes: Sandboxes | None = None
) -> dict[str, Sandbox]:
    """One sandbox per scenario under the name of its site; a second one of a site goes by its file's name.

    Raises ``BadScenario``, also where two of them have a key in common."""
    sandboxes = sandboxes or Sandboxes(clock.wall)
    opened: dict[str, Sandbox] = {}
    for name in scenarios:
        made = plan(name, seed)
        ident = made.site if made.site not in opened else Path(name).stem
        if ident in opened:
            raise BadScenario(f"{name}: a sandbox {ident} is there already; a scenario is served once")
        try:
            opened[ident] = sandboxes.create(made, ident=ident, strict=strict)
        except KeyTaken as taken:
            raise BadScenario(f"{name}: {taken}") from None
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
    response = Response(answer.content, answer.status, answer.headers, content_type=JSON)
    if not answer.content:
        del response.headers["Content-Type"]
    return response
