"""Deviations that are known of a client: found each time, told by name, and no reason to fail.

They are in ``clients/known.yaml``, and each is described, with its evidence, in docs/sdk-findings.md.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from contract_tests.checks.registry import Check, Finding
from mockserver.contract.operations import Operation

_FILE = Path(__file__).parent.parent / "clients" / "known.yaml"


class Deviation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``finding``: its name in docs/sdk-findings.md. ``operations`` as ``site/name``, all of them where it is left out.
    ``place``: only of operations that take something in this place of the request.

    ``pointer``: a regular expression that the finding's pointer has to match; ``expected``: the only values that it is
    about, as JSON texts.
    """

    finding: str
    clients: list[str]
    checks: list[str]
    operations: list[str] | None = None
    place: str | None = None
    pointer: str = ""
    expected: list[str] | None = None

    def covers(self, check: Check, operation: Operation, finding: Finding) -> bool:
        return (
            check.name in self.checks
            and (self.operations is None or f"{operation.site}/{operation.name}" in self.operations)
            and (self.place is None or bool(operation.place(self.place).get("properties")))
            and re.search(self.pointer, finding.pointer) is not None
            and (self.expected is None or _text(finding.expected) in self.expected)
        )


def _text(value: Any) -> str:
    return msgspec.json.encode(value, enc_hook=repr).decode()


@dataclass(frozen=True, slots=True)
class Expected:
    """The known deviations of one client."""

    deviations: Sequence[Deviation]

    def __call__(self, check: Check, operation: Operation, finding: Finding) -> bool:
        return self.name(check, operation, finding) is not None

    def name(self, check: Check, operation: Operation, finding: Finding) -> str | None:
        return next((one.finding for one in self.deviations if one.covers(check, operation, finding)), None)


@cache
def of(client: str) -> Expected:
    """Of the client of that name; nothing is known of one that is not shipped."""
    rows = msgspec.convert(yaml.safe_load(_FILE.read_bytes()), list[Deviation])
    return Expected([one for one in rows if client in one.clients])
