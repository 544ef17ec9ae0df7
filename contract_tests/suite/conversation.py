"""A world on a server, the clients of its principals, and what its journal says of the latest call."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import requests

from contract_tests.clients.official import OfficialClient, knows
from contract_tests.clients.signed import SignedClient
from contract_tests.server import Served
from mockserver.contract.operations import Operation

# The pages of the customer reference say "customer" for every account that is no partner.
_KINDS = {
    "partner": {"distributor", "solution_provider", "reseller"},
    "customer": {"customer", "enterprise_master", "enterprise_member"},
}


class Conversation:
    """Calls into one world. ``entry`` is read after each call, or the next one cannot be told from it."""

    def __init__(self, world: Served) -> None:
        self.world = world
        self._admin = requests.Session()
        self._admin.trust_env = False
        self._seen = 0
        self._signed: dict[str, SignedClient] = {}
        self._official: dict[str, OfficialClient] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._admin.close()
        for client in self._signed.values():
            client.close()
        self.world.delete()

    def signed(self, principal: str) -> SignedClient:
        if principal not in self._signed:
            self._signed[principal] = SignedClient(self.world.url, self.world.principals[principal])
        return self._signed[principal]

    def official(self, principal: str) -> OfficialClient:
        if principal not in self._official:
            self._official[principal] = OfficialClient(self.world.sdk(principal))
        return self._official[principal]

    def client(self, principal: str, operation: Operation) -> OfficialClient | SignedClient:
        """The official SDK where it has the operation."""
        return self.official(principal) if knows(operation) else self.signed(principal)

    def entry(self) -> Mapping[str, Any]:
        """What the journal says of the call since the last time; there must be exactly one."""
        address = f"{self.world.url}/_mock/sandboxes/{self.world.id}/journal"
        answer = self._admin.get(address, params={"after": self._seen}, timeout=60)
        entries: Sequence[Mapping[str, Any]] = json.loads(answer.content, parse_float=Decimal)["entries"]
        assert len(entries) == 1, f"one call, {len(entries)} entries in the journal"
        self._seen = entries[0]["number"]
        return entries[0]

    def callers(self, operation: Operation) -> list[str]:
        """The principals that may call the operation, by its page."""
        return [name for name, who in self.world.principals.items() if may_call(operation, who.kind)]


def may_call(operation: Operation, kind: str) -> bool:
    return any(kind == caller or kind in _KINDS.get(caller, ()) for caller in operation.callers)
