"""What may be spent on the international site. Pages: api-bpconsole/mt_01004.html to mt_01007.html, cq_001.html,
api-oce/mac_00004.html."""

from mockserver.domain import accounts, budgets, customers
from mockserver.domain.budgets import Budget, Record, Setting
from mockserver.domain.customers import RESALE
from mockserver.operations.accounts.balances import YUAN
from mockserver.operations.call import Body, Call
from mockserver.operations.registry import operation


@operation
def update_sub_customer_budget(call: Call) -> Body:
    """Set the whole budget of a resale customer; with ``cancel_partner_frozen`` it is no longer frozen.

    Raises: ``CBC.99005024`` no resale customer of the partner, ``CBC.0151`` a reseller that may not set budgets.
    """
    asked = Setting(
        call["customer_id"],
        call["budget_amount"],
        call["budget_type"],
        call["frozen_operate_type"],
        unfreeze=str(call["cancel_partner_frozen"]) == "1",
    )
    budgets.set_budget(call.world, call.caller, call.partner, asked)
    return {}


@operation
def show_sub_customer_budget(call: Call) -> Body:
    """A customer's budget and what is used of it; zero where none was set.

    Raises: ``CBC.99005024`` no resale customer of the partner.
    """
    customer = budgets.resale_customer(call.world, call.partner, call["customer_id"])
    (budget,) = budgets.of(call.world, [customer.id])
    return _shown(call, budget) | _unit(call)


@operation
def list_sub_customer_budget(call: Call) -> Body:
    """The budgets of those that are resale customers of the partner; others are left out without an error."""
    asked: list[str] = call["customer_ids"]
    found = customers.of_partner(call.world, call.partner, asked)
    mine = {one.id for one in found if one.association == RESALE}
    infos = budgets.of(call.world, [one for one in asked if one in mine])
    return _unit(call) | {"budget_infos": [{"customer_id": one.customer_id} | _shown(call, one) for one in infos]}


@operation
def list_sub_customer_budget_records(call: Call) -> Body:
    """Who changed a customer's budget and when, the latest first; of another's customer there is nothing to tell."""
    count, found = budgets.records(
        call.world,
        call.partner,
        call["customer_id"],
        operation=call["operation_type"],
        type_=call["budget_type"],
        offset=call["offset"],
        limit=call["limit"],
    )
    return {"total_count": count, "record_list": [_record(call, one) for one in found]} | _unit(call)


@operation
def show_partner_consumption_quota(call: Call) -> Body:
    """The caller's credit and what it owes; every amount is a text."""
    found = budgets.consumption(call.world, call.caller)
    amounts = {
        "consumption_quota": found.quota,
        "amount": found.balance,
        "coupon_amount": found.coupons,
        "due_amount": found.due,
        "unbilled_amount": found.unbilled,
        "used_consumption_quota": found.used,
    }
    return {name: f"{amount:f}" for name, amount in amounts.items()} | _unit(call)


@operation
def show_customer_expenditure_quota(call: Call) -> Body:
    """What the caller may spend in a month; nothing at all where a partner resells to it."""
    found = budgets.expenditure(call.world, call.caller_id)
    if found is None:
        return {}
    return {
        "granting_amount": found.granted,
        "granting_amount_used": found.used,
        "percentage_granting_amount_used": found.part,
    } | _unit(call)


def _shown(call: Call, budget: Budget) -> Body:
    return {
        "budget_amount": budget.amount,
        "used_amount": budgets.used(call.world, budget),
        "budget_type": budget.type,
    }


def _record(call: Call, record: Record) -> Body:
    partner = accounts.get(call.world, record.partner_id)
    assert partner is not None
    return {
        "budget_amount": record.amount,
        "operation_type": record.operation,
        "operation_time": record.at,
        "operator": record.operator,
        "budget_type": record.type,
        "partner_corp_name": partner.real_name or partner.name,
        "partner_account_name": partner.name,
    }


def _unit(call: Call) -> Body:
    return {"measure_id": YUAN, "currency": call.world.currency}
