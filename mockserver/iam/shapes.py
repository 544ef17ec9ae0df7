"""The bodies that IAM takes, as documented; members that nobody reads are left out and ignored."""

from typing import Any

from msgspec import Struct

from mockserver.gateway.exchange import HIDDEN


class Named(Struct, frozen=True):
    """An account or a project, by ID or by name; ``domain`` is the account that a project belongs to."""

    id: str | None = None
    name: str | None = None
    domain: "Named | None" = None


class User(Struct, frozen=True):
    password: str
    name: str | None = None
    id: str | None = None
    domain: Named | None = None


class Password(Struct, frozen=True):
    user: User


class AssumeRole(Struct, frozen=True):
    """``xrole_name`` is what older pages call the agency's name."""

    domain_id: str | None = None
    domain_name: str | None = None
    agency_name: str | None = None
    xrole_name: str | None = None
    duration_seconds: int | None = None


class TokenId(Struct, frozen=True):
    id: str | None = None
    duration_seconds: int | None = None


class Identity(Struct, frozen=True):
    methods: list[str]
    password: Password | None = None
    assume_role: AssumeRole | None = None
    token: TokenId | None = None


class Scope(Struct, frozen=True):
    domain: Named | None = None
    project: Named | None = None


class Auth(Struct, frozen=True):
    identity: Identity
    scope: Scope | None = None


class Body(Struct, frozen=True):
    auth: Auth


# What of a body the journal shows; everything else may be a secret, wherever a client put it.
SHOWN = frozenset(
    {"methods", "name", "id", "domain_id", "domain_name", "agency_name", "xrole_name", "duration_seconds"}
)
# And of an answer what it does not show.
ISSUED = frozenset({"secret", "securitytoken"})


def without_secrets(value: Any, shown: bool = False) -> Any:
    """``value`` with every text and number hidden whose name is not known to be harmless."""
    if isinstance(value, dict):
        # The ID of a token is the token itself.
        return {
            name: HIDDEN if name == "token" else without_secrets(item, name in SHOWN) for name, item in value.items()
        }
    if isinstance(value, list):
        return [without_secrets(item, shown) for item in value]
    return value if shown or value is None else HIDDEN
