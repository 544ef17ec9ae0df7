"""From a scenario's name to the plan that a sandbox is made from: where the business meets the store.

To build a world takes a hundred times longer than to open a built one, and the same scenario and seed always give the
same bytes. So a built world is kept: in this process, and in the user's cache folder for the next one
(``BSS_MOCK_CACHE`` names another folder; nothing is lost when it is deleted).
"""

import hashlib
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import msgspec

from mockserver.domain import clock, scenarios
from mockserver.store.sandboxes import Plan

MAX_SEED = 2**32 - 1
# What a world's bytes depend on beside its scenario.
_BUILDERS = ("domain", "store")
_KEPT_WORLDS = 32


class Built(msgspec.Struct, frozen=True):
    """A built world: what the sandbox must know of its scenario, and its database."""

    site: str
    seed: int
    rules: dict[str, Any]
    clock: str | None
    snapshot: bytes


_kept: dict[str, Built] = {}


def plan(name: str, seed: int | None = None) -> Plan:
    """Raises ``BadScenario``, also for a seed that is none."""
    if seed is not None and not (isinstance(seed, int) and 0 <= seed <= MAX_SEED):
        raise scenarios.BadScenario(f"seed {seed!r}: a whole number from 0 to {MAX_SEED} is expected")
    key = hashlib.sha256(f"{_builders()}/{seed}/{scenarios.text_of(name)}".encode()).hexdigest()
    built = _kept.get(key) or _kept.setdefault(key, _from_cache(key) or _build(key, name, seed))
    return Plan(
        name=name,
        site=built.site,
        seed=built.seed,
        snapshot=built.snapshot,
        rules=built.rules,
        now=clock.standing_at(clock.moment(built.clock)) if built.clock else None,
    )


def _build(key: str, name: str, seed: int | None) -> Built:
    from mockserver.domain.populate import populate
    from mockserver.store import snapshots

    scenario = scenarios.load(name)
    chosen = scenario.seed if seed is None else seed
    snapshot = snapshots.take(populate(scenario, chosen))
    built = Built(scenario.site, chosen, dict(scenario.rules), scenario.clock, snapshot)
    _into_cache(key, built)
    return built


@cache
def _builders() -> str:
    """A digest of the code that builds worlds, and of which Faker gives the names."""
    package = Path(__file__).parent
    files = sorted(file for folder in _BUILDERS for file in (package / folder).glob("*.py"))
    code = b"".join(file.read_bytes() for file in files)
    names = find_spec("faker")
    installed = Path(names.origin).stat().st_mtime_ns if names and names.origin else 0
    return hashlib.sha256(code + str(installed).encode()).hexdigest()


def _folder() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("BSS_MOCK_CACHE") or Path(base) / "bss-mock")


def _from_cache(key: str) -> Built | None:
    try:
        os.utime(_folder() / key)
        return msgspec.msgpack.decode((_folder() / key).read_bytes(), type=Built)
    except (OSError, RuntimeError, msgspec.DecodeError):
        return None


def _into_cache(key: str, built: Built) -> None:
    """Best effort: without a place to write, the next start builds again."""
    unfinished = _folder() / f".{key}.{os.getpid()}"
    try:
        unfinished.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_bytes(msgspec.msgpack.encode(built))
        unfinished.replace(_folder() / key)
        _forget_oldest()
    except (OSError, RuntimeError):
        return


def _forget_oldest() -> None:
    """Worlds of older code are never asked for again; those that are used stay young."""
    kept = sorted((file for file in _folder().iterdir() if file.is_file()), key=lambda file: file.stat().st_mtime)
    for file in kept[:-_KEPT_WORLDS]:
        file.unlink(missing_ok=True)
