"""How a world's principals become its attributes."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

Named = TypeVar("Named")


def attribute(name: str, known: Mapping[str, Named]) -> Named:
    """The principal of that name. Raises ``AttributeError`` with the names that would be right."""
    __tracebackhide__ = True
    if name in known:
        return known[name]
    # Python itself asks for names with an underscore when it copies or inspects; no principal is meant.
    if name.startswith("_"):
        raise AttributeError(name)
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise AttributeError(f"no principal {name!r} in this world; {hint}there are: {', '.join(known) or 'none'}")
