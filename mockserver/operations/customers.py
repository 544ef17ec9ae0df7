"""A partner's customers. Pages: api-bpconsole/mc_00016.html to mc_00028.html, api-oce/mac_00005.html."""

from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any

from mockserver.domain import (
    accounts,
    consumption,
    customers,
    freezing,
    new_customers,
    qr_codes,
    realname,
    registration,
    verification,
)
from mockserver.domain.accounts import Account
from mockserver.domain.customers import REFERRAL, RESALE, Listed
from mockserver.domain.freezing import Failure
from mockserver.domain.new_customers import Tag
from mockserver.domain.realname import ENTERPRISE, INDIVIDUAL, Application
from mockserver.domain.registration import Registration
from mockserver.domain.verification import REGISTRATION
from mockserver.domain.world import World
from mockserver.operations.call import Body, Call
from mockserver.operations.partly import failure
from mockserver.operations.registry import operation
from mockserver.refused import Refused

# The international site's list does not tell how much is frozen.
_MOST_FROZEN = {"cn": freezing.ACCOUNT_AND_RESOURCE, "intl": freezing.ACCOUNT}
IDENTIFIED_BY_BANK_CARD = 4
SCENE_OF_BANK_CARD = 18
# Where a QR code leads; nobody answers there (RFC 6761), the sandbox scans it.
QR_CODES = "https://realname.bss-mock.test/"
NO_SUB_USERS = "CBC.99007297"
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
    written, most_frozen = _WRITTEN[call.site], _MOST_FROZEN[call.site]
    return {"customer_infos": [_customer_info(row, written, most_frozen) for row in page], "count": count}


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
    by_bank_card = call["scene"] == SCENE_OF_BANK_CARD
    purpose = verification.bank_card(call["customer_id"]) if by_bank_card else REGISTRATION
    verification.send(call.world, receiver, purpose, minutes(call["timeout"]), call["lang"][:2])
    return {}


@operation
def freeze_sub_customers(call: Call) -> Body:
    """Freeze resale customers, each that can be; the others are listed with their reasons.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    return _changed(call, freezing.freeze, call["freeze_type"])


@operation
def unfreeze_sub_customers(call: Call) -> Body:
    """Unfreeze resale customers that are frozen in the way asked for; the others are listed with their reasons.

    Raises: ``CBC.99000037`` not the distributor's reseller, ``CBC.99003656`` the partner is frozen itself.
    """
    return _changed(call, freezing.unfreeze, call["unfreeze_type"])


@operation
def list_sub_customer_new_tag(call: Call) -> Body:
    """The new-customer tags of the partner's customers; anybody else in ``customer_ids`` is left out, as documented.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    ids = call["customer_ids"] or ()
    found = new_customers.tags(call.world, call.partner, ids, offset=call["offset"], limit=call["limit"])
    return {"new_customer_tags": [_tag(one) for one in found]}


@operation
def list_consume_sub_customers(call: Call) -> Body:
    """Who consumed in a month, among the customers that the partner had in it."""
    found = consumption.consumers(call.world, call.partner, call["bill_cycle"])
    page = islice(found, call["offset"], call["offset"] + call["limit"])
    return {"sub_customers": [{"customer_id": ident} for ident in page], "total_count": len(found)}


@operation
def create_personal_realname_auth(call: Call) -> Body:
    """Apply for a person's real-name authentication: by certificate, or by bank card, which needs no review.

    Raises: the codes of ``realname.submit``; ``CBC.99000026``, ``CBC.99000027``, ``CBC.99004009`` for the code.
    """
    card: Mapping[str, Any] = call["bank_card_info"] or {}
    by_bank_card = call["identify_type"] == IDENTIFIED_BY_BANK_CARD
    if by_bank_card:
        purpose = verification.bank_card(call["customer_id"])
        verification.check(call.world, card["mobile"], purpose, card["verification_code"])
    asked = Application(
        customer_id=call["customer_id"],
        kind=INDIVIDUAL,
        name=call["name"],
        certificate=call["verified_number"],
        attachments=tuple(call["verified_file_url"]),
    )
    return _submitted(call, asked, card["bank_account"] if by_bank_card else None)


@operation
def create_enterprise_realname_authentication(call: Call) -> Body:
    """Apply for an enterprise's real-name authentication.

    Raises: the codes of ``realname.submit``.
    """
    return _submitted(call, _enterprise(call, change=False))


@operation
def change_enterprise_realname_authentication(call: Call) -> Body:
    """Apply for a customer verified as an individual to become the enterprise behind it.

    Raises: the codes of ``realname.submit``.
    """
    return _submitted(call, _enterprise(call, change=True))


@operation
def show_realname_authentication_review_result(call: Call) -> Body:
    """How the last application ended; nothing for a customer without one, nor for one that is not the partner's.

    The page has no code for an unknown customer.
    """
    customer = customers.cared_for(call.world, call.caller, call["customer_id"])
    case = realname.latest(call.world, customer.id) if customer else None
    return {"review_result": case.result, "opinion": case.opinion} if case else {}


@operation
def show_real_name_auth_status(call: Call) -> Body:
    """How far the caller's own account is verified, and as what."""
    status, kind = realname.status(call.world, call.caller_id)
    return {"verified_status": status, "verified_type": kind}


@operation
def show_real_name_auth_qr_code(call: Call) -> Body:
    """A QR code for the caller to show its face; a new one each time.

    Raises: ``CBC.99007297`` an IAM user of the customer.
    """
    if not call.master:
        raise Refused(NO_SUB_USERS, "only the customer's master account may ask, not one of its users", rule="caller")
    return {"qr_code_url": QR_CODES + qr_codes.issue(call.world, call.caller_id)}


def minutes(timeout: int) -> int:
    """How long a code is good for; more than an hour is taken as five minutes."""
    return timeout if timeout <= 60 else 5


def _changed(call: Call, change: Callable[[World, Account, Sequence[str], int], list[Failure]], type_: str) -> Body:
    failed = change(call.world, call.partner, call["customer_ids"], freezing.TYPES[type_])
    details = [failure(call, one.code, id=one.customer_id) for one in failed]
    return {"error_details": details} if details else {}


def _submitted(call: Call, asked: Application, bank_card: str | None = None) -> Body:
    return {"is_review": int(realname.submit(call.world, call.caller, asked, bank_card))}


def _enterprise(call: Call, *, change: bool) -> Application:
    return Application(
        customer_id=call["customer_id"],
        kind=ENTERPRISE,
        name=call["corp_name"],
        certificate=call["verified_number"],
        attachments=tuple(call["verified_file_url"]),
        change=change,
        country=call["reg_country"],
        address=call["reg_address"],
    )


def _tag(one: Tag) -> Body:
    shown = {
        "customer_id": one.customer_id,
        "customer_tag_type": "SMB",
        "new_customer_tag": one.tag,
        "effective_time": one.effective,
        "expire_time": one.expires,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _customer_info(one: Listed, written: Mapping[str, str], most_frozen: int) -> Body:
    info: Body = {
        "account_name": one.name,
        "customer_id": one.id,
        "associated_on": one.associated_on,
        "association_type": written[one.association],
        "verified_status": str(one.verified_status),
        "customer_type": one.customer_type,
        "is_frozen": min(one.frozen, most_frozen),
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
