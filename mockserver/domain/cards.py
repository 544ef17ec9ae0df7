"""Stored-value cards: bought by a customer, they pay until nothing is left of them."""

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select

from mockserver.domain.world import World
from mockserver.store.listing import equal, page
from mockserver.store.tables import stored_value_cards

USABLE, USED_UP = 1, 2
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Card:
    """A card; it is used up when its balance is."""

    id: str
    name: str
    face_value: Decimal
    balance: Decimal
    effective_at: str
    expires_at: str

    @property
    def status(self) -> int:
        return USABLE if self.balance else USED_UP


def of_holder(
    world: World, holder_id: str, status: int, card_id: str | None, *, offset: int, limit: int
) -> tuple[int, list[Card]]:
    """The cards of a customer that are in one state, the oldest first."""
    balance = stored_value_cards.c.balance
    conditions = [
        stored_value_cards.c.holder_id == holder_id,
        balance > _NOTHING if status == USABLE else balance == _NOTHING,
        *equal((stored_value_cards.c.id, card_id)),
    ]
    rows = select(*(stored_value_cards.c[name] for name in Card.__slots__)).where(*conditions)
    count, found = page(world.db, rows, stored_value_cards.c.number, offset=offset, limit=limit)
    return count, [Card(*row) for row in found]
