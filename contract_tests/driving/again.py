"""The line that runs one case again: as it was typed, for that case alone."""

import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from contract_tests.driving.choosing import SEED, USUAL, chosen

TEST = "contract_tests.suite.test_client::test_client"


def line(config: pytest.Config, case: str) -> str:
    """``case``: the check, the site and the operation, as they stand in the name of the test."""
    about = chosen(config)
    # A worker of xdist knows what was typed for all of them.
    typed: Sequence[str] = getattr(config, "workerinput", {}).get("mainargv", sys.argv)
    program = Path(typed[0])
    if program.name == "bss-mock":
        words = [typed[0], "check", "--client", about.word, "--case", case]
        more = {"--examples": (about.examples, USUAL), "--seed": (about.seed, SEED)}
    else:
        # As a module pytest is found wherever its Python is.
        runs = [typed[0]] if program.name in ("pytest", "py.test") else [sys.executable, "-m", "pytest"]
        words = [*runs, "--pyargs", f"{TEST}[{case}]", "--bss-client", about.word]
        more = {"--bss-examples": (about.examples, USUAL), "--hypothesis-seed": (about.seed, SEED)}
    for option, (value, usual) in more.items():
        words += [option, str(value)] if value != usual else []
    return shlex.join(words)
