"""docs/callers.md: who may call which operation on which site, made from the schema files.

``python -m mockserver.contract.callers_table`` prints it, with a file's name it writes it (``make docs``).
"""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from mockserver.contract.callers import KINDS, answers_to, refusal
from mockserver.contract.operations import Contract, Operation

_HEAD = """\
# Who may call what

Made from the schema files by `make docs`; do not edit.

A row is an operation on one site. **yes**: the kind of account may call it, with its own AK/SK or its own token. The
last but one column is the [token that a partner got for its customer](iam.md#a-customers-token-for-its-partner): it may
what the customer may, and what only such a token may. The last column is what everybody else is answered. An account
of the other site, at a host name of the cloud, is answered 403 `CBC.0156`.

`distributor`, `solution_provider` and `reseller` are partners. Where a page says "customer", an enterprise's master and
its members are customers too. An operator of a partner may call what its partner may, if it has one of the permissions
that `bss-mock explain` shows.
"""
_COLUMNS = (*(kind.replace("_", " ") for kind in KINDS), "partner's customer")


def page(contract: Contract) -> str:
    return "\n".join((_HEAD, *_areas(contract)))


def _areas(contract: Contract) -> Iterator[str]:
    order = sorted(contract, key=lambda op: (op.area, op.name, op.site))
    for area, operations in groupby(order, key=lambda op: op.area):
        yield f"## {area}\n"
        yield _row("operation", "site", *_COLUMNS, "others")
        yield _row(*["---"] * (len(_COLUMNS) + 3))
        yield from map(_line, operations)
        yield ""


def _line(operation: Operation) -> str:
    cells = [answers_to(operation, kind) for kind in KINDS]
    cells.append(answers_to(operation, "customer", exchanged=True))
    code = refusal(operation)
    status = (operation.errors.get(code) or operation.catalogue.documented(code)).status
    others = "" if all(cells) else f"{status} `{code}`"
    return _row(f"`{operation.name}`", operation.site, *("yes" if cell else "" for cell in cells), others)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def main(arguments: list[str]) -> None:
    text = page(Contract())
    if arguments:
        Path(arguments[0]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
