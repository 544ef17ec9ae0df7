"""Operations: one per schema file, found by name or by method and path.

At start-up only the head of each file is read. The schemas in it are read, inlined and compiled when its operation is
first called: most processes use a handful of operations and should not wait for the others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec

from mockserver.contract import files
from mockserver.contract.catalogue import Catalogue, DocumentedError
from mockserver.contract.routes import Routes
from mockserver.shipped import schemas

SITES = ("cn", "intl")
UNKNOWN_PAGE = "page not known"
# How operations are named that only read.
_READING = ("list_", "show_", "check_")
PLACES = ("path", "query", "headers", "body")


@dataclass(frozen=True, slots=True)
class Quota:
    """At most ``limit`` calls in any ``seconds`` seconds."""

    limit: int
    seconds: int

    def __str__(self) -> str:
        return f"{self.limit}/{self.seconds}s"

    @classmethod
    def parse(cls, text: str) -> "Quota":
        limit, seconds = text.removesuffix("s").split("/")
        return cls(int(limit), int(seconds))


class _Facts(msgspec.Struct, frozen=True):
    """``x-operation`` as it stands in the file."""

    method: str
    path: str
    page: str | None
    callers: tuple[str, ...]
    quota: str
    success: int
    retired: bool
    errors: list[str | dict[str, Any]]
    money: bool = False
    permissions: tuple[str, ...] = ()


class _Head(msgspec.Struct, frozen=True):
    title: str
    facts: _Facts = msgspec.field(name="x-operation")


@dataclass(frozen=True)
class Operation:
    """One documented API on one site. ``callers`` are caller kinds; ``permissions`` what an operator needs one of;
    ``money``: it moves money or value."""

    name: str
    site: str
    area: str
    title: str
    method: str
    path: str
    page: str
    callers: tuple[str, ...]
    quota: Quota
    success: int
    retired: bool
    money: bool
    permissions: tuple[str, ...]
    file: Path = field(repr=False)
    error_rows: Sequence[str | Mapping[str, Any]] = field(repr=False)
    catalogue: Catalogue = field(repr=False)

    @cached_property
    def errors(self) -> Mapping[str, DocumentedError]:
        """The page's error table, by code."""
        return {row.code: row for row in map(self._error, self.error_rows)}

    def _error(self, entry: str | Mapping[str, Any]) -> DocumentedError:
        if isinstance(entry, str):
            return self.catalogue.documented(entry)
        return self.catalogue.documented(entry["code"], entry)

    @cached_property
    def schema(self) -> files.Json:
        """The whole schema file, references inlined."""
        return files.inlined(self.file)

    @cached_property
    def request(self) -> files.Json:
        schema: files.Json = self.schema["$defs"]["request"]
        return schema

    @cached_property
    def response(self) -> files.Json:
        schema: files.Json = self.schema["$defs"]["response"]
        return schema

    @cached_property
    def request_rules(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self.request, validate_formats=True)

    @cached_property
    def response_rules(self) -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator(self.response, validate_formats=True)

    @cached_property
    def secrets(self) -> frozenset[str]:
        """Names of members that the contract marks ``writeOnly``: never shown again."""
        return frozenset(_write_only(self.request))

    @cached_property
    def has_requirements(self) -> bool:
        """Whether a member of the request needs another one (``x-requires``)."""
        return b'"x-requires"' in msgspec.json.encode(self.request)

    def place(self, name: str) -> files.Json:
        """The schema of one place of the request (``path``, ``query``, ``headers``, ``body``), empty if it has none."""
        schema: files.Json = self.request["properties"].get(name, {})
        return schema

    @property
    def reads(self) -> bool:
        """Whether it is sure to change nothing, so that a client may repeat it."""
        return self.method == "GET" or self.name.startswith(_READING) or "query" in self.path.rpartition("/")[2]

    @property
    def takes_body(self) -> bool:
        return "body" in self.request["properties"]

    def row(self) -> dict[str, Any]:
        """What ``bss-mock operations`` lists of an operation."""
        return {
            "operation": self.name,
            "site": self.site,
            "area": self.area,
            "method": self.method,
            "path": self.path,
            "callers": list(self.callers),
            "quota": str(self.quota),
        }


def _write_only(schema: files.Json) -> Iterator[str]:
    for name, member in schema.get("properties", {}).items():
        if member.get("writeOnly"):
            yield name
        yield from _write_only(member)
        yield from _write_only(member.get("items", {}))


class Contract:
    """Every operation of both sites, and the error catalogue."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or schemas()
        self.catalogue = Catalogue()
        self._operations = {(op.site, op.name): op for op in self._read()}
        self.routes = Routes[Operation]()
        for op in self:
            self.routes.add(op.method, op.path, op.site, op)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations.values())

    def __len__(self) -> int:
        return len(self._operations)

    def get(self, site: str, name: str) -> Operation | None:
        return self._operations.get((site, name))

    def named(self, name: str) -> list[Operation]:
        """The operation of that name on each site that has it."""
        return [op for site in SITES if (op := self.get(site, name))]

    def _read(self) -> Iterator[Operation]:
        for site in SITES:
            for file in sorted((self.folder / site).glob("*/*.json")):
                yield self._operation(site, file)

    def _operation(self, site: str, file: Path) -> Operation:
        head = files.part(file, _Head)
        facts = head.facts
        return Operation(
            name=file.stem,
            site=site,
            area=file.parent.name,
            title=head.title,
            method=facts.method,
            path=facts.path,
            page=facts.page or UNKNOWN_PAGE,
            callers=facts.callers,
            quota=Quota.parse(facts.quota),
            success=facts.success,
            retired=facts.retired,
            money=facts.money,
            permissions=facts.permissions,
            file=file,
            error_rows=facts.errors,
            catalogue=self.catalogue,
        )
