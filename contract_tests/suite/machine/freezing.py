"""Rules on freezing, on the international site: some customers of a call fail, and the others are served."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from contract_tests.suite.machine.base import Base, callers, resellers, unless

_TYPES = {None: 1, "ACCOUNT": 1, "ACCOUNT_AND_RESOURCE": 2}
types = st.sampled_from(list(_TYPES))


class Freezing(Base):
    @rule(caller=callers, reseller=resellers, type_=types, data=st.data())
    def freeze(self, caller: str, reseller: str | None, type_: str | None, data: st.DataObject) -> None:
        self._change("freeze", caller, reseller, type_, data)

    @rule(caller=callers, reseller=resellers, type_=types, data=st.data())
    def unfreeze(self, caller: str, reseller: str | None, type_: str | None, data: st.DataObject) -> None:
        self._change("unfreeze", caller, reseller, type_, data)

    @rule(caller=callers, verb=st.sampled_from(["freeze", "unfreeze"]), data=st.data())
    def change_in_the_old_way(self, caller: str, verb: str, data: st.DataObject) -> None:
        """Accounts only, and who is served is counted."""
        partner = self.model.partners[caller]
        asked = self._asked(caller, None, data)

        answer = self.call(caller, f"legacy_{verb}_customers", {"customerIds": asked, "reason": "due"}, set())

        change = self.model.frozen if verb == "freeze" else self.model.unfrozen
        failed = change(partner, asked, 1)
        assert answer is not None
        assert {one["Id"]: one["error_code"] for one in answer["failDetail"]} == failed
        assert (answer["failNum"], answer["successNum"]) == (len(failed), len(asked) - len(failed))

    def _change(self, verb: str, caller: str, reseller: str | None, type_: str | None, data: st.DataObject) -> None:
        indirect = self.id_of(reseller)
        partner = self.model.acting(caller, indirect)
        asked = self._asked(caller, indirect, data)
        body = {"customer_ids": asked, "reason": "due", "indirect_partner_id": indirect, f"{verb}_type": type_}

        answer = self.call(caller, f"{verb}_sub_customers", body, unless(partner))

        if answer is not None and partner is not None:
            change = self.model.frozen if verb == "freeze" else self.model.unfrozen
            failed = change(partner, asked, _TYPES[type_])
            assert {one["id"]: one["error_code"] for one in answer.get("error_details") or ()} == failed

    def _asked(self, caller: str, indirect: str | None, data: st.DataObject) -> list[str]:
        whose = self.customers_of(self.model.acting(caller, indirect))
        return data.draw(st.lists(whose, min_size=1, max_size=4, unique=True), "asked")
