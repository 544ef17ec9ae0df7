"""Fills a new world with a scenario's quotas, coupons, cards and discounts: each came the way it comes in business."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import Any

from sqlalchemy import insert, select

from mockserver.domain import (
    accounts,
    clock,
    coupon_book,
    coupon_issuing,
    coupon_quotas,
    coupons,
    customers,
    discounts,
    due,
)
from mockserver.domain.accounts import Account
from mockserver.domain.coupon_quotas import Quota
from mockserver.domain.coupons import NewCoupon
from mockserver.domain.scenarios import BadScenario, Scenario
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store import tables

# Until when what the file gives no end to holds.
_FOR_LONG = "2035-12-31T15:59:59Z"
_STATUS = {
    "normal": coupon_quotas.NORMAL,
    "invalid": coupon_quotas.INVALID,
    "adjusting": coupon_quotas.ADJUSTING,
    "frozen": coupon_quotas.FROZEN,
}
_COUPON_TYPES = {"cash": coupons.CASH, "discount": coupons.DISCOUNT, "flexi_purchase": coupons.FLEXI_PURCHASE}
_QUOTA_TYPES = {"cash": coupon_quotas.CASH, "flexi_purchase": coupon_quotas.FLEXI_PURCHASE}
_TERMS = ("smallest", "largest", "most_coupons", "most_value")


def populate(world: World, scenario: Scenario, ids: Mapping[str, str]) -> None:
    """``ids`` are those of the principals, by name."""
    building = _Building(world, scenario, ids)
    building.quotas()
    building.coupons()
    building.cards()
    building.discounts()


class _Building:
    def __init__(self, world: World, scenario: Scenario, ids: Mapping[str, str]) -> None:
        self.world = world
        self.start, self.end = scenario.history
        self.name = scenario.name
        self.file = scenario.benefits
        self.ids = ids
        self.quota_ids: dict[str, str] = {}

    def quotas(self) -> None:
        for name, row in self.file.get("coupon_quotas", {}).items():
            at = replace(self.world, now=row.get("granted", self.start))
            self.quota_ids[name] = self._passed_on(at, row) if "from" in row else self._granted(at, row)
        # They were whole when they were given, whatever state they are in by now.
        for name, row in self.file.get("coupon_quotas", {}).items():
            if "status" in row:
                mine = tables.coupon_quotas.c.id == self.quota_ids[name]
                change = tables.coupon_quotas.update().where(mine).values(status=_STATUS[row["status"]])
                self.world.db.execute(change)

    def coupons(self) -> None:
        rows = sorted(self.file.get("coupons", ()), key=lambda row: row.get("issued", self.end))
        made = chain.from_iterable(self._issued(row) for row in rows)
        expired = sorted((one for one in made if one[0] < self.end and one[0] < clock.LAST), key=lambda pair: pair[0])
        for expires, ident in expired:
            # What fell due while the history went on has happened in it.
            due.cancel(self.world, coupons.EXPIRY, ident)
            coupon_issuing.expire(replace(self.world, now=clock.later(expires, seconds=1)), ident)

    def cards(self) -> None:
        rows = [
            {
                "id": self.world.identifier("stored-value card"),
                "name": row.get("name", "Stored-value card"),
                "holder_id": self.ids[row["of"]],
                "face_value": Decimal(row["amount"]),
                "balance": Decimal(row.get("balance", row["amount"])),
                **self._validity(row),
            }
            for row in self.file.get("stored_value_cards", ())
        ]
        if rows:
            self.world.db.execute(insert(tables.stored_value_cards), rows)

    def discounts(self) -> None:
        for row in self.file.get("partner_discounts", ()):
            time = self._validity(row)
            pair, discount = (self.ids[row["of"]], self.ids[row["to"]]), Decimal(row["discount"])
            discounts.set_for(self.world, *pair, discount, time["effective_at"], time["expires_at"])
        for row in self.file.get("agreements", ()):
            ident = self.world.identifier("agreement")
            discount, time = Decimal(row["discount"]), self._validity(row)
            discounts.agree(self.world, discounts.Agreement(ident, row["code"], self.ids[row["of"]], discount, **time))

    def _granted(self, at: World, row: Mapping[str, Any]) -> str:
        terms = {name: row[name] for name in _TERMS if name in row}
        if "customers" in row:
            terms["customers"] = [self.ids[name] for name in row["customers"]]
        quota = Quota(
            id=at.identifier("coupon quota"),
            owner_id=self.ids[row["of"]],
            parent_id=None,
            type=_QUOTA_TYPES[row.get("type", "cash")],
            value=Decimal(row["amount"]),
            balance=coupon_book.ZERO,
            status=coupon_quotas.NORMAL,
            created_at=at.now,
            updated_at=at.now,
            effective_at=row.get("effective", at.now),
            expires_at=row.get("expires", _FOR_LONG),
            limits=row.get("limits", []),
            terms=terms,
            adjusting=False,
        )
        coupon_quotas.grant(at, quota)
        return quota.id

    def _passed_on(self, at: World, row: Mapping[str, Any]) -> str:
        reseller = self._account(self.ids[row["of"]])
        distributor = self._account(reseller.parent_id or "")
        parent = coupon_quotas.get(at, self.quota_ids[row["from"]])
        assert parent is not None
        return coupon_quotas.hand_over(at, distributor, parent, [reseller.id], Decimal(row["amount"]))[reseller.id]

    def _issued(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """When each of the coupons expires, and its ID."""
        at = replace(self.world, now=row.get("issued", self.end))
        quota = coupon_quotas.get(at, self.quota_ids[row["quota"]]) if "quota" in row else None
        amount = Decimal(row["amount"])
        new = [
            NewCoupon(
                holder,
                self._type(row, quota),
                amount,
                row.get("effective", quota.effective_at if quota else at.now),
                row.get("expires", quota.expires_at if quota else _FOR_LONG),
                quota.owner_id if quota else None,
                quota.id if quota else None,
                row.get("limits", quota.limits if quota else []),
                row.get("frozen", False),
                row.get("locked_by"),
            )
            for holder in self._holders(row, quota)
        ]
        issuer = self._account(quota.owner_id) if quota else None
        made = coupons.make(at, new, issuer.name if issuer else None, row.get("remark"))
        try:
            for ident in made:
                if "used" in row:
                    coupons.use(at, ident, row["order"], Decimal(row["used"]))
                if row.get("reclaimed") and issuer:
                    coupon_issuing.reclaim(at, issuer, issuer.name, ident)
        except Refused as refused:
            place = self.file["coupons"].index(row)
            raise BadScenario(f"{self.name}: /coupons/{place}: at {at.now} {refused.because}") from None
        return [(one.expires_at, ident) for one, ident in zip(new, made, strict=True)]

    def _holders(self, row: Mapping[str, Any], quota: Quota | None) -> list[str]:
        count: int = row.get("count", 1)
        if "to" in row or quota is None:
            return [self.ids[row["to"]]] * count
        mine = (
            tables.customers.c.partner_id == quota.owner_id,
            tables.customers.c.association == customers.RESALE,
        )
        first = select(tables.customers.c.id).where(*mine).order_by(tables.customers.c.number).limit(count)
        return list(self.world.db.execute(first).scalars())

    def _type(self, row: Mapping[str, Any], quota: Quota | None) -> int:
        if quota is None:
            return _COUPON_TYPES[row.get("type", "cash")]
        return coupons.FLEXI_PURCHASE if quota.type == coupon_quotas.FLEXI_PURCHASE else coupons.CASH

    def _account(self, ident: str) -> Account:
        found = accounts.get(self.world, ident)
        assert found is not None
        return found

    def _validity(self, row: Mapping[str, Any]) -> dict[str, str]:
        return {
            "effective_at": row.get("effective", self.start),
            "expires_at": row.get("expires", _FOR_LONG),
        }
