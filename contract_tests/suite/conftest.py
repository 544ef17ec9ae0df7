"""Every test that asks for ``operation`` runs for each operation of each site that is emulated.

Operations come from the schema files, so a new one is tested as soon as it is there.
"""

from collections.abc import Iterator, Mapping, Sequence

import pytest

from contract_tests.clients.outcome import Answered
from contract_tests.server import Server
from contract_tests.suite.conversation import Conversation
from mockserver.contract.operations import Contract, Operation
from mockserver.operations.registry import fidelity

CONTRACT = Contract()
EMULATED = [operation for operation in CONTRACT if fidelity(operation.name) != "none"]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "operation" in metafunc.fixturenames:
        names = [f"{operation.site}-{operation.name}" for operation in EMULATED]
        metafunc.parametrize("operation", EMULATED, ids=names)


@pytest.fixture(scope="session")
def known(bss_server: Server) -> Mapping[str, Mapping[str, Sequence[str]]]:
    """By site and the name of a member: values that mean something in a fresh demo world."""
    return {site: _known(bss_server, site) for site in ("cn", "intl")}


@pytest.fixture
def callers(conversation: Conversation, operation: Operation) -> Sequence[str]:
    """The principals of the world that may call the operation."""
    found = conversation.callers(operation)
    if not found:
        pytest.skip(f"{operation.name} answers to {', '.join(operation.callers)}, and that is nobody's access key")
    return found


@pytest.fixture
def conversation(bss_server: Server, operation: Operation) -> Iterator[Conversation]:
    """A fresh world of the operation's site."""
    with Conversation(bss_server.sandbox(f"demo-{operation.site}")) as opened:
        yield opened


def _known(server: Server, site: str) -> Mapping[str, Sequence[str]]:
    with Conversation(server.sandbox(f"demo-{site}")) as opened:
        people = opened.world.principals
        listing = CONTRACT.get(site, "list_sub_customers")
        assert listing is not None
        # The last referral customers and the first resale customers of each, as they were registered.
        page = {"limit": 4, "offset": 14}
        of_reseller = {"indirect_partner_id": people["reseller"].domain_id}
        infos = []
        for caller, body in (("solution_provider", page), ("distributor", page | of_reseller)):
            outcome = opened.signed(caller).call(listing, {"body": body})
            assert isinstance(outcome, Answered)
            infos += outcome.result["customer_infos"]
        return {
            "customer_id": [info["customer_id"] for info in infos] + [people["outsider"].domain_id, "nobody"],
            "indirect_partner_id": [people["reseller"].domain_id],
            "account_name": [infos[0]["account_name"][:5]],
            "domain_name": [infos[0]["account_name"]],
            "search_value": [infos[0]["account_name"]],
        }
