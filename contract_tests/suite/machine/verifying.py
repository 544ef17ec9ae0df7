"""Rules on real-name authentication: partners apply, somebody decides or time does, and lists and tags show it."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from contract_tests.suite.machine.base import Base, callers, resellers, unless
from contract_tests.suite.machine.model import ENTERPRISE, IN_REVIEW, INDIVIDUAL, REVIEW, VERIFIED, Case

_FILES = ["1.jpg", "2.jpg", "3.jpg"]
_ASKED = {
    INDIVIDUAL: "create_personal_realname_auth",
    ENTERPRISE: "create_enterprise_realname_authentication",
}
# A few, so that they are soon used by too many.
certificates = st.sampled_from(["CERTIFICATE1", "CERTIFICATE2", "CERTIFICATE3"])


class Verifying(Base):
    @rule(
        caller=callers,
        kind=st.sampled_from([INDIVIDUAL, ENTERPRISE]),
        certificate=certificates,
        data=st.data(),
    )
    def apply(self, caller: str, kind: int, certificate: str, data: st.DataObject) -> None:
        customer = data.draw(self._applicants(caller), "customer")
        self._apply(caller, Case(customer, kind, certificate, change=False, ends=self.model.now + REVIEW))

    @rule(caller=callers, certificate=certificates, data=st.data())
    def apply_for_a_change(self, caller: str, certificate: str, data: st.DataObject) -> None:
        customer = data.draw(self._applicants(caller, individuals=True), "customer")
        self._apply(caller, Case(customer, ENTERPRISE, certificate, change=True, ends=self.model.now + REVIEW))

    @rule(opinion=st.sampled_from([None, None, "The picture cannot be read."]), data=st.data())
    def decide(self, opinion: str | None, data: st.DataObject) -> None:
        """Past the API, by ``/_mock``: nobody else is Huawei's reviewer."""
        pending = [one for one in self.model.cases if one.result == IN_REVIEW]
        case = data.draw(st.none() | st.sampled_from(pending) if pending else st.none(), "case")
        customer = case.customer if case else "nobody"
        path = f"/_mock/sandboxes/{self.world.id}/realname-reviews/{customer}"
        body = {"approve": True} if opinion is None else {"approve": False, "reason": opinion}

        answer = self.emulator.app.test_client().post(path, json=body)

        assert answer.status_code == (200 if case else 404), answer.text
        if case:
            self.model.decided(case, opinion)

    @rule(caller=callers, data=st.data())
    def ask_for_the_result(self, caller: str, data: st.DataObject) -> None:
        """Of somebody else's customer, and of one that never applied, there is nothing to tell."""
        customer = data.draw(self._applicants(caller), "customer")
        case = self.model.case(customer) if self.model.cared_for(caller, customer) else None

        answer = self.call(caller, "show_realname_authentication_review_result", {"customer_id": customer}, set())

        assert answer is not None
        shown = (answer.get("review_result"), answer.get("opinion"))
        assert shown == ((case.result, case.opinion) if case else (None, None))

    @rule(caller=callers, reseller=resellers)
    def look_at_standing(self, caller: str, reseller: str | None) -> None:
        """Who is verified, as what, and who is frozen: not how, on the international site."""
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        body = {"limit": 100, "indirect_partner_id": indirect}

        answer = self.call(caller, "list_sub_customers", body, unless(partner))

        if answer is not None and partner is not None:
            members = ("customer_id", "verified_status", "customer_type", "is_frozen")
            assert [tuple(one[name] for name in members) for one in answer["customer_infos"]] == [
                (one.id, str(one.verified), one.kind, min(one.frozen, 1)) for one in partner.customers
            ]

    def _apply(self, caller: str, asked: Case) -> None:
        files = _FILES[:2] if self.site == "intl" else _FILES
        body: dict[str, Any] = {"customer_id": asked.customer, "verified_number": asked.certificate}
        body |= {"xaccount_type": "MACHINE", "identify_type": asked.kind}
        if asked.kind == INDIVIDUAL:
            body |= {"verified_type": 3, "name": "Li Lei", "verified_file_url": files}
        else:
            body |= {"corp_name": "Acme Ltd", "verified_file_url": _FILES[:1]}
        name = _ASKED[asked.kind]
        if asked.change:
            name = "change_enterprise_realname_authentication"
            body["change_type"] = 1
        refused = self.model.refuses_application(caller, asked)

        answer = self.call(caller, name, body, refused)

        if answer is not None:
            assert answer["is_review"] == 1
            self.model.applied(asked)

    def _applicants(self, caller: str, *, individuals: bool = False) -> st.SearchStrategy[str]:
        """Often one that may apply, sometimes one of a reseller's, and somebody else's."""
        near = [one for one in self.model.partners.values() if self.model.partners[caller].id in (one.id, one.parent)]
        known = [one for partner in near for one in partner.customers]
        ready = [one.id for one in known if self._may_apply(one.verified, one.kind, individuals=individuals)]
        anybody = self.customers_of(self.model.partners[caller])
        return st.sampled_from(ready[-6:]) | anybody if ready else anybody

    def _may_apply(self, verified: int, kind: int, *, individuals: bool) -> bool:
        if individuals:
            return (verified, kind) == (VERIFIED, INDIVIDUAL)
        return verified not in (IN_REVIEW, VERIFIED)


class Tagging(Base):
    """The China site's tags of new customers."""

    @rule(caller=callers, reseller=resellers, data=st.data())
    def look_at_tags(self, caller: str, reseller: str | None, data: st.DataObject) -> None:
        """Only who is verified has one; who is not the partner's is left out."""
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        asked = self.some_customers(partner, data)
        body = {"customer_ids": asked, "indirect_partner_id": indirect}

        answer = self.call(caller, "list_sub_customer_new_tag", body, unless(partner))

        if answer is not None and partner is not None:
            shown = [
                (one["customer_id"], one.get("new_customer_tag") is not None) for one in answer["new_customer_tags"]
            ]
            mine = [one for one in partner.customers if one.id in asked]
            assert shown == [(one.id, one.verified == VERIFIED) for one in mine]

    @rule()
    def a_customer_asks_how_far_it_is_verified(self) -> None:
        answer = self.call("buyer", "show_real_name_auth_status", {}, set())

        buyer = self.model.partners["solution_provider"].customer(self.world.buyer.domain_id)
        assert answer is not None
        assert buyer is not None
        assert answer["verified_status"] == buyer.verified
