"""Where the data that travels with the code lies: beside it in a checkout, inside the package in a wheel."""

from functools import cache
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


@cache
def _folder(name: str) -> Path:
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name


def schemas() -> Path:
    """The contract: ``schemas/``."""
    return _folder("schemas")


def fixtures() -> Path:
    """Reference data and scenarios: ``fixtures/``."""
    return _folder("fixtures")
