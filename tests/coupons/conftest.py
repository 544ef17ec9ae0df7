"""A world with quotas and coupons of every kind, and what a test of coupons says over and over."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import select

from mockserver.domain import coupon_book
from mockserver.store.tables import coupon_quotas

if TYPE_CHECKING:
    from tests.conftest import Answered, Clock, Stage

PERMISSION_ITEMS = ("clerk", "assistant")


@pytest.fixture(scope="session")
def coupons_file() -> Path:
    return Path(__file__).parents[1] / "worlds" / "coupons.yaml"


@pytest.fixture
def shop(partners: dict[str, Any], coupons_file: Path) -> dict[str, Any]:
    """``worlds/partners.yaml`` with ``worlds/coupons.yaml``, to be changed and opened."""
    more = yaml.safe_load(coupons_file.read_bytes())
    partners["principals"] |= more.pop("operators")
    # A test of permissions gives the operators theirs.
    partners["rules"]["unknown_products"] = ["P404"]
    return partners | more


@pytest.fixture
def stage(open_world: "Callable[..., Stage]", shop: dict[str, Any], time: "Clock") -> "Iterator[Stage]":
    """A fresh world of the shop. Whatever was done in it, no value came from nowhere or went there."""
    opened = open_world(shop, now=time)
    yield opened
    with opened.inside() as world:
        assert coupon_book.disagreements(world) == []


@pytest.fixture
def quota(stage: "Stage", shop: dict[str, Any]) -> Callable[[str], str]:
    """The ID of a quota by its name in the file."""
    with stage.inside() as world:
        idents = world.db.execute(select(coupon_quotas.c.id).order_by(coupon_quotas.c.number)).scalars()
        known = dict(zip(shop["coupon_quotas"], idents, strict=True))
    return known.__getitem__


@pytest.fixture
def balance(stage: "Stage") -> Callable[[str], Decimal]:
    """What a quota has, past the API."""

    def balance(quota_id: str) -> Decimal:
        with stage.inside() as world:
            mine = coupon_quotas.c.id == quota_id
            held: Decimal = world.db.execute(select(coupon_quotas.c.balance).where(mine)).scalar_one()
            return held

    return balance


@pytest.fixture
def issue(stage: "Stage", quota: Callable[[str], str]) -> "Callable[..., Answered]":
    """Has coupons issued from the quota ``shop``, or another."""

    def issue(*customers: str, who: str = "solution_provider", out_of: str = "shop", **more: Any) -> "Answered":
        wanted = {"face_value": Decimal("10.00")} | more
        return stage.call(who, "create_partner_coupons", quota_id=quota(out_of), customer_ids=list(customers), **wanted)

    return issue


@pytest.fixture
def refused(stage: "Stage") -> "Callable[..., Answered]":
    """Expects a refusal that leaves no trace."""

    def refused(call: "Callable[[], Answered]", code: str, status: int = 400) -> "Answered":
        before = stage.sandbox.fingerprint()
        answer = call()
        assert (answer.status, answer.code) == (status, code), answer.reason
        assert stage.sandbox.fingerprint() == before
        return answer

    return refused


def pages(fetch: "Callable[..., Answered]", records: str, count: str = "total_count") -> None:
    """A list is cut by record offsets: with many matches, ``offset`` 1 leaves out the first record."""
    whole = fetch(limit=100).body[records]
    assert len(whole) >= 2
    assert fetch(limit=2, offset=1).body == {count: len(whole), records: whole[1:3]}
    assert fetch(limit=1, offset=len(whole)).body == {count: len(whole), records: []}
    assert fetch().body[records] == whole[:10]
