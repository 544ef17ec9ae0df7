"""Does a schema file say what is documented? One constraint of the facts, looked for in one operation.

A rule is expressed when its keyword has the documented value, or when what else stands there allows the same and no
more: the values of an ``enum`` are short enough, a ``pattern`` takes two capitals. A rule that is only stricter than
the documented one does not count.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import jsonschema_rs

from mockserver.contract.facts import LIMITS, OF_THE_OPERATION, PRESENT, Constraint
from mockserver.contract.files import Json, inlined
from mockserver.contract.operations import Operation

# A value that no page lists: a member that takes it has no list of values.
_UNHEARD_OF = "§"
# What the facts call a format, and values that tell whether it is held: those that pass, those that do not.
_FORMATS: Sequence[tuple[str, Sequence[str], Sequence[str]]] = (
    ("^utc-datetime", ["2020-02-29T23:59:59Z"], ["2020-02-29", "2020-02-29 23:59:59", "2021-02-29T00:00:00Z"]),
    ("^date", ["2020-02-29"], ["2020-13-01", "2020-02-2", "20200229"]),
    ("^date[^|]*$", [], ["2021-02-30", "2021-04-31", "2020-02"]),
    ("month", ["2020-12"], ["2020-13", "2020-1"]),
    ("^month", [], ["2020-12-01"]),
    ("two-letter", ["MX"], ["MEX", "M", "12"]),
    ("complete address with @|must contain @", ["a@b.c"], ["a.b.c"]),
    ("mobile: regex", ["0086-13912345678"], ["008613912345678", "+86-139"]),
    ("name: regex", ["abcde", "-a_1b"], ["abcd", "1abcd", "a" * 33]),
    (r"decimal\(2\)", ["1.25"], ["1.255"]),
    (r"decimal\(8\)", ["1.00000001"], ["1.000000001"]),
    ("> 0|greater than 0", ["0.01"], ["0", "0.00"]),
    ("^(Double|BigDecimal|int64|decimal(,|$))", ["1"], []),
)


@dataclass(frozen=True, slots=True)
class _Member:
    """A member in a schema. ``needed``: its object requires it; ``conditions``: what that says of it in an ``if``."""

    node: Json
    place: str
    needed: bool
    conditions: Sequence[Json]

    @property
    def forms(self) -> Sequence[Json]:
        """What a value can look like; one that can be a number or a text has two forms."""
        return _forms(self.node)

    @property
    def values(self) -> Sequence[Json]:
        """The forms of a single value: those of the items, where it is a list."""
        return [value for form in self.forms for value in _forms(form.get("items", form))]


class Expressed:
    """Answers for the constraints of one operation."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        common = operation.file.parents[2] / "common" / "errors.json"
        self._refusal: Json = operation.schema["$defs"].get("refusal") or inlined(common)["$defs"]["error"]

    def __call__(self, constraint: Constraint) -> bool:
        if constraint.kind in OF_THE_OPERATION:
            return self._of_the_operation(constraint)
        member = self._find(constraint.place.steps)
        return member is not None and _JUDGES[constraint.kind](member, constraint.value)

    def _find(self, steps: Sequence[str]) -> _Member | None:
        place, *names = steps
        if place != "response":
            return _descend(self._operation.place(place), names, place)
        return _descend(self._operation.response, names, place) or self._find_in_refusal(names)

    def _find_in_refusal(self, names: Sequence[str]) -> _Member | None:
        """The pages list its members among those of the answer, where they are optional: success has none of them."""
        found = _descend(self._refusal, names, "response")
        return found and replace(found, needed=False)

    def _of_the_operation(self, constraint: Constraint) -> bool:
        operation, value = self._operation, constraint.value
        match constraint.kind:
            case "callers":
                return set(operation.callers) == set(value)
            case "error":
                return value in operation.errors
            case "status":
                row = operation.errors.get(constraint.place.steps[-1])
                return row is not None and row.status == value
            case kind:
                return str(getattr(operation, kind)) == str(value)


def _descend(node: Json, names: Sequence[str], place: str) -> _Member | None:
    member = _Member(node, place, True, [])
    for name in names:
        holder = next((one for one in member.values if name in one.get("properties", {})), None)
        if holder is None:
            return None
        conditions = [rule["then"]["properties"].get(name) for rule in holder.get("allOf", ()) if _speaks(rule)]
        needed = name in holder.get("required", ())
        member = _Member(holder["properties"][name], place, needed, [found for found in conditions if found])
    return member


def _speaks(rule: Json) -> bool:
    return "properties" in rule.get("then", {})


def _forms(node: Json) -> Sequence[Json]:
    if "type" in node or "anyOf" not in node:
        return [node]
    return [{**node, **part} for part in node["anyOf"] if part.get("type") != "null"]


# The judges: does the member hold the documented value of a rule?
# A parameter of the path always has a value: without one it is another path. So there the blanks are refused anyhow.

_Judge = Callable[[_Member, Any], bool]


def _present(_: _Member, __: str) -> bool:
    return True


def _type(member: _Member, value: str) -> bool:
    return any(form.get("type") == value for form in member.forms)


def _items(member: _Member, value: str) -> bool:
    return _type(member, "array") and any(form.get("type") == value for form in member.values)


def _required(member: _Member, value: bool) -> bool:
    return member.needed == value


def _nullable(member: _Member, value: bool) -> bool:
    return _takes(member.node, None) == value


def _enum(member: _Member, value: Sequence[Any]) -> bool:
    return any(_lists(form, value) for form in member.values)


def _lists(form: Json, documented: Sequence[Any]) -> bool:
    """A list may also have the blanks that are values of this member; a pattern can say the same as a list."""
    if "enum" not in form:
        return all(_takes(form, value) for value in documented) and not _takes(form, _UNHEARD_OF)
    listed = [value for value in form["enum"] if value not in _BLANKS or value in documented]
    return sorted(map(repr, documented)) == sorted(map(repr, listed))


def _pattern(member: _Member, value: str) -> bool:
    wanted = value.split(" ")[0]  # words may follow
    return any(form.get("pattern") == wanted or _listed(form, {"pattern": f"^({wanted})$"}) for form in member.values)


def _format(member: _Member, value: str) -> bool:
    told = [(good, bad) for words, good, bad in _FORMATS if re.search(words, value)]
    forms = [*member.forms, *({**member.node, **condition} for condition in member.conditions)]
    return bool(told) and all(any(_tells(form, good, bad) for form in forms) for good, bad in told)


def _tells(form: Json, good: Sequence[str], bad: Sequence[str]) -> bool:
    read = str if form.get("type") == "string" else Decimal
    return all(_takes(form, read(text)) for text in good) and not any(_takes(form, read(text)) for text in bad)


def _default(member: _Member, value: Any) -> bool:
    have = member.node.get("default")
    if isinstance(have, str) and isinstance(value, str) and have != value:
        return have.casefold() == value.casefold() and _takes(member.node, value)
    return repr(have) == repr(value)


def _limit(keyword: str) -> _Judge:
    of_the_list = keyword.endswith("Items")

    def judge(member: _Member, value: float) -> bool:
        forms = member.forms if of_the_list else member.values
        return any(form.get(keyword, _LEAST.get(keyword)) == value or _listed(form, {keyword: value}) for form in forms)

    return judge


def _listed(form: Json, rule: Json) -> bool:
    """All the values there are keep the rule."""
    return "enum" in form and all(_takes(rule, value) for value in form["enum"] if value not in _BLANKS)


def _empty_value(member: _Member, value: str) -> bool:
    if member.place == "query":
        return member.node.get("x-empty-value") == _WORDS.get(value, value)
    # Of a list in a body it is the empty list.
    return value.startswith("ignored") and _takes({**member.node, "items": {}}, [])


def _empty_string(member: _Member, value: str) -> bool:
    """Where a page tells two kinds of empty apart, the facts have one of them here."""
    if member.place == "path":
        return value == "rejected"
    return value in (member.node.get("x-empty"), member.node.get("x-empty-value"))


def _null(member: _Member, value: str) -> bool:
    if member.place == "path":
        return value == "rejected"
    if member.place == "headers":  # only ever a text
        return _takes(member.node, "null") == (value != "rejected")
    return bool(member.node.get("x-null") == value)


def _takes(schema: Json, value: Any) -> bool:
    return jsonschema_rs.is_valid(schema, value, validate_formats=True)


# Blanks are values of a member only by its x-keywords.
_BLANKS = ("", "null")
# What stands for a limit that is not there.
_LEAST = {"minLength": 0, "minItems": 0}
_WORDS = {"default 0": "ignored", "default 10": "ignored"}
_JUDGES: Mapping[str, _Judge] = {
    PRESENT: _present,
    "type": _type,
    "items": _items,
    "required": _required,
    "nullable": _nullable,
    "enum": _enum,
    "pattern": _pattern,
    "format": _format,
    "default": _default,
    "empty_value": _empty_value,
    "empty_string": _empty_string,
    "null": _null,
    **{keyword: _limit(keyword) for keyword in LIMITS},
}
