"""The documents are true: what they list is what the code has, and their examples run as they stand.

Each list is read from the first column of a table and compared with what the code itself tells, both ways.
Examples: ``sh`` and ``python`` blocks are run against a server; of the ``text`` block behind one, every line has to
be in its output (``…`` stands for anything).
"""

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from contract_tests import plugin
from contract_tests.server import Server, start
from mockserver import iam
from mockserver.admin import access
from mockserver.admin.sandboxes import NewSandbox
from mockserver.app import create_app
from mockserver.cli import cli
from mockserver.contract import callers_table
from mockserver.contract.operations import SITES, Contract
from mockserver.domain.scenarios import RULES, folder, load, names
from mockserver.iam.endpoint import CALLS
from mockserver.iam.refusals import AUTHENTICATION, NEEDS_AUTHENTICATION
from mockserver.operations.registry import fidelity
from mockserver.store.journal import Entry
from mockserver.store.sandboxes import Principal

pytest_plugins = "pytester"

ROOT = Path(__file__).parent.parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = sorted(
    str(file.relative_to(ROOT))
    for files in ("", "docs/", "docs/clients/", "schemas/")
    for file in ROOT.glob(f"{files}*.md")
)
# These have tests of their own, which run their examples.
RUN = [name for name in PAGES if name != "docs/pytest.md" and not name.startswith("docs/clients/")]
PORT = "8470"
_GROUP = click.Context(cli)
COMMANDS = {name: command for name in cli.list_commands(_GROUP) if (command := cli.get_command(_GROUP, name))}


def page(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def section(name: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its rank."""
    rank = heading.split(" ")[0]
    found = re.search(rf"^{re.escape(heading)}\n(.*?)(?=^#{{1,{len(rank)}}} |\Z)", page(name), re.DOTALL | re.MULTILINE)
    assert found, f"{name} has no heading {heading!r}"
    return found[1]


def listed(text: str) -> set[str]:
    """What is in backticks in the first column of the tables in ``text``."""
    cells = re.findall(r"^\| ((?:\\\||[^|])*) \|", text, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def blocks(name: str) -> list[tuple[str, str]]:
    """The fenced blocks of a page in their order: language and content."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", page(name), re.DOTALL | re.MULTILINE)


def source() -> Iterator[ast.AST]:
    for file in (ROOT / "mockserver").rglob("*.py"):
        yield from ast.walk(ast.parse(file.read_bytes()))


# The lists


def test_every_command_is_documented() -> None:
    documented = re.findall(r"^## bss-mock (\S+)$", page("docs/cli.md"), re.MULTILINE)
    assert sorted(documented) == sorted(COMMANDS)
    assert listed(page("docs/cli.md").split("\n## ")[0]) == {"--version", "-h", "--help"}


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_option_is_documented(command: str) -> None:
    table = section("docs/cli.md", f"## bss-mock {command}").split("\n### ")[0]
    documented = {name.split(" ")[0] for name in listed(table)}
    offered = set()
    for one in COMMANDS[command].params:
        offered |= {one.human_readable_name} if isinstance(one, click.Argument) else set(one.opts)
    assert documented == offered


def test_choices_and_defaults_are_those_of_the_command_line() -> None:
    for command, known in COMMANDS.items():
        table = section("docs/cli.md", f"## bss-mock {command}").replace(r"\|", "|")
        for one in known.params:
            if isinstance(one.type, click.Choice):
                assert f"{one.opts[0]} {'|'.join(one.type.choices)}`" in table
            if isinstance(one, click.Option) and one.show_default:
                assert re.search(rf"^\| `{one.opts[0]} .*\| `{re.escape(str(one.default))}` \|", table, re.MULTILINE)


def test_the_ready_file_is_as_shown() -> None:
    (shown,) = (json.loads(content) for language, content in blocks("docs/cli.md") if language == "json")
    with start("demo-intl", seed=7, strict=True) as server:
        (written,) = server.sandboxes.values()
        distributor = written.distributor.row()
    (sandbox,) = shown["sandboxes"].values()
    assert sandbox["principals"] == {"distributor": distributor}
    assert {name: value for name, value in sandbox.items() if name != "principals"} == {
        "id": "intl",
        "site": "intl",
        "scenario": "demo-intl",
        "seed": 7,
        "strict": True,
        "quotas": True,
        "xaccount_types": {
            "distributor": "DEMO_DISTRIBUTOR_IDP",
            "solution_provider": "DEMO_PROVIDER_IDP",
            "reseller": "DEMO_RESELLER_IDP",
        },
    }


def test_what_the_pytest_plugin_offers_is_documented() -> None:
    offered = [name for name in vars(plugin) if name.startswith("bss_")]

    class Config:
        def addini(self, name: str, *_: object, **__: object) -> None:
            offered.append(name)

        addoption = addini

        def getgroup(self, _: str) -> "Config":
            return self

        def addinivalue_line(self, _: str, line: str) -> None:
            offered.append(f"@pytest.mark.{line.split('(')[0]}(")

    plugin.pytest_addoption(Config())  # type: ignore[arg-type]
    plugin.pytest_configure(Config())  # type: ignore[arg-type]
    assert len(offered) > 5
    assert [name for name in offered if name not in page("docs/pytest.md")] == []


def test_every_schema_keyword_is_documented() -> None:
    known: set[str] = set()
    used: set[str] = set()
    for file in (ROOT / "schemas").rglob("*.json"):
        into = known if file.parent.name == "meta" else used
        into |= {name for node in nodes(json.loads(file.read_bytes())) for name in node if name.startswith("x-")}
    documented = listed(section("schemas/README.md", "### Our keywords"))
    assert documented == known
    assert used <= known


def nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nodes(item)


def test_every_header_is_documented() -> None:
    named = {node.value for node in source() if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    named |= {node.arg.replace("_", "-") for node in source() if isinstance(node, ast.keyword) and node.arg}
    for operation in Contract():
        named |= set(operation.place("headers").get("properties", {}))
    named |= {name.replace("_", "-") for name in named if name.startswith("X_")}
    named = {name for name in named if re.fullmatch(r"X(-[A-Z][A-Za-z0-9]*)+|Authorization|Content-Type|Host", name)}
    answered = {name for name in named if name.startswith("X-Mock-")} - {access.TOKEN_HEADER}
    answered |= {"X-Request-Id", "Content-Type"}
    answered |= {"X-Subject-Token", "X-IAM-Trace-Id"}
    assert listed(section("docs/headers.md", "## In an answer")) == answered
    assert listed(section("docs/headers.md", "## In a request")) == named - answered | {"Content-Type"}


def test_every_path_under_mock_is_documented() -> None:
    served = set()
    for rule in create_app(()).url_map.iter_rules():
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: "{" + found[1].replace("ident", "id") + "}", rule.rule)
        if not rule.endpoint.endswith(".unknown"):
            served |= {f"{method} {path}" for method in rule.methods or () if method not in ("HEAD", "OPTIONS")}
    assert {path for path in served if not path.split(" ")[1].startswith("/_mock/")} == set()
    text = page("docs/admin.md")
    assert set(re.findall(r"^## ((?:GET|POST|PUT|DELETE) \S+)$", text, re.MULTILINE)) == served
    assert listed(text.split("\n## ")[0]) == served


def test_every_member_of_an_admin_body_is_documented() -> None:
    documented = listed(section("docs/admin.md", "## POST /_mock/sandboxes"))
    assert documented == set(NewSandbox.__struct_fields__)
    (sandbox,) = create_app(("demo-cn",)).extensions["bss_mock"]
    assert listed(section("docs/admin.md", "## GET /_mock/sandboxes/{id}")) == set(sandbox.row())
    line = next(line for line in page("docs/admin.md").splitlines() if line.startswith("| `principals` |"))
    keys = Principal("", "", "", "", "", "", "", "").row()
    assert set(re.findall(r"`(\w+)`", line)) == {"principals", *keys}


SCENARIO = json.loads((folder() / "scenario.schema.json").read_bytes())


@pytest.mark.parametrize(
    ("heading", "schema"),
    [
        ("## Members", SCENARIO),
        ("### history", SCENARIO["properties"]["history"]),
        ("### rules", SCENARIO["properties"]["rules"]),
        ("### principals", SCENARIO["$defs"]["principal"]),
        ("### customers", SCENARIO["$defs"]["customers"]),
        ("### movements", SCENARIO["$defs"]["movement"]),
        ("### budgets", SCENARIO["$defs"]["budget"]),
    ],
)
def test_every_scenario_member_is_documented(heading: str, schema: dict[str, Any]) -> None:
    text = section("docs/scenarios.md", heading).split("\n### ")[0]
    assert listed(text) == set(schema["properties"])


def test_the_rules_of_a_scenario_have_the_defaults_that_are_documented() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `([^`]+)` \|", section("docs/scenarios.md", "### rules"), re.MULTILINE)
    assert {name: json.loads(value) for name, value in rows} == json.loads(json.dumps(RULES))


def test_every_word_that_a_scenario_knows_is_documented() -> None:
    text = page("docs/scenarios.md")
    words = [word for node in nodes(SCENARIO) for word in node.get("enum", ())]
    assert [word for word in words if f"`{word}`" not in text] == []


def test_every_shipped_world_and_its_keys_are_documented() -> None:
    worlds = section("docs/scenarios.md", "## Shipped worlds")
    assert listed(worlds) == set(names())
    kinds: dict[str, str] = {}
    for name in names():
        shown = re.findall(r"^\| `(.+)` \|$", section("docs/scenarios.md", f"### {name}"), re.MULTILINE)
        content = yaml.safe_load((folder() / f"{name}.yaml").read_bytes())
        keys = [(who, one["ak"], one["sk"], one["password"]) for who, one in content["principals"].items()]
        assert [tuple(row.split("` | `")) for row in shown] == keys
        kinds |= {who: one["kind"] for who, one in content["principals"].items()}
    people = section("docs/scenarios.md", "## Demo principals").split("\n### ")[0]
    assert dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|", people, re.MULTILINE)) == kinds


def test_every_dependency_is_documented() -> None:
    project = tomllib.loads(page("pyproject.toml"))
    declared = {
        "## At run time": project["project"]["dependencies"],
        "## Extra `test`: the kit and its clients": project["project"]["optional-dependencies"]["test"],
        "## Group `dev`: work on the project itself": project["dependency-groups"]["dev"],
    }
    for heading, wanted in declared.items():
        rows = re.findall(r"^\| ([A-Za-z][\w.-]*) \| (?!why)", section("docs/dependencies.md", heading), re.MULTILINE)
        assert sorted(rows) == sorted(re.split(r"[<>=~! \[]", line)[0] for line in wanted)


def test_every_member_of_a_journal_entry_is_documented() -> None:
    text = section("docs/errors.md", "## The journal")
    table = text[text.index("| member |") : text.index("`rule` is a word")]
    assert listed(table) == {one.name.removesuffix("_json") for one in fields(Entry)}


def test_every_refusal_of_the_gateway_is_documented() -> None:
    raised = set()
    for node in source():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Stopped" and node.args:
            raised.add(str(ast.literal_eval(node.args[0])))
    rows = re.findall(
        r"^\| `(\w+)` \| (\d+) `([\w.]+)` \|", section("docs/errors.md", "## What the gateway refuses"), re.MULTILINE
    )
    catalogue = Contract().catalogue
    known = {(name, str(error.status), error.code) for name in raised if (error := catalogue.gateway(name))}
    assert set(rows) == known


def test_every_call_of_iam_is_documented() -> None:
    text = page("docs/iam.md")
    assert [f"{method} {path}" for method, path in CALLS if f"{method} {path}" not in text] == []
    assert {path for _, path in CALLS} == iam.PATHS


def test_every_refusal_of_iam_is_documented() -> None:
    raised = set(AUTHENTICATION.values()) | {NEEDS_AUTHENTICATION}
    for node in source():
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "IamRefused":
            raised |= {str(one.value) for one in node.args[:1] if isinstance(one, ast.Constant)}
    assert len(raised) > 5
    told = section("docs/iam.md", "## Refusals")
    for code in raised - {"IAM.0006"}:
        (row,) = [line for line in told.splitlines() if f"`{code}`" in line]
        assert str(Contract().catalogue.iam(code).status) in row


def test_who_may_call_what_is_as_the_schema_files_say() -> None:
    assert page("docs/callers.md") == callers_table.page(Contract()), "make docs"


def test_the_floors_are_those_of_the_import_contract() -> None:
    floors = next(
        contract["layers"]
        for contract in tomllib.loads(page("pyproject.toml"))["tool"]["importlinter"]["contracts"]
        if contract["id"] == "floors"
    )
    rows = re.findall(r"^\| (`.+?`) \|", section("docs/architecture.md", "## Floors"), re.MULTILINE)
    assert [row.replace("`", "").replace(", ", " | ") for row in rows] == floors


@pytest.mark.parametrize(("readme", "yes", "no"), [("README.md", "yes", "no"), ("README.zh-CN.md", "有", "无")])
def test_the_readme_lists_what_is_emulated(readme: str, yes: str, no: str) -> None:
    contract = Contract()
    emulated = [op for op in contract if fidelity(op.name) == "stateful"]
    rows = re.findall(r"^\| `(\w+)` \| .+? \| (\S+) \| (\S+) \|$", page(readme), re.MULTILINE)
    assert sorted(name for name, *_ in rows) == sorted({op.name for op in emulated})
    for name, *sites in rows:
        assert sites == [yes if contract.get(site, name) else no for site in SITES]


# The examples


def test_both_readmes_have_the_same_examples() -> None:
    first, second = map(blocks, READMES)
    assert first == second


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    for target in re.findall(r"\]\(([^)\s]+)\)", page(name)):
        if "://" in target:
            continue
        path, _, anchor = target.partition("#")
        file = (ROOT / name).parent / path if path else ROOT / name
        assert file.exists(), target
        if anchor:
            assert anchor in {_anchor(line) for line in re.findall(r"^#+ (.+)$", file.read_text("utf-8"), re.MULTILINE)}


def _anchor(heading: str) -> str:
    """As GitHub makes them."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    """A server of the documents' own: the examples use and change its demo worlds."""
    with start() as server:
        yield server


@pytest.mark.skipif(not all(map(shutil.which, ("bash", "curl", "openssl"))), reason="bash, curl, openssl are needed")
@pytest.mark.parametrize("name", [name for name in RUN if any(language == "sh" for language, _ in blocks(name))])
def test_the_shell_examples_run(name: str, served: Server, tmp_path: Path) -> None:
    content = blocks(name)
    for language, text in content:
        if language == "yaml":
            (tmp_path / "my.yaml").write_text(text, encoding="utf-8")
    signing = next(text for language, text in blocks("README.md") if language == "sh" and "bss()" in text)
    script, expected = ["set -eu", signing], []
    for (language, text), (following, shown) in pairwise([*content, ("", "")]):
        if language == "sh":
            script += [line for line in text.splitlines() if not only_checked(line, tmp_path)]
            script.append(r"printf '\n----\n'")
            expected.append(shown.splitlines() if following == "text" else [])
    output = run("bash", "\n".join(script), served, tmp_path)
    for lines, printed in zip(expected, output.split("\n----\n"), strict=False):
        for line in lines:
            assert re.search(".*".join(map(re.escape, line.split("…"))), printed), f"{line}\nis not in\n{printed}"


def test_the_first_call_of_the_readme_runs(served: Server, tmp_path: Path) -> None:
    call, output = next((text, after) for (kind, text), (_, after) in pairwise(blocks("README.md")) if kind == "python")
    assert run(sys.executable, call, served, tmp_path) == output


def run(shell: str, script: str, served: Server, folder: Path) -> str:
    """What ``script`` prints; the documents' port stands for the one of ``served``, there and back."""
    port = served.url.rsplit(":", 1)[1]
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    ran = subprocess.run(
        [shell, "-c", script.replace(PORT, port).replace(".venv/bin/", "")],
        cwd=folder,
        env={**os.environ, "PATH": path, "no_proxy": "127.0.0.1", "BSS_MOCK_CA": str(folder / ".ca")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=60,
        check=False,
    )
    output = re.sub(rf"\b{port}\b", PORT, ran.stdout.decode().replace("\r", ""))
    assert ran.returncode == 0, output
    return output


def only_checked(line: str, folder: Path) -> bool:
    """``make`` and a server that would not end are not run, but their words have to be right."""
    words = line.removeprefix(".venv/bin/").split()
    if words[:1] == ["make"]:
        assert re.search(rf"^{words[1]}:", page("Makefile"), re.MULTILINE), line
        return True
    if words[:2] != ["bss-mock", "serve"] or "||" in words:
        return False
    for scenario in cli.commands["serve"].make_context("serve", words[2:]).params["scenarios"]:
        load(str(folder / scenario) if scenario.endswith(".yaml") else scenario)
    return True


def test_the_test_of_the_readme_passes(pytester: pytest.Pytester) -> None:
    (example,) = (text for kind, text in blocks("README.md") if kind == "python" and "def test_" in text)
    assert len(example.splitlines()) == 5
    pytester.makepyfile(example)
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
