"""Customers: who belongs to which partner, in which way, and who is found by which filter."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, select, update

from mockserver.domain import accounts as known_accounts
from mockserver.domain.accounts import Account
from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.reads import Read
from mockserver.store.rows import as_row
from mockserver.store.tables import accounts, customers

REFERRAL, RESALE = "referral", "resale"
NOT_YOUR_CUSTOMER = "CBC.99000035"
NO_RIGHT_TO_CUSTOMER = "CBC.99000000"


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as its partner has it. ``associated_on`` may lie ahead: then nobody sees it yet."""

    id: str
    partner_id: str
    association: str
    associated_on: str
    real_name: str | None = None
    label: str | None = None
    verified_status: int = -1
    customer_type: int = -1
    frozen: int = 0
    level: str | None = None
    account_manager: str | None = None
    xaccount_id: str | None = None
    xaccount_type: str | None = None
    marketing_messages: bool = True
    dissociated_on: str | None = None
    billed_to_partner: bool = False


def associated(world: World, customer_id: str) -> Customer | None:
    """A customer that is associated now, whosever it is."""
    customer = get(world, customer_id)
    return customer if customer and _associated(customer, world.now) else None


def has_no_account(world: World, customer: Customer | None) -> bool:
    """Whether its partner pays for what it uses (转售): on the international site for every resale customer."""
    return (
        customer is not None and customer.association == RESALE and (world.site == "intl" or customer.billed_to_partner)
    )


def add(world: World, new: Sequence[Customer]) -> None:
    world.db.execute(insert(customers), [as_row(customer) for customer in new])


def association_of(world: World, customer_id: str) -> str | None:
    """How an account belongs to its partner; None where it has none."""
    mine = (customers.c.id == customer_id, customers.c.associated_on <= world.now)
    return world.db.execute(select(customers.c.association).where(*mine)).scalar_one_or_none()


def xaccount_taken(world: World, xaccount_id: str) -> bool:
    query = select(customers.c.id).where(customers.c.xaccount_id == xaccount_id).limit(1)
    return world.db.execute(query).first() is not None


def association_pending(world: World, xaccount_id: str) -> bool:
    """Whether a customer with this ID of the sales platform was created and is not associated yet."""
    mine = (customers.c.xaccount_id == xaccount_id, customers.c.associated_on > world.now)
    return world.db.execute(select(customers.c.id).where(*mine)).first() is not None


def get(world: World, customer_id: str) -> Customer | None:
    """Any partner's customer, associated or not."""
    row = world.db.execute(_CUSTOMER.where(customers.c.id == customer_id)).one_or_none()
    return None if row is None else Customer(*row)


def everybody(world: World) -> list[Customer]:
    """All customers of all partners, oldest registration first."""
    return [Customer(*row) for row in world.db.execute(_CUSTOMER.order_by(customers.c.number))]


def set_verification(world: World, customer_id: str, status: int, kind: int, real_name: str | None = None) -> None:
    """What real-name authentication changes of a customer; of an account that is nobody's customer, nothing."""
    values: dict[str, Any] = {"verified_status": status, "customer_type": kind}
    if real_name is not None:
        values["real_name"] = real_name
    world.db.execute(update(customers).where(customers.c.id == customer_id).values(values))


def cared_for(world: World, partner: Account, customer_id: str) -> Customer | None:
    """A customer of the partner or of one of its resellers, if it is that.

    A distributor has customers through its resellers, and pages without ``indirect_partner_id`` allow it to call.
    """
    found = get(world, customer_id)
    if found is None or not _associated(found, world.now):
        return None
    owner = known_accounts.get(world, found.partner_id)
    return found if owner and partner.id in (owner.id, owner.parent_id) else None


def in_care_of(world: World, partner: Account, customer_id: str) -> Customer:
    """As ``cared_for``. Raises: ``CBC.99000035`` neither the partner's nor its resellers' customer."""
    found = cared_for(world, partner, customer_id)
    if found is None:
        raise Refused(NOT_YOUR_CUSTOMER, f"{customer_id} is no customer of {partner.name}", member="customer_id")
    return found


def resale_customer(world: World, customer_id: str, of: Account) -> Customer:
    """The resale customer ``customer_id`` of a partner.

    Raises: ``CBC.99000035`` not this partner's customer, ``CBC.99000000`` one that is not funded by it.
    """
    found = {customer.id: customer for customer in of_partner(world, of, [customer_id])}.get(customer_id)
    if found is None:
        raise Refused(NOT_YOUR_CUSTOMER, f"{customer_id} is no customer of {of.name}", member="customer_id")
    if found.association != RESALE or has_no_account(world, found):
        raise Refused(
            NO_RIGHT_TO_CUSTOMER,
            f"{customer_id} is no customer of the model 代售: only those are funded by the partner",
            member="customer_id",
        )
    return found


def of_partner(world: World, partner: Account, ids: Iterable[str]) -> list[Customer]:
    """Which of ``ids`` are associated customers of the partner."""
    query = _CUSTOMER.where(*_VISIBLE, customers.c.id.in_(list(ids)))
    return _chosen(world, partner, query)


def page(world: World, partner: Account, ids: Sequence[str], *, offset: int, limit: int) -> list[Customer]:
    """The partner's associated customers from the ``offset``-th on, oldest registration first; with ``ids`` those."""
    among = (customers.c.id.in_(ids),) if ids else ()
    query = _CUSTOMER.where(*_VISIBLE, *among).order_by(customers.c.number)
    return _chosen(world, partner, query.limit(limit).offset(offset))


def _chosen(world: World, partner: Account, query: Select[Any]) -> list[Customer]:
    rows = world.db.execute(query, {"partner": partner.id, "now": world.now})
    return [Customer(*row) for row in rows]


def _associated(customer: Customer, now: str) -> bool:
    return customer.associated_on <= now and (customer.dissociated_on is None or customer.dissociated_on > now)


class Listed(NamedTuple):
    """A customer as a list shows it, with what its account says. ``mobile`` is without its ``country_code``."""

    id: str
    association: str
    associated_on: str
    real_name: str | None
    label: str | None
    verified_status: int
    customer_type: int
    frozen: int
    level: str | None
    account_manager: str | None
    xaccount_id: str | None
    xaccount_type: str | None
    name: str
    mobile: str | None
    country_code: str | None
    email: str | None


def find(
    world: World, partner: Account, filters: Mapping[str, Any], *, offset: int, limit: int
) -> tuple[int, Sequence[Listed]]:
    """How many customers match, and those from the ``offset``-th on, oldest registration first.

    ``filters``: ``account_name`` and ``real_name`` (anywhere in it, any case), ``label`` (anywhere, exact case),
    ``association``, ``associated_from``, ``associated_to`` (both included), ``customer_id``; None is no filter.
    """
    given = {name: value for name, value in filters.items() if value is not None}
    counting, listing = _reads(tuple(given))
    values = {"partner": partner.id, "now": world.now, "offset": offset, "limit": limit, **given}
    count: int = counting.rows(world.db, values)[0][0]
    if count <= offset:
        return count, []
    return count, [Listed._make(row) for row in listing.rows(world.db, values)]


@cache
def _reads(filters: tuple[str, ...]) -> tuple[Read, Read]:
    """Counting and listing with these filters. To count, the accounts are only asked where a filter speaks of them."""
    conditions = (*_VISIBLE, *(_CONDITIONS[name] for name in filters))
    counted = _WITH_ACCOUNTS if "account_name" in filters else customers
    counting = select(func.count()).select_from(counted).where(*conditions)
    listing = select(*_LISTED).select_from(_WITH_ACCOUNTS).where(*conditions).order_by(customers.c.number)
    return Read(counting), Read(listing.limit(bindparam("limit")).offset(bindparam("offset")))


def _contains(column: ColumnElement[Any], name: str, *, any_case: bool) -> ColumnElement[bool]:
    """LIKE would read ``%`` and ``_`` as more than characters, and stop at a NUL."""
    sought: ColumnElement[Any] = bindparam(name)
    if any_case:
        column, sought = func.lower(column), func.lower(sought)
    return func.instr(column, sought) > 0


_CONDITIONS: Mapping[str, ColumnElement[bool]] = {
    "account_name": _contains(accounts.c.name, "account_name", any_case=True),
    "real_name": _contains(customers.c.real_name, "real_name", any_case=True),
    "label": _contains(customers.c.label, "label", any_case=False),
    "association": customers.c.association == bindparam("association"),
    "associated_from": customers.c.associated_on >= bindparam("associated_from"),
    "associated_to": customers.c.associated_on <= bindparam("associated_to"),
    "customer_id": customers.c.id == bindparam("customer_id"),
}
_WITH_ACCOUNTS = customers.outerjoin(accounts, customers.c.id == accounts.c.id)
_VISIBLE = (
    customers.c.partner_id == bindparam("partner"),
    customers.c.associated_on <= bindparam("now"),
    customers.c.dissociated_on.is_(None) | (customers.c.dissociated_on > bindparam("now")),
)
_CUSTOMER = select(*(customers.c[name] for name in Customer.__slots__))
_LISTED = [customers.c[name] if name in customers.c else accounts.c[name] for name in Listed._fields]
