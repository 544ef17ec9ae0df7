"""``bss-mock run --check``: what a command sent is judged, and what it never tried is told."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.running.test_run import CALLS

if TYPE_CHECKING:
    from tests.conftest import Ran

    Run = Callable[..., Ran]

CHECK = ("--check",)


def checked(run_under_mock: "Run", calls: str, *options: str) -> "Ran":
    return run_under_mock(sys.executable, "-c", CALLS + calls, options=(*CHECK, *options))


def test_good_calls_are_no_violation_and_what_was_never_tried_is_told(run_under_mock: "Run") -> None:
    ran = checked(run_under_mock, "call('POST', QUERY, {'limit': 5}); call('POST', QUERY, {'limit': 5, 'offset': 5})")
    assert ran.status == 0
    assert "checked: 0 violations of the contract" in ran.err
    told = ran.report["check"]
    assert told["violations"] == []
    (one,) = told["coverage"]
    assert (one["operation"], one["page"], one["exchanges"]) == ("list_sub_customers", "api-bpconsole/mc_00021.html", 2)
    assert one["parameters"]["sent"] == ["/body/offset", "/body/limit"]
    assert "/body/customer" in one["parameters"]["never_sent"]
    assert "CBC.0151" in one["errors"]["never_answered"]
    assert one["later_pages"] is True
    assert "list_partner_balances" in {row["operation"] for row in told["never_called"]}
    assert {row["site"] for row in told["never_called"]} == {"cn"}


def test_a_broken_rule_is_a_violation(run_under_mock: "Run") -> None:
    ran = checked(run_under_mock, "call('POST', QUERY, {'limit': 101}); call('POST', QUERY, {'limit': 101})")
    assert ran.status == 1
    (one,) = ran.report["check"]["violations"]
    assert (one["check"], one["words"], one["times"]) == (
        "recorded/keeps-the-rules",
        "/body/limit: 101 is more than 100",
        2,
    )
    assert "recorded/keeps-the-rules" in ran.err
    assert "pages: only the first, never a later one" in ran.err


def test_a_misspelt_member_is_a_violation_although_the_call_went_well(run_under_mock: "Run") -> None:
    ran = checked(run_under_mock, "assert call('POST', QUERY, {'lable': 'demo'}) == 200")
    assert ran.status == 1
    (one,) = ran.report["check"]["violations"]
    assert one["check"] == "recorded/members-are-documented"
    assert "did you mean label?" in one["words"]


def test_a_wrong_signature_and_a_path_that_is_none_are_violations(run_under_mock: "Run") -> None:
    wrong = "GlobalCredentials(ME.ak, 'another')"
    ran = checked(run_under_mock, f"call('POST', QUERY, {{}}, keys={wrong}); call('GET', '/v2/nothing')")
    assert ran.status == 1
    assert [one["check"] for one in ran.report["check"]["violations"]] == [
        "sends-right/is-signed",
        "recorded/reaches-an-operation",
    ]


def test_what_the_world_does_not_allow_and_what_a_fault_did_is_none(run_under_mock: "Run") -> None:
    calls = """
body = {'action': {'code': 'wrong_signature'}}
worlds = json.load(urllib.request.urlopen(URL + '/_mock/sandboxes'))['sandboxes']
address = URL + '/_mock/sandboxes/' + worlds['cn']['id'] + '/faults'
urllib.request.urlopen(urllib.request.Request(address, json.dumps(body).encode(), method='POST'))
assert call('POST', QUERY, {}) == 401
transfer = '/v2/accounts/partner-accounts/adjust-amount'
assert call('POST', transfer, {'customer_id': 'nobody', 'amount': 1}) == 400
"""
    ran = checked(run_under_mock, calls)
    assert ran.report["check"]["violations"] == [], ran.err
    assert ran.status == 0


def test_the_commands_own_failure_stays_its_own(run_under_mock: "Run") -> None:
    assert checked(run_under_mock, "call('POST', QUERY, {'limit': 101}); raise SystemExit(7)").status == 7


def test_a_partners_keys_for_a_customers_operation_are_a_violation(run_under_mock: "Run") -> None:
    ran = checked(run_under_mock, "assert call('GET', '/v2/accounts/customer-accounts/balances') == 403")
    assert ran.status == 1
    assert [one["check"] for one in ran.report["check"]["violations"]] == ["callers/may-call"]
