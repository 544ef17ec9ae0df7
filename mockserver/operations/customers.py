"""A partner's customers. Pages: api-bpconsole/mc_00016.html, mc_00021.html, mc_00023.html, mc_00024.html."""

from collections.abc import Mapping

from mockserver.domain import accounts, customers, registration, verification
from mockserver.domain.customers import REFERRAL, RESALE, Listed
from mockserver.domain.registration import Registration
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation

# How each site writes the two ways in which a customer belongs to a partner.
_ASSOCIATION = {"cn": {"1": REFERRAL, "2": RESALE}, "intl": {"1": REFERRAL, "3": RESALE}}
_WRITTEN = {site: {name: code for code, name in codes.items()} for site, codes in _ASSOCIATION.items()}


@operation
def list_sub_customers(call: Call) -> Body:
    """The partner's associated customers, oldest registration first; ``offset`` counts records.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    filters = {
        "account_name": call["account_name"],
        "real_name": call["customer"],
        "label": call["label"],
        "association": _ASSOCIATION[call.site].get(call["association_type"]),
        "associated_from": call["associated_on_begin"],
        "associated_to": call["associated_on_end"],
        "customer_id": call["customer_id"],
    }
    count, page = customers.find(call.world, call.partner, filters, offset=call["offset"], limit=call["limit"])
    written = _WRITTEN[call.site]
    return {"customer_infos": [_customer_info(row, written) for row in page], "count": count}


@operation
def create_sub_customer(call: Call) -> Body:
    """Open an account for a new customer; the partner's association with it completes after the scenario's delay.

    Raises: the codes of ``domain/registration.py``; ``CBC.9900400x`` for the verification code; ``CBC.99000037``.
    """
    asked = Registration(
        domain_name=call["domain_name"],
        contact=call["mobile_phone"] if call.site == "cn" else call["email"],
        verification_code=call["verification_code"],
        password=call["password"],
        xaccount_id=call["xaccount_id"],
        xaccount_type=call["xaccount_type"],
        association=_ASSOCIATION["cn"]["1"] if call["cooperation_type"] == "1" else RESALE,
        area=call["domain_area"],
        marketing_messages=call["is_close_market_ms"] != "true",
    )
    account = registration.register(
        call.world, call.caller, call.partner, asked, wait=call["include_association_result"]
    )
    return {"domain_id": account.id, "domain_name": account.name}


@operation
def check_user_identity(call: Call) -> Body:
    """Whether a name, mobile number or mailbox can still be registered; a taken one is no error."""
    value: str = call["search_value"]
    answer: Body = {"error_code": "CBC.0000", "error_msg": "success"}
    match call["search_type"]:
        case "name":
            taken = accounts.name_taken(call.world, value)
        case "email":
            taken = accounts.email_taken(call.world, value)
        case _:
            used = accounts.registrations(call.world, *value.split("-", 1))
            left = max(0, registration.mobile_limit(call.world) - used)
            taken = left == 0
            answer["mobile_remain_available_num"] = left
    return answer | {"check_result": "used_by_user" if taken else "available"}


@operation
def send_verification_message_code(call: Call) -> Body:
    """Put a code into the sandbox's outbox. A validity of more than an hour is taken as five minutes, as documented."""
    receiver = call["mobile_phone"] if call.site == "cn" else call["email"]
    minutes: int = call["timeout"] if call["timeout"] <= 60 else 5
    verification.send(call.world, receiver, minutes, call["lang"][:2])
    return {}


def _customer_info(one: Listed, written: Mapping[str, str]) -> Body:
    info: Body = {
        "account_name": one.name,
        "customer_id": one.id,
        "associated_on": one.associated_on,
        "association_type": written[one.association],
        "verified_status": str(one.verified_status),
        "customer_type": one.customer_type,
        "is_frozen": one.frozen,
        "account_managers": [{"account_name": one.account_manager}] if one.account_manager else [],
    }
    for name, value in (
        ("customer", one.real_name),
        ("label", one.label),
        ("telephone", one.mobile),
        ("country_code", one.country_code),
        ("xaccount_id", one.xaccount_id),
        ("xaccount_type", one.xaccount_type),
        ("customer_level", one.level),
        ("email", one.email),
    ):
        if value is not None:
            info[name] = value
    return info
