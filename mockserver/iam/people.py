"""Who logs in, and as whom: users of accounts, and agencies by which a partner acts as its customer."""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from mockserver.domain import accounts, customers
from mockserver.domain.accounts import Account
from mockserver.domain.entering import inside
from mockserver.domain.world import World
from mockserver.iam.refusals import IamRefused
from mockserver.iam.shapes import AssumeRole, User
from mockserver.store.sandboxes import Principal, Sandbox, Sandboxes

# How much of a name that nobody has is repeated.
LONGEST = 64


class Login(NamedTuple):
    """``known``: the password is right; without it somebody tried to be that user."""

    sandbox: Sandbox
    principal: Principal
    known: bool


def user_id(sandbox: Sandbox, principal: Principal) -> str:
    """The ID of an IAM user, or of the agency that acts as one."""
    return identifier(sandbox, "user", principal.domain_id, principal.user_name)


def project_id(sandbox: Sandbox, domain_id: str, region: str) -> str:
    return identifier(sandbox, "project", domain_id, region)


def identifier(sandbox: Sandbox, *words: str) -> str:
    return hashlib.sha256("/".join((str(sandbox.seed), *words)).encode()).hexdigest()[:32]


def find(sandboxes: Sandboxes, user: User) -> Login | None:
    """The user with this account, name and password, in the newest sandbox that has it.

    Several sandboxes have accounts of the same names, so the password decides: those of sandboxes that were made over
    ``/_mock`` or in pytest are their own. Where no password fits, the user is only known if a single sandbox has it.
    """
    newest_first = list(reversed(list(sandboxes)))
    meant = [
        Login(sandbox, one, one.password == user.password) for sandbox in newest_first for one in _users(sandbox, user)
    ]
    right = next((login for login in meant if login.known), None) or _registered(newest_first, user)
    if right is not None:
        return right
    return meant[0] if len(meant) == 1 else None


def _users(sandbox: Sandbox, user: User) -> Iterator[Principal]:
    for one in sandbox.principals.values():
        domain = user.domain
        if domain is not None and not _fits(one.domain_id, domain.id, one.domain_name, domain.name):
            continue
        # Without an account, only an ID tells which user is meant.
        if (domain or user.id) and _fits(user_id(sandbox, one), user.id, one.user_name, user.name):
            yield one


def _fits(ident: str, wanted_id: str | None, name: str, wanted_name: str | None) -> bool:
    """By ID, by name, or by both where both are given; by nothing is no fit."""
    asked = [pair for pair in ((ident, wanted_id), (name, wanted_name)) if pair[1] is not None]
    return bool(asked) and all(mine == wanted for mine, wanted in asked)


def _registered(newest_first: list[Sandbox], user: User) -> Login | None:
    """A customer that has no keys here, with the password that it was registered with."""
    if user.domain is None or user.domain.name is None or user.name != user.domain.name:
        return None
    for sandbox in newest_first:
        with inside(sandbox) as world:
            account = accounts.with_password(world, user.domain.name, user.password)
        if account is not None and not _principal_of(sandbox, account):
            return Login(sandbox, _acting(sandbox, account), True)
    return None


def assumed(sandbox: Sandbox, partner: Principal, role: AssumeRole) -> Principal:
    """The customer as which the partner acts. Raises ``IamRefused``.

    Only its own customers: an agency is between a customer and the partner it belongs to, and no page says that a
    distributor gets one of its resellers' customers. Every associated customer counts as having created it.
    """
    name = role.agency_name or role.xrole_name
    if not name:
        raise IamRefused("IAM.0072", "agency_name is the partner's xaccountType", key="agency_name")
    if partner.xaccount_type is None or partner.assumed_by is not None:
        raise IamRefused("IAM.0002", f"{partner.name} is a {partner.kind}: only a partner acts as its customers")
    with inside(sandbox) as world:
        account = _account(world, role)
        mine = accounts.get(world, partner.domain_id)
        assert mine is not None
        customer = next(iter(customers.of_partner(world, mine, [account.id])), None)
    if customer is None:
        raise IamRefused("IAM.0002", f"{account.name} is no customer of {partner.name}")
    if name not in (partner.xaccount_type, customer.xaccount_type):
        words = f"the agency of {partner.name} is called {partner.xaccount_type} (its xaccountType)"
        raise IamRefused("IAM.0004", words, target="agency", target_id=name[:LONGEST])
    return _acting(sandbox, account, f"{account.name}/{name}", partner.user_name)


def _account(world: World, role: AssumeRole) -> Account:
    if not role.domain_id and not role.domain_name:
        raise IamRefused("IAM.0072", "the customer's domain_id or domain_name is needed", key="domain_id")
    found = accounts.get(world, role.domain_id) if role.domain_id else accounts.named(world, role.domain_name or "")
    if found is None or (role.domain_name and role.domain_name != found.name):
        named = role.domain_id or role.domain_name
        words = f"no account of this sandbox is {' and '.join(filter(None, (role.domain_id, role.domain_name)))}"
        raise IamRefused("IAM.0004", words, target="domain", target_id=(named or "")[:LONGEST])
    return found


def _acting(sandbox: Sandbox, account: Account, user_name: str = "", assumed_by: str | None = None) -> Principal:
    known = _principal_of(sandbox, account)
    return Principal(
        name=known.name if known else account.name,
        kind=account.kind,
        ak="",
        sk="",
        domain_id=account.id,
        domain_name=account.name,
        user_name=user_name or account.name,
        password="",
        assumed_by=assumed_by,
    )


def _principal_of(sandbox: Sandbox, account: Account) -> Principal | None:
    """The account itself, not an operator of it."""
    mine = (one for one in sandbox.principals.values() if one.domain_id == account.id and one.permissions is None)
    return next(mine, None)
