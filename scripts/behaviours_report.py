"""How many of the documented behaviours does a test show?

``make behaviours-report``: the fact files number what each operation is documented to do beyond its parameters. A test
that shows one of it says so, ``@pytest.mark.documents("list_sub_customers", 3)``. What none shows stands in
``tests/not-shown.yaml`` with its reason; an operation there without a number is meant whole, an area likewise. A mark
of what is not documented is a finding, and so is a reason for what is shown.
"""

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import msgspec
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

ROOT = Path(__file__).parent.parent
TESTS = ("tests", "contract_tests")
REASONS = ROOT / "tests" / "not-shown.yaml"
MARK = "documents"


class Unreadable(Exception):
    """One line for people."""


class NotShown(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why no test shows it. ``emulated``: whether the emulator does it all the same."""

    reason: str
    area: str | None = None
    operation: str | None = None
    behaviour: int | None = None
    emulated: bool = False

    def covers(self, one: "Behaviour") -> bool:
        return (
            self.area in (None, one.area)
            and self.operation in (None, one.operation)
            and self.behaviour in (None, one.number)
        )


@dataclass(frozen=True, slots=True)
class Behaviour:
    """The ``number``-th of an operation's documented behaviours, from 1, in the documentation's words."""

    area: str
    operation: str
    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Report:
    documented: Sequence[Behaviour]
    shown: Mapping[tuple[str, int], Sequence[str]]
    reasons: Sequence[NotShown]

    @property
    def missing(self) -> list[Behaviour]:
        return [one for one in self.documented if (one.operation, one.number) not in self.shown]

    def reason(self, one: Behaviour) -> NotShown | None:
        """The narrowest reason that covers it."""
        found = [told for told in self.reasons if told.covers(one)]
        return max(found, key=lambda told: (told.behaviour is not None, told.operation is not None), default=None)

    def of_area(self, area: str) -> tuple[int, int]:
        """How many there are and how many are shown."""
        numbers = [(one.operation, one.number) in self.shown for one in self.documented if one.area == area]
        return len(numbers), sum(numbers)

    @property
    def areas(self) -> list[str]:
        return list(dict.fromkeys(one.area for one in self.documented))

    def findings(self) -> Iterator[str]:
        known = {(one.operation, one.number) for one in self.documented}
        for (operation, number), places in self.shown.items():
            if (operation, number) not in known:
                yield f"{places[0]}: {operation} has no documented behaviour {number}"
        missing = self.missing
        for one in missing:
            if self.reason(one) is None:
                yield f"not shown, and no reason: {one.area}/{one.operation} {one.number}"
        for told in self.reasons:
            if not any(told.covers(one) for one in missing):
                yield f"{REASONS.name}: a reason for what is shown or not documented: {told}"


def documented(facts: Path) -> Iterator[Behaviour]:
    """Raises ``Unreadable``."""
    files = sorted((facts / "operations").glob("*/*.json"))
    if not files:
        raise Unreadable(f"{facts}: no facts there (operations/<area>/<operation>.json)")
    for file in files:
        for number, words in enumerate(msgspec.json.decode(file.read_bytes()).get("behaviours", ()), 1):
            yield Behaviour(file.parent.name, file.stem, number, words)


def marks(folders: Iterable[Path]) -> dict[tuple[str, int], list[str]]:
    """Where each behaviour is marked as shown: ``file:line`` by operation and number."""
    found: dict[tuple[str, int], list[str]] = {}
    for file in sorted(file for folder in folders for file in folder.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_bytes())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == MARK:
                match [argument.value for argument in node.args if isinstance(argument, ast.Constant)]:
                    case [str(operation), *numbers] if all(isinstance(number, int) for number in numbers):
                        for number in numbers:
                            found.setdefault((operation, number), []).append(f"{file.relative_to(ROOT)}:{node.lineno}")
    return found


def reasons() -> list[NotShown]:
    """Raises ``Unreadable``."""
    try:
        return msgspec.convert(yaml.safe_load(REASONS.read_bytes()) or [], list[NotShown])
    except (yaml.YAMLError, msgspec.ValidationError, OSError) as broken:
        raise Unreadable(f"{REASONS}: {' '.join(str(broken).split())}") from None


def read(facts: Path) -> Report:
    """Raises ``Unreadable``."""
    return Report(list(documented(facts)), marks(ROOT / folder for folder in TESTS), reasons())


def row(report: Report) -> dict[str, Any]:
    return {
        "areas": {
            area: {"documented": there, "shown": shown}
            for area in report.areas
            for there, shown in [report.of_area(area)]
        },
        "not_shown": [
            {
                "area": one.area,
                "operation": one.operation,
                "behaviour": one.number,
                "reason": told.reason if (told := report.reason(one)) else None,
            }
            for one in report.missing
        ],
        "findings": list(report.findings()),
    }


def show(report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table("area", title="Documented behaviours that a test shows", title_justify="left")
    for heading in ("documented", "shown", "%"):
        table.add_column(heading, justify="right")
    for area in report.areas:
        there, shown = report.of_area(area)
        table.add_row(area, str(there), str(shown), f"{100 * shown / there:.0f}" if there else "-")
    console.print(table)
    told = {one: report.reason(one) for one in report.missing}
    for reason in dict.fromkeys(told.values()):
        console.print(f"\n{escape(reason.reason if reason else 'No reason is given.')}")
        for one in (one for one, why in told.items() if why == reason):
            console.print(f"  {one.area}/{one.operation} {one.number}: {escape(one.words)}")


@click.command()
@click.option("--facts", required=True, type=click.Path(path_type=Path), help="folder of documented facts")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def main(facts: Path, form: str) -> None:
    """Count the documented behaviours that tests show, and list those that none does."""
    try:
        report = read(facts)
    except Unreadable as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(row(report))).decode())
    else:
        show(report)
    findings = list(report.findings())
    for line in findings:
        click.echo(line, err=True)
    sys.exit(1 if findings else 0)


if __name__ == "__main__":
    main()
