"""The proxy of ``bss-mock serve``, as clients over sockets meet it."""

import contextlib
import http.client
import os
import signal
import socket
import ssl
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from contract_tests.sdk import of_site
from contract_tests.server import Server, start
from mockserver import cloud
from mockserver.proxy import certificates
from mockserver.proxy.proxy import Proxy, Upstream
from mockserver.serving import reserve

Address = tuple[str, int]
BSS = "bss.myhuaweicloud.com"
LARGE = os.urandom(1024) * 8 * 1024


def address(url: str) -> Address:
    host, port = url.removeprefix("http://").split(":")
    return host, int(port)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The certificate authority of this module's servers, as a file for clients."""
    folder = tmp_path_factory.mktemp("ca")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("BSS_MOCK_CA", str(folder))
        file = folder / "trusted.pem"
        file.write_bytes(certificates.kept().cert_pem.bytes())
        yield file


@pytest.fixture(scope="module")
def served(bundle: Path) -> Iterator[Server]:
    with start(options=["--proxy-port", "0"]) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(served: Server) -> Address:
    assert served.proxy is not None
    return address(served.proxy)


def tunnel(proxy: Address, to: str) -> tuple[socket.socket, bytes]:
    """A connection on which ``CONNECT`` was asked, and what was said to it."""
    wire = socket.create_connection(proxy, timeout=20)
    wire.sendall(f"CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n\r\n".encode())
    return wire, wire.recv(4096)


def secure(wire: socket.socket, bundle: Path, host: str = BSS) -> ssl.SSLSocket:
    return ssl.create_default_context(cafile=str(bundle)).wrap_socket(wire, server_hostname=host)


def told(wire: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    with contextlib.closing(wire):
        return b"".join(iter(lambda: wire.recv(65536), b""))


def asked(proxy: Address, head: str) -> bytes:
    wire = socket.create_connection(proxy, timeout=20)
    wire.sendall(head.encode())
    return told(wire)


@pytest.mark.parametrize("host", sorted(cloud.hosts()))
def test_every_host_of_the_cloud_is_the_emulator(served: Server, bundle: Path, host: str) -> None:
    answer = requests.get(
        f"https://{host}/v2/no-such-thing", proxies={"https": served.proxy or ""}, verify=str(bundle), timeout=20
    )
    assert (answer.status_code, answer.json()["error_code"]) == (404, "APIGW.0101")
    assert "no documented operation has the path /v2/no-such-thing" in answer.headers["X-Mock-Reason"]


def test_the_host_name_arrives_as_it_was_signed(served: Server, bundle: Path) -> None:
    """The host is among what is signed: another one would be refused."""
    from huaweicloudsdkbss.v2 import ListSubCustomersRequest, QuerySubCustomerListReq
    from huaweicloudsdkcore.auth.credentials import GlobalCredentials
    from huaweicloudsdkcore.http.http_config import HttpConfig

    host, port = address(served.proxy or "")
    config = HttpConfig(proxy_protocol="http", proxy_host=host, proxy_port=port, ssl_ca_cert=str(bundle))
    who = served.sandboxes["cn"].solution_provider
    keys = GlobalCredentials(who.ak, who.sk, who.domain_id)
    client = of_site("cn").new_builder().with_http_config(config).with_credentials(keys)
    request = ListSubCustomersRequest(body=QuerySubCustomerListReq(limit=1))
    assert client.with_endpoint(f"https://{BSS}").build().list_sub_customers(request).customer_infos


def test_httpx_gets_there_too_and_keeps_its_connection(served: Server, bundle: Path) -> None:
    trusting = ssl.create_default_context(cafile=str(bundle))
    with httpx.Client(proxy=served.proxy, verify=trusting, timeout=20) as client:
        answers = [client.get(f"https://{BSS}/v2/x") for _ in range(3)]
        streams = {answer.extensions["network_stream"].get_extra_info("client_addr") for answer in answers}
    assert [answer.status_code for answer in answers] == [404] * 3
    assert len(streams) == 1


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_request_for_a_whole_url_is_answered(proxy: Address, scheme: str) -> None:
    """Without a tunnel: as clients do for ``http``, and a well-known one of Node.js for ``https`` as well."""
    answer = asked(proxy, f"GET {scheme}://{BSS}/v2/x HTTP/1.1\r\nHost: {BSS}\r\nProxy-Connection: keep-alive\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 404 Not Found\r\n")
    assert b"APIGW.0101" in answer
    assert b"connection: close" in answer.lower()


def test_a_tunnel_to_port_80_is_plain(proxy: Address) -> None:
    wire, established = tunnel(proxy, f"{BSS}:80")
    assert established.startswith(b"HTTP/1.1 200 ")
    wire.sendall(f"GET /v2/x HTTP/1.1\r\nHost: {BSS}\r\nConnection: close\r\n\r\n".encode())
    assert told(wire).startswith(b"HTTP/1.1 404 ")


def test_http_2_is_not_offered(proxy: Address, bundle: Path) -> None:
    wire, _ = tunnel(proxy, f"{BSS}:443")
    context = ssl.create_default_context(cafile=str(bundle))
    context.set_alpn_protocols(["h2", "http/1.1"])
    with context.wrap_socket(wire, server_hostname=BSS) as spoken:
        assert spoken.selected_alpn_protocol() == "http/1.1"


WORDS = "example.com is not a host of the emulated cloud: --allow-host example.com lets it through"


def test_any_other_host_is_refused_in_words_that_clients_show(served: Server) -> None:
    with pytest.raises(requests.exceptions.ProxyError, match=WORDS):
        requests.get("https://example.com/", proxies={"https": served.proxy or ""}, timeout=20)
    plain = requests.get("http://example.com/", proxies={"http": served.proxy or ""}, timeout=20)
    assert (plain.status_code, plain.text) == (403, f"bss-mock: {WORDS}\n")
    assert served.printed.count(WORDS) == 1


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [
        ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", 400, "give its address to a client as HTTPS_PROXY"),
        ("\x16\x03\x01\x02\x00\r\n\r\n", 400, "this is a proxy"),
        ("GET http://" + "a" * 70_000, 431, "at most 65536 bytes"),
        ("CONNECT 127.0.0.1:1 HTTP/1.1\r\n\r\n", 502, "127.0.0.1:1 cannot be reached"),
    ],
)
def test_what_cannot_be_done_is_told_in_the_first_line(proxy: Address, sent: str, status: int, words: str) -> None:
    wire = socket.create_connection(proxy, timeout=20)
    wire.sendall(sent.encode())
    first = wire.recv(4096).split(b"\r\n")[0].decode()
    wire.close()
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert words in first


def test_whoever_does_not_trust_the_certificate_is_named(served: Server, proxy: Address) -> None:
    wire, _ = tunnel(proxy, f"{BSS}:443")
    with pytest.raises(ssl.SSLCertVerificationError):
        ssl.create_default_context().wrap_socket(wire, server_hostname=BSS)
    wire.close()
    requests.get(f"http://{BSS}/v2/x", proxies={"http": served.proxy or ""}, timeout=20)
    assert f"a client that called {BSS} does not trust the emulator's certificate" in served.printed


def test_slow_and_half_open_connections_hold_up_nobody(served: Server, proxy: Address, bundle: Path) -> None:
    silent = [socket.create_connection(proxy) for _ in range(100)]
    half = [socket.create_connection(proxy) for _ in range(20)]
    for wire in half:
        wire.sendall(f"CONNECT {BSS}:443 HT".encode())
    tunnels = [tunnel(proxy, f"{BSS}:443")[0] for _ in range(20)]
    for wire in tunnels:
        wire.sendall(b"\x16\x03\x01")  # the beginning of a handshake
    slow = [secure(tunnel(proxy, f"{BSS}:443")[0], bundle) for _ in range(7)]
    for one in slow:
        one.sendall(f"POST /v2/x HTTP/1.1\r\nHost: {BSS}\r\nContent-Length: 100\r\n\r\nhalf".encode())

    def ask(_: int) -> int:
        return requests.get(
            f"https://{BSS}/v2/x", proxies={"https": served.proxy or ""}, verify=str(bundle), timeout=20
        ).status_code

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(64))) == [404] * 64
    for wire in (*silent, *half, *tunnels, *slow):
        wire.close()


@pytest.mark.parametrize(("size", "status"), [(8 * 1024 * 1024, 404), (13 * 1024 * 1024, 413)])
def test_a_big_body_arrives_or_is_refused(served: Server, bundle: Path, size: int, status: int) -> None:
    """Too big a one is refused while it is sent, and the client still reads the refusal."""
    answer = requests.post(
        f"https://{BSS}/v2/x",
        data=b"x" * size,
        proxies={"https": served.proxy or ""},
        verify=str(bundle),
        timeout=60,
    )
    assert answer.status_code == status


@contextlib.contextmanager
def echo() -> Iterator[int]:
    """A server of this machine that sends back what it gets, and its port."""
    listening = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        wire, _ = listening.accept()
        with wire:
            while chunk := wire.recv(65536):
                wire.sendall(chunk)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with listening:
        yield listening.getsockname()[1]
        thread.join(20)


def test_this_machine_is_let_through_whole_and_both_ways_at_once(proxy: Address) -> None:
    with echo() as port:
        wire, established = tunnel(proxy, f"localhost:{port}")
        assert established.startswith(b"HTTP/1.1 200 ")

        def send() -> None:
            wire.sendall(LARGE)
            wire.shutdown(socket.SHUT_WR)

        sending = threading.Thread(target=send)
        sending.start()
        received = told(wire)
        sending.join(20)
    assert received == LARGE


@contextlib.contextmanager
def own_proxy(host: str = "127.0.0.1", **options: Any) -> Iterator[tuple[int, list[str]]]:
    """A proxy of this process, in front of nothing: its port, and what it has to say."""
    held, words = reserve(host, 0), list[str]()
    made = Proxy(
        held,
        certificates.context(certificates.thrown_away()),
        options.pop("upstream", Upstream("127.0.0.1", 1)),
        tell=words.append,
        **options,
    )
    made.start()
    try:
        yield held.getsockname()[1], words
    finally:
        made.stop()
        held.close()


# No name and no loopback address, yet this machine answers: as any other host of a network would.
ELSEWHERE = "0.0.0.0"


@pytest.mark.parametrize(
    ("allowed", "status"), [((), 403), ((ELSEWHERE,), 200), ((".0.0.0",), 200), (("example.com",), 403)]
)
def test_a_host_is_let_through_where_it_is_allowed(allowed: tuple[str, ...], status: int) -> None:
    with echo() as port, own_proxy(allowed=allowed) as (at, words):
        wire, established = tunnel(("127.0.0.1", at), f"{ELSEWHERE}:{port}")
        assert established.startswith(f"HTTP/1.1 {status} ".encode())
        if status == 200:
            wire.sendall(b"there and back")
            assert wire.recv(100) == b"there and back"
        else:
            socket.create_connection(("127.0.0.1", port)).close()
            assert words == [WORDS.replace("example.com", ELSEWHERE)]
        wire.close()


def own_address() -> str | None:
    """This machine's address in a network, if it is in one; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(asked.getsockname()[0])


@pytest.mark.skipif(own_address() is None, reason="this machine is in no network, so no other one can reach it")
def test_other_machines_get_neither_to_this_one_nor_to_the_admin_paths(served: Server) -> None:
    upstream = Upstream(*address(served.url))
    with own_proxy("0.0.0.0", upstream=upstream) as (port, _):
        from_afar = (str(own_address()), port)
        here = ("127.0.0.1", port)
        request = f"GET http://{BSS}/%s HTTP/1.1\r\nHost: localhost\r\n\r\n"
        assert asked(here, request % "_mock/health").startswith(b"HTTP/1.1 200 ")
        assert asked(from_afar, request % "_mock/health").startswith(b"HTTP/1.1 400 /_mock is not served")
        assert asked(from_afar, request % "v2/x").startswith(b"HTTP/1.1 404 ")
        assert tunnel(from_afar, "127.0.0.1:22")[1].startswith(b"HTTP/1.1 403 ")
        wire, _ = tunnel(from_afar, f"{BSS}:80")
        wire.sendall(b"GET /_mock/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert told(wire).startswith(b"HTTP/1.1 400 /_mock is not served")


def test_a_server_with_open_tunnels_ends_when_told_and_without_a_word(bundle: Path) -> None:
    with start(options=["--proxy-port", "0"]) as server:
        at = address(server.proxy or "")
        spoken = secure(tunnel(at, f"{BSS}:443")[0], bundle)
        half, _ = tunnel(at, f"{BSS}:443")
        waiting = socket.create_connection(at)
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(20) == 0
        assert "Traceback" not in server.printed
        assert "asyncio" not in server.printed
        for wire in (spoken, half, waiting):
            wire.close()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(at)


def test_http_client_of_the_standard_library_reads_the_reason(proxy: Address) -> None:
    client = http.client.HTTPSConnection(*proxy, timeout=20)
    client.set_tunnel("example.com", 443)
    with pytest.raises(OSError, match=WORDS):
        client.request("GET", "/")
