"""Clients that do not sign what they send. The gateway refuses them for some calls only, and that is what hides it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from contract_tests.clients.adapter import Endpoint
from contract_tests.clients.plain import PlainClient, Request
from contract_tests.mutants.registry import mutant
from mockserver.store.sandboxes import Principal

CHECK = "sends-right/is-signed"
QUERIES = (
    "cn/list_partner_balances",
    "cn/list_sub_customer_coupons",
    "cn/list_customer_orders",
    "cn/list_customerself_resource_records",
    "cn/list_issued_partner_coupons",
)


@mutant(CHECK, *QUERIES)
class SendsAPlusAsItIs(PlainClient):
    """``+`` stands in the query as it is, which is a space there, and is signed as ``%2B``."""

    def query_text(self, request: Request) -> str:
        return super().query_text(request).replace("%2B", "+")


@mutant(CHECK, *QUERIES)
class SignsASpaceAsPlus(PlainClient):
    """A space in the query is signed as ``+``, as forms have it, and not as ``%20``."""

    def signed_query(self, request: Request) -> str:
        return super().signed_query(request).replace("%20", "+")


@mutant(CHECK, *QUERIES)
class SignsATildeEncoded(PlainClient):
    """``~`` in the query is signed as ``%7E``, as an older standard has it."""

    def signed_query(self, request: Request) -> str:
        return super().signed_query(request).replace("~", "%7E")


@mutant(CHECK, *QUERIES)
class SignsAStarAsItIs(PlainClient):
    """``*`` in the query is signed as it is, as Java's ``URLEncoder`` leaves it."""

    def signed_query(self, request: Request) -> str:
        return super().signed_query(request).replace("%2A", "*")


@mutant("sends-right/texts-are-exact", *QUERIES)
class EncodesChineseAsGbk(PlainClient):
    """Chinese in the query is percent-encoded from GBK, not from UTF-8."""

    def query_text(self, request: Request) -> str:
        return "&".join(
            f"{name}={quote(value.encode('gbk', 'replace'), safe='~')}" for name, value in sorted(request.query)
        )

    def signed_query(self, request: Request) -> str:
        return self.query_text(request)


@mutant(CHECK, *QUERIES)
class SignsTheQueryUnencoded(PlainClient):
    """The query is signed as the program has it, not as it travels."""

    def signed_query(self, request: Request) -> str:
        return unquote(super().signed_query(request))


@mutant(CHECK, "cn/list_customer_orders", "cn/list_sub_customer_coupons")
class SignsTheQueryUnsorted(PlainClient):
    """The parameters are signed in the order in which they were given."""

    def signed_query(self, request: Request) -> str:
        return "&".join(f"{name}={quote(value, safe='~')}" for name, value in request.query)


@mutant(CHECK, "cn/show_customer_order_details", "cn/legacy_order_detail")
class SignsThePathUnencoded(PlainClient):
    """The path is signed as the program has it, not as it travels."""

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        return super().signed(replace(request, path=unquote(request.path)), principal, endpoint)


@mutant(CHECK, "cn/update_customer_account_amount")
class SignsAnotherBody(PlainClient):
    """The body is made twice: signed with spaces behind the colons, sent without."""

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        spaced = json.dumps(json.loads(request.body)).encode() if request.body else b""
        return super().signed(replace(request, body=spaced), principal, endpoint)


@mutant(CHECK, "cn/list_sub_customers")
class SignsWithoutTheBody(PlainClient):
    """The hash of an empty body is signed with every request."""

    def signed(self, request: Request, principal: Principal, endpoint: Endpoint) -> Mapping[str, str]:
        return super().signed(replace(request, body=b""), principal, endpoint)


@mutant(CHECK, "cn/list_partner_balances")
class SignsWithLocalTime(PlainClient):
    """The date of the signature is the program's time, 8 hours before UTC, with a Z behind it."""

    def date(self) -> str:
        return f"{datetime.now(UTC) + timedelta(hours=8):%Y%m%dT%H%M%SZ}"
