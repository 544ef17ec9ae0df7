"""The emulator against its own OpenAPI documents, by a program that has never seen anything else of it.

Schemathesis reads the documents as any user's tool would, makes requests that they allow and requests that they forbid,
and holds each answer to them. Only the signature comes from here. What it finds is a bug, or is in ``leniencies.yaml``.
"""

import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest
import requests
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from requests import PreparedRequest
from requests.auth import AuthBase
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.pytest.lazy import get_all_tests

from contract_tests.clients import signed
from mockserver.contract.openapi import document
from mockserver.contract.operations import Contract, Operation
from mockserver.inprocess import over_requests

if TYPE_CHECKING:
    from schemathesis import Case, Response
    from schemathesis.openapi.loaders import OpenApiSchema

    from tests.conftest import Stage

CONTRACT = Contract()
EXAMPLES = int(os.environ.get("BSS_MOCK_EXAMPLES", "8"))
CHECKED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
    "positive_data_acceptance",
)
# Who is asked for first of those whom an operation answers to: those in whose name there is most to answer.
PRINCIPALS = ("solution_provider", "distributor", "enterprise_master", "customer")
ALSO = {"partner": ("solution_provider",), "customer": ("enterprise_master",)}
# Done, a parameter error, not for this caller, something else went wrong.
NOT_BUSINESS = ("CBC.0000", "CBC.0100", "CBC.0151", "CBC.0999")
# The same in every run; nothing is learnt from one answer for the next request.
CONFIG = {
    "seed": 1,
    "generation": {
        "max-examples": EXAMPLES,
        "deterministic": True,
        "database": "none",
        "with-security-parameters": False,
    },
    "phases": {
        # The gateway answers 404 to another method, as the cloud's does.
        "coverage": {"unexpected-methods": [], "extra-data-sources": {"responses": False}},
        "fuzzing": {"error-feedback": {"enabled": False}, "extra-data-sources": {"responses": False}},
        "stateful": {"enabled": False},
    },
    "checks": {
        # A wrong signature is not an acceptable answer to a signed request.
        "positive_data_acceptance": {"expected-statuses": ["2xx"]},
        "negative_data_rejection": {"expected-statuses": ["400", "403", "404"]},
    },
}
each_case = settings(deadline=None, suppress_health_check=list(HealthCheck))
load_all_checks()


@cache
def loaded(site: str) -> "OpenApiSchema":
    return schemathesis.openapi.from_dict(document(CONTRACT, site), config=SchemathesisConfig.from_dict(CONFIG))


class Signature(AuthBase):
    """Signs what a session sends, as it goes over the wire."""

    def __init__(self, keys: signed.Keys) -> None:
        self._keys = keys

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        path, _, query = request.path_url.partition("?")
        body = request.body or b""
        sent = {"Host": urlsplit(request.url or "").netloc, "X-Sdk-Date": signed.now()}
        pairs = parse_qsl(query, keep_blank_values=True)
        content = body.encode() if isinstance(body, str) else body
        proof = signed.authorization(self._keys, request.method or "", path, pairs, sent, content)
        request.headers.update({**sent, "Authorization": proof})
        return request


@dataclass(frozen=True, slots=True)
class Leniency:
    """An entry of ``leniencies.yaml``."""

    finding: str
    operations: tuple[str, ...]
    reason: str
    because: str = ""
    body: str | None = None
    rare: bool = False

    def covers(self, operation: str, failure: Failure, response: "Response") -> bool:
        told = response.headers.get("x-mock-reason", [""])[0]
        return (
            type(failure).__name__ == self.finding
            and operation in self.operations
            and re.search(self.because, told) is not None
            and (self.body is None or (response.request.body or b"") == self.body.encode())
        )


LENIENCIES = [
    Leniency(**{**row, "operations": tuple(row["operations"])})
    for row in yaml.safe_load((Path(__file__).parent / "leniencies.yaml").read_text(encoding="utf-8"))
]


@dataclass(slots=True)
class Looking:
    """What one test saw: its operation, and the leniencies that it needed."""

    operation: Operation
    session: requests.Session
    needed: list[Leniency] = field(default_factory=list)

    def at(self, case: "Case") -> None:
        """Send one request and look at the answer. Raises ``FailureGroup``."""
        response = case.call(base_url=address(self.operation.site), session=self.session)
        checks = [CHECKS.get_one(name) for name in CHECKED]
        if business(self.operation, response):
            checks = [check for check in checks if check.__name__ not in ("positive_data_acceptance", CHECKED[0])]
        try:
            case.validate_response(response, checks=checks)
        except (FailureGroup, Failure) as found:
            failures = found.exceptions if isinstance(found, FailureGroup) else [found]
            covered = [self._covered(failure, response) for failure in failures]
            if not all(covered):
                raise

    def _covered(self, failure: Any, response: "Response") -> bool:
        found = [leniency for leniency in LENIENCIES if leniency.covers(named(self.operation), failure, response)]
        self.needed += found
        return bool(found)

    def check(self) -> None:
        for leniency in LENIENCIES:
            if named(self.operation) in leniency.operations and not leniency.rare:
                assert leniency in self.needed, f"{named(self.operation)} does not need this any more: {leniency}"


def named(operation: Operation) -> str:
    return f"{operation.site}/{operation.name}"


def business(operation: Operation, response: "Response") -> bool:
    """Whether a well-formed request was refused for what it asks, by a code that the page has for that."""
    content = msgspec.json.decode(response.content) if response.content else {}
    code = content.get("error_code") if isinstance(content, dict) else None
    return code in operation.errors and code not in {*NOT_BUSINESS, *own_codes(operation.request)}


def own_codes(schema: Mapping[str, Any]) -> Iterator[str]:
    """What breaking the rule of a member answers, where the page names another code than the parameter error."""
    if "x-error" in schema:
        yield schema["x-error"]
    for below in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else [])):
        yield from own_codes(below)


def address(site: str) -> str:
    return f"http://{site}.bss-mock.test"


@pytest.fixture(scope="module", autouse=True)
def nothing_from_the_modules_that_happen_to_be_loaded() -> Iterator[None]:
    """Hypothesis also draws from the constants in them, so other tests before these would make other requests."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(providers, "_get_local_constants", providers.Constants)
        providers.CONSTANTS_CACHE.cache.clear()
        yield
    providers.CONSTANTS_CACHE.cache.clear()


@pytest.fixture(scope="module")
def sessions(app: Flask, open_world: Callable[..., "Stage"]) -> Callable[[Operation], requests.Session]:
    """A session that signs with the keys of somebody whom the operation answers to."""
    worlds: dict[str, Stage] = {}
    opened: dict[tuple[str, str], requests.Session] = {}

    def session(operation: Operation) -> requests.Session:
        may = {who for kind in operation.callers for who in (kind, *ALSO.get(kind, ()))}
        who = next((one for one in PRINCIPALS if one in may), PRINCIPALS[-1])
        site = operation.site
        if site not in worlds:
            worlds[site] = open_world(f"demo-{site}")
        if (site, who) not in opened:
            made = requests.Session()
            made.trust_env = False
            made.auth = Signature(worlds[site][who])
            over_requests.mount(made, app, address(site))
            opened[site, who] = made
        return opened[site, who]

    return session


@pytest.fixture(params=CONTRACT, ids=named)
def operation(request: pytest.FixtureRequest) -> Operation:
    asked: Operation = request.param
    return asked


@pytest.fixture
def looking(operation: Operation, sessions: Callable[[Operation], requests.Session]) -> Iterator[Looking]:
    made = Looking(operation, sessions(operation))
    yield made
    made.check()


def test_an_operation_keeps_to_the_document(operation: Operation, looking: Looking) -> None:
    # Not by `parametrize()`: that makes the requests of every operation while tests are collected, in every worker.
    wanted = loaded(operation.site).include(operation_id=operation.name)
    (made,) = get_all_tests(schema=wanted, test_func=answer_to, settings=each_case, given_kwargs={})
    _, look = made.ok()
    look(looking=looking)


def answer_to(case: "Case", looking: Looking) -> None:
    looking.at(case)


def test_every_leniency_is_about_an_operation_and_has_its_reason() -> None:
    known = {named(operation) for operation in CONTRACT}
    for leniency in LENIENCIES:
        assert set(leniency.operations) <= known
        assert len(leniency.reason) > 40
        assert bool(leniency.because) != (leniency.body is not None)
