"""Frozen values as rows of a table: their own members, not copied, by name."""

from typing import Any


def as_row(value: Any) -> dict[str, Any]:
    """The members of a slotted dataclass whose names are the table's columns."""
    return {name: getattr(value, name) for name in value.__slots__}
