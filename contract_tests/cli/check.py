"""bss-mock check: the suite against a client, with lines for people and files for programs."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from mockserver.cli import options
from mockserver.worlds import MAX_SEED

if TYPE_CHECKING:
    from contract_tests.reporting.results import Results

FILE = click.Path(path_type=Path)
EXTRA = "pip install 'bss-mock[test]' installs what the kit needs"


def _words(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.strip() for value in values for word in value.split(",") if word.strip())


@click.command()
@click.option(
    "--client",
    required=True,
    metavar="CLIENT",
    help="python-sdk, python-sdk-async, requests, my_package:MyAdapter or 'command:node adapter.js'.",
)
@click.option("--operations", multiple=True, callback=_words, metavar="NAMES", help="These alone: name or site/name.")
@click.option("--area", multiple=True, callback=_words, metavar="AREA", help="The operations of this area alone.")
@click.option("--case", metavar="NAME", help="One case alone, as a failure names it.")
@click.option("--examples", type=click.IntRange(1, 10_000), default=10, show_default=True, help="Of each scene.")
@click.option("--seed", type=click.IntRange(0, MAX_SEED), default=1, show_default=True, help="Other examples.")
@click.option("--junit", type=FILE, metavar="FILE", help="Written as JUnit XML.")
@click.option("--html", type=FILE, metavar="FILE", help="Written as one page to look at.")
@click.option("--json", "json_", type=FILE, metavar="FILE", help="Written for programs.")
def check(
    client: str,
    operations: tuple[str, ...],
    area: tuple[str, ...],
    case: str | None,
    examples: int,
    seed: int,
    junit: Path | None,
    html: Path | None,
    json_: Path | None,
) -> int:
    """Check CLIENT against the documentation: what it sends, what it understands, how it lives through trouble.

    Exit status: 0 nothing found, 1 something found, 2 nothing could be checked.
    """
    files = {"--junit": junit, "--html": html, "--json": json_}
    for option, file in files.items():
        options.writable(file, option)
    try:
        from contract_tests.cli import session
    except ModuleNotFoundError as missing:
        raise click.UsageError(f"{missing.name} is not installed: {EXTRA}") from None
    results = session.run(client, operations, area, case, examples, seed)
    for option, file in files.items():
        if file is not None:
            _write(option, file, results)
    return results.status


def _write(option: str, file: Path, results: "Results") -> None:
    from contract_tests.reporting import documents

    try:
        file.write_bytes(documents.WRITTEN[option](results))
    except OSError as problem:
        raise click.UsageError(f"{option} {file}: {str(problem.strerror).lower()}") from None
