"""Options that several commands have, and values that they share."""

import os
from pathlib import Path

import click

from mockserver import cloud
from mockserver.worlds import MAX_SEED

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8470
PRINCIPAL = "solution_provider"

scenario = click.option(
    "--scenario",
    "scenarios",
    multiple=True,
    metavar="NAME|FILE",
    help="A shipped scenario or a YAML file; may be repeated. Default: demo-cn and demo-intl.",
)
seed = click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Replaces the scenarios' own seed.")
strict = click.option(
    "--strict", is_flag=True, help="Quotas count, and members that the contract does not have are refused."
)
quotas = click.option("--quotas", is_flag=True, help="Quotas count; also in a world that is not strict.")
lock_failed_ak = click.option("--lock-failed-ak", is_flag=True, help="Five failed authentications in a row lock a key.")
tls = click.option("--tls", is_flag=True, help="The port speaks HTTPS; bss-mock ca prints whom to trust for it.")


def _allowed(_: click.Context, __: click.Parameter, hosts: tuple[str, ...]) -> tuple[str, ...]:
    for host in hosts:
        if cloud.is_cloud(host):
            raise click.BadParameter(f"{host} is the emulator's own: nothing reaches the real one from here")
        if not host.strip(".") or not host.isascii() or any(one in host for one in ":/ *@"):
            raise click.BadParameter(f"{host!r}: a host's name is expected, or .example.com for all below it")
    return tuple(host.lower().removesuffix(".") for host in hosts)


allow_host = click.option(
    "--allow-host",
    "allowed",
    multiple=True,
    metavar="HOST",
    callback=_allowed,
    help="The proxy lets it through; may be repeated. .example.com: all below it. Default: only this machine.",
)


def writable(file: Path | None, option: str) -> None:
    """Before anything starts: a file that could not be written at the end is a mistake now."""
    if file is not None and (file.is_dir() or not os.access(file.parent, os.W_OK | os.X_OK)):
        raise click.UsageError(f"{option} {file}: a file in a folder that can be written to is expected")


def write(content: bytes, output: Path | None) -> None:
    """To a file, or to standard output."""
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as problem:
        raise click.UsageError(f"--output {output}: {str(problem.strerror).lower()}") from None
