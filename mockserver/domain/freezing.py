"""Freezing: a partner stops a resale customer from buying, and its resources too if it wants.

Only the international site's pages have it, and there a customer of the reseller model is frozen from its association
until the partner unfreezes it. Each customer of a call is judged by itself: one that fails does not hold up the others.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update

from mockserver.domain import customers
from mockserver.domain.accounts import Account
from mockserver.domain.customers import RESALE, Customer
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.tables import customers as customers_table

NOT_FROZEN, ACCOUNT, ACCOUNT_AND_RESOURCE = 0, 1, 2
TYPES = {"ACCOUNT": ACCOUNT, "ACCOUNT_AND_RESOURCE": ACCOUNT_AND_RESOURCE}
# What a resale customer is when its association begins.
AT_FIRST = {"cn": NOT_FROZEN, "intl": ACCOUNT}
FROZEN_PARTNER = "frozen"
NO_RESALE_CUSTOMER, OTHER_TYPE, PARTNER_IS_FROZEN = "CBC.99005024", "CBC.99007004", "CBC.99003656"


@dataclass(frozen=True, slots=True)
class Failure:
    """A customer that stayed as it was, and why."""

    customer_id: str
    code: str
    because: str


def freeze(world: World, partner: Account, ids: Sequence[str], type_: int) -> list[Failure]:
    """Who is frozen already takes the type asked for; no page says what happens then."""
    return _set(world, partner, ids, from_=None, to=type_)


def unfreeze(world: World, partner: Account, ids: Sequence[str], type_: int) -> list[Failure]:
    """The type has to be that of the freezing.

    Raises: ``CBC.99003656`` the partner is frozen itself.
    """
    _may_unfreeze(partner)
    return _set(world, partner, ids, from_=type_, to=NOT_FROZEN)


def release(world: World, partner: Account, ids: Sequence[str]) -> None:
    """Unfreeze resale customers of the partner, in whichever way they are frozen.

    Raises: ``CBC.99003656`` the partner is frozen itself.
    """
    _may_unfreeze(partner)
    _keep(world, ids, NOT_FROZEN)


def _may_unfreeze(partner: Account) -> None:
    if partner.standing == FROZEN_PARTNER:
        raise Refused(PARTNER_IS_FROZEN, f"{partner.name} is frozen itself")


def _set(world: World, partner: Account, ids: Sequence[str], *, from_: int | None, to: int) -> list[Failure]:
    mine = {one.id: one for one in customers.of_partner(world, partner, ids)}
    asked = list(dict.fromkeys(ids))
    judged = [_judged(ident, mine.get(ident), from_) for ident in asked]
    failed = [failure for failure in judged if failure is not None]
    done = [ident for ident, failure in zip(asked, judged, strict=True) if failure is None]
    _keep(world, done, to)
    return failed


def _keep(world: World, ids: Sequence[str], type_: int) -> None:
    world.db.execute(update(customers_table).where(customers_table.c.id.in_(ids)).values(frozen=type_))


def _judged(ident: str, customer: Customer | None, frozen: int | None) -> Failure | None:
    if customer is None:
        return Failure(ident, customers.NOT_YOUR_CUSTOMER, f"{ident} is no customer of the partner")
    if customer.association != RESALE:
        return Failure(ident, NO_RESALE_CUSTOMER, f"{ident} is a referral customer")
    if frozen is not None and customer.frozen != frozen:
        return Failure(ident, OTHER_TYPE, f"{ident} is not frozen in this way")
    return None
