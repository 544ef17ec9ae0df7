"""An open world as a program sees it that runs in the same process: its principals, its journal, its balances.

A world is asked in the words of the business (``world.reseller.balance()``); it answers from its state, past the API,
so that a test does not have to believe the very calls that it is about. All worlds of a process are in one emulator:
the access key of a request finds the one that is meant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from functools import cache
from threading import Lock
from types import MappingProxyType
from typing import Any, Self, TypeVar

import msgspec

from mockserver import users
from mockserver.app import Emulator
from mockserver.domain import accounts, customers, ledger, verification
from mockserver.domain.entering import inside
from mockserver.gateway import faults
from mockserver.store.faults import Asked
from mockserver.store.journal import Entry
from mockserver.worlds import plan

Named = TypeVar("Named")
_EVERYBODY = 2**31 - 1


_making = Lock()


def emulator() -> Emulator:
    """This process's emulator; an answer of ours that breaks its schema is a 500, so that it cannot go unnoticed."""
    with _making:
        return _made()


@cache
def _made() -> Emulator:
    return Emulator((), loud=True)


def attribute(name: str, known: Mapping[str, Named]) -> Named:
    """A world's principal of that name. Raises ``AttributeError`` with the names that would be right."""
    __tracebackhide__ = True
    if name in known:
        return known[name]
    # Python itself asks for names with an underscore when it copies or inspects; no principal is meant.
    if name.startswith("_"):
        raise AttributeError(name)
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise AttributeError(f"no principal {name!r} in this world; {hint}there are: {', '.join(known) or 'none'}")


class World:
    """One isolated world. Its principals are attributes: ``world.reseller``, and by name in ``world.principals``."""

    def __init__(self, scenario: str, seed: int | None = None, strict: bool = False, quotas: bool = False) -> None:
        """Opens a fresh one, with keys that no other has. Raises ``BadScenario``."""
        self._sandbox = emulator().sandboxes.create(plan(scenario, seed), strict=strict, quotas=quotas)
        self.id = self._sandbox.id
        self.site = self._sandbox.site
        self.scenario = self._sandbox.scenario
        self.seed = self._sandbox.seed
        self.strict = self._sandbox.strict
        self.quotas = self._sandbox.quotas
        self.principals: Mapping[str, Principal] = MappingProxyType(self._principals())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> "Principal":
        __tracebackhide__ = True
        known: Mapping[str, Principal] = self.__dict__.get("principals", {})
        return attribute(name, known)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self.principals]

    def __repr__(self) -> str:
        return f"<world {self.id}: {self.scenario}, seed {self.seed}>"

    @property
    def journal(self) -> Sequence[Entry]:
        """Every request this world got, oldest first."""
        return list(self._sandbox.journal)

    @property
    def outbox(self) -> Sequence[Mapping[str, Any]]:
        """The verification codes that were sent and not yet used."""
        with inside(self._sandbox) as world:
            return verification.outbox(world)

    @property
    def now(self) -> datetime:
        """What this world's clock shows."""
        return self._sandbox.now()

    def advance(self, distance: timedelta | None = None, **parts: float) -> None:
        """Move the clock on, ``world.advance(days=31)``; what falls due on the way happens. Raises ``ValueError``."""
        self._sandbox.advance(distance or timedelta(**parts))
        with inside(self._sandbox):
            pass

    def fault(
        self,
        *,
        operation: str | None = None,
        caller: str | None = None,
        nth: int = 1,
        probability: float = 1.0,
        times: int | None = 1,
        seed: int | None = None,
        **action: Any,
    ) -> None:
        """Make calls fail: ``world.fault(operation="list_sub_customers", nth=2, code="throttled")``. docs/faults.md.

        Raises ``ValueError`` in the words of the mistake.
        """
        match = {"operation": operation, "caller": caller, "nth": nth, "probability": probability}
        asked = msgspec.convert({"match": match, "action": action, "times": times, "seed": seed}, Asked)
        faults.check(asked, emulator().contract, self.site)
        self._sandbox.faults.add(asked, self.seed)

    def balance(self, account_id: str) -> Decimal:
        """What the balance account of anybody in this world holds, designated money included."""
        with inside(self._sandbox) as world:
            held = ledger.balance_account(world, account_id)
        return held.balance if held else ledger.ZERO

    def fingerprint(self) -> str:
        """A digest of the whole state: equal before and after a call that changed nothing."""
        return self._sandbox.fingerprint()

    def reset(self) -> None:
        """Back to the beginning; the keys stay."""
        self._sandbox.reset()

    def close(self) -> None:
        """Its keys act no longer."""
        emulator().sandboxes.delete(self.id)

    def _post(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]) -> users.Answered:
        from werkzeug.test import Client

        answered = Client(emulator()).post(path, json=body, headers=dict(headers))
        return answered.status_code, answered.get_json(), dict(answered.headers)

    def _customers(self, partner_id: str) -> "list[Customer]":
        with inside(self._sandbox) as world:
            partner = accounts.get(world, partner_id)
            assert partner is not None
            _, rows = customers.find(world, partner, {}, offset=0, limit=_EVERYBODY)
        return [Customer(one.id, one.name, one.association, one.real_name, one.label) for one in rows]

    def _principals(self) -> "dict[str, Principal]":
        known = self._sandbox.principals
        with inside(self._sandbox) as world:
            held = ledger.balance_accounts(world, {one.domain_id for one in known.values()})
        start = {who: account.balance for who, account in held.items()}
        return {
            name: self._principal(**asdict(one), balance_at_start=start.get(one.domain_id, ledger.ZERO))
            for name, one in known.items()
        }

    def _principal(self, **known: Any) -> "Principal":
        return Principal(**known, world=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(users.User):
    """One account of a world with its keys."""

    balance_at_start: Decimal
    world: World = field(repr=False, compare=False)

    @property
    def _post(self) -> users.Post:
        return self.world._post

    def balance(self) -> Decimal:
        """What its balance account holds, designated money included."""
        return self.world.balance(self.domain_id)

    def customers(self) -> "list[Customer]":
        """The partner's associated customers, oldest registration first."""
        return self.world._customers(self.domain_id)


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer as its partner has it; ``association`` is ``resale`` or ``referral``."""

    id: str
    account_name: str
    association: str
    real_name: str | None
    label: str | None

    @property
    def domain_id(self) -> str:
        """Its account, as principals call it."""
        return self.id
