"""The example adapters of docs/clients/adapters.md stand every scene of the kit, and lose no digit.

As the page has them: beside the first program of their language, started by the command that it shows. A language whose
programs are not installed is skipped, except in CI.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest

from contract_tests.checks.differences import differences
from contract_tests.checks.registry import CHECKS
from contract_tests.clients.adapter import Error, Result
from contract_tests.clients.loading import load
from contract_tests.driving import expected, failure
from contract_tests.driving.playing import judged, play
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes import registry
from contract_tests.server import Server
from mockserver.contract.operations import Operation
from tests.programs import needed

CLIENTS = Path(__file__).parents[2] / "docs" / "clients"
PAGE = (CLIENTS / "adapters.md").read_text(encoding="utf-8")
# Every method, every place of a request with lists and decimals in them, answers without a body, both sites.
SPREAD = (
    "cn/update_customer_account_amount",
    "cn/show_customer_order_details",
    "cn/list_costs",
    "cn/reclaim_partner_coupons",
    "intl/cancel_auto_renewal_resources",
    "cn/list_partner_coupons_record",
    "cn/list_sub_customers",
    "intl/cancel_customer_order",
    "intl/list_invoices",
)
SEED = 1

registry.load()


@dataclass(frozen=True)
class Example:
    """``build``: what makes the programs ready; ``most`` operations are played, each with so many ``examples``."""

    language: str
    needed: tuple[str, ...]
    build: str | None
    most: int
    examples: int


EXAMPLES = (
    Example("node", ("node", "npm"), "npm install --no-audit --no-fund --prefer-offline", len(SPREAD), 4),
    Example("java", ("java", "javac"), "javac -d build Signing.java Json.java Adapter.java", len(SPREAD), 4),
    # Each call starts a dozen programs.
    Example("curl", ("bash", "curl", "openssl"), None, 4, 2),
)


@pytest.fixture(params=[pytest.param(one, marks=getattr(pytest.mark, one.language)) for one in EXAMPLES])
def example(request: pytest.FixtureRequest) -> Example:
    one: Example = request.param
    needed(*one.needed)
    return one


@pytest.fixture
def stage(example: Example, bss_server: Server, tmp_path: Path) -> Iterator[Stage]:
    """The client of the page's command, with the programs in a copy of their folder."""
    folder = tmp_path / example.language
    shutil.copytree(CLIENTS / example.language, folder, ignore=shutil.ignore_patterns("build", "node_modules"))
    if example.build is not None:
        assert example.build.replace(" --prefer-offline", "") in PAGE
        subprocess.run(example.build.split(), cwd=folder, check=True, capture_output=True, timeout=300)
    (word,) = re.findall(rf'--client "(command:[^"]*docs/clients/{example.language}[^"]*)"', PAGE)
    with Stage(bss_server, load(word.replace(f"docs/clients/{example.language}", str(folder)))) as opened:
        yield opened


# One test for each language, as to make its programs ready is what takes the time.
def test_an_example_adapter_stands_every_scene_and_loses_no_digit(example: Example, stage: Stage) -> None:
    check_digits(stage)
    check_failures(stage)
    for name in SPREAD[: example.most]:
        check_scenes(stage, operation(name), example.examples)
    if example.language == "node":
        check_what_is_known_of_node(stage)


def check_scenes(stage: Stage, called: Operation, examples: int) -> None:
    known = expected.of(stage.offer.name)
    for scene in registry.SCENES.values():
        if scene.applies(stage, called):
            played = play(stage, scene, called, examples=examples, seed_=SEED, known=known)
            assert played.exchanges
            assert not played.found, "\n\n".join(failure.text(told, "") for told in played.found.values())


def check_digits(stage: Stage) -> None:
    """Both ways: eight decimals, more digits than a double has, whole numbers of 64 bits."""
    body = {"customer_id": "华为\"'\\ 云😀", "amount": Decimal("12345678901234567.12345678")}
    sent = stage.exchange(operation("cn/update_customer_account_amount"), {"body": body}, "solution_provider")
    assert not list(differences(body, sent.entry["request"]["body"]))

    served = {"count": 9223372036854775807, "infos": [{"amount": Decimal("-0.00000001")}, {}, [], 1e21, "\u2028\x7f"]}
    came = stage.exchange(operation("cn/list_sub_customers"), {"body": {}}, "solution_provider", served=served)
    assert isinstance(came.outcome, Result)
    assert not list(differences(served, came.outcome.value))


def check_failures(stage: Stage) -> None:
    """What is no JSON is no result, however near it comes; nor is an answer that nobody gave."""
    called = operation("cn/list_sub_customers")
    for text in ('{"a": 1', '{"a": 01}', '{"a": [1,]}', '{"a" 1}', '{"a": "b}', '{"a": "\\x"}', "[1]", "nothing"):
        fault = {"action": {"status": 200, "text": text}, "times": None}
        came = stage.exchange(called, {"body": {}}, "solution_provider", fault=fault)
        assert isinstance(came.outcome, Error), f"{text}: {came.outcome}"
        assert (came.outcome.status, came.outcome.code) == (200, None)
        assert came.outcome.request_id == came.entry["request_id"]
    came = stage.exchange(called, {"body": {}}, "solution_provider", fault={"action": {"drop": "before"}})
    assert isinstance(came.outcome, Error)
    assert came.outcome.status is None


def check_what_is_known_of_node(stage: Stage) -> None:
    """docs/sdk-findings.md is still true of the version that package.json names."""
    called = operation("cn/show_customer_order_details")
    checks = [one for one in CHECKS.values() if one.scene == "sending"]
    for value in ("'", "a?", "\\", "%41"):
        found = judged(stage.exchange(called, {"path": {"order_id": value}}, "customer"), checks)
        assert {expected.of(stage.offer.name).name(check, called, finding) for check, finding in found} == {
            "paths-of-ids-alone"
        }, value


def operation(name: str) -> Operation:
    found = CONTRACT.get(*name.split("/"))
    assert found is not None
    return found
