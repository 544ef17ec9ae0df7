"""bss-mock serve: both sites on a port, and the proxy in front of it for who asks."""

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from mockserver.app import DEMO, Emulator
from mockserver.cli import options

if TYPE_CHECKING:
    from socket import socket

    from trustme import CA

Ready = Callable[[dict[str, str]], None]
Tell = Callable[[str], None]


@click.command()
@click.option("--host", default=options.DEFAULT_HOST, show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=click.IntRange(0, 65535), default=options.DEFAULT_PORT, show_default=True, help="0: a free one."
)
@options.scenario
@options.seed
@click.option("--ready-file", type=click.Path(path_type=Path), help="Written as JSON once requests are answered.")
@options.strict
@options.quotas
@options.lock_failed_ak
@click.option(
    "--admin-token",
    envvar="BSS_MOCK_ADMIN_TOKEN",
    metavar="TOKEN",
    help="What /_mock asks for, from wherever; or BSS_MOCK_ADMIN_TOKEN. Without it, it answers this machine only.",
)
@click.option(
    "--idle-timeout",
    type=click.FloatRange(0.1, 86400),
    default=30,
    show_default=True,
    metavar="SECONDS",
    help="How long a connection may be silent.",
)
@options.tls
@click.option(
    "--proxy-port",
    type=click.IntRange(0, 65535),
    help="An HTTPS proxy in which the cloud's host names lead here; 0: a free port. Default: no proxy.",
)
@options.allow_host
def serve(
    host: str,
    port: int,
    scenarios: tuple[str, ...],
    seed: int | None,
    ready_file: Path | None,
    strict: bool,
    quotas: bool,
    lock_failed_ak: bool,
    admin_token: str | None,
    idle_timeout: float,
    tls: bool,
    proxy_port: int | None,
    allowed: tuple[str, ...],
) -> None:
    """Serve both sites until SIGTERM or Ctrl+C."""
    options.writable(ready_file, "--ready-file")
    if admin_token is not None and not re.fullmatch("[!-~]+", admin_token):
        raise click.UsageError("--admin-token: letters, digits and signs without spaces are expected, at least one")
    if allowed and proxy_port is None:
        raise click.UsageError("--allow-host speaks of the proxy: --proxy-port is needed")
    held = reserved(host, port)
    proxy = None if proxy_port is None else reserved(host, proxy_port, "--proxy-port")
    authority = kept_authority() if tls or proxy else None
    emulator = Emulator(
        scenarios or DEMO,
        seed=seed,
        strict=strict,
        quotas=quotas,
        lock_failed_ak=lock_failed_ak,
        admin_token=admin_token,
    )
    worlds = {name: sandbox.row() for name, sandbox in emulator.worlds.items()}
    doors = Doors(held, tls=tls, proxy=proxy, allowed=allowed, authority=authority, idle=idle_timeout)
    doors.serve(emulator, partial(_ready, ready_file, worlds), _tell)


class Doors:
    """The ways into an emulator: its port, with or without TLS, and the proxy."""

    def __init__(
        self,
        held: "socket",
        *,
        tls: bool = False,
        proxy: "socket | None" = None,
        allowed: tuple[str, ...] = (),
        authority: "CA | None" = None,
        idle: float | None = None,
    ) -> None:
        self._idle = idle
        self._held = held
        self._tls = tls
        self._proxy = proxy
        self._allowed = allowed
        self._authority = authority

    def serve(
        self, emulator: Emulator, ready: Ready, tell: Tell, beside: tuple[Callable[[], object], ...] = ()
    ) -> None:
        """Until SIGTERM or SIGINT. ``ready`` is given the addresses, ``tell`` what the proxy has to say."""
        from mockserver import serving

        addresses: dict[str, str] = {}
        with ExitStack() as until_the_end:
            certificate = self._certificate(until_the_end) if self._tls else None
            if self._proxy is not None:
                proxy = self._made(self._proxy, tell)
                until_the_end.callback(proxy.stop)
                beside = (*beside, proxy.start)
                addresses = {"proxy": serving.shown(*self._proxy.getsockname()[:2])}
            serving.serve(
                emulator,
                self._held,
                lambda url: ready({"url": url, **addresses}),
                idle=self._idle or serving.IDLE,
                certificate=certificate,
                beside=beside,
            )

    def _certificate(self, until_the_end: ExitStack) -> tuple[Path, Path]:
        from mockserver.proxy import certificates

        assert self._authority is not None
        folder = Path(until_the_end.enter_context(TemporaryDirectory(prefix="bss-mock-")))
        return certificates.certificate_files(self._authority, folder, self._names())

    def _made(self, held: "socket", tell: Tell) -> Any:
        from mockserver.proxy import certificates
        from mockserver.proxy.proxy import Proxy, Upstream

        assert self._authority is not None
        host, port = self._held.getsockname()[:2]
        upstream = Upstream(host, port, certificates.trusting(self._authority) if self._tls else None)
        return Proxy(held, certificates.context(self._authority), upstream, allowed=self._allowed, tell=tell)

    def _names(self) -> tuple[str, ...]:
        """The address that is served, unless it is all of the machine's."""
        host = self._held.getsockname()[0]
        return () if host in ("0.0.0.0", "::") else (host,)


def reserved(host: str, port: int, option: str = "--port") -> "socket":
    from mockserver import serving

    try:
        return serving.reserve(host, port, option)
    except serving.PortTaken as taken:
        raise click.UsageError(str(taken)) from None


def kept_authority() -> "CA":
    """The user's own certificate authority."""
    from mockserver.proxy import certificates

    try:
        return certificates.kept()
    except certificates.NoFolder as problem:
        raise click.UsageError(str(problem)) from None


def _ready(ready_file: Path | None, worlds: Mapping[str, Any], addresses: Mapping[str, str]) -> None:
    from mockserver import showing

    if ready_file is not None:
        # Whoever waits for the file must never see half of it.
        unfinished = ready_file.with_name(f".{ready_file.name}.{os.getpid()}")
        unfinished.write_text(json.dumps({**addresses, "sandboxes": worlds}, indent=2), encoding="utf-8")
        unfinished.replace(ready_file)
    showing.welcome(addresses, worlds)
    sys.stdout.flush()


def _tell(words: str) -> None:
    click.echo(f"bss-mock: {words}", err=True)
