"""Accounts: every Huawei Cloud account of a world, partner or not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, insert, select

from mockserver.domain.world import World
from mockserver.refused import Refused
from mockserver.store.reads import Read
from mockserver.store.rows import as_row
from mockserver.store.tables import accounts

NOT_YOUR_RESELLER = "CBC.99000037"
DELISTED = "delisted"


@dataclass(frozen=True, slots=True)
class Account:
    """``standing`` is why a partner may not win customers (``restricted``, ``delisted``, ``test``), usually None."""

    id: str
    name: str
    kind: str
    parent_id: str | None
    standing: str | None
    real_name: str | None


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be opened, with what is kept about it. ``mobile`` is without its ``country_code`` (``0086``)."""

    id: str
    name: str
    kind: str
    created_at: str
    parent_id: str | None = None
    standing: str | None = None
    country_code: str | None = None
    mobile: str | None = None
    email: str | None = None
    area: str | None = None
    password: str | None = None
    xaccount_type: str | None = None
    real_name: str | None = None


@dataclass(frozen=True, slots=True)
class Reseller:
    """A reseller as its distributor lists it; ``associated_on`` is when it joined."""

    id: str
    mobile: str | None
    email: str | None
    name: str
    real_name: str | None
    associated_on: str


def get(world: World, account_id: str) -> Account | None:
    found = _BY_ID.rows(world.db, {"wanted": account_id})
    return Account(*found[0]) if found else None


def named(world: World, name: str) -> Account | None:
    found = world.db.execute(_ACCOUNTS.where(accounts.c.name == name)).first()
    return Account(*found) if found else None


def with_password(world: World, name: str, password: str) -> Account | None:
    """The account of that name, where it was registered with this password."""
    found = world.db.execute(_ACCOUNTS.where(accounts.c.name == name, accounts.c.password == password)).first()
    return Account(*found) if found else None


def add(world: World, new: Sequence[NewAccount]) -> None:
    world.db.execute(insert(accounts), [as_row(account) for account in new])


def name_taken(world: World, name: str) -> bool:
    return _any(world, accounts.c.name == name)


def email_taken(world: World, email: str) -> bool:
    return _any(world, accounts.c.email == email)


def registrations(world: World, country_code: str, mobile: str) -> int:
    """How many accounts were registered with a mobile number."""
    mine = (accounts.c.mobile == mobile, accounts.c.country_code == country_code)
    return world.db.execute(select(func.count()).select_from(accounts).where(*mine)).scalar_one()


def acting_partner(world: World, caller_id: str, indirect_partner_id: str | None) -> Account:
    """The partner whose customers a call is about: the caller, or the reseller that a distributor names.

    A solution provider has no resellers: the documentation says that in its case the parameter is not processed.
    Raises: ``CBC.99000037`` not a reseller of this distributor.
    """
    caller = get(world, caller_id)
    assert caller is not None
    if indirect_partner_id is None or caller.kind != "distributor":
        return caller
    return reseller(world, caller, indirect_partner_id)


def reseller(world: World, distributor: Account, reseller_id: str) -> Account:
    """Raises: ``CBC.99000037`` not a reseller of this distributor."""
    found = get(world, reseller_id)
    if found is None or found.kind != "reseller" or found.parent_id != distributor.id:
        raise Refused(
            NOT_YOUR_RESELLER, f"{reseller_id} is no reseller of {distributor.name}", member="indirect_partner_id"
        )
    return found


def resellers(
    world: World, distributor: Account, filters: Mapping[str, Any], *, offset: int, limit: int
) -> tuple[int, Sequence[Reseller]]:
    """How many resellers match, and those from the ``offset``-th on, the oldest association first.

    ``filters``: ``name`` (anywhere in it, any case, as in the list of customers), ``since``, ``until`` (both included),
    ``id``; None is no filter.
    """
    conditions = [accounts.c.kind == "reseller", accounts.c.parent_id == distributor.id]
    conditions += [_FILTERS[name](value) for name, value in filters.items() if value is not None]
    count: int = world.db.execute(select(func.count()).select_from(accounts).where(*conditions)).scalar_one()
    query = select(*_LISTED).where(*conditions).order_by(accounts.c.created_at, accounts.c.id)
    page = query.limit(limit).offset(min(offset, count))
    return count, [Reseller(*row) for row in world.db.execute(page)]


def _any(world: World, condition: ColumnElement[bool]) -> bool:
    return world.db.execute(select(accounts.c.id).where(condition).limit(1)).first() is not None


_ACCOUNTS = select(*(accounts.c[name] for name in Account.__slots__))
_BY_ID = Read(_ACCOUNTS.where(accounts.c.id == bindparam("wanted")))
_LISTED = (
    accounts.c.id,
    accounts.c.mobile,
    accounts.c.email,
    accounts.c.name,
    accounts.c.real_name,
    accounts.c.created_at,
)
_FILTERS: Mapping[str, Callable[[str], ColumnElement[bool]]] = {
    "name": lambda value: func.instr(func.lower(accounts.c.name), func.lower(value)) > 0,
    "since": lambda value: accounts.c.created_at >= value,
    "until": lambda value: accounts.c.created_at <= value,
    "id": lambda value: accounts.c.id == value,
}
