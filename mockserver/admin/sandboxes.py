"""The paths under ``/_mock``, documented in docs/admin.md.

Mistakes are answered as ``{"error": …}`` with what would be right, and change nothing.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import msgspec
from flask import Blueprint, Response, abort, request
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from mockserver.contract.operations import Contract
from mockserver.domain import clock, qr_codes, realname, verification
from mockserver.domain.entering import inside
from mockserver.domain.realname import Case
from mockserver.domain.scenarios import BadScenario
from mockserver.gateway import faults
from mockserver.store.faults import AllAsked, Asked
from mockserver.store.journal import Entry
from mockserver.store.rows import as_row
from mockserver.store.sandboxes import Plan, Sandbox, Sandboxes

JOURNAL_PAGE = 1000
LARGEST = 2**32 - 1
KINDS = {realname.INDIVIDUAL: "individual", realname.ENTERPRISE: "enterprise"}
RESULTS = {realname.IN_REVIEW: "in_review", realname.REJECTED: "rejected", realname.VERIFIED: "verified"}
Body = TypeVar("Body", bound=msgspec.Struct)
_encoder = msgspec.json.Encoder(decimal_format="number")


class NewSandbox(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /_mock/sandboxes``; every member may be left out."""

    scenario: str = "demo-cn"
    seed: int | None = None
    strict: bool = False
    quotas: bool = False
    lock_failed_ak: bool = False


class PrincipalChange(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /_mock/sandboxes/{id}/principals/{name}``."""

    ak_enabled: bool


class ClockChange(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /_mock/sandboxes/{id}/clock``: one of both."""

    advance_seconds: int | None = None
    now: str | None = None


class Decision(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /_mock/sandboxes/{id}/realname-reviews/{customer_id}``."""

    approve: bool
    reason: Annotated[str, msgspec.Meta(min_length=1, max_length=256)] | None = None


class Person(msgspec.Struct, forbid_unknown_fields=True):
    """The body of ``POST /_mock/sandboxes/{id}/realname-qr-codes/{code}``: who holds the telephone."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
    verified_number: Annotated[str, msgspec.Meta(min_length=1, max_length=32)]


class BadBody(Exception):
    """One line for people."""


def blueprint(sandboxes: Sandboxes, contract: Contract, plan: Callable[[str, int | None], Plan]) -> Blueprint:
    """``plan`` makes a sandbox's plan from a scenario's name and a seed."""
    admin = Blueprint("admin", __name__, url_prefix="/_mock")

    def found(ident: str) -> Sandbox:
        sandbox = sandboxes.get(ident)
        if sandbox is None:
            known = ", ".join(sorted(one.id for one in sandboxes))
            abort(_answer({"error": f"no sandbox {ident!r}; there are: {known}"}, 404))
        return sandbox

    @admin.get("/health")
    def health() -> Response:
        return _answer({"status": "ok", "sandboxes": sum(1 for _ in sandboxes)})

    @admin.get("/journal")
    def show_history() -> Response:
        history = sandboxes.history
        told = [{"sandbox": one.sandbox, "site": one.site, **_entry(one.entry)} for one in history]
        return _answer({"total": history.total, "entries": told})

    @admin.get("/sandboxes")
    def list_sandboxes() -> Response:
        return _answer(_shape(list(sandboxes)))

    @admin.post("/sandboxes")
    def create_sandbox() -> Response:
        try:
            asked = _asked(request.get_data(), NewSandbox)
            made = plan(asked.scenario, asked.seed)
            if asked.lock_failed_ak:
                made = made.ruled(lock_failed_ak=True)
            sandbox = sandboxes.create(made, strict=asked.strict, quotas=asked.quotas)
        except (BadBody, BadScenario) as problem:
            return _answer({"error": str(problem)}, 400)
        return _answer(sandbox.row() | _shape([sandbox]), 201)

    @admin.get("/sandboxes/<ident>")
    def show_sandbox(ident: str) -> Response:
        return _answer(found(ident).row())

    @admin.delete("/sandboxes/<ident>")
    def delete_sandbox(ident: str) -> Response:
        found(ident)
        sandboxes.delete(ident)
        return _answer(None, 204)

    @admin.post("/sandboxes/<ident>/reset")
    def reset_sandbox(ident: str) -> Response:
        sandbox = found(ident)
        sandbox.reset()
        return _answer(sandbox.row())

    @admin.post("/sandboxes/<ident>/principals/<name>")
    def change_principal(ident: str, name: str) -> Response:
        sandbox = found(ident)
        if name not in sandbox.principals:
            return _answer({"error": f"no principal {name!r}; there are: {', '.join(sandbox.principals)}"}, 404)
        try:
            sandbox.enable_ak(name, _asked(request.get_data(), PrincipalChange).ak_enabled)
        except BadBody as problem:
            return _answer({"error": str(problem)}, 400)
        return _answer(sandbox.principals[name].row())

    @admin.get("/sandboxes/<ident>/journal")
    def show_journal(ident: str) -> Response:
        after, limit = _number("after", 0), _number("limit", JOURNAL_PAGE)
        entries = found(ident).journal.after(after, limit)
        return _answer({"entries": [_entry(entry) for entry in entries]})

    @admin.get("/sandboxes/<ident>/clock")
    def show_clock(ident: str) -> Response:
        return _clock(found(ident))

    @admin.post("/sandboxes/<ident>/clock")
    def move_clock(ident: str) -> Response:
        sandbox = found(ident)
        try:
            sandbox.advance(_distance(sandbox, _asked(request.get_data(), ClockChange)))
        except (BadBody, ValueError, OverflowError) as problem:
            return _answer({"error": f"the clock was not moved: {problem}"}, 400)
        return _clock(sandbox)

    @admin.get("/sandboxes/<ident>/faults")
    def list_faults(ident: str) -> Response:
        return _answer({"faults": [fault.row() for fault in found(ident).faults]})

    @admin.post("/sandboxes/<ident>/faults")
    def add_fault(ident: str) -> Response:
        sandbox = found(ident)
        try:
            asked = _asked(request.get_data(), Asked)
            faults.check(asked, contract, sandbox.site)
        except (BadBody, faults.BadFault) as problem:
            return _answer({"error": str(problem)}, 400)
        return _answer(sandbox.faults.add(asked, sandbox.seed).row(), 201)

    @admin.put("/sandboxes/<ident>/faults")
    def set_faults(ident: str) -> Response:
        sandbox = found(ident)
        try:
            asked = _asked(request.get_data(), AllAsked).faults
            for one in asked:
                faults.check(one, contract, sandbox.site)
        except (BadBody, faults.BadFault) as problem:
            return _answer({"error": str(problem)}, 400)
        return _answer({"faults": [fault.row() for fault in sandbox.faults.replace(asked, sandbox.seed)]})

    @admin.delete("/sandboxes/<ident>/faults")
    def clear_faults(ident: str) -> Response:
        found(ident).faults.clear()
        return _answer(None, 204)

    @admin.delete("/sandboxes/<ident>/faults/<int:number>")
    def remove_fault(ident: str, number: int) -> Response:
        if not found(ident).faults.remove(number):
            return _answer({"error": f"the sandbox {ident} has no fault {number}"}, 404)
        return _answer(None, 204)

    @admin.get("/sandboxes/<ident>/outbox")
    def show_outbox(ident: str) -> Response:
        with inside(found(ident)) as world:
            return _answer({"messages": verification.outbox(world)})

    @admin.get("/sandboxes/<ident>/realname-reviews")
    def show_reviews(ident: str) -> Response:
        with inside(found(ident)) as world:
            return _answer({"reviews": [_review(case) for case in realname.cases(world)]})

    @admin.post("/sandboxes/<ident>/realname-reviews/<customer_id>")
    def review(ident: str, customer_id: str) -> Response:
        with inside(found(ident)) as world:
            try:
                decided = realname.decide(world, customer_id, _opinion(_asked(request.get_data(), Decision)))
            except realname.NothingToReview:
                waiting = [case.customer_id for case in realname.cases(world) if case.result == realname.IN_REVIEW]
                words = f"{customer_id!r} has no application in review; in review are: {', '.join(waiting) or 'none'}"
                return _answer({"error": words}, 404)
            except BadBody as problem:
                return _answer({"error": str(problem)}, 400)
            return _answer(_review(decided))

    @admin.post("/sandboxes/<ident>/realname-qr-codes/<code>")
    def scan(ident: str, code: str) -> Response:
        with inside(found(ident)) as world:
            try:
                person = _asked(request.get_data(), Person)
                customer_id = qr_codes.scan(world, code, person.name, person.verified_number)
            except (BadBody, qr_codes.Void) as problem:
                return _answer({"error": str(problem)}, 400)
            return _answer({"customer_id": customer_id})

    return admin


def _opinion(asked: Decision) -> str | None:
    """A rejection's reason. Raises ``BadBody``."""
    if asked.approve != (asked.reason is None):
        raise BadBody('either {"approve": true} or {"approve": false, "reason": "why"} is expected')
    return asked.reason


def _review(case: Case) -> dict[str, Any]:
    """An application as a reviewer sees it, attachments in the order in which they were sent."""
    return as_row(case) | {"kind": KINDS[case.kind], "result": RESULTS[case.result]}


def _distance(sandbox: Sandbox, asked: ClockChange) -> timedelta:
    """How far a clock is to be moved on. Raises ``BadBody``."""
    if (asked.advance_seconds is None) == (asked.now is None):
        raise BadBody('either {"advance_seconds": 3600} or {"now": "2027-01-31T08:05:01Z"} is expected')
    if asked.advance_seconds is not None:
        return timedelta(seconds=asked.advance_seconds)
    assert asked.now is not None
    return clock.moment(asked.now) - sandbox.now().replace(microsecond=0)


def _clock(sandbox: Sandbox) -> Response:
    # To enter is what lets happen what fell due.
    with inside(sandbox) as world:
        return _answer({"now": world.now})


def _asked(body: bytes, kind: type[Body]) -> Body:
    try:
        return msgspec.json.decode(body or b"{}", type=kind)
    except msgspec.ValidationError as problem:
        members = ", ".join(kind.__struct_fields__)
        raise BadBody(f"{problem}; the members are {members}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
        raise BadBody(f"the body is not JSON: {problem}") from None


def told(problem: HTTPException) -> AnyResponse:
    """Flask's own refusals, in the shape of ours."""
    if isinstance(problem, MethodNotAllowed):
        words = f"{request.path} takes {', '.join(sorted(set(problem.valid_methods or ()) - {'HEAD', 'OPTIONS'}))}"
    elif isinstance(problem, NotFound):
        words = f"no such path under /_mock: {request.path!r}; docs/admin.md lists them"
    else:
        return problem.get_response()
    return _answer({"error": words}, problem.code or 500)


def _shape(chosen: list[Sandbox]) -> dict[str, Any]:
    """The ready file's shape, so that what reads the one reads the other. A second sandbox of a site goes by its id."""
    named: dict[str, Any] = {}
    for sandbox in chosen:
        named[sandbox.id if sandbox.site in named else sandbox.site] = sandbox.row()
    return {"url": request.host_url.rstrip("/"), "sandboxes": named}


def _entry(entry: Entry) -> dict[str, Any]:
    shown = asdict(entry)
    request, response = shown.pop("request_json"), shown.pop("response_json")
    return shown | {"request": msgspec.Raw(request), "response": msgspec.Raw(response or b"null")}


def _number(name: str, default: int) -> int:
    text = request.args.get(name, str(default))
    if not text.isascii() or not text.isdigit():
        abort(_answer({"error": f"{name} must be a whole number, it is {text!r}"}, 400))
    return min(int(text), LARGEST)


def _answer(body: Any, status: int = 200) -> Response:
    content = b"" if body is None else _encoder.encode(body)
    return Response(content, status, content_type="application/json")
