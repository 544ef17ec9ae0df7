"""Prism, which knows nothing but OpenAPI, can serve both documents: what any other reader of OpenAPI gets from them.

Prism comes from npm, once, by ``scripts/prism.sh``. Without npm or a registry these tests are skipped, in CI they fail.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests

from mockserver.contract.openapi import document
from mockserver.contract.operations import SITES, Contract
from tests.programs import lacking

SCRIPT = Path(__file__).parent.parent / "scripts" / "prism.sh"
KEYS = {"Authorization": "SDK-HMAC-SHA256 Access=any", "X-Sdk-Date": "20260131T080501Z", "Accept": "application/json"}

pytestmark = pytest.mark.node


@pytest.fixture(scope="module")
def prism() -> Path:
    """The script, with Prism at hand."""
    if not all(map(shutil.which, ("bash", "node", "npm"))):
        lacking("node and npm are needed: apt-get install nodejs npm")
    fetched = subprocess.run([SCRIPT, "--install"], capture_output=True, encoding="utf-8", timeout=300, check=False)
    if fetched.returncode != 0:
        lacking(f"Prism could not be fetched: {fetched.stderr.strip()}")
    return SCRIPT


@contextmanager
def mocking(script: Path, site: str, log: Path) -> Iterator[str]:
    """Prism with the document of a site, and its address."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    # The program of this environment, wherever the script would look for it.
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [script, site, "--port", str(port)],
            env={**os.environ, "PATH": path, "NO_COLOR": "1"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        end = time.monotonic() + 60
        while "Prism is listening" not in (told := log.read_text("utf-8")):
            assert process.poll() is None, told
            assert time.monotonic() < end, told
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def calls(operation: Mapping[str, Any], path: str) -> Iterator[dict[str, Any]]:
    """What the document shows as examples, as requests."""
    places: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "header": {}}
    for row in operation.get("parameters", ()):
        value = row.get("example", row["schema"].get("default"))
        if value is not None:
            places[row["in"]][row["name"]] = value if isinstance(value, str) else json.dumps(value)
    there = {"url": path.format(**places["path"]), "params": places["query"], "headers": KEYS | places["header"]}
    if "requestBody" not in operation:
        yield there
        return
    for example in operation["requestBody"]["content"]["application/json"]["examples"].values():
        yield there | {"json": example["value"]}


@pytest.mark.parametrize("site", SITES)
def test_prism_answers_every_operation_and_takes_every_example(site: str, prism: Path, tmp_path: Path) -> None:
    paths = document(Contract(), site)["paths"]
    log = tmp_path / "log"
    called = set()
    with mocking(prism, site, log) as address, requests.Session() as session:
        session.trust_env = False
        for path, methods in paths.items():
            for method, operation in methods.items():
                for call in calls(operation, path):
                    answer = session.request(method, **call | {"url": address + call["url"]}, timeout=10)
                    assert answer.ok, f"{operation['operationId']} {call}: {answer.text}"
                    documented = operation["responses"][str(answer.status_code)]
                    if answer.content:
                        shown = documented["content"]["application/json"]["examples"]
                        assert "success" not in shown or answer.json() == shown["success"]["value"]
                called.add(operation["operationId"])
    assert called == {op.name for op in Contract() if op.site == site}
    assert [line for line in log.read_text("utf-8").splitlines() if " error " in line] == []


def test_prism_refuses_what_the_contract_refuses(prism: Path, tmp_path: Path) -> None:
    with mocking(prism, "cn", tmp_path / "log") as address, requests.Session() as session:
        session.trust_env = False
        url = f"{address}/v2/partners/sub-customers/query"
        assert session.post(url, json={"limit": 100}, headers=KEYS, timeout=10).status_code == 200
        assert session.post(url, json={"limit": 101}, headers=KEYS, timeout=10).json()["error_code"] == "CBC.0100"
        assert session.post(url, json={"limit": 100}, timeout=10).status_code == 401
