"""Everything that an operation can be refused with, one after the other: by the service, by the gateway, by nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from contract_tests.checks.exchange import Exchange
from contract_tests.driving.stage import CONTRACT, Stage
from contract_tests.scenes.calls import plain_call
from contract_tests.scenes.registry import scene_of_cases
from mockserver.contract.catalogue import SITE_LANGUAGE
from mockserver.contract.operations import Operation

SCENE = "refusing"
OK, NO_CONTENT = 200, 204
# What the gateway in front answers without the service, by name; as many as differ for a client.
GATEWAY = ("wrong_signature", "bad_token", "throttled", "internal_error", "bad_request")
_HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_DONE = "CBC.0000"


@dataclass(frozen=True, slots=True)
class Refusal:
    """``action`` is what the fault answers; ``code`` and ``message`` are what it says, None where it says nothing.

    ``kind``: ``documented``, ``gateway``, ``unreadable`` (no JSON), ``empty`` (no body), ``unknown`` (a code that no
    page has).
    """

    kind: str
    status: int
    code: str | None
    message: str | None
    action: Mapping[str, Any]


def refusals(stage: Stage, operation: Operation) -> Sequence[Refusal]:
    """The telling ones first: an error with the status of success, unreadable and empty answers, then all others."""
    return sorted(_all(operation), key=lambda one: (one.kind in ("documented", "gateway"), one.status != OK))


def _all(operation: Operation) -> Iterator[Refusal]:
    language = SITE_LANGUAGE[operation.site]
    for error in operation.errors.values():
        if error.code != _DONE:
            yield Refusal("documented", error.status, error.code, error.messages[language], {"code": error.code})
    places = {"limit": operation.quota.limit, "seconds": operation.quota.seconds}
    for name in GATEWAY:
        gateway = CONTRACT.catalogue.gateway(name)
        yield Refusal("gateway", gateway.status, gateway.code, gateway.message.format_map(places), {"code": name})
    body = {"error_code": "CBC.99999999", "error_msg": "new since 2031"}
    yield Refusal("unknown", 400, body["error_code"], body["error_msg"], {"status": 400, "body": body})
    yield Refusal("unreadable", 502, None, None, {"status": 502, "text": _HTML})
    yield Refusal("empty", 503, None, None, {"status": 503})
    if operation.success != NO_CONTENT:
        yield Refusal("unreadable", OK, None, None, {"status": operation.success, "text": _HTML})
        yield Refusal("empty", OK, None, None, {"status": operation.success})


@scene_of_cases(SCENE, refusals, share=2.5)
def refusing(stage: Stage, operation: Operation, refusal: Refusal) -> Exchange:
    """A good call that is refused on purpose."""
    fault = {"action": refusal.action, "times": None}
    return stage.exchange(operation, *plain_call(stage, operation), fault=fault, refusal=refusal)
