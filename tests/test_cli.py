"""The command line as people meet it: it does what it says, and a mistake is one line and exit status 2."""

import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from huaweicloudsdkbss.v2 import BssClient, ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkcore.auth.credentials import GlobalCredentials

from mockserver.app import create_app
from mockserver.contract.operations import Contract
from mockserver.store.sandboxes import Sandbox

if TYPE_CHECKING:
    from flask import Flask

    from tests.conftest import Stage

    StageOf = Callable[[Flask, Sandbox], Stage]

PROGRAM = Path(sys.executable).with_name("bss-mock")
NAMES = {
    "distributor",
    "solution_provider",
    "reseller",
    "customer",
    "enterprise_master",
    "enterprise_member",
    "outsider",
    "applicant",
    "reseller_2",
}
MORE = {"cn": set[str](), "intl": {"frozen_customer"}}
PRINCIPAL = {"kind", "ak", "sk", "domain_id", "domain_name", "user_name", "password", "ak_enabled"}


def bss_mock(*options: str | Path, cwd: Path | None = None, timeout: float = 60) -> subprocess.CompletedProcess[str]:
    """Runs to its end; what does not end in time has the status 124."""
    with started(*options, cwd=cwd) as program:
        try:
            told, complained = program.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            return subprocess.CompletedProcess(options, 124, "", "it did not end")
        return subprocess.CompletedProcess(options, program.returncode, told, complained)


@contextmanager
def started(*options: str | Path, cwd: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """A program in a process group of its own, so that nothing of it survives the test."""
    program = subprocess.Popen(
        [PROGRAM, *options],
        cwd=cwd,
        env=plain(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def plain() -> dict[str, str]:
    """An environment in which nothing decides on colours and widths."""
    return {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "FORCE_COLOR", "PYTHONPATH")}


@cache
def said(*options: str | Path) -> str:
    done = bss_mock(*options)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


class TestOperations:
    def test_json_has_a_row_for_each_operation_of_each_site(self) -> None:
        rows = json.loads(said("operations", "--format", "json"))
        members = ["operation", "site", "area", "method", "path", "callers", "quota", "fidelity"]
        assert {tuple(row) for row in rows} == {tuple(members)}
        assert {(row["site"], row["operation"]) for row in rows} == {(op.site, op.name) for op in Contract()}
        (row,) = [row for row in rows if (row["site"], row["operation"]) == ("cn", "check_user_identity")]
        assert row == {
            "operation": "check_user_identity",
            "site": "cn",
            "area": "customers",
            "method": "POST",
            "path": "/v2/partners/sub-customers/users/check-identity",
            "callers": ["solution_provider", "distributor"],
            "quota": "5/1s",
            "fidelity": "stateful",
        }
        assert {row["fidelity"] for row in rows} <= {"stateful", "generated", "none"}

    def test_the_table_has_them_too(self) -> None:
        table = said("operations")
        assert all(word in table for word in ("list_sub_customers", "fidelity", "stateful", "intl"))


class TestExplain:
    def test_it_tells_what_is_taken_who_may_call_the_errors_and_the_page(self) -> None:
        told = said("explain", "list_sub_customers")
        for words in (
            "POST /v2/partners/sub-customers/query",
            "api-bpconsole/mc_00021.html",
            "intl/en-us/api-bpconsole/mc_00021.html",
            "solution_provider, distributor",
            "10/1s",
            "/body/limit",
            "minimum 1, maximum 100, default 10",
            "x-empty ignored, x-null ignored",
            "CBC.99000037",
        ):
            assert words in told

    def test_one_site_can_be_chosen_and_members_are_told_by_their_pointer(self) -> None:
        told = said("explain", "list_conversions", "--site", "intl")
        assert "list_conversions on intl: " in told
        assert "on cn:" not in told
        assert re.search("/query/measure_type +integer ", told)

    def test_what_is_needed_is_marked_at_any_depth(self) -> None:
        told = said("explain", "list_customers_balances_detail")
        assert re.search("/body/customer_infos +array +yes ", told)
        assert re.search("/body/customer_infos/0/customer_id +string +yes ", told)
        assert re.search("/body/indirect_partner_id +string +max", told)


class TestCredentials:
    def test_json_has_the_shape_of_the_ready_file(self) -> None:
        told = json.loads(said("credentials", "--format", "json"))
        assert told["url"] == "http://127.0.0.1:8470"
        assert set(told["sandboxes"]) == {"cn", "intl"}
        for site, sandbox in told["sandboxes"].items():
            assert sandbox["site"] == site
            assert set(sandbox["principals"]) == NAMES | MORE[site]
            assert all(set(one) == PRINCIPAL for one in sandbox["principals"].values())
        assert told["sandboxes"]["cn"]["principals"]["reseller"]["ak"] == "CNRESELLER0000000001"

    def test_they_are_the_same_every_time(self) -> None:
        assert bss_mock("credentials", "--format", "json").stdout == said("credentials", "--format", "json")

    def test_env_can_be_read_by_a_shell(self) -> None:
        options = ("--site", "intl", "--url", "http://host:1", "--principal", "customer")
        lines = said("credentials", "--format", "env", *options)
        script = f"{lines}\nenv"
        told = subprocess.run(["sh", "-c", script], capture_output=True, encoding="utf-8", check=True).stdout
        known = dict(line.split("=", 1) for line in told.splitlines() if "=" in line)
        assert (known["HUAWEICLOUD_SDK_AK"], known["BSS_MOCK_URL"]) == ("INTLCUSTOMER00000001", "http://host:1")
        assert len(known["HUAWEICLOUD_SDK_SK"]) == 40
        assert len(known["HUAWEICLOUD_SDK_DOMAIN_ID"]) == 32
        assert all(shlex.split(line)[0] == "export" for line in lines.splitlines())

    def test_the_table_has_every_key_whole(self) -> None:
        table = said("credentials")
        told = json.loads(said("credentials", "--format", "json"))
        for sandbox in told["sandboxes"].values():
            for name, one in sandbox["principals"].items():
                assert all(word in table for word in (name, one["ak"], one["sk"], one["domain_id"]))


class TestHelp:
    def test_the_version_is_told(self) -> None:
        assert said("--version").strip().endswith(version("bss-mock"))

    @pytest.mark.parametrize("command", [[], ["serve"], ["credentials"]])
    def test_every_command_explains_itself_with_every_option(self, command: list[str]) -> None:
        told = said(*command, "--help")
        assert told.startswith("Usage: ")
        for option in re.findall(r"^  (?:-\w, )?(--[\w-]+)", told, re.MULTILINE):
            assert re.search(rf"{option}\b.*\S", told)

    def test_without_a_command_the_help_is_shown_as_it_is(self) -> None:
        done = bss_mock()
        told = done.stdout + done.stderr
        assert "Traceback" not in told
        assert re.search(r"^  serve +\S", told, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, partners_file: Path) -> Path:
    """Where the mistakes below are made."""
    folder = tmp_path_factory.mktemp("mistakes")
    good = partners_file.read_text("utf-8")
    (folder / "good.yaml").write_text(good, encoding="utf-8")
    (folder / "broken.yaml").write_text("site: cn\nseed: [1\n", encoding="utf-8")
    (folder / "wrong.yaml").write_text(good.replace("seed: 7", "seed: seven"), encoding="utf-8")
    (folder / "twice.yaml").write_text(good.replace("TESTRESELLER00000002", "TESTRESELLER00000001"), encoding="utf-8")
    (folder / "binary.yaml").write_bytes(b"\xff\xfe\x00")
    (folder / "a_file").write_text("", encoding="utf-8")
    (folder / "a_folder").mkdir()
    return folder


# What is typed, and what the one line must name: what was wrong, or what would be right.
MISTAKES: Mapping[str, tuple[str, ...]] = {
    "serv": ("serv",),
    "--verbose": ("--verbose",),
    "serve --prot 1": ("--prot",),
    "serve --port 65536": ("--port", "65535"),
    "serve --seed -1": ("--seed", "-1"),
    "serve --scenario demo-c": ("demo-c", "did you mean demo-cn?"),
    "serve --scenario missing.yaml": ("missing.yaml", "No such file"),
    "serve --scenario a_folder/": ("a_folder", "directory"),
    "serve --scenario broken.yaml": ("broken.yaml: line 3", "not YAML"),
    "serve --scenario wrong.yaml": ("wrong.yaml: line 5: /seed",),
    "serve --scenario twice.yaml": ("twice.yaml: line", "ak"),
    "serve --scenario binary.yaml": ("binary.yaml", "UTF-8"),
    "serve --port 0 --ready-file a_folder": ("--ready-file", "a_folder"),
    "serve --port 0 --ready-file nowhere/ready.json": ("--ready-file", "nowhere"),
    "serve --port 0 --host no.such.host.test": ("no.such.host.test",),
    "serve --port 0 --host 192.0.2.1": ("192.0.2.1",),
    "serve --port {taken}": ("{taken}", "in use", "--port"),
    "credentials --format xml": ("--format", "'table', 'env', 'json'"),
    "credentials --format env --principal nobody": ("nobody", "solution_provider"),
    "credentials --format env --site intl --scenario demo-cn": ("intl",),
    "credentials --scenario twice.yaml": ("twice.yaml: line", "ak"),
    "operations --format yaml": ("--format", "'table', 'json'"),
    "explain": ("OPERATION",),
    "explain list_sub_customer": ("list_sub_customer", "did you mean list_sub_customers"),
    "explain nothing_like_it": ("nothing_like_it", "bss-mock operations"),
    "explain list_partner_balances --site intl": ("list_partner_balances", "intl", "cn"),
}


@pytest.fixture(scope="module")
def taken() -> Iterator[int]:
    """A port that somebody else has."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        yield held.getsockname()[1]


@pytest.fixture(scope="module")
def outcomes(folder: Path, taken: int) -> dict[str, subprocess.CompletedProcess[str]]:
    """All mistakes, made at the same time so that they take less of it."""

    def outcome(typed: str) -> subprocess.CompletedProcess[str]:
        return bss_mock(*typed.format(taken=taken).split(), cwd=folder, timeout=15)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(MISTAKES, pool.map(outcome, MISTAKES), strict=True))


@pytest.mark.parametrize("typed", MISTAKES)
def test_a_mistake_is_one_line_that_says_what_would_be_right_and_status_2(
    outcomes: dict[str, subprocess.CompletedProcess[str]], taken: int, typed: str
) -> None:
    done = outcomes[typed]
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stderr
    assert done.stderr.startswith("bss-mock: ")
    for words in MISTAKES[typed]:
        assert words.format(taken=taken) in done.stderr


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any], list[str]]]:
    """A server that answers, its ready file, and what it printed."""
    ready = folder / f"ready-{'-'.join(options).replace('/', '_')}.json"
    with started("serve", "--port", "0", "--ready-file", ready, *options, cwd=folder) as server:
        assert server.stdout is not None
        assert server.stderr is not None
        printed: list[str] = []
        for line in server.stdout:
            printed.append(line)
            if "/journal" in line:  # the last line of the welcome
                break
        assert ready.exists(), server.stderr.read()
        yield server, json.loads(ready.read_text("utf-8")), printed


@pytest.fixture(scope="module")
def served(folder: Path) -> Iterator[tuple[subprocess.Popen[str], dict[str, Any], list[str]]]:
    with serving(folder) as everything:
        yield everything


def customers(ready: dict[str, Any], principal: str = "solution_provider") -> Any:
    """With the official SDK, over HTTP."""
    one = ready["sandboxes"]["cn"]["principals"][principal]
    client = (
        BssClient.new_builder()
        .with_credentials(GlobalCredentials(one["ak"], one["sk"], one["domain_id"]))
        .with_endpoint(ready["url"])
        .build()
    )
    return client.list_sub_customers(ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=3)))


class TestServe:
    def test_the_ready_file_has_url_and_principals(self, served: Any) -> None:
        _, ready, _ = served
        assert set(ready) == {"url", "sandboxes"}
        assert re.fullmatch(r"http://127\.0\.0\.1:[1-9][0-9]+", ready["url"])
        assert set(ready["sandboxes"]) == {"cn", "intl"}
        for site, sandbox in ready["sandboxes"].items():
            assert (sandbox["site"], sandbox["strict"]) == (site, False)
            assert set(sandbox["principals"]) == NAMES | MORE[site]
            assert all(set(one) == PRINCIPAL for one in sandbox["principals"].values())

    def test_it_is_what_the_server_says_of_itself(self, served: Any) -> None:
        _, ready, _ = served
        assert requests.get(f"{ready['url']}/_mock/sandboxes", timeout=10).json() == ready

    def test_the_keys_are_those_that_credentials_shows(self, served: Any) -> None:
        _, ready, _ = served
        told = json.loads(said("credentials", "--format", "json"))
        assert ready["sandboxes"] == told["sandboxes"]

    def test_the_official_sdk_is_answered(self, served: Any) -> None:
        _, ready, _ = served
        answer = customers(ready)
        assert (answer.count, len(answer.customer_infos)) == (66, 3)

    def test_what_it_prints_can_be_copied(self, served: Any) -> None:
        _, ready, printed = served
        text = "".join(printed)
        one = ready["sandboxes"]["cn"]["principals"]["solution_provider"]
        for words in (
            f"Serving on {ready['url']}",
            f'GlobalCredentials("{one["ak"]}", "{one["sk"]}", "{one["domain_id"]}")',
            f'.with_endpoint("{ready["url"]}")',
            f"export HUAWEICLOUD_SDK_AK={one['ak']}",
            "enterprise_member",
        ):
            assert words in text
        code = "\n".join(line[2:] for line in text.splitlines() if line.startswith("  ") and "export" not in line)
        python = code[code.index("from huaweicloudsdkcore") : code.index("curl ")]
        done = subprocess.run([sys.executable, "-c", python], capture_output=True, encoding="utf-8", timeout=60)
        assert done.returncode == 0, done.stderr
        assert '"count": 66' in done.stdout

    def test_bytes_that_break_http_do_not_break_the_server(self, served: Any) -> None:
        _, ready, _ = served
        host, port = ready["url"].removeprefix("http://").split(":")
        for broken in (b"\x00\xff\r\n\r\n", b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"POST /v2/x HTTP/9\r\n\r\n"):
            with socket.create_connection((host, int(port)), timeout=10) as wire:
                wire.sendall(broken)
                wire.recv(1000)
        assert requests.get(f"{ready['url']}/_mock/health", timeout=10).status_code == 200

    def test_hostile_values_are_answered_over_http_too(self, served: Any) -> None:
        """Some servers drop a connection over a control character in an answer's header."""
        _, ready, _ = served
        answer = requests.get(f"{ready['url']}/v2/%00%01%7f", timeout=10)
        assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101")

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
    def test_it_ends_when_told_with_status_0_and_without_a_word(self, folder: Path, how: signal.Signals) -> None:
        with serving(folder, "--scenario", "good.yaml") as (server, ready, _):
            assert requests.get(f"{ready['url']}/_mock/health", timeout=10).status_code == 200
            server.send_signal(how)
            _, complaints = server.communicate(timeout=20)
            assert (server.returncode, complaints) == (0, "")
        with pytest.raises(requests.ConnectionError):
            requests.get(f"{ready['url']}/_mock/health", timeout=5)

    def test_scenario_seed_and_strict_are_used(self, folder: Path, stage_of: "StageOf") -> None:
        file = folder / "good.yaml"
        with serving(folder, "--scenario", str(file), "--seed", "5", "--strict") as (_, ready, _):
            (sandbox,) = ready["sandboxes"].values()
            assert (sandbox["scenario"], sandbox["seed"], sandbox["strict"]) == (str(file), 5, True)
            answer = customers(ready)
        app = create_app([str(file)], seed=5)
        same = stage_of(app, app.extensions["bss_mock"].get("cn"))
        assert sandbox["principals"] == {name: one.row() for name, one in same.sandbox.principals.items()}
        expected = same.call("solution_provider", "list_sub_customers", limit=3)
        assert answer.to_json_object() == json.loads(expected.content)

    def test_a_second_server_cannot_take_the_port(self, served: Any) -> None:
        _, ready, _ = served
        port = ready["url"].rpartition(":")[2]
        done = bss_mock("serve", "--port", port)
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert f"port {port} on 127.0.0.1 is in use" in done.stderr
        assert customers(ready).count == 66
