"""The contract as an OpenAPI 3.1 document, one per site, for everything that reads OpenAPI.

What OpenAPI has no word for (callers, quota, an operator's permissions) is in ``x-…`` extensions and in the text.
"""

from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import version

from mockserver.contract import files
from mockserver.contract.catalogue import SITE_LANGUAGE, DocumentedError
from mockserver.contract.examples import Examples, examples
from mockserver.contract.operations import UNKNOWN_PAGE, Contract, Operation
from mockserver.contract.plain import Json, plain
from mockserver.shipped import schemas

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
_TOO_LARGE = "413"
# Before any operation, by status: name of the component, gateway errors that it shows, what a person should know.
_GATEWAY = {
    "401": ("unauthenticated", ("no_authentication", "wrong_signature", "stale_date"), "Signature or token refused."),
    _TOO_LARGE: ("too_large", ("too_large",), "The body is too large."),
    "429": ("throttled", ("throttled",), "The quota is used up."),
}
_ALWAYS = ("CBC.0100", "CBC.0151")
# Some pages list it among their errors.
_DONE = "CBC.0000"
_SUCCESS = "success"


def document(contract: Contract, site: str, here: str = "/") -> Json:
    """The OpenAPI document of one site; ``here`` is the address of the emulator."""
    operations = [op for op in contract if op.site == site]
    refusals = _Refusals(contract)
    paths: Json = {}
    order = list(_AREAS)
    for op in sorted(operations, key=lambda op: (order.index(op.area), op.path)):
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
        "tags": list(_tags(operations)),
        "paths": paths,
        "components": {
            "securitySchemes": _SECURITY,
            "schemas": _schemas(),
            "responses": _gateway_responses(contract),
            "examples": dict(sorted(refusals.shared.items())),
        },
    }


def _tags(operations: Sequence[Operation]) -> Iterator[Json]:
    for area, words in _AREAS.items():
        count = sum(op.area == area for op in operations)
        if count:
            yield {"name": area, "description": f"{words} ({count} operation{'s' * (count > 1)})"}


def _operation(op: Operation, refusals: "_Refusals") -> Json:
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
        if "description" in readable:
            row["description"] = readable.pop("description")
        if "array" in _types(readable):
            row |= {"style": "form", "explode": True}
        if name in shown.needed.get(place, {}) and "default" not in member:
            row["example"] = shown.needed[place][name]
        yield row | {"schema": readable}


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


def _responses(op: Operation, shown: Examples, refusals: "_Refusals") -> Json:
    answers: Json = {}
    success: Json = {"description": "Success.", "headers": _HEADERS}
    if op.success != _NO_CONTENT:
        first = {_SUCCESS: {"summary": "Success", "value": shown.answer}}
        success["content"] = {"application/json": {"schema": plain(op.response), "examples": first}}
    answers[str(op.success)] = success
    for status, errors in sorted(refusals.by_status(op).items()):
        if status == op.success:
            # Some codes come under the status of success: a client has to look at the body.
            success["description"] += "\n\nOr a refusal all the same:\n\n" + _listed(errors)
            success["content"]["application/json"]["examples"] |= refusals.examples(op, errors)
        else:
            answers[str(status)] = _refusal(op, errors, refusals)
    for code, (name, *_) in _GATEWAY.items():
        if code != _TOO_LARGE or op.takes_body:
            answers.setdefault(code, {"$ref": f"#/components/responses/{name}"})
    return dict(sorted(answers.items()))


def _refusal(op: Operation, errors: Sequence[DocumentedError], refusals: "_Refusals") -> Json:
    own = op.schema["$defs"].get("refusal")
    schema = plain(own) if own else {"$ref": "#/components/schemas/error"}
    content = {"application/json": {"schema": schema, "examples": refusals.examples(op, errors)}}
    return {"description": _listed(errors), "headers": _HEADERS, "content": content}


def _listed(errors: Sequence[DocumentedError]) -> str:
    return "\n".join(f"* `{error.code}` {error.messages['en']}" for error in errors)


class _Refusals:
    """The refusals of every operation; those with the same words on many pages are one example, shared."""

    def __init__(self, contract: Contract) -> None:
        self._catalogue = contract.catalogue
        # What cannot be read is refused by the gateway, under a status that the service has too.
        self._unread = contract.catalogue.gateway("bad_request")
        unread = {"summary": f"{self._unread.code} {self._unread.message}", "value": self._unread.body(_REQUEST_ID)}
        self.shared: Json = {self._unread.code: unread}

    def by_status(self, op: Operation) -> Mapping[int, list[DocumentedError]]:
        """The page's errors, and those that the emulator answers whether the page lists them or not."""
        errors = dict(op.errors) | {code: self._catalogue.documented(code) for code in _ALWAYS if code not in op.errors}
        found: dict[int, list[DocumentedError]] = {}
        for error in errors.values():
            if error.code == _DONE:
                continue
            found.setdefault(error.status, []).append(error)
        return found

    def examples(self, op: Operation, errors: Sequence[DocumentedError]) -> Json:
        names = {error.code: self._name(op, error) for error in errors}
        if errors[0].status == self._unread.status:
            names[self._unread.code] = self._unread.code
        return {code: {"$ref": f"#/components/examples/{name}"} for code, name in names.items()}

    def _name(self, op: Operation, error: DocumentedError) -> str:
        """The name of the shared example: the code, with a number where pages have other words for it."""
        row = {"summary": f"{error.code} {error.messages['en']}", "value": error.body(SITE_LANGUAGE[op.site])}
        for number in range(1, 100):
            name = error.code if number == 1 else f"{error.code}-{number}"
            if self.shared.setdefault(name, row) == row:
                return name
        raise AssertionError(f"{error.code} has too many wordings")


def _schemas() -> Json:
    error = files.inlined(schemas() / "common" / "errors.json")["$defs"]["error"]
    request_id = {"type": "string", "description": "As in `X-Request-Id`."}
    of_the_gateway = {
        **error,
        "properties": {**error["properties"], "request_id": request_id},
        "required": [*error["required"], "request_id"],
    }
    return {"error": error, "gateway_error": of_the_gateway}


def _gateway_responses(contract: Contract) -> Json:
    places = {"limit": 10, "seconds": 1, "signature_time": "20260201T080501Z", "server_time": "20260201T092501Z"}
    responses: Json = {}
    for name, known, words in _GATEWAY.values():
        bodies = {one: contract.catalogue.gateway(one).body(_REQUEST_ID, **places) for one in known}
        shown = {
            one: {"summary": f"{body['error_code']} {one.replace('_', ' ')}", "value": body}
            for one, body in bodies.items()
        }
        content = {"schema": {"$ref": "#/components/schemas/gateway_error"}, "examples": shown}
        responses[name] = {"description": words, "headers": _HEADERS, "content": {"application/json": content}}
    return responses


_REQUEST_ID = "8c3a0c19848c48c19955f8de12185e4e"
_HEADERS = {"X-Request-Id": {"description": "Names this exchange.", "schema": {"type": "string"}}}
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
