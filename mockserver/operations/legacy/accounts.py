"""The old operations on money and balances. Pages: api-bpconsole/zh-cn_topic_0075213309.html, zh-cn_topic_0075224543
(to allocate), zh-cn_topic_0075224544 (records), zh-cn_topic_0088431529, api-oce/zh-cn_topic_0109685133."""

from decimal import Decimal

from mockserver.domain import budgets, funding, ledger, statements, trades
from mockserver.domain.budgets import Setting
from mockserver.domain.ledger import LedgerAccount
from mockserver.domain.statements import Line, Wanted
from mockserver.operations.accounts.balances import YUAN, account_balance, customer_balances, debt, has
from mockserver.operations.accounts.records import adjust_record
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation
from mockserver.refused import Refused

SUCCESS = {"error_code": "CBC.0000", "error_msg": "success"}
NO_SUCH_CUSTOMER = "CBC.5002"
UNIT = "measure_unit"
# What the old operation calls the refusals of the new one.
_OLD_CODES = {"CBC.99000035": "CBC.5004", "CBC.99000000": "CBC.5021"}
# An allocation, a reclaim, a reclaim at the end of an association.
_KINDS = {str(number): reason for number, reason in enumerate(trades.ADJUSTMENTS)}
_NUMBERS = {reason: number for number, reason in _KINDS.items()}


@operation
def legacy_partner_account_balances(call: Call) -> Body:
    """The partner's accounts, or those of one of its resale customers; ``partner_id`` is not checked, as documented.

    Raises: ``CBC.5002`` (with HTTP 200) no resale customer of the partner.
    """
    customer_id: str | None = call["customer_id"]
    if customer_id is None:
        held = ledger.accounts_of(call.world, call.caller.id)
        return SUCCESS | {"customer_id": "", "account_balances": [account_balance(call, one, UNIT) for one in held]}
    if not funding.balances(call.world, call.caller, [customer_id]):
        raise Refused(NO_SUCH_CUSTOMER, f"{customer_id!r} is no resale customer of the caller", member="customer_id")
    held = ledger.accounts_of(call.world, customer_id)
    return SUCCESS | {
        "customer_id": customer_id,
        "account_balances": [account_balance(call, one, UNIT) for one in held],
    }


@operation
def legacy_customer_account_balances(call: Call) -> Body:
    """The caller's own accounts; a member without a value is ``null``. ``domain_id`` is not checked, as documented.

    Raises: ``CBC.99000049`` its partner pays for it.
    """
    held = funding.own_accounts(call.world, call.caller_id)
    return SUCCESS | {
        "account_balances": [_with_nulls(call, has(one)) for one in held],
        "debtAmount": debt(held),
        "measureId": YUAN,
        "currency": call.world.currency,
    }


@operation
def legacy_customer_balances(call: Call) -> Body:
    """Balances of the caller's own resale customers."""
    return SUCCESS | {"customer_balances": customer_balances(call)}


@operation
def legacy_adjust_amount(call: Call) -> Body:
    """Move money to a resale customer of the caller; the amount is a text.

    Raises, with HTTP 200: ``CBC.5003`` too low a balance, ``CBC.5004`` not its customer, ``CBC.5021`` not funded by it.
    """
    try:
        moved = funding.allocate(call.world, call.caller, call["customer_id"], Decimal(call["amount"]))
    except Refused as refused:
        code = _OLD_CODES.get(refused.code, refused.code)
        raise Refused(code, refused.because, member=refused.member) from None
    return SUCCESS | {"trans_id": moved.id}


@operation
def legacy_query_adjust_records(call: Call) -> Body:
    """What the caller gave to and took back from its customers; a page beyond the last one gives the first."""
    count, found = _page(
        call,
        call["transfer_type"],
        call["received_time_min"],
        call["received_time_max"],
        call["page_no"],
        call["page_size"],
    )
    return SUCCESS | {"total_size": count, "adject_records": [_old_record(call, one) for one in found]}


@operation
def legacy_partner_adjust_records_v2(call: Call) -> Body:
    """The same with ``offset`` as the number of a page, also for the reseller that a distributor names.

    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    count, found = _page(
        call,
        call["operation_type"],
        call["operation_time_begin"],
        call["operation_time_end"],
        call["offset"],
        call["limit"],
    )
    return {"total_count": count, "records": [_old_record(call, one) for one in found]}


@operation
def legacy_credit_query(call: Call) -> Body:
    """A customer's budget under its old name.

    Raises: ``CBC.99005024`` no resale customer of the partner.
    """
    customer = budgets.resale_customer(call.world, call.caller, call["customer_id"])
    (budget,) = budgets.of(call.world, [customer.id])
    return SUCCESS | {
        "creditAmount": budget.amount,
        "usedAmount": budgets.used(call.world, budget),
        "measureId": YUAN,
        "currency": call.world.currency,
    }


@operation
def legacy_credit_set(call: Call) -> Body:
    """Set a customer's monthly budget under its old name.

    Raises: ``CBC.99005024`` no resale customer of the partner.
    """
    asked = Setting(call["customerId"], call["adjustmentAmount"])
    budgets.set_budget(call.world, call.caller, call.caller, asked)
    return {}


def _with_nulls(call: Call, account: LedgerAccount) -> Body:
    shown = account_balance(call, account, UNIT)
    return {"credit_amount": None, "memo": None, "type": "1"} | shown


def _page(
    call: Call, kind: str | None, since: str | None, until: str | None, page: int | None, size: int | None
) -> tuple[int, list[Line]]:
    """All records that match, and those of one page, from 1."""
    wanted = Wanted(
        reasons=None if kind in (None, "-1") else [_KINDS.get(str(kind), "")],
        since=since,
        until=until,
        trade_id=call["trans_id"],
        other_id=call["customer_id"],
        adjustments=True,
    )
    held = ledger.balance_account(call.world, call.partner.id)
    limit = size or 10
    offset = ((page or 1) - 1) * limit
    count, found = statements.lines(call.world, held, wanted, offset=offset, limit=limit)
    if not found and count:
        count, found = statements.lines(call.world, held, wanted, offset=0, limit=limit)
    return count, list(found)


def _old_record(call: Call, line: Line) -> Body:
    return adjust_record(call, line) | {"operation_type": _NUMBERS[line.reason], "amount": abs(line.change)}
