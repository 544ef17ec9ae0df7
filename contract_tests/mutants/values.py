"""Changing JSON values throughout, as a mistake in a client's own serialiser or models does."""

from collections.abc import Callable
from typing import Any


def leaves(value: Any, change: Callable[[Any], Any]) -> Any:
    """``value`` with every text, number, truth value and null changed."""
    if isinstance(value, dict):
        return {name: leaves(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return [leaves(item, change) for item in value]
    return change(value)


def objects(value: Any, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Any:
    """``value`` with every object changed, the inner ones first."""
    if isinstance(value, dict):
        return change({name: objects(item, change) for name, item in value.items()})
    if isinstance(value, list):
        return [objects(item, change) for item in value]
    return value


def lists(value: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    """``value`` with every list changed, the inner ones first."""
    if isinstance(value, dict):
        return {name: lists(item, change) for name, item in value.items()}
    if isinstance(value, list):
        return change([lists(item, change) for item in value])
    return value


def camel(name: str) -> str:
    """``customer_id`` as ``customerId``."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
