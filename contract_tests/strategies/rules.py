"""Asks the validator of the contract about a part of a schema.

A validator is made once per part: the same parts are asked about for every value drawn.
"""

from functools import lru_cache
from typing import Any

import jsonschema_rs
import msgspec

from contract_tests.strategies.keywords import Schema

_encoder = msgspec.json.Encoder()


def satisfies(schema: Schema, value: Any) -> bool:
    return _validator(identity(schema)).is_valid(value)


def identity(schema: Schema) -> bytes:
    """Equal for equal schemas."""
    return _encoder.encode(schema)


@lru_cache(maxsize=4096)
def _validator(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(msgspec.json.decode(schema), validate_formats=True)
