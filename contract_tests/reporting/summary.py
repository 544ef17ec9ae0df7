"""What came of a run of the suite, in lines for people."""

from collections.abc import Iterator

from contract_tests.reporting.cases import FOUND, KNOWN, PASSED
from contract_tests.reporting.results import Results


def lines(results: Results) -> Iterator[str]:
    checks = results.checks()
    width = max(map(len, checks), default=0)
    yield f"{'check':<{width}}  passed  found  known"
    for name, counts in checks.items():
        if counts[PASSED] + counts[FOUND] + counts[KNOWN]:
            yield f"{name:<{width}}  {counts[PASSED]:>6}  {_dash(counts[FOUND]):>5}  {_dash(counts[KNOWN]):>5}"
    deviations = results.deviations()
    if deviations:
        yield ""
        yield "known deviations (docs/sdk-findings.md), no reason to fail:"
        for name, cases in sorted(deviations.items()):
            operations = {(case.site, case.operation) for case in cases}
            yield f"  {name}: {so_many(len(operations), 'operation')}"
    yield ""
    if results.found:
        yield "found in:"
        for (site, operation), row in results.matrix().items():
            failed = [name for name, case in row.items() if case.outcome == FOUND]
            if failed:
                yield f"  {operation} ({site}): {', '.join(failed)}"
        yield ""
    yield _last(results)


def _last(results: Results) -> str:
    judged = [case for case in results.cases if case.outcome in (PASSED, FOUND, KNOWN)]
    called = {(case.site, case.operation) for case in judged}
    exchanges = sum(one.exchanges for one in results.covered())
    return (
        f"bss-mock: {results.client.name} {results.client.version}".rstrip()
        + f": {so_many(len(results.found), 'finding')}; {so_many(len(called), 'operation')}"
        f" x {so_many(len({case.check for case in judged}), 'check')}, {so_many(exchanges, 'call')}"
        f" (--seed {results.seed}); exit status {results.status}"
    )


def so_many(number: int, what: str) -> str:
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def _dash(number: int) -> str:
    return str(number) if number else "-"
