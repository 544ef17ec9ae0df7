"""What the kit needs of a client under test: one method, in values that every language has. Page: docs/check.md.

An adapter turns "call ``list_sub_customers`` with these arguments as this principal" into a call of the client, and
what the client returns or raises into a ``Result`` or an ``Error``. It decides nothing and checks nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from mockserver.contract.operations import Operation
from mockserver.store.sandboxes import Principal

# What a client may do beyond sending a call and reading its answer.
RETRY, ALL_PAGES, TOKEN = "retry", "all_pages", "token"
FEATURES = {
    RETRY: "repeats a call itself where that is safe",
    ALL_PAGES: "reads a list to its end (the adapter has all_pages)",
    TOKEN: "signs in with user and password, and sends X-Auth-Token",
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to call. ``url`` is the BSS endpoint without a path, ``iam_url`` that of IAM."""

    site: str
    url: str
    iam_url: str


@dataclass(frozen=True, slots=True)
class Result:
    """The client returned. ``value``: what it returned as plain data under the documented names; None for no body."""

    value: Any
    status: int | None = None


@dataclass(frozen=True, slots=True)
class Error:
    """The client reported that the call failed; None where it says nothing about it."""

    message: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Crash:
    """The client failed in a way that its caller cannot tell from a bug: an exception of no kind it has for that."""

    words: str


Outcome = Result | Error | Crash


class Adapter(Protocol):
    """``arguments``: a request document with the members ``path``, ``query``, ``headers``, ``body`` that are needed.

    Whatever it raises is a ``Crash`` of the client. It may also have ``offer()``, ``all_pages(...)`` with the same
    parameters (a ``Result`` whose value is the list of all entries), and ``close()``.
    """

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error: ...


@dataclass(frozen=True, slots=True)
class Offer:
    """What a client says it can do. ``operations`` by site; None: every documented one."""

    name: str
    version: str = ""
    operations: Mapping[str, frozenset[str]] | None = None
    features: frozenset[str] = field(default_factory=frozenset)

    def has(self, operation: Operation) -> bool:
        return self.operations is None or operation.name in self.operations.get(operation.site, ())


@runtime_checkable
class Offering(Protocol):
    def offer(self) -> Offer: ...


@runtime_checkable
class Paging(Protocol):
    def all_pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error: ...


@runtime_checkable
class Closing(Protocol):
    def close(self) -> None: ...


def offer_of(adapter: Adapter) -> Offer:
    """What the adapter says, or every operation and no features."""
    return adapter.offer() if isinstance(adapter, Offering) else Offer(type(adapter).__name__)
