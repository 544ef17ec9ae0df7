"""Quotas: how often one account may call one operation from one address, on the sandbox's clock.

The ``limits`` library keeps the window; its memory storage asks the machine's time, so the storage here is its
interface over the sandbox's own counters and clock.
"""

from collections.abc import Callable
from datetime import datetime
from threading import Lock
from typing import Any

from limits import RateLimitItemPerSecond
from limits.storage import MovingWindowSupport, Storage
from limits.strategies import MovingWindowRateLimiter

from mockserver.contract.operations import Operation
from mockserver.gateway.exchange import Stopped
from mockserver.store.sandboxes import Principal, Sandbox

_counting = Lock()


class SandboxStorage(Storage, MovingWindowSupport):
    """Moving windows of one sandbox: ``counters`` are emptied when it is reset."""

    def __init__(self, counters: dict[str, Any], now: Callable[[], datetime]) -> None:
        super().__init__()
        self._counters = counters
        self._now = now

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        recent = self._recent(key, expiry)
        if len(recent) + amount > limit:
            return False
        recent.extend([self._now().timestamp()] * amount)
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        recent = self._recent(key, expiry)
        return (recent[0] if recent else self._now().timestamp(), len(recent))

    def _recent(self, key: str, expiry: int) -> list[float]:
        start = self._now().timestamp() - expiry
        kept = [moment for moment in self._counters.get(key, ()) if moment > start]
        self._counters[key] = kept
        return kept

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
    with _counting:
        allowed = limiter.hit(window, operation.name, principal.domain_id, address)
    if not allowed:
        raise Stopped(
            "throttled",
            f"the quota of {operation.name} is {quota}; wait and retry with back-off",
            limit=quota.limit,
            seconds=quota.seconds,
        )
