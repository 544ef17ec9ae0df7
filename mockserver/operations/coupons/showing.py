"""A coupon as each of the pages shows it: three lists with members of their own names."""

from collections.abc import Mapping
from typing import Any

from mockserver.domain import coupon_limits, coupons
from mockserver.domain.coupons import Coupon
from mockserver.operations.call import Body

YUAN = 1
ELECTRONIC, ISSUED_ONLINE, BY_AN_EVENT = 1, 3, 5
# Usable more than once, until nothing is left.
NEW_VERSION = 2
CLOUD_SERVICES = 0
# What the pages on orders call the types.
ORDER_TYPES = {coupons.DISCOUNT: 300, coupons.CASH: 301, coupons.FLEXI_PURCHASE: 302}


def issued(one: Coupon) -> Body:
    """As ``list_issued_partner_coupons`` has it."""
    return _given(
        {
            **_of_all(one),
            **_history(one),
            "effective_time": one.effective_at,
            "promotion_plan_name": _plan(one),
            "promotion_plan_desc": _plan(one),
            "last_used_time": one.last_used_at,
        }
    )


def held(one: Coupon, currency: str) -> Body:
    """As ``list_sub_customer_coupons`` has it."""
    return _given(
        {
            **_of_all(one),
            **_history(one),
            "coupon_code": one.code,
            "valid_time": one.effective_at,
            "plan_name": _plan(one),
            "plan_desc": _plan(one),
            "reserve_time": one.last_used_at,
            "coupon_version": NEW_VERSION,
            "coupon_usage": _plan(one),
            "currency": currency,
            "source_id": one.issuer_id or one.plan_id,
        }
    )


def for_order(one: Coupon) -> Body:
    """As the coupons that an order may use are listed; only a discount coupon says which order occupies it."""
    return _given(
        {
            **_of_all(one),
            "coupon_type": ORDER_TYPES[one.type],
            "coupon_code": one.code,
            "effective_time": one.effective_at,
            "plan_name": _plan(one),
            "plan_desc": _plan(one),
            "last_used_time": one.last_used_at,
            "coupon_version": NEW_VERSION,
            "used_by_order_id": one.lock_order_id if one.type == coupons.DISCOUNT else None,
            "coupon_usage": _plan(one),
        }
    )


def _of_all(one: Coupon) -> Body:
    return {
        "coupon_id": one.id,
        "status": one.status,
        "coupon_type": one.type,
        "measure_id": YUAN,
        "face_value": one.face_value,
        "expire_time": one.expires_at,
        "use_limits": coupon_limits.shown_of_coupon(one.id, one.limits),
        "active_time": one.created_at,
        "create_time": one.created_at,
        "balance": one.balance,
    }


def _history(one: Coupon) -> Body:
    return {
        "customer_id": one.holder_id,
        "order_id": one.order_id,
        "promotion_plan_id": one.plan_id,
        "media_type": ELECTRONIC,
        "fetch_method": ISSUED_ONLINE if one.issuer_id else BY_AN_EVENT,
        "promotion_id": one.plan_id,
        "lock_order_id": one.lock_order_id,
        "is_frozen": "1" if one.frozen else "0",
    }


def _plan(one: Coupon) -> str:
    return "Partner coupon" if one.issuer_id else "Huawei Cloud coupon"


def _given(members: Mapping[str, Any]) -> Body:
    """Without what there is nothing to say of."""
    return {name: value for name, value in members.items() if value is not None}
