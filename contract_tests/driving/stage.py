"""The worlds that a client under test calls into, and its calls seen from both ends."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Self

import msgspec
import requests

from contract_tests.checks.exchange import Exchange
from contract_tests.clients.adapter import Adapter, Closing, Crash, Endpoint, Error, Offer, Outcome, Result, offer_of
from contract_tests.driving.known import known
from contract_tests.server import Served, Server
from contract_tests.suite.conversation import may_call
from mockserver.contract.operations import Contract, Operation

_PATIENCE = 60
_encoder = msgspec.json.Encoder(decimal_format="number")
CONTRACT = Contract()


class Stage:
    """One server, a world for each site, and the client. Worlds are kept as they become: no check counts on a fresh one
    unless it asks for one (``reset``).
    """

    def __init__(self, server: Server, adapter: Adapter) -> None:
        self.adapter = adapter
        self.offer: Offer = offer_of(adapter)
        self._server = server
        self._worlds: dict[str, Served] = {}
        self._seen: dict[str, int] = {}
        self._admin = requests.Session()
        self._admin.trust_env = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for world in self._worlds.values():
            world.delete()
        self._admin.close()
        if isinstance(self.adapter, Closing):
            self.adapter.close()

    def world(self, site: str) -> Served:
        if site not in self._worlds:
            self._worlds[site] = self._server.sandbox(f"demo-{site}")
            self._seen[site] = 0
            known(self._worlds[site])
            self.journal(site)
        return self._worlds[site]

    def reset(self, site: str) -> None:
        """The world of the site as it was in the beginning."""
        self.world(site).reset()
        self._seen[site] = 0

    def endpoint(self, site: str) -> Endpoint:
        url = self.world(site).url
        return Endpoint(site, url, url)

    def callers(self, operation: Operation) -> list[str]:
        """The principals of the world that may call the operation, by its page."""
        return [name for name, who in self.world(operation.site).principals.items() if may_call(operation, who.kind)]

    def call(self, operation: Operation, document: Mapping[str, Any], principal: str) -> Outcome:
        """What the client makes of it, whatever that is."""
        who, endpoint = self.world(operation.site).principals[principal], self.endpoint(operation.site)
        return guarded(lambda: self.adapter.call(operation.name, document, who, endpoint))

    def exchange(
        self,
        operation: Operation,
        document: Mapping[str, Any],
        principal: str,
        *,
        served: Any = None,
        fault: Mapping[str, Any] | None = None,
        **told: Any,
    ) -> Exchange:
        """One call, and what the server saw of it. ``served``: the body to be answered; ``fault``: what to do to it."""
        if served is not None:
            fault = {"action": {"body": served}, "times": None}
        if fault is not None:
            self.fault(operation, fault)
        outcome = self.call(operation, document, principal)
        entries = self.journal(operation.site)
        if fault is not None:
            self._ask("DELETE", operation.site, "faults")
        who = self.world(operation.site).principals[principal]
        return Exchange(operation, who, document, entries, outcome, served, fault, told)

    def fault(self, operation: Operation, fault: Mapping[str, Any]) -> None:
        """Set a fault for one operation; see docs/faults.md."""
        match = {"operation": operation.name, **fault.get("match", {})}
        self._ask("POST", operation.site, "faults", {**fault, "match": match})

    def journal(self, site: str) -> Sequence[Mapping[str, Any]]:
        """What the server saw since the last time."""
        found: list[Mapping[str, Any]] = self._ask("GET", site, f"journal?after={self._seen[site]}")["entries"]
        if found:
            self._seen[site] = found[-1]["number"]
        return found

    def advance(self, site: str, seconds: int) -> None:
        """Move the clock of the site's world on."""
        self._ask("POST", site, "clock", {"advance_seconds": seconds})

    def _ask(self, method: str, site: str, what: str, body: Any = None) -> Any:
        world = self.world(site)
        address = f"{world.url}/_mock/sandboxes/{world.id}/{what}"
        content = None if body is None else _encoder.encode(body)
        answer = self._admin.request(method, address, data=content, timeout=_PATIENCE)
        assert answer.ok, answer.text
        return json.loads(answer.content, parse_float=Decimal) if answer.content else None


def guarded(call: Callable[[], Any]) -> Outcome:
    """What a client did, as a value. An adapter that raises, or returns what is no outcome, has crashed."""
    try:
        outcome = call()
    except Exception as failure:
        return Crash(f"{type(failure).__name__}: {failure}")
    if isinstance(outcome, Result | Error):
        return outcome
    return Crash(f"the adapter returned {outcome!r}, which is neither a Result nor an Error")
