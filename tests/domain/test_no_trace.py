"""A request that fails leaves no trace, wherever it fails: an error comes at every statement, and in the midst of each.

The errors come from outside our code: from SQLAlchemy's own events, and from SQLite, whose progress handler stops a
statement after any number of its steps; so reads that run on the driver are met too.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import event, select

from mockserver.domain import clock
from mockserver.store.sandboxes import Sandboxes
from mockserver.store.snapshots import engine
from mockserver.store.tables import principals
from mockserver.worlds import plan

if TYPE_CHECKING:
    from tests.conftest import Answered, Stage

    Call = Callable[[], Answered]

# SQLite counts the steps of its virtual machine; between two errors lie so many.
STRIDE = 4


class Broken(Exception):
    """The machine failed, as machines do."""


@contextmanager
def failing_at(statement: int) -> Iterator[None]:
    """The ``statement``-th that SQLAlchemy sends from now on fails, counted from 1; 0 is the commit."""
    seen = 0

    def before_statement(*_: Any) -> None:
        nonlocal seen
        seen += 1
        if seen == statement:
            raise Broken

    def before_commit(_: Any) -> None:
        if statement == 0:
            raise Broken

    event.listen(engine(), "before_cursor_execute", before_statement)
    event.listen(engine(), "commit", before_commit)
    try:
        yield
    finally:
        event.remove(engine(), "before_cursor_execute", before_statement)
        event.remove(engine(), "commit", before_commit)


@contextmanager
def stopping_after(stage: "Stage", strides: int) -> Iterator[None]:
    """SQLite stops in the midst of whatever it does after so many strides."""
    done = 0

    def stop() -> bool:
        nonlocal done
        done += 1
        return done > strides

    with stage.sandbox.transaction() as db:
        raw: Any = db.connection.driver_connection
    raw.set_progress_handler(stop, STRIDE)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)


@pytest.fixture(autouse=True)
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Each error is logged with its traceback, and there are hundreds."""
    caplog.set_level(logging.CRITICAL)


def transfers(stage: "Stage") -> "dict[str, Call]":
    """Each kind of movement of money, and a setting."""
    reseller, of = stage["reseller"].domain_id, stage.customers("solution_provider")[0]
    never_funded = stage.customers("solution_provider")[-1]

    def call(who: str, operation: str, **arguments: Any) -> "Call":
        return lambda: stage.call(who, operation, **arguments)

    return {
        "to a customer": call("solution_provider", "update_customer_account_amount", customer_id=of, amount=7),
        "to one without an account": call(
            "solution_provider", "update_customer_account_amount", customer_id=never_funded, amount=7
        ),
        "from a customer": call("solution_provider", "reclaim_to_partner_account", customer_id=of, amount=7),
        "to a reseller": call(
            "distributor", "update_indirect_partner_account", indirect_partner_id=reseller, amount="7"
        ),
        "from a reseller with designated money": call(
            "distributor", "reclaim_indirect_partner_account", indirect_partner_id=reseller, amount=600
        ),
        "in the old way": call(
            "solution_provider",
            "legacy_adjust_amount",
            partner_id="any",
            customer_id=of,
            amount="7.00",
            currency="CNY",
            measure_id=1,
        ),
    }


NAMES = [
    "to a customer",
    "to one without an account",
    "from a customer",
    "to a reseller",
    "from a reseller with designated money",
    "in the old way",
]


def fails_without_trace(stage: "Stage", transfer: "Call", failing: Callable[[int], Any], first: int) -> int:
    """How many failures there were before the transfer got through, none of which changed anything."""
    before, number = stage.sandbox.fingerprint(), first
    while True:
        with failing(number):
            answer = transfer()
        if answer.status == 200:
            assert stage.sandbox.fingerprint() != before
            return number - first
        assert answer.status == 500, answer.reason
        assert stage.sandbox.fingerprint() == before, f"a trace of the failure at {number}"
        number += 1


@pytest.mark.parametrize("name", NAMES)
def test_an_error_at_any_statement(stage: "Stage", name: str) -> None:
    failures = fails_without_trace(stage, transfers(stage)[name], failing_at, 0)
    # The commit, and at least: the accounts of both sides, the number, the movement, its two sides, both balances.
    assert failures >= 7


@pytest.mark.parametrize("name", NAMES)
def test_an_error_in_the_midst_of_any_statement(stage: "Stage", name: str) -> None:
    failures = fails_without_trace(stage, transfers(stage)[name], lambda strides: stopping_after(stage, strides), 0)
    assert failures >= 30


def test_what_fails_once_works_the_next_time(stage: "Stage") -> None:
    transfer = transfers(stage)["to a customer"]
    with failing_at(3):
        assert transfer().status == 500
    answer = transfer()
    other = transfers(stage)["to a customer"]()
    assert (answer.status, other.status) == (200, 200)
    assert answer.body["transfer_id"] != other.body["transfer_id"]


def test_setting_a_budget_is_all_or_nothing_too(intl: "Stage") -> None:
    (customer, *_) = intl.customers("solution_provider")
    before, number = intl.sandbox.fingerprint(), 0
    while True:
        with failing_at(number):
            asked = {"customer_id": customer, "budget_amount": 5, "cancel_partner_frozen": "1"}
            answer = intl.call("solution_provider", "update_sub_customer_budget", **asked)
        if answer.status == 204:
            break
        assert intl.sandbox.fingerprint() == before
        number += 1
    assert number >= 5


def test_what_is_refused_first_takes_no_keys_of_a_fresh_world_away() -> None:
    sandbox = Sandboxes(clock.wall).create(plan("empty-cn"))
    with pytest.raises(ZeroDivisionError), sandbox.transaction():
        raise ZeroDivisionError
    with sandbox.transaction() as db:
        kept = {row.name: (row.ak, row.sk) for row in db.execute(select(principals))}
    assert kept == {name: (one.ak, one.sk) for name, one in sandbox.principals.items()}
