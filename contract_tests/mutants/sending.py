"""Clients that send something else than they were asked to."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlencode

from contract_tests.clients import wire
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.mutants.registry import mutant
from contract_tests.mutants.values import camel, leaves, lists, objects
from mockserver.contract.operations import Operation

Document = Mapping[str, Any]


class Altering(PlainClient, ABC):
    """Sends a document that is not quite the one it was given."""

    def request(self, operation: Operation, arguments: Document) -> Request:
        return super().request(operation, {**arguments, **self.altered(operation, arguments)})

    @abstractmethod
    def altered(self, operation: Operation, arguments: Document) -> Any:
        """The places of the request that are not what they were."""


class AlteringLeaves(Altering):
    """Writes single values of body and query in a way of its own."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return {place: leaves(value, self.leaf) for place, value in arguments.items() if place in ("query", "body")}

    @abstractmethod
    def leaf(self, value: Any) -> Any:
        """How it writes a single value."""


# What is lost


@mutant("sends-right/nothing-is-lost", "cn/list_sub_customers", "cn/list_customer_orders")
class DropsAnOptionalMember(Altering):
    """An optional parameter (``indirect_partner_id``) was forgotten and is never sent."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        forgotten = "indirect_partner_id"
        return {
            place: {name: item for name, item in value.items() if name != forgotten}
            for place, value in arguments.items()
            if place in ("query", "body")
        }


@mutant("sends-right/nothing-is-lost", "cn/create_partner_coupons", "cn/list_sub_customers", "cn/list_quota_coupons")
class DropsEmptyTexts(Altering):
    """An empty text is left out, also where it means something."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return objects(arguments, lambda value: {name: item for name, item in value.items() if item != ""})


@mutant(
    "sends-right/nothing-is-lost", "cn/list_sub_customers", "cn/list_renew_rate_on_period", "cn/create_sub_customer"
)
class DropsZeroAndFalse(Altering):
    """A member is sent ``if value``: 0 and false are left out."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return objects(
            arguments,
            lambda value: {name: item for name, item in value.items() if item not in (0, False) or item in ("", None)},
        )


@mutant(
    "sends-right/nothing-is-lost",
    "cn/list_service_types",
    "cn/list_costs",
    "cn/list_conversions",
    "cn/list_measure_units",
)
class DropsHeaders(Altering):
    """``X-Language`` is not sent."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return {"headers": {}}


@mutant(
    "sends-right/nothing-is-lost",
    "cn/create_partner_coupons",
    "cn/reclaim_coupon_quotas",
    "cn/list_partner_coupons_record",
)
class SendsOneElement(Altering):
    """Of a list only the first element is sent."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return lists(arguments, lambda items: items[:1])


@mutant("sends-right/nothing-is-lost", "cn/list_customer_orders", "cn/list_partner_balances")
class SendsTheQueryAsBody(PlainClient):
    """The parameters of a GET are sent as a JSON body instead of a query."""

    def request(self, operation: Operation, arguments: Document) -> Request:
        asked = dict(arguments)
        if operation.method == "GET" and "query" in asked:
            asked["body"] = asked.pop("query")
        return super().request(operation, asked)


@mutant("sends-right/nothing-is-lost", "cn/update_customer_account_amount")
class SendsAForm(PlainClient):
    """The body is sent as a form, not as JSON."""

    def body(self, operation: Operation, arguments: Document) -> bytes:
        return urlencode(arguments.get("body", {})).encode()


# What is added


@mutant("sends-right/nothing-is-added", "cn/list_sub_customers")
class SendsEmptyTexts(Altering):
    """Every text that was not given is sent as ``""``, which some operations refuse and others look for."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        members = operation.place("body").get("properties", {})
        empty = {name: "" for name, member in members.items() if member.get("type") == "string"}
        return {"body": empty | arguments["body"]} if "body" in arguments else {}


@mutant("sends-right/nothing-is-added", "cn/list_customer_orders", "cn/list_sub_customers")
class AddsALimit(Altering):
    """A limit of its own is sent where none was given."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        places = [place for place in ("query", "body") if "limit" in operation.place(place).get("properties", {})]
        return {place: {"limit": 50} | arguments.get(place, {}) for place in places}


@mutant("sends-right/nothing-is-added", "cn/update_customer_account_amount", "cn/list_sub_customers")
class SendsCamelCase(Altering):
    """Members are sent under the names of the program: ``customerId`` for ``customer_id``."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return {
            "body": objects(
                arguments.get("body", {}), lambda value: {camel(name): item for name, item in value.items()}
            )
        }


@mutant("sends-right/nothing-is-added", "cn/list_partner_coupons_record")
class NumbersTheElements(PlainClient):
    """A list in the query is sent as ``coupon_ids[0]=a`` instead of its name again and again."""

    def request(self, operation: Operation, arguments: Document) -> Request:
        numbered = {
            f"{name}[{place}]" if isinstance(value, list) else name: one
            for name, value in arguments.get("query", {}).items()
            for place, one in enumerate(value if isinstance(value, list) else [value])
        }
        return super().request(operation, {**arguments, "query": numbered})


# What is of another type


@mutant("sends-right/types-are-kept", "cn/create_sub_customer", "cn/list_renew_rate_on_period")
class SendsBooleansAsTexts(AlteringLeaves):
    """true is sent as ``"true"``."""

    def leaf(self, value: Any) -> Any:
        return str(value).lower() if isinstance(value, bool) else value


@mutant("sends-right/types-are-kept", "cn/update_customer_account_amount", "cn/list_sub_customers")
class SendsNumbersAsTexts(AlteringLeaves):
    """A number is sent in quotes."""

    def leaf(self, value: Any) -> Any:
        return wire.text(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else value


@mutant("sends-right/types-are-kept", "cn/list_sub_customers")
class SendsNullAsText(AlteringLeaves):
    """null is sent as the text ``"null"``."""

    def leaf(self, value: Any) -> Any:
        return "null" if value is None else value


# What is not exact


@mutant(
    "sends-right/amounts-are-exact",
    "cn/update_customer_account_amount",
    "cn/reclaim_indirect_partner_account",
    "cn/reclaim_to_partner_account",
    "cn/update_indirect_partner_account",
)
class SendsAmountsAsFloats(AlteringLeaves):
    """An amount goes through a binary fraction on its way into cents: 0.29 becomes 0.28."""

    def leaf(self, value: Any) -> Any:
        return Decimal(int(float(value) * 100)) / 100 if isinstance(value, Decimal) else value


@mutant("sends-right/amounts-are-exact", "cn/update_customer_account_amount", "cn/reclaim_indirect_partner_account")
class RoundsAmounts(AlteringLeaves):
    """An amount is rounded to one decimal."""

    def leaf(self, value: Any) -> Any:
        return round(value, 1) if isinstance(value, Decimal) else value


@mutant("sends-right/texts-are-exact", "cn/list_customer_orders", "cn/list_sub_customers")
class SendsLocalTime(AlteringLeaves):
    """A time of the program, 8 hours before UTC, is sent with a Z behind it."""

    def leaf(self, value: Any) -> Any:
        try:
            moment = datetime.fromisoformat(value)
            return f"{moment + timedelta(hours=8):%Y-%m-%dT%H:%M:%SZ}"
        except (TypeError, ValueError, OverflowError):
            return value


@mutant("sends-right/texts-are-exact", "cn/list_sub_customers", "cn/create_partner_coupons")
class SendsLatin1(AlteringLeaves):
    """A text is sent in an encoding without Chinese; what it does not have becomes a question mark."""

    def leaf(self, value: Any) -> Any:
        return value.encode("latin-1", "replace").decode("latin-1") if isinstance(value, str) else value


@mutant("sends-right/texts-are-exact", "cn/create_partner_coupons", "cn/list_sub_customers")
class TrimsTexts(AlteringLeaves):
    """Spaces around a text are taken away."""

    def leaf(self, value: Any) -> Any:
        return value.strip() if isinstance(value, str) else value


@mutant("sends-right/texts-are-exact", "cn/list_partner_balances", "cn/list_customer_orders")
class EncodesTwice(PlainClient):
    """A parameter is percent-encoded before it is handed to what encodes it."""

    def request(self, operation: Operation, arguments: Document) -> Request:
        request = super().request(operation, arguments)
        encoded = [(name, quote(value, safe="~")) for name, value in request.query]
        return replace(request, query=encoded)


@mutant("sends-right/order-is-kept", "cn/create_partner_coupons", "cn/reclaim_coupon_quotas")
class SortsLists(Altering):
    """The elements of a list are sorted before they are sent."""

    def altered(self, operation: Operation, arguments: Document) -> Any:
        return {"body": lists(arguments.get("body", {}), lambda items: sorted(items, key=json.dumps))}


# What does not arrive as what it is


@mutant("sends-right/arrives", "cn/change_enterprise_realname_authentication", "cn/cancel_customer_order")
class PostsInsteadOfPut(PlainClient):
    """Everything that has a body is sent as POST."""

    def operation(self, endpoint: Any, name: str) -> Operation:
        found = super().operation(endpoint, name)
        return replace(found, method="POST") if found.method == "PUT" else found


@mutant("sends-right/arrives", "cn/update_customer_account_amount")
class SendsTwice(PlainClient):
    """A call is sent a second time, as by a double click."""

    def send(self, request: Request, principal: Any, endpoint: Any) -> Any:
        super().send(request, principal, endpoint)
        return super().send(request, principal, endpoint)
