"""The old operations on customers: the same state, ``CBC.0000`` with a success, and pages that are counted from 1.

Pages: api-bpconsole/zh-cn_topic_0077254158.html, offl_00004.html, mc_00004.html to mc_00007.html.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mockserver.domain import accounts, customers, freezing, realname, registration, verification
from mockserver.domain.accounts import Account
from mockserver.domain.customers import REFERRAL, RESALE, Listed
from mockserver.domain.freezing import Failure
from mockserver.domain.realname import ENTERPRISE, INDIVIDUAL, Application
from mockserver.domain.registration import MAINLAND, Registration
from mockserver.domain.verification import REGISTRATION
from mockserver.domain.world import World
from mockserver.operations.call import Body, Call
from mockserver.operations.customers import IDENTIFIED_BY_BANK_CARD, SCENE_OF_BANK_CARD, minutes
from mockserver.operations.legacy.accounts import NO_SUCH_CUSTOMER
from mockserver.operations.partly import failure
from mockserver.operations.registry import operation
from mockserver.refused import Refused

SUCCESS = {"error_code": "CBC.0000", "error_msg": "success"}
TO_MAILBOX = 2
_COOPERATION = {"1": REFERRAL, "2": RESALE}
_WRITTEN = {name: code for code, name in _COOPERATION.items()}


@operation
def legacy_check_user(call: Call) -> Body:
    """Whether an account with the name, mobile number or mailbox exists, and whether more codes can be sent to it."""
    value: str = call["searchKey"]
    match call["searchType"]:
        case "name":
            taken = accounts.name_taken(call.world, value)
        case "email":
            taken = accounts.email_taken(call.world, value)
        case _:
            country, _, value = value.rpartition("-")
            taken = accounts.registrations(call.world, country or MAINLAND, value) > 0
    reached = verification.limit_reached(call.world, value) is not None
    return SUCCESS | {"status": str(int(taken)), "uplimit": str(int(reached))}


@operation
def legacy_create_customer(call: Call) -> Body:
    """Open an account for a new customer of the caller.

    Raises: the codes of ``domain/registration.py``; ``CBC.9900400x`` for the verification code.
    """
    asked = Registration(
        domain_name=call["domainName"],
        contact=call["mobilePhone"] if call.site == "cn" else call["email"],
        verification_code=call["verificationCode"],
        password=call["password"],
        xaccount_id=call["xAccountId"],
        xaccount_type=call["xAccountType"],
        association=_COOPERATION.get(call["cooperationType"], RESALE),
        area=call["domainArea"],
        marketing_messages=call["isCloseMarketMs"] != "true",
    )
    account = registration.register(call.world, call.caller, call.caller, asked, wait=False)
    return SUCCESS | {"domainId": account.id, "domainName": account.name}


@operation
def legacy_send_verification_code(call: Call) -> Body:
    """Put a code into the sandbox's outbox; in the site's language where there are no words in the one asked for."""
    receiver = call["email"] if call["receiverType"] == TO_MAILBOX else call["mobilePhone"]
    by_bank_card = call["scene"] == str(SCENE_OF_BANK_CARD)
    purpose = verification.bank_card(call["customerId"] or "") if by_bank_card else REGISTRATION
    asked: str = (call["lang"] or "")[:2].lower()
    language = asked if asked in verification.LANGUAGES else call.language
    verification.send(call.world, receiver, purpose, minutes(call["timeout"] or 10), language)
    return {}


@operation
def legacy_customers_query(call: Call) -> Body:
    """The partner's customers; ``offset`` is the number of the page. ``partner_id`` is not checked, as documented."""
    filters = {
        "account_name": call["domainName"],
        "real_name": call["name"],
        "label": call["label"],
        "association": _COOPERATION.get(call["cooperationType"]),
        "associated_from": call["cooperationTimeStart"],
        "associated_to": call["cooperationTimeEnd"],
        "customer_id": call["customerId"],
    }
    return _found(call, filters, number=call["offset"], size=call["limit"])


@operation
def legacy_customers_detail(call: Call) -> Body:
    """The same list by query parameters."""
    filters = {
        "account_name": call["domain_name"],
        "real_name": call["corp_name"],
        "label": call["label"],
        "association": _COOPERATION.get(call["cooperationType"]),
    }
    return _found(call, filters, number=call["page_no"], size=call["page_size"])


@operation
def legacy_freeze_customers(call: Call) -> Body:
    """Freeze accounts of resale customers, each that can be."""
    return _changed(call, freezing.freeze)


@operation
def legacy_unfreeze_customers(call: Call) -> Body:
    """Unfreeze accounts of resale customers.

    Raises: ``CBC.99003656`` the partner is frozen itself.
    """
    return _changed(call, freezing.unfreeze)


@operation
def legacy_realname_individual(call: Call) -> Body:
    """Apply for a person's real-name authentication. Raises: as ``create_personal_realname_auth``."""
    card: Mapping[str, Any] = call["bankCardInfo"] or {}
    by_bank_card = call["identifyType"] == IDENTIFIED_BY_BANK_CARD
    if by_bank_card:
        purpose = verification.bank_card(call["customerId"])
        verification.check(call.world, card["mobile"], purpose, card["verificationCode"])
    asked = Application(
        customer_id=call["customerId"],
        kind=INDIVIDUAL,
        name=call["name"],
        certificate=call["verifiedNumber"],
        attachments=tuple(call["verifiedFileURL"]),
    )
    return _submitted(call, asked, card["bankAccount"] if by_bank_card else None)


@operation
def legacy_realname_enterprise(call: Call) -> Body:
    """Apply for an enterprise's real-name authentication. Raises: the codes of ``realname.submit``."""
    return _submitted(call, _enterprise(call, change=False))


@operation
def legacy_realname_change(call: Call) -> Body:
    """From an individual to the enterprise behind it. Raises: the codes of ``realname.submit``."""
    return _submitted(call, _enterprise(call, change=True))


@operation
def legacy_realname_result(call: Call) -> Body:
    """How the last application ended.

    Raises: ``CBC.5002`` not the partner's customer.
    """
    customer_id: str = call["customerId"]
    if customers.cared_for(call.world, call.caller, customer_id) is None:
        raise Refused(NO_SUCH_CUSTOMER, f"{customer_id} is no customer of the caller", member="customerId")
    case = realname.latest(call.world, customer_id)
    return SUCCESS | ({"reviewResult": case.result, "opinion": case.opinion or ""} if case else {})


def _found(call: Call, filters: Mapping[str, Any], *, number: int, size: int) -> Body:
    count, page = customers.find(call.world, call.caller, filters, offset=(number - 1) * size, limit=size)
    return SUCCESS | {"count": count, "customerInfoList": [_customer_info(one) for one in page]}


def _customer_info(one: Listed) -> Body:
    shown = {
        "name": one.real_name,
        "domainName": one.name,
        "customerId": one.id,
        "cooperationTime": one.associated_on,
        "cooperationType": _WRITTEN[one.association],
        "label": one.label,
        "telephone": one.mobile,
        "verifiedStatus": str(one.verified_status),
        "countryCode": one.country_code,
        "customerType": one.customer_type,
        "isFrozen": min(one.frozen, freezing.ACCOUNT),
    }
    return {name: value for name, value in shown.items() if value is not None}


def _changed(call: Call, change: Callable[[World, Account, Sequence[str], int], list[Failure]]) -> Body:
    failed = change(call.world, call.caller, call["customerIds"], freezing.ACCOUNT)
    return SUCCESS | {
        "failDetail": [failure(call, one.code, Id=one.customer_id) for one in failed],
        "failNum": len(failed),
        "successNum": len(set(call["customerIds"])) - len(failed),
    }


def _submitted(call: Call, asked: Application, bank_card: str | None = None) -> Body:
    """Old clients know the list of what is wrong by two names."""
    review = realname.submit(call.world, call.caller, asked, bank_card)
    return SUCCESS | {"isReview": int(review), "errorItems": [], "failCheckItems": []}


def _enterprise(call: Call, *, change: bool) -> Application:
    return Application(
        customer_id=call["customerId"],
        kind=ENTERPRISE,
        name=call["corpName"],
        certificate=call["verifiedNumber"],
        attachments=tuple(call["verifiedFileURL"]),
        change=change,
        country=call["regCountry"],
        address=call["regAddress"],
    )
