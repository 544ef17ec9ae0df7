"""References between schema files are followed once, when a file is read; what leads nowhere is said so."""

import json
from pathlib import Path
from typing import Any

import pytest

from mockserver.contract.files import BadSchema, inlined


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def write(name: str, content: Any) -> Path:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        return file

    return write


def test_a_reference_within_the_file_is_replaced_by_its_target(write: Any) -> None:
    file = write("a.json", {"items": {"$ref": "#/$defs/word"}, "$defs": {"word": {"type": "string"}}})
    assert inlined(file) == {"items": {"type": "string"}, "$defs": {"word": {"type": "string"}}}


def test_a_reference_to_another_file_is_followed_from_where_it_stands(write: Any) -> None:
    write("common/time.json", {"$defs": {"time": {"$ref": "#/$defs/text"}, "text": {"type": "string"}}})
    file = write("cn/area/a.json", {"items": {"$ref": "../../common/time.json#/$defs/time"}})
    assert inlined(file) == {"items": {"type": "string"}}


def test_keywords_beside_a_reference_win(write: Any) -> None:
    file = write(
        "a.json",
        {
            "one": {"$ref": "#/$defs/number", "maximum": 5, "x-null": "ignored"},
            "other": {"$ref": "#/$defs/number"},
            "$defs": {"number": {"type": "integer", "maximum": 9, "minimum": 1}},
        },
    )
    read = inlined(file)
    assert read["one"] == {"type": "integer", "maximum": 5, "minimum": 1, "x-null": "ignored"}
    assert read["other"] == {"type": "integer", "maximum": 9, "minimum": 1}


def test_a_member_may_be_called_ref(write: Any) -> None:
    content = {"properties": {"$ref": {"type": "string"}}}
    assert inlined(write("a.json", content)) == content


def test_a_name_with_a_slash_or_a_tilde_can_be_referred_to(write: Any) -> None:
    file = write("a.json", {"items": {"$ref": "#/$defs/a~1b~0c"}, "$defs": {"a/b~c": {"type": "null"}}})
    assert inlined(file)["items"] == {"type": "null"}


@pytest.mark.parametrize(
    "definitions",
    [
        {"a": {"$ref": "#/$defs/a"}},
        {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
        {"a": {"properties": {"b": {"items": {"$ref": "#/$defs/a"}}}}},
        {"a": {"$ref": "other.json#/$defs/back"}},
    ],
)
def test_a_circle_is_refused_by_name(write: Any, definitions: Any) -> None:
    write("other.json", {"$defs": {"back": {"$ref": "a.json#/$defs/a"}}})
    file = write("a.json", {"$defs": definitions})
    with pytest.raises(BadSchema, match="leads back to itself") as refusal:
        inlined(file)
    assert ".json" in str(refusal.value)


def test_the_same_target_may_be_used_twice_without_being_a_circle(write: Any) -> None:
    pair = {"one": {"$ref": "#/$defs/word"}, "other": {"inner": {"$ref": "#/$defs/word"}}}
    file = write("a.json", {**pair, "$defs": {"word": {"type": "string"}}})
    assert inlined(file)["other"]["inner"] == {"type": "string"}


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("#/$defs/none", "points to nowhere"),
        ("#/title/0", "points to nowhere"),
        ("missing.json#/$defs/a", "no such file"),
        ("#/items/0", "points to nowhere"),
        ("#", "points to nowhere"),
    ],
)
def test_a_reference_to_nowhere_names_the_file(write: Any, reference: str, words: str) -> None:
    file = write("a.json", {"title": "x", "items": [], "member": {"$ref": reference}})
    with pytest.raises(BadSchema, match=words) as refusal:
        inlined(file)
    assert str(file.parent) in str(refusal.value)


@pytest.mark.parametrize("content", ["", "{", "[]", '"text"', "1"])
def test_what_is_no_json_object_is_refused_by_name(write: Any, content: str) -> None:
    file = write("a.json", content)
    with pytest.raises(BadSchema, match=r"a\.json: "):
        inlined(file)


def test_a_file_that_is_not_utf_8_is_refused_by_name(tmp_path: Path) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b'{"title": "\xff"}')
    with pytest.raises(BadSchema, match=r"a\.json: "):
        inlined(file)


def test_a_folder_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(BadSchema, match=tmp_path.name):
        inlined(tmp_path)
