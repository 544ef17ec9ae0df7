"""Customers of a test's own making, and what was sent to their telephones."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import accounts, customers, verification
from mockserver.domain.accounts import NewAccount
from mockserver.domain.customers import RESALE, Customer

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage


@pytest.fixture(scope="session")
def enroll() -> "Callable[..., str]":
    """Gives a partner a customer as wanted, past the API, and answers its ID."""

    def enroll(stage: "Stage", who: str, name: str, **wanted: Any) -> str:
        with stage.inside() as world:
            ident = world.identifier("account")
            at = wanted.pop("associated_on", world.now)
            accounts.add(world, [NewAccount(ident, name, "customer", at)])
            customers.add(
                world, [Customer(ident, stage[who].domain_id, wanted.pop("association", RESALE), at, **wanted)]
            )
        return ident

    return enroll


@pytest.fixture(scope="session")
def code_for() -> "Callable[..., str]":
    """Has a verification code sent, and reads it where it arrived."""

    def code_for(stage: "Stage", receiver: str, who: str = "solution_provider", **wanted: Any) -> str:
        to = {"receiver_type": 1, "mobile_phone": receiver}
        if stage.sandbox.site == "intl":
            to = {"receiver_type": 2, "email": receiver}
        assert stage.call(who, "send_verification_message_code", **to, **wanted).status == 204
        with stage.inside() as world:
            (message,) = [one for one in verification.outbox(world) if one["receiver"] == receiver]
        code: str = message["code"]
        return code

    return code_for


@pytest.fixture(scope="session")
def refuses() -> "Callable[..., Answered]":
    """Makes a call that is refused with a code, and sees that nothing was changed by it."""

    def refuses(
        stage: "Stage", code: str, who: str, operation: str, *, status: int = 400, **arguments: Any
    ) -> "Answered":
        before = stage.sandbox.fingerprint()
        answer = stage.call(who, operation, **arguments)
        assert (answer.status, answer.code) == (status, code), answer.reason
        assert stage.sandbox.fingerprint() == before
        assert list(answer.body) == ["error_code", "error_msg"]
        assert len(answer.body["error_code"]) <= 20
        assert len(answer.body["error_msg"]) <= 1000
        return answer

    return refuses


@pytest.fixture
def intl(open_world: "Callable[..., Stage]", partners: dict[str, Any], time: "Clock") -> "Stage":
    """``worlds/partners.yaml`` on the international site, on the clock ``time``."""
    return open_world(partners | {"site": "intl"}, now=time)
