"""What is paid less. Pages: api-oce/api_order_00025.html, api-bpconsole/zh-cn_topic_0000001163166566.html; what
``list_business_discount_info`` does is known from the SDK alone.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from mockserver.domain import customers, discount_tables, discounts
from mockserver.domain.customers import RESALE
from mockserver.domain.discounts import Agreement
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation

YUAN = 1
_COMMERCIAL, _OF_PARTNER = 2, 3
_ORDINARY, _TIERS = 0, 1
_DISCOUNTED, _FIXED_PRICE = 0, 1


@operation
def list_order_discounts(call: Call) -> Body:
    """The discounts of the customer; on the international site a resale customer has none.

    There are no orders yet: the order is taken to be one of the customer's, and its items are not listed.
    """
    customer, world = call.caller.id, call.world
    if call.site == "intl" and customers.association_of(world, customer) == RESALE:
        return {"discounts": []}
    agreement = discounts.agreement_of(world, customer)
    found = [(_COMMERCIAL, agreement.id, agreement.discount)] if agreement else []
    found += [(_OF_PARTNER, one.id, one.discount) for one in discounts.granted_to(world, customer)]
    return {
        "discounts": [
            {
                "discount_id": ident,
                "discount_value": str(discount),
                "discount_type": kind,
                "orders": [{"order_id": call["order_id"], "order_line_items": []}],
            }
            for kind, ident, discount in found
        ]
    }


@operation
def list_incentive_discount_policies(call: Call) -> Body:
    """The policy of each service as of the last second of the month asked for."""
    found = discount_tables.policies(call["time"], call.language, call["service_type_code"])
    page = found[call["offset"] : call["offset"] + call["limit"]]
    return {
        "total_count": len(found),
        "policies": [
            {
                "service_type_code": one.service,
                "service_type_name": one.name,
                "incentive_policy": one.incentive_policy,
                "allow_discount": one.allow_discount,
            }
            for one in page
        ],
    }


@operation
def list_business_discount_info(call: Call) -> Body:
    """The caller's framework agreement that is in effect, with its items of the kind asked for."""
    tables, language = discount_tables.tables(), call.language
    answer: Body = {"total_count": 0, "product_quoting_items": [], "category_quoting_items": []}
    answer |= {"category_quoting_item_steps": [], "sites": [_site(tables, row, language) for row in tables["sites"]]}
    agreement = discounts.agreement_of(call.world, call.caller.id)
    if agreement is None:
        return answer
    products = call["quoting_item_type"] == "PRODUCT_ITEM"
    found = [row for row in tables["products" if products else "categories"] if _asked(call, row)]
    page = found[call["offset"] : call["offset"] + call["limit"]]
    answer |= {
        "total_count": len(found),
        "commerce_id": agreement.id,
        "commerce_code": agreement.code,
        **_time(agreement),
    }
    if products:
        return answer | {"product_quoting_items": [_product(tables, row, agreement, language) for row in page]}
    return answer | {
        "category_quoting_items": [_category(tables, row, agreement, language) for row in page],
        "category_quoting_item_steps": [_category_step(tables, row, agreement) for row in tables["category_steps"]],
        "accumulation_cycle_type": tables["accumulation"],
    }


def _asked(call: Call, row: Mapping[str, Any]) -> bool:
    """In any case of letters; a list that is empty is no filter."""
    services = {one.lower() for one in call["cloud_service_types"] or ()}
    modes = {one.lower() for one in call["charging_modes"] or ()}
    site: str | None = call["site_code"]
    return (
        (not services or row["service"].lower() in services)
        and (not modes or row["mode"].lower() in modes)
        and (site is None or site.lower() == _site_code().lower())
    )


def _site_code() -> str:
    code: str = discount_tables.tables()["sites"][0]["code"]
    return code


def _product(tables: Mapping[str, Any], row: Mapping[str, Any], agreement: Agreement, language: str) -> Body:
    steps = row.get("steps", ())
    return {
        "item_id": row["id"],
        "product_id": row["product"],
        "product_spec_name": row["spec"][language],
        "cloud_service_type": row["service"],
        "cloud_service_type_name": discount_tables.service_name(row["service"], language),
        "site_code": _site_code(),
        "related_regions": _regions(tables, row["regions"], language),
        "charging_mode": row["mode"],
        "preferential_category": _TIERS if steps else _ORDINARY,
        "pricing_basis": row["basis"][language],
        **_preference(row, agreement),
        **_time(agreement),
        "product_quoting_item_steps": [
            {
                "step_id": step["id"],
                "step_no": str(number),
                "step_start": step["start"],
                "start_measure_id": step["unit"],
                "step_end": step["end"],
                "end_measure_id": step["unit"],
                "pricing_basis": row["basis"][language],
                **_preference(step, agreement),
            }
            for number, step in enumerate(steps, 1)
        ],
    }


def _category(tables: Mapping[str, Any], row: Mapping[str, Any], agreement: Agreement, language: str) -> Body:
    name = tables["resources"][row["resource"]][language]
    return {
        "item_id": row["id"],
        "cloud_service_type": row["service"],
        "cloud_service_type_name": discount_tables.service_name(row["service"], language),
        "commercial_resource_type": row["resource"],
        "resource_type_code": row["resource"],
        "resource_type_name": name,
        "site_code": _site_code(),
        "step_no": row["step"],
        "charging_mode": row["mode"],
        "discount_ratio": agreement.discount,
        **_time(agreement),
    }


def _category_step(tables: Mapping[str, Any], row: Mapping[str, Any], agreement: Agreement) -> Body:
    return {
        "step_id": row["id"],
        "step_no": row["number"],
        "step_start": row["start"],
        "start_measure_id": YUAN,
        "step_end": row["end"],
        "end_measure_id": YUAN,
        "site_code": _site_code(),
        **_time(agreement),
    }


def _preference(row: Mapping[str, Any], agreement: Agreement) -> Body:
    """Either a fixed price or a discount."""
    if "price" in row:
        return {"preferential_type": _FIXED_PRICE, "sales_price": Decimal(row["price"])}
    discount = Decimal(row["discount"]) if "discount" in row else agreement.discount
    return {"preferential_type": _DISCOUNTED, "discount_ratio": discount}


def _time(agreement: Agreement) -> Body:
    return {"effective_time": agreement.effective_at, "expire_time": agreement.expires_at}


def _site(tables: Mapping[str, Any], row: Mapping[str, Any], language: str) -> Body:
    regions = _regions(tables, row["regions"], language)
    return {"site_code": row["code"], "site_name": row[language], "regions": regions}


def _regions(tables: Mapping[str, Any], codes: Sequence[str], language: str) -> list[Body]:
    return [{"region_code": code, "region_name": tables["regions"][code][language]} for code in codes]
