"""How fast the emulator is: ``make bench``.

Every figure is one of this machine in this minute, so ratios count: the emulator against a bare Flask view that
returns the same bytes and is served in the same way. The two take turns, round by round, and medians are compared,
because other work on the machine comes and goes. Exit status 1: a limit is broken.
"""

import http.client
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import click
import load
import servers
from huaweicloudsdkbss.v2 import BssClient, ListSubCustomersRequest, QuerySubCustomerListReq
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from load import Unexpected
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from servers import HOST, THOUSAND, NoAnswer, Principal, Running

from mockserver.domain import clock
from mockserver.store.sandboxes import Sandboxes
from mockserver.worlds import plan

ROUNDS, ROUND_SECONDS = 9, 1.0
STARTS = 11
SANDBOXES = 200
SDK_CALLS = 400
PARTNER = "solution_provider"
SCENARIO = "demo-cn"
_LIBRARIES = ("bss-mock", "flask", "werkzeug", "granian", "sqlalchemy", "huaweicloudsdkbss")

Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Row:
    """One figure with its limit. ``measured`` is what the limit speaks of: a ratio, or the emulator's own figure."""

    what: str
    measured: float
    limit: float
    at_least: bool = False
    goal: float | None = None
    emulator: float | None = None
    bare: float | None = None
    unit: str = ""

    @property
    def holds(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit


def throughput(step: Step) -> list[Row]:
    """Signed ``list_sub_customers``, ten of a thousand customers, one worker."""
    ratios, loads = [], []
    with _pair() as (emulator, bare, principal):
        request = {one.port: servers.signed_bytes(one.port, principal) for one in (emulator, bare)}
        for number in range(ROUNDS + 1):
            turn = (emulator, bare) if number % 2 else (bare, emulator)
            stood = {one.port: load.run(one.port, request[one.port], ROUND_SECONDS) for one in turn}
            step()
            if number:  # the first round warms up
                loads.append((stood[emulator.port], stood[bare.port]))
                ratios.append(stood[emulator.port].per_second / stood[bare.port].per_second)
    ours, bares = median(one.per_second for one, _ in loads), median(one.per_second for _, one in loads)
    busy = median(one.busy for _, one in loads)
    return [
        Row("requests per second", median(ratios), 0.25, True, 0.5, ours, bares, "/s"),
        Row("load generator's part of the time, at the bare view", busy, 0.7),
    ]


def cold_start(step: Step) -> list[Row]:
    """From the start of the process to the first answer to a signed request."""
    principal = servers.principals()[PARTNER]
    taken: dict[str, list[float]] = {"emulator": [], "bare": []}
    with TemporaryDirectory() as folder:
        body = Path(folder) / "answer.json"
        with servers.emulator() as first:
            body.write_bytes(first.first_answer(principal))
        _start(servers.bare(body), principal)
        for _ in range(STARTS):
            taken["emulator"].append(_start(servers.emulator(), principal))
            taken["bare"].append(_start(servers.bare(body), principal))
            step()
    ours, bare = median(taken["emulator"]) * 1000, median(taken["bare"]) * 1000
    return [Row("cold start to the first signed answer", ours / bare, 2.0, emulator=ours, bare=bare, unit="ms")]


def sandbox(step: Step) -> list[Row]:
    """A fresh world of a scenario that was used before: over HTTP, and in the same process."""
    with servers.emulator() as emulator:
        emulator.first_answer(servers.principals()[PARTNER])
        over_http = _fresh_over_http(emulator.port, step)
    in_process = _fresh_in_process(step)
    return [
        Row("fresh sandbox over HTTP", over_http, 5.0, emulator=over_http, unit="ms"),
        Row("fresh sandbox in the process", in_process, 5.0, emulator=in_process, unit="ms"),
    ]


def sdk(step: Step) -> list[Row]:
    """A call of the official SDK, from its arguments to its model of the answer."""
    asked = ListSubCustomersRequest(body=QuerySubCustomerListReq(offset=0, limit=10))
    taken: dict[str, list[float]] = {"emulator": [], "bare": []}
    with _pair() as (emulator, bare, principal):
        clients = {"emulator": _client(emulator, principal), "bare": _client(bare, principal)}
        for number in range(SDK_CALLS):
            for name, client in clients.items():
                start = time.perf_counter()
                client.list_sub_customers(asked)
                taken[name].append(time.perf_counter() - start)
            if number % 100 == 0:
                step()
    ours, plain = median(taken["emulator"]) * 1000, median(taken["bare"]) * 1000
    return [Row("list_sub_customers with the SDK", ours / plain, 1.3, emulator=ours, bare=plain, unit="ms")]


MEASURES: dict[str, tuple[Callable[[Step], list[Row]], int]] = {
    "throughput": (throughput, ROUNDS + 1),
    "cold-start": (cold_start, STARTS),
    "sandbox": (sandbox, 2),
    "sdk": (sdk, SDK_CALLS // 100),
}


@contextmanager
def _pair() -> Iterator[tuple[Running, Running, Principal]]:
    """The emulator with a thousand customers, and the bare view with the emulator's answer."""
    principal = servers.principals(THOUSAND)[PARTNER]
    with TemporaryDirectory() as folder, servers.emulator(THOUSAND) as emulator:
        body = Path(folder) / "answer.json"
        body.write_bytes(emulator.first_answer(principal))
        with servers.bare(body) as bare:
            bare.first_answer(principal)
            yield emulator, bare, principal


def _start(server: AbstractContextManager[Running], principal: Principal) -> float:
    with server as running:
        running.first_answer(principal)
        return time.perf_counter() - running.started


def _fresh_over_http(port: int, step: Step) -> float:
    taken = []
    connection = http.client.HTTPConnection(HOST, port, timeout=10)
    for _ in range(SANDBOXES):
        start = time.perf_counter()
        made = json.loads(_ask(connection, "POST", "/_mock/sandboxes", json.dumps({"scenario": SCENARIO})))
        taken.append(time.perf_counter() - start)
        _ask(connection, "DELETE", f"/_mock/sandboxes/{made['id']}")
    connection.close()
    step()
    return median(taken) * 1000


def _ask(connection: http.client.HTTPConnection, method: str, path: str, body: str | None = None) -> bytes:
    connection.request(method, path, body)
    answer = connection.getresponse()
    content = answer.read()
    if answer.status >= http.client.BAD_REQUEST:
        raise NoAnswer(f"{method} {path}: {answer.status}: {content.decode()}")
    return content


def _fresh_in_process(step: Step) -> float:
    sandboxes, taken = Sandboxes(clock.wall), []
    for _ in range(SANDBOXES):
        start = time.perf_counter()
        made = sandboxes.create(plan(SCENARIO))
        taken.append(time.perf_counter() - start)
        sandboxes.delete(made.id)
    step()
    return median(taken) * 1000


def _client(server: Running, principal: Principal) -> BssClient:
    credentials = GlobalCredentials(principal["ak"], principal["sk"], principal["domain_id"])
    return BssClient.new_builder().with_credentials(credentials).with_endpoint(server.url).build()


def machine() -> dict[str, Any]:
    """Where the figures come from."""
    return {
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": [round(one, 2) for one in os.getloadavg()],
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())


def measure(chosen: tuple[str, ...]) -> list[Row]:
    """Run the chosen measures; the progress is drawn between rounds only, so that it takes no time from them."""
    rows = []
    console = Console(stderr=True)
    with Progress(console=console, auto_refresh=False, transient=True) as progress:
        for name in chosen:
            run, steps = MEASURES[name]
            task = progress.add_task(name, total=steps)
            progress.refresh()

            def step(task: Any = task) -> None:
                progress.advance(task)
                progress.refresh()

            rows += run(step)
            if not console.is_terminal:
                console.print(f"{name}: done")
    return rows


def show(rows: list[Row], where: dict[str, Any]) -> None:
    """For people."""
    terminal = Console()
    out = terminal if terminal.is_terminal else Console(width=120)
    libraries = ", ".join(f"{name} {number}" for name, number in where["libraries"].items())
    out.print(f"{where['system']}\n{where['processor']}, {where['cores']} cores, load {where['load']}", highlight=False)
    out.print(f"Python {where['python']}, {libraries}", highlight=False)
    table = Table("what")
    for name in ("emulator", "bare", "measured", "limit", "goal", ""):
        table.add_column(name, justify="right")
    for row in rows:
        bound = f"{'≥' if row.at_least else '≤'} {row.limit:g}"
        verdict = "[green]holds[/]" if row.holds else "[bold red]BROKEN[/]"
        figures = (_figure(row.emulator, row.unit), _figure(row.bare, row.unit), f"{row.measured:.2f}")
        table.add_row(row.what, *figures, bound, "" if row.goal is None else f"{row.goal:g}", verdict)
    out.print(table)


def _figure(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,.0f} {unit}" if value >= 100 else f"{value:.2f} {unit}"


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--only", multiple=True, type=click.Choice(list(MEASURES)), help="May be repeated. Default: all.")
def bench(form: str, only: tuple[str, ...]) -> None:
    """Measure the emulator against a bare view. Exit status 1: a limit is broken."""
    where = machine()
    try:
        rows = measure(only or tuple(MEASURES))
    except (NoAnswer, Unexpected) as problem:
        click.echo(f"bench: {problem}", err=True)
        sys.exit(2)
    if form == "json":
        told = [asdict(row) | {"holds": row.holds} for row in rows]
        click.echo(json.dumps({"machine": where, "results": told}, indent=2))
    else:
        show(rows, where)
    sys.exit(0 if all(row.holds for row in rows) else 1)


if __name__ == "__main__":
    bench()
