"""Runs an operation in a sandbox: all of its changes or none."""

from collections.abc import Mapping
from typing import Any

from mockserver.domain import clock
from mockserver.domain.world import World
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import Handler, handlers
from mockserver.refused import Refused
from mockserver.store.sandboxes import Principal, Sandbox


class Answering:
    """The operations, ready to be called."""

    def __init__(self) -> None:
        self._handlers = handlers()

    def knows(self, name: str) -> bool:
        return name in self._handlers

    def __call__(
        self, sandbox: Sandbox, name: str, caller: Principal, arguments: Mapping[str, Any], language: str
    ) -> Body:
        """The success body. Raises ``Refused`` with the state as it was, unless the refusal keeps what was done."""
        handler: Handler = self._handlers[name]
        refusal: Refused | None = None
        with sandbox.transaction() as db:
            world = World(sandbox.site, sandbox.seed, sandbox.rules, clock.text(sandbox.now()), db)
            try:
                return handler(Call(caller.domain_id, arguments, world, language))
            except Refused as refused:
                if not refused.keeps:
                    raise
                refusal = refused
        raise refusal
