"""What a proxy is asked, as clients write it."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.proxy.requests import Asked, NotForProxies, from_afar


@pytest.mark.parametrize(
    ("line", "host", "port", "secure"),
    [
        ("CONNECT bss.myhuaweicloud.com:443", "bss.myhuaweicloud.com", 443, True),
        ("CONNECT BSS.myhuaweicloud.com.:8443", "bss.myhuaweicloud.com", 8443, True),
        ("CONNECT bss.myhuaweicloud.com:80", "bss.myhuaweicloud.com", 80, False),
        ("CONNECT [::1]:443", "::1", 443, True),
    ],
)
def test_a_tunnel_has_nothing_to_send_yet(line: str, host: str, port: int, secure: bool) -> None:
    assert Asked.read(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) == Asked(host, port, secure)


@pytest.mark.parametrize(
    ("url", "asked", "path"),
    [
        ("http://bss.myhuaweicloud.com/v2/a?b=http://c", ("bss.myhuaweicloud.com", 80, False), "/v2/a?b=http://c"),
        ("https://bss.myhuaweicloud.com/v2", ("bss.myhuaweicloud.com", 443, True), "/v2"),
        ("HTTP://user:secret@Example.com:8080", ("example.com", 8080, False), "/"),
        ("http://[::1]:81?x=1#part", ("::1", 81, False), "/?x=1"),
    ],
)
def test_a_request_is_sent_on_as_its_server_wants_it(url: str, asked: tuple[str, int, bool], path: str) -> None:
    headers = "Host: as.sent\r\nProxy-Connection: keep-alive\r\nconnection: keep-alive\r\nX-Own: Connection: y\r\n\r\n"
    read = Asked.read(f"PUT {url} HTTP/1.1\r\n{headers}".encode())
    assert (read.host, read.port, read.secure) == asked
    own = f"PUT {path} HTTP/1.1\r\nConnection: close\r\nHost: as.sent\r\nX-Own: Connection: y\r\n\r\n"
    assert read.head == own.encode()


@pytest.mark.parametrize(
    "line",
    ["GET / HTTP/1.1", "CONNECT bss.myhuaweicloud.com HTTP/1.1", "CONNECT a:0 HTTP/1.1", "CONNECT a:65536 HTTP/1.1"],
)
def test_what_is_not_for_a_proxy_is_refused_in_words(line: str) -> None:
    with pytest.raises(NotForProxies, match=r"proxy|no port"):
        Asked.read(f"{line}\r\n\r\n".encode())


@given(st.binary(max_size=200))
def test_bytes_of_any_kind_are_read_or_refused(head: bytes) -> None:
    for line in (head, b"CONNECT " + head, b"GET http://" + head):
        with suppress(NotForProxies):
            assert Asked.read(line).host.isprintable()


@pytest.mark.parametrize(
    "path", ["/_mock", "/_mock/sandboxes", "/%5Fmock/health", "/_mock?x", "http://localhost/_mock"]
)
def test_other_machines_do_not_get_to_the_admin_paths(path: str) -> None:
    with pytest.raises(NotForProxies, match="/_mock"):
        from_afar(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())


def test_other_machines_send_one_request_a_connection() -> None:
    sent = from_afar(b"POST /v2/x HTTP/1.1\r\nHost: bss.myhuaweicloud.com\r\nConnection: keep-alive\r\n\r\n")
    assert sent == b"POST /v2/x HTTP/1.1\r\nConnection: close\r\nHost: bss.myhuaweicloud.com\r\n\r\n"
