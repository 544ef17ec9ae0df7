"""Where quotas count, one account may call one operation so often in a second, and no more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from limits import RateLimitItemPerSecond
from limits.strategies import MovingWindowRateLimiter

from mockserver.contract.operations import Operation
from mockserver.gateway import throttling
from mockserver.gateway.exchange import Stopped
from mockserver.gateway.throttling import SandboxStorage
from mockserver.store.sandboxes import Principal

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

TEN_A_SECOND, FIVE_A_SECOND = "list_sub_customers", "check_user_identity"
IDENTITY = {"search_type": "name", "search_value": "somebody"}


@pytest.fixture
def strict(open_world: Callable[..., "Stage"], partners: dict[str, Any], time: "Clock") -> "Stage":
    return open_world(partners, strict=True, now=time)


def use_up(stage: "Stage", who: str = "solution_provider") -> None:
    assert [stage.call(who, TEN_A_SECOND).status for _ in range(10)] == [200] * 10
    throttled(stage.call(who, TEN_A_SECOND), 10)


def throttled(answer: "Answered", limit: int) -> None:
    assert (answer.status, answer.code) == (429, "APIGW.0308")
    assert answer.body["error_msg"] == (
        f"The throttling threshold has been reached: policy user over ratelimit,limit:{limit},time:1 second"
    )
    assert list(answer.body) == ["error_msg", "error_code", "request_id"]
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]
    assert answer.reason


def test_the_eleventh_call_within_a_second_is_refused(strict: "Stage") -> None:
    use_up(strict)


def test_an_operation_with_a_smaller_quota_has_its_own(strict: "Stage") -> None:
    assert [strict.call("solution_provider", FIVE_A_SECOND, **IDENTITY).status for _ in range(5)] == [200] * 5
    throttled(strict.call("solution_provider", FIVE_A_SECOND, **IDENTITY), 5)


def test_another_operation_is_free(strict: "Stage") -> None:
    use_up(strict)
    assert strict.call("solution_provider", "list_partner_balances").status == 200


def test_another_account_is_free(strict: "Stage") -> None:
    use_up(strict)
    assert strict.call("distributor", TEN_A_SECOND).status == 200


def test_an_operator_uses_its_partners_quota(strict: "Stage") -> None:
    for _ in range(10):
        assert strict.call("solution_provider", "list_partner_balances").status == 200
    throttled(strict.call("operator", "list_partner_balances"), 10)


def test_another_sandbox_is_free(open_world: Callable[..., "Stage"], strict: "Stage") -> None:
    use_up(strict)
    assert open_world("demo-cn", strict=True).call("solution_provider", TEN_A_SECOND).status == 200


def test_a_second_later_it_is_free_again(strict: "Stage", time: "Clock") -> None:
    use_up(strict)
    time.forward(milliseconds=999)
    throttled(strict.call("solution_provider", TEN_A_SECOND), 10)
    time.forward(milliseconds=1)
    use_up(strict)


def test_calls_that_are_refused_for_other_reasons_count_too(strict: "Stage") -> None:
    assert {strict.call("customer", TEN_A_SECOND).status for _ in range(10)} == {403}
    throttled(strict.call("customer", TEN_A_SECOND), 10)
    assert {strict.call("solution_provider", TEN_A_SECOND, limit=0).status for _ in range(10)} == {400}
    throttled(strict.call("solution_provider", TEN_A_SECOND, limit=0), 10)


def test_a_call_without_a_good_signature_does_not_count(strict: "Stage") -> None:
    for _ in range(20):
        answer = strict.send("solution_provider", "POST", "/v2/partners/sub-customers/query", signed=False)
        assert answer.status == 401
    use_up(strict)


def test_a_throttled_call_changes_nothing_but_is_in_the_journal(strict: "Stage") -> None:
    customer = strict.customers("solution_provider")[0]
    asked = {"customer_id": customer, "amount": 1}
    for _ in range(10):
        assert strict.call("solution_provider", "update_customer_account_amount", **asked).status == 200
    before = strict.sandbox.fingerprint()
    throttled(strict.call("solution_provider", "update_customer_account_amount", **asked), 10)
    assert strict.sandbox.fingerprint() == before
    assert (strict.journal[-1].status, strict.journal[-1].error_code) == (429, "APIGW.0308")


def test_a_reset_gives_the_quota_back(strict: "Stage") -> None:
    use_up(strict)
    strict.sandbox.reset()
    use_up(strict)


def test_a_sandbox_that_is_not_strict_has_no_quota(stage: "Stage") -> None:
    assert {stage.call("solution_provider", FIVE_A_SECOND, **IDENTITY).status for _ in range(30)} == {200}


def test_quotas_count_alone_too(open_world: Callable[..., "Stage"], partners: dict[str, Any], time: "Clock") -> None:
    stage = open_world(partners, quotas=True, now=time)
    assert [stage.call("solution_provider", TEN_A_SECOND, lmit=1).status for _ in range(10)] == [200] * 10
    throttled(stage.call("solution_provider", TEN_A_SECOND), 10)


def test_another_address_is_free(strict: "Stage") -> None:
    use_up(strict)
    path = strict.operation(TEN_A_SECOND).path
    assert strict.send("solution_provider", "POST", path, body=b"{}", address="127.0.0.2").status == 200
    throttled(strict.send("solution_provider", "POST", path, body=b"{}"), 10)


def test_signed_or_with_a_token_it_is_one_account(strict: "Stage", log_in: Callable[..., str]) -> None:
    token = log_in(strict, "solution_provider")
    use_up(strict)
    answer = strict.iam("POST", strict.operation(TEN_A_SECOND).path, {}, token=token)
    throttled(answer, 10)


@given(data=st.data())
def test_the_window_is_exact(data: st.DataObject) -> None:
    """Against the plain rule: no window of that length, wherever it ends, holds more than the limit."""
    limit, seconds = data.draw(st.integers(1, 5)), data.draw(st.integers(1, 3))
    clock = StoppedClock()
    limiter = MovingWindowRateLimiter(SandboxStorage({}, clock))
    window = RateLimitItemPerSecond(limit, seconds)
    admitted: dict[str, list[int]] = {"a": [], "b": []}
    for _ in range(data.draw(st.integers(1, 40))):
        clock.microseconds += data.draw(st.sampled_from((0, 1, 999_999, 1_000_000, seconds * 1_000_000)))
        key = data.draw(st.sampled_from(sorted(admitted)))
        recent = [moment for moment in admitted[key] if clock.microseconds - moment < seconds * 1_000_000]
        assert limiter.hit(window, key) is (len(recent) < limit)
        if len(recent) < limit:
            admitted[key].append(clock.microseconds)


def test_threads_do_not_get_more(strict: "Stage") -> None:
    operation, who = strict.operation(TEN_A_SECOND), strict["solution_provider"]
    start = Barrier(8)

    def hammer(_: int) -> int:
        start.wait()
        return sum(counted(strict, operation, who) for _ in range(50))

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(hammer, range(8))) == 10


def counted(stage: "Stage", operation: Operation, who: Principal) -> bool:
    try:
        throttling.check(stage.sandbox, operation, who, "127.0.0.1")
    except Stopped:
        return False
    return True


@given(pauses=st.lists(st.integers(0, 400), max_size=40))
def test_any_second_holds_ten_answered_calls_at_most(open_world: Callable[..., "Stage"], pauses: list[int]) -> None:
    clock = StoppedClock()
    stage = open_world("demo-cn", strict=True, now=clock)
    answered: list[int] = []
    for pause in pauses:
        clock.microseconds += pause * 1000
        recent = [moment for moment in answered if moment > clock.microseconds - 1_000_000]
        status = stage.call("solution_provider", TEN_A_SECOND, limit=1).status
        assert status == (200 if len(recent) < 10 else 429)
        if status == 200:
            answered.append(clock.microseconds)
    stage.drop()


class StoppedClock:
    """Microseconds after a fixed moment; whole numbers, so that a test can count with them."""

    def __init__(self) -> None:
        self.microseconds = 0

    def __call__(self) -> datetime:
        return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(microseconds=self.microseconds)
