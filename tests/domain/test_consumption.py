"""Who consumed in a month, and who counts as new."""

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from mockserver.domain import ledger
from mockserver.domain.ledger import Transfer

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

    Enroll = Callable[..., str]
    Open = Callable[..., Stage]


@pytest.fixture
def alone(open_world: "Open", partners: dict[str, Any], time: "Clock") -> "Stage":
    """A world without customers, on 2026-03-01."""
    del partners["customers"], partners["principals"]["customer"]
    return open_world(partners, now=time)


def consume(stage: "Stage", customer: str, at: str) -> None:
    with stage.inside() as world:
        held = ledger.balance_account(world, customer) or ledger.open_account(world, customer, ledger.BALANCE)
        ledger.move_all(world, [Transfer(held.id, ledger.outside(world).id, Decimal("1.00"), ledger.CONSUME, at)])


class TestConsumers:
    def ask(self, stage: "Stage", cycle: str = "2026-02", **more: Any) -> "Answered":
        return stage.call("solution_provider", "list_consume_sub_customers", bill_cycle=cycle, **more)

    def found(self, stage: "Stage", cycle: str = "2026-02", **more: Any) -> list[str]:
        return [one["customer_id"] for one in self.ask(stage, cycle, **more).body["sub_customers"]]

    @pytest.mark.documents("list_consume_sub_customers", 3)
    def test_who_consumed_in_the_month_each_once(self, alone: "Stage", enroll: "Enroll") -> None:
        early = {"associated_on": "2026-01-01T00:00:00Z"}
        first, second, idle = (enroll(alone, "solution_provider", f"name{n}", **early) for n in (1, 2, 3))
        others = enroll(alone, "reseller", "name4", **early)
        for customer, at in (
            (second, "2026-02-01T00:00:00Z"),
            (first, "2026-02-28T23:59:59Z"),
            (first, "2026-02-10T00:00:00Z"),
            (idle, "2026-01-31T23:59:59Z"),
            (others, "2026-02-10T00:00:00Z"),
        ):
            consume(alone, customer, at)
        assert self.found(alone) == [first, second]
        assert self.found(alone, "2026-01") == [idle]
        assert self.ask(alone, "2027-01").body == {"sub_customers": [], "total_count": 0}

    def test_it_is_there_at_once(self, alone: "Stage", enroll: "Enroll") -> None:
        customer = enroll(alone, "solution_provider", "buyer")
        assert self.found(alone, "2026-03") == []
        consume(alone, customer, "2026-03-01T12:00:00Z")
        assert self.found(alone, "2026-03") == [customer]

    @pytest.mark.documents("list_consume_sub_customers", 4)
    def test_who_is_no_longer_a_customer_is_there_for_its_own_time(self, alone: "Stage", enroll: "Enroll") -> None:
        gone = enroll(
            alone,
            "solution_provider",
            "leaver",
            associated_on="2026-01-10T00:00:00Z",
            dissociated_on="2026-02-20T00:00:00Z",
        )
        for at in ("2026-01-05T00:00:00Z", "2026-02-19T00:00:00Z", "2026-02-25T00:00:00Z"):
            consume(alone, gone, at)
        assert alone.call("solution_provider", "list_sub_customers").body["count"] == 0
        assert (self.found(alone, "2026-01"), self.found(alone, "2026-02")) == ([], [gone])

    @pytest.mark.documents("list_consume_sub_customers", 1)
    @pytest.mark.documents("list_consume_sub_customers", 2)
    @pytest.mark.documents("list_consume_sub_customers", 5)
    def test_the_offset_counts_records(self, alone: "Stage", enroll: "Enroll") -> None:
        everybody = [enroll(alone, "solution_provider", f"name{n}") for n in range(12)]
        for customer in everybody:
            consume(alone, customer, "2026-03-01T12:00:00Z")
        assert self.found(alone, "2026-03") == everybody[:10]
        assert self.found(alone, "2026-03", offset=1, limit=10) == everybody[1:11]
        assert self.found(alone, "2026-03", offset=10, limit=10) == everybody[10:]
        answer = self.ask(alone, "2026-03", offset=40)
        assert answer.body == {"sub_customers": [], "total_count": 12}

    @pytest.mark.parametrize("cycle", ["", "2026", "2026-13", "2026-3", None])
    def test_a_month_is_needed(self, alone: "Stage", cycle: str) -> None:
        assert self.ask(alone, cycle).code == "CBC.0100"


class TestNewCustomerTags:
    def tags(self, stage: "Stage", who: str = "solution_provider", **more: Any) -> list[dict[str, str]]:
        answer = stage.call(who, "list_sub_customer_new_tag", **more)
        assert answer.status == 200, answer.reason
        assert set(answer.body) == {"new_customer_tags"}
        found: list[dict[str, str]] = answer.body["new_customer_tags"]
        return found

    def verified(self, stage: "Stage", enroll: "Enroll", name: str, **more: Any) -> str:
        return enroll(stage, "solution_provider", name, verified_status=2, customer_type=1, **more)

    @pytest.mark.documents("list_sub_customer_new_tag", 4)
    def test_a_tag_is_undetermined_then_qualified_then_past(
        self, alone: "Stage", enroll: "Enroll", time: "Clock"
    ) -> None:
        customer = self.verified(alone, enroll, "newcomer")
        months = {"customer_id": customer, "customer_tag_type": "SMB"}
        months |= {"effective_time": "2026-03", "expire_time": "2027-02"}
        assert self.tags(alone) == [months | {"new_customer_tag": "UNDETERMINED"}]
        consume(alone, customer, "2026-03-01T12:00:00Z")
        assert self.tags(alone) == [months | {"new_customer_tag": "Y"}]
        time.forward(days=364)
        assert self.tags(alone) == [months | {"new_customer_tag": "Y"}]
        time.forward(days=1)
        assert self.tags(alone) == [months | {"new_customer_tag": "N"}]

    @pytest.mark.documents("list_sub_customer_new_tag", 5)
    @pytest.mark.parametrize("status", [-1, 0, 1])
    def test_who_is_not_verified_has_no_tag(self, alone: "Stage", enroll: "Enroll", status: int) -> None:
        customer = enroll(alone, "solution_provider", "stranger", verified_status=status)
        assert self.tags(alone) == [{"customer_id": customer, "customer_tag_type": "SMB"}]

    @pytest.mark.documents("list_sub_customer_new_tag", 3)
    def test_others_are_left_out(self, alone: "Stage", enroll: "Enroll") -> None:
        mine, second = (self.verified(alone, enroll, name) for name in ("first", "second"))
        others = enroll(alone, "reseller", "third")
        asked = [others, second, "nobody", mine, alone["outsider"].domain_id]
        assert [one["customer_id"] for one in self.tags(alone, customer_ids=asked)] == [mine, second]
        assert self.tags(alone, customer_ids=[others]) == []
        for nothing in ([], None):
            assert len(self.tags(alone, customer_ids=nothing)) == 2

    @pytest.mark.documents("list_sub_customer_new_tag", 1)
    @pytest.mark.documents("list_sub_customer_new_tag", 2)
    @pytest.mark.documents("list_sub_customer_new_tag", 6)
    def test_the_offset_counts_records_and_there_is_no_total(self, alone: "Stage", enroll: "Enroll") -> None:
        everybody = [self.verified(alone, enroll, f"name{n}") for n in range(12)]
        for more, expected in (
            ({}, everybody[:10]),
            ({"offset": 1, "limit": 10}, everybody[1:11]),
            ({"offset": 10, "limit": 200}, everybody[10:]),
            ({"offset": 99}, []),
            ({"customer_ids": everybody[3:9], "offset": 1, "limit": 2}, everybody[4:6]),
        ):
            assert [one["customer_id"] for one in self.tags(alone, **more)] == expected

    def test_a_distributor_names_its_reseller(self, alone: "Stage", enroll: "Enroll") -> None:
        customer = enroll(alone, "reseller", "first")
        assert self.tags(alone, "distributor") == []
        found = self.tags(alone, "distributor", indirect_partner_id=alone["reseller"].domain_id)
        assert [one["customer_id"] for one in found] == [customer]
        other = alone.call(
            "distributor", "list_sub_customer_new_tag", indirect_partner_id=alone["other_reseller"].domain_id
        )
        assert other.code == "CBC.99000037"
