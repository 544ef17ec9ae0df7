"""``X-Language`` changes what is said, not what is done: the words of refusals and the names in answers."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.contract.operations import SITES, Contract, Operation

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

Worlds = dict[str, "Stage"]
HEADER = "X-Language"
OWN = {"cn": "zh", "intl": "en"}
SPELLINGS = {"zh_CN": "zh", "zh_cn": "zh", "ZH_CN": "zh", "en_US": "en", "en_us": "en", "EN_US": "en"}
UNKNOWN = ("zh", "zh-CN", "fr_FR", "xx", "null")
OTHER_CASE = "^([zZ][hH]_[cC][nN]|[eE][nN]_[uU][sS])$"

KNOWING = [operation for operation in Contract() if HEADER in operation.place("headers").get("properties", {})]
STRICT = [operation for operation in KNOWING if "enum" in operation.place("headers")["properties"][HEADER]]
ANY_CASE = [
    operation for operation in KNOWING if operation.place("headers")["properties"][HEADER].get("pattern") == OTHER_CASE
]


def each(operations: list[Operation]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("operation", operations, ids=[f"{op.site}-{op.name}" for op in operations])


@pytest.fixture(scope="module")
def worlds(open_world: Callable[..., "Stage"]) -> Worlds:
    return {site: open_world(f"demo-{site}") for site in SITES}


def caller(operation: Operation) -> str:
    may = {*operation.callers}
    known = ("solution_provider", "distributor", "customer", "enterprise_master")
    return next((who for who in known if who in may), "solution_provider")


def ask(worlds: Worlds, operation: Operation, language: str | None, body: bytes = b"{}") -> "Answered":
    """Without anything that the operation needs."""
    return worlds[operation.site].send(
        caller(operation),
        operation.method,
        operation.path.replace("{", "").replace("}", ""),
        body=body if operation.takes_body else b"",
        headers={} if language is None else {HEADER: language},
    )


def words(operation: Operation, code: str, language: str) -> str:
    return operation.errors[code].messages[language]


NEEDY = [
    operation
    for operation in Contract()
    if operation.name in ("create_sub_customer", "pay_orders", "list_sub_customer_bill_detail", "freeze_sub_customers")
]


@each(NEEDY)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_refusal_speaks_the_language_of_the_request(worlds: Worlds, operation: Operation, spelling: str) -> None:
    answer = ask(worlds, operation, spelling)
    assert answer.status == 400
    assert answer.body["error_msg"] == words(operation, "CBC.0100", SPELLINGS[spelling])


@each(NEEDY)
@pytest.mark.parametrize("language", [None, "", *UNKNOWN])
def test_without_a_language_that_is_known_a_refusal_speaks_that_of_the_site(
    worlds: Worlds, operation: Operation, language: str | None
) -> None:
    answer = ask(worlds, operation, language)
    assert answer.body["error_msg"] == words(operation, "CBC.0100", OWN[operation.site])


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(("spelling", "language"), SPELLINGS.items())
def test_what_the_business_refuses_is_told_in_it_too(worlds: Worlds, site: str, spelling: str, language: str) -> None:
    operation = Contract().get(site, "list_sub_customers")
    assert operation is not None
    body = b'{"indirect_partner_id": "nobody"}'
    answer = worlds[site].send("distributor", "POST", operation.path, body=body, headers={HEADER: spelling})
    assert answer.body == {"error_code": "CBC.99000037", "error_msg": words(operation, "CBC.99000037", language)}


@pytest.mark.parametrize("language", [None, *SPELLINGS])
def test_the_gateway_speaks_english_only(worlds: Worlds, language: str | None) -> None:
    headers = {} if language is None else {HEADER: language}
    answer = worlds["cn"].send(None, "GET", "/v2/bases/measurements", headers=headers)
    assert answer.body["error_msg"] == "Incorrect IAM authentication information: Unauthorized"


def names(answer: "Answered", members: str, member: str) -> list[Any]:
    assert answer.status == 200, answer.reason
    return [one[member] for one in answer.body[members]]


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize(
    ("operation", "members", "member"),
    [
        ("list_measure_units", "measure_units", "measure_name"),
        ("list_service_types", "service_types", "service_type_name"),
        ("list_resource_types", "resource_types", "resource_type_name"),
        ("list_usage_types", "usage_types", "name"),
    ],
)
def test_names_are_in_the_language_of_the_request_and_chinese_without(
    worlds: Worlds, site: str, operation: str, members: str, member: str
) -> None:
    """The page of each says that its names are Chinese where nothing is asked for, on both sites."""

    called = Contract().get(site, operation)
    assert called is not None

    def told(language: str | None) -> list[str]:
        return names(ask(worlds, called, language), members, member)

    assert told(None) == told("") == told("zh_CN")
    assert any(not name.isascii() for name in told("zh_CN"))
    assert told("en_US") != told("zh_CN")
    assert len(told("en_US")) == len(told("zh_CN"))


@pytest.mark.parametrize("site", SITES)
def test_names_of_a_page_without_the_header_go_by_the_site_or_by_what_is_asked(worlds: Worlds, site: str) -> None:
    operation = Contract().get(site, "show_customer_monthly_sum")
    assert operation is not None
    assert operation not in KNOWING

    def told(language: str | None) -> list[str]:
        headers = {} if language is None else {HEADER: language}
        answer = worlds[site].send("customer", "GET", operation.path, query="bill_cycle=2026-02", headers=headers)
        return names(answer, "bill_sums", "service_type_name")

    own = "zh_CN" if site == "cn" else "en_US"
    assert told(None) == told("fr_FR") == told(own)
    assert told("zh_CN") != told("en_US")


@each(STRICT)
@pytest.mark.parametrize("language", [*UNKNOWN, "zh_cn", "EN_US"])
def test_a_page_that_lists_the_languages_refuses_others(worlds: Worlds, operation: Operation, language: str) -> None:
    answer = ask(worlds, operation, language)
    assert (answer.status, answer.code) == (400, "CBC.0100")
    if not any(operation.place(place).get("required") for place in ("path", "query", "body")):
        assert answer.reason.startswith(f"/headers/{HEADER}: ")
    assert answer.body["error_msg"] == words(operation, "CBC.0100", SPELLINGS.get(language, OWN[operation.site]))


@each(ANY_CASE)
def test_some_pages_do_not_mind_upper_and_lower_case(worlds: Worlds, operation: Operation) -> None:
    for language in SPELLINGS:
        assert HEADER not in ask(worlds, operation, language).reason
    for language in UNKNOWN:
        assert ask(worlds, operation, language).status == 400


@each([operation for operation in NEEDY if operation not in KNOWING])
def test_elsewhere_an_unknown_language_is_no_mistake(worlds: Worlds, operation: Operation) -> None:
    for language in UNKNOWN:
        assert HEADER not in ask(worlds, operation, language).reason


def test_the_pages_write_it_in_two_ways_or_do_not_say() -> None:
    assert len(STRICT) > 20
    assert len(ANY_CASE) > 10
    silent = {op.name for op in KNOWING} - {op.name for op in STRICT} - {op.name for op in ANY_CASE}
    assert silent <= {"list_consume_sub_customers", "legacy_resource_usages"}
