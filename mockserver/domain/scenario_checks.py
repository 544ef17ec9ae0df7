"""What is wrong with a scenario file, told so that the person who wrote it can mend it at once.

The form is a JSON Schema (``fixtures/scenarios/scenario.schema.json``, which editors read too); what a schema cannot
say (who must be whose, what must not be more than what) is here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from difflib import get_close_matches
from itertools import chain
from typing import Any

import jsonschema_rs
import yaml

from mockserver.domain import scenario_money

PARTNERS = ("distributor", "solution_provider", "reseller")
Steps = tuple[str | int, ...]

# Whose an account of a kind must be (first) or may be.
_MUST_BE_OF = {"reseller": ("distributor",), "enterprise_member": ("enterprise_master",)}
_MAY_BE_OF = {"customer": PARTNERS}
# What only an associated customer has.
_OF_CUSTOMERS = ("verified", "customer_type", "frozen", "dissociated_on")
# Whose users an IAM user may be.
_HAS_USERS = (*PARTNERS, "customer", "enterprise_master", "enterprise_member")
_UNIQUE = ("ak", "domain_name")


@dataclass(frozen=True, slots=True)
class Mistake:
    """``steps`` lead to the member at fault."""

    steps: Steps
    words: str

    def told(self, text: str) -> str:
        """With the line in the file's text."""
        return f"line {_line(text, self.steps)}: /{'/'.join(map(str, self.steps))}: {self.words}"


def first(document: Any, schema: Mapping[str, Any]) -> Mistake | None:
    """The mistake to mend first, None where there is none."""
    return next(chain(_plain(document, (), ()), _form(document, schema), _sense(document)), None)


def _plain(node: Any, steps: Steps, above: tuple[int, ...]) -> Iterator[Mistake]:
    """YAML can write what no mapping of texts is: keys that are numbers, a node inside itself."""
    if id(node) in above:
        yield Mistake(steps, "contains itself")
    elif isinstance(node, dict):
        for key, value in node.items():
            if not isinstance(key, str):
                yield Mistake(steps, f"the key {key!r} must be a text")
            else:
                yield from _plain(value, (*steps, key), (*above, id(node)))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from _plain(value, (*steps, place), (*above, id(node)))


def _form(document: Any, schema: Mapping[str, Any]) -> Iterator[Mistake]:
    """A misspelt member comes before the one that is missing for it."""
    found = list(jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True).iter_errors(document))
    kinds = jsonschema_rs.ValidationErrorKind
    for error in sorted(found, key=lambda error: not isinstance(error.kind, kinds.AdditionalProperties)):
        steps = tuple(error.instance_path)
        match error.kind:
            case kinds.AdditionalProperties():
                for name in error.kind.unexpected:
                    yield Mistake((*steps, name), "no such member" + _near(name, schema))
            case kinds.Required():
                yield Mistake(steps, f"{error.kind.property} is missing")
            case kinds.Enum():
                yield Mistake(steps, f"{error.instance!r} is not one of {', '.join(map(str, error.kind.options))}")
            case kinds.Type() if isinstance(error.instance, int | float) and "string" in error.message:
                yield Mistake(steps, f'{error.instance} must be a text: write "{error.instance}" with the quotes')
            case _:
                yield Mistake(steps, error.message)


def _near(name: str, schema: Mapping[str, Any]) -> str:
    known = sorted(set(_names(schema)))
    near = get_close_matches(name, known, 1)
    return f", did you mean {near[0]}?" if near else ""


def _names(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        yield from schema.get("properties", {})
        for below in schema.values():
            yield from _names(below)


def _sense(document: Mapping[str, Any]) -> Iterator[Mistake]:
    if document["history"]["to"] < document["history"]["from"]:
        yield Mistake(("history", "to"), "lies before from")
    people = document["principals"]
    seen: dict[tuple[str, str], str] = {}
    for name, one in people.items():
        yield from _relations(people, name, one)
        yield from _amounts(name, one)
        for member in _UNIQUE:
            value = one.get(member, name if member == "domain_name" and "kind" in one else None)
            if value is not None and (other := seen.setdefault((member, value), name)) != name:
                yield Mistake(("principals", name, member), f"{value} is {other}'s already")
    for place, group in enumerate(document.get("customers", ())):
        yield from _customers(people, place, group)
    yield from (Mistake(*mistake) for mistake in scenario_money.mistakes(document))


def _relations(people: Mapping[str, Any], name: str, one: Mapping[str, Any]) -> Iterator[Mistake]:
    kind = one.get("kind", "")
    steps = ("principals", name)
    if "xaccount_type" in one and kind not in PARTNERS:
        yield Mistake((*steps, "xaccount_type"), "only a partner has a sales platform")
    if "operator_of" in one and people.get(one["operator_of"], {}).get("kind") not in _HAS_USERS:
        yield Mistake((*steps, "operator_of"), one_of(people, one["operator_of"], _HAS_USERS))
    for member in _OF_CUSTOMERS:
        if member in one and not (kind == "customer" and "of" in one):
            yield Mistake((*steps, member), "is for a customer that has a partner (of)")
    if "frozen" in one and one.get("association") == "referral":
        yield Mistake((*steps, "frozen"), "a referral customer cannot be frozen")
    if kind in _MUST_BE_OF and "of" not in one:
        yield Mistake(steps, f"of is missing: which {_MUST_BE_OF[kind][0]}'s it is")
    if "of" not in one:
        return
    owners = _MUST_BE_OF.get(kind) or _MAY_BE_OF.get(kind)
    if owners is None:
        yield Mistake((*steps, "of"), f"a {kind} is nobody's")
    elif people.get(one["of"], {}).get("kind") not in owners:
        yield Mistake((*steps, "of"), one_of(people, one["of"], owners))


def one_of(people: Mapping[str, Any], given: str, kinds: Sequence[str]) -> str:
    known = [name for name, one in people.items() if one.get("kind") in kinds]
    return f"{given} must be one of {', '.join(known) or f'the kinds {kinds}'}"


def _amounts(name: str, one: Mapping[str, Any]) -> Iterator[Mistake]:
    if Decimal(one.get("designated", 0)) > Decimal(one.get("balance", 0)):
        yield Mistake(("principals", name, "designated"), "is more than the balance")


def _customers(people: Mapping[str, Any], place: int, group: Mapping[str, Any]) -> Iterator[Mistake]:
    steps = ("customers", place)
    if people.get(group["of"], {}).get("kind") not in PARTNERS:
        yield Mistake((*steps, "of"), one_of(people, group["of"], PARTNERS))
    resale = group["count"] - group.get("referral", 0)
    for member, most, words in (
        ("referral", group["count"], "more than there are customers"),
        ("funded", resale, "more than there are resale customers"),
        ("in_debt", group.get("funded", 0), "more than have money"),
    ):
        if group.get(member, 0) > most:
            yield Mistake((*steps, member), f"{group[member]} is {words} ({most})")


def _line(text: str, steps: Steps) -> int:
    """The line of the member that ``steps`` lead to, or of the nearest one above that is there, from 1."""
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    line = node.start_mark.line if node else 0
    for step in steps:
        if isinstance(node, yaml.MappingNode):
            found = next((pair for pair in node.value if pair[0].value == step), None)
            if found is None:
                break
            key, node = found
            line = key.start_mark.line
        elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
            line = node.start_mark.line
    return line + 1
