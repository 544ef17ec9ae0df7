"""Writes docs/emulated.md: what is emulated of each operation, what of it is assumed, and what is not.

``make docs`` writes it, a test compares. What is answered from state is what has a function, what is assumed stands in
the schema files (``x-source``), and what is left out in ``tests/not-shown.yaml``.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from behaviours_report import NotShown, reasons

from mockserver.contract.operations import SITES, Contract, Operation
from mockserver.operations.registry import fidelity

PAGE = Path(__file__).parent.parent / "docs" / "emulated.md"
ASSUMED = "assumed"
STATEFUL = "stateful"
HEAD = """\
# What is emulated

Made by `make docs` from the code, `schemas/` and `tests/not-shown.yaml`; not written by hand.

Every documented operation answers, and for all of them alike signature, caller, quota, parameters and errors are
checked as its page says. *From state*: what it answers and does is kept in the world. *Made up*: the answer follows the
schema and the seed alone (see [headers.md](headers.md#generated-answers)). *Assumed*: what no page says, so that the
most likely reading was taken: of the operation its `quota` or `success` status, of the errors that it answers
these codes, of request and answer the type or a rule of a member. Corrections are welcome in its schema file.
"""


def page() -> str:
    contract, told = Contract(), reasons()
    by_area: Mapping[str, dict[str, list[Operation]]] = defaultdict(lambda: defaultdict(list))
    for op in contract:
        by_area[op.area][op.name].append(op)
    lines = [HEAD, *_summary(contract)]
    for area in sorted(by_area):
        lines += ["", f"## {area}", ""]
        lines += _area([one for one in told if one.operation is None and one.area == area])
        for name in sorted(by_area[area]):
            lines += _operation(by_area[area][name], [one for one in told if one.operation == name])
    return "\n".join(lines) + "\n"


def _summary(contract: Contract) -> Iterator[str]:
    yield "| area | " + " | ".join(f"{site}: from state | {site}: made up" for site in SITES) + " |"
    yield "| --- |" + " ---: | ---: |" * len(SITES)
    for area in sorted({op.area for op in contract}):
        cells = [
            str(sum(op.area == area and op.site == site and (fidelity(op.name) == STATEFUL) is kept for op in contract))
            for site in SITES
            for kept in (True, False)
        ]
        yield f"| [{area}](#{area}) | {' | '.join(cells)} |"


def _area(told: Sequence[NotShown]) -> list[str]:
    return [line for one in told if not one.emulated for line in (one.reason, "")]


def _operation(sites: Sequence[Operation], told: Sequence[NotShown]) -> Iterator[str]:
    first = sites[0]
    yield f"### {first.name}"
    yield ""
    kept = "from state" if fidelity(first.name) == STATEFUL else "made up"
    yield f"{first.title}: {', '.join(op.site for op in sites)}; **{kept}**."
    assumed = {op.site: _assumed(op) for op in sites}
    shared = [words for words in assumed[first.site] if all(words in known for known in assumed.values())]
    rows = [f"assumed {words}" for words in shared]
    rows += [f"assumed on {site} {words}" for site, known in assumed.items() for words in known if words not in shared]
    rows += [f"not emulated: {one.reason}" for one in told if not one.emulated]
    if rows:
        yield ""
        yield from (f"* {row}" for row in rows)
    yield ""


def _assumed(op: Operation) -> list[str]:
    """What no page says, in groups."""
    document = op.schema
    facts = document["x-operation"]
    groups = {
        "of the operation": [name for name, source in facts.get("source", {}).items() if source == ASSUMED],
        "of the errors": [
            row["code"] for row in facts["errors"] if isinstance(row, dict) and row.get("x-source") == ASSUMED
        ],
        "of the request": _marked(document["$defs"].get("request", {}), ""),
        "of the answer": _marked(document["$defs"].get("response", {}), ""),
    }
    listed = {group: [f"`{name}`" for name in names] for group, names in groups.items()}
    return [f"{group}: {', '.join(names)}" for group, names in listed.items() if names]


def _marked(schema: Any, pointer: str) -> Iterator[str]:
    """Pointers of the members that are marked as assumed; what is below one is not listed again."""
    if not isinstance(schema, dict):
        return
    if schema.get("x-source") == ASSUMED:
        yield pointer
        return
    for name, member in schema.get("properties", {}).items():
        yield from _marked(member, f"{pointer}/{name}")
    yield from _marked(schema.get("items"), f"{pointer}/0")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
