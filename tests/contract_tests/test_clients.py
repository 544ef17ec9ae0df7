"""The clients of the kit: the plain one signs as the official SDK does, the official one says what it is told."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.clients import official, wire
from contract_tests.clients.official import OfficialClient
from contract_tests.clients.outcome import Answered, Failed
from contract_tests.clients.signed import SignedClient, authorization
from contract_tests.profile import PROPERTY
from contract_tests.worlds import Emulator
from mockserver.contract.operations import Contract, Operation

VECTORS = json.loads((Path(__file__).parents[1] / "gateway" / "signing_vectors.json").read_bytes())


@dataclass(frozen=True)
class Keys:
    ak: str = VECTORS["ak"]
    sk: str = VECTORS["sk"]


@pytest.mark.parametrize("vector", VECTORS["computed"], ids=lambda vector: vector["name"])
def test_the_plain_client_signs_as_recorded(vector: Mapping[str, Any]) -> None:
    path = quote(vector["path"], safe="/~")
    query = [(name, value) for name, value in vector["query"]]
    signed = authorization(Keys(), vector["method"], path, query, vector["headers"], vector["body"].encode())
    assert signed == vector["authorization"]


@PROPERTY
@given(
    method=st.sampled_from(["GET", "POST", "DELETE"]),
    segments=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="/"), min_size=1)),
    query=st.lists(st.tuples(st.text(min_size=1, max_size=5), st.text(max_size=5)), max_size=4),
    body=st.binary(max_size=20),
)
def test_the_plain_client_signs_as_the_sdk_does(
    method: str, segments: list[str], query: list[tuple[str, str]], body: bytes
) -> None:
    path = "/" + "/".join(quote(segment, safe="~") for segment in segments)
    headers = {"Host": "example.com", "X-Sdk-Date": "20240506T080501Z", "Content-Type": "application/json"}
    request = SdkRequest(
        method=method, resource_path=path, query_params=list(query), header_params=dict(headers), body=body
    )
    theirs = Signer(GlobalCredentials(Keys.ak, Keys.sk)).sign(request).header_params["Authorization"]
    assert authorization(Keys(), method, path, query, headers, body) == theirs


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (False, "false"), (7, "7"), (Decimal("1E+2"), "100"), ("云", "云"), ("", "")],
)
def test_a_parameter_is_written_as_json_would(value: Any, text: str) -> None:
    assert wire.text(value) == text


def test_a_document_on_the_wire() -> None:
    operation = _operation("legacy_partner_account_balances")
    document = {"path": {"partner_id": "a/ü"}, "query": {"z": ["2", "1"], "a": None}, "body": {"x": Decimal("1.50")}}
    assert wire.path(operation, document) == "/v1.0/a%2F%C3%BC/partner/account-mgr/balances"
    assert wire.query(wire.pairs(document)) == "a=null&z=1&z=2"
    assert wire.body(document) == b'{"x":1.50}'
    assert wire.body({}) == b""


def test_the_sdk_leaves_out_what_is_null_or_unknown_to_its_models() -> None:
    operation = _operation("list_customers_balances_detail")
    document = {"body": {"customer_infos": [{"customer_id": "x", "more": 1}], "indirect_partner_id": None}}
    assert official.said(operation, document) == {"body": {"customer_infos": [{"customer_id": "x"}]}}
    assert not official.can_say(operation, document)
    assert official.can_say(operation, official.said(operation, document))
    assert not official.can_say(operation, {"body": "text"})


def test_the_sdk_has_no_old_operations() -> None:
    assert not official.knows(_operation("legacy_partner_account_balances"))
    assert not official.can_say(_operation("legacy_partner_account_balances"), {"path": {"partner_id": "x"}})


def test_both_clients_bring_home_the_same(bss_mock: Emulator) -> None:
    with bss_mock.sandbox("demo-cn") as world:
        caller = world.solution_provider
        clients = [OfficialClient(caller.sdk), SignedClient(world.url, caller, world.mount)]
        amount = {"body": {"customer_id": world.customer.domain_id, "amount": Decimal("0.30")}}
        too_much = {"body": {"customer_id": world.customer.domain_id, "amount": Decimal("2147483646.99")}}
        listing = {"body": {"customer_infos": [{"customer_id": world.customer.domain_id}]}}

        for client in clients:
            moved = client.call(_operation("update_customer_account_amount"), amount)
            assert isinstance(moved, Answered)
            assert list(moved.result) == ["transfer_id"]
            refused = client.call(_operation("update_customer_account_amount"), too_much)
            assert isinstance(refused, Failed)
            assert (refused.status, refused.error_code) == (400, "CBC.5003")
            assert refused.request_id
        shown = [client.call(_operation("list_customers_balances_detail"), listing) for client in clients]

        assert [one.status for one in shown] == [200, 200]
        results = [one.result for one in shown if isinstance(one, Answered)]
        assert results[0] == results[1]
        assert results[0]["customer_balances"][0]["amount"] == Decimal("1000.60")


def test_what_has_the_wrong_type_is_sent_as_it_is(bss_mock: Emulator) -> None:
    with bss_mock.sandbox("demo-cn") as world:
        client = OfficialClient(world.solution_provider.sdk)
        for wrong in ({"customer_infos": "x"}, {"customer_infos": [1]}, {"customer_infos": [{"customer_id": 1}]}, [1]):
            outcome = client.call(_operation("list_customers_balances_detail"), {"body": wrong})
            assert isinstance(outcome, Failed)
            assert outcome.error_code == "CBC.0100"
            assert world.journal[-1].request["body"] == wrong


def _operation(name: str) -> Operation:
    operation = Contract().get("cn", name)
    assert operation is not None
    return operation
