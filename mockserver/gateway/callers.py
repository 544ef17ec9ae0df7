"""Who may call what: one rule for all operations, read from their schema files.

The pages of the customer reference say "customer" for every account that is no partner: an enterprise's master and
members are customers too.
"""

from mockserver.contract.operations import Operation
from mockserver.refused import Refused
from mockserver.store.sandboxes import Principal

# Nearly every page lists the first one; a few have the second instead.
ACCESS_DENIED = ("CBC.0151", "CBC.0155")
_ALSO = {
    "enterprise_master": "customer",
    "enterprise_member": "customer",
    "distributor": "partner",
    "solution_provider": "partner",
    "reseller": "partner",
}


def check(operation: Operation, principal: Principal) -> None:
    """Raises ``Refused`` with the page's refusal: not this kind of caller, or an operator without the permission."""
    if not {principal.kind, _ALSO.get(principal.kind)} & set(operation.callers):
        allowed = ", ".join(operation.callers)
        words = f"{operation.name} answers to {allowed}; {principal.name} is a {principal.kind}"
        raise Refused(_code(operation), words, rule="caller")
    if principal.permissions is None or not operation.permissions:
        return
    if not set(principal.permissions) & set(operation.permissions):
        words = f"the operator {principal.name} needs one of {', '.join(operation.permissions)}"
        raise Refused(_code(operation), words, rule="caller")


def _code(operation: Operation) -> str:
    """The page's own code for it."""
    return next((code for code in ACCESS_DENIED if code in operation.errors), ACCESS_DENIED[0])
