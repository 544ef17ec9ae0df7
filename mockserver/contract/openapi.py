"""The contract as an OpenAPI 3.1 document, one per site, for everything that reads OpenAPI.

Generic readers know nothing of our empty/null keywords, so a member for which the documentation allows ``""`` or
``null`` says so here in plain JSON Schema; our keywords stay beside it. What OpenAPI has no word for (callers, quota,
operator permissions) is in ``x-…`` extensions.
"""

from collections.abc import Mapping
from typing import Any

from mockserver.contract.catalogue import DocumentedError
from mockserver.contract.operations import Contract, Operation

Json = dict[str, Any]

SERVERS = {"cn": "https://bss.myhuaweicloud.com", "intl": "https://bss-intl.myhuaweicloud.com"}
SITE_NAMES = {"cn": "China site", "intl": "international site"}
_AREAS = {
    "accounts": "Money: balances, allocation, reclaim, records, budgets",
    "billing": "Bills, costs, usage, resource packages, invoices",
    "coupons": "Coupons, quotas, cards, discounts",
    "customers": "Customers: registration, real-name authentication, freezing",
    "enterprise": "Enterprise masters and members",
    "legacy": "Retired operations, in their own shapes",
    "orders": "Orders, renewals, resources",
    "products": "Products, prices, reference data",
}
_LANGUAGE = {"cn": "zh", "intl": "en"}
_GATEWAY_STATUSES = {
    "401": "The signature or token was not accepted by the gateway.",
    "429": "The quota of the operation is used up.",
}


def document(contract: Contract, site: str) -> Json:
    """The OpenAPI document of one site."""
    paths: Json = {}
    for op in contract:
        if op.site == site:
            paths.setdefault(op.path, {})[op.method.lower()] = _operation(op)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Huawei Cloud partner API (BSS), {SITE_NAMES[site]}",
            "version": "2026-11",
            "description": "The documented contract, as bss-mock enforces it. Not an official document.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/", "description": "this server"}, {"url": SERVERS[site], "description": "the cloud"}],
        "security": [{"signature": []}, {"token": []}],
        "tags": [{"name": name, "description": words} for name, words in _AREAS.items()],
        "paths": dict(sorted(paths.items())),
        "components": {"securitySchemes": _SECURITY, "schemas": _SCHEMAS},
    }


def _operation(op: Operation) -> Json:
    described: Json = {
        "operationId": op.name,
        "summary": op.title,
        "description": _description(op),
        "tags": [op.area],
        "parameters": [row for place, where in _PLACES.items() for row in _parameters(op, place, where)],
        "responses": _responses(op),
        "x-callers": list(op.callers),
        "x-quota": str(op.quota),
        "x-page": op.page,
    }
    if op.retired:
        described["deprecated"] = True
    if op.permissions:
        described["x-permissions"] = list(op.permissions)
    if op.takes_body:
        described["requestBody"] = {
            "required": "body" in op.request.get("required", ()),
            "content": {"application/json": {"schema": plain(op.place("body"))}},
        }
    return described


def _description(op: Operation) -> str:
    words = op.schema.get("description", "")
    return f"{words}\n\nCallers: {', '.join(op.callers)}. Quota: {op.quota}. Page: {op.page}".strip()


def _parameters(op: Operation, place: str, where: str) -> list[Json]:
    schema = op.place(place)
    rows = []
    for name, member in schema.get("properties", {}).items():
        shown = plain(member)
        row: Json = {"name": name, "in": where, "required": name in schema.get("required", ()), "schema": shown}
        if "description" in shown:
            row["description"] = shown.pop("description")
        if shown.get("type") == "array":
            row |= {"style": "form", "explode": True}
        rows.append(row)
    return rows


def _responses(op: Operation) -> Json:
    success: Json = {"description": "Success."}
    if op.success != 204:
        success["content"] = {"application/json": {"schema": plain(op.response)}}
    success["headers"] = _HEADERS
    answers = {str(op.success): success}
    by_status: dict[str, list[DocumentedError]] = {}
    for error in op.errors.values():
        by_status.setdefault(str(error.status), []).append(error)
    for status in sorted({*by_status, *_GATEWAY_STATUSES} - {str(op.success)}):
        answers[status] = _refusal(op, status, by_status.get(status, []))
    return answers


def _refusal(op: Operation, status: str, errors: list[DocumentedError]) -> Json:
    language = _LANGUAGE[op.site]
    words = [f"{error.code}: {error.messages[language]}" for error in errors]
    if status in _GATEWAY_STATUSES:
        words.append(_GATEWAY_STATUSES[status])
    return {
        "description": "\n".join(words),
        "headers": _HEADERS,
        "content": {
            "application/json": {
                "schema": {"$ref": "#/components/schemas/error"},
                "examples": {error.code: {"value": error.body(language)} for error in errors},
            }
        },
    }


def plain(schema: Mapping[str, Any]) -> Json:
    """The schema in words that any reader of JSON Schema knows."""
    shown = {key: _inside(key, value) for key, value in schema.items()}
    allowed: list[Json] = []
    if schema.get("x-null") in ("ignored", "filter"):
        allowed.append({"type": "null"})
    if "ignored" in (schema.get("x-empty"), schema.get("x-empty-value")) or schema.get("x-empty") == "filter":
        allowed.append({"type": "string", "maxLength": 0})
    if not allowed:
        return shown
    kept = {key: shown.pop(key) for key in list(shown) if key in _BESIDE}
    return {**kept, "anyOf": [shown, *allowed]}


def _inside(key: str, value: Any) -> Any:
    if key in ("properties", "$defs", "patternProperties"):
        return {name: plain(member) for name, member in value.items()}
    if key in ("items", "not", "if", "then", "else") and isinstance(value, dict):
        return plain(value)
    if key in ("allOf", "anyOf", "oneOf"):
        return [plain(member) for member in value]
    return value


_BESIDE = {"description", "default", "title", "writeOnly", "x-empty", "x-empty-value", "x-null", "x-error", "x-source"}
_PLACES = {"path": "path", "query": "query", "headers": "header"}
_HEADERS = {"X-Request-Id": {"description": "Names this exchange.", "schema": {"type": "string"}}}
_SECURITY = {
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "SDK-HMAC-SHA256 Access=AK, SignedHeaders=…, Signature=…, made with the account's AK/SK.",
    },
    "token": {"type": "apiKey", "in": "header", "name": "X-Auth-Token", "description": "A token of the account."},
}
_SCHEMAS = {
    "error": {
        "type": "object",
        "required": ["error_code", "error_msg"],
        "properties": {
            "error_code": {"type": "string"},
            "error_msg": {"type": "string"},
            "request_id": {"type": "string", "description": "Only in the gateway's own answers."},
        },
    }
}
