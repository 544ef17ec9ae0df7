"""Fresh worlds without sockets, and callers whose requests the official SDK's own signer signs; commands of real
clients under ``bss-mock run``."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

import msgspec
import pytest
import yaml
from flask import Flask
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import settings
from sqlalchemy import select
from werkzeug.datastructures import Headers
from werkzeug.test import run_wsgi_app

from mockserver.app import create_app
from mockserver.contract.operations import Contract, Operation
from mockserver.domain.entering import inside
from mockserver.domain.world import World
from mockserver.store.journal import Entry
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes
from mockserver.store.tables import customers
from mockserver.worlds import plan

HOST = "bss.example.com"
START = datetime(2026, 3, 1, 12, tzinfo=UTC)
_encoder = msgspec.json.Encoder(decimal_format="number")

# How long an example takes says something about the machine, not about the code.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")


class Clock:
    """A sandbox's clock that a test moves."""

    def __init__(self) -> None:
        self.moment = START

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **distance: float) -> None:
        self.moment += timedelta(**distance)


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back over the wire."""

    status: int
    headers: Headers
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content, parse_float=Decimal) if self.content else {}

    @property
    def code(self) -> str | None:
        code: str | None = self.body.get("error_code")
        return code

    @property
    def reason(self) -> str:
        return self.headers.get("X-Mock-Reason", "")


class Stage:
    """A sandbox, and everybody in it ready to call."""

    def __init__(self, app: Flask, contract: Contract, sandbox: Sandbox) -> None:
        self._app = app
        self._contract = contract
        self.sandbox = sandbox

    def __getitem__(self, who: str) -> Principal:
        return self.sandbox.principals[who]

    def call(self, who: str, operation: str, **arguments: Any) -> Answered:
        """An operation by its name; each argument goes where the contract has it."""
        op = self._contract.get(self.sandbox.site, operation)
        assert op is not None, operation
        sent = _placed(op, arguments)
        path = op.path.format(**sent["path"])
        body = _encoder.encode(sent["body"]) if op.takes_body else b""
        return self.send(who, op.method, path, query=urlencode(sent["query"]), body=body, headers=sent["headers"])

    def send(
        self,
        who: str | None,
        method: str,
        path: str,
        *,
        query: str = "",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        signed: bool = True,
        address: str = "127.0.0.1",
    ) -> Answered:
        """A request as it is, percent-encoded; signed unless nobody sends it. ``headers`` win over the usual ones."""
        sent = {"Content-Type": "application/json", "Host": HOST, **(headers or {})}
        if who is not None and signed:
            sent = sign(self[who], method, path, query, sent, body)
        return send(self._app, method, path, query, sent, body, address)

    def iam(self, method: str, path: str, body: Any = None, *, token: str | None = None, query: str = "") -> Answered:
        """A call that is not signed, with a token or without."""
        content = b"" if body is None else _encoder.encode(body)
        headers = {} if token is None else {"X-Auth-Token": token}
        return self.send(None, method, path, query=query, body=content, headers=headers)

    def operation(self, name: str) -> Operation:
        found = self._contract.get(self.sandbox.site, name)
        assert found is not None, name
        return found

    def drop(self) -> None:
        sandboxes: Sandboxes = self._app.extensions["bss_mock"]
        assert sandboxes.delete(self.sandbox.id)

    @property
    def journal(self) -> list[Entry]:
        return list(self.sandbox.journal)

    @contextmanager
    def inside(self) -> Iterator[World]:
        """The world as the business sees it; what is changed in it stays changed."""
        with inside(self.sandbox) as world:
            yield world

    def customers(self, who: str, association: str = "resale") -> list[str]:
        """The IDs of a partner's customers in the order of their registration."""
        mine = (customers.c.partner_id == self[who].domain_id, customers.c.association == association)
        with self.inside() as world:
            return list(world.db.execute(select(customers.c.id).where(*mine).order_by(customers.c.number)).scalars())


def sign(
    principal: Principal, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> dict[str, str]:
    """``headers`` with what the official signer adds."""
    request = SdkRequest(
        method=method,
        resource_path=path,
        query_params=parse_qsl(query, keep_blank_values=True),
        header_params=dict(headers),
        body=body,
    )
    signed: dict[str, str] = Signer(GlobalCredentials(principal.ak, principal.sk)).sign(request).header_params
    return signed


def send(
    app: Flask, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes, address: str = "127.0.0.1"
) -> Answered:
    """To the WSGI application, byte for byte as a server would hand it on."""

    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path, "latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": HOST,
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": address,
        "CONTENT_LENGTH": str(len(body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": False,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    content, status, answered = run_wsgi_app(app, environ, buffered=True)
    return Answered(int(status.split()[0]), answered, b"".join(content))


def _placed(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    sent: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "headers": {}, "body": {}}
    unknown = "body" if operation.takes_body else "query"
    for name, value in arguments.items():
        places = (place for place in sent if name in operation.place(place).get("properties", {}))
        sent[next(places, unknown)][name] = value
    return sent


@pytest.fixture(scope="session")
def app() -> Flask:
    """The emulator, with no world in it yet; an answer that breaks its own schema is a 500."""
    return create_app((), loud=True)


@pytest.fixture(scope="session")
def contract() -> Contract:
    return Contract()


@pytest.fixture
def time() -> Clock:
    """The clock of ``stage``."""
    return Clock()


@pytest.fixture(scope="session")
def partners_file() -> Path:
    return Path(__file__).parent / "worlds" / "partners.yaml"


@pytest.fixture
def partners(partners_file: Path) -> dict[str, Any]:
    """``worlds/partners.yaml``, to be changed and opened."""
    content: dict[str, Any] = yaml.safe_load(partners_file.read_bytes())
    return content


@pytest.fixture(scope="session")
def stage_of(contract: Contract) -> Callable[[Flask, Sandbox], Stage]:
    """Makes a sandbox of another application callable."""
    return lambda app, sandbox: Stage(app, contract, sandbox)


@pytest.fixture(scope="session")
def open_world(app: Flask, contract: Contract, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Stage]:
    """Opens a fresh world of a scenario (a name, a path or the content of one)."""
    folder = tmp_path_factory.mktemp("scenarios")
    sandboxes: Sandboxes = app.extensions["bss_mock"]

    def open_(
        scenario: str | dict[str, Any],
        *,
        seed: int | None = None,
        strict: bool = False,
        quotas: bool = False,
        now: Callable[[], datetime] | None = None,
    ) -> Stage:
        if isinstance(scenario, dict):
            file = folder / f"{len(list(folder.iterdir()))}.yaml"
            file.write_text(yaml.safe_dump(scenario, allow_unicode=True, sort_keys=False), encoding="utf-8")
            scenario = str(file)
        made = plan(scenario, seed)
        sandbox = sandboxes.create(replace(made, now=now or made.now), strict=strict, quotas=quotas)
        return Stage(app, contract, sandbox)

    return open_


@pytest.fixture(scope="session")
def log_in() -> Callable[..., str]:
    """Gets a principal its own token, as documented: with its account, its user's name and password."""

    def log_in_(stage: Stage, who: str, scope: dict[str, Any] | None = None) -> str:
        one = stage[who]
        user = {"name": one.user_name, "password": one.password, "domain": {"name": one.domain_name}}
        identity = {"methods": ["password"], "password": {"user": user}}
        body = {"auth": {"identity": identity, "scope": scope or {"domain": {"name": one.domain_name}}}}
        answer = stage.iam("POST", "/v3/auth/tokens", body)
        assert answer.status == 201, answer.body
        return answer.headers["X-Subject-Token"]

    return log_in_


@pytest.fixture(scope="session")
def act_as(log_in: Callable[..., str]) -> Callable[..., str]:
    """Gets a partner the token of its customer: in exchange for its own."""

    def act_as_(stage: Stage, partner: str, customer: str) -> str:
        role = {"domain_name": stage[customer].domain_name, "agency_name": stage[partner].xaccount_type}
        identity = {"methods": ["assume_role"], "assume_role": role}
        scope = {"project": {"name": "cn-north-1"}}
        body = {"auth": {"identity": identity, "scope": scope}}
        answer = stage.iam("POST", "/v3/auth/tokens", body, token=log_in(stage, partner))
        assert answer.status == 201, answer.body
        return answer.headers["X-Subject-Token"]

    return act_as_


@pytest.fixture
def stage(open_world: Callable[..., Stage], partners: dict[str, Any], time: Clock) -> Stage:
    """A fresh world of ``worlds/partners.yaml`` on the clock ``time``."""
    return open_world(partners, now=time)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command under ``bss-mock run``."""

    status: int
    out: str
    err: str
    report: dict[str, Any]

    def called(self, operation: str) -> list[dict[str, Any]]:
        """The entries of an operation in the report's journal."""
        return [entry for entry in self.report["journal"] if entry["operation"] == operation]


@pytest.fixture(scope="session")
def run_under_mock(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Ran]:
    """Runs a command under ``bss-mock run``; ``options`` are those of run, ``environment`` is set for both."""
    folder = tmp_path_factory.mktemp("runs")

    def run(
        *command: str | Path, options: Sequence[str] = (), environment: Mapping[str, str] | None = None, given: str = ""
    ) -> Ran:
        report = folder / f"{len(list(folder.iterdir()))}.json"
        program = Path(sys.executable).with_name("bss-mock")
        done = subprocess.run(
            [program, "run", "--report", report, *options, "--", *command],
            env={**os.environ, **(environment or {})},
            input=given,
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        told = json.loads(report.read_bytes()) if report.exists() else {}
        return Ran(done.returncode, done.stdout, done.stderr, told)

    return run
