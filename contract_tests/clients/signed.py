"""A plain client that signs: for what the official SDK cannot say, and to show how little a client needs.

The SDK leaves out every member that is ``None``, and knows no operation of the old kind. This client sends a document
as it is, or any bytes at all.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests

from contract_tests.clients import wire
from contract_tests.clients.outcome import Answered, Failed, Outcome
from mockserver.contract.operations import Operation

ALGORITHM = "SDK-HMAC-SHA256"
CONTENT_TYPE = "application/json;charset=UTF-8"
_PATIENCE = 60.0


class Keys(Protocol):
    """Who signs."""

    @property
    def ak(self) -> str: ...

    @property
    def sk(self) -> str: ...


def authorization(
    keys: Keys, method: str, path: str, query: Sequence[tuple[str, str]], headers: Mapping[str, str], body: bytes
) -> str:
    """The header ``Authorization``: SDK-HMAC-SHA256 over method, path, query, all of ``headers``, and the body.

    ``path`` is percent-encoded, ``query`` is not; ``headers`` have ``Host`` and ``X-Sdk-Date`` among them.
    """
    return proof(keys, method, path, wire.query(query), headers, body)


def proof(keys: Keys, method: str, path: str, query: str, headers: Mapping[str, str], body: bytes) -> str:
    """The same over a query that is sorted and encoded already."""
    signed = {name.lower(): value.strip() for name, value in sorted(headers.items(), key=lambda one: one[0].lower())}
    names = ";".join(signed)
    canonical = "\n".join(
        (
            method.upper(),
            path if path.endswith("/") else f"{path}/",
            query,
            "".join(f"{name}:{value}\n" for name, value in signed.items()),
            names,
            hashlib.sha256(body).hexdigest(),
        )
    )
    to_sign = f"{ALGORITHM}\n{signed['x-sdk-date']}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.new(keys.sk.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
    return f"{ALGORITHM} Access={keys.ak}, SignedHeaders={names}, Signature={signature}"


def now() -> str:
    """A value for ``X-Sdk-Date``."""
    return datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")


class SignedClient:
    """Acts as one principal at one endpoint. ``prepare`` is given the session, to mount an adapter on it."""

    def __init__(self, endpoint: str, keys: Keys, prepare: Callable[[requests.Session], object] | None = None) -> None:
        self.endpoint = endpoint
        self.keys = keys
        self.session = requests.Session()
        self.session.trust_env = False
        if prepare is not None:
            prepare(self.session)

    def call(self, operation: Operation, document: Mapping[str, Any]) -> Outcome:
        """Send a request document as it is."""
        return outcome(
            self.send(
                operation.method,
                wire.path(operation, document),
                wire.pairs(document),
                wire.headers(document),
                wire.body(document),
            )
        )

    def send(
        self,
        method: str,
        path: str,
        query: Sequence[tuple[str, str]] = (),
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
    ) -> requests.Response:
        """Sign and send anything."""
        signed = {
            "Content-Type": CONTENT_TYPE,
            **(headers or {}),
            "Host": urlsplit(self.endpoint).netloc,
            "X-Sdk-Date": now(),
        }
        proof = authorization(self.keys, method, path, query, signed, body)
        target = f"{self.endpoint}{path}" + (f"?{wire.query(query)}" if query else "")
        return self.session.request(
            method, target, data=body, headers={**signed, "Authorization": proof}, timeout=_PATIENCE
        )

    def close(self) -> None:
        self.session.close()


def outcome(response: requests.Response) -> Outcome:
    """A response as a value."""
    content: Any = json.loads(response.content, parse_float=Decimal) if response.content else None
    request_id = response.headers.get("X-Request-Id")
    if not response.ok:
        return Failed(response.status_code, content["error_code"], content["error_msg"], request_id, response.headers)
    return Answered(response.status_code, content, request_id, response.headers)
