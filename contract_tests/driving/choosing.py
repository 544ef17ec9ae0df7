"""What a run of the suite is about: the client, how much is tried of it, and which of its operations."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pytest

from contract_tests.clients.adapter import Adapter, Closing, Offer, offer_of
from contract_tests.clients.loading import BadClient, load
from mockserver.contract.operations import Contract, Operation

DEFAULT = "python-sdk"
# Of each operation and scene; a share of it where a scene needs fewer.
USUAL = 10
SEED = 1
# Who has looked at the client and the operations already registers a plugin of this name.
LOOKED_AT = "bss-mock-check"


class BadChoice(Exception):
    """Nothing of the kind can be checked: one line for people."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """``word`` is what ``--bss-client`` said."""

    word: str
    adapter: Adapter
    offer: Offer
    operations: Sequence[Operation]
    examples: int
    seed: int


_KEY = pytest.StashKey[Chosen]()


def chosen(config: pytest.Config) -> Chosen:
    """Of this process; the client is started once. Raises ``pytest.UsageError``."""
    if _KEY not in config.stash:
        word = config.getoption("bss_client") or DEFAULT
        asked = config.getoption("hypothesis_seed", None)
        try:
            adapter = load(word)
            offer = offer_of(adapter)
            operations = pick(Contract(), offer, config.getoption("bss_operations"), config.getoption("bss_area"))
        except (BadClient, BadChoice) as problem:
            raise pytest.UsageError(str(problem)) from None
        examples = config.getoption("bss_examples") or USUAL
        seed = SEED if asked in (None, "random") else int(asked)
        config.stash[_KEY] = Chosen(word, adapter, offer, operations, examples, seed)
        config.add_cleanup(lambda: close(adapter))
    return config.stash[_KEY]


def look(config: pytest.Config) -> None:
    """Before anything else is done: mistakes are told once, by whoever sees to the workers too."""
    looked_at = hasattr(config, "workerinput") or config.pluginmanager.has_plugin(LOOKED_AT)
    if not looked_at:
        chosen(config)


def close(adapter: Adapter) -> None:
    if isinstance(adapter, Closing):
        adapter.close()


def pick(
    contract: Contract, offer: Offer, names: Collection[str] | None = None, areas: Collection[str] | None = None
) -> list[Operation]:
    """Those of the client, by ``name`` or ``site/name`` and by area where any are given. Raises ``BadChoice``."""
    known = {word for op in contract for word in (op.name, f"{op.site}/{op.name}")}
    _all_known(names or (), known, "operation", "bss-mock operations lists them")
    _all_known(areas or (), {op.area for op in contract}, "area", "")
    asked = [
        op
        for op in contract
        if (not names or op.name in names or f"{op.site}/{op.name}" in names) and (not areas or op.area in areas)
    ]
    found = [op for op in asked if offer.has(op)]
    if not found:
        what = ", ".join(names or ()) or "an operation"
        raise BadChoice(f"{offer.name} does not have {what}" + (f" in {', '.join(areas)}" if areas else ""))
    return found


def _all_known(asked: Iterable[str], known: Collection[str], what: str, hint: str) -> None:
    for word in asked:
        if word not in known:
            near = get_close_matches(word, sorted(known), 3, 0.5)
            means = f"did you mean {', '.join(near)}?" if near else hint or f"there are {', '.join(sorted(known))}"
            raise BadChoice(f"no {what} {word!r}: {means}")
