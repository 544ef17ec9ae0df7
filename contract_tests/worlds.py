"""The emulator in this process, and its worlds as a test sees them.

A world is asked in the words of the business (``world.reseller.balance()``); it answers from its state, past the API,
so that a test does not have to believe the very calls that it is about.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self

from contract_tests import iam, principals, sdk
from mockserver.app import create_app
from mockserver.domain import accounts, customers, ledger, verification
from mockserver.domain.entering import inside
from mockserver.store import sandboxes
from mockserver.store.journal import Entry
from mockserver.worlds import plan

if TYPE_CHECKING:
    from flask import Flask
    from requests import Session

_EVERYBODY = 2**31 - 1


class Emulator:
    """Answers as the server does, without one: ``app`` is the WSGI application."""

    def __init__(self) -> None:
        self.app = create_app((), loud=True)

    def sandbox(
        self, scenario: str = "demo-cn", seed: int | None = None, strict: bool = False, quotas: bool = False
    ) -> "World":
        """A fresh world; ``with`` closes it. Raises ``BadScenario``."""
        kept: sandboxes.Sandboxes = self.app.extensions["bss_mock"]
        made = kept.create(plan(scenario, seed), strict=strict, quotas=quotas)
        return World(self.app, made, lambda: kept.delete(made.id))


class World:
    """One isolated world. Its principals are attributes: ``world.reseller``, and by name in ``world.principals``."""

    def __init__(self, app: "Flask", sandbox: sandboxes.Sandbox, discard: Callable[[], object]) -> None:
        self._app = app
        self._sandbox = sandbox
        self._discard = discard
        self.id = sandbox.id
        self.site = sandbox.site
        self.scenario = sandbox.scenario
        self.seed = sandbox.seed
        self.strict = sandbox.strict
        self.quotas = sandbox.quotas
        # No name server knows .test (RFC 6761): what strays past the adapter ends in an error, not in the cloud.
        self.url = f"http://{sandbox.id}.bss-mock.test"
        self._clients = sdk.Clients(self.site, self.url, self.mount)
        self.principals: Mapping[str, Principal] = MappingProxyType(self._principals())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __getattr__(self, name: str) -> "Principal":
        __tracebackhide__ = True
        known: Mapping[str, Principal] = self.__dict__.get("principals", {})
        return principals.attribute(name, known)

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

    def mount(self, session: "Session", *prefixes: str) -> None:
        """Let a ``requests`` session reach this world at ``url`` and at any other address that a client insists on."""
        from contract_tests import inprocess

        for prefix in (self.url, *prefixes):
            inprocess.mount(session, self._app, prefix)

    def close(self) -> None:
        """Its keys act no longer."""
        self._clients.close()
        self._discard()

    def _post(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str]
    ) -> tuple[int, Any, Mapping[str, str]]:
        answered = self._app.test_client().post(path, json=body, headers=dict(headers))
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
        return {
            name: Principal(
                **asdict(one),
                balance_at_start=held[one.domain_id].balance if one.domain_id in held else ledger.ZERO,
                world=self,
            )
            for name, one in known.items()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(iam.User):
    """One account of a world with its keys, ready to act."""

    balance_at_start: Decimal
    world: World = field(repr=False, compare=False)

    @property
    def sdk(self) -> Any:
        """The official SDK's client of the world's site, in-process. Raises ``SdkMissing``."""
        return self.world._clients.of(self)

    @property
    def _post(self) -> iam.Post:
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
