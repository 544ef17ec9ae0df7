"""Scenarios: the files in ``fixtures/scenarios/`` (or anywhere) from which a sandbox is built.

A mistake in one is told in one line with file, line and field, because the people who write them are in a hurry.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mockserver.shipped import fixtures

RULES = {
    "association_delay_seconds": 0,
    "association_wait_seconds": 5,
    "registrations_per_mobile": 5,
    "reported_contacts": (),
    "resellers_without_budgets": (),
    "new_customer_months": 12,
    "realname_upload": True,
    "realname_review_seconds": None,
    "realname_applications": 10,
    "customers_per_certificate": 5,
    "realname_refusals": {},
    "quota_adjusting_seconds": 0,
    "unknown_products": (),
    "lock_failed_ak": False,
}


class BadScenario(Exception):
    """A scenario that cannot be used: one line for people."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read."""

    name: str
    site: str
    seed: int
    rules: Mapping[str, Any]
    clock: str | None
    history: tuple[str, str]
    principals: Mapping[str, Mapping[str, Any]]
    customers: Sequence[Mapping[str, Any]]
    movements: Sequence[Mapping[str, Any]]
    budgets: Sequence[Mapping[str, Any]]
    # Quotas, coupons, cards and discounts, as far as there are any.
    benefits: Mapping[str, Any] = field(default_factory=dict)


def folder() -> Path:
    return fixtures() / "scenarios"


def names() -> list[str]:
    """The scenarios that are shipped."""
    return sorted(file.stem for file in folder().glob("*.yaml"))


def load(name: str) -> Scenario:
    """A shipped scenario by its name, or any by its path.

    Raises: ``BadScenario`` unknown name, unreadable file, broken YAML, or a member that is wrong.
    """
    file = _file(name)
    text = _text(file)
    # To read YAML and judge it takes longer to load than a world that is kept takes to open.
    from mockserver.domain.scenario_reading import read

    return read(name, file, text)


def text_of(name: str) -> str:
    """The file's text. Raises ``BadScenario``."""
    return _text(_file(name))


def _file(name: str) -> Path:
    if "/" in name or name.endswith((".yaml", ".yml")):
        return Path(name)
    if name not in names():
        near = get_close_matches(name, names(), 1)
        hint = (
            f"did you mean {near[0]}?" if near else f"shipped are {', '.join(names())}; or give a path to a .yaml file"
        )
        raise BadScenario(f"unknown scenario {name!r}: {hint}")
    return folder() / f"{name}.yaml"


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as problem:
        raise BadScenario(f"{file}: cannot be read: {problem.strerror}") from None
    except UnicodeDecodeError as problem:
        raise BadScenario(f"{file}: not UTF-8 at byte {problem.start}") from None
