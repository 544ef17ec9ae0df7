"""Every movement has two sides: nothing is made, nothing is lost, and what is refused leaves no trace."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from mockserver.domain import ledger
from mockserver.domain.ledger import LedgerAccount, Transfer
from mockserver.domain.world import World
from mockserver.store.tables import entries, ledger_accounts

if TYPE_CHECKING:
    from tests.conftest import Stage

amounts = st.integers(1, 10**14).map(lambda units: Decimal(units) / 10**8)
places = st.integers(0, 3)
AT = "2026-03-01T12:00:00Z"


def balances(world: World) -> dict[str, Decimal]:
    return {row.id: row.balance for row in world.db.execute(select(ledger_accounts.c.id, ledger_accounts.c.balance))}


def open_four(world: World) -> list[LedgerAccount]:
    """Accounts of a type that no scenario opens."""
    owned = select(ledger_accounts.c.owner_id).where(ledger_accounts.c.owner_id.is_not(None)).distinct().limit(4)
    return ledger.open_accounts(
        world, [(owner, 90, ledger.ZERO, ledger.ZERO) for owner in world.db.execute(owned).scalars()]
    )


@pytest.fixture(scope="module")
def fresh(open_world: "Callable[..., Stage]", partners_file: object) -> "Callable[[], Stage]":
    """``worlds/partners.yaml`` as it was at the beginning, for each example anew."""
    stage = open_world(str(partners_file))

    def reset() -> "Stage":
        stage.sandbox.reset()
        return stage

    return reset


@given(moves=st.lists(st.tuples(places, places, amounts), max_size=12))
def test_whatever_moves_the_sum_stays_zero_and_each_balance_is_the_sum_of_its_entries(
    fresh: "Callable[[], Stage]", moves: list[tuple[int, int, Decimal]]
) -> None:
    with fresh().inside() as world:
        held = open_four(world)
        expected = balances(world)
        for source, target, amount in moves:
            if source != target:
                ledger.move(world, held[source], held[target], amount, "test")
                expected[held[source].id] -= amount
                expected[held[target].id] += amount
                assert ledger.total(world) == 0
        assert balances(world) == expected
        assert ledger.disagreements(world) == []


@given(
    moves=st.lists(st.tuples(places, places, amounts), min_size=1, max_size=6), bad=st.integers(0, 6), data=st.data()
)
def test_of_several_transfers_all_happen_or_none(
    fresh: "Callable[[], Stage]", moves: list[tuple[int, int, Decimal]], bad: int, data: st.DataObject
) -> None:
    with fresh().inside() as world:
        held = open_four(world)
        good = [Transfer(held[a].id, held[b].id, amount, "test", AT) for a, b, amount in moves if a != b]
        wrong = Transfer(held[0].id, held[1].id, data.draw(st.sampled_from([Decimal(0), Decimal("-0.01")])), "test", AT)
        before = balances(world)
        with pytest.raises(ValueError, match="above zero"):
            ledger.move_all(world, [*good[:bad], wrong, *good[bad:]])
        assert balances(world) == before
        assert (ledger.total(world), ledger.disagreements(world)) == (0, [])


def moved(stage: "Stage", source: int, target: int, amount: Decimal, then: Exception | None = None) -> None:
    """In a transaction of its own, which ``then`` ends."""
    with stage.inside() as world:
        held = open_four(world)
        ledger.move(world, held[source], held[target], amount, "test")
        if then is not None:
            raise then


@pytest.mark.parametrize("amount", ["0", "0.00", "-0.01", "-10"])
def test_only_more_than_nothing_can_be_moved(stage: "Stage", amount: str) -> None:
    before = stage.sandbox.fingerprint()
    with pytest.raises(ValueError, match="above zero"):
        moved(stage, 0, 1, Decimal(amount))
    assert stage.sandbox.fingerprint() == before


def test_nothing_moves_from_an_account_to_itself(stage: "Stage") -> None:
    before = stage.sandbox.fingerprint()
    with pytest.raises(ValueError, match="two accounts"):
        moved(stage, 0, 0, Decimal(1))
    assert stage.sandbox.fingerprint() == before


def test_a_movement_has_two_entries_that_cancel_each_other_out(stage: "Stage") -> None:
    with stage.inside() as world:
        source, target = open_four(world)[:2]
        movement = ledger.move(world, source, target, Decimal("12.34"), "test")
        written = world.db.execute(
            select(entries.c.ledger_account_id, entries.c.amount).where(entries.c.movement_id == movement.id)
        )
        assert {row.ledger_account_id: row.amount for row in written} == {
            source.id: Decimal("-12.34"),
            target.id: Decimal("12.34"),
        }


def test_every_movement_of_a_world_has_two_entries(stage: "Stage") -> None:
    with stage.inside() as world:
        sides = select(func.count(), func.sum(entries.c.amount)).group_by(entries.c.movement_id)
        found = {tuple(row) for row in world.db.execute(sides)}
    assert found == {(2, Decimal(0))}


@pytest.mark.parametrize("scenario", ["demo-cn", "demo-intl"])
def test_a_world_begins_in_balance(open_world: "Callable[..., Stage]", scenario: str) -> None:
    with open_world(scenario).inside() as world:
        assert (ledger.total(world), ledger.disagreements(world)) == (0, [])


def test_a_disagreement_would_be_found(stage: "Stage") -> None:
    with stage.inside() as world:
        first = open_four(world)[0]
        world.db.execute(
            ledger_accounts.update().where(ledger_accounts.c.id == first.id).values(balance=Decimal("0.01"))
        )
        assert ledger.disagreements(world) == [first.id]
        assert ledger.total(world) == Decimal("0.01")


def test_a_part_of_the_smallest_unit_is_refused_not_rounded(stage: "Stage") -> None:
    with stage.inside() as world:
        source, target = open_four(world)[:2]
        ledger.move(world, source, target, Decimal("0.00000001"), "test")
    with pytest.raises(Exception, match="eight decimals"), stage.inside() as world:
        ledger.move(world, source, target, Decimal("0.000000001"), "test")
    with stage.inside() as world:
        assert balances(world)[target.id] == Decimal("0.00000001")


def test_amounts_are_shown_with_two_decimals_or_as_many_as_they_need(stage: "Stage") -> None:
    with stage.inside() as world:
        source, target = open_four(world)[:2]
        for amount, shown in (("5", "5.00"), ("0.1", "5.10"), ("0.00000001", "5.10000001")):
            ledger.move(world, source, target, Decimal(amount), "test")
            assert str(balances(world)[target.id]) == shown


def test_transaction_numbers_tell_the_time_and_are_never_the_same(stage: "Stage") -> None:
    with stage.inside() as world:
        source, target = open_four(world)[:2]
        june = replace(world, now="2020-06-17T07:35:03Z")
        numbers = [ledger.move(june, source, target, Decimal(1), "test").id for _ in range(300)]
    assert len(set(numbers)) == 300
    assert {number[:14] for number in numbers} == {"AD200617073503"}
    assert numbers == sorted(numbers)


def test_what_a_test_does_in_a_world_is_undone_by_an_error(stage: "Stage") -> None:
    before = stage.sandbox.fingerprint()
    with pytest.raises(KeyError):
        moved(stage, 0, 1, Decimal(1), then=KeyError())
    assert stage.sandbox.fingerprint() == before


calls = st.tuples(
    st.sampled_from(["update_customer_account_amount", "reclaim_to_partner_account"]),
    st.integers(0, 12),
    st.integers(-100, 60_000).map(lambda cents: Decimal(cents) / 100),
)


@settings(max_examples=30)
@given(made=st.lists(calls, max_size=12))
def test_allocating_and_reclaiming_move_exactly_what_was_asked_or_nothing(
    fresh: "Callable[[], Stage]", made: list[tuple[str, int, Decimal]]
) -> None:
    stage = fresh()
    customers = [*stage.customers("solution_provider"), *stage.customers("solution_provider", "referral")]
    for operation, place, amount in made:
        with stage.inside() as world:
            before, state = balances(world), stage.sandbox.fingerprint()
        customer = customers[place % len(customers)]
        answer = stage.call("solution_provider", operation, customer_id=customer, amount=amount)
        with stage.inside() as world:
            after = balances(world)
            assert (ledger.total(world), ledger.disagreements(world)) == (0, [])
        changes = {
            ident: after[ident] - before.get(ident, 0) for ident in after if after[ident] != before.get(ident, 0)
        }
        if answer.status == 200:
            assert sorted(changes.values()) == [-amount, amount]
        else:
            assert answer.code in ("CBC.0100", "CBC.5003", "CBC.99000000", "CBC.99000047", "CBC.99005003")
            assert stage.sandbox.fingerprint() == state
