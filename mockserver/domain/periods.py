"""Days, months and years as the pages count them: in UTC+8, while moments are told in UTC."""

from datetime import UTC, date, datetime, time, timedelta, timezone

from mockserver.domain import clock
from mockserver.refused import Refused

CHINA = timezone(timedelta(hours=8))
PARAMETER_ERROR = "CBC.0100"
# Before any world; what lies further back would leave the calendar when it is moved to UTC.
_EARLIEST = date(1000, 1, 1)


def day(moment: str) -> date:
    """On which day a moment falls."""
    return clock.moment(moment).astimezone(CHINA).date()


def begin(of: date) -> str:
    """The first second of a day, UTC."""
    at = datetime.combine(max(of, _EARLIEST), time(), CHINA)
    return clock.text(at.astimezone(UTC))


def end(of: date) -> str:
    """The last second of a day, UTC."""
    return clock.text(datetime.combine(max(of, _EARLIEST), time(23, 59, 59), CHINA).astimezone(UTC))


def month_begin(moment: str) -> str:
    return begin(day(moment).replace(day=1))


def month(moment: str) -> str:
    """``2026-03``: the billing cycle of a moment."""
    return f"{day(moment):%Y-%m}"


def within_a_year(now: str, first: str | None, last: str | None) -> tuple[str, str]:
    """From when to when (UTC, both included) is asked for, by the days; without them the year up to today.

    Raises: ``CBC.0100`` no such day, the last before the first (no page speaks of it), or more than a year between.
    """
    today = day(now)
    until = _read(last, "trade_time_end") or today
    since = _read(first, "trade_time_begin") or years_before(today, 1)
    if first and last and until < since:
        raise Refused(PARAMETER_ERROR, f"{until} lies before {since}", member="trade_time_end")
    if since.year < date.max.year and until > years_before(since, -1):
        raise Refused(PARAMETER_ERROR, f"from {since} to {until} is more than a year", member="trade_time_begin")
    return begin(since), end(until)


def years_before(of: date, years: int) -> date:
    """The same day of an earlier year; the 28th where the 29th of February is not there."""
    try:
        return of.replace(year=of.year - years)
    except ValueError:
        return of.replace(year=of.year - years, day=28)


def _read(text: str | None, member: str) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise Refused(PARAMETER_ERROR, f"{text} is no day of the calendar", member=member) from None
