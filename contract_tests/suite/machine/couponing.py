"""Rules on coupons and their quotas, on the China site: passed on, issued, taken back, paid with, expired, and told."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from sqlalchemy import select

from contract_tests.clients.outcome import Failed
from contract_tests.suite.machine.base import CENT, SCENARIO, Base, near
from contract_tests.suite.machine.coupon_model import ENDED, USABLE, Coupon, CouponModel, Quota
from contract_tests.suite.machine.model import ZERO
from contract_tests.worlds import Emulator
from mockserver.domain import clock, coupon_book, coupon_issuing, coupons
from mockserver.store import tables

cents = st.integers(1, 3_000).map(lambda count: count * CENT)
callers = st.sampled_from(["solution_provider", "distributor", "distributor"])
named = st.sampled_from([None, "reseller", "reseller", "reseller", "second_reseller", "nobody"])


class Couponing(Base):
    """It begins with what the scenario made; after that only the model is believed."""

    def __init__(self, emulator: Emulator, scenario: Path = SCENARIO) -> None:
        super().__init__(emulator, scenario)
        people = self.world.principals
        mine = people["distributor"].domain_id
        partners = {one.id: one for one in self.model.partners.values()}
        quotas: dict[str, Quota] = {}
        for row in self._rows(tables.coupon_quotas):
            parent = quotas.get(row.parent_id)
            quotas[row.id] = Quota(row.id, row.owner_id, row.type, row.value, row.balance, row.expires_at, parent)
        self.coupon_model = CouponModel(
            mine,
            {one.id: "leaving" not in name for name, one in self.model.partners.items() if one.parent == mine},
            partners,
            quotas,
            quota_records=[("10", one.value, "0") for one in quotas.values() if one.parent],
        )
        for row in self._rows(tables.coupons):
            quota = quotas[row.quota_id]
            coupon = Coupon(row.id, quota, row.holder_id, row.face_value, row.balance, row.expires_at)
            self.coupon_model.coupons[coupon.id] = coupon
            self.coupon_model.records.append((quota.owner, "1", coupon.face_value, "0"))

    @rule(data=st.data(), resellers=st.lists(named, max_size=3))
    def pass_a_quota_on(self, data: st.DataObject, resellers: list[str | None]) -> None:
        quota = data.draw(self._quotas(), "quota")
        idents = [self._id(one or "leaving_reseller") for one in resellers]
        amount = data.draw(_amounts(quota.balance if quota else None), "amount")
        refused = self.coupon_model.refuses_passing(quota, idents, amount, self.now)
        body = {"quota_id": quota.id if quota else "none", "indirect_partner_ids": idents, "quota_amount": amount}

        answer = self._call("distributor", "update_coupon_quotas", body, refused)

        if answer is not None and quota is not None:
            staying = self.coupon_model.staying(idents)
            assert [one["id"] for one in answer["simple_quota_infos"]] == staying
            for one in answer["simple_quota_infos"]:
                new = Quota(one["quota_id"], one["id"], quota.type, amount, amount, quota.expires, quota)
                self.coupon_model.passed_on(quota, new)
            leaving = [one for one in dict.fromkeys(idents) if one not in staying]
            assert [one["id"] for one in answer["error_details"]] == leaving
            self.coupon_model.quota_records += [("10", amount, "-1") for _ in leaving]

    @rule(data=st.data())
    def take_quotas_back(self, data: st.DataObject) -> None:
        given = [one for one in self.coupon_model.quotas.values() if one.parent]
        issued_from = {one.quota.id for one in self.coupon_model.coupons.values()}
        given = [one for one in given if one.id in issued_from] or given
        quotas = st.sampled_from(given) | st.sampled_from(given) | self._quotas()
        drawn = data.draw(st.lists(quotas, min_size=1, max_size=3), "quotas")
        asked = list(dict.fromkeys(one.id if one else "none" for one in drawn))
        possible = [one for one in asked if self.coupon_model.can_be_taken_back(one)]
        refused = None if possible else "CBC.99000012"

        answer = self._call("distributor", "reclaim_coupon_quotas", {"quota_ids": asked}, refused)

        if answer is not None:
            told = [(one["quota_id"], one["quota_balance"]) for one in answer["simple_quota_infos"]]
            assert told == [(one, ZERO) for one in possible]
            assert [one["id"] for one in answer["error_details"]] == [one for one in asked if one not in possible]
            for one in possible:
                self.coupon_model.took_back(self.coupon_model.quotas[one])
            again = [self.coupon_model.quotas.get(one) for one in asked if one not in possible]
            kept = [("11", one.value, "-1") for one in again if one and one.parent]
            self.coupon_model.quota_records += kept

    @rule(
        caller=callers,
        reseller=named,
        data=st.data(),
        days=st.sampled_from([None, None, 1, 10, 40]),
        right=st.sampled_from([True, True, True, False]),
    )
    def issue_coupons(
        self, caller: str, reseller: str | None, data: st.DataObject, days: int | None, right: bool
    ) -> None:
        quota = data.draw(self._quotas(), "quota")
        if right and quota is not None:
            caller, reseller = self._whose(quota)
        partner = self._acting(caller, reseller)
        customers = data.draw(st.lists(self._customers(partner), min_size=1, max_size=4), "customers")
        amount = data.draw(_amounts(quota.balance if quota else None), "amount")
        refused = self.coupon_model.refuses_issue(partner, quota, self.now)
        body: dict[str, Any] = {"quota_id": quota.id if quota else "none", "customer_ids": customers}
        body |= {"face_value": amount, "indirect_partner_id": self._named(caller, reseller)}
        if days:
            body["expire_time"] = clock.later(self.now, days=days)

        answer = self._call(caller, "create_partner_coupons", body, refused)

        if answer is not None and quota is not None:
            outcome = self.coupon_model.served(quota, customers, amount)
            assert [one["id"] for one in answer["coupon_infos"]] == [who for who, why in outcome.items() if not why]
            told = {one["id"]: one["error_code"] for one in answer["error_details"]}
            assert told == {who: why for who, why in outcome.items() if why}
            expires = body.get("expire_time", quota.expires)
            for one in answer["coupon_infos"]:
                self.coupon_model.issued(Coupon(one["coupon_id"], quota, one["id"], amount, amount, expires))
            for _ in told:
                self.coupon_model.failed(quota.owner, "1", amount)

    @rule(data=st.data(), right=st.sampled_from([True, True, True, False]))
    def reclaim_a_coupon(self, data: st.DataObject, right: bool) -> None:
        coupon = data.draw(self._coupons(), "coupon")
        owner = coupon.quota.owner
        caller, reseller = self._whose(coupon.quota)
        if not right:
            caller = "distributor" if caller == "solution_provider" else "solution_provider"
        body = {"coupon_id": coupon.id, "indirect_partner_id": self._named(caller, reseller)}
        refused = None if right else "CBC.0100"
        ended = coupon.status(self.now) != USABLE

        outcome = self.outcome(caller, "reclaim_partner_coupons", body)

        if refused:
            assert isinstance(outcome, Failed), outcome
            assert outcome.error_code == refused
        elif ended:
            # A refusal with status 200, of which the SDK's model of the answer shows nothing.
            assert outcome.status == 200, (outcome, ENDED)
            self.coupon_model.failed(owner, "2", coupon.balance or coupon.face_value)
        else:
            assert outcome.status == 204, outcome
            self.coupon_model.reclaimed(coupon, "2")

    @rule(data=st.data())
    def pay_with_a_coupon(self, data: st.DataObject) -> None:
        """Past the API: there are no orders yet."""
        coupon = data.draw(self._coupons(), "coupon")
        if coupon.status(self.now) == USABLE and coupon.balance:
            amount = min(data.draw(_amounts(coupon.balance), "amount"), coupon.balance)
            with self.inside() as world:
                coupons.use(world, coupon.id, "CS0001", amount)
            self.coupon_model.paid(coupon, amount)

    @rule(data=st.data(), cause=st.sampled_from([coupon_book.UNBOUND, coupon_book.MODEL_CHANGED]))
    def an_association_ends(self, data: st.DataObject, cause: str) -> None:
        """Past the API: what it calls for the customer's coupons."""
        some = data.draw(self._coupons(), "coupon")
        owner = some.quota.owner
        mine = [
            one
            for one in self.coupon_model.coupons.values()
            if (one.quota.owner, one.holder, one.status(self.now)) == (owner, some.holder, USABLE)
        ]
        with self.inside() as world:
            assert coupon_issuing.reclaim_all(world, owner, some.holder, cause) == len(mine)
        for one in mine:
            self.coupon_model.reclaimed(one, cause)

    def passed(self) -> None:
        super().passed()
        self.coupon_model.expire(self.now)

    @rule(caller=callers, reseller=named, kind=st.sampled_from([0, 0, 1]))
    def look_at_quotas(self, caller: str, reseller: str | None, kind: int) -> None:
        partner = self._acting(caller, reseller)
        body = {"quota_type": kind, "limit": 100, "indirect_partner_id": self._named(caller, reseller)}

        answer = self._call(caller, "list_quota_coupons", body, None if partner else "CBC.99000037")

        if answer is not None:
            shown = [(one["quota_id"], one["balance"], one["quota_status"]) for one in answer["quotas"]]
            assert shown == [
                (one.id, one.balance, 3 if one.expires < self.now else 0)
                for one in self.coupon_model.quotas.values()
                if (one.owner, one.type, one.taken_back) == (partner, kind, False)
            ]

    @rule(offset=st.sampled_from([0, 0, 1, 50]), limit=st.sampled_from([1, 5, 100]))
    def look_at_given_quotas(self, offset: int, limit: int) -> None:
        query = {"offset": offset, "limit": limit}
        answer = self._call("distributor", "list_issued_coupon_quotas", query, None)
        assert answer is not None
        given = [(one.id, one.balance, one.taken_back) for one in self.coupon_model.quotas.values() if one.parent]
        shown = [(one["quota_id"], one["balance"], one["quota_status"] == 6) for one in answer["quotas"]]
        assert (answer["total_count"], shown) == (len(given), given[offset : offset + limit])

    @rule(caller=callers, reseller=named, status=st.sampled_from([None, 2, 3, 4, 5]))
    def look_at_issued_coupons(self, caller: str, reseller: str | None, status: int | None) -> None:
        partner = self._acting(caller, reseller)
        query = {"status": status, "limit": 100, "indirect_partner_id": self._named(caller, reseller)}
        refused = None if partner else "CBC.99000037"

        answer = self._call(caller, "list_issued_partner_coupons", query, refused)

        if answer is not None:
            matching = [
                (one.id, one.holder, one.status(self.now), one.balance)
                for one in self.coupon_model.coupons.values()
                if one.quota.owner == partner and status in (None, one.status(self.now))
            ]
            members = ("coupon_id", "customer_id", "status", "balance")
            shown = [tuple(one[name] for name in members) for one in answer["user_coupons"]]
            assert answer["total_count"] == len(matching)
            assert [tuple(map(str, one[:3])) for one in shown] == [tuple(map(str, one[:3])) for one in matching[:100]]
            assert [Decimal(str(one[3])) for one in shown] == [one[3] for one in matching[:100]]

    @rule(caller=callers, reseller=named, result=st.sampled_from([None, "0", "-1"]))
    def look_at_records(self, caller: str, reseller: str | None, result: str | None) -> None:
        partner = self._acting(caller, reseller)
        query = {"result": result, "limit": 100, "indirect_partner_id": self._named(caller, reseller)}
        refused = None if partner else "CBC.99000037"

        answer = self._call(caller, "list_partner_coupons_record", query, refused)

        if answer is not None:
            kept = [one[1:] for one in self.coupon_model.records if one[0] == partner and result in (None, one[3])]
            shown = [
                (one["operation_type"], Decimal(str(one["operation_amount"])), one["result"])
                for one in answer["records"]
            ]
            assert answer["total_count"] == len(kept)
            # What falls due at one moment is recorded in any order.
            assert sorted(shown) == sorted(kept) if len(kept) <= 100 else len(shown) == 100

    @rule()
    def look_at_quota_records(self) -> None:
        answer = self._call("distributor", "list_coupon_quotas_records", {"limit": 100}, None)
        assert answer is not None
        shown = [(one["operation_type"], one["amount"], one["result"]) for one in answer["records"]]
        assert shown == self.coupon_model.quota_records[:100]
        assert answer["total_count"] == len(self.coupon_model.quota_records)

    @invariant()
    def no_coupon_value_comes_or_goes(self) -> None:
        with self.inside() as world:
            assert coupon_book.disagreements(world) == []
        held = {row.id: row.balance for table in (tables.coupon_quotas, tables.coupons) for row in self._rows(table)}
        model = self.coupon_model
        expected = {one.id: one.balance for one in model.quotas.values()}
        assert held == expected | {one.id: one.balance for one in model.coupons.values()}
        for root in (one for one in model.quotas.values() if one.parent is None):
            family = {one.id for one in model.in_family(root)}
            mine = [one for one in model.coupons.values() if one.quota.id in family]
            spent = sum((one.used for one in mine), ZERO)
            assert sum(held[ident] for ident in [*family, *(one.id for one in mine)]) + spent == root.value

    @property
    def now(self) -> str:
        return clock.text(self.world.now)

    def _call(
        self, caller: str, name: str, arguments: Mapping[str, Any], refused: str | None
    ) -> Mapping[str, Any] | None:
        return self.call(caller, name, arguments, set() if refused is None else {refused})

    def _acting(self, caller: str, reseller: str | None) -> str | None:
        """Whose quotas and customers a call is about; None for who is no reseller of the caller's."""
        if reseller is None or caller != "distributor":
            return self._id(caller)
        return self.id_of(reseller) if reseller in self.world.principals else None

    def _whose(self, quota: Quota) -> tuple[str, str | None]:
        """Who speaks for the partner that has a quota, and the reseller it has to name."""
        names = {one.domain_id: name for name, one in self.world.principals.items()}
        owner = names[quota.owner]
        return (owner, None) if owner in ("solution_provider", "distributor") else ("distributor", owner)

    def _named(self, caller: str, reseller: str | None) -> str | None:
        return None if reseller is None else self._id(reseller)

    def _id(self, name: str) -> str:
        known = self.world.principals.get(name)
        return known.domain_id if known else name

    def _quotas(self) -> st.SearchStrategy[Quota | None]:
        """Often one that a reseller has."""
        everything = list(self.coupon_model.quotas.values())
        of_resellers = [one for one in everything if one.parent]
        return st.sampled_from(of_resellers) | st.sampled_from(everything) | st.sampled_from([None, *everything])

    def _coupons(self) -> st.SearchStrategy[Coupon]:
        """Mostly one of the latest, or one whose quota its reseller does not have any more."""
        everything = list(self.coupon_model.coupons.values())
        homeless = [one for one in everything if one.quota.taken_back and one.balance] or everything
        return st.sampled_from(everything[-5:]) | st.sampled_from(homeless) | st.sampled_from(everything)

    def _customers(self, partner: str | None) -> st.SearchStrategy[str]:
        known = self.coupon_model.partners.get(partner or "")
        own = [one.id for one in known.customers] if known else []
        strangers = [one.customers[0].id for one in self.model.partners.values() if one.customers]
        strangers += [one.customer.id for one in self.model.pending[-1:]]
        mostly = st.sampled_from(own or strangers)
        return mostly | mostly | st.sampled_from([*own, *strangers, "nobody"])

    def _rows(self, table: Any) -> list[Any]:
        with self.inside() as world:
            return list(world.db.execute(select(table).order_by(table.c.number)))


def _amounts(limit: Decimal | None) -> st.SearchStrategy[Decimal]:
    """Any amount, often one that is just enough, just too much, or enough for a few."""
    if limit is None or limit <= CENT:
        return cents
    part = st.integers(2, 8).map(lambda parts: max((limit / parts).quantize(CENT), CENT))
    return cents | part | near.map(lambda cent: limit + cent)
