"""A client in any language: a program that reads calls from its standard input and writes what came of them.

One JSON document a line, in both directions, as ``protocol.schema.json`` has it; the program's standard error is the
person's. A program that breaks, at whatever call, is a finding about that call: it is ended, and started again for
the next one. Page: docs/check.md.
"""

import json
import shlex
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from contract_tests.clients.adapter import FEATURES, Endpoint, Error, Offer, Result
from contract_tests.clients.process import BadProgram, Process
from mockserver.contract.operations import SITES, Contract
from mockserver.store.sandboxes import Principal

PROTOCOL = 1
# How many seconds a program may take to start, and for one call.
PATIENCE = 60.0
# A program that did not answer so many times in a row is not waited for again.
HANGS = 3
_CONTRACT = Contract()
_encoder = msgspec.json.Encoder(decimal_format="number")


class Command:
    """``words``: the command as it would be typed. Raises ``BadProgram``, of which each call can tell too."""

    def __init__(self, words: str, patience: float = PATIENCE) -> None:
        self._words = words
        self._patience = patience
        self._numbers = count(1)
        self._hangs = 0
        self._process: Process | None = None
        self._offer = self._greeted(self._started())

    def offer(self) -> Offer:
        return self._offer

    def call(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        return self._called(operation, arguments, principal, endpoint, all_pages=False)

    def all_pages(
        self, operation: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        return self._called(operation, arguments, principal, endpoint, all_pages=True)

    def close(self) -> None:
        if self._process is not None:
            self._process.end(_encoder.encode({"bye": True}))
            self._process = None

    def _called(
        self, name: str, arguments: Mapping[str, Any], principal: Principal, endpoint: Endpoint, *, all_pages: bool
    ) -> Result | Error:
        operation = _CONTRACT.get(endpoint.site, name)
        assert operation is not None
        number = next(self._numbers)
        call = {
            "operation": name,
            "method": operation.method,
            "path": operation.path,
            "arguments": arguments,
            "principal": {"name": principal.name, **principal.row()},
            "endpoint": asdict(endpoint),
        }
        message = {"id": number, "call": call | ({"all_pages": True} if all_pages else {})}
        said = self._asked(message, f"call {number}")
        if said.get("id") != number:
            raise self._broken(f"call {number} was to be answered, it said {_short(said)}")
        self._hangs = 0
        return Result(said["result"], said.get("status")) if "result" in said else Error(**said["error"])

    def _asked(self, message: Mapping[str, Any], what: str) -> dict[str, Any]:
        """The program's answer. Whatever is wrong with it, the program is started again for the next message."""
        if self._process is None:
            self._greeted(self._started())
        assert self._process is not None
        try:
            said = _read(self._process.asked(_encoder.encode(message)))
        except TimeoutError:
            self._hangs += 1
            raise self._broken(f"no answer to {what} within {self._patience:g} s") from None
        except (BadProgram, ValueError) as problem:
            raise self._broken(f"{what}: {problem}") from None
        return said

    def _started(self) -> Process:
        if self._hangs >= HANGS:
            raise BadProgram(f"{self._words}: given up, as it did not answer {HANGS} times in a row")
        try:
            self._process = Process(shlex.split(self._words), self._patience)
        except (OSError, ValueError) as problem:
            raise BadProgram(f"{self._words}: cannot be started: {problem}") from None
        return self._process

    def _greeted(self, process: Process) -> Offer:
        said = self._asked({"hello": {"protocol": PROTOCOL, "sites": list(SITES)}}, "hello")
        if "offer" not in said:
            raise self._broken(f"an offer was expected first, it said {_short(said)}")
        offer = said["offer"]
        operations = offer.get("operations")
        return Offer(
            offer["name"],
            offer.get("version", ""),
            None if operations is None else {site: frozenset(names) for site, names in operations.items()},
            frozenset(offer.get("features", ())) & frozenset(FEATURES),
        )

    def _broken(self, words: str) -> BadProgram:
        """Ends the program, as nobody knows what it will say next."""
        if self._process is not None:
            self._process.kill()
            self._process = None
        return BadProgram(f"{self._words}: {words}")


def _read(line: bytes) -> dict[str, Any]:
    """A line of the program; numbers keep their digits. Raises ``ValueError``, with words for people."""
    try:
        said = json.loads(line, parse_float=_decimal, parse_constant=_no_number)
        _encoder.encode(said)  # half a pair of code units is in no text that can be told of
        wrong = next(_rules().iter_errors(said), None)
    except (ValueError, RecursionError) as problem:
        raise ValueError(f"a line that is no JSON ({problem}): {_short(line)}") from None
    if wrong is not None:
        raise ValueError(f"not as protocol.schema.json has it ({wrong.message}): {_short(line)}")
    found: dict[str, Any] = said
    return found


def _decimal(digits: str) -> Decimal:
    try:
        return Decimal(digits)
    except InvalidOperation:
        raise ValueError(f"{digits} is too large a number") from None


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


@cache
def _rules() -> jsonschema_rs.Draft202012Validator:
    document = json.loads(Path(__file__).with_name("protocol.schema.json").read_bytes())
    return jsonschema_rs.Draft202012Validator({"$defs": document["$defs"], "$ref": "#/$defs/from_program"})


def _short(said: bytes | Mapping[str, Any]) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else _encoder.encode(said).decode()
    return text if len(text) <= 200 else f"{text[:200]}..."
