"""What the emulator saw of a command, and the summary of it: what was called, what was refused, what was unknown.

``Recording`` is all there is to know of a run. Whatever else judges a run starts from it.
"""

import json
import ssl
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.request import HTTPSHandler, ProxyHandler, build_opener

_PATIENCE = 60.0
_COUNTS = ("calls", "refused", "generated")
Row = Mapping[str, Any]


class Gone(Exception):
    """Nobody can tell what the command did: one line for people."""


@dataclass(frozen=True, slots=True)
class Recording:
    """``entries`` are those of the journal, in their order; the latest ten thousand of ``total``. ``proxy`` are the
    sentences that the proxy had to say."""

    total: int
    entries: Sequence[Row]
    proxy: Sequence[str] = ()

    def heard(self, proxy: Sequence[str]) -> "Recording":
        return replace(self, proxy=proxy)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What whoever judges a recording has to say: in lines for people, in number, and for programs."""

    lines: Sequence[str]
    violations: int
    document: Row


Judge = Callable[[Recording], Judgement]


def ask(url: str, certificates: bytes) -> Recording:
    """From a running emulator. Raises ``Gone``."""
    trusted = ssl.create_default_context(cadata=certificates.decode())
    opener = build_opener(ProxyHandler({}), HTTPSHandler(context=trusted))
    try:
        with opener.open(f"{url}/_mock/journal", timeout=_PATIENCE) as answer:
            told = json.load(answer)
    except OSError as problem:
        raise Gone(f"the emulator was gone before the command was: {problem}") from None
    return Recording(told["total"], told["entries"])


def calls(recording: Recording) -> list[dict[str, Any]]:
    """How often each operation was called, by whom, refused, and answered with something ``generated``; what is no
    operation goes by method and path."""
    found: dict[tuple[str, str, str], Counter[str]] = {}
    for entry in recording.entries:
        key = (entry["site"] or "", _name(entry), entry["principal"])
        refused, generated = int(entry["reason"] is not None), int(entry["fidelity"] == "generated")
        found.setdefault(key, Counter()).update(calls=1, refused=refused, generated=generated)
    return [
        {
            "site": site or None,
            "operation": name,
            "principal": who or None,
            **{n: count[n] for n in _COUNTS},
        }
        for (site, name, who), count in found.items()
    ]


def refusals(recording: Recording) -> list[dict[str, Any]]:
    """Each kind of refusal once, and how often it happened."""
    shown = ("method", "path", "operation", "principal", "status", "error_code")
    return _counted(
        {name: entry[name] for name in shown} | {"reason": entry["reason"]}
        for entry in recording.entries
        if entry["reason"] is not None
    )


def remarks(recording: Recording) -> list[dict[str, Any]]:
    """What else was noticed, as members that the contract does not have."""
    return _counted({"operation": entry["operation"], **note} for entry in recording.entries for note in entry["notes"])


def report(recording: Recording, **about: Any) -> dict[str, Any]:
    """Everything, for programs."""
    return about | {
        "total": recording.total,
        "calls": calls(recording),
        "refusals": refusals(recording),
        "remarks": remarks(recording),
        "proxy": list(recording.proxy),
        "journal": list(recording.entries),
    }


def summary(recording: Recording) -> list[str]:
    """Lines for people."""
    called, refused, remarked = calls(recording), refusals(recording), remarks(recording)
    times = sum(row["times"] for row in refused)
    lines = [
        f"{_so_many(recording.total, 'request')}, {times} refused"
        if recording.total
        else "the command sent nothing to the emulator"
    ]
    if recording.total > len(recording.entries):
        lines.append(f"  only the latest {len(recording.entries)} are known:")
    width = max((len(row["operation"]) for row in called), default=0)
    for row in called:
        who = f"{row['principal']} on {row['site']}" if row["principal"] else "unknown caller"
        more = {"refused": row["refused"], "answered by made-up values": row["generated"]}
        counts = [_so_many(row["calls"], "call"), *(f"{count} {what}" for what, count in more.items() if count)]
        lines.append(f"  {row['operation']:<{width}}  {who}: {', '.join(counts)}")
    for row in refused:
        lines += ["", f"{row['method']} {row['path']}  ->  {row['status']} {row['error_code']}{_often(row)}"]
        lines += _reason(row)
    if remarked:
        lines += ["", "not in the contract, so the cloud would ignore it:"]
        lines += [f"  {row['operation']} {row['pointer']}: {row['message']}{_often(row)}" for row in remarked]
    if recording.proxy:
        lines += ["", "the proxy:"]
        lines += [f"  {words}" for words in recording.proxy]
    return lines


def _reason(row: Row) -> list[str]:
    reason = row["reason"]
    lines = [f"  {reason['pointer']}: {reason['message']}" if reason["pointer"] else f"  {reason['message']}"]
    if row["operation"]:
        lines.append(f"  page: {reason['page']}     try: bss-mock explain {row['operation']}")
    return lines


def _name(entry: Row) -> str:
    return entry["operation"] or f"{entry['method']} {entry['path']}"


def _counted(rows: Any) -> list[dict[str, Any]]:
    """Each row once, with how many ``times`` it was there."""
    known: dict[str, dict[str, Any]] = {}
    for row in rows:
        first = known.setdefault(json.dumps(row, sort_keys=True), row | {"times": 0})
        first["times"] += 1
    return list(known.values())


def _often(row: Row) -> str:
    return f"  ({row['times']} times)" if row["times"] > 1 else ""


def _so_many(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
