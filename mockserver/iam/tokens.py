"""POST /v3/auth/tokens: a user's token for a password, or a customer's token for its partner's.

Pages: api-iam/iam_30_0001.html, iam_30_0003.html; api-bpconsole/bpconsole_apifaq_00001.html.
"""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from mockserver.gateway import tokens
from mockserver.gateway.recording import Exchange
from mockserver.gateway.tokens import Grant
from mockserver.iam import people, projects
from mockserver.iam.refusals import IamRefused
from mockserver.iam.request import Reply, Request
from mockserver.iam.shapes import Auth, Named, Scope
from mockserver.store.sandboxes import Principal, Sandbox

LIFE = timedelta(hours=24)
TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_CATALOG = (("identity", "iam", "https://iam.myhuaweicloud.com/v3"), ("bss", "bss", "https://bss.myhuaweicloud.com/v2"))
# The names of what an account may do; an operator has its partner's permission items instead.
_ROLES = {"account": ("te_admin", "te_agency"), "operator": ("readonly", "te_agency"), "agency": ("te_admin",)}


def create(request: Request) -> Reply:
    """By ``methods``: password, or assume_role. Raises ``IamRefused``."""
    auth = request.auth()
    methods = auth.identity.methods
    if methods == ["password"]:
        exchange = _logged_in(request, auth)
        principal = exchange.principal
    elif methods == ["assume_role"]:
        exchange, principal = assumed(request, auth)
    else:
        words = f"methods is {methods}: ['password'] or ['assume_role'] can be used here"
        raise IamRefused("IAM.0007", words, key="auth.identity.methods")
    return _issued(exchange, principal, auth)


def assumed(request: Request, auth: Auth) -> tuple[Exchange, Principal]:
    """The customer as which the sender of its own token may act. Raises ``IamRefused``."""
    role = auth.identity.assume_role
    if role is None:
        raise IamRefused("IAM.0072", "methods says assume_role, so it is needed", key="assume_role")
    exchange = request.bearer(request.wire.headers.get(tokens.HEADER))
    return exchange, people.assumed(exchange.sandbox, exchange.principal, role)


def _logged_in(request: Request, auth: Auth) -> Exchange:
    if auth.identity.password is None:
        raise IamRefused("IAM.0072", "methods says password, so it is needed", key="password")
    login = people.find(request.authentication.sandboxes, auth.identity.password.user)
    if login is None:
        words = "no sandbox has a user with this account (domain), name and password: bss-mock credentials"
        raise IamRefused("IAM.0062", words)
    exchange = request.attribute(login.sandbox, login.principal)
    if not login.known:
        raise IamRefused("IAM.0062", f"the password of {login.principal.user_name} is another one")
    return exchange


def _issued(exchange: Exchange, principal: Principal, auth: Auth) -> Reply:
    sandbox = exchange.sandbox
    scope = _scope(sandbox, principal, auth.scope or Scope())
    issued_at = sandbox.now()
    grant = Grant(exchange.number, principal, tokens.until(sandbox, LIFE))
    token: dict[str, Any] = {"expires_at": _text(grant.expires_at), "methods": auth.identity.methods}
    if not any(value for name, value in exchange.wire.query_pairs if name == "nocatalog"):
        token["catalog"] = [_service(sandbox, *row) for row in _CATALOG]
    token |= scope
    token["roles"] = [{"id": str(number), "name": name} for number, name in enumerate(_ROLES[_sort(principal)])]
    token["issued_at"] = _text(issued_at)
    token["user"] = _user(sandbox, principal)
    if principal.assumed_by is not None:
        token["assumed_by"] = {"user": _user(sandbox, exchange.principal)}
    return Reply({"token": token}, HTTPStatus.CREATED, tokens.seal(sandbox, grant))


def _scope(sandbox: Sandbox, principal: Principal, scope: Scope) -> dict[str, Any]:
    """The member that says what the token is for: a project wins over an account, nothing is everything global."""
    own = {"id": principal.domain_id, "name": principal.domain_name}
    if scope.project is not None:
        _check_own(own, scope.project.domain or Named())
        return {"project": {"domain": own} | projects.named(sandbox, principal, scope.project)}
    if scope.domain is not None:
        _check_own(own, scope.domain)
        return {"domain": own}
    return {}


def _check_own(own: dict[str, str], asked: Named) -> None:
    for member, value in (("id", asked.id), ("name", asked.name)):
        if value is not None and value != own[member]:
            raise IamRefused("IAM.0002", f"the scope's domain is {value}, the user's is {own[member]}")


def _user(sandbox: Sandbox, principal: Principal) -> dict[str, Any]:
    return {
        "domain": {"id": principal.domain_id, "name": principal.domain_name},
        "id": people.user_id(sandbox, principal),
        "name": principal.user_name,
        "password_expires_at": "",
    }


def _sort(principal: Principal) -> str:
    if principal.assumed_by is not None:
        return "agency"
    return "account" if principal.permissions is None else "operator"


def _service(sandbox: Sandbox, type_: str, name: str, url: str) -> dict[str, Any]:
    endpoint = {"url": url, "region": "*", "region_id": "*", "interface": "public"}
    ids = {"id": people.identifier(sandbox, "service", name)}
    return {
        "type": type_,
        "name": name,
        **ids,
        "endpoints": [endpoint | {"id": people.identifier(sandbox, "endpoint", name)}],
    }


def _text(moment: datetime) -> str:
    return moment.strftime(TIME)
