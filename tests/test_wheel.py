"""The wheel works where the checkout is not: the data travels inside it and both its entry points are found.

The wheel goes into an empty environment. So that this takes seconds and no network, the packages of others are
borrowed from the environment that runs the test, but not this project's own editable install. With
``BSS_MOCK_WHEEL_TEST=installed``, as in CI, nothing is borrowed: pip installs what the wheel declares, at the locked
versions, which also proves that the declared dependencies suffice.
"""

import json
import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
import urllib.request
import venv
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
BORROWED = os.environ.get("BSS_MOCK_WHEEL_TEST") != "installed"
OURS = ("PYTHON", "PYTEST", "VIRTUAL_ENV", "BSS_MOCK")


def run(*command: str | Path, cwd: Path) -> str:
    """What a command prints; its words are the test's message when it fails."""
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=clean(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=300,
    )
    assert done.returncode == 0, f"{command} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def clean() -> dict[str, str]:
    """The environment variables of a shell that knows nothing of this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("bss_mock-*.whl")
    return built


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of an environment in which there is the wheel, far from the checkout."""
    environment = tmp_path_factory.mktemp("elsewhere")
    venv.create(environment, symlinks=True)
    install(environment, wheel, extra="")
    if BORROWED:
        packages = next(environment.glob("lib/python3*/site-packages"))
        (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return environment / "bin"


def install(environment: Path, wheel: Path, extra: str) -> None:
    """This environment's pip works on the other one, which needs none of its own."""
    pip: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        environment / "bin" / "python",
        "install",
        "--quiet",
    ]
    if BORROWED:
        run(*pip, "--no-deps", "--no-index", wheel, cwd=environment)
    else:
        pins = re.findall(r"^[\w.-]+==[^\\\n]+", (ROOT / "requirements" / "lock.txt").read_text("utf-8"), re.MULTILINE)
        constraints = environment / "constraints.txt"
        constraints.write_text("\n".join(pins), encoding="utf-8")
        run(*pip, "--constraint", constraints, f"bss-mock{extra} @ {wheel.as_uri()}", cwd=environment)


@contextmanager
def serving(program: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], dict[str, Any]]]:
    """A server that answers, and what its ready file says."""
    ready, printed = folder / "ready.json", folder / "printed.txt"
    with printed.open("wb") as output:
        server = subprocess.Popen(
            [program, "serve", "--port", "0", "--ready-file", ready],
            cwd=folder,
            env=clean(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 60
        while not ready.exists():
            assert server.poll() is None, f"it ended with {server.returncode}:\n{printed.read_text('utf-8')}"
            assert time.monotonic() < deadline, f"it wrote no ready file:\n{printed.read_text('utf-8')}"
            time.sleep(0.05)
        yield server, json.loads(ready.read_text("utf-8"))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)  # its workers too, should it have been unable to end them
        server.wait()


def test_the_data_travels_inside_the_wheel(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("schemas", "fixtures"):
        data = [path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*.*") if path.is_file()]
        assert data, f"{folder}/ is empty"
        assert {f"mockserver/_shipped/{path}" for path in data} <= inside


def test_the_installed_package_is_the_one_that_is_used(elsewhere: Path, tmp_path: Path) -> None:
    where = "import contract_tests, mockserver; print(mockserver.__file__, contract_tests.__file__)"
    for path in run(elsewhere / "python", "-c", where, cwd=tmp_path).split():
        assert Path(path).is_relative_to(elsewhere.parent)


def test_it_serves_from_any_folder_and_ends_when_told(elsewhere: Path, tmp_path: Path) -> None:
    with serving(elsewhere / "bss-mock", tmp_path) as (server, ready):
        assert set(ready["sandboxes"]) == {"cn", "intl"}
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(f"{ready['url']}/_mock/health", timeout=10) as answer:
            assert answer.status == 200
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=20) == 0


def test_without_the_extra_the_kit_says_what_it_needs(elsewhere: Path, tmp_path: Path) -> None:
    """The emulator alone has the command; what it needs is hidden here where it is borrowed."""
    hidden = "import sys; sys.modules['hypothesis'] = None; from mockserver.cli import main; main()"
    for words in (["check", "--client", "requests"], ["run", "--check", "--", "true"]):
        done = subprocess.run(
            [elsewhere / "python", "-c", hidden, *words],
            cwd=tmp_path,
            env=clean(),
            capture_output=True,
            encoding="utf-8",
            timeout=60,
            check=False,
        )
        assert done.returncode == 2
        assert done.stderr.count("\n") == 1
        assert "pip install 'bss-mock[test]'" in done.stderr


def test_pytest_finds_the_fixtures_there(elsewhere: Path, wheel: Path, tmp_path: Path) -> None:
    if not BORROWED:
        install(elsewhere.parent, wheel, extra="[test]")
    (tmp_path / "test_mine.py").write_text(
        "def test_a_world_of_my_own(bss_sandbox):\n    assert bss_sandbox.distributor\n", encoding="utf-8"
    )
    assert "1 passed" in run(elsewhere / "python", "-m", "pytest", "-p", "no:cacheprovider", cwd=tmp_path)


def test_a_client_is_checked_there(elsewhere: Path, wheel: Path, tmp_path: Path) -> None:
    if not BORROWED:
        install(elsewhere.parent, wheel, extra="[test]")
    about = ("--client", "requests", "--operations", "cn/list_partner_balances", "--examples", "1")
    assert "0 findings; 1 operation x " in run(
        elsewhere / "bss-mock", "check", *about, "--html", "a.html", cwd=tmp_path
    )
    assert (tmp_path / "a.html").stat().st_size > 5_000
