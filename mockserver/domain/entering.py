"""The way into a sandbox's world: what fell due in the meantime happens first, and is kept whatever comes after."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from mockserver.domain import clock, coupon_issuing, coupons, due, realname
from mockserver.domain.due import Event
from mockserver.domain.world import World
from mockserver.store.sandboxes import Sandbox

# Everything that happens by itself, by the name it is scheduled under.
EVENTS: Mapping[str, Event] = {
    realname.REVIEW_ENDS: realname.pass_review,
    coupons.EXPIRY: coupon_issuing.expire,
}


@contextmanager
def inside(sandbox: Sandbox) -> Iterator[World]:
    """The world of a sandbox for the length of one transaction: all that is done in it is kept, or nothing."""
    now = clock.text(sandbox.now())
    with sandbox.transaction() as db:
        world = World(sandbox.site, sandbox.seed, sandbox.rules, now, db)
        if not due.anything(world):
            yield world
            return
        due.happen(world, EVENTS)
    with sandbox.transaction() as db:
        yield World(sandbox.site, sandbox.seed, sandbox.rules, now, db)
