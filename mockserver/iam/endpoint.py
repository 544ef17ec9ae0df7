"""The door of IAM and STS: which call a path is, its refusals, its answer, its line in the journal."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

import msgspec

from mockserver.contract.catalogue import Catalogue
from mockserver.contract.problems import Problem
from mockserver.gateway.authentication import Authentication
from mockserver.gateway.exchange import HIDDEN, Answer, Wire, answer, header_text
from mockserver.gateway.recording import redacted, write
from mockserver.iam import projects, refusals, securitytokens, tokens
from mockserver.iam.refusals import IamRefused
from mockserver.iam.request import Reply, Request
from mockserver.iam.shapes import ISSUED, without_secrets

# Of what a query asks for, the journal shows these; anything else may be a secret that went astray.
_ASKED = frozenset({"nocatalog", *projects.FILTERS})
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Call:
    """One API, named as the official SDK's IAM package names it."""

    name: str
    page: str
    answer: Callable[[Request], Reply]


CALLS = {
    ("POST", "/v3/auth/tokens"): Call("keystone_create_user_token", "api-iam/iam_30_0001.html", tokens.create),
    ("GET", "/v3/auth/domains"): Call("keystone_list_auth_domains", "api-iam/iam_07_0001.html", projects.list_domains),
    ("GET", "/v3/auth/projects"): Call(
        "keystone_list_auth_projects", "api-iam/iam_06_0002.html", projects.list_projects
    ),
    ("GET", "/v3/projects"): Call("keystone_list_projects", "api-iam/iam_06_0001.html", projects.list_projects),
    ("POST", "/v3.0/OS-CREDENTIAL/securitytokens"): Call(
        "create_temporary_access_key", "api-iam/iam_04_0002.html", securitytokens.create
    ),
    ("GET", "/v5/caller-identity"): Call(
        "get_caller_identity", "api-iam5/GetCallerIdentity.html", projects.caller_identity
    ),
}


class Iam:
    def __init__(self, catalogue: Catalogue, authentication: Authentication) -> None:
        self._catalogue = catalogue
        self._authentication = authentication

    def handle(self, wire: Wire) -> Answer:
        call = CALLS.get((wire.method, wire.path))
        if call is None:
            return self._without_call(wire)
        request = Request(wire, self._authentication)
        try:
            reply = call.answer(request)
        except IamRefused as refused:
            return self._refused(call, request, refused)
        except Exception as bug:  # whatever it is, the client gets the documented answer and we the traceback
            _log.exception("%s %s failed", wire.method, wire.path)
            return self._refused(
                call, request, IamRefused("IAM.0006", f"a bug of the emulator, please report it: {bug!r}")
            )
        headers = _headers(request) | {"X_Mock_Fidelity": "stateful"}
        if reply.token is not None:
            headers["X_Subject_Token"] = reply.token
        return _recorded(call, request, answer(reply.status, reply.body, **headers), reply.body)

    def _refused(self, call: Call, request: Request, refused: IamRefused) -> Answer:
        error = self._catalogue.iam(refused.code)
        body = refusals.body(error, request.wire.path, refused.places)
        if request.exchange is not None:
            request.exchange.reason = Problem("", refused.code, refused.because)
        headers = _headers(request) | {"X_Mock_Reason": header_text(f"{refused.because} ({call.page})")}
        return _recorded(call, request, answer(error.status, body, **headers), body)

    def _without_call(self, wire: Wire) -> Answer:
        """The gateway stands before IAM too."""
        error = self._catalogue.gateway("method_not_found")
        known = ", ".join(method for method, path in CALLS if path == wire.path)
        request_id = uuid4().hex
        because = f"{wire.path} is documented for {known}"
        return answer(error.status, error.body(request_id), X_Request_Id=request_id, X_Mock_Reason=because)


def _headers(request: Request) -> dict[str, str]:
    request_id = request.exchange.request_id if request.exchange else uuid4().hex
    return {"X_Request_Id": request_id, "X_IAM_Trace_Id": f"token_{request_id}"}


def _recorded(call: Call, request: Request, answered: Answer, body: object) -> Answer:
    """In the journal of the sandbox, where it is known whose request it was."""
    if request.exchange is not None:
        shown = {"body": without_secrets(request.sent)} if request.sent is not None else {}
        content = msgspec.json.encode(redacted(ISSUED, body))
        write(request.exchange, answered, call.name, call.page, query=_query(request), request=shown, response=content)
    return answered


def _query(request: Request) -> str:
    pairs = [(name, value if name in _ASKED else HIDDEN) for name, value in request.wire.query_pairs]
    return urlencode(pairs, errors="surrogateescape")
