"""Which operation a method and a path name, per site: the same path can be another contract on the other site."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Match(Generic[T]):
    """What stands behind a path: by site, and the values of the ``{places}`` in it."""

    by_site: Mapping[str, T]
    places: Mapping[str, str]


class Routes(Generic[T]):
    """Documented paths. Paths without ``{places}`` win over those with."""

    def __init__(self) -> None:
        self._plain: dict[tuple[str, str], dict[str, T]] = {}
        self._patterns: dict[tuple[str, str], tuple[re.Pattern[str], dict[str, T]]] = {}

    def add(self, method: str, path: str, site: str, target: T) -> None:
        if "{" not in path:
            self._plain.setdefault((method, path), {})[site] = target
            return
        pattern = re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path)))
        self._patterns.setdefault((method, path), (pattern, {}))[1][site] = target

    def find(self, method: str, path: str) -> Match[T] | None:
        plain = self._plain.get((method, path))
        if plain is not None:
            return Match(plain, {})
        for (verb, _), (pattern, by_site) in self._patterns.items():
            if verb == method and (found := pattern.fullmatch(path)):
                return Match(by_site, found.groupdict())
        return None

    def methods(self, path: str) -> set[str]:
        """The methods that exist for a path, whatever the site."""
        plain = {method for method, known in self._plain if known == path}
        return plain | {verb for (verb, _), (pattern, _) in self._patterns.items() if pattern.fullmatch(path)}
