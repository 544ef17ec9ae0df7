"""Made-up values that look right: by a member's name where the name tells, else by its type.

They come from the sandbox's seed, so the same call gives the same answer; IDs of customers, partners are ones that the
sandbox has, and an order or resource that one answer names is named by the others too.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import yaml
from faker import Faker
from sqlalchemy import select

from mockserver.domain import clock
from mockserver.operations.call import Call
from mockserver.shipped import fixtures
from mockserver.store.tables import accounts, customers

_POOL = 12
# Not the sandbox's clock: the same call gives the same answer tomorrow.
_LATEST = clock.moment("2026-06-30T00:00:00Z")
_LOCALES = {"zh": "zh_CN", "en": "en_US"}


@dataclass(frozen=True, slots=True)
class Rule:
    """``of`` is a maker's name, ``one_of`` a list to pick from; one of them is there."""

    name: re.Pattern[str]
    of: str | None
    one_of: Sequence[Any]


@cache
def _rules() -> Sequence[Rule]:
    text = (fixtures() / "reference" / "plausible.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, Loader=yaml.CSafeLoader)
    return [Rule(re.compile(row["name"]), row.get("of"), row.get("one_of", ())) for row in rows]


@cache
def _rule(member: str) -> Rule | None:
    snake = re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", member).lower()
    return next((rule for rule in _rules() if rule.name.fullmatch(snake)), None)


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale, use_weighting=False)


class Plausible:
    """Values for one answer; ``chance`` decides them."""

    def __init__(self, call: Call, chance: Random) -> None:
        self._call = call
        self._chance = chance
        self._faker = _faker(_LOCALES[call.language])
        self._faker.seed_instance(chance.getrandbits(64))

    def candidate(self, member: str) -> Any:
        """A value that the member's name suggests, None where it suggests nothing."""
        rule = _rule(member)
        if rule is None:
            return None
        if rule.of is None:
            return self._chance.choice(rule.one_of)
        return _MAKERS[rule.of](self)

    def customer_id(self) -> str:
        query = (
            select(customers.c.id).where(customers.c.partner_id == self._call.caller_id).order_by(customers.c.number)
        )
        mine = list(self._call.world.db.execute(query.limit(_POOL)).scalars())
        return self._chance.choice(mine) if mine else self._call.caller_id

    def partner_id(self) -> str:
        query = select(accounts.c.id).where(accounts.c.parent_id == self._call.caller_id).order_by(accounts.c.id)
        below = list(self._call.world.db.execute(query).scalars())
        return self._chance.choice(below) if below else self._call.caller_id

    def order_id(self) -> str:
        return f"CS{self._pooled('order') % 10**15:015d}"[:17].upper()

    def resource_id(self) -> str:
        number = f"{self._pooled('resource'):032x}"[:32]
        return "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))

    def transaction_id(self) -> str:
        return f"AD{self._chance.randrange(10**12):012d}{self._chance.getrandbits(24):06x}"

    def identifier(self) -> str:
        return f"{self._chance.getrandbits(128):032x}"

    def money(self) -> Decimal:
        return Decimal(self._chance.randrange(100_000)) / 100

    def ratio(self) -> Decimal:
        return Decimal(self._chance.randrange(50, 100)) / 100

    def count(self) -> int:
        return self._chance.randint(1, 5)

    def time(self) -> str:
        return clock.text(_LATEST - timedelta(minutes=self._chance.randint(1, 60 * 24 * 90)))

    def date(self) -> str:
        return self.time()[:10]

    def month(self) -> str:
        return self.time()[:7]

    def currency(self) -> str:
        return self._call.world.currency

    def account_name(self) -> str:
        return str(self._faker.user_name())

    def company(self) -> str:
        return str(self._faker.company())

    def person(self) -> str:
        return str(self._faker.name())

    def telephone(self) -> str:
        return f"138{self._chance.randrange(10**8):08d}"

    def email(self) -> str:
        return f"{self._faker.user_name()}@example.com"

    def address(self) -> str:
        return str(self._faker.address()).replace("\n", ", ")

    def word(self) -> str:
        return str(self._faker.word())

    def _pooled(self, kind: str) -> int:
        """One of a few numbers that the sandbox always uses for this kind."""
        place = self._chance.randrange(_POOL)
        return Random(f"{self._call.world.seed}/{kind}/{place}").getrandbits(128)


_MAKERS: Mapping[str, Callable[[Plausible], Any]] = {
    name: getattr(Plausible, name) for name in vars(Plausible) if not name.startswith("_") and name != "candidate"
}
