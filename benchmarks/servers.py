"""The processes that are measured, and the signed request that both of them get."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer

HERE = Path(__file__).resolve().parent
THOUSAND = str(HERE / "thousand-cn.yaml")
HOST = "127.0.0.1"
PATIENCE = 30.0
_PATH = "/v2/partners/sub-customers/query"
_BODY = b'{"offset": 0, "limit": 10}'

Principal = Mapping[str, str]


class NoAnswer(Exception):
    """A server ended, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Running:
    """A server that answers. ``started`` is ``time.perf_counter()`` when its process was made."""

    process: subprocess.Popen[bytes]
    port: int
    started: float

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def first_answer(self, principal: Principal) -> bytes:
        """Knock until the first signed request is answered; its body."""
        headers = signed_headers(self.port, principal)
        while time.perf_counter() < self.started + PATIENCE and self.process.poll() is None:
            try:
                return self._ask(headers)
            except ConnectionError:
                time.sleep(0.001)
        raise NoAnswer(f"{self.process.args!r} ended, or did not answer within {PATIENCE:.0f} s")

    def _ask(self, headers: Mapping[str, str]) -> bytes:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request("POST", _PATH, _BODY, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        except TimeoutError:
            raise NoAnswer(f"{self.process.args!r} took a request and did not answer it") from None
        finally:
            connection.close()
        if answer.status != http.client.OK:
            raise NoAnswer(f"{answer.status}: {content.decode()}")
        return content


@contextmanager
def emulator(*scenarios: str, **environment: str) -> Iterator[Running]:
    """``bss-mock serve`` with these scenarios, or with those that it serves by itself."""
    command = Path(sys.executable).with_name("bss-mock")
    chosen = [word for name in scenarios for word in ("--scenario", name)]
    port = _free_port()
    with _running([str(command), "serve", "--port", str(port), *chosen], port, environment) as server:
        yield server


@contextmanager
def proxied() -> Iterator[tuple[Running, int]]:
    """The same with a proxy beside it, and the proxy's port."""
    command = Path(sys.executable).with_name("bss-mock")
    port, proxy = _free_port(), _free_port()
    with _running([str(command), "serve", "--port", str(port), "--proxy-port", str(proxy)], port) as server:
        yield server, proxy


def copied(folder: Path, only: Collection[str] = ()) -> Path:
    """A copy of the emulator, with the schema files of all operations or of these ones."""
    for part in ("mockserver", "fixtures", "schemas"):
        shutil.copytree(HERE.parent / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    for file in folder.glob("schemas/[ci]n*/*/*.json"):
        if only and file.stem not in only:
            file.unlink()
    return folder


@contextmanager
def emulator_in(folder: Path) -> Iterator[Running]:
    """The emulator of such a copy."""
    port = _free_port()
    command = [sys.executable, "-m", "mockserver", "serve", "--port", str(port)]
    with _running(command, port, {"PYTHONPATH": str(folder)}) as server:
        yield server


@contextmanager
def bare(body: Path) -> Iterator[Running]:
    """The bare view that answers with the content of a file."""
    port = _free_port()
    with _running([sys.executable, str(HERE / "bare.py"), str(port), str(body)], port) as server:
        yield server


def principals(*scenarios: str) -> Mapping[str, Principal]:
    """Who may call in the first of these worlds, as ``bss-mock credentials`` lists them."""
    command = [str(Path(sys.executable).with_name("bss-mock")), "credentials", "--format", "json"]
    chosen = [word for name in scenarios for word in ("--scenario", name)]
    told = subprocess.run([*command, *chosen], check=False, stdout=subprocess.PIPE)
    if told.returncode:
        raise NoAnswer(f"{' '.join(command)} ended with status {told.returncode}")
    found: Mapping[str, Principal] = next(iter(json.loads(told.stdout)["sandboxes"].values()))["principals"]
    return found


def signed_headers(port: int, principal: Principal) -> dict[str, str]:
    """The headers of one ``list_sub_customers`` as the official SDK signs it."""
    request = SdkRequest(
        method="POST",
        schema="http",
        host=f"{HOST}:{port}",
        resource_path=_PATH,
        query_params=[],
        header_params={"Content-Type": "application/json;charset=UTF-8"},
        body=_BODY,
    )
    credentials = GlobalCredentials(principal["ak"], principal["sk"], principal["domain_id"])
    headers: dict[str, str] = Signer(credentials).sign(request).header_params
    return headers


def signed_bytes(port: int, principal: Principal) -> bytes:
    """The same request as it goes over the wire."""
    headers = signed_headers(port, principal) | {"Content-Length": str(len(_BODY))}
    lines = [f"POST {_PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("ascii") + _BODY


@contextmanager
def _running(command: Sequence[str], port: int, more: Mapping[str, str] = MappingProxyType({})) -> Iterator[Running]:
    started = time.perf_counter()
    # Neither of the two may compile its modules anew at every start.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env={**environment, **more})
    try:
        yield Running(process, port, started)
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(PATIENCE)
        process.kill()
        process.wait()


def _free_port() -> int:
    with socket.socket() as asked:
        asked.bind((HOST, 0))
        port: int = asked.getsockname()[1]
        return port
