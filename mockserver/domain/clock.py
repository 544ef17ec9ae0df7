"""The sandbox's clock, and the only place that asks the machine's.

Everything dated in a sandbox asks its own clock, so that a world can stand still or be moved without waiting.
Signatures are checked against the machine's time: the clients that make them know no other.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

FORMAT = "%Y-%m-%dT%H:%M:%SZ"
# No clock shows a later moment.
LAST = "9999-12-31T23:59:59Z"


def wall() -> datetime:
    """The machine's time, UTC."""
    return datetime.now(UTC)


def standing_at(moment: datetime) -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: moment


def text(moment: datetime) -> str:
    """As documented: ``2026-01-31T08:05:01Z``."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def moment(text: str) -> datetime:
    return datetime.strptime(text, FORMAT).replace(tzinfo=UTC)


def later(text_of_moment: str, **distance: float) -> str:
    return text(moment(text_of_moment) + timedelta(**distance))


def month_after(month: str, months: int) -> str:
    """``months`` later than a month, both as documented: ``2026-01``."""
    year, place = divmod(int(month[:4]) * 12 + int(month[5:]) - 1 + months, 12)
    return f"{year:04d}-{place + 1:02d}"
