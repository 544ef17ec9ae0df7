"""An object that several pages of an area have is written once, in ``schemas/common/``, and referred to."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract import files
from mockserver.contract.operations import SITES
from mockserver.shipped import schemas

FEW = 3
# What belongs to the place where an object stands, not to the object.
BESIDE = ("description", "x-null", "x-empty", "x-source")


def copies(folder: Path) -> Iterator[str]:
    """Objects with the same members and rules that two files of an area write out, or that are shared already."""
    shared = {
        shape(node): f"common/{file.name}#/$defs/{name}"
        for file in sorted((folder / "common").glob("*.json"))
        for name, node in files.inlined(file)["$defs"].items()
        if is_large(node)
    }
    for site in SITES:
        for area in sorted(path for path in (folder / site).glob("*") if path.is_dir()):
            found: dict[str, dict[str, str]] = defaultdict(dict)
            for file in sorted(area.glob("*.json")):
                for pointer, node in written_out(file):
                    found[shape(node)][f"{site}/{area.name}/{file.name}"] = pointer
            for key, places in found.items():
                if key in shared:
                    places[shared[key]] = ""
                if len(places) > 1:
                    yield " = ".join(file + pointer for file, pointer in places.items())


def written_out(file: Path) -> Iterator[tuple[str, Any]]:
    """The nested objects that stand in the file itself, with the references in them followed."""
    definitions = files.read(file)["$defs"]
    request = definitions["request"]
    tops = {id(top) for top in (request, *request["properties"].values(), definitions["response"])}
    inlined = files.inlined(file)["$defs"]

    def walk(node: Any, whole: Any, pointer: str) -> Iterator[tuple[str, Any]]:
        if isinstance(node, list):
            for at, (item, same) in enumerate(zip(node, whole, strict=True)):
                yield from walk(item, same, f"{pointer}/{at}")
        if isinstance(node, dict) and "$ref" not in node:
            if is_large(whole) and id(node) not in tops:
                yield pointer, whole
            for name, below in node.items():
                yield from walk(below, whole[name], f"{pointer}/{name}")

    yield from walk(definitions, inlined, "#/$defs")


def is_large(node: Any) -> bool:
    return isinstance(node.get("properties"), dict) and len(node["properties"]) >= FEW and node.get("type") == "object"


def shape(node: Any) -> str:
    """An object without words and without what belongs to its place: equal where members and rules are."""
    return json.dumps({name: part for name, part in bare(node).items() if name not in BESIDE}, sort_keys=True)


def bare(node: Any) -> Any:
    if isinstance(node, dict):
        return {
            name: bare(part)
            for name, part in node.items()
            if name not in ("description", "x-source") or isinstance(part, dict)
        }
    return [bare(item) for item in node] if isinstance(node, list) else node


def test_no_object_is_written_out_in_two_files_of_an_area() -> None:
    assert list(copies(schemas())) == []


def three(**changed: Any) -> dict[str, Any]:
    members = {
        name: {"type": "string", "maxLength": 8, "description": f"The {name}."} for name in ("one", "two", "six")
    }
    return {"type": "object", "properties": members | changed, "required": ["one"]}


@pytest.fixture
def found(tmp_path: Path) -> Callable[..., list[str]]:
    """What is found where files have these objects in their answers; by the path of the file."""

    def found(**objects: Any) -> list[str]:
        for name, node in objects.items():
            file = tmp_path / f"{name.replace('__', '/')}.json"
            file.parent.mkdir(parents=True, exist_ok=True)
            answer = {"type": "object", "properties": {"rows": {"type": "array", "items": node}}}
            parts = {"request": {"type": "object", "properties": {}}, "response": answer, **node.pop("$defs", {})}
            file.write_text(json.dumps({"$defs": {"it": node} if "common" in name else parts}), encoding="utf-8")
        return list(copies(tmp_path))

    return found


IN_A = "cn/area/a.json#/$defs/response/properties/rows/items"
IN_B = "cn/area/b.json#/$defs/response/properties/rows/items"


@pytest.mark.parametrize(
    "other",
    [
        three(),
        three() | {"description": "Other words.", "x-null": "ignored", "x-source": "sdk"},
        three(two={"type": "string", "maxLength": 8, "x-source": "sdk"}),
        three(two={"$ref": "#/$defs/text"}) | {"$defs": {"text": {"type": "string", "maxLength": 8}}},
    ],
)
def test_a_second_copy_is_found_whatever_its_words(found: Callable[..., list[str]], other: Any) -> None:
    assert found(cn__area__a=three(), cn__area__b=other) == [f"{IN_A} = {IN_B}"]


def test_a_copy_of_a_shared_definition_is_found(found: Callable[..., list[str]]) -> None:
    assert found(common__area=three(), cn__area__a=three()) == [f"{IN_A} = common/area.json#/$defs/it"]


def test_a_copy_among_the_definitions_of_a_file_is_found(found: Callable[..., list[str]]) -> None:
    other = {"$ref": "#/$defs/row", "$defs": {"row": three()}}
    assert found(cn__area__a=three(), cn__area__b=other) == [f"{IN_A} = cn/area/b.json#/$defs/row"]


def test_what_is_referred_to_is_no_copy(found: Callable[..., list[str]]) -> None:
    reference = {"$ref": "../../common/area.json#/$defs/it"}
    assert found(common__area=three(), cn__area__a=reference, cn__area__b=dict(reference)) == []


@pytest.mark.parametrize(
    "other",
    [
        three(two={"type": "string", "maxLength": 9}),
        three(two={"type": "integer", "maxLength": 8}),
        three(new={"type": "string"}),
        three() | {"required": ["two"]},
    ],
)
def test_an_object_with_another_rule_is_another_object(found: Callable[..., list[str]], other: Any) -> None:
    assert found(cn__area__a=three(), cn__area__b=other) == []


def test_small_objects_and_other_areas_and_sites_do_not_count(found: Callable[..., list[str]]) -> None:
    pair = {"type": "object", "properties": {"one": {"type": "string"}, "two": {"type": "string"}}}
    assert found(cn__area__a=pair, cn__area__b=dict(pair)) == []
    assert found(cn__area__a=three(), cn__other__b=three(), intl__area__b=three()) == []
