"""Principals of a world, in this process or on a server, get tokens the official way."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from contract_tests.server import Served, Server
from contract_tests.worlds import World
from mockserver.users import IamRefused

CUSTOMERS = "/v2/partners/sub-customers/query"
BALANCES = "/v2/accounts/customer-accounts/balances"


@pytest.fixture(params=["in process", "served"])
def world(request: pytest.FixtureRequest) -> Iterator[World | Served]:
    if request.param == "in process":
        yield request.getfixturevalue("bss_sandbox")
    else:
        server: Server = request.getfixturevalue("bss_server")
        with server.sandbox() as served:
            yield served


@pytest.fixture
def session(world: World | Served) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    if isinstance(world, World):
        world.mount(session)
    return session


def ask(session: requests.Session, world: Any, path: str, token: str) -> requests.Response:
    method = "POST" if path == CUSTOMERS else "GET"
    headers = {"X-Auth-Token": token}
    return session.request(method, world.url + path, json={} if method == "POST" else None, headers=headers)


def test_a_token_of_its_own(world: World | Served, session: requests.Session) -> None:
    for token in (world.distributor.token(), world.distributor.token("cn-north-1")):
        assert ask(session, world, CUSTOMERS, token).status_code == 200


def test_a_partner_acts_as_its_customer(world: World | Served, session: requests.Session) -> None:
    customer = world.customer
    for token in (world.solution_provider.token_for(customer), world.solution_provider.token_for(customer.domain_id)):
        assert ask(session, world, BALANCES, token).status_code == 200
        assert ask(session, world, CUSTOMERS, token).status_code == 403


def test_a_customer_as_a_partner_has_it_can_be_named(bss_sandbox: World) -> None:
    customer = bss_sandbox.reseller.customers()[0]
    session = requests.Session()
    bss_sandbox.mount(session)
    token = bss_sandbox.reseller.token_for(customer)
    answer = ask(session, bss_sandbox, "/v3/auth/domains", token)
    assert answer.json()["domains"][0]["id"] == customer.id


def test_temporary_keys(world: World | Served) -> None:
    keys = world.solution_provider.temporary_keys(3600)
    assert keys.ak.startswith("HST")
    assert keys.security_token
    theirs = world.solution_provider.temporary_keys(customer=world.customer)
    assert theirs.ak != keys.ak


def test_a_refusal_says_why(world: World | Served) -> None:
    with pytest.raises(IamRefused, match=r"403.*is no customer of"):
        world.distributor.token_for(world.customer)
    with pytest.raises(IamRefused, match="duration_seconds is 5"):
        world.customer.temporary_keys(5)


@pytest.mark.bss(quotas=True)
def test_quotas_count_where_the_mark_says_so(bss_sandbox: World) -> None:
    assert (bss_sandbox.quotas, bss_sandbox.strict) == (True, False)
    session = requests.Session()
    bss_sandbox.mount(session)
    token = bss_sandbox.distributor.token()
    statuses = [ask(session, bss_sandbox, CUSTOMERS, token).status_code for _ in range(200)]
    assert statuses[:10] == [200] * 10
    assert 429 in statuses
