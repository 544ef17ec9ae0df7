"""Coupons that a partner issues to its customers. Pages: api-bpconsole/mp_02002.html to mp_02006.html."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement

from mockserver.domain import coupon_book, coupon_issuing, coupons
from mockserver.domain.coupon_book import DONE, FAILED, Record
from mockserver.domain.coupon_issuing import Asked
from mockserver.operations.call import Body, Call
from mockserver.operations.coupons import showing
from mockserver.operations.partly import error_details, served
from mockserver.operations.registry import operation
from mockserver.store.listing import between, equal
from mockserver.store.tables import coupon_records


@operation
def create_partner_coupons(call: Call) -> Body:
    """Give each customer a coupon out of a quota, as far as it reaches.

    Raises: the rows of the page with status 400; those with status 200 are in ``error_details``, by customer.
    """
    asked = Asked(
        quota_id=call["quota_id"],
        customer_ids=call["customer_ids"],
        face_value=call["face_value"],
        effective_at=call["valid_time"],
        expires_at=call["expire_time"],
        services=call["cloud_service_types"] or (),
        products=call["product_ids"] or (),
        remark=call["memo"],
    )
    outcomes = coupon_issuing.issue(call.world, call.partner, call.caller.name, asked)
    infos = [{"id": customer, "coupon_id": coupon} for customer, coupon in served(outcomes).items()]
    return {"error_details": error_details(call, outcomes), "coupon_infos": infos}


@operation
def reclaim_partner_coupons(call: Call) -> Body:
    """Take one coupon back, with all that is left of it.

    Raises: ``CBC.0100`` no such coupon, ``CBC.99000045``, ``CBC.99000048``, ``CBC.99000037``.
    """
    coupon_issuing.reclaim(call.world, call.partner, call.caller.name, call["coupon_id"])
    return {}


@operation
def list_issued_partner_coupons(call: Call) -> Body:
    """What the partner issued to resale customers; limits of times are not included.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    filters = {
        "id": call["coupon_id"],
        "holder_id": call["customer_id"],
        "order_id": call["order_id"],
        "type": call["coupon_type"],
        "status": call["status"],
        "created": (call["create_time_begin"], call["create_time_end"]),
        "effective": (call["effective_time_begin"], call["effective_time_end"]),
        "expires": (call["expire_time_begin"], call["expire_time_end"]),
    }
    count, page = coupons.issued_by(call.world, call.partner.id, filters, offset=call["offset"], limit=call["limit"])
    return {"total_count": count, "user_coupons": [showing.issued(one) for one in page]}


@operation
def list_partner_coupons_record(call: Call) -> Body:
    """What was issued and taken back, for whatever cause, and what failed of it.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    conditions = record_filters(call) + between(
        coupon_records.c.at, call["operation_time_begin"], call["operation_time_end"]
    )
    if call["result"] in (DONE, FAILED):
        conditions.append(coupon_records.c.result == call["result"])
    count, page = coupon_book.records(call.world, conditions, offset=call["offset"], limit=call["limit"])
    return {"total_count": count, "records": [record(one) for one in page]}


def record_filters(call: Call, known: Sequence[str] = coupon_book.OF_COUPONS) -> list[ColumnElement[bool]]:
    """The filters that the old and the new query have, which know operations of their own; an empty list has none."""
    records = coupon_records.c
    kinds: Sequence[str] = known if call["operation_types"] is None else call["operation_types"]
    conditions = [
        records.partner_id == call.partner.id,
        records.operation.in_(kinds),
        *equal(
            (records.quota_id, call["quota_id"]),
            (records.quota_type, call["quota_type"]),
            (records.holder_id, call["customer_id"]),
        ),
    ]
    if call["coupon_ids"] is not None:
        conditions.append(records.coupon_id.in_(call["coupon_ids"]))
    return conditions


def record(one: Record) -> Body:
    """One record of a coupon as listed; one that failed may have no coupon."""
    shown = {
        "id": one.id,
        "operation_type": one.operation,
        "quota_id": one.quota_id,
        "quota_type": one.quota_type,
        "coupon_id": one.coupon_id,
        "customer_id": one.holder_id,
        "operation_amount": one.amount,
        "operation_time": one.at,
        "result": one.result,
        "remark": one.remark,
    }
    return {name: value for name, value in shown.items() if value is not None}
