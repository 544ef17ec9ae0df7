"""The made-up operation that these tests read with."""

import shutil
from pathlib import Path

import pytest

from mockserver.contract.operations import Contract, Operation


@pytest.fixture(scope="session")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Operation:
    """``made_up.json``, read as any other file of the contract."""
    folder = tmp_path_factory.mktemp("schemas")
    (folder / "cn" / "things").mkdir(parents=True)
    shutil.copy(Path(__file__).parent / "made_up.json", folder / "cn" / "things" / "make_up.json")
    (operation,) = Contract(folder)
    return operation
