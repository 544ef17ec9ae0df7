"""The kit's own calls into a world, past the client under test: to look at a list, to make it change."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from contract_tests.clients.outcome import Answered, Outcome
from contract_tests.clients.plain import entries_of, paged_in
from contract_tests.clients.signed import SignedClient
from contract_tests.driving.stage import CONTRACT, Stage
from mockserver.contract.operations import Operation

_MOST_PAGES = 100


class Kit:
    """Acts as one principal of a site's world."""

    def __init__(self, site: str, client: SignedClient) -> None:
        self.site = site
        self._client = client

    def call(self, name: str, document: Mapping[str, Any]) -> Outcome:
        operation = CONTRACT.get(self.site, name)
        assert operation is not None, f"{self.site} has no {name}"
        return self._client.call(operation, document)

    def entries(self, operation: Operation, document: Mapping[str, Any]) -> list[Any]:
        """All entries of a list, in pages as long as they may be; those before the page that was refused."""
        place = paged_in(operation)
        limit = operation.place(place)["properties"]["limit"]["maximum"]
        found: list[Any] = []
        for _ in range(_MOST_PAGES):
            page = {**document, place: {**document.get(place, {}), "limit": limit, "offset": len(found)}}
            outcome = self._client.call(operation, page)
            entries = entries_of(outcome.result) if isinstance(outcome, Answered) else []
            found += entries
            if len(entries) < limit:
                return found
        raise AssertionError(f"{operation.name} does not end: {len(found)} entries and more")


@contextmanager
def acting(stage: Stage, site: str, principal: str) -> Iterator[Kit]:
    client = SignedClient(stage.world(site).url, stage.principal(site, principal))
    try:
        yield Kit(site, client)
    finally:
        client.close()
