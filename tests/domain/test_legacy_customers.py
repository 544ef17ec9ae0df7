"""The old operations on customers: the same state as the new ones, in their own words and pages."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import verification

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Enroll = Callable[..., str]
    Open = Callable[..., Stage]
    Send = Callable[..., str]

MOBILE, MAIL = "13912345678", "new@example.com"
SUCCESS = {"error_code": "CBC.0000", "error_msg": "success"}
each_site = pytest.mark.parametrize("site", ["cn", "intl"])


@pytest.fixture
def alone(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Open":
    """Opens a world of a site without customers."""
    del partners["customers"], partners["principals"]["customer"]
    return lambda site="cn": open_world(partners | {"site": site}, now=time)


def ask(stage: "Stage", operation: str, who: str = "solution_provider", **more: Any) -> "Answered":
    return stage.call(who, f"legacy_{operation}", partner_id="any", **more)


def names(answer: "Answered") -> list[str]:
    assert answer.body["error_code"] == "CBC.0000"
    return [one["domainName"] for one in answer.body["customerInfoList"]]


class TestLists:
    @each_site
    @pytest.mark.documents("legacy_customers_query", 3)
    @pytest.mark.documents("legacy_customers_query", 4)
    @pytest.mark.documents("list_sub_customers", 12)
    @pytest.mark.parametrize(
        ("operation", "page", "size"),
        [("customers_query", "offset", "limit"), ("customers_detail", "page_no", "page_size")],
    )
    def test_pages_are_counted_from_one(
        self, alone: "Open", enroll: "Enroll", operation: str, page: str, size: str, site: str
    ) -> None:
        stage = alone(site)
        everybody = [f"name{number:02}" for number in range(12)]
        for name in everybody:
            enroll(stage, "solution_provider", name)
        for more, expected in (
            ({}, everybody[:10]),
            ({page: 1, size: 10}, everybody[:10]),
            ({page: 2, size: 10}, everybody[10:]),
            ({page: 3, size: 5}, everybody[10:]),
            ({page: 4, size: 5}, []),
        ):
            answer = ask(stage, operation, **more)
            assert names(answer) == expected
            assert answer.body["count"] == 12
        assert ask(stage, operation, **{page: 0}).code == "CBC.0100"

    @pytest.mark.documents("legacy_customers_query", 1)
    @pytest.mark.documents("legacy_customers_detail", 1)
    @pytest.mark.documents("list_sub_customers", 12)
    def test_who_does_not_exist_is_an_empty_list(self, stage: "Stage") -> None:
        for answer in (
            ask(stage, "customers_query", domainName="nobody_at_all"),
            ask(stage, "customers_query", customerId="nobody"),
            ask(stage, "customers_detail", domain_name="nobody_at_all"),
        ):
            assert answer.status == 200
            assert answer.body == SUCCESS | {"count": 0, "customerInfoList": []}

    @pytest.mark.documents("legacy_customers_query", 2)
    def test_they_filter_as_their_successor_does(self, alone: "Open", enroll: "Enroll") -> None:
        stage = alone()
        enroll(stage, "solution_provider", "anna_smith", real_name="华为云", label="Gold", association="referral")
        bert = enroll(stage, "solution_provider", "bert_smith", real_name="Acme", verified_status=2, customer_type=1)
        enroll(stage, "solution_provider", "carl", associated_on="2026-02-01T00:00:00Z")
        for query, detail, expected in (
            ({"domainName": "SMITH"}, {"domain_name": "SMITH"}, ["anna_smith", "bert_smith"]),
            ({"name": "为"}, {"corp_name": "为"}, ["anna_smith"]),
            ({"label": "old"}, {"label": "old"}, ["anna_smith"]),
            ({"label": "GOLD"}, {"label": "GOLD"}, []),
            ({"cooperationType": "1"}, {"cooperationType": "1"}, ["anna_smith"]),
            ({"cooperationType": "2"}, {"cooperationType": "2"}, ["bert_smith", "carl"]),
            ({"domainName": ""}, {"domain_name": ""}, ["anna_smith", "bert_smith", "carl"]),
        ):
            assert names(ask(stage, "customers_query", **query)) == expected
            assert names(ask(stage, "customers_detail", **detail)) == expected
        assert names(ask(stage, "customers_query", customerId=bert)) == ["bert_smith"]
        assert names(ask(stage, "customers_query", cooperationTimeEnd="2026-02-10T00:00:00Z")) == ["carl"]
        assert names(ask(stage, "customers_query", cooperationTimeStart="2026-02-10T00:00:00Z")) == [
            "anna_smith",
            "bert_smith",
        ]
        assert ask(stage, "customers_query", customerId=bert).body["customerInfoList"] == [
            {
                "name": "Acme",
                "domainName": "bert_smith",
                "customerId": bert,
                "cooperationTime": "2026-03-01T12:00:00Z",
                "cooperationType": "2",
                "verifiedStatus": "2",
                "customerType": 1,
                "isFrozen": 0,
            }
        ]


class TestRegistration:
    @pytest.mark.documents("legacy_create_customer", 1)
    @pytest.mark.parametrize(("site", "receiver"), [("cn", MOBILE), ("intl", MAIL)])
    def test_a_customer_is_made_and_both_lists_have_it(
        self, alone: "Open", code_for: "Send", site: str, receiver: str
    ) -> None:
        stage = alone(site)
        contact: dict[str, Any] = {"mobilePhone": MOBILE, "countryCode": "0086"}
        if site == "intl":
            contact = {"email": MAIL, "domainArea": "MX"}
        sent = contact | {"xAccountId": "x1", "xAccountType": "T", "domainName": "newcomer"}
        code = code_for(stage, receiver)
        assert ask(stage, "create_customer", **sent, verificationCode="?").code == "CBC.99004010"
        body = ask(stage, "create_customer", **sent, verificationCode=code).body
        ident = body.pop("domainId")
        assert body == SUCCESS | {"domainName": "newcomer"}
        (info,) = stage.call("solution_provider", "list_sub_customers").body["customer_infos"]
        assert (info["customer_id"], info["xaccount_id"], info["xaccount_type"]) == (ident, "x1", "T")
        assert names(ask(stage, "customers_query", customerId=ident)) == ["newcomer"]

    @pytest.mark.parametrize(
        ("sent", "code"),
        [
            ({"domainName": "1name"}, "CBC.99000031"),
            ({"domainName": "first_reseller"}, "CBC.99000038"),
            ({"password": "short"}, "CBC.99000036"),
            ({"domainName": "Abcdef12", "password": "21fedcbA"}, "CBC.99000036"),
            ({"mobilePhone": "123"}, "CBC.5017"),
            ({"mobilePhone": MOBILE}, "CBC.99004010"),
            ({"cooperationType": "2"}, "CBC.0100"),
        ],
    )
    def test_what_the_new_one_refuses_it_refuses(self, stage: "Stage", sent: dict[str, str], code: str) -> None:
        before = stage.sandbox.fingerprint()
        answer = ask(stage, "create_customer", xAccountId="x1", xAccountType="T", **sent)
        assert (answer.status, answer.code) == (400, code)
        assert stage.sandbox.fingerprint() == before

    def test_a_reseller_makes_its_own_and_a_distributor_none(self, stage: "Stage") -> None:
        sent = {"xAccountId": "x1", "xAccountType": "T"}
        assert ask(stage, "create_customer", "distributor", **sent).code == "CBC.50010059"
        made = ask(stage, "create_customer", "reseller", **sent).body["domainId"]
        assert made in stage.customers("reseller")

    def test_a_reseller_of_a_restricted_distributor_makes_none(
        self, open_world: "Open", partners: dict[str, Any]
    ) -> None:
        partners["principals"]["distributor"]["standing"] = "restricted"
        answer = ask(open_world(partners), "create_customer", "reseller", xAccountId="x1", xAccountType="T")
        assert answer.code == "CBC.50010086"


class TestChecksAndCodes:
    @pytest.mark.documents("legacy_check_user", 1)
    @pytest.mark.documents("legacy_check_user", 3)
    @pytest.mark.parametrize(
        ("site", "kind", "free", "field"),
        [
            ("cn", "mobile", f"0086-{MOBILE}", {"mobile": MOBILE, "country_code": "0086"}),
            ("intl", "email", MAIL, {"email": MAIL}),
        ],
    )
    def test_it_says_whether_it_is_taken(
        self, alone: "Open", code_for: "Send", site: str, kind: str, free: str, field: dict[str, str]
    ) -> None:
        stage = alone(site)
        for key, what in (("name", "newcomer"), (kind, free)):
            answer = ask(stage, "check_user", searchType=key, searchKey=what)
            assert answer.body == SUCCESS | {"status": "0", "uplimit": "0"}
        receiver = field.get("mobile", MAIL)
        sent = {"xaccount_id": "x1", "xaccount_type": "T", "verification_code": code_for(stage, receiver)}
        sent |= {"email": MAIL, "domain_area": "MX"} if site == "intl" else {"mobile_phone": MOBILE}
        assert stage.call("solution_provider", "create_sub_customer", **sent, domain_name="newcomer").status == 200
        for key, what in (("name", "newcomer"), (kind, free)):
            assert ask(stage, "check_user", searchType=key, searchKey=what).body["status"] == "1"

    @pytest.mark.documents("legacy_check_user", 2)
    def test_and_whether_more_codes_can_be_sent(self, stage: "Stage", time: "Clock") -> None:
        def reached() -> str:
            told: str = ask(stage, "check_user", searchType="mobile", searchKey=f"0086-{MOBILE}").body["uplimit"]
            return told

        for _ in range(15):
            assert reached() == "0"
            assert ask(stage, "send_verification_code", receiverType=1, mobilePhone=MOBILE).status == 204
        assert reached() == "1"
        refused = ask(stage, "send_verification_code", receiverType=1, mobilePhone=MOBILE)
        assert (refused.status, refused.code) == (400, "CBC.99004015")
        time.forward(hours=1)
        assert reached() == "0"

    @pytest.mark.documents("legacy_send_verification_code", 1)
    @pytest.mark.parametrize(
        ("site", "lang", "words"),
        [
            ("cn", {}, "您的验证码"),
            ("cn", {"lang": "en-us"}, "Your verification code"),
            ("cn", {"lang": "de-de"}, "您的验证码"),
            ("intl", {}, "Your verification code"),
            ("intl", {"lang": "zh-cn"}, "您的验证码"),
            ("intl", {"lang": "th-th"}, "Your verification code"),
        ],
    )
    def test_a_code_lies_in_the_outbox_in_a_language_that_there_is(
        self, alone: "Open", site: str, lang: dict[str, str], words: str
    ) -> None:
        stage = alone(site)
        assert ask(stage, "send_verification_code", receiverType=2, email=MAIL, timeout=90, **lang).status == 204
        with stage.inside() as world:
            (message,) = verification.outbox(world)
        assert message["message"].startswith(words)
        assert (message["receiver"], message["expires_at"]) == (MAIL, "2026-03-01T12:05:00Z")

    @pytest.mark.parametrize(
        "sent", [{"receiverType": 1}, {"receiverType": 2, "mobilePhone": MOBILE}, {"receiverType": 3}]
    )
    def test_without_a_receiver_nothing_is_sent(self, stage: "Stage", sent: dict[str, Any]) -> None:
        assert ask(stage, "send_verification_code", **sent).code == "CBC.0100"
        with stage.inside() as world:
            assert verification.outbox(world) == []
