"""How fast the emulator is: ``make bench``.

Every figure is one of this machine in this minute, so ratios count: the emulator against a bare Flask view that
returns the same bytes and is served in the same way. Exit status 1: a limit is broken; 2: nothing could be measured.
"""

import json
import os
import platform
import sys
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click
from load import Unexpected
from measures import MEASURES, Row
from rich.console import Console
from rich.progress import Progress
from rich.table import Table
from servers import NoAnswer

_LIBRARIES = ("bss-mock", "flask", "werkzeug", "granian", "sqlalchemy", "huaweicloudsdkbss")


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
        figures = (_figure(row.emulator, row.unit), _figure(row.bare, row.unit), f"{row.measured:.2f}")
        table.add_row(row.what, *figures, *_verdict(row))
    out.print(table)


def _verdict(row: Row) -> tuple[str, str, str]:
    if row.limit is None:
        return "", "", ""
    bound = f"{'≥' if row.at_least else '≤'} {row.limit:g}"
    goal = "" if row.goal is None else f"{row.goal:g}"
    return bound, goal, "[green]holds[/]" if row.holds else "[bold red]BROKEN[/]"


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
    except (NoAnswer, Unexpected, OSError) as problem:
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
