"""bss-mock run: a fresh emulator around one command, which need not know of it."""

import json
import os
import secrets
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from mockserver.app import DEMO, Emulator
from mockserver.cli import added, options
from mockserver.contract.operations import SITES

if TYPE_CHECKING:
    from mockserver.cli.serve import Doors
    from mockserver.running.background import Say
    from mockserver.running.environment import Trust
    from mockserver.running.recording import Judgement, Recording
    from mockserver.store.sandboxes import Principal, Sandbox

# The exit status of a command that went well, and sent what the contract does not allow.
VIOLATED = 1


@click.command(context_settings={"ignore_unknown_options": False, "allow_interspersed_args": False})
@click.option("--principal", default=options.PRINCIPAL, show_default=True, help="Who the command is.")
@click.option("--site", type=click.Choice(SITES), help="On which site. Default: that of the first scenario.")
@click.option("--report", type=click.Path(path_type=Path), metavar="FILE", help="Summary and journal as JSON.")
@click.option("--check", is_flag=True, help="Judge what it sent; a violation of the contract is exit status 1.")
@click.option("--scenario-keys", is_flag=True, help="The accounts keep the keys of their scenario.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: a free one.")
@click.option("--proxy-port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0: a free one.")
@options.scenario
@options.seed
@options.strict
@options.quotas
@options.lock_failed_ak
@options.tls
@options.allow_host
@click.argument("command", nargs=-1, required=True, type=click.UNPROCESSED)
def run(
    principal: str,
    site: str | None,
    report: Path | None,
    check: bool,
    scenario_keys: bool,
    port: int,
    proxy_port: int,
    scenarios: tuple[str, ...],
    seed: int | None,
    strict: bool,
    quotas: bool,
    lock_failed_ak: bool,
    tls: bool,
    allowed: tuple[str, ...],
    command: tuple[str, ...],
) -> int:
    """Run COMMAND with an emulator of its own, and tell what it asked of it.

    The command finds keys, addresses, a proxy and certificates in its environment; what it prints, its exit status and
    the signals to it are its own.
    """
    from mockserver.cli.serve import Doors, reserved
    from mockserver.proxy import certificates
    from mockserver.running import signals
    from mockserver.running.background import NotStarted
    from mockserver.running.command import CannotRun
    from mockserver.running.recording import Gone

    options.writable(report, "--report")
    judge = added.judge() if check else None
    host = options.DEFAULT_HOST
    held, proxy = reserved(host, port), reserved(host, proxy_port, "--proxy-port")
    salt = None if scenario_keys else secrets.token_hex(16)
    emulator = Emulator(
        scenarios or DEMO,
        seed=seed,
        strict=strict,
        quotas=quotas,
        lock_failed_ak=lock_failed_ak,
        history=True,
        salt=salt,
    )
    sandbox = _sandbox(emulator, site)
    who = _principal(sandbox, principal)
    authority = certificates.thrown_away()
    doors = Doors(held, tls=tls, proxy=proxy, allowed=allowed, authority=authority)
    signals.hold()
    with TemporaryDirectory(prefix="bss-mock-") as folder:
        trust = _trust(Path(folder), authority.cert_pem.bytes(), allowed)
        try:
            status, recording = _around(command, doors, emulator, who, trust)
        except CannotRun as problem:
            click.echo(f"bss-mock: {problem}", err=True)
            return problem.status
        except (NotStarted, Gone) as problem:
            raise click.ClickException(str(problem)) from None
    judgement = judge(recording) if judge else None
    _tell(recording, judgement)
    if report is not None:
        _write(report, recording, judgement, command, status, who, sandbox)
    return status or (VIOLATED if judgement and judgement.violations else 0)


def _around(
    command: Sequence[str], doors: "Doors", emulator: Emulator, who: "Principal", trust: "Trust"
) -> tuple[int, "Recording"]:
    from mockserver.running import command as commands
    from mockserver.running import recording
    from mockserver.running.background import Background
    from mockserver.running.environment import variables

    with Background(partial(_serve, doors, emulator, os.getpid())) as background:
        status = commands.run(command, variables(os.environ, who, background.addresses, trust))
        seen = recording.ask(background.addresses["url"], trust.authority)
        return status, seen.heard(background.stop())


def _serve(doors: "Doors", emulator: Emulator, parent: int, say: "Say") -> None:
    from mockserver import serving

    doors.serve(emulator, say, say, beside=(partial(serving.end_with, parent),))


def _sandbox(emulator: Emulator, site: str | None) -> "Sandbox":
    worlds = emulator.worlds.values()
    for sandbox in worlds:
        if site in (None, sandbox.site):
            return sandbox
    there = ", ".join(sorted({sandbox.site for sandbox in worlds}))
    raise click.UsageError(f"--site {site}: no scenario of it was given, only of {there}")


def _principal(sandbox: "Sandbox", name: str) -> "Principal":
    if name not in sandbox.principals:
        raise click.UsageError(f"no principal {name!r} in {sandbox.scenario}: {', '.join(sandbox.principals)}")
    return sandbox.principals[name]


def _trust(folder: Path, authority: bytes, allowed: Sequence[str]) -> "Trust":
    """Only where real hosts are let through are real certificates of any use. Else whatever finds a way around the
    proxy ends there: it trusts nobody but the emulator."""
    from mockserver.proxy import certificates
    from mockserver.running.environment import Trust

    trusted = authority + b"\n" + (certificates.roots(os.environ) if allowed else b"")
    made = Trust(authority, folder / "certificates.pem", folder / "certificates.p12")
    made.bundle.write_bytes(trusted)
    made.java.write_bytes(certificates.java_store(trusted))
    return made


def _tell(recording: "Recording", judgement: "Judgement | None") -> None:
    from mockserver.running.recording import summary

    sys.stdout.flush()
    first, *lines = summary(recording)
    more = judgement.lines if judgement else ()
    click.echo("\n".join([f"bss-mock: {first}", *lines, *more]), err=True)


def _write(
    file: Path,
    recording: "Recording",
    judgement: "Judgement | None",
    command: Sequence[str],
    status: int,
    who: "Principal",
    sandbox: "Sandbox",
) -> None:
    from mockserver.running.recording import report

    about: dict[str, Any] = {"command": list(command), "status": status, "principal": who.name, "site": sandbox.site}
    if judgement is not None:
        about["check"] = judgement.document
    try:
        file.write_text(json.dumps(report(recording, **about), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as problem:
        raise click.UsageError(f"--report {file}: {str(problem.strerror).lower()}") from None
