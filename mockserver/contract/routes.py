"""Which operation a method and a path name, per site: the same path can be another contract on the other site."""

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
    """Documented paths; where several fit, the one with the fewest ``{places}`` is meant."""

    def __init__(self) -> None:
        self._plain: dict[tuple[str, str], dict[str, T]] = {}
        self._templates: dict[tuple[str, int], dict[str, dict[str, T]]] = {}

    def add(self, method: str, path: str, site: str, target: T) -> None:
        if "{" not in path:
            self._plain.setdefault((method, path), {})[site] = target
            return
        shape = (method, path.count("/"))
        known = self._templates.setdefault(shape, {})
        known.setdefault(path, {})[site] = target
        self._templates[shape] = dict(sorted(known.items(), key=lambda one: one[0].count("{")))

    def find(self, method: str, path: str) -> Match[T] | None:
        plain = self._plain.get((method, path))
        if plain is not None:
            return Match(plain, {})
        for template, by_site in self._templates.get((method, path.count("/")), {}).items():
            places = _fitted(template, path)
            if places is not None:
                return Match(by_site, places)
        return None

    def methods(self, path: str) -> set[str]:
        """The methods that exist for a path, whatever the site."""
        known = {method for method, _ in self._plain} | {method for method, _ in self._templates}
        return {method for method in known if self.find(method, path)}


def _fitted(template: str, path: str) -> dict[str, str] | None:
    """The values of the template's places, None where the path is another."""
    places = {}
    for part, sent in zip(template.split("/"), path.split("/"), strict=True):
        if part.startswith("{") and sent:
            places[part[1:-1]] = sent
        elif part != sent:
            return None
    return places
