"""docs/pytest.md is true: its examples run as they stand, and nothing that the plugin offers is missing from it."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from contract_tests import plugin
from contract_tests.server import Served, Server
from contract_tests.worlds import Emulator, Principal, World
from mockserver import opened

pytest_plugins = "pytester"

PAGE = (Path(__file__).parent.parent / "docs" / "pytest.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=re.compile(r"def (test_\w+)").findall(PAGE))
def test_an_example_passes_as_it_stands(example: str, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(example)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_the_first_example_has_five_lines() -> None:
    assert len(EXAMPLES[0].splitlines()) == 5


def test_every_fixture_and_option_is_on_the_page() -> None:
    fixtures = {name for name, value in vars(plugin).items() if name.startswith("bss_") and callable(value)}
    assert fixtures >= {"bss_intercept", "bss_mock", "bss_sandbox", "bss_sdk", "bss_server"}
    offered = {*fixtures, "--bss-scenario", "bss_scenario", *(f"@pytest.mark.bss({name}=" for name in plugin.MARK)}
    assert {name for name in offered if name not in PAGE} == set()


def test_every_member_is_on_the_page(bss_mock: Emulator) -> None:
    with bss_mock.sandbox() as world:
        offered = {name for name in vars(world) if not name.startswith("_")}
    for class_ in (Emulator, opened.World, World, Server, Served):
        offered |= {name for name in vars(class_) if not name.startswith("_")}
    for value in (opened.Principal, Principal, opened.Customer):
        offered |= {one.name for one in fields(value)} | {name for name in vars(value) if not name.startswith("_")}
    assert {name for name in offered if not re.search(rf"\b{name}\b", PAGE)} == set()
