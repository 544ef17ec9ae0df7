"""Scenarios: the files in ``fixtures/scenarios/`` (or anywhere) from which a sandbox is built.

A mistake in one is told in one line with file, line and field, because the people who write them are in a hurry.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import yaml

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
        document = yaml.load(text, Loader=yaml.CSafeLoader)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        raise BadScenario(f"{file}:{line} not YAML: {getattr(broken, 'problem', broken)}") from None
    problem = next(iter(_rules().iter_errors(document)), None)
    if problem is not None:
        raise BadScenario(_words(file, text, problem))
    scenario = Scenario(
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
    _relations(file, text, scenario)
    return scenario


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


def _rules() -> jsonschema_rs.Draft202012Validator:
    schema = msgspec.json.decode((folder() / "scenario.schema.json").read_bytes())
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


def _words(file: Path, text: str, problem: jsonschema_rs.ValidationError) -> str:
    steps = list(problem.instance_path)
    return f"{file}: line {_line(text, steps)}: {_field(steps)}: {problem.message}"


def _field(steps: Sequence[str | int]) -> str:
    return "/" + "/".join(map(str, steps))


def _line(text: str, steps: Sequence[str | int]) -> int:
    """The line of the member that ``steps`` lead to, from 1."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = 1
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            key, node = next((pair for pair in node.value if pair[0].value == step), (node, None))
            line = key.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line + 1
    return line


def _relations(file: Path, text: str, scenario: Scenario) -> None:
    """What a schema cannot say: who must be whose."""

    def wrong(steps: Sequence[str | int], words: str) -> BadScenario:
        return BadScenario(f"{file}: line {_line(text, steps)}: {_field(steps)}: {words}")

    partners = [name for name, one in scenario.principals.items() if one.get("kind") in _PARTNERS]
    expected = {
        "reseller": ("distributor",),
        "enterprise_member": ("enterprise_master",),
        "customer": _PARTNERS,
    }
    for name, one in scenario.principals.items():
        for member, kinds in (("of", expected.get(one.get("kind", ""), ())), ("operator_of", _PARTNERS)):
            other = one.get(member)
            if other is not None and scenario.principals.get(other, {}).get("kind") not in kinds:
                known = [n for n, o in scenario.principals.items() if o.get("kind") in kinds]
                raise wrong(["principals", name, member], f"{other!r} must be one of {known}")
    for place, group in enumerate(scenario.customers):
        if group["of"] not in partners:
            raise wrong(["customers", place, "of"], f"{group['of']!r} must be one of {partners}")


_PARTNERS = ("distributor", "solution_provider", "reseller")
