"""What a failed call read is no more true afterwards than what it wrote."""

from typing import TYPE_CHECKING

import pytest

from mockserver.domain import accounts
from mockserver.domain.accounts import NewAccount

if TYPE_CHECKING:
    from tests.conftest import Stage


class Undone(Exception):
    """The call failed after it had written."""


def open_and_fail(stage: "Stage", ident: str) -> None:
    with stage.inside() as world:
        accounts.add(world, [NewAccount(ident, "never-was", "customer", world.now)])
        assert accounts.get(world, ident) is not None
        raise Undone


def test_an_account_that_was_undone_is_not_found(stage: "Stage") -> None:
    ident = "0" * 32
    with pytest.raises(Undone):
        open_and_fail(stage, ident)
    with stage.inside() as world:
        assert accounts.get(world, ident) is None
