"""Discounts: those that a partner sets for its customers, and framework agreements with Huawei Cloud."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import delete, insert, select

from mockserver.domain.world import World
from mockserver.store.rows import as_row
from mockserver.store.tables import agreements, partner_discounts

NONE = Decimal(1)


@dataclass(frozen=True, slots=True)
class PartnerDiscount:
    """``discount`` is what a customer pays of the price: 0.85."""

    id: str
    partner_id: str
    customer_id: str
    discount: Decimal
    effective_at: str
    expires_at: str


@dataclass(frozen=True, slots=True)
class Agreement:
    """A commercial agreement: what it says of products and categories is in ``fixtures/reference``."""

    id: str
    code: str
    holder_id: str
    discount: Decimal
    effective_at: str
    expires_at: str


def of_partner(world: World, partner_id: str, customer_id: str) -> PartnerDiscount | None:
    """What a partner has set for a customer, in effect or not; what has expired is gone."""
    query = _DISCOUNTS.where(
        partner_discounts.c.partner_id == partner_id,
        partner_discounts.c.customer_id == customer_id,
        partner_discounts.c.expires_at >= world.now,
    )
    row = world.db.execute(query).one_or_none()
    return None if row is None else PartnerDiscount(*row)


def set_for(world: World, partner_id: str, customer_id: str, discount: Decimal, effective: str, expires: str) -> None:
    """Set a partner's discount for a customer in place of the last one; 1 takes it away."""
    pair = (partner_discounts.c.partner_id == partner_id, partner_discounts.c.customer_id == customer_id)
    world.db.execute(delete(partner_discounts).where(*pair))
    if discount != NONE:
        new = PartnerDiscount(world.identifier("discount"), partner_id, customer_id, discount, effective, expires)
        world.db.execute(insert(partner_discounts), [as_row(new)])


def granted_to(world: World, customer_id: str) -> Sequence[PartnerDiscount]:
    """The partners' discounts that a customer has now."""
    mine = (
        partner_discounts.c.customer_id == customer_id,
        partner_discounts.c.effective_at <= world.now,
        partner_discounts.c.expires_at >= world.now,
    )
    return [PartnerDiscount(*row) for row in world.db.execute(_DISCOUNTS.where(*mine))]


def agree(world: World, agreement: Agreement) -> None:
    world.db.execute(insert(agreements), [as_row(agreement)])


def agreement_of(world: World, holder_id: str) -> Agreement | None:
    """The agreement that is in effect now, the latest of several."""
    mine = (
        agreements.c.holder_id == holder_id,
        agreements.c.effective_at <= world.now,
        agreements.c.expires_at >= world.now,
    )
    row = world.db.execute(_AGREEMENTS.where(*mine).order_by(agreements.c.effective_at.desc()).limit(1)).one_or_none()
    return None if row is None else Agreement(*row)


_DISCOUNTS = select(*(partner_discounts.c[name] for name in PartnerDiscount.__slots__))
_AGREEMENTS = select(*(agreements.c[name] for name in Agreement.__slots__))
