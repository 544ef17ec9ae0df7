"""The files that results are written to, by the option that asks for one."""

import json
from collections.abc import Callable

from contract_tests.reporting import junit, page
from contract_tests.reporting.results import Results


def _json(results: Results) -> bytes:
    return (json.dumps(results.document(), indent=2, ensure_ascii=True) + "\n").encode()


WRITTEN: dict[str, Callable[[Results], bytes]] = {"--junit": junit.document, "--html": page.document, "--json": _json}
