"""Registering a customer: who may, under which name, and what is checked before an account exists."""

from dataclasses import dataclass

from mockserver.domain import accounts, clock, customers, freezing, verification
from mockserver.domain.accounts import Account, NewAccount
from mockserver.domain.customers import RESALE, Customer
from mockserver.domain.world import World
from mockserver.refused import Refused

NAME_TAKEN, CONTACT_TAKEN, TOO_MANY_OF_MOBILE = "CBC.99000038", "CBC.99000029", "CBC.99000030"
XACCOUNT_TAKEN, BAD_PASSWORD, REPORTED_CONTACT = "CBC.99000039", "CBC.99000036", "CBC.99000051"
ASSOCIATION_PENDING, TIER_ONE = "CBC.99000050", "CBC.50010059"
TEST_PARTNER = "CBC.99005035"
# What a customer of the same sales platform ID is told while the association of the first one is not complete: only
# the China site's page has a code of its own for creating a customer several times at once.
AT_ONCE = {"cn": "CBC.99000062", "intl": XACCOUNT_TAKEN}
MAINLAND = "0086"

# Why a partner may not win customers: by who it is in the registration and by its standing.
_STANDING = {
    ("partner", "restricted"): ("CBC.50010085", "the partner is restricted"),
    ("distributor", "restricted"): ("CBC.50010086", "the reseller's distributor is restricted"),
    ("distributor", "delisted"): ("CBC.50010065", "the reseller's distributor has left the partner programme"),
}


@dataclass(frozen=True, slots=True)
class Registration:
    """What is asked for. ``contact`` is the mobile number (China site) or mailbox (international site)."""

    domain_name: str | None
    contact: str | None
    verification_code: str | None
    password: str | None
    xaccount_id: str
    xaccount_type: str
    association: str
    area: str | None
    marketing_messages: bool


def mobile_limit(world: World) -> int:
    """How many accounts one mobile number may register; no page tells the number, so the scenario does."""
    limit: int = world.rules["registrations_per_mobile"]
    return limit


def register(world: World, caller: Account, partner: Account, asked: Registration, *, wait: bool) -> NewAccount:
    """Open a customer account of ``partner``; its association completes after the scenario's delay.

    ``wait``: answer only when the association is there, as far as the scenario's patience goes.
    Raises the codes of the page's error table, see the constants above; ``CBC.99000050`` keeps the account.
    """
    _may_win_customers(world, caller, partner)
    _is_new(world, asked)
    name = asked.domain_name or "a" + world.identifier("account name", 31)
    _password_is_safe(name, asked)
    account = NewAccount(
        id=world.identifier("account"),
        name=name,
        kind="customer",
        created_at=world.now,
        password=asked.password or "Pw1-" + world.identifier("password", 12),
        area=asked.area or "CN",
        **_contact(world, asked),
    )
    delay: float = world.rules["association_delay_seconds"]
    waited = wait and delay <= world.rules["association_wait_seconds"]
    accounts.add(world, [account])
    customers.add(
        world,
        [
            Customer(
                id=account.id,
                partner_id=partner.id,
                association=asked.association,
                associated_on=world.now if waited else clock.later(world.now, seconds=delay),
                frozen=freezing.AT_FIRST[world.site] if asked.association == RESALE else freezing.NOT_FROZEN,
                xaccount_id=asked.xaccount_id,
                xaccount_type=asked.xaccount_type,
                marketing_messages=asked.marketing_messages,
            )
        ],
    )
    if wait and not waited:
        raise Refused(
            ASSOCIATION_PENDING,
            f"the account exists, its association takes {delay} s: list_sub_customers will show it",
            members={"domain_id": account.id, "domain_name": account.name},
            keeps=True,
        )
    return account


def _may_win_customers(world: World, caller: Account, partner: Account) -> None:
    if "test" in (caller.standing, partner.standing):
        raise Refused(TEST_PARTNER, "a test partner cannot register customers")
    if partner.kind == "distributor":
        raise Refused(
            TIER_ONE, "a distributor's customers belong to its resellers: name one", member="indirect_partner_id"
        )
    distributor = accounts.get(world, partner.parent_id) if partner.parent_id else None
    for role, account in (("partner", partner), ("distributor", distributor)):
        if account and (refusal := _STANDING.get((role, account.standing or ""))):
            raise Refused(*refusal)


def _is_new(world: World, asked: Registration) -> None:
    if customers.association_pending(world, asked.xaccount_id):
        raise Refused(AT_ONCE[world.site], f"{asked.xaccount_id} is being created", member="xaccount_id")
    if asked.domain_name and accounts.name_taken(world, asked.domain_name):
        raise Refused(NAME_TAKEN, f"the account name {asked.domain_name} is taken", member="domain_name")
    if customers.xaccount_taken(world, asked.xaccount_id):
        raise Refused(XACCOUNT_TAKEN, f"{asked.xaccount_id} is bound to another customer", member="xaccount_id")
    if asked.contact:
        _contact_is_free(world, asked.contact)


def _contact_is_free(world: World, contact: str) -> None:
    if contact in world.rules["reported_contacts"]:
        raise Refused(REPORTED_CONTACT, f"{contact} is reported by Huawei (scenario rule reported_contacts)")
    if "@" in contact:
        if accounts.email_taken(world, contact):
            raise Refused(CONTACT_TAKEN, f"{contact} belongs to another account", member="email")
    elif (used := accounts.registrations(world, MAINLAND, contact)) >= (limit := mobile_limit(world)):
        code = CONTACT_TAKEN if limit == 1 else TOO_MANY_OF_MOBILE
        raise Refused(code, f"{contact} has {used} of {limit} registrations", member="mobile_phone")


def _password_is_safe(name: str, asked: Registration) -> None:
    """The rules that speak of other members; length and characters are in the schema file."""
    if asked.password is None:
        return
    if asked.password in (name, name[::-1]):
        raise Refused(BAD_PASSWORD, "the password is the account name or its reverse", member="password")
    if asked.contact and asked.contact in asked.password:
        raise Refused(BAD_PASSWORD, "the password contains the mobile number or mailbox", member="password")


def _contact(world: World, asked: Registration) -> dict[str, str | None]:
    if asked.contact:
        verification.check(world, asked.contact, verification.REGISTRATION, asked.verification_code or "")
    if asked.contact is None:
        return {}
    if world.site == "intl":
        return {"email": asked.contact}
    return {"mobile": asked.contact, "country_code": MAINLAND if asked.contact else None}
