"""Signatures that the official SDK made are believed, byte for byte as they were recorded."""

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlencode

import pytest
from sqlalchemy import select, text, update
from werkzeug.datastructures import Headers

from mockserver.contract.operations import Contract
from mockserver.domain import clock
from mockserver.gateway import algorithms, curves, signing
from mockserver.gateway.exchange import Answer, Stopped, Wire
from mockserver.gateway.gateway import Gateway
from mockserver.operations.answering import Answering
from mockserver.shipped import schemas
from mockserver.store import snapshots
from mockserver.store.sandboxes import Plan, Sandboxes
from mockserver.store.tables import accounts, metadata, principals
from mockserver.worlds import plan

if TYPE_CHECKING:
    from tests.conftest import Stage

VECTORS = json.loads((Path(__file__).parent / "signing_vectors.json").read_bytes())
SK = VECTORS["sk"]
CUSTOMERS = "/v2/partners/sub-customers/query"
MOMENT = datetime(2024, 5, 6, 8, 5, 1, tzinfo=UTC)

each_computed = pytest.mark.parametrize("vector", VECTORS["computed"], ids=lambda vector: vector["name"])
each_recorded = pytest.mark.parametrize("vector", VECTORS["recorded"], ids=lambda vector: vector["name"])
each_other = pytest.mark.parametrize("vector", VECTORS["other_algorithms"], ids=lambda vector: vector["name"])
At = Callable[[datetime], Gateway]


def computed(vector: dict[str, Any]) -> Wire:
    query = urlencode([(name, value) for name, value in vector["query"]], quote_via=quote)
    headers = Headers({**vector["headers"], "Authorization": vector["authorization"]})
    return Wire(vector["method"], vector["path"], query, headers, vector["body"].encode(), "192.0.2.1")


def recorded(vector: dict[str, Any]) -> Wire:
    path, _, query = vector["target"].partition("?")
    return Wire(
        vector["method"], unquote(path), query, Headers(vector["headers"]), vector["body"].encode(), "192.0.2.1"
    )


CHINESE = VECTORS["computed"][1]
OF_CUSTOMERS = (computed(CHINESE), recorded(VECTORS["recorded"][1]))


def date_of(request: Wire) -> datetime:
    return datetime.strptime(request.headers.get("X-Sdk-Date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def authorization(request: Wire) -> signing.Authorization:
    return signing.parse(request.headers.get("Authorization", ""))


@pytest.fixture(scope="module")
def gateway_at(tmp_path_factory: pytest.TempPathFactory, partners_file: Path) -> At:
    """The gateway as it is at a moment; its solution provider has the keys of the vectors."""
    sandboxes = Sandboxes(clock.wall)
    sandboxes.create(of_the_vectors(plan(str(partners_file))), ident="cn")
    contract = whole_contract(tmp_path_factory.mktemp("contract") / "schemas")
    return lambda moment: Gateway(contract, sandboxes, Answering(), lambda: moment, loud=True)


def of_the_vectors(made: Plan) -> Plan:
    """The same world, in which the account that signs has the ID that the vectors name in ``X-Domain-Id``."""
    with snapshots.open_copy(made.snapshot) as connection:
        connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        mine = select(principals.c.account_id).where(principals.c.ak == VECTORS["ak"])
        domain_id = connection.execute(mine).scalar_one()
        columns = [key.parent for table in metadata.tables.values() for key in table.foreign_keys]
        of_accounts = [column for column in columns if column.references(accounts.c.id)]
        for column in (accounts.c.id, *of_accounts):
            connection.execute(
                update(column.table).where(column == domain_id).values({column.name: CHINESE["headers"]["X-Domain-Id"]})
            )
        connection.commit()
        raw = connection.connection.driver_connection
        assert raw is not None
        return replace(made, snapshot=raw.serialize())


def whole_contract(folder: Path) -> Contract:
    """The contract, with operations that have no function for those paths of the vectors that are not in it yet."""
    shutil.copytree(schemas(), folder)
    known = Contract().routes
    (folder / "cn" / "other").mkdir()
    for number, request in enumerate([*map(computed, VECTORS["computed"]), *map(recorded, VECTORS["recorded"])]):
        if known.find(request.method, request.path) is None:
            facts = {
                "method": request.method,
                "path": request.path.replace("id with 空格", "{resource}"),
                "page": "none.html",
                "callers": ["solution_provider"],
                "quota": "10/1s",
                "success": 200,
                "errors": [],
                "retired": False,
            }
            rules = {"request": {"type": "object", "properties": {}}, "response": {"type": "object"}}
            (folder / "cn" / "other" / f"other_{number}.json").write_text(
                json.dumps({"title": "Another", "x-operation": facts, "$defs": rules}), encoding="utf-8"
            )
    return Contract(folder)


def was_believed(answer: Answer) -> bool:
    """It got past the gate, whatever the service behind it says then."""
    return answer.status != 401 and answer.error_code != "APIGW.0101"


@each_computed
def test_the_canonical_request_is_the_documented_one(vector: dict[str, Any]) -> None:
    request = computed(vector)
    assert signing.canonical_request(request, authorization(request).signed_headers) == vector["canonical_request"]


@each_computed
def test_the_signature_is_the_documented_one(vector: dict[str, Any]) -> None:
    made = signing.signature(SK, vector["headers"]["X-Sdk-Date"], vector["canonical_request"])
    assert vector["authorization"].endswith(f", Signature={made}")


@each_computed
def test_a_computed_request_is_believed(gateway_at: At, vector: dict[str, Any]) -> None:
    assert was_believed(gateway_at(MOMENT).handle(computed(vector)))


@each_recorded
def test_a_recorded_request_is_believed(gateway_at: At, vector: dict[str, Any]) -> None:
    request = recorded(vector)
    assert was_believed(gateway_at(date_of(request)).handle(request))


@each_recorded
def test_a_recorded_request_is_not_believed_of_another_secret(vector: dict[str, Any]) -> None:
    request = recorded(vector)
    with pytest.raises(Stopped, match="wrong_signature"):
        signing.verify(request, authorization(request), SK[::-1], date_of(request))


@pytest.mark.parametrize("request_", OF_CUSTOMERS, ids=["computed", "recorded"])
def test_a_whole_request_for_customers_is_answered(gateway_at: At, request_: Wire) -> None:
    assert request_.path == CUSTOMERS
    answer = gateway_at(date_of(request_)).handle(request_)
    assert (answer.status, json.loads(answer.content)) == (200, {"customer_infos": [], "count": 0})


@each_other
def test_a_request_of_another_algorithm_is_believed(gateway_at: At, vector: dict[str, str]) -> None:
    request = next(one for one in VECTORS["computed"] if one["name"] == vector["of"])
    believed = computed(request | {"authorization": vector["authorization"]})
    assert was_believed(gateway_at(MOMENT).handle(believed))


@each_other
def test_what_another_algorithm_signs_is_the_documented_text(vector: dict[str, str]) -> None:
    request = next(one for one in VECTORS["computed"] if one["name"] == vector["of"])
    made = signing.parse(vector["authorization"])
    canonical = signing.canonical_request(computed(request), made.signed_headers, made.algorithm)
    text = made.algorithm.string_to_sign(request["headers"]["X-Sdk-Date"], made.scope, canonical)
    assert text.decode().startswith(f"{vector['authorization'].split()[0]}\n20240506T080501Z\n")
    assert vector.get("string_to_sign", text.decode()) == text.decode()


def test_the_key_on_a_curve_is_the_documented_one() -> None:
    (vector,) = (one for one in VECTORS["other_algorithms"] if "private_key" in one)
    algorithm = signing.parse(vector["authorization"]).algorithm
    assert (
        f"{algorithms.private_key(algorithm, VECTORS['ak'], SK, curves.CURVES['P-256'].order):064x}"
        == (vector["private_key"])
    )


@pytest.mark.parametrize("name", ["SDK-HMAC-SHA512", "HMAC", "Bearer", "sdk-hmac-sha256"])
def test_an_unknown_algorithm_is_refused_and_named(gateway_at: At, name: str) -> None:
    sent = CHINESE["authorization"].replace("SDK-HMAC-SHA256", name)
    answer = gateway_at(MOMENT).handle(computed(CHINESE | {"authorization": sent}))
    assert (answer.status, answer.error_code) == (401, "APIGW.0301")
    assert f"algorithm '{name}' is not known here" in answer.headers["X-Mock-Reason"]


@pytest.mark.parametrize("minutes", [-15, -1, 0, 1, 15])
def test_clocks_may_differ_by_a_quarter_of_an_hour(gateway_at: At, minutes: int) -> None:
    assert was_believed(gateway_at(MOMENT + timedelta(minutes=minutes)).handle(computed(CHINESE)))


@pytest.mark.parametrize("seconds", [15 * 60 + 1, -15 * 60 - 1, 365 * 86400])
def test_a_date_that_is_further_off_is_refused_with_both_times(gateway_at: At, seconds: int) -> None:
    now = MOMENT + timedelta(seconds=seconds)
    answer = gateway_at(now).handle(computed(CHINESE))
    assert (answer.status, answer.error_code) == (401, "APIGW.0303")
    assert json.loads(answer.content)["error_msg"] == (
        "Incorrect app authentication information: signature expired, "
        f"signature time:20240506T080501Z,server time:{now:%Y%m%dT%H%M%SZ}"
    )


def test_a_sandbox_of_another_time_still_asks_the_machines_clock(stage: "Stage") -> None:
    assert abs(stage.sandbox.now() - clock.wall()) > timedelta(hours=1)
    assert stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}").status == 200
    sandbox_time = stage.sandbox.now().strftime("%Y%m%dT%H%M%SZ")
    stale = stage.send("solution_provider", "POST", CUSTOMERS, body=b"{}", headers={"X-Sdk-Date": sandbox_time})
    assert (stale.status, stale.code) == (401, "APIGW.0303")


@pytest.mark.parametrize(
    "date",
    ["", "20240506", "2024-05-06T08:05:01Z", "20240230T080501Z", "20240506T080501", "20240506T250000Z", "x" * 9000],
)
def test_a_date_of_another_form_is_refused(gateway_at: At, date: str) -> None:
    request = computed(CHINESE | {"headers": CHINESE["headers"] | {"X-Sdk-Date": date}})
    answer = gateway_at(MOMENT).handle(request)
    assert (answer.status, answer.error_code) == (401, "APIGW.0301")
    assert re.fullmatch("[ -~]*", answer.headers["X-Mock-Reason"])
