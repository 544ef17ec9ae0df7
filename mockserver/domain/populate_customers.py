"""What happened to a scenario's customers before its world begins: real-name authentication, freezing, leaving.

Who is verified, rejected or in review has an application to show for it, and only who is verified has a real name.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import update

from mockserver.domain import clock, customers, due, freezing, realname
from mockserver.domain.customers import Customer
from mockserver.domain.realname import ENTERPRISE, IN_REVIEW, INDIVIDUAL, REJECTED, UNVERIFIED, VERIFIED, Case
from mockserver.domain.scenarios import Scenario
from mockserver.domain.world import World
from mockserver.store.tables import customers as customers_table

_STATUS = {"unverified": UNVERIFIED, "in_review": IN_REVIEW, "rejected": REJECTED, "verified": VERIFIED}
_KIND = {"individual": INDIVIDUAL, "enterprise": ENTERPRISE}
_OPINION = {"cn": "证件照片不清晰，请重新上传。", "intl": "The certificate cannot be read. Upload it again."}


def write(world: World, scenario: Scenario, ids: Mapping[str, str]) -> None:
    """After the customers are there; ``ids`` of the scenario's principals by name."""
    for name, ident in ids.items():
        values = _own(scenario.principals[name])
        if values:
            world.db.execute(update(customers_table).where(customers_table.c.id == ident).values(values))
    everybody = customers.everybody(world)
    cases = list(_cases(world, everybody, scenario.history[1]))
    realname.add(world, cases)
    world.db.execute(
        update(customers_table).where(customers_table.c.verified_status != VERIFIED).values(real_name=None)
    )
    seconds: float | None = world.rules["realname_review_seconds"]
    for case in cases:
        if case.result == IN_REVIEW and seconds is not None:
            ends = clock.later(case.submitted_at, seconds=seconds)
            due.schedule(world, ends, realname.REVIEW_ENDS, case.customer_id)


def _own(row: Mapping[str, Any]) -> dict[str, Any]:
    """What the scenario says of a customer by name, as columns."""
    values: dict[str, Any] = {}
    if "customer_type" in row:
        values["customer_type"] = _KIND[row["customer_type"]]
    if "verified" in row:
        values["verified_status"] = status = _STATUS[row["verified"]]
        if status == UNVERIFIED:
            values["customer_type"] = UNVERIFIED
    if "frozen" in row:
        values["frozen"] = freezing.TYPES[row["frozen"]]
    if "dissociated_on" in row:
        values["dissociated_on"] = row["dissociated_on"]
    return values


def _cases(world: World, everybody: Sequence[Customer], until: str) -> Iterator[Case]:
    applied = [one for one in everybody if one.verified_status != UNVERIFIED]
    certificates = world.identifiers("certificate", len(applied), 18) if applied else []
    for one, certificate in zip(applied, certificates, strict=True):
        pending = one.verified_status == IN_REVIEW
        yield Case(
            customer_id=one.id,
            kind=one.customer_type,
            name=one.real_name or one.id,
            certificate=certificate.upper(),
            attachments=(f"{one.id}/1.jpg", f"{one.id}/2.jpg", f"{one.id}/3.jpg"),
            change=False,
            country=None,
            address=None,
            submitted_at=until if pending else one.associated_on,
            result=one.verified_status,
            opinion=_OPINION[world.site] if one.verified_status == REJECTED else None,
            decided_at=None if pending else one.associated_on,
        )
