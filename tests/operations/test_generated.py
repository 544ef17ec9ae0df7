"""Every operation answers: those whose business is not built yet with a body that is valid, stable and plausible."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from contract_tests import strategies
from contract_tests.clients import wire
from mockserver.contract.examples import examples
from mockserver.contract.operations import SITES, Contract, Operation
from mockserver.operations.registry import fidelity
from mockserver.store.tables import accounts

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

Document = dict[str, Any]
Worlds = Mapping[str, "Stage"]

GENERATED = [operation for operation in Contract() if fidelity(operation.name) == "generated"]
_SIMPLEST: dict[Path, Document] = {}
KINDS = {
    "partner": {"distributor", "solution_provider", "reseller", "reseller_2"},
    "reseller": {"reseller", "reseller_2"},
    "customer": {"customer", "enterprise_master", "enterprise_member", "outsider", "applicant", "frozen_customer"},
}
# Nobody has a customer's token through a partner yet.
CALLABLE = [operation for operation in GENERATED if operation.callers != ("customer_token_via_partner",)]
LIMITS, PAGE_NUMBERS = ("limit", "page_size", "pageSize"), ("page_no", "pageNo", "page_index", "pageIndex")
COUNT = re.compile(r"(total_?)?(count|size|record)", re.IGNORECASE)
MONEY = re.compile(r"(.*_)?(amount|price|balance|debt)", re.IGNORECASE)
BEGINNING = re.compile(r"(create|begin|start|effective|active|valid)_?time", re.IGNORECASE)
ENDING = re.compile(r"(end|expire)_?time", re.IGNORECASE)
PEOPLE = re.compile(r"(sub_?)?customer_?id|indirect_?partner_?id|partner_?id|be_?id|bp_?id", re.IGNORECASE)
NAMES = re.compile(r"(.*_)?(service_type|resource_type|region|product|usage_type)_name")


def each(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=[f"{op.site}-{op.name}" for op in operations])


@pytest.fixture(scope="module")
def worlds(open_world: Callable[..., "Stage"]) -> Worlds:
    return {site: open_world(f"demo-{site}") for site in SITES}


@pytest.fixture(scope="module")
def same_worlds(open_world: Callable[..., "Stage"]) -> Worlds:
    return {site: open_world(f"demo-{site}") for site in SITES}


@pytest.fixture(scope="module")
def other_worlds(open_world: Callable[..., "Stage"]) -> Worlds:
    return {site: open_world(f"demo-{site}", seed=7) for site in SITES}


def simplest(operation: Operation) -> Document:
    """A request with what the operation needs, made once and copied."""
    if operation.file not in _SIMPLEST:
        _SIMPLEST[operation.file] = strategies.simplest(operation)
    return deepcopy(_SIMPLEST[operation.file])


def callers(operation: Operation) -> set[str]:
    return {who for kind in operation.callers for who in KINDS.get(kind, {kind})}


def caller(operation: Operation) -> str:
    """Somebody who may, and has customers or members where an answer could name some."""
    preferred = ("solution_provider", "distributor", "enterprise_master", "customer", "reseller")
    return next(who for who in preferred if who in callers(operation))


def send(stage: "Stage", who: str, operation: Operation, document: Document, **headers: str) -> "Answered":
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.send(
        who,
        operation.method,
        wire.path(operation, document),
        query=wire.query(wire.pairs(document)),
        body=wire.body(document),
        headers={**wire.headers(document), **sent},
    )


def ask(worlds: Worlds, operation: Operation, document: Document | None = None, **headers: str) -> Any:
    """The body of a success."""
    wanted = simplest(operation) if document is None else document
    answer = send(worlds[operation.site], caller(operation), operation, wanted, **headers)
    assert answer.status == operation.success, (answer.reason, wanted)
    return json.loads(answer.content, parse_float=Decimal) if answer.content else None


def placed(operation: Operation, name: str, value: Any) -> Document | None:
    """The simplest request with one more member, None where the contract does not have or allow it."""
    document = simplest(operation)
    for place in ("path", "query", "body"):
        if name in operation.place(place).get("properties", {}):
            document[place] = {**document.get(place, {}), name: value}
            return document if operation.request_rules.is_valid(document) else None
    return None


def parts(value: Any, schema: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    """Every object of an answer with the schema that it follows."""
    schema = schema["anyOf"][0] if "anyOf" in schema else schema
    if isinstance(value, dict):
        yield value, schema
        for name, item in value.items():
            yield from parts(item, schema.get("properties", {}).get(name, {}))
    elif isinstance(value, list):
        for item in value:
            yield from parts(item, schema["items"])


def members(value: Any) -> Iterator[tuple[str, Any]]:
    """Every member that is no object, by name."""
    if isinstance(value, dict):
        for name, item in value.items():
            if isinstance(item, dict | list):
                yield from members(item)
            else:
                yield name, item
    elif isinstance(value, list):
        for item in value:
            yield from members(item)


def test_there_is_an_operation_for_every_page(contract: Contract) -> None:
    assert len(contract) == 241
    assert {fidelity(operation.name) for operation in contract} == {"generated", "stateful"}


@each(CALLABLE)
def test_an_answer_follows_its_schema_and_says_that_it_is_made_up(worlds: Worlds, operation: Operation) -> None:
    """A world of ``open_world`` is loud: an answer that breaks its schema is a 500."""
    for document in (simplest(operation), examples(operation).needed, examples(operation).full):
        answer = send(worlds[operation.site], caller(operation), operation, document)
        assert answer.status == operation.success, (answer.reason, document)
        assert answer.headers["X-Mock-Fidelity"] == "generated"
        assert bool(answer.content) == (operation.success != 204)


@each(CALLABLE)
def test_the_same_call_has_the_same_answer(worlds: Worlds, same_worlds: Worlds, operation: Operation) -> None:
    assert ask(worlds, operation) == ask(worlds, operation) == ask(same_worlds, operation)


def test_another_seed_has_another_answer(worlds: Worlds, other_worlds: Worlds) -> None:
    unchanged = {
        operation.name: body
        for operation in CALLABLE
        if (body := ask(worlds, operation)) == ask(other_worlds, operation)
    }
    said = {name for body in unchanged.values() for name, value in members(body) if len(str(value)) > 2}
    assert said <= {"error_code", "error_msg", "qr_code_url", "code", "name", "SUCCESS"}, unchanged


@each(CALLABLE)
def test_whom_an_answer_names_is_in_the_sandbox(worlds: Worlds, operation: Operation) -> None:
    with worlds[operation.site].inside() as world:
        known = set(world.db.execute(select(accounts.c.id)).scalars())
    document = simplest(operation)
    asked = set(re.findall(r"[^\[\]{}\", ]+", json.dumps(document, default=str)))
    named = {value for name, value in members(ask(worlds, operation, document)) if PEOPLE.fullmatch(name) and value}
    assert named <= known | asked


IDS = sorted(
    {
        (operation.site, operation.name, name)
        for operation in CALLABLE
        for place in ("path", "query", "body")
        for name, member in operation.place(place).get("properties", {}).items()
        if name.lower().endswith("id") and member.get("type") == "string" and "enum" not in member
    }
)


@pytest.mark.parametrize(("site", "operation", "name"), IDS)
def test_what_was_asked_for_by_its_id_has_that_id(
    worlds: Worlds, contract: Contract, site: str, operation: str, name: str
) -> None:
    op = contract.get(site, operation)
    assert op is not None
    wanted = ("0123456789abcdef0123456789abcdef", "CS0123456789012", "1")
    documents = [(value, document) for value in wanted if (document := placed(op, name, value)) is not None]
    assert documents, f"{operation} allows no {name} of these"
    value, document = documents[0]
    shown = {str(item) for member, item in members(ask(worlds, op, document)) if member == name}
    assert shown <= {value}


@pytest.mark.parametrize(
    ("operation", "asked", "shown"),
    [
        ("list_customer_on_demand_resources", "resource_ids", "resource_id"),
    ],
)
def test_a_list_of_ids_is_answered_one_by_one(
    worlds: Worlds, contract: Contract, operation: str, asked: str, shown: str
) -> None:
    op = contract.get("cn", operation)
    assert op is not None
    ids = ["0123456789abcdef", "fedcba9876543210", "0000000000000001"]
    document = placed(op, asked, ids)
    assert document is not None
    assert [value for name, value in members(ask(worlds, op, document)) if name == shown] == ids


def paging(operation: Operation) -> tuple[str, str, bool] | None:
    """How a list is paged: what says how many, what says from where, and whether that counts pages."""
    known = {**operation.place("query").get("properties", {}), **operation.place("body").get("properties", {})}
    size = next((name for name in LIMITS if name in known), None)
    start = next((name for name in (*PAGE_NUMBERS, "offset") if name in known), None)
    if size is None or start is None:
        return None
    return size, start, known[start]["description"].startswith("Page number")


PAGED = [operation for operation in CALLABLE if paging(operation) and operation.response.get("properties")]


def listed(operation: Operation, body: Any) -> tuple[int | None, list[Any]] | None:
    """The count and the list of an answer, wherever in it they stand."""
    for value, schema in parts(body, operation.response):
        known = schema.get("properties", {})
        records = [name for name, below in known.items() if below.get("items", {}).get("type") == "object"]
        if records:
            counts = [value[name] for name in known if COUNT.fullmatch(name)]
            return (counts[0] if counts else None), value[records[0]]
    return None


@each(PAGED)
def test_pages_make_up_the_whole_list(worlds: Worlds, operation: Operation) -> None:
    size, start, numbered = paging(operation) or ("", "", False)

    def page(number: int, length: int) -> tuple[int | None, list[Any]]:
        document = placed(operation, size, length)
        assert document is not None
        place = "query" if start in operation.place("query").get("properties", {}) else "body"
        document[place] |= {size: length, start: number + 1 if numbered else number * length}
        found = listed(operation, ask(worlds, operation, document))
        assert found is not None
        return found

    count, everything = page(0, 50)
    assert everything
    assert count in (None, len(everything))
    pages = [page(number, 2) for number in range(len(everything) // 2 + 2)]
    assert {one for one, _ in pages} == {count}
    assert max(len(records) for _, records in pages) <= 2
    assert [record for _, records in pages for record in records] == everything
    assert pages[-1][1] == []


def test_most_lists_are_paged() -> None:
    assert len(PAGED) > 40


@each([operation for operation in CALLABLE if operation.success != 204])
def test_the_counts_of_an_answer_are_those_of_its_list(worlds: Worlds, operation: Operation) -> None:
    found = listed(operation, ask(worlds, operation))
    if found is not None and paging(operation) is None:
        assert found[0] in (None, len(found[1]))


@pytest.mark.parametrize("site", SITES)
def test_markers_lead_to_the_next_page(worlds: Worlds, contract: Contract, site: str) -> None:
    operation = contract.get(site, "list_resource_specs")
    assert operation is not None

    def page(**arguments: Any) -> Any:
        place = "query" if "marker" in operation.place("query").get("properties", {}) else "body"
        document = simplest(operation)
        document[place] = {**document.get(place, {}), **arguments}
        return ask(worlds, operation, document)

    everything = page()["cloud_service_basics"]
    seen, marker = [], "0"
    for _ in everything:
        body = page(marker=marker, limit=1)
        seen += body["cloud_service_basics"]
        marker = body.get("page_info", {}).get("next_marker")
    assert marker is None
    assert seen == everything


@each(CALLABLE)
def test_nothing_went_wrong_in_an_answer(worlds: Worlds, operation: Operation) -> None:
    for value, schema in parts(ask(worlds, operation), operation.response):
        for name in ("error_code", "error_msg"):
            assert (name in value) == (name in schema.get("required", ()))
        assert value.get("error_code", "CBC.0000") == "CBC.0000"
        assert not any(item for name, item in value.items() if "fail" in name.lower() or name == "error_details")


@each(CALLABLE)
def test_amounts_have_two_decimals(worlds: Worlds, operation: Operation) -> None:
    for name, value in members(ask(worlds, operation)):
        if MONEY.fullmatch(name) and isinstance(value, Decimal):
            assert value.as_tuple().exponent == -2, (name, value)
        if MONEY.fullmatch(name) and isinstance(value, str):
            assert re.fullmatch(r"[0-9]+\.[0-9]{2}", value), (name, value)


@each(CALLABLE)
def test_nothing_ends_before_it_began(worlds: Worlds, operation: Operation) -> None:
    for value, _ in parts(ask(worlds, operation), operation.response):
        began = [item for name, item in value.items() if BEGINNING.fullmatch(name) and item]
        ended = [item for name, item in value.items() if ENDING.fullmatch(name) and item]
        assert not began or not ended or max(began) <= min(ended)


def test_a_month_that_was_asked_for_is_the_month_of_what_is_answered(worlds: Worlds, contract: Contract) -> None:
    operation = contract.get("cn", "list_sub_customer_bill_detail")
    assert operation is not None
    document = placed(operation, "bill_cycle", "2025-03")
    assert document is not None
    records = ask(worlds, operation, document)["fee_records"]
    assert {record["bill_cycle"] for record in records} == {"2025-03"}
    assert {record["consume_time"][:7] for record in records} == {"2025-03"}


@each([operation for operation in CALLABLE if NAMES.search(json.dumps(operation.response))])
def test_names_are_in_the_language_of_the_request(worlds: Worlds, operation: Operation) -> None:
    english, chinese = (ask(worlds, operation, X_Language=language) for language in ("en_US", "zh_CN"))
    for (name, one), (same, other) in zip(members(english), members(chinese), strict=True):
        assert name == same
        if NAMES.fullmatch(name) and one:
            assert one.isascii()
            assert other == "CDN" or not other.isascii()
        if name.endswith(("_id", "_time", "_amount")):
            assert one == other


@each(GENERATED)
def test_an_operation_answers_to_its_callers_and_to_nobody_else(worlds: Worlds, operation: Operation) -> None:
    stage, document = worlds[operation.site], simplest(operation)
    forbidden = [error.code for error in operation.errors.values() if error.status == 403]
    code = "CBC.0151" if "CBC.0151" in forbidden or not forbidden else forbidden[0]
    for who in stage.sandbox.principals:
        answer = send(stage, who, operation, document)
        if who in callers(operation):
            assert answer.status == operation.success
        else:
            assert (answer.status, answer.code) == (403, code)
            assert operation.page in answer.reason


def needs_something(operation: Operation) -> bool:
    return any(operation.place(place).get("required") for place in ("query", "headers", "body"))


@each([operation for operation in CALLABLE if needs_something(operation)])
def test_a_request_without_what_it_needs_is_refused(worlds: Worlds, operation: Operation) -> None:
    document = {place: value for place, value in simplest(operation).items() if place == "path"}
    answer = send(worlds[operation.site], caller(operation), operation, document)
    named = {error.code for error in operation.errors.values()} | {"CBC.0100"}
    assert answer.code in named
    assert "is missing" in answer.reason
    assert operation.page in answer.reason


class Clock:
    """The clock of worlds that a whole module shares."""

    moment = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture(scope="module")
def strict(open_world: Callable[..., "Stage"]) -> tuple[Worlds, Clock]:
    clock = Clock()
    return {site: open_world(f"demo-{site}", strict=True, now=clock) for site in SITES}, clock


@each(CALLABLE)
def test_the_quota_counts(strict: tuple[Worlds, Clock], operation: Operation) -> None:
    (worlds, clock), quota, document = strict, operation.quota, simplest(operation)

    def answered() -> "Answered":
        return send(worlds[operation.site], caller(operation), operation, document)

    assert {answered().status for _ in range(quota.limit)} == {operation.success}
    assert answered().code == "APIGW.0308"
    clock.moment += timedelta(seconds=quota.seconds + 1)
    assert answered().status == operation.success
