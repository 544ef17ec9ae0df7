"""``bss-mock check`` as the one who types it sees it: findings, the line that shows one again, reports, mistakes."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import jsonschema_rs
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from contract_tests.checks.registry import CHECKS
from contract_tests.reporting.covering import parameters
from contract_tests.scenes import registry
from mockserver.cli import main
from mockserver.contract.operations import Contract
from tests.programs import chromium_in

registry.load()
ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
PAGE = (ROOT / "docs" / "check.md").read_text(encoding="utf-8")
# Forgets a parameter and says nothing of the request ID.
BROKEN = """
from dataclasses import replace

from contract_tests.clients.adapter import Error
from contract_tests.clients.plain import PlainClient


class Broken(PlainClient):
    def offer(self):
        return replace(super().offer(), name="broken", version="0.1")

    def call(self, operation, arguments, principal, endpoint):
        if "customer" in (arguments.get("body") or {}):
            body = {name: value for name, value in arguments["body"].items() if name != "customer"}
            arguments = {**arguments, "body": body}
        came = super().call(operation, arguments, principal, endpoint)
        return replace(came, request_id=None) if isinstance(came, Error) else came
"""
# Leaves a mark for each call.
COUNTING = """
from pathlib import Path

from contract_tests.clients.plain import PlainClient


class Counting(PlainClient):
    def call(self, *about):
        with Path(__file__).with_name("calls").open("a") as calls:
            calls.write(".")
        return super().call(*about)
"""
PYTEST = (sys.executable, "-m", "pytest", "-q")
LOST, NO_ID = "sends-right/nothing-is-lost", "errors/keep-the-request-id"


@dataclass(frozen=True, slots=True)
class Checked:
    """One run on a broken client, and the folder with its reports."""

    status: int
    out: str
    err: str
    folder: Path

    def finding(self, check: str) -> str:
        """What was printed of it."""
        (found,) = (part for part in self.out.split("\n\n") if part.startswith(f"{check}: "))
        return found


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", timeout=300, check=False)


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    folder = tmp_path_factory.mktemp("checked")
    (folder / "mine.py").write_text(BROKEN, encoding="utf-8")
    # Nothing of whoever's folder this is has a say.
    (folder / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n", encoding="utf-8")
    (folder / "conftest.py").write_text("raise SystemExit\n", encoding="utf-8")
    about = ("--client", "mine:Broken", "--operations", "cn/list_sub_customers", "--examples", "5")
    reports = ("--html", "report.html", "--json", "report.json", "--junit", "report.xml")
    ran = run(folder, str(PROGRAMS / "bss-mock"), "check", *about, *reports)
    return Checked(ran.returncode, ran.stdout, ran.stderr, folder)


def test_a_finding_tells_what_to_fix(checked: Checked) -> None:
    assert (checked.status, checked.err) == (1, "")
    found = checked.finding(LOST)
    assert "list_sub_customers (cn, api-bpconsole/mc_00021.html)" in found
    assert re.search(r'called as \w+ with \{"body":\{"customer":"?\w*"?\}\}', found)  # nothing but what shows it
    assert "came:     nothing" in found
    assert re.search(r"curl -s -X POST http://127\.0\.0\.1:8470/v2/partners/sub-customers/query .*Signature=", found)
    assert f"docs/checks/{LOST}.md" in found
    last = checked.out.strip().splitlines()[-1]
    assert last.startswith("bss-mock: broken 0.1: 2 findings; 1 operation x ")
    assert last.endswith("exit status 1")


def test_the_line_that_shows_it_again_works_as_it_stands(checked: Checked) -> None:
    line = next(line for line in checked.finding(LOST).splitlines() if line.startswith("  again: "))
    ran = run(checked.folder, *shlex.split(line.removeprefix("  again: ")))
    assert ran.returncode == 1, ran.stderr
    assert "1 finding; 1 operation x 1 check," in ran.stdout
    assert "/body/customer was" in ran.stdout


def test_the_report_for_programs_has_everything(checked: Checked) -> None:
    told = json.loads((checked.folder / "report.json").read_bytes())
    assert told["client"] == {"name": "broken", "version": "0.1", "given": "mine:Broken"}
    assert (told["version"], told["examples"], told["seed"], told["status"]) == (1, 5, 1, 1)
    found = {case["check"]: case for case in told["cases"] if case["outcome"] == "found"}
    assert set(found) == {LOST, NO_ID}
    assert all(case["text"].startswith(f"{name}: ") for name, case in found.items())
    assert set(told["checks"]) == {one.name for one in CHECKS.values() if registry.SCENES[one.scene].is_played}
    (one,) = told["coverage"]
    operation = Contract().get("cn", "list_sub_customers")
    assert operation is not None
    assert sorted(one["parameters"]["sent"] + one["parameters"]["never_sent"]) == sorted(parameters(operation))
    assert "/body/customer" in one["parameters"]["never_sent"]
    assert "CBC.0151" in one["errors"]["answered"]
    table = PAGE.split("`--json FILE`:")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.+?`) \|", table, re.MULTILINE)
    assert set(told) == {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def test_junit_names_check_and_operation(checked: Checked) -> None:
    suite = ElementTree.parse(checked.folder / "report.xml").getroot()[0]
    failed = {one.get("name"): one for one in suite if one.find("failure") is not None}
    assert set(failed) == {LOST, NO_ID}
    assert {one.get("classname") for one in suite} == {"cn.list_sub_customers"}
    assert suite.get("failures") == "2"


def test_workers_play_no_more_than_one_process_would(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(COUNTING, encoding="utf-8")
    calls = tmp_path / "calls"
    about = "--{0}client mine:Counting --{0}operations cn/list_partner_balances --{0}examples 2"
    checked = run(tmp_path, str(PROGRAMS / "bss-mock"), "check", *about.format("").split())
    assert (checked.returncode, checked.stderr) == (0, "")
    assert checked.stdout.startswith("check ")
    by_workers = calls.read_text(encoding="utf-8")
    calls.unlink()
    alone = run(tmp_path, *PYTEST, "--pyargs", "contract_tests", *about.format("bss-").split())
    assert alone.returncode == 0, alone.stdout
    assert len(by_workers) == len(calls.read_text(encoding="utf-8")) > 0


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    with chromium_in(tmp_path_factory.mktemp("chromium")) as chrome:
        chrome.get("about:blank")
        for log in ("browser", "performance"):  # what it did for itself
            chrome.get_log(log)
        yield chrome


@pytest.mark.browser
def test_the_page_shows_findings_first_and_asks_nobody(checked: Checked, chromium: Chrome) -> None:
    chromium.get((checked.folder / "report.html").as_uri())
    text = chromium.find_element(By.TAG_NAME, "body").text
    assert text.startswith("broken 0.1: 2 findings")
    assert text.index("Findings") < text.index("Operations and checks") < text.index("What was exercised")
    shown = [one.text for one in chromium.find_elements(By.CSS_SELECTOR, "article")]
    assert len(shown) == 2
    assert all("curl -s -X POST" in one and "again: " in one for one in shown)
    cells = chromium.find_elements(By.CSS_SELECTOR, ".matrix tbody td")
    assert len(cells) == len([one for one in CHECKS.values() if registry.SCENES[one.scene].is_played])
    links = chromium.find_elements(By.CSS_SELECTOR, ".matrix td.found a")
    assert len(links) == 2
    links[0].click()
    (article,) = chromium.find_elements(By.CSS_SELECTOR, "article:target")
    assert article.text.startswith((LOST, NO_ID))
    chromium.find_element(By.CSS_SELECTOR, "#coverage summary").click()
    assert "/body/customer" in chromium.find_element(By.ID, "coverage").text
    assert [row["message"] for row in chromium.get_log("browser") if row["level"] == "SEVERE"] == []
    sent = [json.loads(row["message"])["message"] for row in chromium.get_log("performance")]
    asked = {one["params"]["request"]["url"] for one in sent if one["method"] == "Network.requestWillBeSent"}
    assert {url.partition("#")[0] for url in asked} == {(checked.folder / "report.html").as_uri()}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--client", "python-sdc"], "did you mean python-sdk?"),
        (["--client", "no_such_package:Mine"], "No module named 'no_such_package'"),
        (["--client", "command:no-such-program"], "no-such-program: cannot be started"),
        (["--client", f"command:{sys.executable} -c pass"], "the program ended with status 0"),
        (["--client", "requests", "--operations", "list_sub_customer"], "did you mean list_sub_customers"),
        (["--client", "requests", "--area", "acounts"], "no area 'acounts': did you mean accounts"),
        (["--client", "requests", "--json", "/no/such/folder/report.json"], "a folder that can be written to"),
        (["--client", "requests", "--examples", "0"], "--examples"),
        ([], "--client"),
    ],
)
def test_a_mistake_is_one_line_and_status_2(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["bss-mock", "check", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capsys.readouterr()
    assert ended.value.code == 2
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert said in told.err


def test_the_adapter_of_the_page_is_a_client_without_fault_and_pytest_runs_it_anywhere(tmp_path: Path) -> None:
    (adapter,) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    (tmp_path / "my_package.py").write_text(adapter, encoding="utf-8")
    options = ("--bss-client", "my_package:MyClient", "--bss-examples", "2", "-k", "sends-right or errors")
    ran = run(tmp_path, str(PROGRAMS / "pytest"), "--pyargs", "contract_tests", *options, "--hypothesis-seed", "3")
    assert ran.returncode == 0, ran.stdout
    # Only what the client offers is a test.
    assert re.search(r"collected \d\d items", ran.stdout)
    assert "skipped" not in ran.stdout


def test_the_conversation_of_the_page_is_the_protocol() -> None:
    schema = json.loads((ROOT / "contract_tests" / "clients" / "protocol.schema.json").read_bytes())
    lines = re.findall(r"^([→←]) (.*)$", PAGE, re.MULTILINE)
    assert len(lines) == 7
    for direction, line in lines:
        side = "to_program" if direction == "→" else "from_program"
        rules = jsonschema_rs.Draft202012Validator({"$defs": schema["$defs"], "$ref": f"#/$defs/{side}"})
        assert [one.message for one in rules.iter_errors(json.loads(line))] == []


def test_pytest_tells_a_mistake_in_one_line_too() -> None:
    ran = run(
        ROOT, str(PROGRAMS / "pytest"), "--pyargs", "contract_tests", "--bss-client", "requests", "--bss-area", "x"
    )
    assert (ran.returncode, ran.stderr.strip().count("\n")) == (4, 0)
    assert "no area 'x'" in ran.stderr
