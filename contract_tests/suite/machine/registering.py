"""Rules on customers: codes are sent to them, they are registered, listed, and their names are asked for."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule
from sqlalchemy import select

from contract_tests.suite.machine.base import Base, callers, limits, offsets, resellers, unless
from contract_tests.suite.machine.model import CODE_WRONG, REFERRAL, RESALE, Customer
from mockserver.store.tables import accounts, customers

_CODES = {"cn": {REFERRAL: "1", RESALE: "2"}, "intl": {REFERRAL: "1", RESALE: "3"}}
ASSOCIATION_PENDING = "CBC.99000050"
receivers = st.integers(0, 2)


class Registering(Base):
    @rule(
        caller=callers,
        reseller=resellers,
        association=st.sampled_from([None, "1", "2"]),
        named=st.sampled_from(["new", "new", "taken", None]),
        again=st.sampled_from([False, False, False, True]),
        wait=st.sampled_from([False, False, True]),
    )
    def register(
        self, caller: str, reseller: str | None, association: str | None, named: str | None, again: bool, wait: bool
    ) -> None:
        """Who waits for an association that takes long is told so, and the customer is there all the same."""
        number = len(self.model.names) + len(self.model.xaccounts)
        indirect = self.id_of(reseller)
        name = {"new": f"Machine-{number}", "taken": min(self.model.names), None: None}[named]
        xaccount = max(self.model.xaccounts) if again and self.model.xaccounts else f"x{number}"
        body = self._wanted(xaccount, name) | {"indirect_partner_id": indirect, "include_association_result": wait}
        if self.site == "cn":
            body["cooperation_type"] = association
        refused = self.model.refuses_registration(caller, indirect, name, xaccount)
        late = wait and not refused

        answer = self.call(caller, "create_sub_customer", body, {ASSOCIATION_PENDING} if late else refused, keeps=late)

        if answer is not None or late:
            kind = REFERRAL if association == "1" and self.site == "cn" else RESALE
            customer = self._made(xaccount, kind)
            assert name in (None, customer.name)
            assert answer is None or (answer["domain_id"], answer["domain_name"]) == (customer.id, customer.name)
            self.model.registered(caller, indirect, customer, xaccount)

    @rule(caller=callers, to=receivers, minutes=st.sampled_from([1, 30, 60, 61]))
    def send_a_code(self, caller: str, to: int, minutes: int) -> None:
        receiver = self._receiver(to)
        body = {"timeout": minutes} | (
            {"receiver_type": 1, "mobile_phone": receiver}
            if self.site == "cn"
            else {"receiver_type": 2, "email": receiver}
        )
        refused = self.model.refuses_code(receiver)

        answer = self.call(caller, "send_verification_message_code", body, refused)

        if answer is not None:
            (message,) = [one for one in self.world.outbox if one["receiver"] == receiver]
            self.model.code_sent(receiver, message["code"], minutes if minutes <= 60 else 5)

    @rule(to=receivers, right=st.sampled_from([True, True, True, False]))
    def register_with_a_code(self, to: int, right: bool) -> None:
        receiver = self._receiver(to)
        sent = self.model.codes.get(receiver)
        code = sent.code if sent and right else "000000"
        number = len(self.model.names) + len(self.model.xaccounts)
        body = self._wanted(f"x{number}", f"Machine-{number}") | {"verification_code": code}
        body["mobile_phone" if self.site == "cn" else "email"] = receiver
        refused = self.model.refuses_contact(receiver, code)
        counted = refused == {CODE_WRONG} and sent is not None and not sent.used

        answer = self.call("solution_provider", "create_sub_customer", body, refused, keeps=counted)

        if counted and sent:
            sent.failures += 1
        if answer is not None and sent:
            sent.used = True
            self.model.contacts[receiver] = self.model.contacts.get(receiver, 0) + 1
            self.model.registered("solution_provider", None, self._made(f"x{number}", RESALE), f"x{number}")

    @rule(
        caller=callers,
        reseller=resellers,
        association=st.sampled_from([None, RESALE, REFERRAL]),
        offset=st.sampled_from([0, 0, 1, 8, 1000]),
        limit=st.sampled_from([1, 10, 100]),
        part=st.sampled_from([None, None, "machine-", "MACHINE-1", "_"]),
    )
    def list_customers(
        self, caller: str, reseller: str | None, association: str | None, offset: int, limit: int, part: str | None
    ) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        body = {"offset": offset, "limit": limit, "account_name": part, "indirect_partner_id": indirect}
        codes = _CODES[self.site]
        body["association_type"] = codes.get(association or "")

        answer = self.call(caller, "list_sub_customers", body, unless(partner))

        if answer is not None and partner is not None:
            matching = [
                (one.id, one.name, codes[one.association])
                for one in partner.customers
                if association in (None, one.association) and (part or "").lower() in one.name.lower()
            ]
            assert answer["count"] == len(matching)
            members = ("customer_id", "account_name", "association_type")
            shown = [tuple(one[name] for name in members) for one in answer["customer_infos"]]
            assert shown == matching[offset : offset + limit]

    @rule(caller=callers, data=st.data())
    def ask_for_a_name(self, caller: str, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(["free-name", *sorted(self.model.names)[:3], "Machine-1"]))
        body = {"search_type": "name", "search_value": name}

        answer = self.call(caller, "check_user_identity", body, set())

        assert answer is not None
        assert answer["check_result"] == ("used_by_user" if name in self.model.names else "available")

    @rule(
        distributor=st.sampled_from(["distributor", "distributor", "other_distributor"]),
        offset=offsets,
        limit=limits,
        part=st.sampled_from([None, "RESELLER", "other"]),
    )
    def list_resellers(self, distributor: str, offset: int, limit: int, part: str | None) -> None:
        """All of them joined at one moment, so their IDs are their order."""
        body = {"account_name": part, "offset": offset, "limit": limit}

        answer = self.call(distributor, "list_indirect_partners", body, set())

        assert answer is not None
        owner = self.model.partners[distributor].id
        mine = sorted(
            one.id
            for name, one in self.model.partners.items()
            if one.parent == owner and (part or "").lower() in self.world.principals[name].domain_name
        )
        assert answer["count"] == len(mine)
        assert [one["indirect_partner_id"] for one in answer["indirect_partners"]] == mine[offset : offset + limit]

    def _wanted(self, xaccount: str, name: str | None) -> dict[str, Any]:
        area = {"domain_area": "SG"} if self.site == "intl" else {}
        return {"xaccount_id": xaccount, "xaccount_type": "MACHINE", "domain_name": name} | area

    def _made(self, xaccount: str, association: str) -> Customer:
        """Past the API: who is not associated yet is in no list."""
        query = select(accounts.c.id, accounts.c.name).where(accounts.c.id == customers.c.id)
        with self.inside() as world:
            ident, name = world.db.execute(query.where(customers.c.xaccount_id == xaccount)).one()
        return Customer(ident, name, association, None)

    def _receiver(self, number: int) -> str:
        return f"1390000000{number}" if self.site == "cn" else f"somebody{number}@machine.test"
