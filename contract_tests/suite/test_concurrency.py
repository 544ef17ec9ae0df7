"""Eight clients move money at the same time, over HTTP, and nothing is lost or made.

``BSS_MOCK_STORM`` in the environment says for how many seconds; in CI it is the twenty that were promised.
"""

import os
import random
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from contract_tests import sdk, server
from contract_tests.clients.official import OfficialClient
from contract_tests.clients.outcome import Answered, Failed
from contract_tests.server import Served
from contract_tests.suite.machine.base import SCENARIO, found
from mockserver.store.sandboxes import Principal

SECONDS = float(os.environ.get("BSS_MOCK_STORM") or (20 if os.environ.get("CI") else 4))
THREADS = 8
CENT = Decimal("0.01")
TOO_LOW = {"CBC.5003", "CBC.99005003", "CBC.99000047"}
GIVE, TAKE = "update_customer_account_amount", "reclaim_to_partner_account"
GIVE_RESELLER, TAKE_RESELLER = "update_indirect_partner_account", "reclaim_indirect_partner_account"


@dataclass
class Ledger:
    """What one thread was told that it moved, by the number of the movement: from whom, to whom, how much."""

    moved: dict[str, tuple[str, str, Decimal]] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class People:
    """Who has money, by partner; ``reseller`` is the distributor's."""

    provider: Principal
    distributor: Principal
    reseller: Principal
    customers: Mapping[str, Sequence[str]]


def test_eight_clients_lose_and_make_no_money() -> None:
    with server.start(str(SCENARIO)) as started:
        (world,) = started.sandboxes.values()
        people = _people(world)
        before = _balances(world, people)
        with ThreadPoolExecutor(THREADS) as pool:
            told = list(pool.map(lambda number: _storm(world, people, number), range(THREADS)))
        after = _balances(world, people)

        expected = dict(before)
        movements = {number: moved for one in told for number, moved in one.moved.items()}
        assert len(movements) == sum(len(one.moved) for one in told), "two movements have one number"
        for source, target, amount in movements.values():
            expected[source] -= amount
            expected[target] += amount
        assert after == expected
        assert sum(after.values()) == sum(before.values())
        assert min(after.values()) >= min(*before.values(), Decimal(0))
        assert len(movements) > THREADS * 5
        assert sum((one.refused for one in told), Counter()).keys() <= TOO_LOW
        assert _records(world, people) == {number: amount for number, (*_, amount) in movements.items()}


def _storm(world: Served, people: People, seed: int) -> Ledger:
    """A client of each partner of its own, moving at random until the time is over."""
    chance, ledger = random.Random(seed), Ledger()
    clients = {
        one.name: OfficialClient(sdk.client("cn", world.url, one)) for one in (people.provider, people.distributor)
    }
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        caller, operation, body, source, target = _move(people, chance)
        outcome = clients[caller.name].call(found("cn", operation), {"body": body})
        if isinstance(outcome, Failed):
            ledger.refused[outcome.error_code] += 1
        else:
            number = outcome.result.get("transfer_id") or outcome.result["trans_id"]
            ledger.moved[number] = (source, target, body["amount"])
    return ledger


def _move(people: People, chance: random.Random) -> tuple[Principal, str, dict[str, Any], str, str]:
    """Who asks for what, and whose money goes to whom by it."""
    amount = chance.randint(1, 50_000) * CENT
    gives = chance.random() < 0.5
    if chance.random() < 0.3:
        pair = (people.distributor.domain_id, people.reseller.domain_id)
        body: dict[str, Any] = {"indirect_partner_id": people.reseller.domain_id, "amount": amount}
        return people.distributor, GIVE_RESELLER if gives else TAKE_RESELLER, body, *(pair if gives else pair[::-1])
    payer = chance.choice((people.provider, people.reseller))
    customer = chance.choice(people.customers[payer.domain_id])
    body = {"customer_id": customer, "amount": amount}
    caller = people.provider
    if payer is people.reseller:
        caller, body = people.distributor, body | {"indirect_partner_id": payer.domain_id}
    pair = (payer.domain_id, customer)
    return caller, GIVE if gives else TAKE, body, *(pair if gives else pair[::-1])


def _people(world: Served) -> People:
    provider, distributor, reseller = world.solution_provider, world.distributor, world.reseller
    naming = {"indirect_partner_id": reseller.domain_id}
    wanted = {"association_type": "2", "limit": 100}
    return People(
        provider,
        distributor,
        reseller,
        {
            one.domain_id: [
                info["customer_id"]
                for info in _ask(world, caller, "list_sub_customers", body=wanted | more)["customer_infos"]
            ]
            for one, caller, more in ((provider, provider, {}), (reseller, distributor, naming))
        },
    )


def _balances(world: Served, people: People) -> dict[str, Decimal]:
    """Everybody's, as the API tells them; what is owed is below zero."""
    naming = {"indirect_partner_id": people.reseller.domain_id}
    result = {}
    for owner, caller, more in (
        (people.provider, people.provider, {}),
        (people.distributor, people.distributor, {}),
        (people.reseller, people.distributor, naming),
    ):
        told = _ask(world, caller, "list_partner_balances", query=more)
        result[owner.domain_id] = Decimal(str(told["account_balances"][0]["amount"]))
        if owner.domain_id in people.customers:
            infos = [{"customer_id": one} for one in people.customers[owner.domain_id]]
            body = {"customer_infos": infos} | more
            for one in _ask(world, caller, "list_customers_balances_detail", body=body)["customer_balances"]:
                result[one["customer_id"]] = one["amount"] - one["debt_amount"]
    return result


def _records(world: Served, people: People) -> dict[str, Decimal]:
    """All that was moved since the beginning, page by page, as the records of all three partners tell it."""
    result: dict[str, Decimal] = {}
    naming = {"indirect_partner_id": people.reseller.domain_id}
    for caller, more in ((people.provider, {}), (people.distributor, {}), (people.distributor, naming)):
        offset = 0
        while True:
            query = {"operation_time_begin": "2026-07-01T00:00:00Z", "offset": offset, "limit": 100} | more
            records = _ask(world, caller, "list_partner_adjust_records", query=query)["records"]
            if not records:
                break
            for one in records:
                assert one["trans_id"] not in result
                result[one["trans_id"]] = Decimal(one["amount"])
            offset += len(records)
    return result


def _ask(world: Served, caller: Principal, operation: str, **document: Any) -> Any:
    outcome = OfficialClient(world.sdk(caller.name)).call(found("cn", operation), document)
    assert isinstance(outcome, Answered), outcome
    return outcome.result
