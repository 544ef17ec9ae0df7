"""``bss-mock run`` as the one who types it sees it: the command is itself, and afterwards there is a summary."""

import json
import os
import pty
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

if TYPE_CHECKING:
    from tests.conftest import Ran

    Run = Callable[..., Ran]

PROGRAM = Path(sys.executable).with_name("bss-mock")
PYTHON = sys.executable
# A signed call with nothing but the standard library and the kit; ``call(...)`` answers the status.
CALLS = """
import json, os, urllib.request, urllib.error
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
URL = os.environ["BSS_MOCK_URL"]
ME = GlobalCredentials(os.environ["HUAWEICLOUD_SDK_AK"], os.environ["HUAWEICLOUD_SDK_SK"])
def call(method, path, body=None, keys=ME, url=URL):
    content = None if body is None else json.dumps(body)
    headers = {"Content-Type": "application/json"}
    made = SdkRequest(
        method=method, host=url.split("://")[1], resource_path=path,
        query_params=[], header_params=headers, body=content or "",
    )
    request = urllib.request.Request(url + path, content and content.encode(), Signer(keys).sign(made).header_params)
    request.method = method
    try:
        return urllib.request.urlopen(request).status
    except urllib.error.HTTPError as refused:
        return refused.code
QUERY = "/v2/partners/sub-customers/query"
"""


@contextmanager
def running(*command: str, **options: Any) -> Iterator[subprocess.Popen[bytes]]:
    program = subprocess.Popen(
        [PROGRAM, "run", "--", *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options
    )
    try:
        yield program
    finally:
        with suppress(ProcessLookupError):
            program.kill()
        program.communicate()


def test_input_output_and_exit_status_are_the_commands_own(run_under_mock: "Run") -> None:
    ran = run_under_mock("sh", "-c", "cat; echo complaint >&2; exit 7", given="süß\n")
    assert (ran.status, ran.out) == (7, "süß\n")
    assert ran.err.startswith("complaint\n")
    assert (ran.report["status"], ran.report["command"][0]) == (7, "sh")


def test_options_of_the_command_are_not_ours(run_under_mock: "Run") -> None:
    assert run_under_mock("echo", "--report", "--help", "-h").out == "--report --help -h\n"


def test_a_command_that_a_signal_ended_gives_128_and_its_number(run_under_mock: "Run") -> None:
    assert run_under_mock("sh", "-c", "kill -9 $$").status == 128 + 9


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGUSR1])
def test_a_signal_is_passed_on(number: signal.Signals) -> None:
    waits = "import signal, sys\nsignal.signal(int(sys.argv[1]), lambda *_: sys.exit(3))\nprint('ready', flush=True)\n"
    waits += "while True: signal.pause()"
    with running(PYTHON, "-c", waits, str(int(number))) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        program.send_signal(number)
        assert program.wait(30) == 3


def test_ctrl_c_reaches_the_command_once() -> None:
    """In a terminal it goes to both: passed on, it would come twice, and many programs then end without cleaning up."""
    counts = (
        "import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\nprint('ready', flush=True)\n"
        "signal.sigwait([signal.SIGINT])\nprint('twice' if signal.sigtimedwait([signal.SIGINT], 0.5) else 'once')"
    )
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(PROGRAM, [str(PROGRAM), "run", "--", PYTHON, "-c", counts])
    with os.fdopen(terminal, "r+b", buffering=0) as screen:
        shown = b""
        while b"ready" not in shown:
            shown += screen.read(1024)
        screen.write(b"\x03")
        with suppress(OSError):  # the terminal goes with its last program
            while chunk := screen.read(1024):
                shown += chunk
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert b"once" in shown


def test_nothing_is_left_behind(run_under_mock: "Run", tmp_path: Path) -> None:
    ran = run_under_mock("sh", "-c", "echo $BSS_MOCK_URL $HTTPS_PROXY", environment={"TMPDIR": str(tmp_path)})
    for url in ran.out.split():
        at = urlsplit(url)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((at.hostname, at.port or 0))
    assert list(tmp_path.iterdir()) == []


def test_when_it_is_killed_the_emulator_ends_too() -> None:
    with running("sh", "-c", "echo $BSS_MOCK_URL; read line", stdin=subprocess.PIPE) as program:
        assert program.stdout is not None
        at = urlsplit(program.stdout.readline().decode().strip())
        socket.create_connection((at.hostname, at.port or 0)).close()
        program.kill()
        # The emulator and its worker hold our standard error: this comes back when both are gone.
        program.communicate(timeout=30)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((at.hostname, at.port or 0))


def test_told_to_end_it_cleans_up_even_while_it_starts(tmp_path: Path) -> None:
    with running("sleep", "60", env={**os.environ, "TMPDIR": str(tmp_path)}) as program:
        while not list(tmp_path.glob("*/*.p12")) and program.poll() is None:
            pass
        program.terminate()
        assert program.wait(30) == 128 + signal.SIGTERM
    assert list(tmp_path.iterdir()) == []


@pytest.fixture(scope="module")
def busy(run_under_mock: "Run") -> "Ran":
    """A command that makes every kind of mistake."""
    return run_under_mock(
        PYTHON,
        "-c",
        CALLS
        + """
import requests
assert call("POST", QUERY, {"limit": 2}) == 200
assert call("POST", QUERY, {"limit": 2, "lable": "x"}) == 200
assert [call("POST", QUERY, {"limit": 101}) for _ in range(3)] == [400] * 3
sandbox = next(iter(requests.get(URL + "/_mock/sandboxes").json()["sandboxes"].values()))["id"]
requests.post(f"{URL}/_mock/sandboxes/{sandbox}/reset")
assert call("GET", "/v2/no-such-thing?password=hunter2") == 404
assert call("GET", "/v2/bases/measurements", keys=GlobalCredentials("ANOTHERACCESSKEY0001", "secret")) == 401
assert call("GET", "/v2/products/service-types") == 200
try:
    requests.get("https://pypi.org/simple")
except requests.exceptions.ProxyError as refused:
    assert "--allow-host pypi.org" in str(refused), refused
""",
    )


def test_the_summary_tells_what_was_called_refused_and_unknown(busy: "Ran") -> None:
    assert busy.status == 0, busy.err
    lines = busy.err.splitlines()
    assert lines[0] == "bss-mock: 8 requests, 5 refused"
    assert "  list_sub_customers          solution_provider on cn: 5 calls, 3 refused" in lines
    text = busy.err
    for words in (
        "POST /v2/partners/sub-customers/query  ->  400 CBC.0100  (3 times)\n"
        "  /body/limit: 101 is more than 100\n"
        "  page: api-bpconsole/mc_00021.html     try: bss-mock explain list_sub_customers\n",
        "GET /v2/no-such-thing  ->  404 APIGW.0101\n  no documented operation has the path /v2/no-such-thing",
        "no sandbox of this server has the AK ANOTHERACCESSKEY0001",
        "  list_sub_customers /body/lable: no such member in the contract, did you mean label?",
        "pypi.org is not a host of the emulated cloud: --allow-host pypi.org lets it through",
        "  GET /v2/bases/measurements  unknown caller: 1 call, 1 refused\n",
        "  list_service_types          solution_provider on cn: 1 call, 1 answered by made-up values\n",
    ):
        assert words in text


def test_the_report_has_summary_and_journal(busy: "Ran") -> None:
    report = busy.report
    assert set(report) == {
        "command", "status", "principal", "site", "total", "calls", "refusals", "remarks", "proxy", "journal"
    }  # fmt: skip
    assert (report["total"], len(report["journal"])) == (8, 8)
    assert (report["principal"], report["site"]) == ("solution_provider", "cn")
    (first,) = [row for row in report["calls"] if row["operation"] == "list_sub_customers"]
    assert first == {
        "site": "cn", "operation": "list_sub_customers", "principal": "solution_provider",
        "calls": 5, "refused": 3, "generated": 0,
    }  # fmt: skip
    assert sum(row["times"] for row in report["refusals"]) == 5
    assert [row["pointer"] for row in report["remarks"]] == ["/body/lable"]
    assert [entry["number"] for entry in busy.called("list_sub_customers")] == [1, 2, 3, 4, 5]


def test_nothing_secret_is_in_it(busy: "Ran") -> None:
    assert "hunter2" not in json.dumps(busy.report | {"command": None})
    assert '"sk"' not in json.dumps(busy.report)


def test_where_nothing_was_sent_that_is_said(run_under_mock: "Run") -> None:
    assert run_under_mock("true").err == "bss-mock: the command sent nothing to the emulator\n"


def test_keys_are_new_each_time_unless_those_of_the_scenario_are_wanted(run_under_mock: "Run") -> None:
    keys = [run_under_mock("sh", "-c", "echo $HUAWEICLOUD_SDK_AK $HUAWEICLOUD_SDK_SK").out for _ in range(2)]
    assert len({*keys, "CNSOLUTIONPROVIDE001"}) == 3
    assert "CNSOLUTIONPROVIDE001" not in keys[0]
    same = run_under_mock("sh", "-c", "echo $HUAWEICLOUD_SDK_AK", options=["--scenario-keys"])
    assert same.out == "CNSOLUTIONPROVIDE001\n"


def test_the_command_is_who_was_chosen(run_under_mock: "Run") -> None:
    code = CALLS + "print(call('POST', QUERY, {'limit': 1}))"
    ran = run_under_mock(PYTHON, "-c", code, options=["--principal", "customer", "--site", "intl"])
    assert ran.out == "403\n"
    (entry,) = ran.called("list_sub_customers")
    assert (entry["principal"], entry["site"], entry["error_code"]) == ("customer", "intl", "CBC.0151")


def test_the_port_can_speak_https(run_under_mock: "Run") -> None:
    code = "import os, requests; print(requests.get(os.environ['BSS_MOCK_URL'] + '/_mock/health').json()['status'])"
    ran = run_under_mock(PYTHON, "-c", f"{code}; print(os.environ['BSS_MOCK_URL'][:18])", options=["--tls"])
    assert ran.out == "ok\nhttps://127.0.0.1:\n"


def outcome(folder: Path, *typed: str) -> tuple[int, str]:
    done = subprocess.run([PROGRAM, "run", *typed], cwd=folder, capture_output=True, encoding="utf-8", timeout=60)
    assert done.stdout == ""
    return done.returncode, done.stderr


MISTAKES: Sequence[tuple[str, int, str]] = [
    ("-- no-such-command", 127, "no-such-command: command not found"),
    ("-- ./no-such-file", 127, "./no-such-file: command not found"),
    ("-- ./plain", 126, "./plain: permission denied"),
    ("-- ./folder", 126, "./folder: permission denied"),
    ("-- ./bad-interpreter", 127, "./bad-interpreter: its interpreter was not found"),
    ("", 2, "Missing argument 'COMMAND...'"),
    ("--principal nobody -- true", 2, "no principal 'nobody' in demo-cn: distributor, solution_provider"),
    ("--scenario demo-intl --site cn -- true", 2, "--site cn: no scenario of it was given, only of intl"),
    ("--report folder -- true", 2, "--report folder: a file in a folder that can be written to"),
    ("--allow-host bss.myhuaweicloud.com -- true", 2, "bss.myhuaweicloud.com is the emulator's own"),
    ("--allow-host https://a.com/ -- true", 2, "a host's name is expected"),
    ("--scenario demo-c -- true", 2, "did you mean demo-cn?"),
]


@pytest.mark.parametrize(("typed", "status", "words"), MISTAKES)
def test_a_mistake_is_one_line(tmp_path: Path, typed: str, status: int, words: str) -> None:
    (tmp_path / "plain").write_text("")
    (tmp_path / "folder").mkdir()
    (tmp_path / "bad-interpreter").write_text("#!/no/such/interpreter\n")
    (tmp_path / "bad-interpreter").chmod(0o755)
    ended, told = outcome(tmp_path, *typed.split())
    assert (ended, told.count("\n")) == (status, 1), told
    assert told.startswith("bss-mock: ")
    assert words in told
