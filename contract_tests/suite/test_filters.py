"""Filters of a list, beside a scan of the whole list: who is found, in which order, and on which page."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_tests.clients.outcome import Answered
from contract_tests.profile import PROPERTY
from contract_tests.server import Server
from contract_tests.suite.conversation import Conversation
from mockserver.contract.operations import Contract, Operation

CONTRACT = Contract()
WHOLE = 100
# By the name of the filter: the member that it is about, and whether a part of it is enough.
_ABOUT = {
    "account_name": ("account_name", True),
    "customer": ("customer", True),
    "label": ("label", True),
    "association_type": ("association_type", False),
    "customer_id": ("customer_id", False),
}
# What a database could take for something else than itself.
_STRANGE = ("%", "_", "\\", "[a", "*", "\0", "'", "云")
_FILTERS = [*_ABOUT, "associated_on_begin", "associated_on_end"]
_ANY_CASE = ("account_name", "customer")


@pytest.fixture(params=["cn", "intl"])
def listing(bss_server: Server, request: pytest.FixtureRequest) -> Iterator[tuple[Conversation, Operation]]:
    operation = CONTRACT.get(request.param, "list_sub_customers")
    assert operation is not None
    with Conversation(bss_server.sandbox(f"demo-{request.param}")) as opened:
        yield opened, operation


@PROPERTY
@given(data=st.data())
def test_who_is_found_is_who_matches(listing: tuple[Conversation, Operation], data: st.DataObject) -> None:
    everybody = _found(listing, {"limit": WHOLE})["customer_infos"]
    assert len(everybody) < WHOLE
    filters = data.draw(_filters(everybody), "filters")
    offset = data.draw(st.integers(0, 5) | st.integers(0, WHOLE), "offset")
    limit = data.draw(st.integers(1, WHOLE), "limit")

    answer = _found(listing, {**filters, "offset": offset, "limit": limit})

    matching = [one for one in everybody if _matches(one, filters)]
    assert answer["count"] == len(matching)
    assert answer["customer_infos"] == matching[offset : offset + limit]


@st.composite
def _filters(draw: st.DrawFn, everybody: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Filters that somebody matches, mostly: parts of what one of them has, in any case, or times near theirs."""
    filters: dict[str, str] = {}
    for name in sorted(draw(st.sets(st.sampled_from(_FILTERS), max_size=3))):
        one = draw(st.sampled_from(everybody))
        member, part = _ABOUT.get(name, ("associated_on", False))
        value: str = one.get(member, "x")
        if part:
            start = draw(st.integers(0, len(value) - 1))
            value = value[start : start + draw(st.integers(1, 6))].replace(" ", "")
            value = draw(st.sampled_from([value, value.swapcase(), *_STRANGE]))
        filters[name] = value or "x"
    return filters


def _matches(customer: Mapping[str, Any], filters: Mapping[str, str]) -> bool:
    since, until = filters.get("associated_on_begin", ""), filters.get("associated_on_end", "9999")
    return since <= customer["associated_on"] <= until and all(
        _has(customer.get(_ABOUT[name][0]), wanted, name) for name, wanted in filters.items() if name in _ABOUT
    )


def _has(value: str | None, wanted: str, name: str) -> bool:
    if value is None:
        return False
    if name in _ANY_CASE:
        value, wanted = value.lower(), wanted.lower()
    return wanted in value if _ABOUT[name][1] else wanted == value


def _found(listing: tuple[Conversation, Operation], body: Mapping[str, Any]) -> Any:
    conversation, operation = listing
    outcome = conversation.signed("solution_provider").call(operation, {"body": body})
    assert isinstance(outcome, Answered), outcome
    return outcome.result
