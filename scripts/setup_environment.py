"""Makes the project's environment from the lock file: what `make setup` does.

It is a script and not a recipe because a fresh machine differs in ways that take thought: the first `python3` may be
too old, a version manager may list a Python that does not run, and Debian's Python may come without the part of
`venv` that brings pip. It runs before anything is installed, so it needs the standard library only, and it may be
started by an old Python (3.8), because finding a better one is its work.

It ends with exit status 2 and one line when the machine lacks something, and at once when nothing has changed.
"""

from __future__ import annotations

import argparse
import base64
import configparser
import hashlib
import http.client
import os
import re
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BOOTSTRAP = ROOT / "requirements" / "bootstrap.txt"
OLDEST = (3, 11)
CANDIDATES = ("python3.11", "python3.12", "python3.13", "python3.14", "python3", "python")
PROBE = "import sys; print('%d.%d.%d' % sys.version_info[:3], sys.base_prefix)"


class Missing(Exception):
    """The machine lacks something; the message is the one line that says what, and how to get it."""


def say(line: str) -> None:
    print(f"bss-mock: {line}", flush=True)


def probe(python: str | Path) -> tuple[str, str] | None:
    """The version of a Python and where it is installed; None when it does not run."""
    try:
        answer = subprocess.run(
            [str(python), "-c", PROBE], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, encoding="utf-8"
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version, _, prefix = answer.stdout.strip().partition(" ")
    return version, prefix


def new_enough(version: str) -> bool:
    return tuple(int(part) for part in version.split(".")[:2]) >= OLDEST


def choose_python(asked_for: str | None) -> tuple[str, tuple[str, str]]:
    """The Python that was asked for, else the first one on the path that is new enough."""
    seen = []
    for name in [asked_for] if asked_for else CANDIDATES:
        python = shutil.which(name)
        found = probe(python) if python else None
        if python and found:
            if new_enough(found[0]):
                return python, found
            seen.append(f"{name} is {found[0]}")
        elif asked_for:
            seen.append(f"{name} does not run")
    found_instead = "; ".join(seen) or "no Python at all"
    raise Missing(
        f"Python {OLDEST[0]}.{OLDEST[1]} or newer is needed and was not found ({found_instead}): "
        "install it (Debian 12 and later: apt-get install python3 python3-venv) "
        "or name one: make setup PYTHON=/path/to/python3.11"
    )


def pip_setting(name: str) -> str:
    """One of pip's own settings, from where pip reads it: its environment variable, then its files."""
    variable = "PIP_" + name.upper().replace("-", "_")
    if os.environ.get(variable):
        return os.environ[variable]
    files = configparser.RawConfigParser()
    home = Path.home()
    places = ["/etc/pip.conf", home / ".pip" / "pip.conf", home / ".config" / "pip" / "pip.conf"]
    try:
        files.read([str(place) for place in places] + [os.environ.get("PIP_CONFIG_FILE", os.devnull)], encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return ""
    return files.get("global", name, fallback="")


def fetch(url: str) -> bytes:
    """What lies at an address; a name and a password in it go where they belong, as pip does it."""
    parts = urllib.parse.urlsplit(url)
    request = urllib.request.Request(parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl())
    if parts.username:
        login = urllib.parse.unquote(f"{parts.username}:{parts.password or ''}")
        request.add_header("Authorization", "Basic " + base64.b64encode(login.encode()).decode())
    context = ssl.create_default_context(cafile=pip_setting("cert") or None)
    with urllib.request.urlopen(request, context=context, timeout=60) as answer:
        content: bytes = answer.read()
    return content


def pip_wheel(folder: Path) -> Path:
    """The pinned pip, from pip's own sources of packages, checked against the pinned hash."""
    pinned = re.search(r"^pip==(\S+)((?:\s*\\\s*--hash=\S+)+)", BOOTSTRAP.read_text(encoding="utf-8"), re.MULTILINE)
    if not pinned:
        raise ValueError(f"{BOOTSTRAP} pins no pip")
    name = f"pip-{pinned.group(1)}-py3-none-any.whl"
    local = [Path(place) / name for place in pip_setting("find-links").split()]
    if any(wheel.is_file() for wheel in local):
        content = next(wheel for wheel in local if wheel.is_file()).read_bytes()
    else:
        page = (pip_setting("index-url") or "https://pypi.org/simple").rstrip("/") + "/pip/"
        links = re.findall(r'href="([^"#]+)', fetch(page).decode("utf-8"))
        link = next((link for link in links if link.rpartition("/")[2] == name), None)
        if not link:
            raise ValueError(f"the package index has no {name}")
        content = fetch(urllib.parse.urljoin(page, link))
    if f"--hash=sha256:{hashlib.sha256(content).hexdigest()}" not in pinned.group(2).split():
        raise ValueError(f"{name} has not the hash that {BOOTSTRAP.name} pins")
    wheel = folder / name
    wheel.write_bytes(content)
    return wheel


def make_environment(python: str, environment: Path) -> None:
    """An empty environment with pip in it, even where this Python cannot bring pip along."""
    make = [python, "-m", "venv", "--clear", str(environment)]
    if subprocess.run(make, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0:
        return
    say("this Python brings no pip: taking the pinned one from the package index")
    try:
        subprocess.run([*make, "--without-pip"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
        with tempfile.TemporaryDirectory() as folder:
            wheel = pip_wheel(Path(folder))
            install = [f"{wheel}/pip", "install", "--quiet", "--no-index", "--no-deps", str(wheel)]
            subprocess.run([str(environment / "bin" / "python"), *install], check=True)
    except (OSError, ValueError, http.client.HTTPException, subprocess.CalledProcessError) as trouble:
        raise Missing(
            f"{python} cannot make an environment and the package index gave no pip ({trouble}): "
            "apt-get install python3-venv, then try again"
        ) from None


def fingerprint(lock: Path, editable: bool) -> str:
    """What the environment was made from; the place too, since a copied environment still runs the old checkout."""
    parts = [str(ROOT).encode(), lock.read_bytes(), (ROOT / "pyproject.toml").read_bytes() if editable else b""]
    return hashlib.sha256(b"\0".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()


def install(environment: Path, lock: Path, editable: bool) -> None:
    pip = [str(environment / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq"]
    subprocess.run([*pip, "install", "--only-binary", ":all:", "--require-hashes", "-r", str(lock)], check=True)
    if editable:
        # The backend is in the lock: nothing is fetched that was not pinned.
        subprocess.run([*pip, "install", "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description="Make an environment from a lock file.")
    parser.add_argument("--environment", default=".venv")
    parser.add_argument("--lock", default="requirements/lock.txt")
    parser.add_argument("--no-project", action="store_true", help="install what is locked, not the project itself")
    options = parser.parse_args()
    environment, lock, editable = ROOT / options.environment, ROOT / options.lock, not options.no_project
    asked_for = os.environ.get("PYTHON") or None

    stamp, wanted = environment / "ready", fingerprint(lock, editable)
    there = probe(environment / "bin" / "python") if environment.exists() else None
    try:
        if asked_for and there != choose_python(asked_for)[1]:
            there = None
        if there and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
            return 0
        began = time.monotonic()
        stamp.unlink(missing_ok=True)
        if there is None or not new_enough(there[0]) or not (environment / "bin" / "pip").exists():
            python, (version, _) = choose_python(asked_for)
            say(f"making {options.environment} with Python {version} ({python})")
            make_environment(python, environment)
        say(f"installing what {options.lock} pins")
        install(environment, lock, editable)
    except Missing as missing:
        print(f"bss-mock: {missing}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:
        print(f"bss-mock: {options.environment} is not complete; pip says above why. Try again.", file=sys.stderr)
        return 1
    stamp.write_text(wanted, encoding="utf-8")
    say(f"{options.environment} is ready ({time.monotonic() - began:.0f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
