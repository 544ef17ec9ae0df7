"""A partner exchanges its own token for its customer's, and acts as that customer."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from mockserver.store.tables import accounts, customers

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

TOKENS = "/v3/auth/tokens"
OF_CUSTOMERS = ("GET", "/v2/accounts/customer-accounts/balances")

LogIn = Callable[..., str]
ActAs = Callable[..., str]


def exchange(stage: "Stage", partner: str, token: str | None, scope: Any = None, **role: Any) -> "Answered":
    role = {"agency_name": stage[partner].xaccount_type} | role
    auth = {"identity": {"methods": ["assume_role"], "assume_role": role}, "scope": scope or {}}
    return stage.iam("POST", TOKENS, {"auth": auth}, token=token)


def keystone(answer: "Answered", status: int, message: str) -> None:
    assert (answer.status, answer.body["error"]["code"], answer.body["error"]["message"]) == (status, status, message)
    assert "X-Subject-Token" not in answer.headers
    assert answer.reason


class TestExchanged:
    def test_the_token_is_as_documented(self, stage: "Stage", log_in: LogIn) -> None:
        partner, customer = stage["solution_provider"], stage["customer"]
        token = log_in(stage, "solution_provider")
        scope = {"project": {"name": "cn-north-1"}}
        answer = exchange(stage, "solution_provider", token, scope, domain_name=customer.domain_name)
        made = answer.body["token"]
        own = {"id": customer.domain_id, "name": customer.domain_name}
        assert answer.status == 201
        assert made["methods"] == ["assume_role"]
        assert (made["project"]["name"], made["project"]["domain"]) == ("cn-north-1", own)
        assert made["user"]["domain"] == own
        assert made["user"]["name"] == f"{customer.domain_name}/{partner.xaccount_type}"
        assert made["assumed_by"]["user"]["name"] == partner.user_name
        assert made["assumed_by"]["user"]["domain"] == {"id": partner.domain_id, "name": partner.domain_name}
        assert made["expires_at"] == "2026-03-02T12:00:00.000000Z"
        assert answer.headers["X-Subject-Token"] != token

    @pytest.mark.parametrize(
        "role", [{"domain_id": True}, {"domain_name": True}, {"domain_id": True, "domain_name": True}]
    )
    def test_the_customer_is_meant_by_id_or_by_name(self, stage: "Stage", log_in: LogIn, role: list[str]) -> None:
        meant = {name: getattr(stage["customer"], name) for name in role}
        answer = exchange(stage, "solution_provider", log_in(stage, "solution_provider"), **meant)
        assert answer.body["token"]["user"]["domain"]["id"] == stage["customer"].domain_id

    def test_the_agency_may_be_called_as_on_older_pages(self, stage: "Stage", log_in: LogIn) -> None:
        role = {"agency_name": None, "xrole_name": stage["solution_provider"].xaccount_type}
        token = log_in(stage, "solution_provider")
        domain = stage["customer"].domain_id
        assert exchange(stage, "solution_provider", token, domain_id=domain, **role).status == 201

    def test_it_acts_as_the_customer(self, stage: "Stage", act_as: ActAs) -> None:
        token = act_as(stage, "solution_provider", "customer")
        answer = stage.iam(*OF_CUSTOMERS, token=token)
        assert answer.status == 200
        assert answer.body == stage.send("customer", *OF_CUSTOMERS).body
        assert (stage.journal[-2].principal, stage.journal[-2].kind) == ("customer", "customer")
        assert stage.iam("POST", "/v2/partners/sub-customers/query", {}, token=token).code == "CBC.0151"
        assert stage.iam(*OF_CUSTOMERS, token=None).status == 401

    def test_it_may_what_the_customers_own_keys_and_token_may_not(
        self, stage: "Stage", log_in: LogIn, act_as: ActAs
    ) -> None:
        operation = stage.operation("legacy_order_cancel")
        assert operation.callers == ("customer_token_via_partner",)
        method, path = operation.method, operation.path.format(domain_id=stage["customer"].domain_id)
        for token in (log_in(stage, "customer"), log_in(stage, "solution_provider")):
            assert stage.iam(method, path, {}, token=token).code == "CBC.0151"
        assert stage.send("customer", method, path, body=b"{}").code == "CBC.0151"
        answer = stage.iam(method, path, {}, token=act_as(stage, "solution_provider", "customer"))
        assert answer.code != "CBC.0151"

    def test_every_customer_of_a_partner_can_be_acted_as(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "reseller")
        for domain_id in stage.customers("reseller"):
            answer = exchange(stage, "reseller", token, {"domain": {"id": domain_id}}, domain_id=domain_id)
            assert answer.body["token"]["domain"]["id"] == domain_id
            acting = answer.headers["X-Subject-Token"]
            assert stage.iam("GET", "/v3/auth/domains", token=acting).body["domains"][0]["id"] == domain_id

    def test_a_customer_that_was_just_created_can_be_acted_as_under_its_own_platform(
        self, stage: "Stage", log_in: LogIn
    ) -> None:
        made = {"xaccount_id": "x1", "xaccount_type": "SHOP_IDP", "domain_name": "newcomer"}
        domain_id = stage.call("solution_provider", "create_sub_customer", **made).body["domain_id"]
        token = log_in(stage, "solution_provider")
        for agency in ("SHOP_IDP", stage["solution_provider"].xaccount_type):
            assert exchange(stage, "solution_provider", token, domain_id=domain_id, agency_name=agency).status == 201

    def test_an_operator_acts_as_a_customer_too(self, stage: "Stage", log_in: LogIn) -> None:
        answer = exchange(stage, "operator", log_in(stage, "operator"), domain_id=stage["customer"].domain_id)
        assert answer.body["token"]["assumed_by"]["user"]["name"] == stage["operator"].user_name

    def test_it_is_the_partners_call_in_the_journal(self, stage: "Stage", act_as: ActAs) -> None:
        token = act_as(stage, "solution_provider", "customer")
        assert [entry.principal for entry in stage.journal] == ["solution_provider"] * 2
        assert token not in repr(stage.journal)

    def test_it_dies_after_a_day(self, stage: "Stage", time: "Clock", act_as: ActAs) -> None:
        token = act_as(stage, "solution_provider", "customer")
        time.forward(hours=24)
        assert stage.iam(*OF_CUSTOMERS, token=token).code == "APIGW.0307"


class TestRefused:
    def test_another_agency_is_not_found(self, stage: "Stage", log_in: LogIn) -> None:
        token, domain = log_in(stage, "solution_provider"), stage["customer"].domain_id
        answer = exchange(stage, "solution_provider", token, domain_id=domain, agency_name="OTHER_IDP")
        keystone(answer, 404, "Could not find agency: OTHER_IDP.")
        assert stage["solution_provider"].xaccount_type in answer.reason  # type: ignore[operator]

    @pytest.mark.parametrize("agency", [None, ""])
    def test_an_agency_is_needed(self, stage: "Stage", log_in: LogIn, agency: str | None) -> None:
        token, domain = log_in(stage, "solution_provider"), stage["customer"].domain_id
        answer = exchange(stage, "solution_provider", token, domain_id=domain, agency_name=agency)
        keystone(answer, 400, "'agency_name' is a required property.")

    @pytest.mark.parametrize("role", [{}, {"domain_id": ""}, {"domain_name": "", "domain_id": None}])
    def test_a_customer_is_needed(self, stage: "Stage", log_in: LogIn, role: dict[str, Any]) -> None:
        answer = exchange(stage, "solution_provider", log_in(stage, "solution_provider"), **role)
        keystone(answer, 400, "'domain_id' is a required property.")

    def test_an_account_that_is_not_there_is_not_found(self, stage: "Stage", log_in: LogIn) -> None:
        token = log_in(stage, "solution_provider")
        answer = exchange(stage, "solution_provider", token, domain_name="nowhere")
        keystone(answer, 404, "Could not find domain: nowhere.")
        mixed = {"domain_id": stage["customer"].domain_id, "domain_name": "nowhere"}
        assert exchange(stage, "solution_provider", token, **mixed).status == 404

    @pytest.mark.parametrize("partner", ["distributor", "reseller", "other_distributor"])
    def test_anothers_customer_is_forbidden(self, stage: "Stage", log_in: LogIn, partner: str) -> None:
        answer = exchange(stage, partner, log_in(stage, partner), domain_id=stage["customer"].domain_id)
        keystone(answer, 403, "You are not authorized to perform the requested action.")

    def test_a_distributor_does_not_act_as_its_resellers_customer(self, stage: "Stage", log_in: LogIn) -> None:
        token, theirs = log_in(stage, "distributor"), stage.customers("reseller")[0]
        assert exchange(stage, "distributor", token, domain_id=theirs).status == 403

    @pytest.mark.parametrize("who", ["customer", "outsider"])
    def test_who_is_no_partner_acts_as_nobody(self, stage: "Stage", log_in: LogIn, who: str) -> None:
        token = log_in(stage, who)
        answer = exchange(stage, "solution_provider", token, domain_id=stage["customer"].domain_id)
        keystone(answer, 403, "You are not authorized to perform the requested action.")

    def test_an_exchanged_token_cannot_be_exchanged(self, stage: "Stage", act_as: ActAs) -> None:
        token = act_as(stage, "solution_provider", "customer")
        answer = exchange(stage, "solution_provider", token, domain_id=stage["customer"].domain_id)
        assert answer.status == 403

    def test_a_customer_whose_association_is_not_completed_is_forbidden(self, stage: "Stage", log_in: LogIn) -> None:
        domain_id = stage["customer"].domain_id
        with stage.inside() as world:
            later = customers.update().where(customers.c.id == domain_id)
            world.db.execute(later.values(associated_on="2027-01-01T00:00:00Z"))
        answer = exchange(stage, "solution_provider", log_in(stage, "solution_provider"), domain_id=domain_id)
        assert answer.status == 403

    @pytest.mark.parametrize("token", [None, "", "MIIPAgYJKoZIhvcNAQcCo"])
    def test_a_token_is_needed(self, stage: "Stage", token: str | None) -> None:
        assert exchange(stage, "solution_provider", token, domain_id=stage["customer"].domain_id).status == 401

    def test_a_scope_is_the_customers_or_none(self, stage: "Stage", log_in: LogIn) -> None:
        token, domain = log_in(stage, "solution_provider"), stage["customer"].domain_id
        own = {"domain": {"id": stage["solution_provider"].domain_id}}
        assert exchange(stage, "solution_provider", token, own, domain_id=domain).status == 403

    def test_another_sandboxs_customer_is_not_found(self, stage: "Stage", log_in: LogIn, open_world: Any) -> None:
        other = open_world("demo-cn")
        name = other["customer"].domain_name
        with stage.inside() as world:
            assert world.db.execute(select(accounts.c.id).where(accounts.c.name == name)).first() is None
        answer = exchange(stage, "solution_provider", log_in(stage, "solution_provider"), domain_name=name)
        assert answer.status == 404
