"""The results as one page that needs nothing else: no script, no style and no picture from elsewhere."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tests.checks.registry import CHECKS
from contract_tests.reporting.results import Results
from contract_tests.reporting.summary import so_many

_TEMPLATE = "page.html.j2"


def document(results: Results) -> bytes:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    checks = [CHECKS[name] for name in results.checks()]
    groups = [(name, len(list(found))) for name, found in groupby(checks, key=lambda one: one.group)]
    numbers = {(case.check, case.site, case.operation): place for place, case in enumerate(results.found, 1)}
    text = made.get_template(_TEMPLATE).render(
        results=results,
        checks=checks,
        groups=groups,
        numbers=numbers,
        failures=[_failure(case.text) for case in results.found],
        covered=list(results.covered()),
        so_many=so_many,
    )
    return text.encode("utf-8", "backslashreplace")


def _failure(text: str) -> dict[str, Any]:
    """The check and its sentence, and all other lines."""
    first, *more = text.splitlines()
    return {"title": first, "lines": "\n".join(_outdented(more))}


def _outdented(lines: Sequence[str]) -> list[str]:
    return [line.removeprefix("  ") for line in lines]
