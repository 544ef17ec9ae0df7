"""A request's way through the house, once, with no way back.

authentication → throttling → faults → callers → the contract's check → the operation → the contract's check → journal.
A real gateway authenticates and throttles before the service looks at parameters, so this one does too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

from mockserver.contract import reading
from mockserver.contract.catalogue import LANGUAGE_HEADER, SITE_LANGUAGE, language_of
from mockserver.contract.operations import Contract, Operation
from mockserver.contract.problems import Problem, problems
from mockserver.contract.reading import Reading
from mockserver.contract.routes import Match
from mockserver.gateway import arrival, callers, faults, jsonbody
from mockserver.gateway.authentication import Authentication, Claim, Projects
from mockserver.gateway.exchange import NEVER, Answer, Stopped, Wire, answer, header_text
from mockserver.gateway.recording import Exchange, record, record_stray
from mockserver.refused import Refused
from mockserver.store.faults import Action
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

NO_CONTENT = 204
_log = logging.getLogger(__name__)


class Answers(Protocol):
    """What runs the operations."""

    def fidelity(self, operation: Operation) -> str: ...

    def __call__(
        self, sandbox: Sandbox, operation: Operation, caller: Principal, arguments: Mapping[str, Any], language: str
    ) -> dict[str, Any]: ...


class BrokenResponse(Exception):
    """An answer of ours that its schema does not allow: a mistake of the emulator, never of the client."""


class Gateway:
    """``loud``: an answer of ours that breaks its schema is a 500, in tests, instead of a line in the journal."""

    def __init__(
        self,
        contract: Contract,
        sandboxes: Sandboxes,
        answers: Answers,
        wall: Callable[[], datetime],
        *,
        loud: bool = False,
        projects: Projects | None = None,
    ) -> None:
        self.contract = contract
        self.authentication = Authentication(sandboxes, wall, projects)
        self._answers = answers
        self._history = sandboxes.history
        self._wall = wall
        self._loud = loud
        # The last answer of each operation that its schema allows.
        self._right: dict[tuple[str, str], bytes] = {}

    def answer(self, environ: WSGIEnvironment, handle: Callable[[Wire], Answer] | None = None) -> Answer:
        """Answer one request to the cloud's API, as a web server hands it on. ``handle``: another service answers it,
        behind the same limits.
        """
        try:
            wire = arrival.taken(environ)
        except Stopped as stopped:
            return self._gateway_answer(stopped, uuid4().hex)
        return (handle or self.handle)(wire)

    def handle(self, wire: Wire) -> Answer:
        """Answer one request to the cloud's API."""
        try:
            match = self._route(wire)
            claim = self.authentication.claimed(wire)
        except Stopped as stopped:
            answered = self._gateway_answer(stopped, uuid4().hex)
            record_stray(self._history, wire, Problem("", stopped.name, stopped.because), answered, self._wall())
            return answered
        exchange = Exchange.begun(wire, claim.sandbox, claim.principal)
        answered = self._serve(exchange, claim, match)
        record(exchange, answered)
        return faults.struck(exchange.fault, answered, lambda action: self._faulty(exchange, action))

    def _route(self, wire: Wire) -> Match[Operation]:
        match = self.contract.routes.find(wire.method, wire.path)
        if match is not None:
            return match
        methods = self.contract.routes.methods(wire.path)
        if methods:
            raise Stopped("method_not_found", f"{wire.path} is documented for {', '.join(sorted(methods))}")
        raise Stopped("api_not_found", f"no documented operation has the path {wire.path}: bss-mock operations")

    def _serve(self, exchange: Exchange, claim: Claim, match: Match[Operation]) -> Answer:
        sandbox = exchange.sandbox
        # A host name of the cloud says which site the client means; ours leaves it to the account.
        site = callers.site_of(exchange.wire.headers.get("Host")) or sandbox.site
        operation = exchange.operation = match.by_site.get(site)
        try:
            self.authentication.check(exchange.wire, claim, operation.secrets if operation else frozenset())
            if not exchange.wire.is_text:
                raise Stopped("bad_request", "path and query must be UTF-8, percent-encoded")
            if operation is None:
                raise Stopped("api_not_found", f"the {site} site has no such operation")
            return self._answer(exchange, operation, match.places)
        except Stopped as stopped:
            exchange.reason = Problem(stopped.pointer, stopped.name, stopped.because)
            return self._gateway_answer(stopped, exchange.request_id)
        except Refused as refused:
            assert operation is not None
            return self._refusal(exchange, operation, refused)
        except BrokenResponse as broken:
            return self._own_mistake(exchange, str(broken))
        except Exception as bug:  # whatever it is, the client gets the documented answer and we the traceback
            _log.exception("%s %s failed", exchange.wire.method, exchange.wire.path)
            return self._own_mistake(exchange, f"a bug of the emulator, please report it: {bug!r}")

    def _answer(self, exchange: Exchange, operation: Operation, places: Mapping[str, str]) -> Answer:
        sandbox, principal, wire = exchange.sandbox, exchange.principal, exchange.wire
        if sandbox.quotas:
            # The quota library costs a start-up that only those who count should pay.
            from mockserver.gateway import throttling

            throttling.check(sandbox, operation, principal, wire.address)
        fault = exchange.fault = faults.strike(sandbox, operation, principal)
        if fault is not None:
            exchange.notes.append(Problem("", "fault", fault.words))
            if fault.asked.action.answers and not fault.asked.action.runs:
                return self._faulty(exchange, fault.asked.action)
            if fault.asked.action.drop == "before":
                return Answer(NEVER, b"", {})
        return self._operate(exchange, operation, places)

    def _faulty(self, exchange: Exchange, action: Action) -> Answer:
        assert exchange.operation is not None
        language = _language(exchange)
        return faults.answered(action, exchange.operation, self.contract.catalogue, language, exchange.request_id)

    def _operate(self, exchange: Exchange, operation: Operation, places: Mapping[str, str]) -> Answer:
        sandbox, principal = exchange.sandbox, exchange.principal
        callers.check(operation, principal, sandbox.site)
        exchange.reading = read = self._read(exchange, operation, places)
        broken = [*read.problems, *(read.unknown if sandbox.strict else ())]
        if broken:
            exchange.reason = broken[0]
            raise Refused(broken[0].code, str(broken[0]))
        # A page that knows the header says which language the names have without it; refusals go by the site.
        names = language_of(read.arguments.get(LANGUAGE_HEADER)) or _language(exchange)
        answered = self._answers(sandbox, operation, principal, read.arguments, names)
        body = None if operation.success == NO_CONTENT else answered
        fidelity = self._answers.fidelity(operation)
        made = answer(operation.success, body, X_Request_Id=exchange.request_id, X_Mock_Fidelity=fidelity)
        self._check_response(exchange, operation, body, made.content)
        return made

    def _read(self, exchange: Exchange, operation: Operation, places: Mapping[str, str]) -> Reading:
        wire = exchange.wire
        exchange.body = jsonbody.decode(wire) if operation.takes_body else None
        return reading.read(operation, path=places, query=wire.query_pairs, headers=wire.headers, body=exchange.body)

    def _check_response(self, exchange: Exchange, operation: Operation, body: object, content: bytes) -> None:
        """Clients poll: an answer that was right needs no second look as long as it stays the same."""
        answered = (operation.site, operation.name)
        if self._right.get(answered) == content:
            return
        broken = problems(operation.response_rules, operation.response, body)
        if not broken:
            self._right[answered] = content
            return
        words = f"the emulator's own answer breaks the contract: {broken[0]}"
        exchange.notes.append(Problem(broken[0].pointer, "response", words))
        if self._loud:
            raise BrokenResponse(words)

    def _refusal(self, exchange: Exchange, operation: Operation, refused: Refused) -> Answer:
        error = operation.errors.get(refused.code) or self.contract.catalogue.documented(refused.code)
        exchange.reason = exchange.reason or Problem(
            _pointer(operation, refused.member), refused.rule, refused.because, refused.code
        )
        body = error.body(_language(exchange)) | refused.members
        reason = (
            f"{exchange.reason} ({operation.page})"
            if exchange.reason.pointer
            else f"{refused.because} ({operation.page})"
        )
        return answer(error.status, body, X_Request_Id=exchange.request_id, X_Mock_Reason=header_text(reason))

    def _own_mistake(self, exchange: Exchange, words: str) -> Answer:
        exchange.reason = Problem("", "emulator", words)
        return self._gateway_answer(Stopped("internal_error", words), exchange.request_id)

    def _gateway_answer(self, stopped: Stopped, request_id: str) -> Answer:
        error = self.contract.catalogue.gateway(stopped.name)
        body = error.body(request_id, **stopped.places)
        reason = f"{stopped.pointer}: {stopped.because}" if stopped.pointer else stopped.because
        return answer(error.status, body, X_Request_Id=request_id, X_Mock_Reason=header_text(reason))


def _language(exchange: Exchange) -> str:
    asked = exchange.wire.headers.get(LANGUAGE_HEADER)
    return language_of(asked) or SITE_LANGUAGE[exchange.sandbox.site]


def _pointer(operation: Operation, member: str) -> str:
    """Where in the request document an argument stands."""
    for place, schema in operation.request["properties"].items():
        if member and member in schema.get("properties", {}):
            return f"/{place}/{member}"
    return ""
