"""Which parameters and error codes of an operation were exercised, and which of those that its page has never were."""

from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from mockserver.contract.operations import Operation

# Says that all went well, whatever table it stands in.
_DONE = "CBC.0000"


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one operation; pointers as ``/body/infos/*/id``."""

    operation: Operation
    exchanges: int
    sent: tuple[str, ...]
    never_sent: tuple[str, ...]
    answered: tuple[str, ...]
    never_answered: tuple[str, ...]

    def row(self) -> dict[str, Any]:
        """For programs."""
        return {
            "exchanges": self.exchanges,
            "parameters": {"sent": list(self.sent), "never_sent": list(self.never_sent)},
            "errors": {"answered": list(self.answered), "never_answered": list(self.never_answered)},
        }


def coverage(operation: Operation, exchanges: int, members: Set[str], codes: Set[str]) -> Coverage:
    documented = list(parameters(operation))
    errors = [code for code in operation.errors if code != _DONE]
    return Coverage(
        operation,
        exchanges,
        tuple(one for one in documented if one in members),
        tuple(one for one in documented if one not in members),
        tuple(code for code in errors if code in codes),
        tuple(code for code in errors if code not in codes),
    )


def parameters(operation: Operation) -> Iterator[str]:
    """The pointers of all members that a request may have."""
    for place, schema in operation.request["properties"].items():
        yield from _members(schema, f"/{place}")


def pointers(value: Any, pointer: str) -> Iterable[str]:
    """Those of the members that a value has."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            yield f"{pointer}/{name}"
            yield from pointers(item, f"{pointer}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from pointers(item, f"{pointer}/*")


def _members(schema: Mapping[str, Any], pointer: str) -> Iterator[str]:
    for name, member in schema.get("properties", {}).items():
        yield f"{pointer}/{name}"
        yield from _members(member, f"{pointer}/{name}")
    if isinstance(items := schema.get("items"), Mapping):
        yield from _members(items, f"{pointer}/*")
