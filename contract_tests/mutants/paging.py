"""Clients that do not read a list to its end, or beyond it."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_tests.clients.adapter import Endpoint, Error, Result
from contract_tests.clients.plain import PlainClient, paged_in
from contract_tests.mutants.registry import mutant
from mockserver.contract.operations import Operation
from mockserver.store.sandboxes import Principal

LISTS = ("cn/list_sub_customers", "cn/list_issued_partner_coupons")
# Behind the last row; and more pages than any list of a demo world has.
FAR_BEHIND, MANY = 10000, 12
Arguments = Mapping[str, Any]
Pages = Iterator[Result | Error]


def asking(operation: Operation, arguments: Arguments, **members: int) -> Arguments:
    """The arguments of a list with another limit or offset, wherever the page has these."""
    place = paged_in(operation)
    return {**arguments, place: {**arguments.get(place, {}), **members}}


@mutant("paging/none-is-missing", *LISTS)
class ReadsOnePage(PlainClient):
    """The first page is taken for the whole list."""

    def pages(self, operation: str, arguments: Arguments, principal: Principal, endpoint: Endpoint) -> Pages:
        yield next(super().pages(operation, arguments, principal, endpoint))


@mutant("paging/none-is-missing", *LISTS)
class LosesTheLastPage(PlainClient):
    """The last page, which is not full, is left out."""

    def pages(self, operation: str, arguments: Arguments, principal: Principal, endpoint: Endpoint) -> Pages:
        found = list(super().pages(operation, arguments, principal, endpoint))
        yield from found[:-1] or found


@mutant("paging/none-is-missing", *LISTS)
class SkipsARow(PlainClient):
    """Rows are counted from 1, so that one is left out between two pages."""

    def next_offset(self, offset: int, limit: int) -> int:
        return offset + limit + 1


@mutant("paging/none-is-missing", "cn/list_issued_partner_coupons")
class DoesNotSeeThatRowsGo(PlainClient):
    """A list that changed while it was read is not read again."""

    def stayed(self, pages: Sequence[Any]) -> bool:
        return True


@mutant("paging/none-comes-twice", *LISTS)
class OffsetIsThePage(PlainClient):
    """``offset`` is used as the number of the page."""

    def next_offset(self, offset: int, limit: int) -> int:
        return offset + 1


@mutant("paging/none-comes-twice", *LISTS)
class ReadsTheLastRowAgain(PlainClient):
    """A page begins with the last row of the one before."""

    def next_offset(self, offset: int, limit: int) -> int:
        return offset + max(1, limit - 1)


@mutant("paging/ends", *LISTS)
class ReadsRowByRow(PlainClient):
    """Whatever limit was asked for, each row is a request of its own."""

    def pages(self, operation: str, arguments: Arguments, principal: Principal, endpoint: Endpoint) -> Pages:
        single = asking(self.operation(endpoint, operation), arguments, limit=1)
        return super().pages(operation, single, principal, endpoint)


@mutant("paging/ends", *LISTS)
class ReadsOnBehindTheEnd(PlainClient):
    """The end is not seen: pages without rows are asked for, one after the other."""

    def pages(self, operation: str, arguments: Arguments, principal: Principal, endpoint: Endpoint) -> Pages:
        behind = asking(self.operation(endpoint, operation), arguments, offset=FAR_BEHIND)
        yield from super().pages(operation, arguments, principal, endpoint)
        for _ in range(MANY):
            yield self.call(operation, behind, principal, endpoint)


@mutant("paging/is-read", *LISTS)
class AsksForMoreThanTheMaximum(PlainClient):
    """A limit above the documented maximum is sent, to read a list at once."""

    def pages(self, operation: str, arguments: Arguments, principal: Principal, endpoint: Endpoint) -> Pages:
        everything = asking(self.operation(endpoint, operation), arguments, limit=100000)
        return super().pages(operation, everything, principal, endpoint)


@mutant("paging/is-read", *LISTS)
class NeedsARow(PlainClient):
    """The first row of a list is read where there is none."""

    def all_pages(
        self, operation: str, arguments: Arguments, principal: Principal, endpoint: Endpoint
    ) -> Result | Error:
        outcome = super().all_pages(operation, arguments, principal, endpoint)
        if isinstance(outcome, Result):
            outcome.value[0]
        return outcome
