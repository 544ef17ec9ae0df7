"""docs/clients/ is true: its programs run as they stand, and what they sign arrives as it was meant.

For each language: the commands of its page print what the page shows, in a copy of the folder with the programs, with
an address and under ``bss-mock run``, where the proxy leads a program to the emulator that knows no address; then
the same program makes calls with everything in them that a signature can go wrong with. A language whose programs are
not installed is skipped, except in CI.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pytest

from contract_tests.server import Served, Server
from tests.programs import needed

ROOT = Path(__file__).parent.parent
CLIENTS = ROOT / "docs" / "clients"
STRANGE = "华为 云+&=~*/%2B?#'\""
# Whose page has a program that makes any call, and how it is called there.
PROGRAMS = {
    "curl": ["./bss.sh"],
    "java": ["java", "-cp", "build", "FirstCall"],
    "go": ["build/first_call"],
    "php": ["php", "first_call.php"],
    "node": ["node", "first_call.mjs"],
}
NEEDED = {
    "curl": ("bash", "curl", "openssl"),
    "java": ("java", "javac"),
    "go": ("go",),
    "php": ("php",),
    "node": ("node", "npm"),
    "python": (),
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page whose commands have been run. ``folder``: the programs, built; ``printed``: by each block of commands."""

    language: str
    text: str
    folder: Path
    printed: list[str]

    def call(self, who: Served, principal: str, *words: str) -> tuple[int, str]:
        """Status and body that the program of the page prints."""
        one = who.principals[principal]
        keys = {"BSS_MOCK_URL": who.url, "HUAWEICLOUD_SDK_AK": one.ak, "HUAWEICLOUD_SDK_SK": one.sk}
        ran = run([*PROGRAMS[self.language], *words], self.folder, keys)
        status, body = ran.stdout.strip().splitlines()[-1].split(" ", 1)
        assert ran.returncode == (int(status) >= 400), ran.stdout + ran.stderr
        return int(status), body


def run(command: list[str], folder: Path, more: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "no_proxy": "127.0.0.1", **more}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", timeout=300, check=False
    )


def blocks(text: str, language: str) -> list[tuple[str, str]]:
    """The blocks of a language, each with the ``text`` block behind it if there is one."""
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [
        (content, shown if following == "text" else "")
        for (kind, content), (following, shown) in pairwise([*found, ("", "")])
        if kind == language
    ]


def page_of(language: str, server: Server, folder: Path) -> Page:
    text = (CLIENTS / f"{language}.md").read_text(encoding="utf-8")
    programs = folder / "docs" / "clients" / language
    shutil.copytree(CLIENTS / language, programs, ignore=shutil.ignore_patterns("build", "node_modules"))
    commands = "\nprintf '\\n----\\n'\n".join(command for command, _ in blocks(text, "sh"))
    commands = commands.replace(".venv/bin/", "").replace("--format env", f"--format env --url {server.url}")
    ran = run(["bash", "-c", f"exec 2>&1; set -eu\n{commands}"], folder, {})
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return Page(language, text, programs, ran.stdout.split("\n----\n"))


@pytest.fixture
def world(bss_server: Server) -> Iterator[Served]:
    with bss_server.sandbox() as opened:
        yield opened


# One test for each language, as to run a page's commands is what takes the time.
@pytest.mark.parametrize("language", [pytest.param(one, marks=getattr(pytest.mark, one)) for one in PROGRAMS])
def test_a_page_is_true_and_its_program_signs_whatever_it_is_given(
    language: str, bss_server: Server, world: Served, tmp_path: Path
) -> None:
    needed(*NEEDED[language])
    page = page_of(language, bss_server, tmp_path)
    check_shown(page)
    check_signed(page, world)
    check_another_secret_key(page, world)


def test_the_page_of_python_is_true(bss_server: Server, tmp_path: Path) -> None:
    check_shown(page_of("python", bss_server, tmp_path))


def check_shown(page: Page) -> None:
    """The commands print what the page shows."""
    expected = [shown for _, shown in blocks(page.text, "sh")]
    assert len(expected) == len(page.printed) > 2
    for shown, printed in zip(expected, page.printed, strict=True):
        for line in shown.splitlines():
            assert re.search(".*".join(map(re.escape, line.split("…"))), printed), f"{line}\nis not in\n{printed}"


def check_signed(page: Page, world: Served) -> None:
    """Query, path and body arrive as they were meant."""
    sent = [f"customer_name={STRANGE}", "a-b=1", "a=2", "a=10", "a=", "A=x y"]
    status, body = page.call(world, "customer", "GET", "/v2/orders/customer-orders", *sent)
    assert status == 200, body
    query = {"customer_name": STRANGE, "a-b": "1", "a": ["", "10", "2"], "A": "x y"}
    assert world.journal[-1]["request"]["query"] == query

    path = f"/v1.0/{re.sub('[/?#%]', '', STRANGE)}/partner/account-mgr/balances"
    page.call(world, "solution_provider", "GET", path)
    assert world.journal[-1]["path"] == path

    made = {"xaccount_id": STRANGE, "xaccount_type": "TEST_IDP", "domain_name": "made_elsewhere"}
    words = ("POST", "/v2/partners/sub-customers", json.dumps(made, ensure_ascii=False))
    status, body = page.call(world, "solution_provider", *words)
    assert (status, json.loads(body)["domain_name"]) == (200, "made_elsewhere")
    assert world.journal[-1]["request"]["body"] == made


def check_another_secret_key(page: Page, world: Served) -> None:
    world.principals["nobody"] = replace(world.customer, sk=world.reseller.sk)
    status, body = page.call(world, "nobody", "GET", "/v2/bases/conversions")
    assert (status, json.loads(body)["error_code"]) == (401, "APIGW.0301")


@pytest.mark.parametrize("language", NEEDED)
def test_the_programs_are_shown_as_they_are(language: str) -> None:
    page = "\n".join((CLIENTS / f"{name}.md").read_text(encoding="utf-8") for name in (language, "adapters"))
    shown = dict(re.findall(rf"^`{language}/(\S+)`\n\n```\w+\n(.*?)^```$", page, re.DOTALL | re.MULTILINE))
    files = [file for file in (CLIENTS / language).iterdir() if file.is_file() and file.name != "package-lock.json"]
    assert shown == {file.name: file.read_text(encoding="utf-8") for file in files}


def test_every_page_is_listed() -> None:
    pages = {file.name for file in CLIENTS.glob("*.md")} - {"README.md", "adapters.md"}
    index = (CLIENTS / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| \[[^]]+\]\((\w+\.md)\) \|", index, re.MULTILINE)) == pages
    assert pages == {f"{language}.md" for language in NEEDED}
