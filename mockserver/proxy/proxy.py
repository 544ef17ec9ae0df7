"""The proxy: it ends the TLS of the cloud's host names, and hands the bytes on to the emulator's own port.

It runs in a thread of the process that watches over the server, so that it takes no time from the worker. Nobody waits
for anybody: each connection is a task of its own, a slow one holds up only itself, and no more of a body is kept than
the other side takes.
"""

import asyncio
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Callable, Collection
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial

from mockserver import cloud
from mockserver.proxy.requests import Asked, NotForProxies, from_afar

# Seconds for the first lines, for a handshake, and for somebody else to answer at all.
PATIENCE = 15.0
# Seconds without a byte after which a client has no more to say.
_SILENCE = 0.05
_LARGEST_HEAD = 64 * 1024
_CHUNK = 64 * 1024
_CONNECTED = b"HTTP/1.1 200 Connection established\r\n\r\n"
# How a client says that it does not trust a certificate.
_DISTRUST = ("UNKNOWN_CA", "BAD_CERTIFICATE", "CERTIFICATE_UNKNOWN")

Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where the cloud's host names lead: an address, and how to speak TLS there, if that is what it speaks."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None


class Stop(Exception):
    """The proxy's own answer to a request; the words are in its first line, as many clients show no more."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status

    def answer(self) -> bytes:
        words = re.sub(r"[^ -~]", "?", str(self))
        body = f"bss-mock: {words}\n".encode()
        head = f"HTTP/1.1 {self.status} {words}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        return head.encode() + b"Connection: close\r\n\r\n" + body


class Proxy:
    """A proxy on a port that is held already.

    ``allowed``: hosts to let through beside this machine itself; ``.example.com`` is every host below example.com.
    ``tell`` is given, once each, the sentences that a person should read: who was refused, who does not trust us.
    """

    def __init__(
        self,
        held: socket.socket,
        certificates: ssl.SSLContext,
        emulator: Upstream,
        *,
        allowed: Collection[str] = (),
        tell: Callable[[str], None],
    ) -> None:
        held.listen(1024)
        self._held = held
        self._certificates = certificates
        self._emulator = emulator
        self._allowed = allowed
        self._tell = tell
        self._told: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="proxy", daemon=True)

    def start(self) -> None:
        """In a thread of its own: a process that forks does so before."""
        self._thread.start()

    def stop(self) -> None:
        """Whoever is connected is cut off."""
        if self._thread.ident is not None:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()

    def _run(self) -> None:
        loop = self._loop
        asyncio.set_event_loop(loop)
        server = loop.run_until_complete(asyncio.start_server(self._serve, sock=self._held, limit=_LARGEST_HEAD))
        loop.run_forever()
        server.close()
        connected = asyncio.all_tasks(loop)
        for task in connected:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*connected, return_exceptions=True))
        loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with ExitStack() as closing:
            closing.callback(writer.close)
            try:
                await self._answer((reader, writer), closing)
            except NotForProxies as problem:
                writer.write(Stop(400, str(problem)).answer())
            except Stop as stop:
                writer.write(stop.answer())
            except (OSError, EOFError, asyncio.CancelledError):
                pass  # a client that went away, or that speaks something else; or we stop

    async def _answer(self, client: Streams, closing: ExitStack) -> None:
        """Raises ``Stop`` and ``NotForProxies``."""
        reader, writer = client
        asked = await _asked(reader)
        emulated, near = cloud.is_cloud(asked.host), _is_here(writer.get_extra_info("peername")[0])
        there = await (self._to_emulator(closing) if emulated else self._elsewhere(asked, near))
        closing.callback(there[1].close)
        head = asked.head
        if head is None:
            writer.write(_CONNECTED)
            if emulated and asked.secure:
                await self._secure(writer, asked.host)
            if emulated and not near:
                head = await _head(reader)
        if head is not None:
            there[1].write(from_afar(head) if emulated and not near else head)
        await self._join(client, there, asked.host)

    async def _to_emulator(self, closing: ExitStack) -> Streams:
        to = self._emulator
        reader, writer = await asyncio.open_connection(to.host, to.port, ssl=to.tls)
        closing.callback(writer.close)
        return reader, writer if to.tls else await _apart(writer)

    async def _elsewhere(self, asked: Asked, near: bool) -> Streams:
        """Raises ``Stop`` where that may not or cannot be reached."""
        host = asked.host
        if not (self._allows(host) or (near and _is_here(host))):
            words = f"{host} is not a host of the emulated cloud: --allow-host {host} lets it through"
            self._say(words)
            raise Stop(403, words)
        tls = ssl.create_default_context() if asked.head is not None and asked.secure else None
        try:
            return await asyncio.wait_for(asyncio.open_connection(host, asked.port, ssl=tls), PATIENCE)
        except (OSError, TimeoutError, UnicodeError) as problem:
            words = str(problem) or "no answer in time"
            raise Stop(502, f"{host}:{asked.port} cannot be reached: {words}") from None

    def _allows(self, host: str) -> bool:
        return any(host == one or (one[0] == "." and host.endswith(one)) for one in self._allowed)

    async def _secure(self, writer: asyncio.StreamWriter, host: str) -> None:
        try:
            await writer.start_tls(self._certificates, ssl_handshake_timeout=PATIENCE)
        except ssl.SSLError as problem:
            self._look_for_distrust(problem, host)
            raise

    async def _join(self, client: Streams, there: Streams, host: str) -> None:
        """Both ways, until the other side has said everything."""
        asking = asyncio.create_task(self._copy(client[0], there[1], host, _acknowledging(client[1])))
        try:
            await self._copy(there[0], client[1], host)
        finally:
            asking.cancel()
            await asyncio.wait([asking])
        await _hear_out(client[0])

    async def _copy(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        host: str,
        acknowledge: Callable[[], object] = lambda: None,
    ) -> None:
        while True:
            try:
                chunk = await reader.read(_CHUNK)
            except OSError as problem:
                self._look_for_distrust(problem, host)
                writer.close()
                return
            if not chunk:
                break
            acknowledge()
            writer.write(chunk)
            try:
                await writer.drain()
            except OSError:
                return  # nobody listens any more, but there may be an answer
        if writer.can_write_eof() and not writer.is_closing():
            writer.write_eof()

    def _look_for_distrust(self, problem: OSError, host: str) -> None:
        if isinstance(problem, ssl.SSLError) and any(one in (problem.reason or "") for one in _DISTRUST):
            self._say(f"a client that called {host} does not trust the emulator's certificate: see docs/run.md")

    def _say(self, words: str) -> None:
        if words not in self._told:
            self._told.add(words)
            self._tell(words)


async def _asked(reader: asyncio.StreamReader) -> Asked:
    """Raises ``Stop``, ``NotForProxies``, and what reading raises."""
    return Asked.read(await _head(reader))


async def _head(reader: asyncio.StreamReader) -> bytes:
    try:
        return await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), PATIENCE)
    except asyncio.LimitOverrunError:
        raise Stop(431, f"the first lines of a request have at most {_LARGEST_HEAD} bytes") from None
    except TimeoutError:
        raise Stop(408, f"no whole request within {PATIENCE:.0f} seconds") from None


async def _apart(writer: asyncio.StreamWriter) -> asyncio.StreamWriter:
    """Another writer to the same connection, with a descriptor of its own.

    A server that refuses a body while it is sent stops listening: to send more fails, and with one descriptor asyncio
    would give up the connection before the refusal has been read.
    """
    _, sending = await asyncio.open_connection(sock=writer.get_extra_info("socket").dup())
    sending.transport.pause_reading()  # type: ignore[attr-defined]
    return sending


async def _hear_out(reader: asyncio.StreamReader) -> None:
    """A client that is answered while it still sends, as with too large a body, reads the answer only afterwards."""
    with suppress(OSError):
        async with asyncio.timeout(PATIENCE):
            while await asyncio.wait_for(reader.read(_CHUNK), _SILENCE):
                pass


def _acknowledging(writer: asyncio.StreamWriter) -> Callable[[], object]:
    """Says at once that something arrived. urllib3 (so ``requests``, so the official SDK) sends head and body apart
    and, to a proxy, the body only when the head has been acknowledged: that would take the system 40 ms each time."""
    quick = getattr(socket, "TCP_QUICKACK", None)
    if quick is None:
        return lambda: None
    return partial(writer.get_extra_info("socket").setsockopt, socket.IPPROTO_TCP, quick, 1)


def _is_here(host: str) -> bool:
    """Whether it is this machine: nothing leaves it that way."""
    if host == "localhost":
        return True
    try:
        # A port for both kinds of addresses shows the older kind within the newer.
        return ipaddress.ip_address(host.removeprefix("::ffff:")).is_loopback
    except ValueError:
        return False
