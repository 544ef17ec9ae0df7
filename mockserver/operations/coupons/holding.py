"""What a customer or a partner has: coupons, cards, what became of them. Pages: api-bpconsole/mp_02001.html,
api_order_00015.html, api-oce/mp_02007.html, mac_00002.html.
"""

from collections import Counter
from collections.abc import Mapping

from mockserver.domain import accounts, cards, coupon_book, coupons, funding, periods
from mockserver.domain.coupon_book import DONE, Record
from mockserver.operations.call import Body, Call
from mockserver.operations.coupons import showing
from mockserver.operations.registry import operation
from mockserver.store.listing import equal
from mockserver.store.tables import coupon_records

_REVENUE, _EXPENSE = "REVENUE", "EXPENSE"
# By the book's operation: income or not, the type and the detailed type as documented, spelt as there.
_TRADES: Mapping[str, tuple[str, str, str]] = {
    coupon_book.GRANT: (_REVENUE, "ADJUST", "SOURCE_OPERAIION_PRIZE"),
    coupon_book.ISSUE: (_REVENUE, "ADJUST", "SOURCE_OPERAIION_PRIZE"),
    coupon_book.USE: (_EXPENSE, "DEDEUCT", "SOURCE_OPERAIION_DEDEUCT"),
    coupon_book.EXPIRED: (_EXPENSE, "EXPIRED", "SOURCE_OPERAIION_EXPIRECLEAR"),
    **{
        cause: (_EXPENSE, "COUPONCANCEL", "SOURCE_OPERATION_COUPONCANCEL")
        for cause in coupon_book.OF_COUPONS
        if cause not in (coupon_book.ISSUE, coupon_book.EXPIRED)
    },
}
# How many an order may use at once: of discount coupons one, of the others what there is (assumed).
_ONE_AT_ONCE = (coupons.DISCOUNT,)


@operation
def list_sub_customer_coupons(call: Call) -> Body:
    """The caller's own coupons, or with ``indirect_partner_id`` those that a distributor's reseller has.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    filters = {
        "id": call["coupon_id"],
        "order_id": call["order_id"],
        "plan_id": call["promotion_plan_id"],
        "type": call["coupon_type"],
        "status": call["status"],
        "source_id": call["source_id"],
        "active": (call["active_start_time"], call["active_end_time"]),
    }
    count, page = coupons.of_holder(call.world, call.partner.id, filters, offset=call["offset"], limit=call["limit"])
    return {"count": count, "user_coupons": [showing.held(one, call.world.currency) for one in page]}


@operation
def list_stored_value_cards(call: Call) -> Body:
    """The customer's cards in one state."""
    count, page = cards.of_holder(
        call.world, call.caller.id, call["status"], call["card_id"], offset=call["offset"], limit=call["limit"]
    )
    shown = [
        {
            "card_id": one.id,
            "card_name": one.name,
            "status": one.status,
            "face_value": str(one.face_value),
            "balance": str(one.balance),
            "effective_time": one.effective_at,
            "expire_time": one.expires_at,
        }
        for one in page
    ]
    return {"total_count": count, "stored_value_cards": shown}


@operation
def list_order_coupons_by_order_id(call: Call) -> Body:
    """What of the customer's coupons can pay an order, and how many of each kind at once.

    Whether the coupons' limits allow what is ordered is not asked: there are no orders yet.
    """
    found = coupons.usable_for(call.world, call.caller.id, call["order_id"])
    numbers = Counter(one.type for one in found)
    return {
        "count": len(found),
        "user_coupons": [showing.for_order(one) | {"coupon_group": showing.CLOUD_SERVICES} for one in found],
        "coupon_max_use_quantity": [
            {
                "coupon_type": showing.ORDER_TYPES[kind],
                "coupon_group": showing.CLOUD_SERVICES,
                "use_quantity_value": 1 if kind in _ONE_AT_ONCE else number,
            }
            for kind, number in sorted(numbers.items())
        ],
    }


@operation
def list_customer_coupon_change_records(call: Call) -> Body:
    """What came into the customer's coupons and left them, by days of UTC+8.

    The page is not for customers whose use their partner pays (转售), and has no code for them; the account's records
    have one.
    Raises: ``CBC.99000084`` its partner pays for it, ``CBC.0100`` more than a year.
    """
    funding.has_statement(call.world, call.caller_id)
    since, until = periods.within_a_year(call.world.now, call["trade_time_begin"], call["trade_time_end"])
    records = coupon_records.c
    kinds = [
        kind
        for kind, (direction, trade, _) in _TRADES.items()
        if call["revenue_expense_type"] in (None, direction) and call["trade_type"] in (None, trade)
    ]
    conditions = [
        records.holder_id == call.caller.id,
        records.coupon_id.is_not(None),
        records.result == DONE,
        records.operation.in_(kinds),
        records.at >= since,
        records.at <= until,
        *equal((records.coupon_id, call["coupon_id"])),
    ]
    if call["trade_id"] is not None:
        conditions.append((records.order_id == call["trade_id"]) | (records.id == call["trade_id"]))
    count, page = coupon_book.records(call.world, conditions, offset=call["offset"], limit=call["limit"])
    return {
        "total_count": count,
        "currency": call.world.currency,
        "records": [_change(call, one) for one in page],
    }


def _change(call: Call, one: Record) -> Body:
    direction, _, detail = _TRADES[one.operation]
    account = accounts.get(call.world, call.caller_id)
    return {
        "coupon_id": one.coupon_id,
        "trade_detail_type": detail,
        "trade_time": one.at,
        "trade_id": one.order_id or one.id,
        "change_amount": str(one.amount),
        "balance_after_change": str(one.coupon_balance),
        "revenue_expense_type": direction,
        "bill_cycle": periods.month(one.at),
        "account_name": account.name if account else "",
    }
