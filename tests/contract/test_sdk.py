"""Every operation of both official SDKs is in the schema files: method, path, and each member with its place and type.

The SDKs are asked themselves: what their clients make of a request tells where each parameter goes, what their models
say of themselves is the rest. ``schemas/sdk-differences.yaml`` has what differs on purpose.
"""

import json
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from mockserver.contract.operations import SITES, Contract
from mockserver.contract.operations import Operation as Ours
from mockserver.shipped import schemas

SDKS = {"cn": ("huaweicloudsdkbss.v2", "BssClient"), "intl": ("huaweicloudsdkbssintl.v2", "BssintlClient")}
FILE = "sdk-differences.yaml"
TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "decimal.Decimal": "number"}
NOTHING: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Theirs:
    """An operation as an SDK has it. ``members``: by place and name, the SDK's type; ``body``, ``response``: models."""

    site: str
    name: str
    method: str
    path: str
    members: Mapping[str, Mapping[str, str]]
    body: str | None
    response: str


class Blank:
    """A request that has nothing: enough for a client to say which classes it takes."""

    attribute_map: Mapping[str, str] = {}


@cache
def models(site: str) -> ModuleType:
    return import_module(SDKS[site][0])


@cache
def operations(site: str) -> Sequence[Theirs]:
    """All that the SDK of a site offers."""
    client = getattr(models(site), SDKS[site][1])
    suffix = "_http_info"
    made = [name for name in vars(client) if name.startswith("_") and name.endswith(suffix)]
    return [_asked(site, name.strip("_").removesuffix(suffix), getattr(client, name)) for name in made]


def _asked(site: str, name: str, http_info: Any) -> Theirs:
    """What becomes of a request in which every attribute has its own name as its value."""
    response = http_info(Blank())["response_type"]
    request = getattr(models(site), f"{response.removesuffix('Response')}Request")()
    names: dict[str, str] = request.attribute_map
    for attribute in names:
        setattr(request, attribute, f"<{attribute}>")
    sent = http_info(request)
    types = {f"<{attribute}>": type_ for attribute, type_ in request.openapi_types.items()}

    def placed(pairs: Any) -> dict[str, str]:
        return {wire: types[value] for wire, value in pairs if value in types}

    found = {
        "path": placed(sent["path_params"].items()),
        "query": placed(sent["query_params"]),
        "headers": placed(sent["header_params"].items()),
    }
    body = types["<body>"] if sent["body"] == "<body>" else None
    assert sum(map(len, found.values())) + (body is not None) == len(names), f"{name}: a parameter that goes nowhere"
    return Theirs(site, name, sent["method"], sent["resource_path"], found, body, response)


def members(site: str, model: str) -> Mapping[str, str]:
    """By name on the wire, the SDK's type."""
    found = getattr(models(site), model)
    return {found.attribute_map[attribute]: type_ for attribute, type_ in found.openapi_types.items()}


def differences(theirs: Theirs, contract: Contract) -> Iterator[str]:
    """One line for each thing that is not the same: file, pointer, what."""
    ours = contract.get(theirs.site, theirs.name)
    if ours is None:
        yield f"{theirs.site}/{theirs.name} / no schema file"
        return
    for what in ("method", "path"):
        if getattr(ours, what) != getattr(theirs, what):
            yield f"{_file(ours)} / {what} is {getattr(theirs, what)} there"
    for place, known in theirs.members.items():
        yield from _compared(theirs.site, known, ours.place(place), f"{_file(ours)} /{place}")
    body = members(theirs.site, theirs.body) if theirs.body else NOTHING
    yield from _compared(theirs.site, body, ours.place("body"), f"{_file(ours)} /body")
    yield from _compared(theirs.site, members(theirs.site, theirs.response), ours.response, f"{_file(ours)} /response")


def _file(operation: Ours) -> str:
    return f"{operation.site}/{operation.area}/{operation.name}"


def _compared(site: str, known: Mapping[str, str], schema: Mapping[str, Any], where: str) -> Iterator[str]:
    ours = {name: node for form in forms(schema) for name, node in form.get("properties", {}).items()}
    yield from (f"{where}/{name} is not there" for name in ours if name not in known)
    for name, type_ in known.items():
        if name in ours:
            yield from _typed(site, type_, ours[name], f"{where}/{name}")
        else:
            yield f"{where}/{name} is only there"


def _typed(site: str, type_: str, schema: Mapping[str, Any], where: str) -> Iterator[str]:
    inner = type_.removeprefix("list[").removesuffix("]") if type_.startswith("list[") else None
    wanted = "array" if inner else TYPES.get(type_, "object")
    found = {form.get("type"): form for form in forms(schema)}
    if wanted not in found:
        yield f"{where} is of type {wanted} there"
    elif inner:
        yield from _typed(site, inner, found["array"].get("items", {}), f"{where}/*")
    elif wanted == "object":
        yield from _compared(site, members(site, type_), found["object"], where)


def forms(schema: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What a value can be, without null, which every answer may have."""
    if "type" in schema or "anyOf" not in schema:
        return [schema]
    return [{**schema, **form} for form in schema["anyOf"] if form != {"type": "null"}]


def deliberate() -> Counter[str]:
    content: list[dict[str, Any]] = yaml.safe_load((schemas() / FILE).read_bytes())
    return Counter(line for told in content for line in told["differences"])


@pytest.mark.parametrize("site", SITES)
def test_what_an_sdk_has_is_in_the_schema_files(site: str) -> None:
    contract = Contract()
    found = [line for theirs in operations(site) for line in differences(theirs, contract)]
    listed = [line for line in deliberate() if line.startswith(f"{site}/")]
    assert [line for line in found if line not in listed] == [], "differs, and is not listed"
    assert [line for line in listed if line not in found] == [], "is listed, and does not differ"


@pytest.mark.parametrize("site", SITES)
def test_what_is_still_offered_is_in_the_sdk(site: str) -> None:
    """Old operations are in no SDK; their names show it."""
    offered = {operation.name for operation in Contract() if operation.site == site and not operation.retired}
    assert offered == {theirs.name for theirs in operations(site)}


def test_each_difference_is_listed_once_with_a_sentence() -> None:
    assert [line for line, times in deliberate().items() if times > 1] == []
    for told in yaml.safe_load((schemas() / FILE).read_bytes()):
        assert set(told) == {"reason", "differences"}
        assert told["reason"].endswith(".")
        assert told["differences"]
        assert all(line.startswith(("cn/", "intl/")) for line in told["differences"])


def test_the_clients_are_asked_for_all_they_have() -> None:
    assert len(operations("cn")) >= 92
    assert len(operations("intl")) >= 55


def test_an_sdk_says_where_each_parameter_goes() -> None:
    (bills,) = (theirs for theirs in operations("cn") if theirs.name == "list_sub_customer_bill_detail")
    assert bills.method == "GET"
    assert bills.members["headers"] == {"X-Language": "str"}
    assert bills.members["query"]["limit"] == "int"
    (renewal,) = (theirs for theirs in operations("intl") if theirs.name == "auto_renewal_resources")
    assert renewal.members["path"] == {"resource_id": "str"}
    (paying,) = (theirs for theirs in operations("cn") if theirs.name == "pay_orders")
    assert paying.body is not None
    assert members("cn", paying.body)["order_id"] == "str"


class TestWhatIsFound:
    """In a copy of one schema file, broken in one place each."""

    NAME = "list_customer_orders"

    @pytest.mark.parametrize(
        ("pointer", "value", "line"),
        [
            ("/x-operation/method", "POST", " / method is GET there"),
            ("/x-operation/path", "/v2/orders", " / path is /v2/orders/customer-orders there"),
            ("/$defs/request/properties/query/properties/limit", None, " /query/limit is only there"),
            ("/$defs/request/properties/query/properties/limits", {"type": "integer"}, " /query/limits is not there"),
            (
                "/$defs/request/properties/query/properties/limit/type",
                "string",
                " /query/limit is of type integer there",
            ),
            ("/$defs/request/properties/path", {"properties": {"id": {}}}, " /path/id is not there"),
            ("/$defs/request/properties/body", {"properties": {"id": {}}}, " /body/id is not there"),
            ("/$defs/response/properties/total_count", None, " /response/total_count is only there"),
            ("/$defs/response/properties/order_infos/type", "object", " /response/order_infos is of type array there"),
            (
                "/$defs/response/properties/order_infos/items/properties/order_id/type",
                "integer",
                " /response/order_infos/*/order_id is of type string there",
            ),
        ],
    )
    def test_a_difference_is_told_with_file_and_place(
        self, tmp_path: Path, pointer: str, value: Any, line: str
    ) -> None:
        contract = Contract()
        operation = contract.get("cn", self.NAME)
        assert operation is not None
        document: dict[str, Any] = json.loads(json.dumps(operation.schema))
        *way, last = pointer.strip("/").split("/")
        place = document
        for step in way:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value
        file = tmp_path / "cn" / "orders" / f"{self.NAME}.json"
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps(document), encoding="utf-8")
        assert list(self.found(Contract(tmp_path))) == [f"cn/orders/{self.NAME}{line}"]

    def test_an_operation_without_a_file_is_told(self, tmp_path: Path) -> None:
        shutil.copytree(schemas() / "cn" / "customers", tmp_path / "cn" / "customers")
        assert list(self.found(Contract(tmp_path))) == [f"cn/{self.NAME} / no schema file"]

    def found(self, contract: Contract) -> Iterator[str]:
        (theirs,) = (theirs for theirs in operations("cn") if theirs.name == self.NAME)
        return differences(theirs, contract)
