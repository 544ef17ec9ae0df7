"""Registering customers: who may, under which name, and every refusal that the page has and that can arise here."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Open = Callable[..., Stage]
    Send = Callable[..., str]

MOBILE, REPORTED = "13912345678", "13900000051"
MAIL, REPORTED_MAIL = "new@example.com", "reported@example.com"


def create(stage: "Stage", who: str = "solution_provider", number: int = 1, **wanted: Any) -> "Answered":
    usual: dict[str, Any] = {"xaccount_id": f"x{number}", "xaccount_type": "T"}
    if stage.sandbox.site == "intl":
        usual["domain_area"] = "MX"
    return stage.call(who, "create_sub_customer", **usual | wanted)


def refused(stage: "Stage", code: str, *arguments: Any, status: int = 400, **wanted: Any) -> "Answered":
    """With the documented code, and without a trace."""
    before = stage.sandbox.fingerprint()
    answer = create(stage, *arguments, **wanted)
    assert (answer.status, answer.code) == (status, code), answer.reason
    assert list(answer.body) == ["error_code", "error_msg"]
    assert stage.sandbox.fingerprint() == before
    return answer


def made(answer: "Answered") -> str:
    assert answer.status == 200, answer.reason
    assert set(answer.body) == {"domain_id", "domain_name"}
    ident: str = answer.body["domain_id"]
    return ident


def seen(stage: "Stage", customer: str, who: str = "solution_provider", **more: Any) -> dict[str, Any] | None:
    answer = stage.call(who, "list_sub_customers", customer_id=customer, **more)
    assert answer.status == 200
    return next(iter(answer.body["customer_infos"]), None)


@pytest.fixture
def intl(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
    return open_world(partners | {"site": "intl"}, now=time)


def with_standing(open_world: "Open", partners: dict[str, Any], **standings: str) -> "Stage":
    for who, standing in standings.items():
        partners["principals"][who]["standing"] = standing
    return open_world(partners)


class TestSuccess:
    @pytest.mark.documents("create_sub_customer", 1)
    @pytest.mark.documents("list_sub_customers", 8)
    @pytest.mark.documents("list_sub_customers", 9)
    def test_a_new_customer_is_listed_as_it_was_asked_for(self, stage: "Stage") -> None:
        customer = made(create(stage, domain_name="newcomer"))
        assert seen(stage, customer) == {
            "account_name": "newcomer",
            "customer_id": customer,
            "associated_on": "2026-03-01T12:00:00Z",
            "association_type": "2",
            "verified_status": "-1",
            "customer_type": -1,
            "is_frozen": 0,
            "account_managers": [],
            "xaccount_id": "x1",
            "xaccount_type": "T",
        }

    @pytest.mark.documents("create_sub_customer", 5)
    @pytest.mark.parametrize("nameless", [{}, {"domain_name": ""}, {"domain_name": None}])
    def test_without_a_name_it_gets_one_of_32_characters(self, stage: "Stage", nameless: dict[str, Any]) -> None:
        first, second = create(stage, **nameless), create(stage, number=2, **nameless)
        for answer in (first, second):
            assert re.fullmatch("[a-z][a-z0-9]{31}", answer.body["domain_name"])
        assert first.body["domain_name"] != second.body["domain_name"]

    @pytest.mark.parametrize("name", ["abcde", "x" * 32, "_name", "-name", "A_b-9", "shadow", "op-name", "xop_name"])
    def test_a_name_of_the_documented_form_is_taken_as_it_is(self, stage: "Stage", name: str) -> None:
        assert create(stage, domain_name=name).body["domain_name"] == name

    @pytest.mark.documents("create_sub_customer", 3)
    @pytest.mark.parametrize(
        ("wanted", "type_"), [({}, "2"), ({"cooperation_type": "1"}, "1"), ({"cooperation_type": "0"}, "2")]
    )
    def test_it_is_a_resale_customer_unless_asked_otherwise(
        self, stage: "Stage", wanted: dict[str, str], type_: str
    ) -> None:
        found = seen(stage, made(create(stage, **wanted)))
        assert found is not None
        assert found["association_type"] == type_

    @pytest.mark.documents("create_sub_customer", 12)
    def test_its_partner_pays_for_it(self, stage: "Stage") -> None:
        customer = made(create(stage))
        paid = stage.call("solution_provider", "update_customer_account_amount", customer_id=customer, amount=5)
        assert paid.status == 200

    @pytest.mark.documents("create_sub_customer", 7)
    def test_with_a_mobile_number_and_its_code(self, stage: "Stage", code_for: "Send") -> None:
        found = seen(stage, made(create(stage, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE))))
        assert found is not None
        assert (found["telephone"], found["country_code"]) == (MOBILE, "0086")

    @pytest.mark.documents("create_sub_customer", 7)
    def test_on_the_international_site_with_a_mailbox_and_its_code(self, intl: "Stage", code_for: "Send") -> None:
        found = seen(intl, made(create(intl, email=MAIL, verification_code=code_for(intl, MAIL))))
        assert found is not None
        assert (found["email"], found["association_type"]) == (MAIL, "3")
        assert "telephone" not in found

    def test_an_empty_mobile_number_is_kept_and_needs_no_code(self, stage: "Stage") -> None:
        for number in (1, 2, 3, 4):
            found = seen(stage, made(create(stage, number=number, mobile_phone="")))
            assert found is not None
            assert found["telephone"] == ""

    @pytest.mark.documents("create_sub_customer", 4)
    def test_a_distributor_registers_for_its_reseller(self, stage: "Stage") -> None:
        reseller = stage["reseller"].domain_id
        customer = made(create(stage, "distributor", indirect_partner_id=reseller))
        assert seen(stage, customer, "distributor", indirect_partner_id=reseller)
        assert seen(stage, customer, "distributor") is None
        assert customer in stage.customers("reseller")

    def test_a_solution_provider_has_no_resellers_so_naming_one_does_nothing(self, stage: "Stage") -> None:
        customer = made(create(stage, indirect_partner_id=stage["reseller"].domain_id))
        assert customer in stage.customers("solution_provider")

    def test_the_same_calls_in_the_same_world_give_the_same_customer(
        self, open_world: "Open", partners: dict[str, Any]
    ) -> None:
        first, second, other = (create(open_world(partners, seed=seed)) for seed in (1, 1, 2))
        assert first.content == second.content != other.content


class TestRefusals:
    @pytest.mark.documents("create_sub_customer", 6)
    @pytest.mark.parametrize("taken", ["named_customer", "first_distributor", "nobodys_customer"])
    def test_a_name_that_any_account_has(self, stage: "Stage", taken: str) -> None:
        assert refused(stage, "CBC.99000038", domain_name=taken).reason.startswith("/body/domain_name: ")

    @pytest.mark.documents("create_sub_customer", 6)
    def test_a_name_or_sales_platform_id_that_was_used_a_moment_ago(self, stage: "Stage") -> None:
        made(create(stage, domain_name="newcomer"))
        refused(stage, "CBC.99000038", number=2, domain_name="newcomer")
        refused(stage, "CBC.99000039", number=1, domain_name="another")

    @pytest.mark.documents("create_sub_customer", 6)
    def test_a_sales_platform_id_that_another_partner_used(self, stage: "Stage") -> None:
        made(create(stage, "distributor", indirect_partner_id=stage["reseller"].domain_id))
        refused(stage, "CBC.99000039")

    @pytest.mark.parametrize("password", ["abcdefG1", "1Gfedcba"])
    def test_a_password_that_is_the_name_forwards_or_backwards(self, stage: "Stage", password: str) -> None:
        refused(stage, "CBC.99000036", domain_name="abcdefG1", password=password)
        made(create(stage, domain_name="abcdefG1", password=password + "!"))

    def test_a_password_with_the_mobile_number_in_it(self, stage: "Stage", code_for: "Send") -> None:
        code = code_for(stage, MOBILE)
        refused(stage, "CBC.99000036", password=f"My{MOBILE}", mobile_phone=MOBILE, verification_code=code)
        made(create(stage, password=f"My{MOBILE[:-1]}", mobile_phone=MOBILE, verification_code=code))

    def test_a_password_with_the_mailbox_in_it(self, intl: "Stage", code_for: "Send") -> None:
        code = code_for(intl, MAIL)
        refused(intl, "CBC.99000036", password=f"My1{MAIL}", email=MAIL, verification_code=code)

    @pytest.mark.documents("create_sub_customer", 6)
    def test_a_mobile_number_that_was_used_as_often_as_allowed(self, stage: "Stage", code_for: "Send") -> None:
        for number in (1, 2, 3):
            made(create(stage, number=number, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE)))
        refused(stage, "CBC.99000030", number=4, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE))

    def test_a_mobile_number_that_is_taken_where_one_registration_is_allowed(
        self, open_world: "Open", partners: dict[str, Any], code_for: "Send"
    ) -> None:
        partners["rules"]["registrations_per_mobile"] = 1
        stage = open_world(partners)
        made(create(stage, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE)))
        refused(stage, "CBC.99000029", number=2, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE))

    def test_a_mailbox_that_is_taken(self, intl: "Stage", code_for: "Send") -> None:
        made(create(intl, email=MAIL, verification_code=code_for(intl, MAIL)))
        refused(intl, "CBC.99000029", number=2, email=MAIL, verification_code=code_for(intl, MAIL))

    def test_a_reported_mobile_number_or_mailbox(self, stage: "Stage", intl: "Stage", code_for: "Send") -> None:
        refused(stage, "CBC.99000051", mobile_phone=REPORTED, verification_code=code_for(stage, REPORTED))
        refused(intl, "CBC.99000051", email=REPORTED_MAIL, verification_code=code_for(intl, REPORTED_MAIL))

    @pytest.mark.documents("create_sub_customer", 4)
    def test_a_distributor_for_itself(self, stage: "Stage") -> None:
        for without in ({}, {"indirect_partner_id": ""}, {"indirect_partner_id": None}):
            refused(stage, "CBC.50010059", "distributor", **without)

    @pytest.mark.documents("create_sub_customer", 4)
    @pytest.mark.parametrize("other", ["other_reseller", "solution_provider", "distributor", "customer"])
    def test_a_distributor_for_who_is_not_its_reseller(self, stage: "Stage", other: str) -> None:
        refused(stage, "CBC.99000037", "distributor", indirect_partner_id=stage[other].domain_id)
        refused(stage, "CBC.99000037", "distributor", indirect_partner_id="nobody")

    def test_a_customer_for_anybody(self, stage: "Stage") -> None:
        refused(stage, "CBC.0151", "customer", status=403)
        refused(stage, "CBC.0151", "reseller", status=403)

    def test_a_test_partner(self, open_world: "Open", partners: dict[str, Any]) -> None:
        refused(with_standing(open_world, partners, solution_provider="test"), "CBC.99005035")

    @pytest.mark.parametrize("tester", ["distributor", "reseller"])
    def test_a_test_distributor_or_for_a_test_reseller(
        self, open_world: "Open", partners: dict[str, Any], tester: str
    ) -> None:
        stage = with_standing(open_world, partners, **{tester: "test"})
        refused(stage, "CBC.99005035", "distributor", indirect_partner_id=stage["reseller"].domain_id)

    def test_a_restricted_partner(self, open_world: "Open", partners: dict[str, Any]) -> None:
        refused(with_standing(open_world, partners, solution_provider="restricted"), "CBC.50010085")

    @pytest.mark.parametrize(
        ("who", "standing", "code"),
        [
            ("reseller", "restricted", "CBC.50010085"),
            ("distributor", "restricted", "CBC.50010086"),
            ("distributor", "delisted", "CBC.50010065"),
        ],
    )
    def test_for_a_reseller_when_it_or_its_distributor_may_not_win_customers(
        self, open_world: "Open", partners: dict[str, Any], who: str, standing: str, code: str
    ) -> None:
        stage = with_standing(open_world, partners, **{who: standing})
        refused(stage, code, "distributor", indirect_partner_id=stage["reseller"].domain_id)

    def test_refusals_are_told_in_the_language_of_the_site(self, stage: "Stage", intl: "Stage") -> None:
        assert refused(stage, "CBC.99000038", domain_name="named_customer").body["error_msg"] == "客户登录名已经存在。"
        assert refused(intl, "CBC.99000038", domain_name="named_customer").body["error_msg"].isascii()


class TestVerification:
    @pytest.mark.documents("create_sub_customer", 8)
    def test_a_wrong_code(self, stage: "Stage", code_for: "Send") -> None:
        right = code_for(stage, MOBILE)
        answer = create(stage, mobile_phone=MOBILE, verification_code=other_than(right))
        assert (answer.status, answer.code) == (400, "CBC.99004010")
        assert right not in answer.reason
        assert stage.call("solution_provider", "list_sub_customers").body["count"] == 13
        made(create(stage, mobile_phone=MOBILE, verification_code=right))

    def test_a_code_that_nobody_sent(self, stage: "Stage", code_for: "Send") -> None:
        code = code_for(stage, "13700000000")
        refused(stage, "CBC.99004010", mobile_phone=MOBILE, verification_code=code)

    def test_a_code_is_good_once(self, stage: "Stage", code_for: "Send") -> None:
        code = code_for(stage, MOBILE)
        made(create(stage, mobile_phone=MOBILE, verification_code=code))
        refused(stage, "CBC.99004010", number=2, mobile_phone=MOBILE, verification_code=code)

    def test_a_code_survives_a_refusal_for_another_reason(self, stage: "Stage", code_for: "Send") -> None:
        code = code_for(stage, MOBILE)
        refused(stage, "CBC.99000038", domain_name="named_customer", mobile_phone=MOBILE, verification_code=code)
        made(create(stage, mobile_phone=MOBILE, verification_code=code))

    def test_a_second_code_replaces_the_first(self, stage: "Stage", code_for: "Send") -> None:
        first, second = code_for(stage, MOBILE), code_for(stage, MOBILE)
        assert first != second
        assert create(stage, mobile_phone=MOBILE, verification_code=first).code == "CBC.99004010"
        made(create(stage, mobile_phone=MOBILE, verification_code=second))

    @pytest.mark.documents("create_sub_customer", 8)
    @pytest.mark.documents("send_verification_message_code", 2)
    @pytest.mark.parametrize(
        ("asked", "minutes"),
        [({}, 10), ({"timeout": None}, 10), ({"timeout": 1}, 1), ({"timeout": 60}, 60), ({"timeout": 61}, 5)],
    )
    def test_a_code_expires_after_the_minutes_that_were_asked_for(
        self, stage: "Stage", time: "Clock", code_for: "Send", asked: dict[str, Any], minutes: int
    ) -> None:
        code = code_for(stage, MOBILE, **asked)
        time.forward(minutes=minutes, seconds=-1)
        made(create(stage, mobile_phone=MOBILE, verification_code=code))
        code = code_for(stage, MOBILE, **asked)
        time.forward(minutes=minutes)
        refused(stage, "CBC.99004008", number=2, mobile_phone=MOBILE, verification_code=code)

    @pytest.mark.documents("create_sub_customer", 8)
    def test_more_than_three_failures_use_up_a_code(self, stage: "Stage", code_for: "Send") -> None:
        right = code_for(stage, MOBILE)
        for _ in range(4):
            answer = create(stage, mobile_phone=MOBILE, verification_code=other_than(right))
            assert answer.code == "CBC.99004010"
        refused(stage, "CBC.99004009", mobile_phone=MOBILE, verification_code=right)
        made(create(stage, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE)))

    def test_three_failures_do_not(self, stage: "Stage", code_for: "Send") -> None:
        right = code_for(stage, MOBILE)
        for _ in range(3):
            create(stage, mobile_phone=MOBILE, verification_code=other_than(right))
        made(create(stage, mobile_phone=MOBILE, verification_code=right))

    @pytest.mark.documents("create_sub_customer", 7)
    @pytest.mark.parametrize("absent", [{}, {"verification_code": None}])
    def test_a_missing_code(self, stage: "Stage", absent: dict[str, None]) -> None:
        answer = refused(stage, "CBC.0100", mobile_phone=MOBILE, **absent)
        assert answer.reason.startswith("/body/verification_code: is needed with mobile_phone")

    @pytest.mark.documents("send_verification_message_code", 1)
    @pytest.mark.documents("send_verification_message_code", 6)
    def test_sending_answers_nothing_and_the_code_has_six_digits(self, stage: "Stage", code_for: "Send") -> None:
        answer = stage.call(
            "solution_provider", "send_verification_message_code", receiver_type=1, mobile_phone="13700000000"
        )
        assert (answer.status, answer.content) == (204, b"")
        codes = {code_for(stage, f"1391234{number:04d}") for number in range(20)}
        assert all(re.fullmatch("[0-9]{6}", code) for code in codes)
        assert len(codes) > 15

    @pytest.mark.documents("send_verification_message_code", 3)
    def test_each_site_sends_in_its_own_way(self, stage: "Stage", intl: "Stage") -> None:
        for where, wrong in ((stage, {"receiver_type": 2, "email": MAIL}), (intl, {"receiver_type": 1})):
            answer = where.call("solution_provider", "send_verification_message_code", **wrong)
            assert (answer.status, answer.code) == (400, "CBC.0100")

    @pytest.mark.documents("send_verification_message_code", 4)
    def test_scene_18_needs_a_customer(self, stage: "Stage") -> None:
        asked = {"receiver_type": 1, "mobile_phone": MOBILE, "scene": 18}
        answer = stage.call("solution_provider", "send_verification_message_code", **asked)
        assert (answer.code, answer.reason[:24]) == ("CBC.0100", "/body/customer_id: is mi")
        assert stage.call("solution_provider", "send_verification_message_code", **asked, customer_id="x").status == 204

    @pytest.mark.documents("send_verification_message_code", 7)
    @pytest.mark.parametrize(("often", "within"), [(15, {"hours": 1}), (60, {"days": 1})])
    def test_so_many_codes_and_no_more_in_an_hour_and_in_a_day(
        self, stage: "Stage", time: "Clock", code_for: "Send", often: int, within: dict[str, int]
    ) -> None:
        for number in range(often):
            if often == 60 and number % 15 == 0:
                time.forward(hours=2)
            code_for(stage, MOBILE)
        time.forward(hours=0 if often == 15 else 2)
        asked = {"receiver_type": 1, "mobile_phone": MOBILE}
        answer = stage.call("solution_provider", "send_verification_message_code", **asked)
        assert (answer.status, answer.code) == (400, "CBC.99004015")
        time.forward(**within)
        assert stage.call("solution_provider", "send_verification_message_code", **asked).status == 204


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


class TestAssociation:
    @pytest.fixture
    def slow(self, open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
        partners["rules"] |= {"association_delay_seconds": 60, "association_wait_seconds": 5}
        return open_world(partners, now=time)

    @pytest.mark.documents("create_sub_customer", 1)
    @pytest.mark.documents("list_sub_customers", 8)
    def test_it_completes_after_a_while_and_nobody_sees_the_customer_before(self, slow: "Stage", time: "Clock") -> None:
        customer = made(create(slow))
        time.forward(seconds=59)
        assert seen(slow, customer) is None
        time.forward(seconds=1)
        found = seen(slow, customer)
        assert found is not None
        assert found["associated_on"] == "2026-03-01T12:01:00Z"

    @pytest.mark.documents("create_sub_customer", 14)
    def test_the_same_customer_cannot_be_created_again_meanwhile(
        self, slow: "Stage", open_world: "Open", partners: dict[str, Any], time: "Clock"
    ) -> None:
        made(create(slow))
        refused(slow, "CBC.99000062")
        old = slow.call(
            "solution_provider", "legacy_create_customer", partner_id="any", xAccountId="x1", xAccountType="T"
        )
        assert old.code == "CBC.99000062"
        made(create(slow, number=2))
        time.forward(days=1)
        refused(slow, "CBC.99000039")
        partners["rules"]["association_delay_seconds"] = 60
        intl = open_world(partners | {"site": "intl"}, now=time)
        made(create(intl))
        refused(intl, "CBC.99000039")

    def test_a_customer_that_is_not_associated_yet_cannot_be_funded(self, slow: "Stage", time: "Clock") -> None:
        asked = {"customer_id": made(create(slow)), "amount": 1}
        early = slow.call("solution_provider", "update_customer_account_amount", **asked)
        assert early.code == "CBC.99000035"
        time.forward(minutes=1)
        assert slow.call("solution_provider", "update_customer_account_amount", **asked).status == 200

    @pytest.mark.documents("create_sub_customer", 2)
    def test_waiting_for_it_in_vain_is_told_with_the_account_that_was_made(self, slow: "Stage", time: "Clock") -> None:
        answer = create(slow, domain_name="newcomer", include_association_result=True)
        assert (answer.status, answer.code) == (500, "CBC.99000050")
        assert set(answer.body) == {"error_code", "error_msg", "domain_id", "domain_name"}
        assert answer.body["domain_name"] == "newcomer"
        refused(slow, "CBC.99000038", number=2, domain_name="newcomer")
        time.forward(minutes=1)
        found = seen(slow, answer.body["domain_id"])
        assert found is not None
        assert found["account_name"] == "newcomer"

    def test_waiting_long_enough_shows_it_at_once(self, open_world: "Open", partners: dict[str, Any]) -> None:
        partners["rules"] |= {"association_delay_seconds": 5, "association_wait_seconds": 5}
        stage = open_world(partners)
        assert seen(stage, made(create(stage, include_association_result=True)))
        assert seen(stage, made(create(stage, number=2))) is None

    def test_without_delay_it_is_there_at_once(self, stage: "Stage") -> None:
        assert seen(stage, made(create(stage, include_association_result=True)))
        assert seen(stage, made(create(stage, number=2, include_association_result=False)))


class TestIdentity:
    """What check_user_identity says, registering then does."""

    def check(self, stage: "Stage", kind: str, value: str) -> dict[str, Any]:
        answer = stage.call("solution_provider", "check_user_identity", search_type=kind, search_value=value)
        assert answer.status == 200
        assert (answer.body["error_code"], answer.body["error_msg"]) == ("CBC.0000", "success")
        body: dict[str, Any] = answer.body
        return body

    @pytest.mark.documents("check_user_identity", 1)
    @pytest.mark.documents("check_user_identity", 2)
    def test_a_name_is_available_until_it_is_taken(self, stage: "Stage") -> None:
        assert self.check(stage, "name", "newcomer")["check_result"] == "available"
        made(create(stage, domain_name="newcomer"))
        assert self.check(stage, "name", "newcomer")["check_result"] == "used_by_user"

    @pytest.mark.documents("check_user_identity", 1)
    @pytest.mark.documents("check_user_identity", 3)
    @pytest.mark.documents("check_user_identity", 4)
    @pytest.mark.documents("check_user_identity", 7)
    def test_a_mobile_number_counts_down(self, stage: "Stage", code_for: "Send") -> None:
        for number in (3, 2, 1):
            found = self.check(stage, "mobile", f"0086-{MOBILE}")
            assert (found["check_result"], found["mobile_remain_available_num"]) == ("available", number)
            made(create(stage, number=number, mobile_phone=MOBILE, verification_code=code_for(stage, MOBILE)))
        found = self.check(stage, "mobile", f"0086-{MOBILE}")
        assert (found["check_result"], found["mobile_remain_available_num"]) == ("used_by_user", 0)
        assert "mobile_remain_available_num" not in self.check(stage, "name", "newcomer")

    @pytest.mark.documents("check_user_identity", 1)
    def test_a_mailbox_is_available_until_it_is_taken(self, intl: "Stage", code_for: "Send") -> None:
        assert self.check(intl, "email", MAIL)["check_result"] == "available"
        made(create(intl, email=MAIL, verification_code=code_for(intl, MAIL)))
        assert self.check(intl, "email", MAIL)["check_result"] == "used_by_user"
        assert "mobile_remain_available_num" not in self.check(intl, "email", MAIL)

    @pytest.mark.documents("check_user_identity", 5)
    @pytest.mark.parametrize(
        ("kind", "value"),
        [
            ("name", "_name"),
            ("name", "1name"),
            ("name", "abcd"),
            ("name", "x" * 33),
            ("name", "op_name"),
            ("name", "shadow_name"),
            ("mobile", MOBILE),
            ("mobile", "+86-" + MOBILE),
            ("email", "nobody"),
            ("email", "@"),
            ("phone", MOBILE),
            ("", "x"),
            ("name", ""),
        ],
    )
    def test_another_form_is_a_parameter_error(self, stage: "Stage", kind: str, value: str) -> None:
        answer = stage.call("solution_provider", "check_user_identity", search_type=kind, search_value=value)
        assert (answer.status, answer.code) == (400, "CBC.0100")
