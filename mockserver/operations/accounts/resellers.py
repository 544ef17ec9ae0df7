"""A distributor's resellers. Page: api-bpconsole/espp_00003.html."""

from mockserver.domain import accounts
from mockserver.domain.accounts import Reseller
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation


@operation
def list_indirect_partners(call: Call) -> Body:
    """The caller's resellers, the oldest association first; ``offset`` counts records."""
    filters = {
        "name": call["account_name"],
        "since": call["associated_on_begin"],
        "until": call["associated_on_end"],
        "id": call["indirect_partner_id"],
    }
    count, found = accounts.resellers(call.world, call.caller, filters, offset=call["offset"], limit=call["limit"])
    return {"count": count, "indirect_partners": [_info(one) for one in found]}


def _info(one: Reseller) -> Body:
    info: Body = {
        "indirect_partner_id": one.id,
        "account_name": one.name,
        "name": one.real_name or one.name,
        "associated_on": one.associated_on,
    }
    told = (("mobile_phone", one.mobile), ("email", one.email))
    return info | {name: value for name, value in told if value is not None}
