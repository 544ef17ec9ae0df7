"""Answers of any operation, drawn from its schema file: all that a client has to be able to read."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from contract_tests.strategies.keywords import Schema
from contract_tests.strategies.merging import folded
from contract_tests.strategies.objects import Drawing
from contract_tests.strategies.rules import satisfies
from mockserver.contract.operations import Operation

PLACE = "body"
# Members and values that no page has: the service grows without asking its clients.
NEW_MEMBER, NEW_VALUE = "new_since_2031", "NEW_SINCE_2031"
_NEW: SearchStrategy[Any] = st.sampled_from(["a text", 7, True, None, [], {"amount": 1}])
_DONE = "CBC.0000"
# Of whole numbers: what 64 bits hold. Of IDs: texts of digits, one of which no double holds, and one that is no number.
_FAR = 2**63 - 1
_DIGITS = ("9007199254740993", "0012")
_IDS = ("id", "account_id", "customer_id", "order_id", "coupon_id", "quota_id", "trans_id", "resource_id", "product_id")
_drawing = Drawing(known=dict.fromkeys(_IDS, _DIGITS), far=_FAR)


def responses(operation: Operation) -> SearchStrategy[Any]:
    """Bodies that the contract allows, and beside them ones with members and values that it does not know yet.

    An earlier operation says in every answer that it went well; anything else in ``error_code`` would be an error.
    """
    schema = folded(operation.response)
    if "error_code" in schema.get("properties", {}):
        schema = {**schema, "properties": {**schema["properties"], "error_code": {"const": _DONE}}}
    return (
        _drawing.values(schema, PLACE)
        .filter(lambda body: satisfies(schema, body))
        .flatmap(lambda body: _grown(schema, body))
    )


@st.composite
def _grown(draw: DrawFn, schema: Schema, body: Any) -> Any:
    match draw(st.integers(0, 3)):
        case 0 if isinstance(body, dict):
            return _with_member(draw, body)
        case 1:
            return _with_value(schema, body)
    return body


def _with_member(draw: DrawFn, value: dict[str, Any]) -> dict[str, Any]:
    """A new member at the top and, where there is a list of objects, in each of its elements."""
    new = draw(_NEW)
    below = {
        name: [item | {NEW_MEMBER: new} if isinstance(item, dict) else item for item in member]
        for name, member in value.items()
        if isinstance(member, list)
    }
    return {**value, **below, NEW_MEMBER: new}


def _with_value(schema: Schema, value: Any) -> Any:
    """Every text that has a list of values in the contract is one that is not in it."""
    if isinstance(value, dict):
        members = schema.get("properties", {})
        return {name: _with_value(folded(members.get(name, {})), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_with_value(folded(schema.get("items", {})), item) for item in value]
    return NEW_VALUE if isinstance(value, str) and "enum" in schema else value
