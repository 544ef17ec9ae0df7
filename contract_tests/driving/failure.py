"""What a person reads when a check finds something: what it is, how small it can be shown, and how to see it again."""

import shlex
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from contract_tests.checks.differences import shown
from contract_tests.clients import signed, wire
from contract_tests.clients.adapter import Crash, Error, Outcome, Result
from contract_tests.driving.playing import Told
from mockserver.domain.scenarios import load

# Where bss-mock serve is, with the demo worlds and their fixed keys.
SERVED = "http://127.0.0.1:8470"
_DOCS = "docs/checks"
_encoder = msgspec.json.Encoder(decimal_format="number")


def text(told: Told, again: str) -> str:
    """``again``: the command that runs just this case."""
    return "\n".join(_lines(told, again))


def _lines(told: Told, again: str) -> Iterator[str]:
    exchange, finding, check = told.exchange, told.finding, told.check
    operation = exchange.operation
    yield f"{check.name}: {check.sentence}"
    yield f"  {operation.method} {operation.path}  {operation.name} ({operation.site}, {operation.page})"
    yield f"  {finding.words}"
    if exchange.document is not None:
        yield f"  called as {exchange.principal.name} with {_json(exchange.document)}"
    if exchange.served is not None:
        yield f"  the server answered {_json(exchange.served)}"
    elif exchange.fault is not None:
        yield f"  what was done to the call: {_json(exchange.fault)}"
    if finding.expected is not None or finding.came is not None:
        yield f"  expected: {shown(finding.expected)}"
        yield f"  came:     {shown(finding.came)}"
    if exchange.outcome is not None:
        yield f"  the client: {_outcome(exchange.outcome)}"
    if finding.hint:
        yield f"  {finding.hint}"
    yield f"  what it means: {_DOCS}/{check.name}.md"
    yield f"  as it should be sent (bss-mock serve; signed for 15 minutes): {curl(told)}"
    yield f"  again: {again}"


def curl(told: Told) -> str:
    """The call as a line for a shell, signed with the keys of the demo world."""
    exchange = told.exchange
    operation, document = exchange.operation, exchange.document or {}
    path, pairs, body = wire.path(operation, document), wire.pairs(document), wire.body(document)
    headers = {
        "Content-Type": signed.CONTENT_TYPE,
        **wire.headers(document),
        "Host": SERVED.removeprefix("http://"),
        "X-Sdk-Date": signed.now(),
    }
    proof = signed.authorization(
        _Keys(operation.site, exchange.principal.name), operation.method, path, pairs, headers, body
    )
    sent = {name: value for name, value in headers.items() if name != "Host"} | {"Authorization": proof}
    words = ["curl", "-s", "-X", operation.method, SERVED + path + (f"?{wire.query(pairs)}" if pairs else "")]
    for name, value in sent.items():
        words += ["-H", f"{name}: {value}"]
    if body:
        words += ["--data-binary", body.decode()]
    return shlex.join(words)


class _Keys:
    """The fixed keys of a demo principal."""

    def __init__(self, site: str, name: str) -> None:
        self.ak, self.sk = _keys(site).get(name, ("", ""))


@cache
def _keys(site: str) -> dict[str, tuple[str, str]]:
    return {name: (row["ak"], row["sk"]) for name, row in load(f"demo-{site}").principals.items()}


def _outcome(outcome: Outcome) -> str:
    match outcome:
        case Result(value=value, status=status):
            return f"returned {_json(value)}" + (f" (status {status})" if status else "")
        case Error(message, status, code, request_id):
            return f"reported status {status}, code {code}, request id {request_id}: {message}"
        case Crash(words):
            return f"crashed: {words}"


def _json(value: Any) -> str:
    text = _encoder.encode(value).decode()
    return text if len(text) <= 600 else f"{text[:597]}..."
