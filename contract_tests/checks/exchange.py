"""One call of a client under test, seen from both ends: what it was to do, what the server saw, what came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from contract_tests.clients.adapter import Outcome
from mockserver.contract.operations import Operation
from mockserver.store.sandboxes import Principal

NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Exchange:
    """``document`` is what the client was to send, None where that is not known (recorded traffic).

    ``entries``: the journal of it, in order; a client that repeats a call has several. ``outcome``: None where only the
    traffic is known. ``served``: the body that the client was given, where the scene chose it. ``fault``: what was done
    to the call on purpose. ``told``: what else the scene knows, by name.
    """

    operation: Operation
    principal: Principal
    document: Mapping[str, Any] | None
    entries: Sequence[Mapping[str, Any]]
    outcome: Outcome | None
    served: Any = None
    fault: Mapping[str, Any] | None = None
    told: Mapping[str, Any] = field(default_factory=dict)

    @property
    def entry(self) -> Mapping[str, Any]:
        """What the server saw last; empty where nothing arrived."""
        return self.entries[-1] if self.entries else NOTHING
