"""docs/mutants.md: every broken client, what is wrong with it and which check finds it.

``python -m contract_tests.mutants.table`` prints it, with a file's name it writes it (``make docs``).
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from contract_tests.mutants.registry import MUTANTS, Mutant, load

_HEAD = """\
# Broken clients

Made from `contract_tests/mutants/` by `make docs`; do not edit.

A check that finds nothing proves nothing until it has been seen to find something. So the kit has clients that are
broken on purpose, each with one mistake that real clients make: a few lines that get one step of the plain client
(`contract_tests/clients/plain.py`) wrong. For each is named which check has to find it, and on which operations.

    make mutants                                  # hunts them all, in about half a minute
    make mutants ARGS="offset-is-the-page"        # one of them
    make mutants ARGS="--format json --seed 7"    # for a program; other examples than usual

A hunt plays the scene of that check on these operations, with as many examples as a client is checked with by default,
and ends with the first finding. What is printed is the operation that showed it and after how many calls; the exit
status is 1 if a mutant was not caught. The tests hunt every one of them too, and play the same scenes with the client
that is not broken: there no check may find anything.

To add one, put a class into a module of `contract_tests/mutants/`: its name is the mutant's, the first line of its
docstring says what is broken, and `@mutant(check, operations...)` which check is to find it, and where.
"""
_GROUPS = {
    "sends-right": "What is sent",
    "understands-right": "What is returned",
    "errors": "What is reported",
    "callers": "Who calls",
    "time": "What grows old",
    "trouble": "What is repeated",
    "paging": "What is read page by page",
    "sequences": "What holds over many calls",
}


def page() -> str:
    """Call ``registry.load`` before."""
    return "\n".join((_HEAD, *_tables()))


def _tables() -> Iterator[str]:
    order = list(_GROUPS)
    rows = sorted(MUTANTS.values(), key=lambda one: (order.index(_group(one)), one.check))
    for group, mutants in groupby(rows, key=_group):
        yield f"## {_GROUPS[group]}\n"
        yield "| mutant | what is broken | found by |"
        yield "| --- | --- | --- |"
        for one in mutants:
            yield f"| `{one.name}` | {one.sentence} | `{one.check}` |"
        yield ""


def _group(mutant: Mutant) -> str:
    return mutant.check.split("/")[0]


def main(arguments: list[str]) -> None:
    load()
    if arguments:
        Path(arguments[0]).write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())


if __name__ == "__main__":
    main(sys.argv[1:])
