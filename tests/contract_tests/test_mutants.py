"""Every broken client is caught by the check that is meant for it, and the one that is not broken by none."""

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from contract_tests.checks.registry import CHECKS
from contract_tests.clients.plain import PlainClient
from contract_tests.clients.token import TokenClient
from contract_tests.driving.choosing import SEED, USUAL
from contract_tests.driving.playing import play
from contract_tests.driving.stage import Stage
from contract_tests.mutants import registry, table
from contract_tests.mutants.__main__ import main
from contract_tests.mutants.hunting import hunt
from contract_tests.mutants.registry import MUTANTS, Mutant
from contract_tests.scenes import registry as scenes
from contract_tests.scenes.ageing import TOKEN_SCENE
from contract_tests.server import Server
from mockserver.contract.operations import Operation

scenes.load()
registry.load()
PAGE = Path(__file__).parents[2] / "docs" / "mutants.md"
# A mistake that a caller of this client would never see.
UNBROKEN = Mutant("is-not-broken", "Nothing.", "sends-right/arrives", ("cn/list_partner_balances",), PlainClient)


def played_by(scene: str) -> dict[str, Operation]:
    """The operations on which mutants are hunted in a scene."""
    return {
        f"{operation.site}/{operation.name}": operation
        for one in MUTANTS.values()
        if CHECKS[one.check].scene == scene
        for operation in one.operations
    }


@pytest.mark.parametrize("name", MUTANTS)
def test_it_is_caught(name: str, bss_server: Server) -> None:
    found = hunt(bss_server, MUTANTS[name])
    assert found.told is not None, f"{found.mutant.check} found nothing in {found.exchanges} calls"
    assert found.told.check.name == MUTANTS[name].check
    assert found.told.finding.words


@pytest.mark.parametrize("scene", sorted({CHECKS[one.check].scene for one in MUTANTS.values()}))
def test_where_nothing_is_broken_nothing_is_found(scene: str, bss_server: Server) -> None:
    client = TokenClient() if scene == TOKEN_SCENE else PlainClient()
    played = scenes.SCENES[scene]
    with Stage(bss_server, client) as stage:
        fitting = [one for one in played_by(scene).values() if played.applies(stage, one)]
        plays = [play(stage, played, one, examples=USUAL, seed_=SEED, smallest=False) for one in fitting]
    assert sum(one.exchanges for one in plays) >= len(plays) > 0
    found = [(one.operation.name, name, told.finding) for one in plays for name, told in one.found.items()]
    assert found == []


def test_every_check_has_a_mutant_to_find() -> None:
    assert len(MUTANTS) >= 30
    # What judges recorded traffic alone is played in no scene; tests/running/test_check.py breaks its rules.
    played = {one.name for one in CHECKS.values() if scenes.SCENES[one.scene].is_played}
    assert {one.check for one in MUTANTS.values()} == played


def test_the_page_is_as_the_code_says() -> None:
    assert PAGE.read_text(encoding="utf-8") == table.page(), "make docs writes it anew"


def test_the_command_tells_what_was_caught_where_and_how_soon() -> None:
    came = CliRunner().invoke(main, ["offset-is-the-page", "loses-the-request-id"])
    assert came.exit_code == 0, came.output
    first, second, last = came.output.splitlines()
    assert first.split()[:3] == ["offset-is-the-page", "paging/none-comes-twice", "cn/list_sub_customers,"]
    assert re.search(r"cn/list_partner_balances, call [1-9]", second)
    assert last == "2 of 2 mutants caught, each by the check that is meant for it."


def test_the_command_fails_when_one_gets_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MUTANTS, UNBROKEN.name, UNBROKEN)
    came = CliRunner().invoke(main, ["--format", "json", UNBROKEN.name, "sends-twice"])
    assert came.exit_code == 1
    told = json.loads(came.output)
    assert (told["mutants"], told["caught"]) == (2, 1)
    missed, caught = told["hunts"]
    assert (missed["mutant"], missed["caught"], missed["operation"]) == (UNBROKEN.name, False, None)
    assert caught["operation"] == "cn/update_customer_account_amount"
    assert "the server saw" in caught["finding"]


def test_a_name_that_is_none_is_told() -> None:
    came = CliRunner().invoke(main, ["offset"])
    assert came.exit_code == 2
    assert "no mutant offset; docs/mutants.md lists them" in came.output
