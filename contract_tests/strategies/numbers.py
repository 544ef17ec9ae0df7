"""Numbers: the edges of their range above all, and amounts as exact decimals, never as binary fractions."""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from contract_tests.strategies import merging
from contract_tests.strategies.keywords import Schema

# Where the contract names no limit: what fits a signed 32-bit number on both sides of zero.
FAR = 2**31 - 1
# Steps whose binary fraction is a little too small, so that cents get lost on the way: 0.29, 1.15.
_INEXACT = (29, 115)
# Where it names no step: the most decimals that any page documents.
_FINEST = Decimal("0.00000001")


def exact(limit: int | float) -> Decimal:
    """A limit as the schema file writes it: 0.01 is 0.01."""
    return Decimal(str(limit))


def step(schema: Schema) -> Decimal:
    """The distance from one allowed number to the next."""
    steps = [exact(part) for part in merging.parts(schema, "multipleOf")]
    return max(steps, default=Decimal(1) if schema["type"] == "integer" else _FINEST)


def numbers(schema: Schema, far: int = FAR) -> SearchStrategy[int | Decimal]:
    """Numbers of the schema's range; whole ones as ``int`` as often as as ``Decimal`` where fractions are allowed.

    ``far``: how far whole numbers go where the contract names no limit.
    """
    size = step(schema)
    limit = far if schema["type"] == "integer" else FAR
    least = int((exact(schema.get("minimum", -limit)) / size).to_integral_value(ROUND_CEILING))
    most = int((exact(schema.get("maximum", limit)) / size).to_integral_value(ROUND_FLOOR))
    edges = [count for count in (least, least + 1, 0, 1, *_INEXACT, most - 1, most) if least <= count <= most]
    counts = st.sampled_from(edges) | st.integers(least, min(most, least + 1000)) | st.integers(least, most)
    if schema["type"] == "integer":
        return counts.map(lambda count: int(count * size))
    return st.builds(lambda count, plain: _written(count * size, plain), counts, st.booleans())


def _written(amount: Decimal, plain: bool) -> int | Decimal:
    return int(amount) if plain and amount == amount.to_integral_value() else amount
