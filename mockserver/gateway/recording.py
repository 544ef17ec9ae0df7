"""Writes what happened into the sandbox's journal, or that of the server, without secrets."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from urllib.parse import urlencode

import msgspec

from mockserver.contract.operations import Operation
from mockserver.contract.problems import Problem
from mockserver.contract.reading import Reading
from mockserver.gateway.exchange import HIDDEN, JSON, Answer, Wire
from mockserver.gateway.signing import DATE_HEADER
from mockserver.store.faults import Fault
from mockserver.store.journal import Entry, History
from mockserver.store.sandboxes import Principal, Sandbox

_encoder = msgspec.json.Encoder(decimal_format="number")
# A date has 16 characters; what somebody else sends in its place need not be shown whole.
_DATE_SHOWN = 32


@dataclass(slots=True)
class Exchange:
    """A request on its way; filled as far as it gets."""

    wire: Wire
    sandbox: Sandbox
    principal: Principal
    number: int
    request_id: str
    operation: Operation | None = None
    reading: Reading | None = None
    body: Any = None
    reason: Problem | None = None
    fault: Fault | None = None
    notes: list[Problem] = field(default_factory=list)

    @classmethod
    def begun(cls, wire: Wire, sandbox: Sandbox, principal: Principal) -> Self:
        """The sandbox's next exchange; in a world of the same id and seed the n-th always has the same request ID."""
        number = sandbox.journal.next_number()
        request_id = hashlib.md5(f"{sandbox.id}/{sandbox.seed}/{number}".encode(), usedforsecurity=False).hexdigest()
        return cls(wire, sandbox, principal, number, request_id)


def record(exchange: Exchange, answer: Answer) -> None:
    """A call of the contract's operations; ``operation`` is None where the site has none at the path."""
    operation = exchange.operation
    secrets = operation.secrets if operation else frozenset()
    write(
        exchange,
        answer,
        operation.name if operation else None,
        operation.page if operation else "",
        query=_query(exchange.wire, secrets),
        request=_seen(exchange, secrets),
        response=_shown(answer),
    )


def write(
    exchange: Exchange,
    answer: Answer,
    operation: str | None,
    page: str,
    *,
    query: str,
    request: Mapping[str, Any],
    response: bytes,
) -> None:
    """An entry of the journal; ``query``, ``request`` and ``response`` are free of secrets."""
    wire = exchange.wire
    unknown = exchange.reading.unknown if exchange.reading else ()
    exchange.sandbox.journal.add(
        Entry(
            number=exchange.number,
            at=exchange.sandbox.now().isoformat(timespec="milliseconds"),
            signed_at=_ascii(wire.headers.get(DATE_HEADER)),
            request_id=exchange.request_id,
            method=wire.method,
            path=_path(wire),
            query=query,
            operation=operation,
            principal=exchange.principal.name,
            kind=exchange.principal.kind,
            request_json=_encoder.encode(request),
            status=answer.status,
            response_json=response,
            error_code=answer.error_code,
            reason=_words(exchange.reason, page) if exchange.reason else None,
            notes=[_words(note, page) for note in (*unknown, *exchange.notes)],
            fidelity=answer.headers.get("X-Mock-Fidelity"),
        )
    )


def record_stray(history: History, wire: Wire, reason: Problem, answer: Answer, at: datetime) -> None:
    """A request that reached no sandbox. Nobody knows what in it is secret, so neither query nor body is kept."""
    if wire.path == "/":
        return  # a look whether somebody is there, as our own start takes one
    history.add(
        None,
        None,
        Entry(
            number=history.total + 1,
            at=at.isoformat(timespec="milliseconds"),
            signed_at=_ascii(wire.headers.get(DATE_HEADER)),
            request_id=answer.headers["X-Request-Id"],
            method=wire.method,
            path=_path(wire),
            query="",
            operation=None,
            principal="",
            kind="",
            request_json=b"{}",
            status=answer.status,
            response_json=answer.content,
            error_code=answer.error_code,
            reason=_words(reason, ""),
            notes=(),
            fidelity=None,
        ),
    )


def _path(wire: Wire) -> str:
    return wire.path.encode("utf-8", "backslashreplace").decode()


def _seen(exchange: Exchange, secrets: Collection[str]) -> Mapping[str, Any]:
    """What the server understood of the request before any rule was applied."""
    if exchange.reading is None:
        return {}
    seen = {"query": redacted(secrets, _by_name(exchange.wire.query_pairs))}
    seen |= {place: exchange.reading.document.get(place) for place in ("path", "headers")}
    if exchange.body is not None:
        seen["body"] = redacted(secrets, exchange.body)
    return {place: value for place, value in seen.items() if value}


def _ascii(text: str | None) -> str | None:
    return None if text is None else text[:_DATE_SHOWN].encode("ascii", "replace").decode()


def _shown(answer: Answer) -> bytes:
    """What was answered as JSON; what is none (a fault's page of HTML) as a text."""
    if answer.headers.get("Content-Type", JSON) == JSON:
        return answer.content
    return _encoder.encode(answer.content.decode("utf-8", "replace"))


def _by_name(pairs: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A name that was sent once has a value, one that was sent more often a list."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    return {name: sent[0] if len(sent) == 1 else sent for name, sent in values.items()}


def redacted(secrets: Collection[str], value: Any) -> Any:
    """``value`` with every member of a secret's name hidden, wherever a client put it."""
    if not secrets:
        return value
    if isinstance(value, dict):
        return {
            name: HIDDEN if name in secrets and item is not None else redacted(secrets, item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [redacted(secrets, item) for item in value]
    return value


def _query(wire: Wire, secrets: Collection[str]) -> str:
    if not wire.query or not any(name in secrets for name, _ in wire.query_pairs):
        return wire.query
    return urlencode([(name, HIDDEN if name in secrets else value) for name, value in wire.query_pairs])


def _words(problem: Problem, page: str) -> Mapping[str, str]:
    return {"pointer": problem.pointer, "rule": problem.rule, "message": problem.message, "page": page}
