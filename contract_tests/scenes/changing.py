"""How a list can be made to change while somebody reads it: rows come, rows go."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from contract_tests.driving.kit import Kit
from contract_tests.driving.stage import CONTRACT
from contract_tests.strategies import simplest
from mockserver.contract.operations import Operation

_numbers = count(1)
# A coupon that is taken back is so no longer.
_USABLE = 2


@dataclass(frozen=True, slots=True)
class Change:
    """``listing`` is read as ``principal`` with the members ``asked`` and pages of ``limit``; ``by`` is the operation
    that changes it, ``make`` calls it, given the rows that are there.
    """

    name: str
    listing: str
    by: str
    principal: str
    asked: Mapping[str, Any]
    limit: int
    make: Callable[[Kit, Sequence[Any]], object]

    def fits(self, operation: Operation) -> bool:
        return operation.name == self.listing and CONTRACT.get(operation.site, self.by) is not None


def _register(kit: Kit, rows: Sequence[Any]) -> None:
    operation = CONTRACT.get(kit.site, "create_sub_customer")
    assert operation is not None
    for _ in rows[:2]:
        body = {**simplest(operation)["body"], "xaccount_id": f"paging-{next(_numbers)}"}
        kit.call(operation.name, {"body": body})


def _reclaim(kit: Kit, rows: Sequence[Any]) -> None:
    kit.call("reclaim_partner_coupons", {"body": {"coupon_id": rows[0]["coupon_id"]}})


CHANGES = (
    Change("rows come", "list_sub_customers", "create_sub_customer", "solution_provider", {}, 20, _register),
    Change(
        "rows go",
        "list_issued_partner_coupons",
        "reclaim_partner_coupons",
        "solution_provider",
        {"status": _USABLE},
        5,
        _reclaim,
    ),
)
