"""Who may call what: one rule for all operations, read from their schema files."""

from mockserver.contract import callers
from mockserver.contract.operations import Operation
from mockserver.refused import Refused
from mockserver.store.sandboxes import Principal

WRONG_SITE = "CBC.0156"
# The cloud's host names; an emulator's own are of no site.
_SITES = {
    "bss.myhuaweicloud.com": "cn",
    "bss-intl.myhuaweicloud.com": "intl",
    "bss.myhuaweicloud.eu": "intl",
}


def site_of(host: str | None) -> str | None:
    """Which site the client meant by the host name, None where the name does not tell."""
    return _SITES.get((host or "").partition(":")[0].lower())


def check(operation: Operation, principal: Principal, site: str) -> None:
    """Raises ``Refused`` with the page's refusal: an account of the other ``site``, not this kind of caller, or an
    operator without the permission.
    """
    if operation.site != site:
        words = f"{principal.name} is an account of the site {site}, the request went to a host of {operation.site}"
        raise Refused(WRONG_SITE, words, rule="caller")
    if not callers.answers_to(operation, principal.kind, exchanged=principal.assumed_by is not None):
        allowed = ", ".join(operation.callers)
        words = f"{operation.name} answers to {allowed}; {principal.name} is a {principal.kind}"
        raise Refused(callers.refusal(operation), words, rule="caller")
    if principal.permissions is None or not operation.permissions:
        return
    if not set(principal.permissions) & set(operation.permissions):
        words = f"the operator {principal.name} needs one of {', '.join(operation.permissions)}"
        raise Refused(callers.refusal(operation), words, rule="caller")
