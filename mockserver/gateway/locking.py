"""Access keys that failed too often: the gateway locks them for a while, where the sandbox asks for it.

Off by default, as a test suite that tries wrong signatures would lock itself out. Page: apig-faq-0003.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from threading import Lock

from mockserver.gateway.exchange import Stopped
from mockserver.store.sandboxes import Sandbox

RULE = "lock_failed_ak"
# After so many in a row the next attempt, right or wrong, is refused: the "more than five" of the page.
LOCKS = 5
LOCKED_FOR = timedelta(minutes=5)
_counting = Lock()


def watched(sandbox: Sandbox, ak: str) -> AbstractContextManager[None]:
    """Counts whether the authentication inside fails. Raises ``Stopped`` where the key is locked."""
    return _counted(sandbox, ak) if sandbox.rules.get(RULE) else _UNWATCHED


_UNWATCHED = nullcontext()


@contextmanager
def _counted(sandbox: Sandbox, ak: str) -> Iterator[None]:
    _refuse_locked(sandbox, ak)
    try:
        yield
    except Stopped:
        with _counting:
            failures = sandbox.failures.get(ak, (0, None))[0] + 1
            sandbox.failures[ak] = (failures, sandbox.now() + LOCKED_FOR if failures >= LOCKS else None)
        raise
    with _counting:
        sandbox.failures.pop(ak, None)


def _refuse_locked(sandbox: Sandbox, ak: str) -> None:
    with _counting:
        failures, until = sandbox.failures.get(ak, (0, None))
        if until is not None and until <= sandbox.now():
            del sandbox.failures[ak]
            return
    if until is not None:
        raise Stopped("ak_locked", f"{failures} failures in a row: locked until {_text(until)} on the sandbox's clock")


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
