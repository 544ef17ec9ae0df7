"""Real-name authentication: who may be applied for and when, reviews and their results, and what is seen of them."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import verification

if TYPE_CHECKING:
    from flask import Flask

    from tests.conftest import Answered, Clock, Stage

    Enroll = Callable[..., str]
    Open = Callable[..., Stage]
    Send = Callable[..., str]

MOBILE, PICTURES = "13912345678", ["a/1.jpg", "a/2.JPEG", "3.png"]
PERSONAL = "create_personal_realname_auth"
ENTERPRISE = "create_enterprise_realname_authentication"
CHANGE = "change_enterprise_realname_authentication"
RESULT = "show_realname_authentication_review_result"
SITES = ("cn", "intl")
each_application = pytest.mark.parametrize("operation", [PERSONAL, ENTERPRISE, CHANGE])
each_site = pytest.mark.parametrize("site", SITES)


@pytest.fixture
def world(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Open":
    """Opens the world of a site, with rules as wanted."""

    def world(site: str = "cn", **rules: Any) -> "Stage":
        return open_world(partners | {"site": site, "rules": partners["rules"] | rules}, now=time)

    return world


@pytest.fixture
def decide(app: "Flask") -> Callable[..., Any]:
    """What a reviewer does."""

    def decide(stage: "Stage", customer: str, *, status: int = 200, **body: Any) -> Any:
        path = f"/_mock/sandboxes/{stage.sandbox.id}/realname-reviews/{customer}"
        answer = app.test_client().post(path, data=json.dumps(body))
        assert answer.status_code == status, answer.text
        return answer.json

    return decide


def new(stage: "Stage", enroll: "Enroll", name: str = "newcomer", who: str = "solution_provider", **more: Any) -> str:
    """A customer as ``operation`` needs one: with ``of=CHANGE`` an individual that is verified."""
    if more.pop("of", "") == CHANGE:
        more = {"verified_status": 2, "customer_type": 0} | more
    return enroll(stage, who, name, **more)


def submit(stage: "Stage", operation: str, customer: str, who: str = "solution_provider", **wanted: Any) -> "Answered":
    usual: dict[str, Any] = {"xaccount_type": "T", "verified_number": "N1", "verified_file_url": PICTURES}
    if operation == PERSONAL:
        two = stage.sandbox.site == "intl" and wanted.get("verified_type", 3) == 3
        usual |= {"identify_type": 0, "verified_type": 3, "name": "Li Lei"}
        usual["verified_file_url"] = PICTURES[: 2 if two else 3]
    else:
        usual |= {"identify_type": 1, "corp_name": "Acme Ltd", "verified_file_url": PICTURES[:1]}
    if operation == CHANGE:
        usual["change_type"] = 1
    return stage.call(who, operation, customer_id=customer, **usual | wanted)


def refused(stage: "Stage", code: str, *arguments: Any, **wanted: Any) -> None:
    before = stage.sandbox.fingerprint()
    answer = submit(stage, *arguments, **wanted)
    assert (answer.status, answer.code) == (400, code), answer.reason
    assert stage.sandbox.fingerprint() == before


def in_review(answer: "Answered") -> bool:
    assert answer.status == 200, answer.reason
    assert set(answer.body) == {"is_review"}
    return bool(answer.body["is_review"])


def result(stage: "Stage", customer: str, who: str = "solution_provider") -> Any:
    answer = stage.call(who, RESULT, customer_id=customer)
    assert answer.status == 200
    return answer.body


def seen(stage: "Stage", customer: str) -> tuple[str, int, str | None]:
    """How the list shows the customer: status, type, real name."""
    (info,) = stage.call("solution_provider", "list_sub_customers", customer_id=customer).body["customer_infos"]
    return info["verified_status"], info["customer_type"], info.get("customer")


class TestReview:
    @pytest.mark.documents("create_enterprise_realname_authentication", 6)
    @pytest.mark.documents("show_realname_authentication_review_result", 1)
    @pytest.mark.documents("show_realname_authentication_review_result", 2)
    @pytest.mark.documents("show_realname_authentication_review_result", 3)
    @pytest.mark.documents("list_sub_customers", 9)
    @each_site
    @pytest.mark.parametrize(("operation", "kind", "name"), [(PERSONAL, 0, "Li Lei"), (ENTERPRISE, 1, "Acme Ltd")])
    def test_an_application_is_reviewed_and_passes(
        self, world: "Open", enroll: "Enroll", decide: Any, site: str, operation: str, kind: int, name: str
    ) -> None:
        stage = world(site)
        customer = new(stage, enroll)
        assert (result(stage, customer), seen(stage, customer)) == ({}, ("-1", -1, None))
        assert in_review(submit(stage, operation, customer))
        assert result(stage, customer) == {"review_result": 0, "opinion": None}
        assert seen(stage, customer) == ("0", kind, None)
        decide(stage, customer, approve=True)
        assert result(stage, customer) == {"review_result": 2, "opinion": None}
        assert seen(stage, customer) == ("2", kind, name)

    @pytest.mark.documents("show_realname_authentication_review_result", 1)
    def test_a_rejection_has_a_reason_and_may_be_tried_again(
        self, stage: "Stage", enroll: "Enroll", decide: Any
    ) -> None:
        customer = new(stage, enroll)
        submit(stage, ENTERPRISE, customer)
        decide(stage, customer, approve=False, reason="unreadable")
        assert result(stage, customer) == {"review_result": 1, "opinion": "unreadable"}
        assert seen(stage, customer) == ("1", 1, None)
        assert in_review(submit(stage, PERSONAL, customer))
        assert seen(stage, customer) == ("0", 0, None)

    @pytest.mark.documents("change_enterprise_realname_authentication", 4)
    @pytest.mark.documents("change_enterprise_realname_authentication", 5)
    @pytest.mark.parametrize("passes", [True, False])
    def test_a_change_makes_an_enterprise_of_an_individual(
        self, stage: "Stage", enroll: "Enroll", decide: Any, passes: bool
    ) -> None:
        customer = new(stage, enroll, of=CHANGE, real_name="Li Lei")
        assert submit(stage, CHANGE, customer, change_type=2).code == "CBC.0100"
        assert in_review(submit(stage, CHANGE, customer))
        assert seen(stage, customer) == ("2", 0, "Li Lei")
        decide(stage, customer, **({"approve": True} if passes else {"approve": False, "reason": "no"}))
        assert seen(stage, customer) == (("2", 1, "Acme Ltd") if passes else ("2", 0, "Li Lei"))
        assert result(stage, customer)["review_result"] == (2 if passes else 1)

    def test_it_can_end_by_itself_at_its_own_moment(self, world: "Open", enroll: "Enroll", time: "Clock") -> None:
        stage = world(realname_review_seconds=3600)
        customer = new(stage, enroll)
        assert in_review(submit(stage, PERSONAL, customer))
        time.forward(seconds=3599)
        assert seen(stage, customer)[0] == "0"
        time.forward(days=3)
        assert seen(stage, customer) == ("2", 0, "Li Lei")

    def test_who_was_decided_on_is_not_decided_on_again(
        self, world: "Open", enroll: "Enroll", decide: Any, time: "Clock"
    ) -> None:
        stage = world(realname_review_seconds=3600)
        customer = new(stage, enroll)
        submit(stage, PERSONAL, customer)
        decide(stage, customer, approve=False, reason="no")
        time.forward(hours=2)
        assert seen(stage, customer)[0] == "1"

    def test_or_at_once(self, world: "Open", enroll: "Enroll") -> None:
        stage = world(realname_review_seconds=0)
        customer = new(stage, enroll)
        assert not in_review(submit(stage, ENTERPRISE, customer))
        assert seen(stage, customer) == ("2", 1, "Acme Ltd")

    def test_a_long_name_is_listed_as_far_as_lists_go(self, world: "Open", enroll: "Enroll") -> None:
        stage = world(realname_review_seconds=0)
        customer = new(stage, enroll)
        submit(stage, ENTERPRISE, customer, corp_name="x" * 255)
        assert seen(stage, customer)[2] == "x" * 128

    @pytest.mark.documents("change_enterprise_realname_authentication", 6)
    @pytest.mark.documents("create_enterprise_realname_authentication", 7)
    @pytest.mark.documents("create_personal_realname_auth", 8)
    @each_application
    def test_a_reviewer_sees_the_attachments_in_their_order(
        self, app: "Flask", stage: "Stage", enroll: "Enroll", operation: str
    ) -> None:
        customer = new(stage, enroll, of=operation)
        person = {} if operation == PERSONAL else {"enterprise_person": {"legel_name": "L", "legel_id_number": "1"}}
        for too_few in ([], PICTURES[:2]):
            refused(stage, "CBC.0100", operation, customer, verified_file_url=too_few, **person)
        order = [PICTURES[2], PICTURES[0], PICTURES[1]]
        submit(stage, operation, customer, verified_file_url=order, **person)
        path = f"/_mock/sandboxes/{stage.sandbox.id}/realname-reviews"
        (case,) = [one for one in app.test_client().get(path).json["reviews"] if one["customer_id"] == customer]
        assert (case["attachments"], case["result"], case["change"]) == (order, "in_review", operation == CHANGE)
        assert case["kind"] == ("individual" if operation == PERSONAL else "enterprise")

    @pytest.mark.parametrize(
        "body", [{}, {"approve": False}, {"approve": True, "reason": "x"}, {"approve": False, "reason": ""}, {"a": 1}]
    )
    def test_a_decision_that_is_none_changes_nothing(
        self, stage: "Stage", enroll: "Enroll", decide: Any, body: dict[str, Any]
    ) -> None:
        customer = new(stage, enroll)
        submit(stage, PERSONAL, customer)
        before = stage.sandbox.fingerprint()
        assert "error" in decide(stage, customer, status=400, **body)
        assert customer in decide(stage, "nobody", status=404, approve=True)["error"]
        assert stage.sandbox.fingerprint() == before


class TestRefusals:
    @pytest.mark.documents("create_personal_realname_auth", 1)
    @pytest.mark.documents("create_enterprise_realname_authentication", 1)
    @pytest.mark.documents("change_enterprise_realname_authentication", 1)
    @each_site
    @each_application
    def test_where_the_upload_is_switched_off(self, world: "Open", enroll: "Enroll", operation: str, site: str) -> None:
        stage = world(site, realname_upload=False)
        refused(stage, "CBC.99005030", operation, new(stage, enroll, of=operation))

    @pytest.mark.documents("create_personal_realname_auth", 2)
    @pytest.mark.documents("create_enterprise_realname_authentication", 2)
    @pytest.mark.documents("change_enterprise_realname_authentication", 2)
    @each_application
    @pytest.mark.parametrize("file", ["https://b.example.com/a.jpg", "/a.jpg", "download/a.jpg", "a.txt", "a", ""])
    def test_an_attachment_is_a_picture_below_the_download_directory(
        self, stage: "Stage", enroll: "Enroll", operation: str, file: str
    ) -> None:
        customer = new(stage, enroll, of=operation)
        count = 3 if operation == PERSONAL else 1
        refused(stage, "CBC.99000100", operation, customer, verified_file_url=[file, *PICTURES][:count])

    @pytest.mark.documents("create_enterprise_realname_authentication", 4)
    @each_site
    def test_an_enterprise_shows_its_certificate_and_nothing_else(
        self, world: "Open", enroll: "Enroll", site: str
    ) -> None:
        stage = world(site)
        customer = new(stage, enroll)
        for other in (0, 2, 4):
            refused(stage, "CBC.0100", ENTERPRISE, customer, identify_type=other)
        assert in_review(submit(stage, ENTERPRISE, customer, identify_type=1))

    @pytest.mark.documents("create_personal_realname_auth", 5)
    @pytest.mark.documents("create_enterprise_realname_authentication", 5)
    @pytest.mark.parametrize("operation", [PERSONAL, ENTERPRISE])
    def test_who_is_verified_or_in_review(self, stage: "Stage", enroll: "Enroll", operation: str) -> None:
        customer = new(stage, enroll)
        submit(stage, ENTERPRISE, customer)
        refused(stage, "CBC.99007188", operation, customer)
        refused(stage, "CBC.99007188", operation, new(stage, enroll, "second", verified_status=2, customer_type=0))

    @pytest.mark.documents("change_enterprise_realname_authentication", 4)
    def test_who_is_no_verified_individual_has_nothing_to_change(self, stage: "Stage", enroll: "Enroll") -> None:
        refused(stage, "CBC.99007004", CHANGE, new(stage, enroll))
        refused(stage, "CBC.99007188", CHANGE, new(stage, enroll, "second", verified_status=2, customer_type=1))
        customer = new(stage, enroll, "third", of=CHANGE)
        submit(stage, CHANGE, customer)
        refused(stage, "CBC.99007188", CHANGE, customer)

    @pytest.mark.documents("create_personal_realname_auth", 5)
    @pytest.mark.documents("create_enterprise_realname_authentication", 5)
    @each_application
    def test_who_is_not_the_partners_customer(self, stage: "Stage", enroll: "Enroll", operation: str) -> None:
        others = new(stage, enroll, who="other_reseller", of=operation)
        ahead = new(stage, enroll, "ahead", of=operation, associated_on="2026-03-02T00:00:00Z")
        for customer in (others, ahead, stage["outsider"].domain_id, "nobody"):
            refused(stage, "CBC.99000035", operation, customer)

    @each_application
    def test_a_distributor_applies_for_its_resellers_customers(
        self, stage: "Stage", enroll: "Enroll", operation: str
    ) -> None:
        customer = new(stage, enroll, who="reseller", of=operation)
        refused(stage, "CBC.99000035", operation, customer, "other_distributor")
        assert in_review(submit(stage, operation, customer, "distributor"))
        assert result(stage, customer, "distributor")["review_result"] == 0
        assert result(stage, customer, "other_distributor") == {}

    @pytest.mark.documents("show_realname_authentication_review_result", 5)
    def test_the_result_of_an_unknown_customer_is_nothing_but_was_an_error(self, stage: "Stage") -> None:
        assert result(stage, "nobody") == {}
        old = stage.call("solution_provider", "legacy_realname_result", partner_id="any", customerId="nobody")
        assert (old.status, old.code) == (500, "CBC.5002")

    @pytest.mark.documents("create_personal_realname_auth", 6)
    def test_one_certificate_serves_so_many_customers(self, world: "Open", enroll: "Enroll") -> None:
        stage = world(customers_per_certificate=2)
        first, second, third = (new(stage, enroll, name) for name in ("first", "second", "third"))
        for customer in (first, second):
            assert in_review(submit(stage, PERSONAL, customer))
        refused(stage, "CBC.99007189", PERSONAL, third)
        assert in_review(submit(stage, PERSONAL, third, verified_number="N2"))

    @pytest.mark.documents("create_personal_realname_auth", 6)
    @pytest.mark.parametrize("operation", [PERSONAL, ENTERPRISE])
    def test_a_customer_applies_so_many_times(
        self, world: "Open", enroll: "Enroll", decide: Any, operation: str
    ) -> None:
        stage = world(realname_applications=2)
        customer = new(stage, enroll)
        for _ in range(2):
            submit(stage, operation, customer)
            decide(stage, customer, approve=False, reason="no")
        refused(stage, "CBC.99007191", operation, customer)

    @pytest.mark.parametrize(
        ("what", "code"),
        [(PICTURES[0], "CBC.99000099"), ("N1", "CBC.70600032"), ("N1", "CBC.70600026"), ("N1", "CBC.99007193")],
    )
    def test_what_the_scenario_names_is_refused(self, world: "Open", enroll: "Enroll", what: str, code: str) -> None:
        stage = world(realname_refusals={what: code})
        refused(stage, code, PERSONAL, new(stage, enroll))


class TestPersons:
    @pytest.mark.documents("create_personal_realname_auth", 4)
    @each_site
    def test_by_bank_card_on_the_china_site_only(self, world: "Open", enroll: "Enroll", site: str) -> None:
        stage = world(site)
        answer = submit(stage, PERSONAL, new(stage, enroll), identify_type=4, verified_file_url=PICTURES[:1])
        assert answer.code == "CBC.0100"
        assert answer.reason.startswith("/body/bank_card_info: " if site == "cn" else "/body/identify_type: ")

    @pytest.mark.documents("create_personal_realname_auth", 8)
    @each_site
    @pytest.mark.parametrize("kind", [3, 5, 6, 9, 10])
    def test_each_certificate_has_its_number_of_pictures(
        self, world: "Open", enroll: "Enroll", site: str, kind: int
    ) -> None:
        stage = world(site)
        count = 2 if (site, kind) == ("intl", 3) else 3
        customer = new(stage, enroll)
        four = [*PICTURES, "4.pdf"]
        for other in {2, 3, 4} - {count}:
            refused(stage, "CBC.0100", PERSONAL, customer, verified_type=kind, verified_file_url=four[:other])
        assert in_review(submit(stage, PERSONAL, customer, verified_type=kind, verified_file_url=four[:count]))

    @pytest.mark.documents("create_personal_realname_auth", 9)
    @pytest.mark.parametrize("kind", [0, 1, None])
    def test_an_identity_card_is_no_longer_taken(self, stage: "Stage", enroll: "Enroll", kind: int) -> None:
        refused(stage, "CBC.0100", PERSONAL, new(stage, enroll), verified_type=kind)


class TestBankCard:
    def ask(self, stage: "Stage", customer: str, code: str) -> dict[str, Any]:
        card = {"bank_account": "6222-1", "areacode": "0086", "mobile": MOBILE, "verification_code": code}
        return {"identify_type": 4, "verified_file_url": PICTURES[:1], "bank_card_info": card, "customer": customer}

    @pytest.mark.documents("create_personal_realname_auth", 4)
    @pytest.mark.documents("create_personal_realname_auth", 7)
    @pytest.mark.documents("send_verification_message_code", 3)
    @pytest.mark.documents("send_verification_message_code", 4)
    def test_with_its_code_the_bank_vouches_at_once(self, stage: "Stage", enroll: "Enroll", code_for: "Send") -> None:
        customer = new(stage, enroll)
        code = code_for(stage, MOBILE, scene=18, customer_id=customer)
        assert not in_review(submit(stage, PERSONAL, **self.ask(stage, customer, code)))
        assert seen(stage, customer) == ("2", 0, "Li Lei")

    @pytest.mark.documents("create_personal_realname_auth", 7)
    def test_a_code_for_something_else_is_none(self, stage: "Stage", enroll: "Enroll", code_for: "Send") -> None:
        customer, other = new(stage, enroll), new(stage, enroll, "other")
        refused(stage, "CBC.99000026", PERSONAL, **self.ask(stage, customer, code_for(stage, MOBILE)))
        code = self.sent(stage, other)
        refused(stage, "CBC.99000026", PERSONAL, **self.ask(stage, customer, code))
        assert not in_review(submit(stage, PERSONAL, **self.ask(stage, other, code)))

    def sent(self, stage: "Stage", customer: str) -> str:
        with stage.inside() as world:
            return verification.send(world, MOBILE, verification.bank_card(customer), 10, "zh")

    def test_codes_expire_and_wear_out(self, stage: "Stage", enroll: "Enroll", code_for: "Send", time: "Clock") -> None:
        customer = new(stage, enroll)
        code = code_for(stage, MOBILE, scene=18, customer_id=customer)
        wrong = self.ask(stage, customer, "0" + code[:5] if code[0] != "0" else "1" + code[:5])
        for _ in range(4):
            assert submit(stage, PERSONAL, **wrong).code == "CBC.99000026"
        refused(stage, "CBC.99004009", PERSONAL, **self.ask(stage, customer, code))
        code = code_for(stage, MOBILE, scene=18, customer_id=customer)
        time.forward(minutes=10)
        refused(stage, "CBC.99000027", PERSONAL, **self.ask(stage, customer, code))

    @pytest.mark.parametrize("code", ["CBC.99007255", "CBC.99007258", "CBC.99007260", "CBC.99007261", "CBC.99007262"])
    def test_what_a_bank_says(self, world: "Open", enroll: "Enroll", code_for: "Send", code: str) -> None:
        stage = world(realname_refusals={"6222-1": code})
        customer = new(stage, enroll)
        sent = code_for(stage, MOBILE, scene=18, customer_id=customer)
        refused(stage, code, PERSONAL, **self.ask(stage, customer, sent))


class TestOfOneself:
    def status(self, stage: "Stage", who: str = "customer") -> tuple[int, int | None]:
        body = stage.call(who, "show_real_name_auth_status").body
        return body["verified_status"], body["verified_type"]

    @pytest.mark.documents("show_real_name_auth_status", 1)
    @pytest.mark.documents("show_real_name_auth_status", 2)
    def test_a_customer_asks_how_far_it_is(self, open_world: "Open", partners: dict[str, Any], decide: Any) -> None:
        partners["principals"]["customer"]["verified"] = "unverified"
        stage = open_world(partners)
        customer = stage["customer"].domain_id
        assert self.status(stage) == (-1, None)
        submit(stage, PERSONAL, customer)
        assert self.status(stage) == (0, 0)
        decide(stage, customer, approve=False, reason="no")
        assert self.status(stage) == (1, 0)
        submit(stage, ENTERPRISE, customer)
        decide(stage, customer, approve=True)
        assert self.status(stage) == (2, 1)
        assert self.status(stage, "outsider") == self.status(stage, "enterprise_member") == (-1, None)

    def scan(self, app: "Flask", stage: "Stage", url: str, **body: Any) -> int:
        person = {"name": "Han Meimei", "verified_number": "N9"} | body
        path = f"/_mock/sandboxes/{stage.sandbox.id}/realname-qr-codes/{url.rpartition('/')[2]}"
        return app.test_client().post(path, data=json.dumps(person)).status_code

    def code(self, stage: "Stage", who: str = "outsider") -> str:
        answer = stage.call(who, "show_real_name_auth_qr_code")
        assert answer.status == 200
        url: str = answer.body["qr_code_url"]
        return url

    @pytest.mark.documents("show_real_name_auth_qr_code", 2)
    @pytest.mark.documents("show_real_name_auth_qr_code", 3)
    def test_a_qr_code_is_good_for_one_scan(self, app: "Flask", stage: "Stage") -> None:
        first, second = self.code(stage), self.code(stage)
        assert first != second
        assert self.scan(app, stage, first, name="") == 400
        assert self.scan(app, stage, first) == 200
        assert self.status(stage, "outsider") == (2, 0)
        before = stage.sandbox.fingerprint()
        assert [self.scan(app, stage, url) for url in (first, second, "none")] == [400, 400, 400]
        assert stage.sandbox.fingerprint() == before

    @pytest.mark.documents("show_real_name_auth_qr_code", 2)
    def test_a_qr_code_is_good_for_ten_minutes(self, app: "Flask", stage: "Stage", time: "Clock") -> None:
        late, early = self.code(stage), self.code(stage, "enterprise_master")
        time.forward(minutes=9, seconds=59)
        assert self.scan(app, stage, early) == 200
        time.forward(seconds=1)
        assert self.scan(app, stage, late) == 400
        assert self.status(stage, "outsider") == (-1, None)

    def test_a_scan_verifies_a_partners_customer_too(
        self, app: "Flask", open_world: "Open", partners: dict[str, Any]
    ) -> None:
        partners["principals"]["customer"]["verified"] = "rejected"
        stage = open_world(partners)
        assert self.scan(app, stage, self.code(stage, "customer")) == 200
        customer = stage["customer"].domain_id
        assert seen(stage, customer) == ("2", 0, "Han Meimei")
        assert result(stage, customer)["review_result"] == 2

    @pytest.mark.documents("show_real_name_auth_qr_code", 1)
    @pytest.mark.documents("show_real_name_auth_qr_code", 3)
    @pytest.mark.documents("show_real_name_auth_status", 1)
    def test_a_user_of_the_customer_gets_none_but_may_ask_the_status(
        self, open_world: "Open", partners: dict[str, Any]
    ) -> None:
        partners["principals"]["operator"] |= {"operator_of": "customer", "permissions": []}
        stage = open_world(partners)
        before = stage.sandbox.fingerprint()
        answer = stage.call("operator", "show_real_name_auth_qr_code")
        assert (answer.status, answer.code) == (403, "CBC.99007297")
        assert stage.sandbox.fingerprint() == before
        assert self.status(stage, "operator") == (2, 1)

    @pytest.mark.documents("list_sub_customers", 6)
    def test_a_list_names_the_account_and_not_its_users(self, open_world: "Open", partners: dict[str, Any]) -> None:
        partners["principals"]["operator"] |= {"operator_of": "customer", "user_name": "helping_hand"}
        stage = open_world(partners)

        def names(part: str) -> list[str]:
            infos = stage.call("solution_provider", "list_sub_customers", account_name=part).body["customer_infos"]
            return [info["account_name"] for info in infos]

        assert (names("helping"), names("named_")) == ([], ["named_customer"])


class TestOldOperations:
    @each_site
    def test_the_same_review_in_the_old_words(self, world: "Open", enroll: "Enroll", decide: Any, site: str) -> None:
        stage = world(site)
        customer = new(stage, enroll)
        sent = {"partner_id": "any", "customerId": customer, "xaccountType": "T", "verifiedNumber": "N1"}
        sent |= {"verifiedFileURL": PICTURES}

        def asked(operation: str, **more: Any) -> Any:
            answer = stage.call("solution_provider", f"legacy_realname_{operation}", **sent | more)
            assert answer.status == 200, answer.reason
            return answer.body

        review = {"error_code": "CBC.0000", "error_msg": "success", "isReview": 1}
        review |= {"errorItems": [], "failCheckItems": []}
        assert "reviewResult" not in asked("result")
        assert asked("individual", identifyType=0, verifiedType=3, name="Li Lei") == review
        assert (asked("result")["error_code"], asked("result")["reviewResult"]) == ("CBC.0000", 0)
        decide(stage, customer, approve=False, reason="no")
        assert (asked("result")["reviewResult"], asked("result")["opinion"]) == (1, "no")
        assert asked("individual", identifyType=0, verifiedType=3, name="Li Lei") == review
        decide(stage, customer, approve=True)
        assert asked("change", identifyType=1, corpName="Acme Ltd", changeType=1) == review
        decide(stage, customer, approve=True)
        assert seen(stage, customer) == ("2", 1, "Acme Ltd")
        again = stage.call(
            "solution_provider", "legacy_realname_enterprise", **sent, identifyType=1, corpName="Acme Ltd"
        )
        assert again.code == "CBC.99007188"

    def test_by_bank_card(self, stage: "Stage", enroll: "Enroll") -> None:
        customer = new(stage, enroll)
        told = {"receiverType": 1, "mobilePhone": MOBILE, "scene": "18", "customerId": customer}
        assert stage.call("solution_provider", "legacy_send_verification_code", partner_id="any", **told).status == 204
        with stage.inside() as inner:
            code = verification.outbox(inner)[-1]["code"]
        card = {"bankAccount": "6222-1", "areacode": "0086", "mobile": MOBILE, "verificationCode": code}
        sent = {"partner_id": "any", "customerId": customer, "xaccountType": "T", "verifiedNumber": "N1"}
        sent |= {"verifiedFileURL": PICTURES[:1], "identifyType": 4, "name": "Li Lei"}
        assert stage.call("solution_provider", "legacy_realname_individual", **sent).code == "CBC.0100"
        answer = stage.call("solution_provider", "legacy_realname_individual", **sent, bankCardInfo=card)
        assert answer.body["isReview"] == 0
        assert seen(stage, customer) == ("2", 0, "Li Lei")
