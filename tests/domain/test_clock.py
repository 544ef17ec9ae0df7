"""A sandbox's clock: it is moved on and never back, and what falls due on the way happens at its own moment."""

from collections.abc import Iterator

import pytest

from contract_tests.worlds import Emulator, World
from mockserver.domain import clock, due, entering
from mockserver.domain.entering import inside
from mockserver.store.sandboxes import Sandbox


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What happened, and at which moment; ``twice`` makes another thing due an hour later."""
    seen: list[tuple[str, str]] = []

    def note(world: entering.World, subject: str) -> None:
        seen.append((subject, world.now))

    def twice(world: entering.World, subject: str) -> None:
        note(world, subject)
        due.schedule(world, clock.later(world.now, hours=1), "note", "again")

    monkeypatch.setattr(entering, "EVENTS", {"note": note, "twice": twice})
    return seen


@pytest.fixture
def world() -> Iterator[World]:
    with Emulator().sandbox() as opened:
        yield opened


def sandbox_of(world: World) -> Sandbox:
    return world._sandbox


def test_what_is_due_happens_once_in_order_and_each_at_its_moment(
    world: World, happened: list[tuple[str, str]]
) -> None:
    with inside(sandbox_of(world)) as entered:
        start = entered.now
        due.schedule(entered, clock.later(start, days=2), "note", "second")
        due.schedule(entered, clock.later(start, days=1), "twice", "first")
        due.schedule(entered, clock.later(start, days=9), "note", "not yet")
        due.schedule(entered, clock.later(start, days=1), "note", "cancelled")
        due.cancel(entered, "note", "cancelled")
    world.advance(days=3)
    world.advance(hours=1)
    assert happened == [
        ("first", clock.later(start, days=1)),
        ("again", clock.later(start, days=1, hours=1)),
        ("second", clock.later(start, days=2)),
    ]


def test_what_happened_is_kept_when_the_call_that_came_after_it_fails(
    world: World, happened: list[tuple[str, str]]
) -> None:
    with inside(sandbox_of(world)) as entered:
        due.schedule(entered, entered.now, "note", "once")

    def fail() -> None:
        with inside(sandbox_of(world)):
            raise RuntimeError

    for _ in range(2):
        with pytest.raises(RuntimeError):
            fail()
    assert [subject for subject, _ in happened] == ["once"]


def test_the_clock_never_goes_back_and_a_reset_takes_it_to_where_it_began(world: World) -> None:
    begin = world.now
    world.advance(days=400)
    assert (world.now - begin).days == 400
    with pytest.raises(ValueError, match="never goes back"):
        world.advance(seconds=-1)
    with pytest.raises(OverflowError):
        world.advance(days=9_000_000)
    assert (world.now - begin).days == 400
    world.reset()
    assert (world.now - begin).days == 0
