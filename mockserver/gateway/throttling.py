"""Quotas: how often one account may call one operation from one address, on the sandbox's clock.

The ``limits`` library keeps the window. Its memory storage asks the machine's time, so the storage here is its
interface over the sandbox's own counters and clock; another storage of the library could stand in its place.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import Any

from limits import RateLimitItemPerSecond
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from mockserver.contract.operations import Operation
from mockserver.gateway.exchange import Stopped
from mockserver.store.sandboxes import Principal, Sandbox

_SECOND = 1_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# To look and to add must be one step, whichever thread asks; it takes microseconds, so one lock serves all sandboxes.
_counting = Lock()


class SandboxStorage(Storage, MovingWindowSupport):
    """Moving windows of one sandbox: ``counters`` are emptied when it is reset.

    Moments are whole microseconds, as the clock's are: with fractions, a call exactly one window later would be
    refused now and then.
    """

    def __init__(self, counters: dict[str, Any], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._counters = counters
        self._now = now

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with _counting:
            now, recent = self._recent(key, expiry)
            if len(recent) + amount > limit:
                return False
            self._counters[key] = recent + [now] * amount
            return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        with _counting:
            now, recent = self._recent(key, expiry)
        return (recent[0] if recent else now) / _SECOND, len(recent)

    def _recent(self, key: str, expiry: int) -> tuple[int, list[int]]:
        """The moment, and those within the window that ends with it."""
        now = (self._now() - _EPOCH) // timedelta(microseconds=1)
        return now, [moment for moment in self._counters.get(key, ()) if now - expiry * _SECOND < moment <= now]

    @property
    def base_exceptions(self) -> tuple[type[Exception], ...]:
        return (KeyError,)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        raise NotImplementedError("the documented quotas are moving windows")

    def get(self, key: str) -> int:
        return len(self._counters.get(key, ()))

    def get_expiry(self, key: str) -> float:
        return self._now().timestamp()

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        self._counters.clear()
        return None

    def clear(self, key: str) -> None:
        self._counters.pop(key, None)


def check(sandbox: Sandbox, operation: Operation, principal: Principal, address: str) -> None:
    """Count one call. Raises ``Stopped`` where it is one too many."""
    quota = operation.quota
    window = RateLimitItemPerSecond(quota.limit, quota.seconds)
    limiter = MovingWindowRateLimiter(SandboxStorage(sandbox.counters, sandbox.now))
    if not limiter.hit(window, operation.name, principal.domain_id, address):
        raise Stopped(
            "throttled",
            f"the quota of {operation.name} is {quota}; wait and retry with back-off",
            limit=quota.limit,
            seconds=quota.seconds,
        )
