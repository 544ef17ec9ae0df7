"""How much of what is documented do the schema files say?

``make contract-report``, or ``python -m mockserver.contract.report --facts DIR``: every constraint of the facts is
looked for in the schema of its operation. What is not there stands in ``schemas/not-expressed.yaml`` with its reason.
One that does not is a finding, and so is a line there that explains nothing.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click
import msgspec
import yaml
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mockserver.contract.expressed import Expressed
from mockserver.contract.facts import KINDS, Constraint, NoFacts, constraints
from mockserver.contract.operations import Contract
from mockserver.shipped import schemas

FILE = "not-expressed.yaml"


class BadReasons(Exception):
    """The file of reasons cannot be read; says where."""


class Reason(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence, and the constraints that it explains, written as the report lists them."""

    reason: str
    constraints: list[str]


@dataclass(frozen=True, slots=True)
class Count:
    """How many constraints of a group there are, and how many are in the schema files."""

    documented: int
    expressed: int

    @property
    def share(self) -> float:
        return 100 * self.expressed / self.documented


@dataclass(frozen=True)
class Report:
    """The facts beside the contract. ``reasons``: by constraint, as in the file."""

    documented: Sequence[Constraint]
    missing: Sequence[Constraint]
    reasons: Mapping[str, str]
    findings: Sequence[str]

    @cached_property
    def total(self) -> Count:
        return Count(len(self.documented), len(self.documented) - len(self.missing))

    @cached_property
    def areas(self) -> Mapping[tuple[str, str], Count]:
        """By area and site."""
        return _counted(
            [(one.place.area, one.place.site) for one in self.documented],
            [(one.place.area, one.place.site) for one in self.missing],
        )

    @cached_property
    def kinds(self) -> Mapping[str, Count]:
        found = _counted([one.kind for one in self.documented], [one.kind for one in self.missing])
        return {kind: found[kind] for kind in KINDS if kind in found}

    def explained(self) -> Iterator[tuple[str, Sequence[Constraint]]]:
        """What is not expressed, by reason in the order of the file; without one at the end."""
        for reason in dict.fromkeys([*self.reasons.values(), None]):
            if found := [one for one in self.missing if self.reasons.get(str(one)) == reason]:
                yield reason or "No reason is given.", found


def _counted(all_of_them: Iterable[Any], missing: Iterable[Any]) -> Mapping[Any, Count]:
    lacking = Counter(missing)
    return {key: Count(number, number - lacking[key]) for key, number in sorted(Counter(all_of_them).items())}


def compare(facts: Path, contract: Contract) -> Report:
    """Raises ``NoFacts`` or ``BadReasons``."""
    documented = list(constraints(facts))
    schemas_of = {f"{op.site}/{op.area}/{op.name}": Expressed(op) for op in contract}
    missing = [one for one in documented if not ((holds := schemas_of.get(one.place.file)) and holds(one))]
    listed = read_reasons(contract.folder / FILE)
    reasons = {line: told.reason for told in listed for line in told.constraints}
    lines = Counter(line for told in listed for line in told.constraints)
    unheard = lines.keys() - set(map(str, missing))
    findings = [
        *(f"no schema file: {file}" for file in sorted({one.place.file for one in documented} - schemas_of.keys())),
        *(f"not expressed, and no reason: {one}" for one in missing if str(one) not in reasons),
        *(f"a reason for what is expressed or not documented: {line}" for line in lines if line in unheard),
        *(f"more than one reason: {line}" for line, times in lines.items() if times > 1),
    ]
    return Report(documented, missing, reasons, findings)


def read_reasons(file: Path) -> list[Reason]:
    """The file of reasons; none is like an empty one."""
    try:
        content = yaml.safe_load(file.read_bytes()) if file.exists() else None
        return msgspec.convert(content or [], list[Reason])
    except (yaml.YAMLError, msgspec.ValidationError) as broken:
        raise BadReasons(f"{file}: {' '.join(str(broken).split())}") from broken


def show(report: Report) -> None:
    console = Console(highlight=False, soft_wrap=True)
    table = Table("area", "site", title="Documented constraints in schemas/", title_justify="left")
    by_kind = Table("constraint", title="By kind", title_justify="left")
    for counted in (table, by_kind):
        for heading in ("documented", "expressed", "not", "%"):
            counted.add_column(heading, justify="right")
    for (area, site), count in report.areas.items():
        table.add_row(area, site, *_numbers(count))
    table.add_section()
    table.add_row("together", "", *_numbers(report.total))
    for kind, count in report.kinds.items():
        by_kind.add_row(kind, *_numbers(count))
    console.print(table)
    console.print(by_kind)
    console.print(f"Not expressed: {len(report.missing)}")
    for reason, missing in report.explained():
        console.print(f"\n{escape(reason)}")
        for one in missing:
            console.print(f"  {escape(f'{one} {_text(one.value)}')}")


def _numbers(count: Count) -> Sequence[str]:
    numbers = (count.documented, count.expressed, count.documented - count.expressed)
    return (*map(str, numbers), f"{count.share:.2f}")


def row(report: Report) -> Mapping[str, Any]:
    """For programs: all that ``show`` has."""
    return {
        "total": _row(report.total),
        "areas": [{"area": area, "site": site, **_row(count)} for (area, site), count in report.areas.items()],
        "kinds": [{"kind": kind, **_row(count)} for kind, count in report.kinds.items()],
        "not_expressed": [
            {
                "operation": one.place.file,
                "pointer": one.place.pointer,
                "constraint": one.kind,
                "documented": one.value,
                "reason": report.reasons.get(str(one)),
            }
            for one in report.missing
        ],
        "findings": report.findings,
    }


def _row(count: Count) -> Mapping[str, Any]:
    return {"documented": count.documented, "expressed": count.expressed, "percent": round(count.share, 2)}


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()


@click.command()
@click.option("--facts", required=True, type=click.Path(path_type=Path), help="folder of documented facts")
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table")
def main(facts: Path, form: str) -> None:
    """Count the documented constraints that schemas/ expresses, and list those that it does not."""
    try:
        report = compare(facts, Contract(schemas()))
    except (NoFacts, BadReasons) as problem:
        click.echo(str(problem), err=True)
        sys.exit(2)
    if form == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(row(report))).decode())
    else:
        show(report)
    for line in report.findings:
        click.echo(line, err=True)
    sys.exit(1 if report.findings else 0)


if __name__ == "__main__":
    main()
