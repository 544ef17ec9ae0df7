"""bss-mock credentials, operations, explain, openapi: what there is, without a server."""

import json
from difflib import get_close_matches
from pathlib import Path

import click

from mockserver.app import DEMO, open_worlds
from mockserver.cli import options
from mockserver.contract.operations import SITES, Contract
from mockserver.operations.registry import fidelity


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "env", "json"]), default="table", show_default=True)
@click.option("--site", type=click.Choice(SITES), default="cn", show_default=True, help="env: of which site.")
@click.option("--principal", default=options.PRINCIPAL, show_default=True, help="env: of whom.")
@click.option(
    "--url",
    default=f"http://{options.DEFAULT_HOST}:{options.DEFAULT_PORT}",
    show_default=True,
    help="Where it is served.",
)
@options.scenario
@options.seed
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


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
def operations(form: str) -> None:
    """Every documented operation: who may call it, and how truly it is emulated."""
    from mockserver import showing

    rows = [op.row() | {"fidelity": fidelity(op.name)} for op in Contract()]
    if form == "json":
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        showing.operations(rows)


@click.command()
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


@click.command()
@click.option("--site", type=click.Choice(SITES), required=True, help="Of which site.")
@click.option("--output", type=click.Path(path_type=Path), metavar="FILE", help="Written to; default: printed.")
def openapi(site: str, output: Path | None) -> None:
    """The contract of one site as an OpenAPI 3.1 document."""
    from mockserver.contract.openapi import document

    here = f"http://{options.DEFAULT_HOST}:{options.DEFAULT_PORT}"
    content = json.dumps(document(Contract(), site, here), indent=2, ensure_ascii=False).encode() + b"\n"
    options.write(content, output)


def _no_operation(contract: Contract, name: str, site: str | None) -> str:
    elsewhere = [op.site for op in contract.named(name)]
    if elsewhere:
        return f"{name} is not on {site}, only on {', '.join(elsewhere)}"
    near = get_close_matches(name, sorted({op.name for op in contract}), 3, 0.5)
    hint = f"did you mean {', '.join(near)}?" if near else "bss-mock operations lists them"
    return f"no operation {name!r}: {hint}"
