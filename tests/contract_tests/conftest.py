"""Operations to draw requests of: those of the contract, and one that has what no page has taken yet."""

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest

from mockserver.contract.operations import Contract, Operation


@cache
def made_up() -> Operation:
    """``made_up.json``, read as any other file of the contract."""
    folder = Path(mkdtemp(prefix="made-up-"))
    try:
        (folder / "cn" / "things").mkdir(parents=True)
        shutil.copy(Path(__file__).with_name("made_up.json"), folder / "cn" / "things" / "make_up.json")
        (operation,) = Contract(folder)
        assert operation.schema
        return operation
    finally:
        shutil.rmtree(folder)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "operation" in metafunc.fixturenames:
        operations = [*Contract(), made_up()]
        metafunc.parametrize("operation", operations, ids=[f"{one.site}-{one.name}" for one in operations])
