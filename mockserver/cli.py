"""bss-mock: the command line. Every mistake is one line that says what would be right, and exit status 2."""

import json
import os
import re
import sys
from collections.abc import Mapping
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import Any

import click

from mockserver.app import DEMO, Emulator, open_worlds
from mockserver.contract.files import BadSchema
from mockserver.contract.operations import SITES, Contract
from mockserver.domain.scenarios import BadScenario
from mockserver.operations.registry import fidelity
from mockserver.worlds import MAX_SEED

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8470
_scenario = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    help="A shipped scenario or a YAML file; may be repeated. Default: demo-cn and demo-intl.",
)
_seed = click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Replaces the scenarios' own seed.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bss-mock")
def cli() -> None:
    """An offline stand-in for Huawei Cloud's partner API (BSS)."""


@cli.command()
@click.option("--host", default=DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), default=DEFAULT_PORT, show_default=True, help="0: a free one.")
@_scenario
@_seed
@click.option("--ready-file", type=click.Path(path_type=Path), help="Written as JSON once requests are answered.")
@click.option("--strict", is_flag=True, help="Quotas count, and members that the contract does not have are refused.")
@click.option("--quotas", is_flag=True, help="Quotas count; also in a world that is not strict.")
@click.option("--lock-failed-ak", is_flag=True, help="Five failed authentications in a row lock a key.")
@click.option(
    "--admin-token",
    envvar="BSS_MOCK_ADMIN_TOKEN",
    metavar="TOKEN",
    help="What /_mock asks for, from wherever; or BSS_MOCK_ADMIN_TOKEN. Without it, it answers this machine only.",
)
@click.option(
    "--idle-timeout",
    type=click.FloatRange(0.1, 86400),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How long a connection may be silent.",
)
def serve(
    host: str,
    port: int,
    scenarios: tuple[str, ...],
    seed: int | None,
    ready_file: Path | None,
    strict: bool,
    quotas: bool,
    lock_failed_ak: bool,
    admin_token: str | None,
    idle_timeout: float,
) -> None:
    """Serve both sites until SIGTERM or Ctrl+C."""
    from mockserver import serving

    chosen = scenarios or DEMO
    if admin_token is not None and not re.fullmatch("[!-~]+", admin_token):
        raise click.UsageError("--admin-token: letters, digits and signs without spaces are expected, at least one")
    if ready_file is not None and (ready_file.is_dir() or not os.access(ready_file.parent, os.W_OK | os.X_OK)):
        raise click.UsageError(f"--ready-file {ready_file}: a file in a folder that can be written to is expected")
    try:
        held = serving.reserve(host, port)
    except serving.PortTaken as taken:
        raise click.UsageError(str(taken)) from None
    emulator = Emulator(
        chosen, seed=seed, strict=strict, quotas=quotas, lock_failed_ak=lock_failed_ak, admin_token=admin_token
    )
    worlds = {sandbox.id: sandbox.row() for sandbox in emulator.sandboxes}
    serving.serve(emulator, held, partial(_ready, ready_file, worlds), idle=idle_timeout)


@cli.command()
@click.option("--format", "form", type=click.Choice(["table", "env", "json"]), default="table", show_default=True)
@click.option("--site", type=click.Choice(SITES), default="cn", show_default=True, help="env: of which site.")
@click.option("--principal", default="solution_provider", show_default=True, help="env: of whom.")
@click.option("--url", default=f"http://{DEFAULT_HOST}:{DEFAULT_PORT}", show_default=True, help="Where it is served.")
@_scenario
@_seed
def credentials(form: str, site: str, principal: str, url: str, scenarios: tuple[str, ...], seed: int | None) -> None:
    """The principals of the demo worlds, which are the same after every start."""
    from mockserver import showing

    known = {name: sandbox.row() for name, sandbox in open_worlds(scenarios or DEMO, seed).items()}
    if form == "json":
        click.echo(json.dumps({"url": url, "sandboxes": known}, indent=2, ensure_ascii=False))
    elif form == "table":
        showing.console().print(showing.principals(known))
    else:
        people = known.get(site, {"principals": {}})["principals"]
        if principal not in people:
            raise click.UsageError(f"no principal {principal!r} on {site}: {', '.join(people) or 'no such sandbox'}")
        click.echo("\n".join(showing.environment(url, people[principal])))


@cli.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def operations(form: str) -> None:
    """Every documented operation: who may call it, and how truly it is emulated."""
    from mockserver import showing

    rows = [op.row() | {"fidelity": fidelity(op.name)} for op in Contract()]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        showing.operations(rows)


@cli.command()
@click.argument("operation")
@click.option("--site", type=click.Choice(SITES), help="Only this site.")
def explain(operation: str, site: str | None) -> None:
    """What OPERATION takes, who may call it, its errors and its page."""
    from mockserver import showing

    contract = Contract()
    found = [op for op in contract.named(operation) if site in (None, op.site)]
    if not found:
        raise click.UsageError(_no_operation(contract, operation, site))
    for op in found:
        showing.operation(op, fidelity(op.name))


@cli.command()
@click.option("--site", type=click.Choice(SITES), required=True, help="Of which site.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Written to; default: printed.")
def openapi(site: str, output: Path | None) -> None:
    """The contract of one site as an OpenAPI 3.1 document."""
    from mockserver.contract.openapi import document

    here = f"http://{DEFAULT_HOST}:{DEFAULT_PORT}"
    content = json.dumps(document(Contract(), site, here), indent=2, ensure_ascii=False).encode() + b"\n"
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as problem:
        raise click.UsageError(f"--output {output}: {str(problem.strerror).lower()}") from None


def _no_operation(contract: Contract, name: str, site: str | None) -> str:
    elsewhere = [op.site for op in contract.named(name)]
    if elsewhere:
        return f"{name} is not on {site}, only on {', '.join(elsewhere)}"
    near = get_close_matches(name, sorted({op.name for op in contract}), 3, 0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "bss-mock operations lists them"
    return f"no operation {name!r}: {hint}"


def _ready(ready_file: Path | None, worlds: Mapping[str, Any], url: str) -> None:
    from mockserver import showing

    if ready_file is not None:
        # Whoever waits for the file must never see half of it.
        unfinished = ready_file.with_name(f".{ready_file.name}.{os.getpid()}")
        unfinished.write_text(json.dumps({"url": url, "sandboxes": worlds}, indent=2), encoding="utf-8")
        unfinished.replace(ready_file)
    showing.welcome(url, worlds)
    sys.stdout.flush()


def main() -> None:
    """The entry point: mistakes end in one line and exit status 2, never in a traceback."""
    try:
        status = cli.main(standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.exceptions.NoArgsIsHelpError as bare:
        click.echo(bare.format_message())
        sys.exit(0)
    except (click.ClickException, BadScenario, BadSchema) as mistake:
        text = mistake.format_message() if isinstance(mistake, click.ClickException) else str(mistake)
        click.echo(f"bss-mock: {' '.join(text.split())}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(0)
    sys.exit(status if isinstance(status, int) else 0)
