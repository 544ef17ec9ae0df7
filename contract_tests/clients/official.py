"""The official SDKs behind one function: any operation, from a request document.

The SDK's own classes make the request: ``<Camel>Request`` and the models that its ``openapi_types`` name. It leaves out
what is ``None``, and what its models do not have; ``can_say`` tells a document that it would send whole.
"""

import re
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

from contract_tests.clients import wire
from contract_tests.clients.outcome import Answered, Failed, Outcome
from mockserver.contract.operations import Operation

_MODELS = {"cn": "huaweicloudsdkbss.v2", "intl": "huaweicloudsdkbssintl.v2"}
_LIST, _DICT = re.compile(r"list\[(.*)\]"), re.compile(r"dict\([^,]*, (.*)\)")
_PLACES = ("path", "query", "headers")


class OfficialClient:
    """``sdk`` is a client of the official SDK, as ``contract_tests.sdk.client`` makes it."""

    def __init__(self, sdk: Any) -> None:
        self._sdk = sdk

    def call(self, operation: Operation, document: Mapping[str, Any]) -> Outcome:
        """Send what the SDK can say of the document."""
        from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException

        request = request_of(operation, document)
        try:
            response = getattr(self._sdk, operation.name)(request)
        except ServiceResponseException as refused:
            return Failed(refused.status_code, refused.error_code, refused.error_msg, refused.request_id)
        return Answered(response.status_code, plain(response))

    def said(self, operation: Operation, document: Mapping[str, Any]) -> dict[str, Any]:
        """What the SDK makes of the document. The account's ID in a path it takes from the credentials instead."""
        filled = {
            name: value
            for name, value in self._sdk.get_credentials().get_update_path_params().items()
            if f"{{{name}}}" in operation.path
        }
        result = said(operation, document)
        return result | ({"path": result.get("path", {}) | filled} if filled else {})


def models(site: str) -> ModuleType:
    """The SDK package of a site, with its requests and models."""
    return import_module(_MODELS[site])


def knows(operation: Operation) -> bool:
    """Whether the SDK of the site has the operation."""
    return hasattr(models(operation.site), f"{_camel(operation.name)}Request")


def can_say(operation: Operation, document: Mapping[str, Any]) -> bool:
    """Whether the SDK sends every member of the document."""
    return knows(operation) and _whole(operation, document)


def said(operation: Operation, document: Mapping[str, Any]) -> dict[str, Any]:
    """The document without what the SDK leaves out."""
    package, request = models(operation.site), _request_class(operation)
    result: dict[str, Any] = {}
    for place, value in document.items():
        if place == "body":
            result[place] = _kept(package, request.openapi_types.get("body", "object"), value)
        else:
            known = set(request.attribute_map.values())
            result[place] = {name: item for name, item in value.items() if name in known}
    return result


def plain(value: Any) -> Any:
    """What the client returned, as plain data under the names of the JSON; members that are not there are left out."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if not hasattr(value, "openapi_types"):
        return value
    members = {name: getattr(value, attribute) for attribute, name in value.attribute_map.items()}
    return {name: plain(item) for name, item in members.items() if item is not None}


def request_of(operation: Operation, document: Mapping[str, Any]) -> Any:
    """The document as the SDK's own request."""
    package = models(operation.site)
    class_ = _request_class(operation)
    attributes = {name: attribute for attribute, name in class_.attribute_map.items()}
    given = {
        attributes[name]: value if _typed(value) else wire.text(value)
        for place in _PLACES
        for name, value in document.get(place, {}).items()
        if name in attributes
    }
    if "body" in document:
        given["body"] = _model(package, class_.openapi_types.get("body", "object"), document["body"])
    return class_(**given)


def _typed(value: Any) -> bool:
    """Whether the SDK writes a parameter as we would."""
    return isinstance(value, str | int | list)


def _model(package: ModuleType, type_: str, value: Any) -> Any:
    """``value`` as the SDK's own object; as it is where it is not of that form, which the SDK does not mind."""
    if listed := _LIST.fullmatch(type_):
        return [_model(package, listed[1], item) for item in value] if isinstance(value, list) else value
    class_ = getattr(package, type_, None)
    if class_ is None or not isinstance(value, dict):
        return value
    return class_(
        **{
            attribute: _model(package, class_.openapi_types[attribute], value[name])
            for attribute, name in class_.attribute_map.items()
            if name in value
        }
    )


def _kept(package: ModuleType, type_: str, value: Any) -> Any:
    if listed := _LIST.fullmatch(type_):
        return [_kept(package, listed[1], item) for item in value] if isinstance(value, list) else value
    class_ = getattr(package, type_, None)
    if class_ is None or not isinstance(value, dict):
        return value
    types = {name: class_.openapi_types[attribute] for attribute, name in class_.attribute_map.items()}
    return {
        name: _kept(package, types[name], item) for name, item in value.items() if item is not None and name in types
    }


def _whole(operation: Operation, document: Mapping[str, Any]) -> bool:
    body = document.get("body", {})
    # A body that is a text is sent by the SDK as it is, not as JSON.
    return not isinstance(body, str) and said(operation, document) == document


@cache
def _named(site: str, name: str) -> Any:
    return getattr(models(site), f"{_camel(name)}Request")


def _request_class(operation: Operation) -> Any:
    return _named(operation.site, operation.name)


def _camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))
