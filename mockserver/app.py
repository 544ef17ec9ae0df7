"""The one place where the parts meet: ``Emulator`` and, as a Flask application, ``create_app()``."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from http.client import responses
from pathlib import Path
from typing import TYPE_CHECKING

from mockserver import iam
from mockserver.contract.operations import Contract
from mockserver.domain import clock
from mockserver.domain.scenarios import BadScenario, names
from mockserver.gateway.exchange import DROPPED, JSON, NOTHING, Answer
from mockserver.gateway.gateway import Gateway
from mockserver.operations.answering import Answering
from mockserver.store.journal import History
from mockserver.store.sandboxes import KeyTaken, Plan, Sandbox, Sandboxes
from mockserver.worlds import plan

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from flask import Flask

    from mockserver.iam.endpoint import Iam

DEMO = ("demo-cn", "demo-intl")
# How long the web server may take to send what it was given; what is younger it drops when an answer breaks off.
FLUSHING = 0.05
ADMIN = "/_mock"


class Emulator:
    """The whole emulator as a WSGI application: ``/_mock`` is Flask's, a few paths are IAM's, the others the gateway's.

    Flask never sees the cloud's paths, as its answers to a strange path or method are not the documented ones; and it
    is loaded only when ``/_mock`` is first asked for, as a start is half done by then.
    """

    def __init__(
        self,
        scenarios: Iterable[str] = DEMO,
        *,
        seed: int | None = None,
        strict: bool = False,
        quotas: bool = False,
        lock_failed_ak: bool = False,
        loud: bool = False,
        admin_token: str | None = None,
        history: bool = False,
        salt: str | None = None,
    ) -> None:
        """One sandbox per scenario, each under its site's name and with the scenario's own keys.

        ``seed`` replaces the scenarios' seeds. ``quotas``: they count. ``strict``: that, and unknown members are
        refused. ``lock_failed_ak``: failed authentications lock an access key. ``loud``: an answer of ours that breaks
        its schema is a 500. ``admin_token``: what ``/_mock`` asks for; without it, it answers this machine only.
        ``history``: every request is kept, also of sandboxes that are reset or gone. ``salt``: the accounts have keys
        made from it, not the scenario's. Raises ``BadScenario`` for a scenario that cannot be used.
        """
        self.scenarios = tuple(scenarios)
        self._admin_token = admin_token
        self._again = partial(
            Emulator,
            self.scenarios,
            seed=seed,
            strict=strict,
            quotas=quotas,
            lock_failed_ak=lock_failed_ak,
            loud=loud,
            admin_token=admin_token,
            history=history,
            salt=salt,
        )
        self.contract = Contract()
        self.sandboxes = Sandboxes(clock.wall, History(whole=history))
        self.gateway = Gateway(self.contract, self.sandboxes, Answering(), clock.wall, loud=loud, projects=_projects)
        self.worlds = open_worlds(
            self.scenarios,
            seed,
            strict=strict,
            quotas=quotas,
            lock_failed_ak=lock_failed_ak,
            sandboxes=self.sandboxes,
            salt=salt,
        )

    def __reduce__(self) -> tuple[Callable[[], Emulator], tuple[()]]:
        """A process that does not inherit memory makes the same emulator again."""
        return self._again, ()

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path == ADMIN or path.startswith(ADMIN + "/"):
            return self._admin(environ, start_response)
        answer = self.gateway.answer(environ, self.iam.handle if path in iam.PATHS else None)
        if answer.sent is not None:
            return _broken_off(answer, start_response)
        headers = [("Content-Length", str(len(answer.content))), *answer.headers.items()]
        if answer.content and "Content-Type" not in answer.headers:
            headers.append(("Content-Type", JSON))
        start_response(_status(answer), headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [answer.content]

    @cached_property
    def iam(self) -> Iam:
        from mockserver.iam.endpoint import Iam

        return Iam(self.contract.catalogue, self.gateway.authentication)

    @cached_property
    def flask(self) -> Flask:
        """What answers ``/_mock``; asked for anything else it answers as the whole emulator."""
        from flask import Flask
        from werkzeug.exceptions import HTTPException

        from mockserver.admin import access, blueprint, reference, told

        app = Flask("mockserver", static_folder=None)
        app.extensions["bss_mock"] = self.sandboxes
        app.register_error_handler(HTTPException, told)
        app.before_request(access.guard(self._admin_token))
        app.register_blueprint(blueprint(self.sandboxes, self.contract, self._plan_of_known))
        app.register_blueprint(reference.blueprint(self.contract))
        return app

    @cached_property
    def _admin(self) -> WSGIApplication:
        inner: WSGIApplication = self.flask.wsgi_app
        self.flask.wsgi_app = self  # type: ignore[method-assign]
        return inner

    def _plan_of_known(self, name: str, seed: int | None) -> Plan:
        """Over HTTP only scenarios that are shipped or were named at the start: no request reads any other file."""
        known = sorted({*names(), *self.scenarios})
        if name not in known:
            raise BadScenario(f"unknown scenario {name!r}: this server knows {', '.join(known)}")
        return plan(name, seed)


def _projects(sandbox: Sandbox, domain_id: str) -> set[str]:
    """Loaded where a request names a project; few do."""
    from mockserver.iam import projects

    return projects.ids(sandbox, domain_id)


def create_app(
    scenarios: Iterable[str] = DEMO,
    *,
    seed: int | None = None,
    strict: bool = False,
    quotas: bool = False,
    lock_failed_ak: bool = False,
    loud: bool = False,
    admin_token: str | None = None,
) -> Flask:
    """The emulator as a Flask application, for whoever wants to embed it; see ``Emulator`` for what it takes."""
    return embeddable(
        Emulator(
            scenarios,
            seed=seed,
            strict=strict,
            quotas=quotas,
            lock_failed_ak=lock_failed_ak,
            loud=loud,
            admin_token=admin_token,
        )
    )


def embeddable(emulator: Emulator) -> Flask:
    """An emulator that is there already, as a Flask application."""
    assert emulator._admin is not None
    return emulator.flask


def _status(answer: Answer) -> str:
    return f"{answer.status} {responses.get(answer.status, 'Refused')}"


def _broken_off(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    """An answer that a fault cuts short. A length that is none makes the server close without a word."""
    whole = answer.sent != NOTHING
    headers = [("Content-Type", JSON), *answer.headers.items()] if whole else []
    headers.append(("Content-Length", str(len(answer.content) + 1) if whole else DROPPED))
    start_response(_status(answer) if whole else "200 OK", headers)
    return _cut(answer.content[: answer.sent] if whole else b"")


def _cut(content: bytes) -> Iterable[bytes]:
    """What is sent before the end that comes too early; the server has to get it out of the house first."""
    yield content
    if content:
        time.sleep(FLUSHING)


def open_worlds(
    scenarios: Iterable[str],
    seed: int | None = None,
    *,
    strict: bool = False,
    quotas: bool = False,
    lock_failed_ak: bool = False,
    sandboxes: Sandboxes | None = None,
    salt: str | None = None,
) -> dict[str, Sandbox]:
    """One sandbox per scenario under the name of its site; a second one of a site goes by its file's name.

    With ``salt`` their IDs and the keys of their accounts are made from it. Raises ``BadScenario``, also where two of
    them have a key in common.
    """
    sandboxes = sandboxes or Sandboxes(clock.wall)
    opened: dict[str, Sandbox] = {}
    for name in scenarios:
        made = plan(name, seed)
        if lock_failed_ak:
            made = made.ruled(lock_failed_ak=True)
        ident = made.site if made.site not in opened else Path(name).stem
        if ident in opened:
            raise BadScenario(f"{name}: a sandbox {ident} is there already; a scenario is served once")
        try:
            own = hashlib.sha256(f"{salt}/{ident}".encode()).hexdigest()[:16] if salt else None
            opened[ident] = sandboxes.create(
                made, ident=own or ident, own_keys=own is not None, strict=strict, quotas=quotas
            )
        except KeyTaken as taken:
            raise BadScenario(f"{name}: {taken}") from None
    return opened
