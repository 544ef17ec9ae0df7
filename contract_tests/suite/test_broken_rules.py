"""Every rule of the contract holds: whatever breaks one gets the page's refusal, says why, and leaves no trace."""

from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.clients import official
from contract_tests.clients.signed import SignedClient
from contract_tests.profile import EACH_OPERATION, ONCE
from contract_tests.strategies import Broken, Rule, broken_requests, rules
from contract_tests.suite import refusals
from contract_tests.suite.conversation import Conversation, may_call
from contract_tests.worlds import Emulator, World
from mockserver.contract.operations import Operation

Known = Mapping[str, Mapping[str, Sequence[str]]]


@EACH_OPERATION
@given(data=st.data())
def test_a_client_is_told_which_rule_it_broke(
    operation: Operation, conversation: Conversation, callers: Sequence[str], known: Known, data: st.DataObject
) -> None:
    """Any rule, in any request, through the official SDK as far as it can say it."""
    if not rules(operation):
        return
    principal = data.draw(st.sampled_from(callers), "principal")
    broken = data.draw(broken_requests(operation, known=known[operation.site]), "broken")
    can_say = official.can_say(operation, broken.document)
    client = conversation.official(principal) if can_say else conversation.signed(principal)

    outcome, entry = client.call(operation, broken.document), conversation.entry()

    expected = refusals.documented(operation, broken.rule.code, broken.document)
    assert refusals.of(outcome) == expected, broken.explain()
    assert entry["reason"]["pointer"] == broken.rule.pointer, broken.explain()
    assert entry["reason"]["rule"] in broken.keywords, broken.explain()
    assert entry["reason"]["page"] == operation.page
    assert outcome.request_id in (None, entry["request_id"])


@pytest.mark.usefixtures("callers")
def test_every_broken_rule_is_refused_and_changes_nothing(operation: Operation, bss_mock: Emulator) -> None:
    """All rules, one after the other, each in the simplest request that breaks it."""
    with bss_mock.sandbox(f"demo-{operation.site}") as world:
        before = world.fingerprint()
        for rule in rules(operation):
            _is_refused(world, operation, rule)
        assert world.fingerprint() == before, f"changed by: {next(_culprits(bss_mock, operation), 'all together')}"


def _is_refused(world: World, operation: Operation, rule: Rule) -> None:
    caller = next(one for one in world.principals.values() if may_call(operation, one.kind))
    client = SignedClient(world.url, caller, world.mount)

    @settings(ONCE)
    @given(broken_requests(operation, rule, only=()))
    def refused(broken: Broken) -> None:
        outcome = client.call(operation, broken.document)
        assert refusals.of(outcome) == refusals.documented(operation, rule.code, broken.document), broken.explain()
        assert outcome.headers["X-Request-Id"], broken.explain()
        reason = outcome.headers["X-Mock-Reason"]
        assert reason.startswith(f"{rule.pointer}: "), f"{reason}: {broken.explain()}"
        assert reason.endswith(f" ({operation.page})"), f"{reason}: {broken.explain()}"

    refused()


def _culprits(emulator: Emulator, operation: Operation) -> Iterator[Rule]:
    """The rules whose refusals change something, each tried in a world of its own."""
    for rule in rules(operation):
        with emulator.sandbox(f"demo-{operation.site}") as world:
            before = world.fingerprint()
            _is_refused(world, operation, rule)
            if world.fingerprint() != before:
                yield rule
