"""Who consumed when: the one question that lists and tags ask of consumption.

Bills are not kept yet, so what left a customer's account as consumption answers.
"""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Select, select

from mockserver.domain import ledger
from mockserver.domain.accounts import Account
from mockserver.domain.world import World
from mockserver.store.tables import customers, entries, ledger_accounts, movements


def consumers(world: World, partner: Account, cycle: str) -> list[str]:
    """The customers that consumed in a month (``2026-03``) in which they were the partner's, oldest first.

    An association that has ended since does not matter.
    """
    query = (
        select(customers.c.id)
        .where(customers.c.partner_id == partner.id, movements.c.at.startswith(cycle))
        .where(movements.c.at >= customers.c.associated_on, movements.c.at <= world.now)
        .where(customers.c.dissociated_on.is_(None) | (movements.c.at < customers.c.dissociated_on))
    )
    return list(world.db.execute(_consumed(query).distinct().order_by(customers.c.number)).scalars())


def ever(world: World, ids: Iterable[str]) -> set[str]:
    """Which of these customers consumed at all."""
    return set(world.db.execute(_consumed(select(customers.c.id).where(customers.c.id.in_(list(ids))))).scalars())


def _consumed(query: Select[Any]) -> Select[Any]:
    """Only customers that have such a movement."""
    return (
        query.join(ledger_accounts, ledger_accounts.c.owner_id == customers.c.id)
        .join(entries, entries.c.ledger_account_id == ledger_accounts.c.id)
        .join(movements, movements.c.id == entries.c.movement_id)
        .where(movements.c.reason == ledger.CONSUME, entries.c.amount < ledger.ZERO)
    )
