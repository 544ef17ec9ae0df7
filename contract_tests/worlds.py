"""The emulator in this process, and its worlds with an official SDK client for every principal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from contract_tests import sdk
from mockserver import opened
from mockserver.app import embeddable

if TYPE_CHECKING:
    from flask import Flask
    from requests import Session


class Emulator:
    """Answers as the server does, without one."""

    @cached_property
    def app(self) -> "Flask":
        """The WSGI application; it has every world of this process."""
        return embeddable(opened.emulator())

    def sandbox(
        self, scenario: str = "demo-cn", seed: int | None = None, strict: bool = False, quotas: bool = False
    ) -> "World":
        """A fresh world; ``with`` closes it. Raises ``BadScenario``."""
        return World(scenario, seed, strict, quotas)


class World(opened.World):
    """A world that clients can be mounted on, and whose principals have the official SDK's client."""

    principals: "Mapping[str, Principal]"

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> "Principal": ...

    def __init__(self, scenario: str, seed: int | None = None, strict: bool = False, quotas: bool = False) -> None:
        super().__init__(scenario, seed, strict, quotas)
        # No name server knows .test (RFC 6761): what strays past the adapter ends in an error, not in the cloud.
        self.url = f"http://{self.id}.bss-mock.test"
        self._clients = sdk.Clients(self.site, self.url, self.mount)

    def mount(self, session: "Session", *prefixes: str) -> None:
        """Let a ``requests`` session reach this world at ``url`` and at any other address that a client insists on."""
        from mockserver.inprocess import over_requests

        for prefix in (self.url, *prefixes):
            over_requests.mount(session, opened.emulator(), prefix)

    def close(self) -> None:
        """Its keys act no longer."""
        self._clients.close()
        super().close()

    def _principal(self, **known: Any) -> "Principal":
        return Principal(**known, world=self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal(opened.Principal):
    """One account of a world with its keys, ready to act."""

    world: World = field(repr=False, compare=False)

    @property
    def sdk(self) -> Any:
        """The official SDK's client of the world's site, in-process. Raises ``SdkMissing``."""
        return self.world._clients.of(self)
