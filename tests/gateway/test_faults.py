"""Faults on purpose, as the official SDK sees them: the answer is another, late, cut or never comes."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests
from huaweicloudsdkbss.v2 import (
    AdjustAccountReq,
    ListSubCustomersRequest,
    QuerySubCustomerListReq,
    UpdateCustomerAccountAmountRequest,
)
from huaweicloudsdkcore.exceptions.exceptions import (
    ClientRequestException,
    ConnectionException,
    ServerResponseException,
)

from contract_tests.server import Served, Server

Set = Callable[..., dict[str, Any]]
LISTING = ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=1))


@pytest.fixture
def served(bss_server: Server) -> Iterator[Served]:
    with bss_server.sandbox() as world:
        yield world


@pytest.fixture
def fault(served: Served) -> Set:
    def add(action: dict[str, Any], **members: Any) -> dict[str, Any]:
        answer = requests.post(address(served), json={"action": action, **members}, timeout=10)
        assert answer.status_code == requests.codes.created, answer.text
        made: dict[str, Any] = answer.json()
        return made

    return add


def address(served: Served) -> str:
    return f"{served.url}/_mock/sandboxes/{served.id}/faults"


def listing(served: Served, principal: str = "solution_provider") -> Any:
    return served.sdk(principal).list_sub_customers(LISTING)


@pytest.mark.parametrize(
    ("action", "status", "code"),
    [
        ({"code": "throttled"}, 429, "APIGW.0308"),
        ({"code": "APIGW.0308"}, 429, "APIGW.0308"),
        ({"code": "CBC.0100"}, 400, "CBC.0100"),
        ({"code": "CBC.0100", "status": 418}, 418, "CBC.0100"),
        ({"status": 409, "body": {"error_code": "X.1", "error_msg": "no"}}, 409, "X.1"),
    ],
)
def test_an_answer_of_the_faults_stands_in_for_the_operations(
    served: Served, fault: Set, action: dict[str, Any], status: int, code: str
) -> None:
    fault(action)
    with pytest.raises(ClientRequestException) as refused:
        listing(served)
    assert (refused.value.status_code, refused.value.error_code) == (status, code)
    assert refused.value.request_id == served.journal[-1]["request_id"]
    assert listing(served).status_code == requests.codes.ok


def test_a_body_arrives_to_the_last_digit(served: Served, fault: Set) -> None:
    raw = '{"action": {"body": {"count": 9007199254740993, "customer_infos": [], "amount": 0.10000000000000000001}}}'
    assert requests.post(address(served), data=raw, timeout=10).status_code == requests.codes.created
    listing(served)
    assert '"amount": 0.10000000000000000001' in requests.get(address(served), timeout=10).text
    assert listing(served).count != 9007199254740993


def test_a_page_of_html_is_no_json(served: Served, fault: Set) -> None:
    fault({"text": "<h1>Bad gateway</h1>"})
    with pytest.raises(ServerResponseException) as refused:
        listing(served)
    assert refused.value.status_code == requests.codes.bad_gateway
    assert served.journal[-1]["response"] == "<h1>Bad gateway</h1>"


@pytest.mark.parametrize(("when", "moved"), [("before", 0), ("after", 1)])
def test_a_lost_answer_says_nothing_of_whether_the_money_moved(
    served: Served, fault: Set, when: str, moved: int
) -> None:
    customer = listing(served).customer_infos[0].customer_id
    sdk = served.sdk("solution_provider")
    request = UpdateCustomerAccountAmountRequest(body=AdjustAccountReq(customer_id=customer, amount=1))
    fault({"drop": when}, match={"operation": "update_customer_account_amount"})
    with pytest.raises(ConnectionException):
        sdk.update_customer_account_amount(request)
    lost = served.journal[-1]
    assert (lost["status"], "transfer_id" in (lost["response"] or {})) == ((200, True) if moved else (0, False))
    assert [note["rule"] for note in lost["notes"]] == ["fault"]


def test_half_an_answer_is_an_error_of_the_connection(served: Served, fault: Set) -> None:
    fault({"truncate": 10})
    with pytest.raises(requests.exceptions.ChunkedEncodingError, match="Connection broken"):
        listing(served)


def test_a_corrupt_answer_is_no_json(served: Served, fault: Set) -> None:
    fault({"corrupt": True})
    assert listing(served).count is None
    assert served.journal[-1]["response"]["count"] > 0


def test_only_the_calls_that_are_meant_are_struck_and_the_fault_counts_them(served: Served, fault: Set) -> None:
    meant = {"operation": "list_sub_customers", "caller": "distributor", "nth": 2}
    number = fault({"status": 503}, match=meant, times=2)["number"]
    assert listing(served).status_code == requests.codes.ok
    told = [struck(served, "distributor") for _ in range(5)]
    assert told == [False, True, True, False, False]
    (row,) = requests.get(address(served), timeout=10).json()["faults"]
    assert (row["number"], row["seen"], row["struck"]) == (number, 5, 2)


def test_chance_is_the_same_in_every_run(served: Served, fault: Set) -> None:
    runs = []
    for _ in range(2):
        fault({"status": 503}, match={"probability": 0.5}, times=None, seed=7)
        runs.append([struck(served) for _ in range(12)])
        assert requests.delete(address(served), timeout=10).status_code == requests.codes.no_content
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 2


def test_a_fault_can_be_taken_back_and_a_reset_forgets_them_all(served: Served, fault: Set) -> None:
    number = fault({"status": 503}, times=None)["number"]
    assert requests.delete(f"{address(served)}/{number}", timeout=10).status_code == requests.codes.no_content
    assert requests.delete(f"{address(served)}/{number}", timeout=10).status_code == requests.codes.not_found
    assert not struck(served)
    fault({"status": 503}, times=None)
    served.reset()
    assert not struck(served)


def struck(served: Served, principal: str = "solution_provider") -> bool:
    try:
        listing(served, principal)
    except ServerResponseException:
        return True
    return False


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "missing required field `action`"),
        ({"action": {}}, "nothing would happen"),
        ({"action": {"drop": "after", "status": 500}}, "one of an answer"),
        ({"action": {"body": 1, "text": "x"}}, "either body (JSON) or text"),
        ({"action": {"code": "CBC.0000.1"}}, "neither a documented code nor a name"),
        ({"action": {"status": 99}}, "$.action.status"),
        ({"action": {"delay_seconds": 61}}, "$.action.delay_seconds"),
        ({"action": {"drop": "after"}, "match": {"operation": "list_things"}}, "no operation 'list_things'"),
        ({"action": {"drop": "after"}, "match": {"nth": 0}}, "$.match.nth"),
        ({"action": {"drop": "after"}, "often": 1}, "unknown field `often`"),
    ],
)
def test_a_fault_that_makes_no_sense_is_told_and_not_set(served: Served, body: dict[str, Any], words: str) -> None:
    answer = requests.post(address(served), json=body, timeout=10)
    assert answer.status_code == requests.codes.bad_request
    assert words in answer.json()["error"]
    assert requests.get(address(served), timeout=10).json() == {"faults": []}


def test_the_operation_runs_and_another_answer_is_given(served: Served, fault: Set) -> None:
    fault({"status": 502, "text": "<html>", "runs": True})
    with pytest.raises(ServerResponseException):
        listing(served)
    (entry,) = served.journal
    assert (entry["status"], entry["fidelity"]) == (requests.codes.ok, "stateful")


def test_an_own_answer_can_be_cut(served: Served, fault: Set) -> None:
    fault({"body": {"count": 1}, "truncate": 3})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        listing(served)


def test_faults_are_set_all_at_once(served: Served, fault: Set) -> None:
    fault({"status": 500}, times=None)
    rows = [{"action": {"status": 503}}, {"action": {"status": 504}}]
    answer = requests.put(address(served), json={"faults": rows}, timeout=10)
    assert [row["action"] for row in answer.json()["faults"]] == [{"status": 503}, {"status": 504}]
    for status in (503, 504):
        with pytest.raises(ServerResponseException) as refused:
            listing(served)
        assert refused.value.status_code == status
    assert listing(served).status_code == requests.codes.ok
    wrong = requests.put(address(served), json={"faults": [{"action": {"status": 503}}, {"action": {}}]}, timeout=10)
    assert wrong.status_code == requests.codes.bad_request
    assert len(requests.get(address(served), timeout=10).json()["faults"]) == 2


def test_a_delay_is_over_when_its_fault_is_removed(served: Served, fault: Set) -> None:
    fault({"delay_seconds": 50})
    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(listing, served)
        while not requests.get(address(served), timeout=10).json()["faults"][0]["struck"]:
            assert not held.done()
        assert requests.delete(address(served), timeout=10).status_code == requests.codes.no_content
        assert held.result(timeout=20).status_code == requests.codes.ok
