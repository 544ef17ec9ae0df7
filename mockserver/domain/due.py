"""What falls due: things that happen by themselves at a moment of the sandbox's clock.

Nothing runs in the background. Whoever enters a world (``domain/entering.py``) first lets happen what fell due since,
in the order of its moments and each at its own moment, so a clock that was moved on by a year gives the same world as
one that was moved on day by day. What merely looks different after a moment (a coupon that has expired) needs no event:
who asks compares it with the clock.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert, select

from mockserver.domain.world import World
from mockserver.store.reads import Read
from mockserver.store.tables import due

# What is done for a subject (an ID of whatever the event is about); its ``world.now`` is the moment it fell due.
Event = Callable[[World, str], None]


def schedule(world: World, at: str, event: str, subject: str) -> None:
    """``event`` is one of the names in ``domain/entering.py``; ``at`` a UTC text, in the past: at the next entering."""
    world.db.execute(insert(due).values(at=at, event=event, subject=subject))


def cancel(world: World, event: str, subject: str) -> None:
    world.db.execute(delete(due).where(due.c.event == event, due.c.subject == subject))


def anything(world: World) -> bool:
    return _next(world) is not None


def happen(world: World, events: Mapping[str, Event]) -> None:
    """Let happen all that is due, what follows from it included."""
    while row := _next(world):
        number, at, event, subject = row
        world.db.execute(delete(due).where(due.c.number == number))
        events[event](replace(world, now=at), subject)


def _next(world: World) -> tuple[Any, ...] | None:
    """What fell due first. The read does not name the moment, so that it is remembered while time goes by."""
    rows = _FIRST.rows(world.db, {})
    return rows[0] if rows and rows[0][1] <= world.now else None


_FIRST = Read(select(due.c.number, due.c.at, due.c.event, due.c.subject).order_by(due.c.at, due.c.number).limit(1))
