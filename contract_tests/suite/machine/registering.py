"""Rules on customers: they are registered, listed, and their names are asked for."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from contract_tests.suite.machine.base import Base, callers, resellers, unless
from contract_tests.suite.machine.model import REFERRAL, RESALE, Customer

_CODES = {REFERRAL: "1", RESALE: "2"}


class Registering(Base):
    @rule(
        caller=callers,
        reseller=resellers,
        association=st.sampled_from([None, "1", "2"]),
        named=st.sampled_from(["new", "new", "taken", None]),
        again=st.sampled_from([False, False, False, True]),
    )
    def register(
        self, caller: str, reseller: str | None, association: str | None, named: str | None, again: bool
    ) -> None:
        number = len(self.model.names) + len(self.model.xaccounts)
        indirect = self.id_of(reseller)
        name = {"new": f"Machine-{number}", "taken": min(self.model.names), None: None}[named]
        xaccount = min(self.model.xaccounts) if again and self.model.xaccounts else f"x{number}"
        body = {"xaccount_id": xaccount, "xaccount_type": "MACHINE", "domain_name": name}
        body |= {"cooperation_type": association, "indirect_partner_id": indirect}
        refused = self.model.refuses_registration(caller, indirect, name, xaccount)

        answer = self.call(caller, "create_sub_customer", body, refused)

        if answer is not None:
            assert name in (None, answer["domain_name"])
            kind = REFERRAL if association == "1" else RESALE
            customer = Customer(answer["domain_id"], answer["domain_name"], kind, None)
            self.model.registered(caller, indirect, customer, xaccount)

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
        body["association_type"] = _CODES.get(association or "")

        answer = self.call(caller, "list_sub_customers", body, unless(partner))

        if answer is not None and partner is not None:
            matching = [
                (one.id, one.name, _CODES[one.association])
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
