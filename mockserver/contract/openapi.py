"""The contract as an OpenAPI 3.1 document, one per site, for everything that reads OpenAPI.

What OpenAPI has no word for (callers, quota, an operator's permissions) is in ``x-…`` extensions and in the text.
"""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from mockserver.contract.examples import Examples, examples
from mockserver.contract.openapi_refusals import HEADERS, Refusals, listed
from mockserver.contract.operations import UNKNOWN_PAGE, Contract, Operation
from mockserver.contract.plain import Json, accepts, plain

SITE_NAMES = {"cn": "China site", "intl": "international site"}
_CLOUD = {"cn": "https://bss.myhuaweicloud.com", "intl": "https://bss-intl.myhuaweicloud.com"}
_PAGES = "https://support.huaweicloud.com/"
_AREAS = {
    "customers": "Registration, real-name authentication, freezing",
    "accounts": "Balances, allocation, reclaim, records, budgets",
    "products": "Products, prices, reference data",
    "orders": "Orders, renewals, resources",
    "billing": "Bills, costs, usage, resource packages, invoices",
    "coupons": "Coupons, quotas, cards, discounts",
    "enterprise": "Enterprise masters and members",
    "legacy": "Operations of earlier versions, in their own shapes",
}
_ABOUT = """\
The documented contract of the partner API, as bss-mock enforces it. Not an official document.

Each operation says who may call it (`x-callers`), how often (`x-quota`) and on which documentation page it is. What \
counts as not sent is told beside a member: `x-null` for `null`, `x-empty` for an empty text, `x-empty-value` for a \
query parameter without a value."""
_NO_CONTENT = 204
_PLACES = {"path": "path", "query": "query", "headers": "header"}
_SUCCESS = "success"


def document(contract: Contract, site: str, here: str = "/") -> Json:
    """The OpenAPI document of one site; ``here`` is the address of the emulator."""
    operations = [op for op in contract if op.site == site]
    refusals = Refusals(contract)
    paths: Json = {}
    areas = sorted({op.area for op in operations}, key=_place)
    for op in sorted(operations, key=lambda op: (areas.index(op.area), op.path)):
        paths.setdefault(op.path, {})[op.method.lower()] = _operation(op, refusals)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Huawei Cloud partner API (BSS), {SITE_NAMES[site]}",
            "version": version("bss-mock"),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": here, "description": "bss-mock"}, {"url": _CLOUD[site], "description": "the cloud"}],
        "security": [{"signature": [], "date": []}, {"token": []}],
        "tags": [_tag(area, sum(op.area == area for op in operations)) for area in areas],
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": refusals.schemas(),
            "responses": refusals.common(),
            "examples": dict(sorted(refusals.shared.items())),
        },
    }


def _place(area: str) -> tuple[int, str]:
    known = list(_AREAS)
    return known.index(area) if area in known else len(known), area


def _tag(area: str, count: int) -> Json:
    return {"name": area, "description": f"{_AREAS.get(area, area)} ({count} operation{'s' * (count > 1)})"}


def _operation(op: Operation, refusals: Refusals) -> Json:
    shown = examples(op)
    facts = op.schema["x-operation"]
    described: Json = {
        "operationId": op.name,
        "summary": op.title,
        "description": _description(op, facts.get("note")),
        "tags": [op.area],
    }
    if op.page != UNKNOWN_PAGE:
        described["externalDocs"] = {"url": _PAGES + op.page, "description": op.page}
    if op.retired:
        described["deprecated"] = True
    parameters = [row for place, where in _PLACES.items() for row in _parameters(op, place, where, shown)]
    if parameters:
        described["parameters"] = parameters
    if op.takes_body:
        described["requestBody"] = _request_body(op, shown)
    described["responses"] = _responses(op, shown, refusals)
    described |= {"x-callers": list(op.callers), "x-quota": {"limit": op.quota.limit, "seconds": op.quota.seconds}}
    if op.permissions:
        described["x-permissions"] = list(op.permissions)
    if facts.get("money"):
        described["x-money"] = True
    if "source" in facts:
        described["x-source"] = facts["source"]
    return described


def _description(op: Operation, note: str | None) -> str:
    seconds = "second" if op.quota.seconds == 1 else f"{op.quota.seconds} seconds"
    page = op.page if op.page == UNKNOWN_PAGE else f"[{op.page}]({_PAGES}{op.page})"
    facts = [
        f"Callers: {_code(op.callers)}",
        f"Operator needs one of: {_code(op.permissions)}" if op.permissions else "",
        f"Quota: {op.quota.limit} calls per {seconds}",
        f"Page: {page}",
        f"Note: {note}" if note else "",
    ]
    listed = "\n".join(f"* {fact}" for fact in facts if fact)
    return "\n\n".join(part for part in (op.schema.get("description"), listed) if part)


def _code(words: Sequence[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


def _parameters(op: Operation, place: str, where: str, shown: Examples) -> Iterator[Json]:
    schema = op.place(place)
    for name, member in schema.get("properties", {}).items():
        needed = name in schema.get("required", ())
        row: Json = {"name": name, "in": where, "required": needed}
        # OpenAPI has a word of its own for "?name=", which reads better than an alternative in the type.
        if where == "query" and not needed and member.get("x-empty-value") == "ignored":
            row["allowEmptyValue"] = True
        readable = plain(member, needed=needed, empty="allowEmptyValue" not in row)
        words = [word for word in _standing_for_nothing(member, needed=needed) if accepts(readable, word)]
        if words:
            refused = {"enum": words}
            readable["not"] = {"anyOf": [readable["not"], refused]} if "not" in readable else refused
        if "description" in readable:
            row["description"] = readable.pop("description")
        if "array" in _types(readable):
            row |= {"style": "form", "explode": True}
        if name in shown.needed.get(place, {}) and "default" not in member:
            row["example"] = shown.needed[place][name]
        yield row | {"schema": readable}


def _standing_for_nothing(member: Json, *, needed: bool) -> list[str]:
    """Texts that the pages read as an empty value or as null, where a value is needed or these are refused."""
    refused = ("rejected", "ignored") if needed else ("rejected",)
    return [word for word, rule in {'""': "x-empty", "null": "x-null"}.items() if member.get(rule) in refused]


def _types(schema: Json) -> Sequence[str]:
    types = schema.get("type", ())
    return (types,) if isinstance(types, str) else types


def _request_body(op: Operation, shown: Examples) -> Json:
    needed, full = shown.needed["body"], shown.full["body"]
    both = {"needed": {"summary": "What it needs", "value": needed}}
    if full != needed:
        both["full"] = {"summary": "Everything that goes together", "value": full}
    return {
        "required": "body" in op.request.get("required", ()),
        "content": {"application/json": {"schema": plain(op.place("body")), "examples": both}},
    }


def _responses(op: Operation, shown: Examples, refusals: Refusals) -> Json:
    answers: Json = {}
    success: Json = {"description": "Success.", "headers": HEADERS}
    if op.success != _NO_CONTENT:
        first = {_SUCCESS: {"summary": "Success", "value": shown.answer}}
        success["content"] = {"application/json": {"schema": plain(op.response), "examples": first}}
    answers[str(op.success)] = success
    for status, errors in sorted(refusals.by_status(op).items()):
        if status == op.success:
            # Some codes come under the status of success: a client has to look at the body.
            success["description"] += "\n\nOr a refusal all the same:\n\n" + listed(errors)
            success["content"]["application/json"]["examples"] |= refusals.examples(op, errors)
        else:
            answers[str(status)] = refusals.response(op, errors)
    return dict(sorted((refusals.of_the_gateway(op) | answers).items()))


_SECURITY = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`SDK-HMAC-SHA256 Access=<AK>, SignedHeaders=<a;b>, Signature=<64 hex digits>`, made with the "
        "AK and SK of the account.",
    },
    "date": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Sdk-Date",
        "description": "When it was signed, UTC: `20260131T080501Z`. Always one of the signed headers.",
    },
    "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token", "description": "A token of the account."},
}
