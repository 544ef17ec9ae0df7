"""A whole client in one module: signs, sends, reads, repeats, reads lists to their end.

It is the adapter ``requests`` of the kit, the example for an adapter of one's own, and what the mutants break: each
step is a method, so that one of them can be done wrong.
"""

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import requests

from contract_tests.clients import signed, wire
from contract_tests.clients.adapter import ALL_PAGES, RETRY, Endpoint, Error, Offer, Result
from mockserver.contract.operations import Contract, Operation
from mockserver.store.sandboxes import Principal

NO_CONTENT = 204
_TOO_MANY = 429
_COUNTS = ("count", "total_count")
_CONTRACT = Contract()


@dataclass(frozen=True, slots=True)
class Request:
    """A call as it goes out."""

    operation: Operation
    path: str
    query: list[tuple[str, str]]
    headers: Mapping[str, str]
    body: bytes


class PlainClient:
    """``requests`` and the documented signature."""

    tries = 3
    pause = 0.02
    patience = 60.0
    readings = 5

    def __init__(self) -> None:
        self.session = requests.Session()
        self.session.trust_env = False

    def offer(self) -> Offer:
        return Offer("requests", version("requests"), features=frozenset({RETRY, ALL_PAGES}))

    def close(self) -> None:
        self.session.close()

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        request = self.request(self.operation(endpoint, operation), arguments)
        for try_ in range(self.tries):
            try:
                response = self.send(request, principal, endpoint)
                outcome = self.read(request, response)
            except requests.RequestException as failure:
                response, outcome = None, Error(f"no answer: {failure}")
            if not self.repeats(request, response) or try_ == self.tries - 1:
                break
            time.sleep(self.pause * 2**try_)
        return outcome

    def all_pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        """The entries of every page, as one list; read again from its beginning when it changed meanwhile."""
        for _ in range(self.readings):
            outcomes = list(self.pages(operation, arguments, principal, endpoint))
            pages = [outcome.value for outcome in outcomes if isinstance(outcome, Result)]
            if isinstance(outcomes[-1], Error):
                return outcomes[-1]
            if self.stayed(pages):
                return Result([entry for page in pages for entry in entries_of(page)])
        return Error(f"the list changed each time it was read ({self.readings} times)")

    def pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Iterator[Result | Error]:
        """One page after the other: ``offset`` counts records, and the last page is the one that is not full."""
        place = paged_in(self.operation(endpoint, operation))
        asked = dict(arguments.get(place, {}))
        limit, offset = asked.get("limit", 10), asked.get("offset", 0)
        while True:
            page = {**arguments, place: {**asked, "limit": limit, "offset": offset}}
            outcome = self.call(operation, page, principal, endpoint)
            yield outcome
            if isinstance(outcome, Error) or len(entries_of(outcome.value)) < limit:
                return
            offset = self.next_offset(offset, limit)

    # The steps.

    def operation(self, endpoint: Endpoint, name: str) -> Operation:
        found = _CONTRACT.get(endpoint.site, name)
        assert found is not None, f"{endpoint.site} has no {name}"
        return found

    def request(self, operation: Operation, arguments: Mapping[str, Any]) -> Request:
        headers = {"Content-Type": signed.CONTENT_TYPE, **wire.headers(arguments)}
        return Request(
            operation, wire.path(operation, arguments), wire.pairs(arguments), headers, self.body(operation, arguments)
        )

    def body(self, operation: Operation, arguments: Mapping[str, Any]) -> bytes:
        return wire.body(arguments)

    def query_text(self, request: Request) -> str:
        return wire.query(request.query)

    def signed_query(self, request: Request) -> str:
        return wire.query(request.query)

    def date(self) -> str:
        return signed.now()

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        """The headers with who it is from."""
        sent = {**request.headers, "Host": urlsplit(endpoint.url).netloc, "X-Sdk-Date": self.date()}
        query = self.signed_query(request)
        proof = signed.proof(principal, request.operation.method, request.path, query, sent, request.body)
        return {**sent, "Authorization": proof}

    def send(self, request: Request, principal: Principal, endpoint: Endpoint) -> requests.Response:
        """Sign and send once."""
        query = self.query_text(request)
        target = f"{endpoint.url}{request.path}" + (f"?{query}" if query else "")
        headers = self.signed(request, principal, endpoint)
        return self.session.request(
            request.operation.method, target, data=request.body, headers=headers, timeout=self.patience
        )

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        """An error is what does not have the status of success, and what has an error code in spite of it."""
        request_id = response.headers.get("X-Request-Id")
        try:
            value = self.value(response)
        except ValueError:
            words = f"no JSON: {response.text[:200]!r}"
            return Error(words, response.status_code, None, request_id)
        told = value if isinstance(value, dict) else {}
        code = told.get("error_code")
        if not response.ok or code not in (None, "", "CBC.0000"):
            return Error(str(told.get("error_msg", response.reason)), response.status_code, code, request_id)
        if value is None and request.operation.success != NO_CONTENT:
            return Error("an answer without a body", response.status_code, None, request_id)
        return Result(value, response.status_code)

    def value(self, response: requests.Response) -> Any:
        """Raises ``ValueError`` for what is no JSON."""
        return json.loads(response.content, parse_float=Decimal) if response.content else None

    def repeats(self, request: Request, response: requests.Response | None) -> bool:
        """What the gateway turned away can be repeated; what lost its answer only where it changes nothing."""
        if response is not None and response.status_code == _TOO_MANY:
            return True
        return request.operation.reads and self.lost(response)

    def lost(self, response: requests.Response | None) -> bool:
        """Whether nobody knows what the service would have answered."""
        if response is None or response.status_code >= 500:
            return True
        try:
            self.value(response)
        except ValueError:
            return True
        return False

    def next_offset(self, offset: int, limit: int) -> int:
        return offset + limit

    def stayed(self, pages: Sequence[Any]) -> bool:
        """Whether each page told the same number of records: when one comes or goes, those behind it move."""
        return len({count_of(page) for page in pages}) == 1


def paged_in(operation: Operation) -> str:
    """In which place of the request the operation takes ``limit`` and ``offset``."""
    return "query" if "limit" in operation.place("query").get("properties", {}) else "body"


def count_of(value: Any) -> Any:
    """How many records there are in all, where a page says so."""
    return next((value[name] for name in _COUNTS if name in (value or {})), None)


def entries_of(value: Any) -> list[Any]:
    """The entries of a page: the one list in the answer."""
    lists = [item for item in (value or {}).values() if isinstance(item, list)]
    return lists[0] if lists else []
