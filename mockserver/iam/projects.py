"""Accounts and their projects: one project in each region, under the region's name.

Pages: api-iam/iam_07_0001.html (GET /v3/auth/domains), iam_06_0001.html (GET /v3/projects), iam_06_0002.html
(GET /v3/auth/projects); api-iam5/GetCallerIdentity.html.
"""

from typing import Any

from mockserver.domain import reference
from mockserver.iam import people
from mockserver.iam.refusals import IamRefused
from mockserver.iam.request import Reply, Request
from mockserver.iam.shapes import Named
from mockserver.store.sandboxes import Principal, Sandbox

FILTERS = ("name", "domain_id", "parent_id", "enabled", "is_domain")


def ids(sandbox: Sandbox, domain_id: str) -> set[str]:
    """The IDs of an account's projects."""
    return {people.project_id(sandbox, domain_id, region) for region in reference.regions()}


def named(sandbox: Sandbox, principal: Principal, asked: Named) -> dict[str, str]:
    """The project of the account that is asked for by ID or name. Raises ``IamRefused``."""
    if asked.id is None and asked.name is None:
        raise IamRefused("IAM.0072", "a project's id or name is needed", key="name")
    for region in reference.regions():
        found = {"id": people.project_id(sandbox, principal.domain_id, region), "name": region}
        if asked.id in (None, found["id"]) and asked.name in (None, region):
            return found
    words = f"the account {principal.domain_name} has no such project: their names are those of the regions"
    raise IamRefused("IAM.0004", words, target="project", target_id=(asked.id or asked.name or "")[: people.LONGEST])


def list_domains(request: Request) -> Reply:
    principal = request.caller().principal
    domain = {
        "description": "",
        "enabled": True,
        "id": principal.domain_id,
        "links": {"self": _link(request, f"/v3/domains/{principal.domain_id}")},
        "name": principal.domain_name,
    }
    return Reply({"domains": [domain], "links": _links(request)})


def list_projects(request: Request) -> Reply:
    """Those that fit the query: ``?name=`` asks for one."""
    exchange = request.caller()
    domain_id = exchange.principal.domain_id
    asked = {name: value for name, value in request.wire.query_pairs if name in FILTERS}
    rows = (_row(request, exchange.sandbox, domain_id, region) for region in reference.regions())
    fitting = [row for row in rows if all(_text(row[name]) == value.lower() for name, value in asked.items())]
    return Reply({"projects": fitting, "links": _links(request)})


def caller_identity(request: Request) -> Reply:
    exchange = request.caller()
    who = exchange.principal
    if who.assumed_by is None:
        ident = people.user_id(exchange.sandbox, who)
        urn = f"iam::{who.domain_id}:user:{who.user_name}"
    else:
        agency = who.user_name.partition("/")[2]
        ident = f"{people.user_id(exchange.sandbox, who)}:{who.assumed_by}"
        urn = f"sts::{who.domain_id}:assumed-agency:{agency}/{who.assumed_by}"
    return Reply({"account_id": who.domain_id, "principal_urn": urn, "principal_id": ident})


def _row(request: Request, sandbox: Sandbox, domain_id: str, region: str) -> dict[str, Any]:
    ident = people.project_id(sandbox, domain_id, region)
    return {
        "domain_id": domain_id,
        "is_domain": False,
        "parent_id": domain_id,
        "name": region,
        "description": "",
        "links": {"self": _link(request, f"/v3/projects/{ident}")},
        "id": ident,
        "enabled": True,
    }


def _text(value: Any) -> str:
    return str(value).lower()


def _links(request: Request) -> dict[str, str | None]:
    return {"self": _link(request, request.wire.path), "previous": None, "next": None}


def _link(request: Request, path: str) -> str:
    return f"https://{request.wire.headers.get('Host', 'iam.myhuaweicloud.com')}{path}"
