"""Runs an operation in a sandbox: all of its changes or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mockserver.contract.operations import Operation
from mockserver.domain.entering import inside
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import handlers
from mockserver.refused import Refused
from mockserver.store.sandboxes import Principal, Sandbox

if TYPE_CHECKING:
    from mockserver.operations.generated.answers import Generator


class Answering:
    """The operations, ready to be called; one without a function of its own is answered from its schema."""

    def __init__(self) -> None:
        self._handlers = handlers()
        self._generate: Generator | None = None

    def fidelity(self, operation: Operation) -> str:
        return "stateful" if operation.name in self._handlers else "generated"

    def __call__(
        self, sandbox: Sandbox, operation: Operation, caller: Principal, arguments: Mapping[str, Any], language: str
    ) -> Body:
        """The success body. Raises ``Refused`` with the state as it was, unless the refusal keeps what was done."""
        refusal: Refused | None = None
        with inside(sandbox) as world:
            call = Call(caller.domain_id, arguments, world, language, master=caller.permissions is None)
            try:
                return self._run(operation, call)
            except Refused as refused:
                if not refused.keeps:
                    raise
                refusal = refused
        raise refusal

    def _run(self, operation: Operation, call: Call) -> Body:
        handler = self._handlers.get(operation.name)
        if handler is not None:
            return handler(call)
        if self._generate is None:
            # Faker and its tables are only loaded where an answer is made up.
            from mockserver.operations.generated.answers import Generator

            self._generate = Generator()
        return self._generate(operation, call)
