"""Faults on purpose: what a cloud does on a bad day, so that a client can be seen to live through it.

A fault is set for a sandbox (``store/faults.py``), says which calls it strikes and what happens to them: another
answer, a late one, half of one, none. It strikes after the quota and before the caller rule, as trouble behind a real
gateway would. Page: docs/faults.md.
"""

from collections.abc import Callable
from dataclasses import replace

from mockserver.contract.catalogue import Catalogue
from mockserver.contract.operations import Contract, Operation
from mockserver.gateway.exchange import NOTHING, Answer, answer
from mockserver.store.faults import Action, Asked, Fault
from mockserver.store.sandboxes import Principal, Sandbox

_NOT_JSON = b'{"error_code": "CBC.0'


class BadFault(ValueError):
    """A fault that cannot be set: one line for people."""


def check(asked: Asked, contract: Contract, site: str) -> None:
    """Raises ``BadFault`` for one that could never strike, or says two things at once."""
    action, operation = asked.action, asked.match.operation
    if operation is not None and contract.get(site, operation) is None:
        raise BadFault(
            f"match.operation: the {site} site has no operation {operation!r}; bss-mock operations lists them"
        )
    losses = [action.drop is not None, action.truncate is not None, action.corrupt]
    if sum(losses) > 1 or (action.answers and action.drop):
        raise BadFault(
            "action: one of an answer (status, code, body, text), drop, truncate and corrupt; "
            "an answer may be cut or corrupt besides"
        )
    if action.runs and not action.answers:
        raise BadFault("action: runs goes with an answer (status, code, body, text); without one the operation runs")
    if not action.answers and not any(losses) and not action.delay_seconds:
        raise BadFault(
            "action: nothing would happen; give status, code, body, text, drop, truncate, corrupt or delay_seconds"
        )
    if action.text is not None and action.body:
        raise BadFault("action: either body (JSON) or text")
    if (
        action.code is not None
        and action.code not in contract.catalogue
        and not contract.catalogue.gateway_named(action.code, action.status)
    ):
        raise BadFault(f"action.code: {action.code!r} is neither a documented code nor a name of the gateway's answers")


def strike(sandbox: Sandbox, operation: Operation, principal: Principal) -> Fault | None:
    """The fault that strikes this call, after its delay; that is over too when the fault is removed."""
    fault = sandbox.faults.strike(operation.name, principal.name, principal.kind)
    if fault is not None and fault.asked.action.delay_seconds:
        fault.gone.wait(fault.asked.action.delay_seconds)
    return fault


def answered(action: Action, operation: Operation, catalogue: Catalogue, language: str, request_id: str) -> Answer:
    """The answer that the fault gives in the operation's place."""
    if action.text is not None:
        headers = {"X-Request-Id": request_id, "Content-Type": action.content_type or "text/html;charset=UTF-8"}
        return Answer(action.status or 502, action.text.encode(), headers)
    if action.body:
        made = Answer(action.status or operation.success, bytes(action.body), {"X-Request-Id": request_id})
    elif action.code is not None and (error := catalogue.gateway_named(action.code, action.status)):
        made = answer(
            action.status or error.status, error.body(request_id, **_places(operation)), X_Request_Id=request_id
        )
    elif action.code is not None:
        documented = operation.errors.get(action.code) or catalogue.documented(action.code)
        made = answer(action.status or documented.status, documented.body(language), X_Request_Id=request_id)
    else:
        made = answer(action.status or 500, None, X_Request_Id=request_id)
    return made


def _places(operation: Operation) -> dict[str, object]:
    """What the gateway's messages have places for, as far as it is known without a cause."""
    quota = operation.quota
    return {"ak": "", "signature_time": "", "server_time": "", "limit": quota.limit, "seconds": quota.seconds}


def struck(fault: Fault | None, made: Answer, instead: Callable[[Action], Answer]) -> Answer:
    """What is left of an answer that was made. ``instead`` gives the one that the fault has in its place."""
    if fault is None:
        return made
    if fault.asked.action.runs:
        made = instead(fault.asked.action)
    match fault.asked.action:
        case Action(drop=str()):
            return replace(made, sent=NOTHING)
        case Action(truncate=int(kept)):
            return replace(made, sent=min(kept, len(made.content)))
        case Action(corrupt=True):
            return replace(made, content=_NOT_JSON + made.content[::-1])
    return made
