"""Programs that a test drives and that pip does not bring: where one is missing a test is skipped, in CI it fails."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

# Whatever a page should want from elsewhere is not there.
NOBODY = "MAP * ~NOTFOUND"
_ALONE = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1300,1200",
)


def lacking(what: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(what)
    pytest.skip(what)


def needed(*programs: str) -> None:
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        lacking(f"{', '.join(missing)}: needed and not found, .ci/run installs them")


@contextmanager
def chromium_in(folder: Path, hosts: str = NOBODY) -> Iterator[Chrome]:
    """The system's Chromium with its logs on. ``hosts``: the rules by which it finds host names."""
    needed("chromium", "chromedriver")
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for argument in (*_ALONE, f"--host-resolver-rules={hosts}", f"--user-data-dir={folder}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    with Chrome(options=options, service=Service(shutil.which("chromedriver"))) as chrome:
        yield chrome
