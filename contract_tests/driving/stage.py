"""The worlds that a client under test calls into, and its calls seen from both ends."""

import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from http import HTTPStatus
from http.client import HTTPConnection
from threading import Lock
from typing import Any, Self
from urllib.parse import urlsplit

import msgspec

from contract_tests.checks.exchange import Exchange
from contract_tests.clients.adapter import Adapter, Closing, Crash, Endpoint, Error, Offer, Outcome, Result, offer_of
from contract_tests.driving.known import known
from contract_tests.server import Served, Server
from contract_tests.suite.conversation import may_call
from mockserver.contract.operations import Contract, Operation
from mockserver.iam.endpoint import CALLS
from mockserver.store.sandboxes import Principal

_PATIENCE = 60
_encoder = msgspec.json.Encoder(decimal_format="number")
CONTRACT = Contract()
# What IAM answers: the client's own business, between two calls.
_SIGNING_IN = frozenset(call.name for call in CALLS.values())


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
        self._faulty: set[str] = set()
        # Two of these requests go with every call, so they take the shortest way.
        self._asking = Lock()
        self._admin = HTTPConnection(urlsplit(server.url).netloc, timeout=_PATIENCE)

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
        self._faulty.discard(site)

    def endpoint(self, site: str) -> Endpoint:
        url = self.world(site).url
        return Endpoint(site, url, url)

    def callers(self, operation: Operation) -> list[str]:
        """The principals of the world that may call the operation, by its page."""
        return [name for name, who in self.world(operation.site).principals.items() if may_call(operation, who.kind)]

    def principal(self, site: str, name: str) -> Principal:
        return self.world(site).principals[name]

    def call(self, operation: Operation, document: Mapping[str, Any], who: Principal) -> Outcome:
        """What the client makes of it, whatever that is."""
        endpoint = self.endpoint(operation.site)
        return guarded(lambda: self.adapter.call(operation.name, document, who, endpoint))

    def exchange(
        self,
        operation: Operation,
        document: Mapping[str, Any],
        principal: str | Principal,
        *,
        served: Any = None,
        fault: Mapping[str, Any] | None = None,
        call: Callable[[], Outcome] | None = None,
        **told: Any,
    ) -> Exchange:
        """One call, and what the server saw of it. ``served``: the body to be answered; ``fault``: what to do to it
        before that, see docs/faults.md. ``call``: what the client is to do, where that is not ``adapter.call``.
        """
        who = self.principal(operation.site, principal) if isinstance(principal, str) else principal
        faults = [fault] if fault is not None else []
        if served is not None:
            faults.append({"action": {"body": served}, "times": None})
        self.set_faults(operation, faults)
        outcome = self.call(operation, document, who) if call is None else guarded(call)
        return Exchange(operation, who, document, self.journal(operation.site), outcome, served, fault, told)

    def set_faults(self, operation: Operation, faults: Sequence[Mapping[str, Any]] = ()) -> None:
        """These faults of one operation, and no others any more. They stay until others are set."""
        if not faults and operation.site not in self._faulty:
            return
        matched = [{**one, "match": {"operation": operation.name, **one.get("match", {})}} for one in faults]
        self._ask("PUT", operation.site, "faults", {"faults": matched})
        (self._faulty.add if faults else self._faulty.discard)(operation.site)

    def fault(self, site: str) -> Mapping[str, Any]:
        """The first of the faults that are set: how many calls it has ``seen``, and how many it ``struck``; none yet
        where there is no fault yet.
        """
        rows: list[Mapping[str, Any]] = self._ask("GET", site, "faults")["faults"]
        return rows[0] if rows else {"seen": 0, "struck": 0}

    def seen(self, site: str) -> int:
        """The number of the latest entry that was read."""
        self.world(site)
        return self._seen[site]

    def journal(self, site: str, since: int | None = None) -> Sequence[Mapping[str, Any]]:
        """What the server saw since the last time, or ``since`` an entry, without the client's signing in."""
        after = self.seen(site) if since is None else since
        found: list[Mapping[str, Any]] = self._ask("GET", site, f"journal?after={after}")["entries"]
        self._seen[site] = max([self._seen[site], *(entry["number"] for entry in found)])
        return [entry for entry in found if entry["operation"] not in _SIGNING_IN]

    def advance(self, site: str, seconds: int) -> None:
        """Move the clock of the site's world on."""
        self._ask("POST", site, "clock", {"advance_seconds": seconds})

    def _ask(self, method: str, site: str, what: str, body: Any = None) -> Any:
        world = self.world(site)
        content = None if body is None else _encoder.encode(body)
        with self._asking:
            self._admin.request(method, f"/_mock/sandboxes/{world.id}/{what}", content)
            answer = self._admin.getresponse()
            said = answer.read()
        assert answer.status < HTTPStatus.BAD_REQUEST, said.decode()
        return json.loads(said, parse_float=Decimal) if said else None


def guarded(call: Callable[[], Any]) -> Outcome:
    """What a client did, as a value. An adapter that raises, or returns what is no outcome, has crashed."""
    try:
        outcome = call()
    except Exception as failure:
        return Crash(f"{type(failure).__name__}: {failure}")
    if isinstance(outcome, Result | Error):
        return outcome
    return Crash(f"the adapter returned {outcome!r}, which is neither a Result nor an Error")
