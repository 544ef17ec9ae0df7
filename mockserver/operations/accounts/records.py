"""What came and went. Pages: api-bpconsole/zh-cn_topic_0000001191118881.html, mt_060007.html, api-oce/mac_00003.html.

The latest record comes first: no page tells an order.
"""

from mockserver.domain import funding, ledger, periods, statements, trades
from mockserver.domain.accounts import Account
from mockserver.domain.statements import Line, Wanted
from mockserver.domain.trades import ADJUSTMENTS, SPENDING
from mockserver.operations.accounts.balances import YUAN
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation

_ACCOUNT = {"BALANCE_TYPE_DEBIT": ledger.BALANCE, "BALANCE_TYPE_CREDIT": ledger.CREDIT}
_REASONS = {trades.TRADES[reason].detail: reason for reason in ADJUSTMENTS}


@operation
def list_partner_adjust_records(call: Call) -> Body:
    """What the partner gave to and took back from its customers; for a distributor also its resellers.

    Of a customer that is not the partner's there are none, which is no error.
    Raises: ``CBC.99000037`` not the distributor's reseller.
    """
    wanted = Wanted(
        reasons=[_REASONS[call["operation_type"]]] if call["operation_type"] else None,
        since=call["operation_time_begin"],
        until=call["operation_time_end"],
        trade_id=call["trans_id"],
        other_id=call["customer_id"],
        adjustments=True,
    )
    held = ledger.balance_account(call.world, call.partner.id)
    count, found = statements.lines(call.world, held, wanted, offset=call["offset"], limit=call["limit"])
    return {"records": [adjust_record(call, one) for one in found], "total_count": count}


@operation
def list_partner_account_change_records(call: Call) -> Body:
    """Income and expenses of the partner, or of the reseller that a distributor names.

    Raises: ``CBC.99000037`` not the distributor's reseller, ``CBC.0100`` more than a year.
    """
    partner = call.partner
    since, until = periods.within_a_year(call.world.now, call["trade_time_begin"], call["trade_time_end"])
    wanted = Wanted(reasons=trades.reasons(call["trade_type"]), since=since, until=until)
    held = ledger.account(call.world, partner.id, _ACCOUNT[call["balance_type"]])
    count, found = statements.lines(call.world, held, wanted, offset=call["offset"], limit=call["limit"])
    return {
        "total_count": count,
        "currency": call.world.currency,
        "records": [_change(one) | _with_whom(one, partner) for one in found],
    }


@operation
def list_customer_account_change_records(call: Call) -> Body:
    """Income and expenses of the caller.

    Raises: ``CBC.99000084`` its partner pays for it, ``CBC.0100`` more than a year.
    """
    caller = call.caller
    held = funding.own_account(call.world, caller.id, _ACCOUNT[call["balance_type"]])
    since, until = periods.within_a_year(call.world.now, call["trade_time_begin"], call["trade_time_end"])
    direction: str | None = call["revenue_expense_type"]
    channels: str | None = call["payment_channel_id"]
    wanted = Wanted(
        reasons=trades.reasons(call["trade_type"]),
        since=since,
        until=until,
        income=None if direction is None else direction == "REVENUE",
        trade_id=call["trade_id"],
        channels=None if channels is None else channels.split(","),
        channel_no=call["payment_channel_no"],
    )
    count, found = statements.lines(call.world, held, wanted, offset=call["offset"], limit=call["limit"])
    return {
        "total_count": count,
        "currency": call.world.currency,
        "records": [_change(one) | _of_customer(one, caller) for one in found],
    }


def adjust_record(call: Call, line: Line) -> Body:
    record: Body = {
        "customer_id": line.other_id,
        "customer_name": line.other_real_name or line.other_name,
        "operation_type": line.trade.detail,
        "amount": f"{abs(line.change):f}",
        "currency": call.world.currency,
        "operation_time": line.at,
        "measure_id": YUAN,
        "trans_id": line.movement_id,
    }
    return record if line.remark is None else record | {"apply_scene": line.remark}


def _change(line: Line) -> Body:
    return {
        "account_change_id": f"AC{line.number:018d}",
        "trade_detail_type": line.trade.detail,
        "trade_time": line.at,
        "trade_id": line.trade_id,
        "change_amount": f"{abs(line.change):f}",
        "balance_after_change": f"{line.balance:f}",
    }


def _with_whom(line: Line, owner: Account) -> Body:
    """The customer is who was given to or taken from: for a reseller's money from its distributor the reseller."""
    direction = {"type": "1" if line.income else "2"}
    if line.reason not in ADJUSTMENTS:
        return direction
    if (line.reason == ledger.ALLOCATE) == line.income:
        return direction | {"customer_id": owner.id, "account_name": owner.name}
    return direction | {"customer_id": line.other_id, "account_name": line.other_name}


def _of_customer(line: Line, owner: Account) -> Body:
    told: Body = {
        "revenue_expense_type": "REVENUE" if line.income else "EXPENSE",
        "payment_channel_id": line.channel,
        "payment_channel_no": line.channel_no or "",
        "account_name": owner.name,
    }
    if line.reason in SPENDING:
        told |= {"bill_cycle": periods.month(line.at), "consume_time": line.at}
    return told
