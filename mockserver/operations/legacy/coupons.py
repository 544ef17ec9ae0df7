"""The old operations on coupons and discounts. Pages: api-bpconsole/zh-cn_topic_0089265275.html,
zh-cn_topic_0091566754.html, zh-cn_topic_0091566775.html; those without one are known from older SDKs.

Of the three v1.0 pages only the request was found: their answers have the members of what replaced them, after the two
words on success that every v1.0 answer begins with.
"""

from mockserver.domain import coupon_book, coupons, customers, discounts
from mockserver.domain.customers import NOT_YOUR_CUSTOMER
from mockserver.operations.call import Body, Call
from mockserver.operations.coupons import showing
from mockserver.operations.coupons.issuing import record, record_filters
from mockserver.operations.partly import error_details
from mockserver.operations.registry import operation
from mockserver.refused import Refused

SUCCESS = {"error_code": "CBC.0000", "error_msg": "Success"}
BY_PARTNERS = 2
# Expired (4) is the last state that the old pages know, unsubscription (5) the last operation.
_OLD_OPERATIONS = coupon_book.OF_COUPONS[:5]


@operation
def legacy_coupons(call: Call) -> Body:
    """The coupons of the customer ``domain_id``, by pages that count from 1; ``bp_id`` counts with scope 2 only.

    Raises: ``CBC.0100`` somebody else's.
    """
    if call["domain_id"] != call.caller_id:
        raise Refused("CBC.0100", f"{call['domain_id']} is not the caller's own account", member="domain_id")
    scope: int | None = call["coupons_scope"]
    filters = {
        "id": call["coupon_id"],
        "order_id": call["order_id"],
        "plan_id": call["promotion_plan_id"],
        "type": call["coupon_type"],
        "status": call["status"],
        "issued": None if scope is None else scope == BY_PARTNERS,
        "source_id": call["bp_id"] if scope == BY_PARTNERS else None,
        "active": (call["active_start_time"], call["active_end_time"]),
    }
    offset = (call["page_no"] - 1) * call["page_size"]
    count, page = coupons.of_holder(call.world, call.caller_id, filters, offset=offset, limit=call["page_size"])
    return SUCCESS | {"count": count, "user_coupons": [showing.held(one, call.world.currency) for one in page]}


@operation
def legacy_issued_partner_coupons(call: Call) -> Body:
    """What the partner issued, all at once: no parameter for pages was found. ``partner_id`` is not checked."""
    filters = {
        "id": call["coupon_id"],
        "holder_id": call["customer_id"],
        "order_id": call["order_id"],
        "type": call["coupon_type"],
        "status": call["status"],
        "created": _both(
            (call["create_start_time"], call["create_end_time"]),
            # A coupon that is issued is active at once.
            (call["active_start_time"], call["active_end_time"]),
        ),
        "effective": (None, None),
        "expires": (None, None),
    }
    count, page = coupons.issued_by(call.world, call.caller_id, filters)
    return SUCCESS | {"total_count": count, "user_coupons": [showing.issued(one) for one in page]}


@operation
def legacy_partner_coupons_records(call: Call) -> Body:
    """What was issued and taken back, of the five kinds that the old page knows. ``partner_id`` is not checked."""
    conditions = record_filters(call, _OLD_OPERATIONS)
    count, page = coupon_book.records(call.world, conditions)
    return SUCCESS | {"total_count": count, "records": [record(one) for one in page]}


@operation
def legacy_intl_order_coupons(call: Call) -> Body:
    """What of the customer's coupons can pay an order."""
    found = coupons.usable_for(call.world, call.caller_id, call["order_id"])
    return {"count": len(found), "user_coupons": [showing.for_order(one) for one in found]}


@operation
def legacy_sub_customer_discounts(call: Call) -> Body:
    """The discount that the partner has set for one of its customers; nothing where it has set none.

    Raises: ``CBC.99000035`` not the partner's customer, ``CBC.99000037`` not the distributor's reseller.
    """
    partner = call.partner
    if not customers.of_partner(call.world, partner, [call["customer_id"]]):
        raise Refused(
            NOT_YOUR_CUSTOMER, f"{call['customer_id']} is no customer of {partner.name}", member="customer_id"
        )
    found = discounts.of_partner(call.world, partner.id, call["customer_id"])
    if found is None:
        return {}
    return {
        "sub_customer_discount": {
            "discount_id": found.id,
            "discount": found.discount,
            "effective_time": found.effective_at,
            "expire_time": found.expires_at,
        }
    }


@operation
def legacy_sub_customer_discounts_set(call: Call) -> Body:
    """Set discounts for the partner's customers; 1 takes one away. Who is not its customer is in ``error_details``.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    partner, asked = call.partner, call["sub_customer_discounts"]
    known = {one.id for one in customers.of_partner(call.world, partner, [one["customer_id"] for one in asked])}
    refused: dict[str, Refused] = {}
    for one in asked:
        customer, effective, expires = one["customer_id"], one.get("effective_time"), one.get("expire_time")
        if customer not in known:
            refused[customer] = Refused(NOT_YOUR_CUSTOMER, f"{customer} is no customer of {partner.name}")
        elif one["discount"] != discounts.NONE and expires <= max(effective, call.world.now):
            refused[customer] = Refused("CBC.0100", f"from {effective} to {expires}: it would never be in effect")
        else:
            discounts.set_for(call.world, partner.id, customer, one["discount"], effective, expires)
    return {"error_details": error_details(call, refused)}


def _both(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> tuple[str | None, str | None]:
    """The interval of what lies in both."""
    since = max(filter(None, (one[0], other[0])), default=None)
    until = min(filter(None, (one[1], other[1])), default=None)
    return since, until
