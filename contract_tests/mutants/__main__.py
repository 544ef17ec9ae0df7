"""``python -m contract_tests.mutants``: hunts every mutant, and says what was caught. Exit status 1 if one was not."""

import json
import sys
from collections.abc import Iterator, Sequence

import click

from contract_tests import server
from contract_tests.driving.choosing import SEED
from contract_tests.mutants.hunting import Hunt, hunt
from contract_tests.mutants.registry import MUTANTS, load
from contract_tests.scenes import registry as scenes


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True, help="which examples there are")
def main(names: Sequence[str], form: str, seed: int) -> None:
    """Hunt the mutants of these names, or all of them."""
    scenes.load()
    load()
    if unknown := set(names) - set(MUTANTS):
        raise click.UsageError(f"no mutant {', '.join(sorted(unknown))}; docs/mutants.md lists them")
    wanted = [MUTANTS[name] for name in names or MUTANTS]
    hunts = []
    with server.start() as running:
        for one in wanted:
            hunts.append(hunt(running, one, seed=seed))
            if form == "text":
                click.echo(_line(hunts[-1]))
    caught = sum(one.told is not None for one in hunts)
    if form == "json":
        click.echo(json.dumps({"mutants": len(hunts), "caught": caught, "hunts": list(map(_row, hunts))}, indent=2))
    else:
        click.echo(f"{caught} of {len(hunts)} mutants caught, each by the check that is meant for it.")
    sys.exit(caught != len(hunts))


def _line(found: Hunt) -> str:
    return "  ".join(_cells(found))


def _cells(found: Hunt) -> Iterator[str]:
    yield f"{found.mutant.name:40}"
    yield f"{found.mutant.check:45}"
    if found.told is None:
        yield f"NOT CAUGHT with {found.exchanges} calls"
    else:
        operation = found.told.exchange.operation
        yield f"{operation.site}/{operation.name}, call {found.exchanges}"


def _row(found: Hunt) -> dict[str, object]:
    operation = None if found.told is None else found.told.exchange.operation
    return {
        "mutant": found.mutant.name,
        "sentence": found.mutant.sentence,
        "check": found.mutant.check,
        "caught": found.told is not None,
        "operation": None if operation is None else f"{operation.site}/{operation.name}",
        "exchanges": found.exchanges,
        "finding": None if found.told is None else found.told.finding.words,
    }


if __name__ == "__main__":
    main()
