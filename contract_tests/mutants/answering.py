"""Clients that return something else than the server sent."""

import json
from abc import ABC, abstractmethod
from decimal import Decimal
from typing import Any

import requests

from contract_tests.clients.adapter import Error, Result
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.mutants.registry import mutant
from contract_tests.mutants.values import camel, leaves, lists, objects
from mockserver.contract.operations import Operation

BALANCES = ("cn/list_partner_balances", "cn/list_customers_balances_detail")
CUSTOMERS = (
    "cn/list_sub_customers",
    "cn/list_customer_orders",
    "cn/list_stored_value_cards",
    "intl/list_sub_customers",
)
ORDERS = ("cn/list_customer_orders", "cn/list_sub_customer_coupons", "cn/list_renew_rate_on_period")
LONGEST_TEXT = 16


class Returning(PlainClient, ABC):
    """Returns a value that is not quite the one that came."""

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        if isinstance(outcome, Error) or outcome.value is None:
            return outcome
        return Result(self.returned(request.operation, outcome.value), outcome.status)

    @abstractmethod
    def returned(self, operation: Operation, value: Any) -> Any:
        """What it makes of the answer."""


class ReturningLeaves(Returning):
    """Returns single values in a way of its own."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return leaves(value, self.leaf)

    @abstractmethod
    def leaf(self, value: Any) -> Any:
        """How it returns a single value."""


# What is lost


@mutant("understands-right/nothing-is-lost", *CUSTOMERS)
class ReturnsCamelCase(Returning):
    """Members are returned under other names than the documented ones."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return objects(value, lambda one: {camel(name): item for name, item in one.items()})


@mutant("understands-right/nothing-is-lost", *BALANCES)
class ReturnsOneEntry(Returning):
    """Of a list only the first entry is returned."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return lists(value, lambda items: items[:1])


@mutant("understands-right/nothing-is-lost", *BALANCES, *ORDERS)
class LosesZeros(Returning):
    """A member is returned ``if value``: a balance of 0 is not."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return objects(value, lambda one: {name: item for name, item in one.items() if item != 0})


@mutant("understands-right/nothing-is-lost", *BALANCES)
class HasNoPlaceForAMember(Returning):
    """The model of the answer lacks a documented member (``designated_amount``)."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return objects(value, lambda one: {name: item for name, item in one.items() if name != "designated_amount"})


# What is made up


@mutant("understands-right/nothing-is-made-up", *BALANCES)
class ReturnsZeroForNothing(Returning):
    """An amount that was not sent is returned as 0."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return objects(value, lambda one: one if "account_balances" in one else {"amount": 0, "credit_amount": 0} | one)


@mutant("understands-right/nothing-is-made-up", *BALANCES)
class ReturnsAnEmptyListForNothing(Returning):
    """A list that was not sent is returned empty."""

    def returned(self, operation: Operation, value: Any) -> Any:
        members = operation.response["properties"]
        return {name: [] for name, member in members.items() if member.get("type") == "array"} | value


# What is of another type


@mutant("understands-right/types-are-kept", *BALANCES)
class ReturnsNumbersAsTexts(ReturningLeaves):
    """An amount is returned as a text."""

    def leaf(self, value: Any) -> Any:
        return f"{value:f}" if isinstance(value, Decimal) else value


@mutant("understands-right/types-are-kept", *CUSTOMERS)
class ReturnsDigitsAsNumbers(ReturningLeaves):
    """A text of digits, such as an ID, is returned as a number."""

    def leaf(self, value: Any) -> Any:
        return int(value) if isinstance(value, str) and value.isdecimal() else value


@mutant("understands-right/types-are-kept", "cn/list_customer_orders", "cn/legacy_order_detail")
class ReturnsBooleansAsNumbers(ReturningLeaves):
    """true is returned as 1."""

    def leaf(self, value: Any) -> Any:
        return int(value) if isinstance(value, bool) else value


# What is not exact


@mutant("understands-right/numbers-are-exact", *BALANCES)
class ReadsAmountsAsFloats(ReturningLeaves):
    """An amount is read as a binary fraction."""

    def leaf(self, value: Any) -> Any:
        return float(value) if isinstance(value, Decimal) else value


@mutant("understands-right/numbers-are-exact", *BALANCES)
class RoundsToCents(ReturningLeaves):
    """An amount is rounded to two decimals; bills have eight."""

    def leaf(self, value: Any) -> Any:
        return round(value, 2) if isinstance(value, Decimal) else value


@mutant("understands-right/numbers-are-exact", *CUSTOMERS)
class ReadsWholeNumbersAsDoubles(ReturningLeaves):
    """Whole numbers of 64 bits are read as doubles, which end at 53."""

    def leaf(self, value: Any) -> Any:
        return int(float(value)) if isinstance(value, int) and not isinstance(value, bool) else value


@mutant("understands-right/numbers-are-exact", *CUSTOMERS)
class CutsTo32Bits(ReturningLeaves):
    """Whole numbers are read as 32 bits; what is longer is cut."""

    def leaf(self, value: Any) -> Any:
        whole = isinstance(value, int) and not isinstance(value, bool)
        return (value + 2**31) % 2**32 - 2**31 if whole else value


@mutant("understands-right/texts-are-exact", *CUSTOMERS)
class ReadsIdsAsDoubles(ReturningLeaves):
    """An ID of digits goes through a double, as in JavaScript: the last digits of a long one are others."""

    def leaf(self, value: Any) -> Any:
        return f"{float(value):.0f}" if isinstance(value, str) and value.isdecimal() else value


@mutant("understands-right/texts-are-exact", *CUSTOMERS)
class ReadsLatin1(PlainClient):
    """The body is read as Latin-1, not as UTF-8."""

    def value(self, response: requests.Response) -> Any:
        return json.loads(response.content.decode("latin-1"), parse_float=Decimal) if response.content else None


@mutant("understands-right/texts-are-exact", *CUSTOMERS)
class CutsTexts(ReturningLeaves):
    """A text is cut to the length of a column in the program's own database."""

    def leaf(self, value: Any) -> Any:
        return value[:LONGEST_TEXT] if isinstance(value, str) else value


@mutant("understands-right/texts-are-exact", *CUSTOMERS)
class ReturnsUnknownValuesAsOther(Returning):
    """A value that the documentation does not list is returned as ``OTHER``."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return _listed(operation.response, value)


def _listed(schema: Any, value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _listed(schema.get("properties", {}).get(name, {}), item) for name, item in value.items()}
    if isinstance(value, list):
        return [_listed(schema.get("items", {}), item) for item in value]
    return value if not isinstance(value, str) or value in schema.get("enum", [value]) else "OTHER"


@mutant("understands-right/order-is-kept", *BALANCES)
class SortsEntries(Returning):
    """The entries of a list are returned in another order."""

    def returned(self, operation: Operation, value: Any) -> Any:
        return lists(value, lambda items: sorted(items, key=repr))


# What is good and breaks the client all the same


@mutant("understands-right/success-is-returned", *BALANCES)
class NeedsEveryMember(Returning):
    """A member that may be missing is read as if it were always there."""

    def returned(self, operation: Operation, value: Any) -> Any:
        for one in value["account_balances"]:
            one["amount"] = +one["amount"]
        return value


@mutant("understands-right/success-is-returned", *CUSTOMERS)
class RefusesNewMembers(Returning):
    """An answer with a member that the documentation does not have is an exception."""

    def returned(self, operation: Operation, value: Any) -> Any:
        if new := set(value) - set(operation.response["properties"]):
            raise TypeError(f"unexpected members {new}")
        return value


@mutant("understands-right/success-is-returned", *CUSTOMERS)
class RefusesNewValues(Returning):
    """A value that the documentation does not list is an exception."""

    def returned(self, operation: Operation, value: Any) -> Any:
        if _listed(operation.response, value) != value:
            raise ValueError("not in the enumeration")
        return value


@mutant("understands-right/success-is-returned", "cn/check_user_identity", "cn/legacy_adjust_amount")
class TakesSuccessForAnError(PlainClient):
    """An ``error_code`` is an error, also the one that says that all went well (``CBC.0000``)."""

    def read(self, request: Request, response: requests.Response) -> Result | Error:
        outcome = super().read(request, response)
        told = outcome.value if isinstance(outcome, Result) and isinstance(outcome.value, dict) else {}
        return Error("refused", response.status_code, told["error_code"]) if "error_code" in told else outcome


@mutant("understands-right/success-is-returned", "cn/reclaim_partner_coupons", "cn/pay_orders")
class ReadsABodyOutOf204(PlainClient):
    """An answer without a body, as its status 204 says, is read as JSON."""

    def value(self, response: requests.Response) -> Any:
        return json.loads(response.content, parse_float=Decimal)
