"""Which customers count as new: the SMB tag.

No page says who gets it. Here a customer is new from the month of its association for as many months as the scenario
says (``new_customer_months``), and qualifies once it is verified and has consumed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mockserver.domain import clock, consumption, customers, realname
from mockserver.domain.accounts import Account
from mockserver.domain.customers import Customer
from mockserver.domain.world import World

QUALIFIED, NOT_NEW, UNDETERMINED = "Y", "N", "UNDETERMINED"


@dataclass(frozen=True, slots=True)
class Tag:
    """``tag`` and its first and last month (``2026-03``); all None for a customer that is not verified."""

    customer_id: str
    tag: str | None = None
    effective: str | None = None
    expires: str | None = None


def tags(world: World, partner: Account, ids: Sequence[str], *, offset: int, limit: int) -> list[Tag]:
    """Of the partner's customers, oldest registration first; with ``ids`` of those only."""
    page = customers.page(world, partner, ids, offset=offset, limit=limit)
    consumed = consumption.ever(world, [one.id for one in page])
    return [_tag(world, one, consumed=one.id in consumed) for one in page]


def _tag(world: World, customer: Customer, *, consumed: bool) -> Tag:
    if customer.verified_status != realname.VERIFIED:
        return Tag(customer.id)
    first = customer.associated_on[: len("2026-03")]
    last = clock.month_after(first, world.rules["new_customer_months"] - 1)
    current = QUALIFIED if consumed else UNDETERMINED
    return Tag(customer.id, current if world.now[: len(last)] <= last else NOT_NEW, first, last)
