"""What an operation is given: who calls, with which arguments, in which world."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mockserver.domain import accounts
from mockserver.domain.accounts import Account
from mockserver.domain.world import World

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One call that passed signature, quota, caller rule and contract. ``language`` of names: ``zh`` or ``en``.

    ``master``: the account itself calls, not one of its IAM users.
    """

    caller_id: str
    arguments: Mapping[str, Any]
    world: World
    language: str
    master: bool = True

    def __getitem__(self, name: str) -> Any:
        """The argument of that name, its default, or None."""
        return self.arguments.get(name)

    @property
    def site(self) -> str:
        return self.world.site

    @property
    def caller(self) -> Account:
        account = accounts.get(self.world, self.caller_id)
        assert account is not None
        return account

    @property
    def partner(self) -> Account:
        """Whose customers and money the call is about: the caller's, or its reseller's with ``indirect_partner_id``."""
        return accounts.acting_partner(self.world, self.caller_id, self["indirect_partner_id"])
