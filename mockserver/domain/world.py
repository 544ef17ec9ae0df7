"""What a piece of business needs to know of the sandbox it works in, and the sandbox's own chance.

Identifiers and generated names come from the seed and a counter in the database, so the same calls give the same
values, a refused call leaves no trace, and several processes could share a world.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, insert, select, update

from mockserver.store.tables import sequences


@dataclass(frozen=True, slots=True)
class World:
    """``now`` is a UTC text (see ``clock``), ``rules`` the scenario's settings, ``db`` an open transaction."""

    site: str
    seed: int
    rules: Mapping[str, Any]
    now: str
    db: Connection

    @property
    def currency(self) -> str:
        return "CNY" if self.site == "cn" else "USD"

    def number(self, sequence: str) -> int:
        """The next number of a sequence, from 1."""
        return self.numbers(sequence, 1)[0]

    def numbers(self, sequence: str, count: int) -> range:
        """The next ``count`` numbers of a sequence."""
        mine = sequences.c.name == sequence
        if not self.db.execute(update(sequences).where(mine).values(value=sequences.c.value + count)).rowcount:
            self.db.execute(insert(sequences).values(name=sequence, value=count))
        last = self.db.execute(select(sequences.c.value).where(mine)).scalar_one()
        return range(last - count + 1, last + 1)

    def identifier(self, sequence: str, length: int = 32) -> str:
        """The next identifier of a kind: lower-case hex, as account IDs are."""
        return self.identifiers(sequence, 1, length)[0]

    def identifiers(self, sequence: str, count: int, length: int = 32) -> list[str]:
        return [
            hashlib.sha256(f"{self.seed}/{sequence}/{number}".encode()).hexdigest()[:length]
            for number in self.numbers(sequence, count)
        ]
