"""Fills an empty world with a scenario: the same scenario and seed give the same bytes, on any day.

Names come from Faker, everything from the seed; money that a customer has came through the ledger like any other.
"""

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert

from mockserver.domain import (
    accounts,
    clock,
    customers,
    ledger,
    populate_benefits,
    populate_customers,
    populate_money,
    trades,
)
from mockserver.domain.accounts import NewAccount
from mockserver.domain.customers import REFERRAL, RESALE, Customer
from mockserver.domain.ledger import Transfer
from mockserver.domain.people import People
from mockserver.domain.populate_money import HELD, OUTSIDE
from mockserver.domain.scenario_checks import PARTNERS
from mockserver.domain.scenarios import Scenario
from mockserver.domain.world import World
from mockserver.store.tables import principals

_LEVELS = ("V0", "V1", "V2", "V3", "V4", "V5")
_LABELS = ("retail", "Finance", "education", "gaming", "Health", "logistics", None)


def populate(scenario: Scenario, seed: int) -> Callable[[Connection], None]:
    """What builds the world of ``scenario`` in an empty database."""

    def build(connection: Connection) -> None:
        world = World(scenario.site, seed, scenario.rules, scenario.history[0], connection)
        _Building(scenario, world).run()

    return build


@dataclass(frozen=True, slots=True)
class _Funds:
    owner: str
    payer: str | None
    amount: Decimal
    at: str

    @property
    def reason(self) -> str:
        if self.owner == OUTSIDE:
            return ledger.CONSUME
        if self.payer is not None:
            return ledger.ALLOCATE
        return trades.GRANT_CREDIT if self.owner.endswith(f"/{ledger.CREDIT}") else ledger.TOP_UP


class _Building:
    def __init__(self, scenario: Scenario, world: World) -> None:
        self.scenario = scenario
        self.world = world
        self.chance = random.Random(world.seed)
        self.people = People(world.site, self.chance)
        self.start, end = map(clock.moment, scenario.history)
        self.span = int((end - self.start).total_seconds())
        self.past = list(populate_money.movements(scenario.movements))
        self.past_change = populate_money.net(self.past)
        self.ids: dict[str, str] = {}
        self.platforms: dict[str, str] = {}
        self.new_accounts: list[NewAccount] = []
        self.new_customers: list[Customer] = []
        self.funds: list[_Funds] = []
        self.ledger_accounts: list[tuple[str | None, int, Decimal, Decimal]] = [
            (None, ledger.BALANCE, ledger.ZERO, ledger.ZERO)
        ]

    def run(self) -> None:
        people = {name: row for name, row in self.scenario.principals.items() if "kind" in row}
        self.ids = dict(zip(people, self.world.identifiers("account", len(people)), strict=True))
        for name, row in people.items():
            self._account(name, row)
        for group in self.scenario.customers:
            self._customers(group)
        accounts.add(self.world, self.new_accounts)
        if self.new_customers:
            customers.add(self.world, sorted(self.new_customers, key=lambda one: one.associated_on))
        populate_customers.write(self.world, self.scenario, self.ids)
        self._fund()
        populate_money.budgets_of(self.scenario, self.world, self.ids)
        populate_benefits.populate(self.world, self.scenario, self.ids)
        self.world.db.execute(insert(principals), list(self._principals()))

    def _account(self, name: str, row: Mapping[str, Any]) -> None:
        ident = self.ids[name]
        kind: str = row["kind"]
        if kind in PARTNERS:
            self.platforms[ident] = row.get("xaccount_type", f"{name.upper()}_IDP")
        joined: str = row.get("associated_on", self.scenario.history[0])
        partnered = kind == "customer" and "of" in row
        self.new_accounts.append(
            NewAccount(
                id=ident,
                name=row.get("domain_name", name),
                kind=kind,
                created_at=joined,
                parent_id=self.ids[row["of"]] if "of" in row and not partnered else None,
                standing=row.get("standing"),
                real_name=row.get("real_name"),
                password=row["password"],
                area="CN" if self.world.site == "cn" else "SG",
                xaccount_type=self.platforms.get(ident),
                **self.people.contact(row.get("domain_name", name)),
            )
        )
        resale = partnered and row.get("association", RESALE) == RESALE
        if partnered:
            self._partnered(ident, row, joined)
        if kind in PARTNERS:
            self._ledger(name, row, HELD)
        elif resale and not row.get("billed_to_partner") and ("balance" in row or self._moved(name, ledger.BALANCE)):
            self._balance(ident, self.ids[row["of"]], self._at_first(name, row, ledger.BALANCE), joined)
        elif kind == "customer" and not resale:
            has = [type_ for type_ in HELD if HELD[type_] in row or self._moved(name, type_)]
            self._ledger(name, row, sorted({ledger.BALANCE, *has}))

    def _partnered(self, ident: str, row: Mapping[str, Any], joined: str) -> None:
        self.new_customers.append(
            Customer(
                ident,
                self.ids[row["of"]],
                row.get("association", RESALE),
                joined,
                real_name=row.get("real_name", self.people.company()),
                label=row.get("label"),
                verified_status=2,
                customer_type=1,
                level="V1",
                billed_to_partner=row.get("billed_to_partner", False),
            )
        )

    def _moved(self, name: str, type_: int) -> bool:
        return (name, type_) in self.past_change

    def _at_first(self, name: str, row: Mapping[str, Any], type_: int) -> Decimal:
        """What an account was opened with, so that it holds what the file says after all that came and went."""
        return Decimal(row.get(HELD[type_], "0.00")) - self.past_change.get((name, type_), ledger.ZERO)

    def _ledger(self, name: str, row: Mapping[str, Any], types: Iterable[int]) -> None:
        """Accounts with money from outside."""
        ident = self.ids[name]
        for type_ in types:
            designated = Decimal(row.get("designated", "0.00")) if type_ == ledger.BALANCE else ledger.ZERO
            line = Decimal(row.get("credit_line", "0.00")) if type_ == ledger.CREDIT else ledger.ZERO
            self.ledger_accounts.append((ident, type_, designated, line))
            amount = self._at_first(name, row, type_)
            if amount:
                self.funds.append(_Funds(f"{ident}/{type_}", None, amount, self.scenario.history[0]))

    def _balance(self, ident: str, payer: str, amount: Decimal, at: str) -> None:
        """Money that a partner allocated to its customer; the partner got it from outside for that purpose."""
        self.ledger_accounts.append((ident, ledger.BALANCE, ledger.ZERO, ledger.ZERO))
        if amount:
            self.funds.append(_Funds(f"{payer}/{ledger.BALANCE}", None, amount, at))
            self.funds.append(_Funds(f"{ident}/{ledger.BALANCE}", f"{payer}/{ledger.BALANCE}", amount, at))

    def _customers(self, group: Mapping[str, Any]) -> None:
        partner, count = self.ids[group["of"]], group["count"]
        referral, funded, in_debt = group.get("referral", 0), group.get("funded", 0), group.get("in_debt", 0)
        associations = [REFERRAL] * referral + [RESALE] * (count - referral)
        for ident, association in zip(self.world.identifiers("account", count), associations, strict=False):
            at = self._moment()
            self._customer(ident, partner, association, at)
            if association == RESALE and funded > 0:
                funded -= 1
                amount = Decimal(self.chance.randint(1_000, 500_000)) / 100
                self._balance(ident, partner, amount, at)
                if funded < in_debt:
                    spent = amount + Decimal(self.chance.randint(100, 20_000)) / 100
                    self.funds.append(_Funds(OUTSIDE, f"{ident}/{ledger.BALANCE}", spent, at))

    def _customer(self, ident: str, partner: str, association: str, at: str) -> None:
        chance, people = self.chance, self.people
        company = chance.random() < 0.6
        verified = chance.choices((2, -1, 0, 1), (80, 10, 5, 5))[0]
        name = people.account_name()
        self.new_accounts.append(
            NewAccount(
                ident,
                name,
                "customer",
                at,
                area=people.area(),
                password="Pw1-" + f"{chance.getrandbits(48):012x}",
                **people.contact(name),
            )
        )
        self.new_customers.append(
            Customer(
                ident,
                partner,
                association,
                at,
                real_name=(people.company() if company else people.person()) if verified != -1 else None,
                label=chance.choice(_LABELS),
                verified_status=verified,
                customer_type=-1 if verified == -1 else int(company),
                level=chance.choice(_LEVELS),
                account_manager=people.account_name() if chance.random() < 0.3 else None,
                xaccount_id=f"x-{chance.getrandbits(48):012x}",
                xaccount_type=self.platforms[partner],
            )
        )

    def _moment(self) -> str:
        return clock.text(self.start + timedelta(seconds=self.chance.randint(0, self.span)))

    def _fund(self) -> None:
        opened = {
            f"{one.owner_id}/{one.type}" if one.owner_id else OUTSIDE: one.id
            for one in ledger.open_accounts(self.world, self.ledger_accounts)
        }
        openings = [
            Transfer(opened[fund.payer or OUTSIDE], opened[fund.owner], fund.amount, fund.reason, fund.at)
            for fund in self.funds
        ]
        past = populate_money.transfers(self.past, self.ids, opened)
        ledger.move_all(self.world, sorted([*openings, *past], key=lambda one: one.at))

    def _principals(self) -> Iterator[dict[str, Any]]:
        for name, row in self.scenario.principals.items():
            of = row.get("operator_of", name)
            yield {
                "name": name,
                "account_id": self.ids[of],
                "user_name": row.get("user_name", row.get("domain_name", name)),
                "password": row["password"],
                "ak": row["ak"],
                "sk": row["sk"],
                "ak_enabled": row.get("ak_enabled", True),
                "permissions": row.get("permissions"),
            }
