"""Days of UTC+8, by which the documentation counts where it speaks of dates."""

from datetime import UTC, date, datetime, timedelta

from mockserver.domain import clock

_AHEAD = timedelta(hours=8)


def day(moment: str) -> date:
    """The day on which a UTC text lies."""
    return (clock.moment(moment) + _AHEAD).date()


def start(of: date) -> str:
    """The first moment of a day, as a UTC text."""
    return clock.text(datetime(of.year, of.month, of.day, tzinfo=UTC) - _AHEAD)


def end(of: date) -> str:
    """The last second of a day, as a UTC text."""
    return clock.later(start(of), hours=24, seconds=-1)


def years_before(of: date, years: int) -> date:
    """The same day some years ago; the 28th for a 29 February that is not."""
    try:
        return of.replace(year=of.year - years)
    except ValueError:
        return of.replace(year=of.year - years, day=28)
