"""QR codes with which a customer shows its face: good for one scan, and for ten minutes.

No telephone is at hand, so ``/_mock`` scans.
"""

from sqlalchemy import insert, select, update

from mockserver.domain import clock, customers, realname
from mockserver.domain.realname import INDIVIDUAL, VERIFIED, Case
from mockserver.domain.world import World
from mockserver.store.tables import realname_qr_codes

MINUTES = 10


class Void(Exception):
    """A code that is good for nothing; in words for people."""


def issue(world: World, customer_id: str) -> str:
    """A new code for an account."""
    ident = world.identifier("QR code")
    expires = clock.later(world.now, minutes=MINUTES)
    world.db.execute(insert(realname_qr_codes).values(id=ident, customer_id=customer_id, expires_at=expires))
    return ident


def scan(world: World, ident: str, name: str, certificate: str) -> str:
    """The person behind an account shows face and identity card and is verified. Answers the account's ID.

    Raises: ``Void``; with a code that was good, but whose customer is in review or verified already, it stays good.
    """
    codes = realname_qr_codes
    row = world.db.execute(select(codes).where(codes.c.id == ident)).one_or_none()
    if row is None:
        raise Void(f"no QR code {ident!r} was issued")
    if row.scanned_at is not None:
        raise Void(f"the QR code was scanned at {row.scanned_at}: it is good once")
    if row.expires_at <= world.now:
        raise Void(f"the QR code was good until {row.expires_at}")
    customer_id: str = row.customer_id
    if realname.status(world, customer_id)[0] in (realname.IN_REVIEW, VERIFIED):
        raise Void(f"{customer_id} is in review or verified already")
    world.db.execute(update(codes).where(codes.c.id == ident).values(scanned_at=world.now))
    shown = Case(
        customer_id, INDIVIDUAL, name, certificate, (), False, None, None, world.now, VERIFIED, None, world.now
    )
    realname.add(world, [shown])
    customers.set_verification(world, customer_id, VERIFIED, INDIVIDUAL, name)
    return customer_id
