"""Reads a scenario's YAML and refuses what cannot be, in one line with file, line and field."""

from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import yaml

from mockserver.domain import scenario_benefits, scenario_checks
from mockserver.domain.scenarios import RULES, BadScenario, Scenario, folder


def read(name: str, file: Path, text: str) -> Scenario:
    """Raises ``BadScenario``."""
    try:
        document = yaml.load(text, Loader=_Loader)
    except yaml.YAMLError as broken:
        mark = getattr(broken, "problem_mark", None)
        line = f" line {mark.line + 1}:" if mark else ""
        raise BadScenario(f"{file}:{line} not YAML: {getattr(broken, 'problem', broken)}") from None
    mistake = scenario_checks.first(document, _schema()) or scenario_benefits.first(document)
    if mistake is not None:
        raise BadScenario(f"{file}: {mistake.told(text)}")
    return Scenario(
        name=name,
        site=document["site"],
        seed=document["seed"],
        rules={**RULES, **document.get("rules", {})},
        clock=document.get("clock"),
        history=(document["history"]["from"], document["history"]["to"]),
        principals=document["principals"],
        customers=document.get("customers", ()),
        movements=document.get("movements", ()),
        budgets=document.get("budgets", ()),
        benefits={name: document[name] for name in scenario_benefits.MEMBERS if name in document},
    )


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
