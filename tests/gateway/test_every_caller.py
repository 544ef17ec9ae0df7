"""Every operation answers every kind of caller as its schema file says, signed or with a token."""

import json
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.operations import SITES, Contract, Operation

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

PARTNERS = {"distributor", "solution_provider", "reseller"}
CUSTOMERS = {"customer", "enterprise_master", "enterprise_member"}
KINDS = sorted(PARTNERS | CUSTOMERS)
EXCHANGED = "customer_token_via_partner"
OPERATIONS = [pytest.param(op, id=f"{op.site}-{op.name}") for op in Contract()]


@pytest.fixture(scope="module")
def demo(open_world: Callable[..., "Stage"]) -> dict[str, "Stage"]:
    return {site: open_world(f"demo-{site}") for site in SITES}


@pytest.fixture(scope="module")
def tokens(demo: dict[str, "Stage"], log_in: Any, act_as: Any) -> dict[str, Mapping[str, str]]:
    """By site and kind; the one that the partner got for its customer too."""
    made = {}
    for site, stage in demo.items():
        made[site] = {kind: log_in(stage, kind) for kind in KINDS}
        made[site][EXCHANGED] = act_as(stage, "solution_provider", "customer")
    return made


def documented(operation: Operation) -> tuple[set[str], set[str]]:
    """Who may call it, and the codes of its page, from the file itself."""
    facts = json.loads(operation.file.read_bytes())["x-operation"]
    may = set(facts["callers"])
    if "partner" in may:
        may |= PARTNERS
    if "customer" in may:
        may |= CUSTOMERS | {EXCHANGED}
    codes = {row if isinstance(row, str) else row["code"] for row in facts["errors"]}
    return may - {"partner"}, codes


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_operation_answers_its_callers_and_nobody_else(
    demo: dict[str, "Stage"], tokens: dict[str, Mapping[str, str]], operation: Operation
) -> None:
    stage = demo[operation.site]
    path = re.sub(r"\{\w+\}", "any", operation.path)
    body = b"{}" if operation.takes_body else b""
    may, codes = documented(operation)
    for kind in KINDS:
        signed = stage.send(kind, operation.method, path, body=body)
        answered(stage, operation, signed, kind, kind in may, codes)
    for kind, token in tokens[operation.site].items():
        sent = stage.send(None, operation.method, path, body=body, headers={"X-Auth-Token": token})
        answered(stage, operation, sent, kind, kind in may, codes)


def answered(stage: "Stage", operation: Operation, answer: "Answered", kind: str, may: bool, codes: set[str]) -> None:
    entry = stage.journal[-1]
    assert entry.operation == operation.name
    assert entry.kind == ("customer" if kind == EXCHANGED else kind)
    refused = entry.reason is not None and entry.reason["rule"] == "caller"
    assert refused is not may, (kind, answer.status, answer.reason)
    if may:
        # Nothing was sent, so what is needed may be missing; but nobody was kept out.
        assert answer.status not in (401, 429, 500), (kind, answer.reason)
    else:
        code = next((code for code in ("CBC.0151", "CBC.0155") if code in codes), "CBC.0151")
        assert (answer.status, answer.code) == (403, code)
        assert operation.page in answer.reason


HOSTS = {"cn": ("bss.myhuaweicloud.com",), "intl": ("bss-intl.myhuaweicloud.com", "bss.myhuaweicloud.eu")}
WORDS = {
    "cn": "访问拒绝，不是本站点客户。",
    "intl": "Access denied. The customer does not belong to the website you are now at.",
}


@pytest.mark.parametrize("site", SITES)
class TestTheSite:
    PATH = "/v2/partners/sub-customers/query"

    def test_an_account_is_refused_at_the_other_sites_host(self, demo: dict[str, "Stage"], site: str) -> None:
        (other,) = set(SITES) - {site}
        for host in HOSTS[other]:
            for port in ("", ":443"):
                answer = demo[site].send(
                    "distributor", "POST", self.PATH, body=b'{"limit": 0}', headers={"Host": host.title() + port}
                )
                assert (answer.status, answer.code) == (403, "CBC.0156")
                assert answer.body["error_msg"] == WORDS[site]
                assert site in answer.reason
                assert demo[site].journal[-1].error_code == "CBC.0156"

    def test_with_a_token_too(self, demo: dict[str, "Stage"], log_in: Any, site: str) -> None:
        (other,) = set(SITES) - {site}
        headers = {"Host": HOSTS[other][0], "X-Auth-Token": log_in(demo[site], "distributor")}
        answer = demo[site].send(None, "POST", self.PATH, body=b"{}", headers=headers)
        assert (answer.status, answer.code) == (403, "CBC.0156")

    def test_it_is_answered_at_its_own_and_at_any_other_name(self, demo: dict[str, "Stage"], site: str) -> None:
        for host in (*HOSTS[site], "127.0.0.1:8470", "localhost", "bss.example.com", ""):
            answer = demo[site].send("distributor", "POST", self.PATH, body=b"{}", headers={"Host": host})
            assert answer.status == 200, host

    def test_an_operation_that_the_host_does_not_have_is_not_found(
        self, demo: dict[str, "Stage"], contract: Contract, site: str
    ) -> None:
        (other,) = set(SITES) - {site}
        there = {(op.method, op.path) for op in contract if op.site == other}
        mine = next(op for op in contract if op.site == site and (op.method, op.path) not in there)
        path = re.sub(r"\{\w+\}", "any", mine.path)
        answer = demo[site].send("customer", mine.method, path, headers={"Host": HOSTS[other][0]})
        assert (answer.status, answer.code) == (404, "APIGW.0101")
