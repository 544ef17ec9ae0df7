"""The refusals of the operations in an OpenAPI document: by status, with an example of each.

Most of them are the same on many pages, and so are those of the gateway: these stand once among the components.
"""

from collections.abc import Mapping, Sequence
from itertools import chain, count

from mockserver.contract import files
from mockserver.contract.catalogue import SITE_LANGUAGE, DocumentedError
from mockserver.contract.operations import Contract, Operation
from mockserver.contract.plain import Json, plain
from mockserver.shipped import schemas

HEADERS = {"X-Request-Id": {"description": "Names this exchange.", "schema": {"type": "string"}}}
# What the gateway answers before any operation, by status, under the names of the error catalogue.
_GATEWAY: Mapping[int, Sequence[str]] = {
    400: ("bad_request",),
    401: ("no_authentication", "wrong_signature", "stale_date"),
    413: ("too_large",),
    429: ("throttled",),
}
_NEEDS_BODY = (413,)
# Those that no page lists: the name of the component, and what a person should know.
_COMMON = {
    401: ("unauthenticated", "The signature or the token is refused."),
    413: ("too_large", "The body is too large."),
    429: ("throttled", "The quota is used up."),
}
# The contract's check and the caller rule answer these for every operation.
_ALWAYS = ("CBC.0100", "CBC.0151")
# Some pages list it among their errors.
_DONE = "CBC.0000"
_REQUEST_ID = "8c3a0c19848c48c19955f8de12185e4e"
_PLACES = {"limit": 10, "seconds": 1, "signature_time": "20260201T080501Z", "server_time": "20260201T092501Z"}


class Refusals:
    """``shared``: the examples that operations refer to, filled while their responses are made."""

    def __init__(self, contract: Contract) -> None:
        self._catalogue = contract.catalogue
        self.shared: Json = {name: self._example(name) for names in _GATEWAY.values() for name in names}

    def by_status(self, op: Operation) -> Mapping[int, list[DocumentedError]]:
        """The page's errors, and those that the emulator answers whether the page lists them or not."""
        errors = dict(op.errors) | {code: self._catalogue.documented(code) for code in _ALWAYS if code not in op.errors}
        found: dict[int, list[DocumentedError]] = {}
        for error in errors.values():
            if error.code != _DONE:
                found.setdefault(error.status, []).append(error)
        return found

    def response(self, op: Operation, errors: Sequence[DocumentedError]) -> Json:
        """The response for errors of one status."""
        own = op.schema["$defs"].get("refusal")
        schema = plain(own) if own else _reference("schemas", "error")
        return _response(listed(errors), schema, self.examples(op, errors))

    def examples(self, op: Operation, errors: Sequence[DocumentedError]) -> Json:
        """By code; those of the gateway under the same status by their names."""
        names = {error.code: self._name(op, error) for error in errors}
        return _examples({**names, **{name: name for name in _GATEWAY.get(errors[0].status, ())}})

    def of_the_gateway(self, op: Operation) -> Json:
        """By status, what an operation answers although its page does not list it."""
        return {
            str(status): _reference("responses", name)
            for status, (name, _) in _COMMON.items()
            if op.takes_body or status not in _NEEDS_BODY
        }

    def common(self) -> Json:
        """The responses that ``of_the_gateway`` refers to."""
        error = _reference("schemas", "gateway_error")
        return {
            name: _response(words, error, _examples({one: one for one in _GATEWAY[status]}))
            for status, (name, words) in _COMMON.items()
        }

    def schemas(self) -> Json:
        error = files.inlined(schemas() / "common" / "errors.json")["$defs"]["error"]
        request_id = {"type": "string", "description": "As in `X-Request-Id`."}
        of_the_gateway = {
            **error,
            "properties": {**error["properties"], "request_id": request_id},
            "required": [*error["required"], "request_id"],
        }
        return {"error": error, "gateway_error": of_the_gateway}

    def _example(self, name: str) -> Json:
        error = self._catalogue.gateway(name)
        return {"summary": f"{error.code} {name.replace('_', ' ')}", "value": error.body(_REQUEST_ID, **_PLACES)}

    def _name(self, op: Operation, error: DocumentedError) -> str:
        """The name of the shared example: the code, with a number where pages have other words for it."""
        row = {"summary": f"{error.code} {error.messages['en']}", "value": error.body(SITE_LANGUAGE[op.site])}
        names = chain([error.code], (f"{error.code}-{number}" for number in count(2)))
        return next(name for name in names if self.shared.setdefault(name, row) == row)


def listed(errors: Sequence[DocumentedError]) -> str:
    """For people: one line for each code."""
    return "\n".join(f"* `{error.code}` {error.messages['en']}" for error in errors)


def _response(words: str, schema: Json, examples: Json) -> Json:
    content = {"application/json": {"schema": schema, "examples": examples}}
    return {"description": words, "headers": HEADERS, "content": content}


def _examples(names: Mapping[str, str]) -> Json:
    return {shown: _reference("examples", name) for shown, name in names.items()}


def _reference(kind: str, name: str) -> Json:
    return {"$ref": f"#/components/{kind}/{name}"}
