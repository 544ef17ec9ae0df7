"""The contract as a document and as a page: served, printed, and from nobody else."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from contract_tests.clients.outcome import Failed
from contract_tests.clients.signed import SignedClient
from contract_tests.server import start
from contract_tests.suite.conversation import may_call
from mockserver.app import create_app
from mockserver.contract.examples import examples
from mockserver.contract.openapi import document
from mockserver.contract.operations import SITES, Contract

PROGRAM = Path(sys.executable).with_name("bss-mock")

each_site = pytest.mark.parametrize("site", SITES)


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return create_app(()).test_client()


def run(*words: str) -> "subprocess.CompletedProcess[bytes]":
    return subprocess.run([PROGRAM, *words], capture_output=True, timeout=60, check=False)


class TestServed:
    @each_site
    def test_the_document_of_a_site(self, client: FlaskClient, site: str) -> None:
        answer = client.get(f"/_mock/openapi/{site}.json")
        assert answer.status_code == 200
        assert answer.content_type == "application/json"
        assert answer.json == json.loads(json.dumps(document(Contract(), site)))
        assert answer.json["servers"][0]["url"] == "/"
        assert client.get(f"/_mock/openapi/{site}.json").data == answer.data

    @each_site
    def test_the_page_of_a_site_takes_everything_from_here(self, client: FlaskClient, site: str) -> None:
        answer = client.get(f"/_mock/docs/{site}")
        assert answer.content_type == "text/html; charset=utf-8"
        policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        wanted = [url for url in re.findall(r'(?:src|href)="([^"]+)"', answer.text) if not url.startswith("data:")]
        assert len(wanted) > 5
        for url in wanted:
            assert url.startswith("/_mock/")
            assert client.get(url).status_code == 200, url

    def test_the_pages_begin_with_the_china_site(self, client: FlaskClient) -> None:
        answer = client.get("/_mock/docs")
        assert answer.status_code == 302
        assert answer.location == "/_mock/docs/cn"

    @pytest.mark.parametrize(
        "path",
        [
            "/_mock/openapi/eu.json",
            "/_mock/openapi/cn",
            "/_mock/docs/eu",
            "/_mock/docs/assets/swagger-ui.js",
            "/_mock/docs/assets/..%2freference.py",
            "/_mock/docs/assets/nothing.css",
        ],
    )
    def test_nothing_else_is_there(self, client: FlaskClient, path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 404
        assert "no such path" in answer.json["error"]


class TestPrinted:
    @each_site
    def test_it_names_the_usual_address_of_the_emulator(self, site: str) -> None:
        done = run("openapi", "--site", site)
        assert done.returncode == 0
        expected = document(Contract(), site, "http://127.0.0.1:8470")
        assert done.stdout.decode() == json.dumps(expected, indent=2, ensure_ascii=False) + "\n"

    def test_it_can_go_into_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "cn.json"
        assert run("openapi", "--site", "cn", "--output", str(file)).stdout == b""
        assert file.read_bytes() == run("openapi", "--site", "cn").stdout
        assert "示例" in file.read_text("utf-8")

    @pytest.mark.parametrize(
        ("words", "told"),
        [
            (("--site", "cn", "--output", "/nowhere/cn.json"), "--output /nowhere/cn.json: no such file or directory"),
            (("--site", "cn", "--output", "/"), "--output /: is a directory"),
            (("--site", "eu"), "Invalid value for '--site': 'eu' is not one of 'cn', 'intl'."),
            ((), "Missing option '--site'. Choose from: cn, intl"),
        ],
    )
    def test_a_mistake_is_one_line(self, words: tuple[str, ...], told: str) -> None:
        done = run("openapi", *words)
        assert done.returncode == 2
        assert done.stdout == b""
        assert done.stderr.decode() == f"bss-mock: {told}\n"


def test_the_examples_can_be_sent_as_they_are() -> None:
    """Whoever tries one on the page is answered, or told that this world has no such thing."""
    with start() as server:
        for op in Contract():
            world = server.sandboxes[op.site]
            callers = [one for one in world.principals.values() if may_call(op, one.kind)]
            for caller in callers[:1]:
                outcome = SignedClient(server.url, caller).call(op, examples(op).needed)
                if isinstance(outcome, Failed):
                    assert world.journal[-1]["reason"]["rule"] == "state", f"{op.site} {op.name}: {outcome}"


def test_nobody_pays_for_it_at_the_start() -> None:
    program = "import sys, mockserver.cli; from mockserver.app import Emulator; Emulator(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=60, check=True)
    loaded = set(done.stdout.decode().split())
    assert "mockserver.contract.operations" in loaded
    assert not loaded & {"mockserver.contract.openapi", "mockserver.contract.examples", "flask_swagger_ui"}
