"""Every check has a page that says what it means, and every page a check."""

from pathlib import Path

import pytest
import yaml

from contract_tests.checks.registry import CHECKS, Check
from contract_tests.scenes import registry

registry.load()
ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "checks"
SECTIONS = ["## What it means", "## Why it matters", "## How to fix"]


def test_checks_and_pages_are_the_same() -> None:
    pages = {str(file.relative_to(PAGES).with_suffix("")) for file in PAGES.glob("*/*.md")}
    assert pages == set(CHECKS)


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS.keys())
def test_a_page_says_what_the_check_says(check: Check) -> None:
    lines = (PAGES / f"{check.name}.md").read_text(encoding="utf-8").splitlines()
    assert lines[0] == f"# {check.name}"
    assert " ".join(lines[2 : lines.index("", 2)]) == check.sentence.replace("``", "`")
    assert [line for line in lines if line.startswith("## ")] == SECTIONS
    assert 10 <= len(lines) <= 25


def test_every_check_has_a_scene() -> None:
    assert {check.scene for check in CHECKS.values()} == set(registry.SCENES)


def test_every_known_deviation_is_described_with_its_evidence() -> None:
    rows = yaml.safe_load((ROOT / "contract_tests" / "clients" / "known.yaml").read_bytes())
    findings = (ROOT / "docs" / "sdk-findings.md").read_text(encoding="utf-8")
    for row in rows:
        assert f"\n## {row['finding']}\n" in findings
        assert set(row["checks"]) <= set(CHECKS)
    assert findings.count("**Evidence**") == findings.count("\n## ")
