"""Amounts in the database: exact, and small enough to be summed by it.

SQLite has no decimal type and floats lose cents, so an amount is kept as a whole number of its smallest documented
part (bills have eight decimals).
"""

from decimal import Decimal

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

PLACES = Decimal("0.00000001")
_SCALE = 10**8


class Money(TypeDecorator[Decimal]):
    """A ``Decimal`` with at most eight decimals, stored as a 64-bit whole number."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        scaled = value * _SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} has more than eight decimals")
        return int(scaled)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        if value is None:
            return None
        exact = Decimal(value) / _SCALE
        return max(exact, exact.quantize(Decimal("0.01")), key=lambda amount: -int(amount.as_tuple().exponent))
