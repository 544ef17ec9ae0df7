"""``make check`` finds each kind of mistake that a schema file can have, and says where."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.check import findings
from mockserver.shipped import schemas

FILE = "cn/things/make_up.json"
SHARED = "common/money.json"
BODY = "/$defs/request/properties/body"


@pytest.fixture
def checked(tmp_path: Path) -> Callable[..., list[str]]:
    """What is found in a small contract, in which one place of one file has another value (None: no such member)."""

    def checked(file: str = FILE, pointer: str = "", value: Any = None) -> list[str]:
        for name in ("meta", "common"):
            shutil.copytree(schemas() / name, tmp_path / name)
        shutil.copy(schemas() / "errors.json", tmp_path)
        (tmp_path / "cn" / "things").mkdir(parents=True)
        shutil.copy(Path(__file__).parent / "made_up.json", tmp_path / FILE)
        if pointer:
            document = json.loads((tmp_path / file).read_bytes())
            put(document, pointer, value)
            (tmp_path / file).write_text(json.dumps(document), encoding="utf-8")
        elif value is not None:
            (tmp_path / file).write_text(value, encoding="utf-8")
        return [line.removeprefix(f"{tmp_path}/") for line in findings(tmp_path)]

    return checked


def put(document: Any, pointer: str, value: Any) -> None:
    *way, last = (step.replace("~1", "/") for step in pointer.strip("/").split("/"))
    for step in way:
        document = document[int(step) if isinstance(document, list) else step]
    if value is None:
        del document[last]
    else:
        document[last] = value


def test_a_contract_in_order_has_no_findings(checked: Callable[..., list[str]]) -> None:
    assert checked() == []


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/x-operation/callers", ["customer", "passer_by"], '/x-operation/callers/1: "passer_by" is not one of'),
        ("/x-operation/errors", [{"code": "CBC.77", "status": 400}], "/x-operation/errors: unknown code CBC.77"),
        (f"{BODY}/properties/name/x-error", "CBC.77", f"{BODY}/properties/name: x-error: unknown code CBC.77"),
        ("/x-operation", None, '/: "x-operation" is a required property'),
        ("/x-operation/errors", [5], "/x-operation/errors/0: "),
        (f"{BODY}/properties/name/$ref", "../../common/money.json#/$defs/none", "points to nowhere"),
        (f"{BODY}/properties/name/$ref", "../../common/none.json#/$defs/amount", "no such file"),
        (f"{BODY}/properties/name/$ref", "#/$defs/request", "leads back to itself"),
        (
            f"{BODY}/properties/nested/required",
            ["inner", "gone"],
            f"{BODY}/properties/nested: required: gone is not defined",
        ),
        (f"{BODY}/x-requires", {"phone": ["gone"]}, f"{BODY}: x-requires: gone is not defined"),
        (f"{BODY}/x-requires", {"gone": ["phone"]}, f"{BODY}: x-requires: gone is not defined"),
        (f"{BODY}/allOf/0/then/required", ["gone"], f"{BODY}: then: gone is not defined"),
        (f"{BODY}/allOf/0/if", {"properties": {"gone": {}}}, f"{BODY}: if: gone is not defined"),
        (f"{BODY}/allOf/0/if/properties/kind", {"const": 2}, f"{BODY}: const: 2 is not of type string"),
        (f"{BODY}/properties/kind/enum", ["1", True], f"{BODY}/properties/kind: enum: True is not of type string"),
        (f"{BODY}/properties/count/enum", [True], f"{BODY}/properties/count: enum: True is not of type integer"),
        (f"{BODY}/properties/count/default", "10", f"{BODY}/properties/count: default: '10' is not of type integer"),
        (f"{BODY}/properties/price/examples", ["1"], f"{BODY}/properties/price: examples: '1' is not of type number"),
        (
            f"{BODY}/properties/list/items/enum",
            ["1"],
            f"{BODY}/properties/list/items: enum: '1' is not of type integer",
        ),
        (f"{BODY}/properties/name/pattern", "(", "name/pattern"),
        (f"{BODY}/properties/name/x-null", "maybe", f"{BODY}/properties/name/x-null: "),
    ],
)
def test_what_is_wrong_with_an_operation_is_told(
    checked: Callable[..., list[str]], pointer: str, value: Any, words: str
) -> None:
    (line,) = checked(FILE, pointer, value)
    assert line.startswith(f"{FILE}: ")
    assert words in line


@pytest.mark.parametrize(
    ("pointer", "value", "words"),
    [
        ("/$id", "common/silver.json", "/$id: 'common/silver.json' should be 'common/money.json'"),
        ("/$defs", None, '/: "$defs" is a required property'),
        ("/$defs/amount/surprise", 1, "/$defs/amount: "),
        ("/$defs/amount/enum", ["1"], "/$defs/amount: enum: '1' is not of type number"),
        ("/$defs/amount/x-error", "CBC.77", "/$defs/amount: x-error: unknown code CBC.77"),
        ("/$defs/new", {"$ref": "#/$defs/none"}, "#/$defs/none points to nowhere"),
        ("/$defs/new", {"$ref": "time.json#/$defs/none"}, "time.json#/$defs/none points to nowhere"),
    ],
)
def test_what_is_wrong_with_a_shared_definition_is_told_though_nobody_uses_it(
    checked: Callable[..., list[str]], pointer: str, value: Any, words: str
) -> None:
    lines = checked(SHARED, pointer, value)
    assert [line for line in lines if line.startswith(f"{SHARED}: ") and words in line], lines


def test_what_is_wrong_with_the_error_catalogue_is_told(checked: Callable[..., list[str]]) -> None:
    (line,) = checked("errors.json", "/codes/CBC.0100/status", "400")
    assert line.startswith("errors.json: /codes/CBC.0100/status: ")


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_what_is_no_schema_file_at_all_is_told(checked: Callable[..., list[str]], content: str) -> None:
    (line,) = checked(FILE, "", content)
    assert line.startswith(f"{FILE}: ")
