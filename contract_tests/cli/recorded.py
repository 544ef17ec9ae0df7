"""``bss-mock run --check``: what the recorded traffic of a command says about its client."""

import textwrap
from collections.abc import Iterator, Sequence

from contract_tests.reporting.covering import Coverage
from contract_tests.reporting.recorded import Judged, Violation, judged
from contract_tests.reporting.summary import so_many
from mockserver.running.recording import Judgement, Recording

_WIDTH = 118


def judge(recording: Recording) -> Judgement:
    """Found by its entry point."""
    found = judged(recording.entries)
    return Judgement(list(_lines(found)), len(found.violations), found.document())


def _lines(found: Judged) -> Iterator[str]:
    for violation in found.violations:
        yield ""
        yield from _violation(violation)
    if found.covered:
        yield ""
        yield "exercised:"
    for one in found.covered:
        yield from _exercised(one, found.paged.get((one.operation.site, one.operation.name)))
    for site, operations in found.never.items():
        yield ""
        yield f"never called on {site}: {so_many(len(operations), 'operation')}"
        yield from _wrapped([one.name for one in operations], "  ")
    yield ""
    yield f"checked: {so_many(len(found.violations), 'violation')} of the contract"


def _violation(one: Violation) -> Iterator[str]:
    yield f"{one.check}: {one.sentence}"
    about = ", ".join(word for word in (one.site, one.page) if word)
    yield f"  {one.where}" + (f" ({about})" if about else "")
    yield f"  {one.words}" + (f"  ({one.times} times)" if one.times > 1 else "")
    yield f"  {one.hint}"


def _exercised(one: Coverage, paged: bool | None) -> Iterator[str]:
    operation = one.operation
    yield f"  {operation.name} ({operation.site}, {operation.page}): {so_many(one.exchanges, 'call')}"
    for what, seen, missing in (
        ("parameters", one.sent, one.never_sent),
        ("error codes", one.answered, one.never_answered),
    ):
        if seen or missing:
            yield f"    {what}: {len(seen)} of {len(seen) + len(missing)}" + ("; never:" if missing else "")
            yield from _wrapped(missing, "      ")
    if paged is not None:
        yield "    pages: the first and later ones" if paged else "    pages: only the first, never a later one"


def _wrapped(names: Sequence[str], indent: str) -> list[str]:
    return textwrap.wrap(
        ", ".join(names),
        _WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
