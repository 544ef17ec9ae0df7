"""What a client asks of a proxy: the first lines of a connection, and whom they are for."""

import re
from dataclasses import dataclass
from typing import Self
from urllib.parse import unquote_to_bytes

from mockserver.app import ADMIN

_CONNECT = re.compile(rb"CONNECT (?P<host>\[[0-9a-fA-F:.]+\]|[\w.-]+):(?P<port>\d{1,5}) HTTP/1\.[01]\r\n")
_ABSOLUTE = re.compile(
    rb"(?P<method>[!-~]+) (?P<scheme>https?)://(?:[^\s/?#@]*@)?(?P<host>\[[0-9a-fA-F:.]+\]|[\w.-]+)"
    rb"(?::(?P<port>\d{1,5}))?(?P<path>[^\s#]*)\S* HTTP/1\.[01]\r\n",
    re.IGNORECASE,
)
_HERE = re.compile(rb"(?P<method>[!-~]+) (?P<path>/\S*) HTTP/1\.[01]\r\n")
# Spoken to a proxy, and none of the business of who stands behind it.
_FOR_PROXIES = re.compile(rb"^(?:Proxy-[\w-]+|Connection|Keep-Alive)[ \t]*:.*\r\n", re.IGNORECASE | re.MULTILINE)
_PORTS = {b"http": 80, b"https": 443}


class NotForProxies(ValueError):
    """A request that no proxy takes: one line for people."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom a client wants to reach. ``head`` is what to send there first; a tunnel (``CONNECT``) has none.

    ``secure``: TLS is spoken there. With a tunnel the client speaks it, else the proxy has to.
    """

    host: str
    port: int
    secure: bool
    head: bytes | None = None

    @classmethod
    def read(cls, head: bytes) -> Self:
        """From the lines up to the first empty one. Raises ``NotForProxies``."""
        if found := _CONNECT.match(head):
            host, port = _text(found["host"]), _port(found["port"])
            return cls(host, port, secure=port != _PORTS[b"http"])
        if found := _ABSOLUTE.match(head):
            scheme = found["scheme"].lower()
            port = _port(found["port"]) if found["port"] else _PORTS[scheme]
            return cls(_text(found["host"]), port, scheme == b"https", _own(found, head[found.end() :]))
        raise NotForProxies("this is a proxy: give its address to a client as HTTPS_PROXY, or ask the emulator's port")


def from_afar(head: bytes) -> bytes:
    """What another machine asks of the emulator, to be sent there alone: a second request would not be looked at.

    To the emulator it comes from this machine, which may do more: ``/_mock``. Raises ``NotForProxies``.
    """
    found = _HERE.match(head)
    if found is None or unquote_to_bytes(found["path"]).startswith(ADMIN.encode()):
        raise NotForProxies(f"{ADMIN} is not served through the proxy to other machines")
    return _own(found, head[found.end() :])


def _own(found: re.Match[bytes], headers: bytes) -> bytes:
    """The request as the server itself wants it. One a connection: the next one may be for somebody else."""
    path = found["path"] if found["path"].startswith(b"/") else b"/" + found["path"]
    return b"%b %b HTTP/1.1\r\nConnection: close\r\n%b" % (found["method"], path, _FOR_PROXIES.sub(b"", headers))


def _text(host: bytes) -> str:
    return host.decode("ascii").strip("[]").lower().removesuffix(".")


def _port(digits: bytes) -> int:
    port = int(digits)
    if not 0 < port < 65536:
        raise NotForProxies(f"{port} is no port")
    return port
