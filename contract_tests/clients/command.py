"""A client in any language: a program that reads calls from its standard input and writes what came of them.

One JSON document a line, in both directions, as ``protocol.schema.json`` has it; the program's standard error is the
person's. Page: docs/check.md.
"""

import json
import os
import selectors
import shlex
import subprocess
import time
from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from contract_tests.clients.adapter import FEATURES, Endpoint, Error, Offer, Result
from mockserver.contract.operations import SITES, Contract
from mockserver.store.sandboxes import Principal

PROTOCOL = 1
# How long a program may take to start, and for one call.
PATIENCE = 60.0
_CONTRACT = Contract()
_encoder = msgspec.json.Encoder(decimal_format="number")


class BadProgram(Exception):
    """The program cannot be started, ended, or says what the protocol does not have: one line for people."""


class Command:
    """``words``: the command as it would be typed. Raises ``BadProgram``."""

    def __init__(self, words: str) -> None:
        self._words = words
        self._numbers = count(1)
        try:
            self._process = subprocess.Popen(
                shlex.split(words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
            )
        except (OSError, ValueError) as problem:
            raise BadProgram(f"{words}: cannot be started: {problem}") from None
        self._pending = b""
        self._offer = self._greeted()

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
        try:
            self._write({"bye": True})
            self._process.communicate(timeout=5)
        except (BadProgram, subprocess.TimeoutExpired, ValueError, OSError):
            self._process.kill()
            self._process.wait()

    def _greeted(self) -> Offer:
        self._write({"hello": {"protocol": PROTOCOL, "sites": list(SITES)}})
        said = self._read()
        if "offer" not in said:
            raise BadProgram(f"{self._words}: an offer was expected first, it said {said}")
        offer = said["offer"]
        operations = offer.get("operations")
        return Offer(
            offer["name"],
            offer.get("version", ""),
            None if operations is None else {site: frozenset(names) for site, names in operations.items()},
            frozenset(offer.get("features", ())) & frozenset(FEATURES),
        )

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
        self._write({"id": number, "call": call | ({"all_pages": True} if all_pages else {})})
        said = self._read()
        if said.get("id") != number:
            raise BadProgram(f"{self._words}: call {number} was to be answered, it answered {said.get('id')}")
        return Result(said["result"], said.get("status")) if "result" in said else Error(**said["error"])

    def _write(self, message: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(_encoder.encode(message) + b"\n")
        except OSError:
            raise self._ended() from None

    def _read(self) -> dict[str, Any]:
        """The next line; numbers keep their digits."""
        line = self._line()
        try:
            said: dict[str, Any] = json.loads(line, parse_float=Decimal)
        except ValueError as problem:
            raise BadProgram(f"{self._words}: a line that is no JSON ({problem}): {_short(line)}") from None
        wrong = next(_rules().iter_errors(json.loads(line)), None)
        if wrong is not None:
            raise BadProgram(f"{self._words}: not as protocol.schema.json has it ({wrong.message}): {_short(line)}")
        return said

    def _line(self) -> bytes:
        assert self._process.stdout is not None
        end = time.monotonic() + PATIENCE
        with selectors.DefaultSelector() as waiting:
            waiting.register(self._process.stdout, selectors.EVENT_READ)
            while b"\n" not in self._pending:
                if not waiting.select(end - time.monotonic()):
                    raise BadProgram(f"{self._words}: no answer within {PATIENCE:.0f} s")
                read = os.read(self._process.stdout.fileno(), 1 << 16)
                if not read:
                    raise self._ended()
                self._pending += read
        line, _, self._pending = self._pending.partition(b"\n")
        return line

    def _ended(self) -> BadProgram:
        status = self._process.wait()
        return BadProgram(f"{self._words}: the program ended with status {status} and was still needed")


@cache
def _rules() -> jsonschema_rs.Draft202012Validator:
    document = json.loads(Path(__file__).with_name("protocol.schema.json").read_bytes())
    return jsonschema_rs.Draft202012Validator({"$defs": document["$defs"], "$ref": "#/$defs/from_program"})


def _short(line: bytes) -> str:
    return line[:200].decode("utf-8", "replace")
