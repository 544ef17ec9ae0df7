"""Scenarios: the files in ``fixtures/scenarios/`` (or anywhere) from which a sandbox is built.

A mistake in one is told in one line with file, line and field, because the people who write them are in a hurry.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mockserver.domain import scenario_checks
from mockserver.shipped import fixtures

RULES = {
    "association_delay_seconds": 0,
    "association_wait_seconds": 5,
    "registrations_per_mobile": 5,
    "reported_contacts": (),
}


class BadScenario(Exception):
    """A scenario that cannot be used: one line for people."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario as read. ``key`` changes with every change of the file."""

    name: str
    key: str
    site: str
    seed: int
    rules: Mapping[str, Any]
    clock: str | None
    history: tuple[str, str]
    principals: Mapping[str, Mapping[str, Any]]
    customers: Sequence[Mapping[str, Any]]


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
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        raise BadScenario(f"{file}:{line} not YAML: {getattr(broken, 'problem', broken)}") from None
    mistake = scenario_checks.first(document, _schema())
    if mistake is not None:
        raise BadScenario(f"{file}: {mistake.told(text)}")
    return Scenario(
        name=name,
        key=hashlib.sha256(text.encode()).hexdigest(),
        site=document["site"],
        seed=document["seed"],
        rules={**RULES, **document.get("rules", {})},
        clock=document.get("clock"),
        history=(document["history"]["from"], document["history"]["to"]),
        principals=document["principals"],
        customers=document.get("customers", ()),
    )


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


@cache
def _schema() -> dict[str, Any]:
    document: dict[str, Any] = msgspec.json.decode((folder() / "scenario.schema.json").read_bytes())
    return document


class _Loader(yaml.CSafeLoader):
    """YAML in which a moment is the text that was written, with quotes or without."""

    yaml_implicit_resolvers = {  # noqa: RUF012  PyYAML's own way to say it
        first: [one for one in resolvers if one[0] != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }
