"""No secret is ever told: not in an answer, a reason, the journal or a log, whatever was sent and however it fails."""

import json
import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import ProxyHandler, Request, build_opener

import pytest
from flask import Flask

from contract_tests.server import start
from contract_tests.strategies.requests import simplest
from mockserver.contract.operations import SITES, Contract, Operation

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

CUSTOMERS = "/v2/partners/sub-customers/query"
# Long enough to be found in part, and never to be there by chance.
CANARY = "Cnry-7f3a"
OPERATIONS = [operation for operation in Contract() if operation.secrets]
CANARIES = (CANARY, CANARY + "x" * 40, CANARY[:6], [CANARY], {"value": CANARY}, {CANARY: 1}, f"\0{CANARY}", CANARY * 99)
TOKENS = {name: f"{CANARY}-{name}" for name in ("X-Auth-Token", "X-Security-Token", "X-Subject-Token", "Cookie")}
here = build_opener(ProxyHandler({}))


def told(stage: "Stage", app: Flask, *answers: "Answered") -> str:
    """All that anybody can see of what happened."""
    journal = app.test_client().get(f"/_mock/sandboxes/{stage.sandbox.id}/journal").get_data(as_text=True)
    seen = [f"{answer.headers}{answer.content.decode()}" for answer in answers]
    return "".join([journal, repr(stage.journal), *seen])


@pytest.fixture(scope="module")
def worlds(open_world: Callable[..., "Stage"]) -> Mapping[str, "Stage"]:
    return {site: open_world(f"demo-{site}") for site in SITES}


def caller(stage: "Stage", operation: Operation) -> str:
    kinds = {*operation.callers} | ({"solution_provider"} if "partner" in operation.callers else set())
    return next(name for name, one in stage.sandbox.principals.items() if one.kind in kinds)


def holding(schema: Any, value: Any, canary: Any) -> Any:
    """``value`` with the canary as each member that ``schema`` marks as secret."""
    for name, below in schema.get("properties", {}).items():
        if below.get("writeOnly"):
            value[name] = canary
        elif "writeOnly" in json.dumps(below):
            value[name] = holding(below, value.get(name) or {}, canary)
    return value


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: f"{one.site}-{one.name}")
def test_what_the_contract_marks_secret_is_not_told(
    operation: Operation, worlds: Mapping[str, "Stage"], app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    stage, valid = worlds[operation.site], simplest(operation)
    who, path = caller(stage, operation), operation.path.format_map(valid.get("path", {}))
    answers = []
    for canary in (
        CANARY,
        CANARY + "x" * 40,
        CANARY[:6],
        [CANARY],
        {"value": CANARY},
        {CANARY: 1},
        f"\0{CANARY}",
        CANARY * 99,
    ):
        body = holding(operation.place("body"), deepcopy(valid["body"]), canary)
        answers.append(stage.send(who, operation.method, path, body=json.dumps(body).encode()))
        flat = dict.fromkeys(operation.secrets, canary)
        answers.append(stage.send(who, operation.method, path, body=json.dumps([flat, {"x": flat}]).encode()))
        answers.append(stage.send(who, operation.method, path, query=urlencode(flat), body=b"{}"))
        answers.append(stage.send(who, operation.method, path, query=urlencode(flat), headers={"Host": "é"}, body=b"{"))
    assert {answer.status for answer in answers} <= {200, 201, 204, 400, 401, 403}
    assert CANARY[:6] not in told(stage, app, *answers) + caplog.text


@pytest.mark.parametrize("signed", [True, False])
def test_a_wrong_signature_tells_what_was_signed_but_no_secret_of_it(
    stage: "Stage", app: Flask, signed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    path, query = "/v2/partners/sub-customers", f"password={CANARY}&limit=1"
    body = json.dumps({"password": CANARY}).encode()
    request = stage.send("solution_provider", "POST", path, query=query, body=body, headers=TOKENS, signed=signed)
    from tests.conftest import HOST, send, sign

    made = sign(stage["solution_provider"], "POST", path, query, {"Host": HOST, **TOKENS}, body)
    wrong = send(app, "POST", path, query, made, body + b" ")
    assert (wrong.status, wrong.code) == (401, "APIGW.0301")
    assert "x-security-token:***" in wrong.reason
    everything = told(stage, app, request, wrong) + caplog.text
    where = everything.find(CANARY)
    assert where == -1, everything[max(where - 200, 0) : where + 60]
    assert made["Authorization"].rpartition("=")[2] not in everything


@pytest.mark.parametrize(
    "header",
    [CANARY, f"Bearer {CANARY}", f"SDK-HMAC-SHA256 {CANARY}", f"SDK-HMAC-SHA256 Signature={CANARY}"],
)
def test_a_header_that_is_none_is_not_repeated(stage: "Stage", header: str) -> None:
    answer = stage.send(None, "POST", CUSTOMERS, body=b"{}", headers={"Authorization": header})
    assert (answer.status, answer.code) == (401, "APIGW.0301")
    assert CANARY not in f"{answer.headers}{answer.content!r}"


def test_keys_and_passwords_of_the_world_are_not_told(stage: "Stage", app: Flask) -> None:
    answers = [stage.send(who, "POST", CUSTOMERS, body=b"{}") for who in stage.sandbox.principals]
    answers += [
        stage.send(who, "POST", CUSTOMERS, body=b"[]", headers={"X-Sdk-Date": "20200101T000000Z"})
        for who in ("customer",)
    ]
    everything = told(stage, app, *answers)
    for one in stage.sandbox.principals.values():
        assert one.sk not in everything
        assert one.password not in everything


def test_a_bug_of_ours_tells_the_log_no_parameter_of_the_database(
    stage: "Stage", app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with stage.inside() as world:
        world.db.exec_driver_sql("ALTER TABLE accounts RENAME COLUMN password TO other")
    made = {"xaccount_id": "x1", "xaccount_type": "T", "password": f"{CANARY}-Pw1", "domain_name": "another_name"}
    answer = stage.call("solution_provider", "create_sub_customer", **made)
    assert (answer.status, answer.code) == (500, "APIGW.0601")
    assert "Traceback" in caplog.text
    assert CANARY not in told(stage, app, answer) + caplog.text
    # Other tests look through all worlds of the application.
    app.extensions["bss_mock"].delete(stage.sandbox.id)


def test_a_server_tells_its_admin_token_to_nobody(capfd: pytest.CaptureFixture[str]) -> None:
    with start("demo-cn", options=("--admin-token", CANARY)) as server:
        sent = Request(f"{server.url}/_mock/sandboxes", headers={"X-Mock-Admin-Token": CANARY})
        with here.open(sent, timeout=20) as answer:
            listed = answer.read().decode()
        ready = server.log.with_name("ready.json").read_text("utf-8")
        log = server.log.read_text("utf-8")
    assert '"sandboxes"' in listed
    assert CANARY not in listed + ready + log + "".join(capfd.readouterr())


def test_the_token_may_come_from_the_environment(tmp_path: Path) -> None:
    ready, token = tmp_path / "ready.json", {"X-Mock-Admin-Token": CANARY}
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0", "--ready-file", str(ready)]
    environment = os.environ | {"BSS_MOCK_ADMIN_TOKEN": CANARY}
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            next(line for line in process.stdout if "http://" in line)
            address = json.loads(ready.read_bytes())["url"] + "/_mock/health"
            with pytest.raises(HTTPError, match="401"):
                here.open(address, timeout=20)
            assert here.open(Request(address, headers=token), timeout=20).status == 200
        finally:
            process.terminate()
        assert CANARY not in process.stdout.read() + ready.read_text("utf-8")


@pytest.mark.parametrize("token", ["", "  ", "a b", "é"])
def test_a_token_that_no_header_can_carry_is_refused_at_the_start(token: str) -> None:
    from click.testing import CliRunner

    from mockserver.cli import cli

    result = CliRunner().invoke(cli, ["serve", "--admin-token", token])
    assert result.exit_code == 2
    assert "--admin-token" in result.output
