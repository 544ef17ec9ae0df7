"""Which kinds of callers an operation answers to, read from its schema file.

The pages of the customer reference say "customer" for every account that is no partner: an enterprise's master and
members are customers too. ``partner`` is any of the three kinds of partner.
"""

from mockserver.contract.operations import Operation

PARTNERS = ("distributor", "solution_provider", "reseller")
CUSTOMERS = ("customer", "enterprise_master", "enterprise_member")
KINDS = (*PARTNERS, *CUSTOMERS)
# Beside what the customer may: what only a token may that the customer's partner got for it.
EXCHANGED = "customer_token_via_partner"
# Nearly every page lists the first one; a few have the second instead.
ACCESS_DENIED = ("CBC.0151", "CBC.0155")


def answers_to(operation: Operation, kind: str, *, exchanged: bool = False) -> bool:
    """``exchanged``: by a token that the partner got for the customer."""
    group = "partner" if kind in PARTNERS else "customer"
    return bool({kind, group, EXCHANGED if exchanged else kind} & set(operation.callers))


def refusal(operation: Operation) -> str:
    """The page's own code for a caller whom it does not answer."""
    return next((code for code in ACCESS_DENIED if code in operation.errors), ACCESS_DENIED[0])
