"""Sandboxes: isolated worlds, found by the access key of who calls.

A sandbox is a copy of a prepared world with its own database, journal, clock and access keys.
"""

import hashlib
import secrets
import sqlite3
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache, partial
from threading import RLock
from typing import Any

from sqlalchemy import Connection, select

from mockserver.store import reads, snapshots
from mockserver.store.faults import Faults
from mockserver.store.journal import History, Journal
from mockserver.store.tables import accounts, principals

AK_CHARACTERS = string.ascii_uppercase + string.digits
SK_CHARACTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Principal:
    """One account of a sandbox with its keys. ``permissions`` is None for the account itself, else an operator's.

    ``xaccount_type`` is a partner's platform. ``assumed_by``: the partner's IAM user that acts as this customer.
    An AK that is not enabled is refused.
    """

    name: str
    kind: str
    ak: str
    sk: str
    domain_id: str
    domain_name: str
    user_name: str
    password: str
    permissions: tuple[str, ...] | None = None
    ak_enabled: bool = True
    xaccount_type: str | None = None
    assumed_by: str | None = None

    def row(self) -> dict[str, Any]:
        """As the ready file shows it."""
        shown = ("kind", "ak", "sk", "domain_id", "domain_name", "user_name", "password", "ak_enabled")
        return {name: getattr(self, name) for name in shown}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a sandbox is made from: a scenario's name and rules, and the ``snapshot`` of the world built from it."""

    name: str
    site: str
    seed: int
    snapshot: bytes
    rules: Mapping[str, Any] = field(default_factory=dict)
    now: Callable[[], datetime] | None = None

    def ruled(self, **rules: Any) -> "Plan":
        """The same with other rules."""
        return replace(self, rules={**self.rules, **rules})


class Sandbox:
    """One world. Calls into it are served one by one; ``transaction`` keeps all of a call's changes or none."""

    def __init__(
        self,
        ident: str,
        plan: Plan,
        now: Callable[[], datetime],
        *,
        strict: bool = False,
        quotas: bool = False,
        history: History | None = None,
    ) -> None:
        self.id = ident
        self.site = plan.site
        self.scenario = plan.name
        self.seed = plan.seed
        self.rules = plan.rules
        self.strict = strict
        self.quotas = quotas or strict
        self._time = now
        self._ahead = timedelta()
        self.journal = Journal(partial(history.add, ident, plan.site) if history is not None else None)
        self.faults = Faults()
        self.counters: dict[str, Any] = {}
        self._resets = 0
        # How often an AK failed in a row, and until when it is locked for that.
        self.failures: dict[str, tuple[int, datetime | None]] = {}
        self._snapshot = plan.snapshot
        self._lock = RLock()
        self._connection = snapshots.open_copy(plan.snapshot)
        self.principals: dict[str, Principal] = {one.name: one for one in _people(plan.snapshot)}

    def now(self) -> datetime:
        """What this world's clock shows."""
        return self._time() + self._ahead

    def advance(self, distance: timedelta) -> None:
        """Move the clock on; it never goes back. Raises ``ValueError``, ``OverflowError`` beyond the last year."""
        if distance < timedelta():
            raise ValueError("a sandbox's clock never goes back")
        with self._lock:
            self._time() + self._ahead + distance  # whether there is such a date
            self._ahead += distance

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Begins with the first statement; where only ``Read`` was used there is none to begin and to end."""
        with self._lock:
            try:
                yield self._connection
                self._connection.commit()
            except BaseException:
                self._connection.rollback()
                reads.forget(self._connection)
                # A commit that fails leaves the driver's own transaction open, and the next call would keep it.
                self._raw.rollback()
                raise

    @property
    def seal_key(self) -> bytes:
        """What tokens and temporary keys of this sandbox are made with; after a reset it is another."""
        return hashlib.sha256(f"{self.id}/{self.seed}/{self._resets}/seal".encode()).digest()

    def own_keys(self) -> None:
        """Give every principal keys and a password that no other sandbox has."""
        self._know(
            replace(
                one,
                ak=letters(f"{self.id}/{name}/ak", AK_CHARACTERS, 20),
                sk=letters(f"{self.id}/{name}/sk", SK_CHARACTERS, 40),
                password="Pw1-" + letters(f"{self.id}/{name}/password", SK_CHARACTERS, 12),
            )
            for name, one in self.principals.items()
        )

    def enable_ak(self, name: str, enabled: bool) -> None:
        """Switch a principal's access key on or off. Raises ``KeyError``."""
        self._know([replace(self.principals[name], ak_enabled=enabled)])

    def reset(self) -> None:
        """Back to the world and the time it was made from; the keys stay, tokens and temporary keys act no longer."""
        with self._lock:
            at_first = {one.name: one.ak_enabled for one in _people(self._snapshot)}
            keyed = [replace(one, ak_enabled=at_first[one.name]) for one in self.principals.values()]
            self._resets += 1
            self._connection.close()
            self._connection = snapshots.open_copy(self._snapshot)
            self._know(keyed)
            self._ahead = timedelta()
            self.journal.clear()
            self.faults.clear()
            self.counters.clear()
            self.failures.clear()

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def fingerprint(self) -> str:
        """A digest of the whole state but the keys: equal before and after a call that changed nothing."""
        with self._lock:
            lines = (line for line in self._raw.iterdump() if not line.startswith('INSERT INTO "principals"'))
            return hashlib.sha256("\n".join(lines).encode()).hexdigest()

    def row(self) -> dict[str, Any]:
        """As the ready file shows it."""
        return {
            "id": self.id,
            "site": self.site,
            "scenario": self.scenario,
            "seed": self.seed,
            "strict": self.strict,
            "quotas": self.quotas,
            "xaccount_types": {one.name: one.xaccount_type for one in self.principals.values() if one.xaccount_type},
            "principals": {name: principal.row() for name, principal in self.principals.items()},
        }

    @property
    def _raw(self) -> sqlite3.Connection:
        raw = self._connection.connection.driver_connection
        assert isinstance(raw, sqlite3.Connection)
        return raw

    def _know(self, changed: Iterable[Principal]) -> None:
        """Keep what changed of principals: here, and on the driver itself, for every fresh world changes them all."""
        known = {one.name: one for one in changed}
        with self._lock, self._connection.begin():
            self._raw.executemany(
                _KEYS, [(one.ak, one.sk, one.password, one.ak_enabled, one.name) for one in known.values()]
            )
        self.principals |= known


_KEYS = "UPDATE principals SET ak = ?, sk = ?, password = ?, ak_enabled = ? WHERE name = ?"


@lru_cache(maxsize=16)
def _people(snapshot: bytes) -> tuple[Principal, ...]:
    """The principals of a prepared world: the same ones for every sandbox that is made from it."""
    of_account = (accounts.c.kind, accounts.c.xaccount_type, accounts.c.name.label("domain_name"))
    with snapshots.open_copy(snapshot) as connection:
        return tuple(
            Principal(
                row.name,
                row.kind,
                row.ak,
                row.sk,
                row.account_id,
                row.domain_name,
                row.user_name,
                row.password,
                None if row.permissions is None else tuple(row.permissions),
                row.ak_enabled,
                row.xaccount_type,
            )
            for row in connection.execute(select(principals, *of_account).join(accounts))
        )


class KeyTaken(Exception):
    """Two sandboxes with one access key: nobody could say whose a request is."""


class Sandboxes:
    """All sandboxes of a server."""

    def __init__(self, now: Callable[[], datetime], history: History | None = None) -> None:
        self.history = history or History()
        self._now = now
        self._lock = RLock()
        self._by_id: dict[str, Sandbox] = {}
        self._by_ak: dict[str, tuple[Sandbox, str]] = {}

    def __iter__(self) -> Iterator[Sandbox]:
        return iter(list(self._by_id.values()))

    def create(
        self,
        plan: Plan,
        *,
        ident: str | None = None,
        own_keys: bool | None = None,
        strict: bool = False,
        quotas: bool = False,
    ) -> Sandbox:
        """A fresh world. ``own_keys``: it gets keys that no other has, which follow from its ``ident``; it does where
        none is given. Else it keeps the scenario's.

        Raises ``KeyTaken``.
        """
        history = self.history if self.history.whole else None
        sandbox = Sandbox(
            ident or secrets.token_hex(8),
            plan,
            plan.now or self._now,
            strict=strict,
            quotas=quotas,
            history=history,
        )
        if ident is None if own_keys is None else own_keys:
            sandbox.own_keys()
        with self._lock:
            for principal in sandbox.principals.values():
                if principal.ak in self._by_ak:
                    other = self._by_ak[principal.ak][0].id
                    raise KeyTaken(f"the AK {principal.ak} of {principal.name} is in the sandbox {other} already")
            self._by_id[sandbox.id] = sandbox
            self._by_ak |= {principal.ak: (sandbox, principal.name) for principal in sandbox.principals.values()}
        return sandbox

    def get(self, ident: str) -> Sandbox | None:
        return self._by_id.get(ident)

    def owner_of(self, ak: str) -> tuple[Sandbox, Principal] | None:
        """Whose access key this is."""
        found = self._by_ak.get(ak)
        return (found[0], found[0].principals[found[1]]) if found else None

    def delete(self, ident: str) -> bool:
        with self._lock:
            sandbox = self._by_id.pop(ident, None)
            if sandbox is None:
                return False
            for principal in sandbox.principals.values():
                self._by_ak.pop(principal.ak, None)
        sandbox.close()
        return True


def letters(text: str, characters: str, length: int) -> str:
    """Always the same ones for the same text, which they do not tell."""
    return hashlib.sha512(text.encode()).digest()[:length].translate(_table(characters)).decode()


@cache
def _table(characters: str) -> bytes:
    """Which character stands for each byte."""
    return bytes(ord(characters[byte % len(characters)]) for byte in range(256))
