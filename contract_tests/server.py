"""``bss-mock serve`` in a process of its own, for clients that need a real socket or are not Python."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

from contract_tests import sdk
from mockserver import opened, users

_PATIENCE = 60.0
_FIRST_LOOK, _SELDOMEST_LOOK = 0.005, 0.1
# As the installed script does it, but with this interpreter, also where the script is not on the path.
_COMMAND = (sys.executable, "-c", "import sys; from mockserver.cli import main; sys.argv[0] = 'bss-mock'; main()")
# This machine's proxies are not for an emulator on it.
_HERE = build_opener(ProxyHandler({}))


class ServerDied(Exception):
    """The server ended, or did not answer in time: what it printed, for people."""


def start(
    *scenarios: str, seed: int | None = None, strict: bool = False, quotas: bool = False, options: Sequence[str] = ()
) -> "Server":
    """Serve ``scenarios`` (the demo worlds where none is given) on a free port. Raises ``ServerDied``.

    ``options`` are more of those that ``bss-mock serve`` takes.
    """
    folder = TemporaryDirectory(prefix="bss-mock-")
    ready, log = Path(folder.name) / "ready.json", Path(folder.name) / "log"
    command = [*_COMMAND, "serve", "--port", "0", "--ready-file", str(ready)]
    for scenario in scenarios:
        command += ["--scenario", scenario]
    if seed is not None:
        command += ["--seed", str(seed)]
    if strict:
        command.append("--strict")
    if quotas:
        command.append("--quotas")
    command += options
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # This server is for whoever started it, whatever is set for others.
            env={name: value for name, value in os.environ.items() if name != "BSS_MOCK_ADMIN_TOKEN"},
        )
    try:
        return Server(process, folder, _wait_for(ready, process, log))
    except BaseException:
        _end(process)
        folder.cleanup()
        raise


class Server:
    """A running server: its ``url``, that of its ``proxy`` if it has one, and its ``sandboxes`` by the names of the
    ready file. ``with`` stops it."""

    def __init__(
        self,
        process: "subprocess.Popen[bytes]",
        folder: "TemporaryDirectory[str]",
        ready: Mapping[str, Any],
    ) -> None:
        self.process = process
        self._folder = folder
        self.log = Path(folder.name) / "log"
        self.url: str = ready["url"]
        self.proxy: str | None = ready.get("proxy")
        self.sandboxes: Mapping[str, Served] = {name: Served(self.url, row) for name, row in ready["sandboxes"].items()}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def sandbox(
        self, scenario: str = "demo-cn", seed: int | None = None, strict: bool = False, quotas: bool = False
    ) -> "Served":
        """A fresh world on this server; ``with`` deletes it. Raises ``ValueError`` in the server's words."""
        asked = {"scenario": scenario, "seed": seed, "strict": strict, "quotas": quotas}
        return Served(self.url, _ask("POST", f"{self.url}/_mock/sandboxes", asked))

    @property
    def printed(self) -> str:
        """What it has printed so far."""
        return self.log.read_text("utf-8", "replace")

    def stop(self) -> None:
        """SIGTERM, and only if that is not heeded more."""
        _end(self.process)
        self._folder.cleanup()


class Served:
    """A world on a server. Its principals, with their keys, are attributes: ``served.reseller.ak``."""

    def __init__(self, url: str, row: Mapping[str, Any]) -> None:
        self.url = url
        self.id: str = row["id"]
        self.site: str = row["site"]
        self.scenario: str = row["scenario"]
        platforms = row["xaccount_types"]
        self.principals = {
            name: ServedPrincipal(name, **keys, xaccount_type=platforms.get(name), url=url)
            for name, keys in row["principals"].items()
        }
        self._clients = sdk.Clients(self.site, url)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.delete()

    def __getattr__(self, name: str) -> "ServedPrincipal":
        __tracebackhide__ = True
        known: Mapping[str, ServedPrincipal] = self.__dict__.get("principals", {})
        return opened.attribute(name, known)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.principals]

    def sdk(self, principal: str) -> Any:
        """The official SDK's client for a principal, over HTTP. Raises ``SdkMissing``."""
        return self._clients.of(getattr(self, principal))

    @property
    def journal(self) -> Sequence[Mapping[str, Any]]:
        """Every request this world got, oldest first."""
        entries: Sequence[Mapping[str, Any]] = _ask("GET", f"{self._address}/journal")["entries"]
        return entries

    def advance(self, distance: timedelta | None = None, **parts: float) -> None:
        """Move the world's clock on, ``served.advance(days=31)``; what falls due on the way happens.

        Raises ``ValueError`` in the server's words."""
        seconds = round((distance or timedelta(**parts)).total_seconds())
        _ask("POST", f"{self._address}/clock", {"advance_seconds": seconds})

    def fault(
        self,
        *,
        operation: str | None = None,
        caller: str | None = None,
        nth: int = 1,
        probability: float = 1.0,
        times: int | None = 1,
        seed: int | None = None,
        **action: Any,
    ) -> None:
        """Make calls fail: ``served.fault(operation="list_sub_customers", nth=2, code="throttled")``. docs/faults.md.

        Raises ``ValueError`` in the server's words.
        """
        match = {"operation": operation, "caller": caller, "nth": nth, "probability": probability}
        _ask("POST", f"{self._address}/faults", {"match": match, "action": action, "times": times, "seed": seed})

    def reset(self) -> None:
        """Back to the beginning; the keys stay."""
        _ask("POST", f"{self._address}/reset")

    def delete(self) -> None:
        """Its keys act no longer."""
        self._clients.close()
        _ask("DELETE", self._address)

    @property
    def _address(self) -> str:
        return f"{self.url}/_mock/sandboxes/{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedPrincipal(users.User):
    """One account of a world on a server, with its keys."""

    url: str = field(repr=False, compare=False)

    @property
    def _post(self) -> users.Post:
        return partial(_post, self.url)


def _post(
    url: str, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
) -> tuple[int, Any, Mapping[str, str]]:
    sent = {"Content-Type": "application/json", **headers}
    request = Request(url + path, json.dumps(body).encode(), sent, method="POST")
    try:
        answer = _HERE.open(request, timeout=_PATIENCE)
    except HTTPError as refused:
        answer = refused
    with answer:
        return answer.status, json.loads(answer.read()), answer.headers


def _wait_for(ready: Path, process: "subprocess.Popen[bytes]", log: Path) -> Mapping[str, Any]:
    end, pause = time.monotonic() + _PATIENCE, _FIRST_LOOK
    while not ready.exists():
        status = process.poll()
        if status is not None or time.monotonic() > end:
            what = f"did not answer within {_PATIENCE:.0f} s" if status is None else f"ended with status {status}"
            raise ServerDied(f"bss-mock serve {what}:\n{log.read_text('utf-8', 'replace').strip()}")
        time.sleep(pause)
        pause = min(pause * 1.5, _SELDOMEST_LOOK)
    found: Mapping[str, Any] = json.loads(ready.read_bytes())
    return found


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        # Its worker is a process of its own and would be left behind.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _ask(method: str, address: str, body: Mapping[str, Any] | None = None) -> Any:
    content = None if body is None else json.dumps(body).encode()
    request = Request(address, content, {"Content-Type": "application/json"}, method=method)
    try:
        with _HERE.open(request, timeout=_PATIENCE) as answer:
            return json.loads(answer.read() or b"null", parse_float=Decimal)
    except HTTPError as refused:
        raise ValueError(json.loads(refused.read())["error"]) from None
