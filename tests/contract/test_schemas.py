"""Every file of the contract is in order: its form, its references, its codes, its members."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import jsonschema_rs
import pytest

from mockserver.contract import files
from mockserver.contract.check import findings
from mockserver.contract.operations import SITES, Contract
from mockserver.operations.registry import handlers
from mockserver.shipped import schemas

OPERATIONS = sorted(path for site in SITES for path in (schemas() / site).glob("*/*.json"))
COMMON = sorted((schemas() / "common").glob("*.json"))
TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
    "null": type(None),
}

each_operation = pytest.mark.parametrize("file", OPERATIONS, ids=lambda file: f"{file.parts[-3]}-{file.stem}")
each_common = pytest.mark.parametrize("file", COMMON, ids=lambda file: file.stem)


@cache
def whole(file: Path) -> dict[str, Any]:
    """With its references inlined."""
    return files.inlined(file)


def content(file: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(file.read_bytes())
    return read


@cache
def meta(name: str) -> tuple[jsonschema_rs.Draft202012Validator, jsonschema.Draft202012Validator]:
    """A meta-schema for two validators that share no code."""
    schema = content(schemas() / "meta" / f"{name}.json")
    return jsonschema_rs.Draft202012Validator(schema), jsonschema.Draft202012Validator(schema)


def satisfies(name: str, document: Any) -> None:
    fast, slow = meta(name)
    assert [f"{problem.instance_path}: {problem.message}" for problem in fast.iter_errors(document)] == []
    assert [f"{list(problem.path)}: {problem.message}" for problem in slow.iter_errors(document)] == []


def nodes(node: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object below ``node``."""
    if isinstance(node, dict):
        yield pointer, node
        for name, below in node.items():
            yield from nodes(below, f"{pointer}/{name}")
    elif isinstance(node, list):
        for place, below in enumerate(node):
            yield from nodes(below, f"{pointer}/{place}")


def in_every_file(check: Callable[[Path], None]) -> Callable[[], None]:
    """One test for all files, which names each that is wrong."""

    def test() -> None:
        wrong = []
        for file in OPERATIONS:
            try:
                check(file)
            except AssertionError as problem:
                wrong.append(f"{file.relative_to(schemas())}: {problem}")
        assert wrong == []

    test.__name__ = check.__name__
    return test


@pytest.mark.parametrize("name", ["operation", "errors"])
def test_a_meta_schema_is_json_schema(name: str) -> None:
    schema = content(schemas() / "meta" / f"{name}.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema_rs.meta.validate(schema)


def test_the_error_catalogue_satisfies_its_meta_schema() -> None:
    satisfies("errors", content(schemas() / "errors.json"))


@each_operation
def test_an_operation_satisfies_its_meta_schema(file: Path) -> None:
    satisfies("operation", content(file))


@each_common
def test_a_shared_definition_is_a_member_as_in_an_operation(file: Path) -> None:
    document = content(file)
    assert document["$id"] == f"common/{file.name}"
    satisfies("operation", as_operation(document["$defs"]))


def as_operation(definitions: dict[str, Any]) -> dict[str, Any]:
    host = content(OPERATIONS[0])
    rules = {"request": {"type": "object", "properties": {}}, "response": {"type": "object"}}
    return host | {"$defs": definitions | rules}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/title", ""),
        ("/unknown", 1),
        ("/x-operation/method", "get"),
        ("/x-operation/path", "v2/no/slash"),
        ("/x-operation/callers", []),
        ("/x-operation/callers", ["nobody"]),
        ("/x-operation/quota", "ten"),
        ("/x-operation/errors", ["0100"]),
        ("/x-operation/errors", [{"code": "CBC.0100"}]),
        ("/x-operation/success", 400),
        ("/$defs/request/properties/form", {}),
        ("/$defs/request/properties/body/properties/customer_id/x-null", "maybe"),
        ("/$defs/request/properties/body/properties/customer_id/minimumLength", 1),
        ("/$defs/request/properties/body/properties/customer_id/type", ["string", "null"]),
        ("/$defs/request/properties/body/properties/new", {"type": "string", "x-null": "ignored"}),
        ("/$defs/request/properties/body/properties/new", {"type": "string", "x-empty": "ignored"}),
        ("/$defs/request/properties/query", {"type": "object", "properties": {"x": {"type": "string"}}}),
    ],
)
def test_the_meta_schema_refuses_what_nobody_knows(pointer: str, value: Any) -> None:
    document = content(schemas() / "cn" / "accounts" / "update_customer_account_amount.json")
    *way, last = pointer.strip("/").split("/")
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    fast, slow = meta("operation")
    assert (fast.is_valid(document), slow.is_valid(document)) == (False, False)


@in_every_file
def test_the_id_is_the_place_of_the_file(file: Path) -> None:
    assert content(file)["$id"] == file.relative_to(schemas()).as_posix()


@each_operation
def test_references_lead_somewhere_and_the_whole_is_json_schema(file: Path) -> None:
    document = whole(file)
    assert all("$ref" not in node for _, node in nodes(document))
    for part in document["$defs"].values():
        jsonschema.Draft202012Validator.check_schema(part)
        jsonschema_rs.meta.validate(part)


@in_every_file
def test_every_code_is_in_the_catalogue(file: Path) -> None:
    codes = content(schemas() / "errors.json")["codes"]
    document = content(file)
    listed = [row if isinstance(row, str) else row["code"] for row in document["x-operation"]["errors"]]
    assert len(listed) == len(set(listed))
    assert set(listed) <= set(codes)
    assert {node["x-error"] for _, node in nodes(document["$defs"]) if "x-error" in node} <= set(listed)


@in_every_file
def test_a_name_is_in_one_place_only_since_arguments_are_known_by_name(file: Path) -> None:
    places = whole(file)["$defs"]["request"]["properties"].values()
    named = [name for place in places for name in place.get("properties", {})]
    assert len(named) == len(set(named))


@in_every_file
def test_values_are_of_their_members_type(file: Path) -> None:
    for pointer, node in nodes(whole(file)["$defs"]):
        if not isinstance(node.get("type"), str):
            continue
        values = [*node.get("enum", ()), *node.get("examples", ())]
        values += [node[keyword] for keyword in ("const", "default") if keyword in node]
        for value in values:
            right = isinstance(value, TYPES[node["type"]]) and isinstance(value, bool) == (node["type"] == "boolean")
            assert right, f"{pointer}: {value!r} is not of type {node['type']}"


@in_every_file
def test_a_default_keeps_the_rules_of_its_member(file: Path) -> None:
    for pointer, node in nodes(whole(file)["$defs"]):
        if "default" in node and isinstance(node.get("type"), str):
            assert jsonschema_rs.Draft202012Validator(node).is_valid(node["default"]), pointer


@in_every_file
def test_limits_leave_room(file: Path) -> None:
    for pointer, node in nodes(whole(file)["$defs"]):
        for least, most in (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")):
            assert node.get(least, 0) <= node.get(most, float("inf")), pointer


@in_every_file
def test_required_members_are_defined(file: Path) -> None:
    for pointer, node in nodes(whole(file)["$defs"]):
        if isinstance(node.get("properties"), dict) and isinstance(node.get("required"), list):
            assert set(node["required"]) <= set(node["properties"]), pointer
        for member, others in node.get("x-requires", {}).items():
            assert {member, *others} <= set(node["properties"]), pointer


@in_every_file
def test_a_place_with_a_required_member_is_required(file: Path) -> None:
    request = whole(file)["$defs"]["request"]
    needing = {place for place, schema in request["properties"].items() if schema.get("required")}
    assert needing == set(request.get("required", ()))


@in_every_file
def test_the_places_in_the_path_are_its_parameters(file: Path) -> None:
    document = whole(file)
    path = document["x-operation"]["path"]
    named = {part[1:-1] for part in path.split("/") if part.startswith("{")}
    assert named == set(document["$defs"]["request"]["properties"].get("path", {}).get("properties", {}))


@in_every_file
def test_what_is_sent_in_the_response_is_no_secret(file: Path) -> None:
    assert not [pointer for pointer, node in nodes(whole(file)["$defs"]["response"]) if node.get("writeOnly")]


@in_every_file
def test_passwords_are_secrets(file: Path) -> None:
    for pointer, node in nodes(whole(file)["$defs"]["request"]):
        if pointer.endswith("/properties/password"):
            assert node.get("writeOnly"), pointer


def test_no_two_operations_of_a_site_share_method_and_path() -> None:
    found = [(op.site, op.method, op.path) for op in Contract()]
    assert len(found) == len(set(found))


def test_every_function_has_a_schema_file() -> None:
    """A file without a function is documented but not built; the other way round nobody could call it."""
    assert set(handlers()) <= {operation.name for operation in Contract()}


def test_the_check_finds_nothing() -> None:
    assert list(findings(schemas())) == []


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ({"$id": "cn/x/y.json"}, "/$id"),
        ({"title": ""}, "/title"),
        ({"x-operation": {"errors": ["CBC.1"]}}, "unknown code CBC.1"),
        ({"$defs": {"response": {"type": "object", "properties": {}, "required": ["gone"]}}}, "gone is not defined"),
        ({"$defs": {"response": {"type": "string", "enum": [1]}}}, "1 is not of type string"),
        ({"$defs": {"response": {"$ref": "#/$defs/none"}}}, "points to nowhere"),
        ({"$defs": {"response": {"type": "object", "surprise": 1}}}, "surprise"),
    ],
)
def test_the_check_tells_file_and_place_of_what_is_wrong(tmp_path: Path, broken: Any, words: str) -> None:
    folder = copied(tmp_path)
    file = folder / "cn" / "products" / "list_measure_units.json"
    document = content(file)
    for name, value in broken.items():
        document[name] = document[name] | value if isinstance(value, dict) else value
    file.write_text(json.dumps(document), encoding="utf-8")
    lines = list(findings(folder))
    assert any(words in line and "list_measure_units.json" in line for line in lines), lines


def copied(folder: Path) -> Path:
    shutil.copytree(schemas(), folder / "schemas")
    return folder / "schemas"


def test_the_check_is_a_command_that_says_nothing_when_all_is_well() -> None:
    done = subprocess.run([sys.executable, "-m", "mockserver.contract.check"], capture_output=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
