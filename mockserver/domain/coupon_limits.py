"""What a quota or a coupon may be used for: limits by their documented ``limit_key``, handed down from quota to coupon.

The pages were seen in parts: the keys of the two lists of what is allowed alone are in them, and so is the black list
of services; how the black list of products is called is assumed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mockserver.domain.world import World
from mockserver.refused import Refused

NO_SUCH_PRODUCT, NO_SUCH_SERVICE, BEYOND_THE_QUOTA = "CBC.50000054", "CBC.50000055", "CBC.99000023"
SERVICES, PRODUCTS = "cloudServiceType", "product"
NOT_SERVICES, NOT_PRODUCTS = "serviceTypeBlackList", "productBlackList"
# No source lists every service. Whatever has the documented form may exist.
_SERVICE = re.compile(r"[a-z]+\.service\.type\.[A-Za-z0-9_.-]+")

# {"key": "product", "values": ["00301-1", "00301-2"]}
Limits = Sequence[Mapping[str, Any]]


def handed_down(world: World, limits: Limits, services: Sequence[str], products: Sequence[str]) -> Limits:
    """The limits of a coupon that is issued from a quota with ``limits``, for some services and products only.

    Raises: ``CBC.50000055``, ``CBC.50000054`` there is no such service or product, ``CBC.99000023`` not in the quota.
    """
    for service in services:
        if not _SERVICE.fullmatch(service):
            raise Refused(NO_SUCH_SERVICE, f"{service!r} is no cloud service", member="cloud_service_types")
    for product in set(products) & set(world.rules["unknown_products"]):
        raise Refused(NO_SUCH_PRODUCT, f"{product} (scenario rule unknown_products)", member="product_ids")
    _within(limits, SERVICES, NOT_SERVICES, services, "cloud_service_types")
    _within(limits, PRODUCTS, NOT_PRODUCTS, products, "product_ids")
    own = [
        {"key": key, "values": list(values)} for key, values in ((SERVICES, services), (PRODUCTS, products)) if values
    ]
    replaced = {limit["key"] for limit in own}
    return [*(limit for limit in limits if limit["key"] not in replaced), *own]


def shown_of_quota(limits: Limits) -> list[dict[str, Any]]:
    """As ``limit_infos``: one entry a value."""
    return [
        {"limit_key": limit["key"], "limit_values": [{"value1": value} for value in limit["values"]]}
        for limit in limits
    ]


def shown_of_coupon(coupon_id: str, limits: Limits) -> list[dict[str, Any]]:
    """As ``use_limits``: the values in one text."""
    return [
        {
            "use_limiti_info_id": f"{coupon_id[:28]}{place:04d}",
            "limit_key": limit["key"],
            "value1": ",".join(limit["values"]),
        }
        for place, limit in enumerate(limits)
    ]


def _within(limits: Limits, only: str, never: str, wanted: Sequence[str], member: str) -> None:
    for limit in limits:
        outside: Iterable[str] = ()
        if limit["key"] == only:
            outside = set(wanted) - set(limit["values"])
        elif limit["key"] == never:
            outside = set(wanted) & set(limit["values"])
        if outside:
            words = (
                f"{', '.join(sorted(outside))}: beyond the quota's limit {limit['key']} {', '.join(limit['values'])}"
            )
            raise Refused(BEYOND_THE_QUOTA, words, member=member)
