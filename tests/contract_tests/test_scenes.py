"""The kit finds what is wrong with a client, by the check that is meant to, and nothing in a client that is right."""

from collections.abc import Iterator, Sequence

import pytest

from contract_tests.checks.exchange import Exchange
from contract_tests.checks.registry import CHECKS
from contract_tests.clients.adapter import Adapter
from contract_tests.clients.loading import load
from contract_tests.clients.signed import SignedClient
from contract_tests.driving import expected, failure
from contract_tests.driving.playing import Told, play
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes import registry
from contract_tests.server import Server
from contract_tests.strategies import simplest
from mockserver.contract.operations import Operation
from tests.contract_tests import broken

registry.load()

ENOUGH = 3
SEEDS = (1, 2, 3)
# Each seed is played with other operations, and with these, for which scenes are made.
EVERY = 80
ALWAYS = {
    ("cn", "list_sub_customers"),
    ("cn", "list_issued_partner_coupons"),
    ("cn", "update_customer_account_amount"),
    ("intl", "list_sub_customers"),
}


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("client", ["requests", "requests-token"])
def test_a_client_that_is_right_passes(client: str, seed: int, bss_server: Server) -> None:
    with Stage(bss_server, load(client)) as stage:
        told = [one for operation in _sample(seed) for one in _found(stage, operation, seed)]
    assert not told, _words(told)


@pytest.mark.parametrize("client", ["python-sdk", "python-sdk-async"])
def test_the_official_sdk_deviates_only_as_known(client: str, bss_server: Server) -> None:
    with Stage(bss_server, load(client)) as stage:
        told = [one for operation in _sample(4) for one in _found(stage, operation, 4)]
    assert not told, _words(told)


LIST, TRANSFER, COUPONS = "list_sub_customers", "update_customer_account_amount", "list_issued_partner_coupons"
MISTAKES = [
    ("callers/may-not-is-an-error", broken.RefusalIsAResult, LIST),
    ("callers/the-refusal-is-told", broken.CodeIsLost, LIST),
    ("callers/refusals-differ", broken.AllRefusalsAreOne, LIST),
    ("callers/keys-are-the-callers", broken.OneAccountForAll, LIST),
    ("time/repeats-are-signed-anew", broken.SignsOnce, "list_customer_account_change_records"),
    ("time/expired-token-is-renewed", broken.NeverRenews, "list_customer_account_change_records"),
    ("time/skew-is-told", broken.MessageIsLost, TRANSFER),
    ("time/skew-is-told", broken.CodeIsLost, TRANSFER),
    ("trouble/throttling-is-survived-or-told", broken.NeverRepeats, TRANSFER),
    ("trouble/repeats-end", broken.RepeatsForLong, TRANSFER),
    ("trouble/reads-recover", broken.NeverRepeats, "list_customers_balances_detail"),
    ("trouble/lost-is-no-success", broken.UnreadableIsEmpty, TRANSFER),
    ("trouble/does-not-crash", broken.BreaksWithTheConnection, TRANSFER),
    ("trouble/money-moves-once", broken.RepeatsTransfers, TRANSFER),
    ("trouble/money-moves-once", broken.RepeatsTransfers, "create_partner_coupons"),
    ("trouble/slow-answers-are-awaited", broken.Impatient, "list_customer_account_change_records"),
    ("paging/is-read", broken.EmptyListIsAnError, LIST),
    ("paging/none-is-missing", broken.OnePageOnly, LIST),
    ("paging/none-is-missing", broken.NeverReadsAgain, COUPONS),
    ("paging/none-comes-twice", broken.OffsetIsThePage, LIST),
    ("paging/ends", broken.OneByOne, LIST),
    ("sequences/one-call-is-one-request", broken.SendsTwice, TRANSFER),
    ("sequences/money-is-where-it-is-believed", broken.SendsTwice, TRANSFER),
    ("sequences/outcomes-are-the-servers", broken.KeepsAnswers, TRANSFER),
]


@pytest.mark.parametrize(("check", "client", "name"), MISTAKES, ids=[f"{row[0]}-{row[1].__name__}" for row in MISTAKES])
def test_a_mistake_is_found_by_its_check(check: str, client: type[Adapter], name: str, bss_server: Server) -> None:
    operation = _operation("cn", name)
    scene = registry.SCENES[CHECKS[check].scene]
    with Stage(bss_server, client()) as stage:
        assert scene.applies(stage, operation)
        found = play(stage, scene, operation, examples=2 * ENOUGH, seed_=1).found
    assert check in found, f"found: {', '.join(found) or 'nothing'}"


def test_recorded_traffic_of_somebody_who_may_not_call_is_found(bss_server: Server) -> None:
    operation = _operation("cn", LIST)
    with bss_server.sandbox("demo-cn") as world:
        for name, finds in (("customer", True), ("solution_provider", False)):
            client = SignedClient(world.url, world.principals[name])
            client.call(operation, simplest(operation))
            client.close()
            recorded = Exchange(operation, world.principals[name], None, [world.journal[-1]], None)
            finding = CHECKS["callers/may-call"].judge(recorded)
            assert (finding is not None) == finds
    assert CHECKS["callers/may-call"].passive


def _sample(seed: int) -> Iterator[Operation]:
    for place, operation in enumerate(CONTRACT):
        if place % EVERY == seed or (operation.site, operation.name) in ALWAYS:
            yield operation


def _found(stage: Stage, operation: Operation, seed: int) -> Iterator[Told]:
    known = expected.of(stage.offer.name)
    for scene in registry.SCENES.values():
        if scene.applies(stage, operation):
            yield from play(stage, scene, operation, examples=ENOUGH, seed_=seed, known=known).found.values()


def _words(told: Sequence[Told]) -> str:
    return "\n".join(failure.text(one, "") for one in told)


def _operation(site: str, name: str) -> Operation:
    operation = CONTRACT.get(site, name)
    assert operation is not None
    return operation
