"""Coupon quotas of partners and their resellers. Pages: api-bpconsole/espp_00002.html, espp_00005.html to
espp_00007.html, zh-cn_topic_0091566753.html.
"""

from decimal import Decimal

from mockserver.domain import accounts, coupon_book, coupon_limits, coupon_quotas
from mockserver.domain.coupon_book import Record
from mockserver.domain.coupon_quotas import Quota
from mockserver.operations.call import Body, Call
from mockserver.operations.partly import error_details, served
from mockserver.operations.registry import operation
from mockserver.store.listing import between, equal
from mockserver.store.tables import coupon_records

YUAN = 1
_OPERATIONS = (coupon_book.PASS_ON, coupon_book.TAKE_BACK)


@operation
def update_coupon_quotas(call: Call) -> Body:
    """Give each reseller a new quota out of the distributor's; a reseller that is leaving gets none.

    Raises: ``CBC.0150`` no quota of its own, ``CBC.99000037``, ``CBC.99000015``, ``CBC.99000017``, ``CBC.50000045``,
    ``CBC.99000013``, ``CBC.50000021``.
    """
    amount = Decimal(call["quota_amount"])
    outcomes = coupon_quotas.pass_on(call.world, call.caller, call["quota_id"], call["indirect_partner_ids"], amount)
    return {
        "error_details": error_details(call, outcomes),
        "simple_quota_infos": [{"id": ident, "quota_id": quota} for ident, quota in served(outcomes).items()],
    }


@operation
def reclaim_coupon_quotas(call: Call) -> Body:
    """Take resellers' quotas back, each with what is left of it.

    Raises: ``CBC.99000012`` when none of them can be taken back; for some of them it is in ``error_details``.
    """
    outcomes = coupon_quotas.take_back(call.world, call.caller, call["quota_ids"], call["remark"])
    infos = [{"quota_id": ident, "quota_balance": balance} for ident, balance in served(outcomes).items()]
    return {"error_details": error_details(call, outcomes), "simple_quota_infos": infos}


@operation
def list_quota_coupons(call: Call) -> Body:
    """The partner's quotas, or those of the reseller that a distributor names; limits of times are not included.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    filters = {
        "type": call["quota_type"],
        "ids": call["quota_ids"],
        "statuses": call["quota_status_list"],
        "created": (call["create_time_begin"], call["create_time_end"]),
        "effective": (call["effective_time_begin"], call["effective_time_end"]),
        "expires": (call["expire_time_begin"], call["expire_time_end"]),
    }
    count, page = coupon_quotas.held(call.world, call.partner, filters, offset=call["offset"], limit=call["limit"])
    return {"total_count": count, "quotas": [_quota(call, one) for one in page]}


@operation
def list_issued_coupon_quotas(call: Call) -> Body:
    """The quotas that the distributor gave to its resellers, those that it took back included."""
    filters = {
        "id": call["quota_id"],
        "owner_id": call["indirect_partner_id"],
        "parent_id": call["parent_quota_id"],
    }
    count, page = coupon_quotas.given(call.world, call.caller, filters, offset=call["offset"], limit=call["limit"])
    return {"total_count": count, "quotas": [_given_quota(call, one) for one in page]}


@operation
def list_coupon_quotas_records(call: Call) -> Body:
    """What the distributor gave to its resellers and took back, and what failed of it."""
    kind: str | None = call["operation_type"]
    records = coupon_records.c
    conditions = [
        records.partner_id == call.caller.id,
        records.operation.in_([kind] if kind in _OPERATIONS else _OPERATIONS),
        *equal(
            (records.holder_id, call["indirect_partner_id"]),
            (records.quota_id, call["quota_id"]),
            (records.parent_quota_id, call["parent_quota_id"]),
        ),
        *between(records.at, call["operation_time_begin"], call["operation_time_end"]),
    ]
    count, page = coupon_book.records(call.world, conditions, offset=call["offset"], limit=call["limit"])
    return {"total_count": count, "records": [_record(call, one) for one in page]}


def _quota(call: Call, one: Quota) -> Body:
    return {
        "quota_id": one.id,
        "quota_type": one.type,
        "create_time": one.created_at,
        "last_update_time": one.updated_at,
        "quota_value": one.value,
        "quota_status": one.status,
        "balance": one.balance,
        "measure_id": YUAN,
        "currency": call.world.currency,
        "effective_time": one.effective_at,
        "expire_time": one.expires_at,
        "limit_infos": coupon_limits.shown_of_quota(one.limits),
    }


def _given_quota(call: Call, one: Quota) -> Body:
    return {**_quota(call, one), **_reseller(call, one.owner_id), "parent_quota_id": one.parent_id}


def _record(call: Call, one: Record) -> Body:
    shown = {
        "id": one.id,
        "operator": one.operator,
        "operation_type": one.operation,
        "quota_id": one.quota_id,
        "parent_quota_id": one.parent_quota_id,
        "amount": one.amount,
        "operation_time": one.at,
        "result": one.result,
        "remark": one.remark,
    }
    return {name: value for name, value in shown.items() if value is not None} | _reseller(call, one.holder_id or "")


def _reseller(call: Call, ident: str) -> Body:
    """No page tells a company name of a reseller: it is called as its account is."""
    found = accounts.get(call.world, ident)
    name = found.name if found else ""
    return {
        "indirect_partner_id": ident,
        "indirect_partner_account_name": name,
        "indirect_partner_name": name,
    }
