"""The accounts of the sandbox that a caller may see: an answer that is made up names these and no others."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy import ColumnElement, select

from mockserver.domain.accounts import Account
from mockserver.operations.call import Call
from mockserver.store.tables import accounts, customers

_MOST = 12
_PARTNERS = ("distributor", "solution_provider", "reseller")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An account; ``real_name`` where it has one."""

    id: str
    name: str
    real_name: str | None


class Neighbours:
    """Read once for an answer, as far as it names anybody."""

    def __init__(self, call: Call) -> None:
        self._call = call

    @cached_property
    def customers(self) -> Sequence[Neighbour]:
        """A partner's customers, in the order of their registration; anybody else is its own customer."""
        caller = self._caller
        if caller.kind in _PARTNERS:
            return self._found((customers.c.partner_id == caller.id) & (customers.c.associated_on <= self._now))
        return self._found(accounts.c.id == caller.id)

    @cached_property
    def members(self) -> Sequence[Neighbour]:
        """An enterprise master's members."""
        return self._found((accounts.c.parent_id == self._caller.id) & (accounts.c.kind == "enterprise_member"))

    @cached_property
    def resellers(self) -> Sequence[Neighbour]:
        """A distributor's resellers."""
        return self._found((accounts.c.parent_id == self._caller.id) & (accounts.c.kind == "reseller"))

    @cached_property
    def partners(self) -> Sequence[Neighbour]:
        """The partner that a call is about: who calls, or whose customer calls."""
        if self._caller.kind in _PARTNERS:
            return self._found(accounts.c.id == self._caller.id)
        mine = select(customers.c.partner_id).where(customers.c.id == self._caller.id)
        return self._found(accounts.c.id.in_(mine))

    def known(self, ident: str) -> Neighbour | None:
        """Whoever has this ID."""
        return next(iter(self._found(accounts.c.id == ident)), None)

    @cached_property
    def _caller(self) -> Account:
        return self._call.caller

    @property
    def _now(self) -> str:
        return self._call.world.now

    def _found(self, condition: ColumnElement[bool]) -> Sequence[Neighbour]:
        query = (
            select(accounts.c.id, accounts.c.name, customers.c.real_name)
            .select_from(accounts.outerjoin(customers, accounts.c.id == customers.c.id))
            .where(condition)
            .order_by(customers.c.number, accounts.c.id)
            .limit(_MOST)
        )
        return [Neighbour(*row) for row in self._call.world.db.execute(query)]
