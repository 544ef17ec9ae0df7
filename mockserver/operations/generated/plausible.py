"""Made-up values that look right, for one record of an answer: by a member's name where that tells something.

What belongs together fits together: a record is about one customer, one product, one time. IDs of customers and
partners are ones that the sandbox has; an order or a resource that one answer names is named by others too.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache, cached_property
from random import Random
from typing import Any

import yaml
from faker import Faker

from mockserver.domain import clock
from mockserver.operations.call import Call
from mockserver.operations.generated.asked import Asked, snake
from mockserver.operations.generated.neighbours import Neighbour, Neighbours
from mockserver.shipped import fixtures

_POOL = 12
# Not the sandbox's clock: the same call gives the same answer tomorrow.
_LATEST = clock.moment("2026-06-30T00:00:00Z")
_LOCALES = {"zh": "zh_CN", "en": "en_US"}


@dataclass(frozen=True, slots=True)
class Rule:
    """A row of ``plausible.yaml``: ``of`` is a maker's name, ``one_of`` a list to pick from; one of them is there."""

    name: re.Pattern[str]
    of: str | None
    one_of: Sequence[Any]
    zh: Sequence[Any]
    site: str | None
    once: bool


@cache
def _rules() -> Sequence[Rule]:
    text = (fixtures() / "reference" / "plausible.yaml").read_text(encoding="utf-8")
    rows = yaml.load(text, Loader=yaml.CSafeLoader)
    return [
        Rule(
            name=re.compile(row["name"]),
            of=row.get("of"),
            one_of=row.get("one_of", ()),
            zh=row.get("zh", row.get("one_of", ())),
            site=row.get("site"),
            once=row.get("once", False),
        )
        for row in rows
    ]


@cache
def rules(site: str, holder: str, member: str) -> Sequence[Rule]:
    """The rules for a member of an object that stands under the name ``holder``, the first one best."""
    name = snake(member)
    names = (name, f"{snake(holder)}.{name}")
    return [
        rule for rule in _rules() if rule.site in (None, site) and any(rule.name.fullmatch(known) for known in names)
    ]


@cache
def _faker(locale: str) -> Faker:
    return Faker(locale, use_weighting=False)


class Plausible:
    """Values for one record. ``key`` decides them all, ``place`` what it is about: two places, two customers."""

    def __init__(
        self,
        call: Call,
        asked: Asked,
        neighbours: Neighbours,
        key: str,
        place: int | None = None,
        when: datetime | None = None,
    ) -> None:
        self._call = call
        self._asked = asked
        self._neighbours = neighbours
        self._key = key
        self._in_list = False
        self.chance = Random(key)
        self.place = self.chance.randrange(1000) if place is None else place
        self._when = when or self._moment()

    def entry(self, name: str, number: int, place: int) -> "Plausible":
        """A record in a list of that name. It has a time of its own, and its own lists have the same one."""
        key, when = f"{self._key}/{name}/{number}", self._when if self._in_list else None
        made = Plausible(self._call, self._asked, self._neighbours, key, place, when)
        made._in_list = True
        return made

    def length(self, name: str, most: int) -> int:
        """How long a list of that name is, whatever else is asked before."""
        return Random(f"{self._key}/{name}").randint(1, most)

    def candidates(self, holder: str, member: str) -> Iterator[Any]:
        """Values that the member's name suggests, the best one first. None: there is nobody whom it could name."""
        for rule in rules(self._call.site, holder, member):
            if rule.of is not None:
                yield _MAKERS[rule.of](self)
            else:
                values = rule.zh if self._call.language == "zh" else rule.one_of
                yield values[self.place % len(values)]

    def different(self, holder: str, member: str) -> int | None:
        """How many values a member has in which no two entries of a list may be the same; None where they may."""
        best = next(iter(rules(self._call.site, holder, member)), None)
        if best is None or not best.once:
            return None
        return len(best.one_of) if best.of is None else len(getattr(self._neighbours, _POOLS[best.of]))

    def customer_id(self) -> str | None:
        return self._customer.id if self._customer else None

    def customer_account(self) -> str | None:
        return self._customer.name if self._customer else None

    def customer_name(self) -> str:
        return (self._customer.real_name if self._customer else None) or self.company()

    def member_id(self) -> str | None:
        return self._member.id if self._member else None

    def member_account(self) -> str | None:
        return self._member.name if self._member else None

    def partner_id(self) -> str | None:
        found = self._of(self._neighbours.partners)
        return found.id if found else None

    def reseller_id(self) -> str | None:
        return self._reseller.id if self._reseller else None

    def reseller_account(self) -> str | None:
        return self._reseller.name if self._reseller else None

    def order_id(self) -> str:
        return f"CS{self._pooled('order') % 10**15:015d}"

    def order_line_id(self) -> str:
        return f"{self.order_id()}-{self.place % 9 + 1:06d}"

    def resource_id(self) -> str:
        number = f"{self._pooled('resource'):032x}"
        return "-".join((number[:8], number[8:12], number[12:16], number[16:20], number[20:]))

    def transaction_id(self) -> str:
        return f"AD{self.chance.randrange(10**12):012d}{self.chance.getrandbits(24):06x}"

    def identifier(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    def code(self) -> str:
        return f"{self.chance.getrandbits(32):08X}"

    def money(self) -> Decimal:
        return Decimal(self.chance.randrange(1, 100_000)).scaleb(-2)

    def ratio(self) -> Decimal:
        return Decimal(self.chance.randrange(50, 100)).scaleb(-2)

    def count(self) -> int:
        return self.chance.randint(1, 5)

    def flag(self) -> int:
        return self.chance.randint(0, 1)

    def beginning(self) -> str:
        return clock.text(self._when)

    def time(self) -> str:
        return clock.text(self._when + timedelta(minutes=self.chance.randint(1, 60)))

    def later(self) -> str:
        return clock.text(self._when + timedelta(minutes=self.chance.randint(61, 120)))

    def ending(self) -> str:
        return clock.text(self._when + timedelta(days=self.chance.randint(30, 365)))

    def date(self) -> str:
        return self.beginning()[:10]

    def month(self) -> str:
        return self.beginning()[:7]

    def currency(self) -> str:
        return self._call.world.currency

    def account_name(self) -> str:
        return str(self._people.user_name())

    def company(self) -> str:
        return str(self._people.company())

    def person(self) -> str:
        return str(self._people.name())

    def telephone(self) -> str:
        return f"138{self.chance.randrange(10**8):08d}"

    def email(self) -> str:
        return f"{self._people.user_name()}@example.com"

    def address(self) -> str:
        return str(self._people.address()).replace("\n", ", ")

    def word(self) -> str:
        return str(self._people.word())

    def _moment(self) -> datetime:
        """When it happened: in the time that was asked for, else in the last months."""
        start, end = self._asked.window or (_LATEST - timedelta(days=90), _LATEST)
        return start + timedelta(seconds=int((end - start).total_seconds() * self.chance.random()))

    @cached_property
    def _customer(self) -> Neighbour | None:
        return self._named("customer_id", self._neighbours.customers)

    @cached_property
    def _member(self) -> Neighbour | None:
        return self._named("sub_customer_id", self._neighbours.members)

    @cached_property
    def _reseller(self) -> Neighbour | None:
        return self._named("indirect_partner_id", self._neighbours.resellers)

    def _named(self, name: str, known: Sequence[Neighbour]) -> Neighbour | None:
        """The one that was asked for, else one of those that are known."""
        wanted = self._asked.value(name, self.place)
        return self._of(known) if wanted is None else self._neighbours.known(str(wanted))

    def _of(self, known: Sequence[Neighbour]) -> Neighbour | None:
        return known[self.place % len(known)] if known else None

    @property
    def _people(self) -> Faker:
        faker = _faker(_LOCALES[self._call.language])
        faker.seed_instance(self.chance.getrandbits(64))
        return faker

    def _pooled(self, kind: str) -> int:
        """One of a few numbers that the sandbox always uses for this kind."""
        return Random(f"{self._call.world.seed}/{kind}/{self.place % _POOL}").getrandbits(128)


_MAKERS: Mapping[str, Callable[[Plausible], Any]] = {
    name: made
    for name, made in vars(Plausible).items()
    if not name.startswith("_") and name not in ("entry", "length", "candidates", "different")
}
_POOLS = {"customer_id": "customers", "member_id": "members", "reseller_id": "resellers"}
