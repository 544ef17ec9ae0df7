"""What ``fixtures/reference/discounts.yaml`` says: policies of services, and the items of framework agreements."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

from mockserver.shipped import fixtures

Tables = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """What rebates and discounts a service has."""

    service: str
    name: str
    incentive_policy: str
    allow_discount: str


def policies(month: str, language: str, service: str | None) -> list[Policy]:
    """What holds at the last second of a month (UTC+8), for one service or all that have a policy then."""
    held = {row["service"]: row for row in tables()["policies"] if row["from"] <= f"{month}-31"}
    return [
        Policy(code, service_name(code, language), row["incentive_policy"], row["allow_discount"])
        for code, row in held.items()
        if service in (None, code)
    ]


def service_name(code: str, language: str) -> str:
    return cast(str, tables()["services"][code][language])


@cache
def tables() -> Tables:
    import yaml  # only where it is asked for

    file = fixtures() / "reference" / "discounts.yaml"
    return cast(Tables, yaml.load(file.read_bytes(), Loader=yaml.CSafeLoader))
