"""How workers of xdist share a run: each operation is one worker's, so that no scene of it is played twice.

An own scheduler, because xdist 3.8 no longer sees the groups of its ``loadgroup`` with pytest 9.2, and shares test by
test instead: every worker then plays every scene.
"""

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling


class ByOperation(LoadScopeScheduling):
    """Cases that are named ``check-site-operation`` by the last two; anything else by its file or class."""

    def _split_scope(self, nodeid: str) -> str:
        test, _, case = nodeid.rpartition("[")
        if not test.endswith("::test_client"):
            scope: str = super()._split_scope(nodeid)
            return scope
        return "/".join(case.removesuffix("]").rsplit("-", 2)[1:])


def scheduler(config: pytest.Config, log: Producer) -> ByOperation | None:
    """None where no client is checked, and where each worker is asked to do everything."""
    asked = config.getoption("bss_client") is not None and config.getoption("dist") != "each"
    return ByOperation(config, log) if asked else None
