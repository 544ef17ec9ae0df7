"""The report on documented behaviours counts what tests are marked to show, and wants a reason for the rest."""

import json
from pathlib import Path

import behaviours_report
import emulated
import pytest
from behaviours_report import ROOT, NotShown, Report, documented, main, marks, read
from click.testing import CliRunner

# Where `make behaviours-report` looks for the documented facts.
FACTS = ROOT.parent / "shared" / "facts"
BUILT = ("accounts", "coupons", "customers")


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    """Two behaviours of one made-up operation."""
    file = tmp_path / "operations" / "things" / "make_up.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"behaviours": ["It is so.", "It is not otherwise."]}))
    return tmp_path


def reported(facts: Path, shown: dict[tuple[str, int], list[str]], *reasons: NotShown) -> Report:
    return Report(list(documented(facts)), shown, reasons)


def test_a_behaviour_is_shown_by_a_mark_or_has_a_reason(facts: Path) -> None:
    report = reported(facts, {("make_up", 1): ["tests/x.py:1"]}, NotShown("It is late.", operation="make_up"))
    assert report.of_area("things") == (2, 1)
    assert [one.number for one in report.missing] == [2]
    assert list(report.findings()) == []


def test_the_narrowest_reason_is_told(facts: Path) -> None:
    wide = NotShown("Not built.", area="things")
    narrow = NotShown("Cannot be seen.", operation="make_up", behaviour=2)
    report = reported(facts, {}, wide, narrow)
    assert [report.reason(one) for one in report.missing] == [wide, narrow]


@pytest.mark.parametrize(
    ("shown", "reasons", "finding"),
    [
        ({("make_up", 1): ["x"]}, [], "not shown, and no reason: things/make_up 2"),
        ({("make_up", 1): ["x"], ("make_up", 2): ["x"], ("make_up", 3): ["x:7"]}, [], "x:7: make_up has no"),
        ({("make_up", 1): ["x"], ("make_up", 2): ["x"]}, [NotShown("Why?", operation="make_up")], "a reason for what"),
    ],
)
def test_what_does_not_fit_is_found(
    facts: Path, shown: dict[tuple[str, int], list[str]], reasons: list[NotShown], finding: str
) -> None:
    (found,) = reported(facts, shown, *reasons).findings()
    assert finding in found


def test_marks_are_read_from_the_tests_themselves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(behaviours_report, "ROOT", tmp_path)
    (tmp_path / "test_it.py").write_text("@pytest.mark.documents('make_up', 1, 2)\ndef test_it(): ...\n")
    assert marks([tmp_path]) == {("make_up", 1): ["test_it.py:1"], ("make_up", 2): ["test_it.py:1"]}


def test_a_folder_without_facts_is_one_line_and_status_2(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["--facts", str(tmp_path)])
    assert told.exit_code == 2
    assert told.output == f"{tmp_path}: no facts there (operations/<area>/<operation>.json)\n"


def test_the_page_of_what_is_emulated_is_as_the_code_says() -> None:
    assert emulated.PAGE.read_text(encoding="utf-8") == emulated.page(), "make docs writes it anew"


@pytest.mark.skipif(not FACTS.is_dir(), reason="the documented facts are not beside this checkout")
def test_nine_in_ten_behaviours_of_what_is_built_are_shown() -> None:
    report = read(FACTS)
    assert list(report.findings()) == []
    shares = {area: shown / there for area in BUILT for there, shown in [report.of_area(area)]}
    assert {area: share for area, share in shares.items() if share < 0.9} == {}
