"""Values that mean something in a demo world, by the name of the member: IDs of its customers, names, a reseller."""

from collections.abc import Mapping, Sequence

from contract_tests.clients.outcome import Answered
from contract_tests.clients.signed import SignedClient
from contract_tests.server import Served
from mockserver.contract.operations import Contract

_found: dict[str, Mapping[str, Sequence[str]]] = {}


def known(world: Served) -> Mapping[str, Sequence[str]]:
    """The last referral customers and the first resale customers of each partner, as they were registered."""
    if world.id not in _found:
        _found[world.id] = _look(world)
    return _found[world.id]


def _look(world: Served) -> Mapping[str, Sequence[str]]:
    people = world.principals
    listing = Contract().get(world.site, "list_sub_customers")
    assert listing is not None
    page = {"limit": 4, "offset": 14}
    infos = []
    for caller, body in (
        ("solution_provider", page),
        ("distributor", page | {"indirect_partner_id": people["reseller"].domain_id}),
    ):
        client = SignedClient(world.url, people[caller])
        outcome = client.call(listing, {"body": body})
        client.close()
        assert isinstance(outcome, Answered), outcome
        infos += outcome.result["customer_infos"]
    return {
        "customer_id": [info["customer_id"] for info in infos] + [people["outsider"].domain_id, "nobody"],
        "indirect_partner_id": [people["reseller"].domain_id],
        "account_name": [infos[0]["account_name"][:5]],
        "domain_name": [infos[0]["account_name"]],
        "search_value": [infos[0]["account_name"]],
    }
