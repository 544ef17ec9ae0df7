"""Whatever bytes reach the port of a real server: a documented answer or a clear 4xx, and nobody else has to wait.

What the web server itself cannot read never reaches the gateway; it answers that with a 4xx of its own and no body.
"""

import json
import re
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from typing import Any

import pytest
from huaweicloudsdkcore.auth.credentials import GlobalCredentials
from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.signer import Signer
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.server import Server, start

CUSTOMERS = b"/v2/partners/sub-customers/query"
HOST = b"Host: 127.0.0.1\r\n"
POST = b"POST " + CUSTOMERS + b" HTTP/1.1\r\n" + HOST
GET = b"GET /v2/bases/measurements HTTP/1.1\r\n"
LARGEST = 12 * 1024 * 1024
PATIENCE = 20.0


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A connection may be silent for half a second."""
    with start("demo-cn", options=("--idle-timeout", "0.5")) as server:
        yield server
        log = server.log.read_text("utf-8", "replace")
    assert "Traceback" not in log


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=PATIENCE)


def talk(server: Server, *parts: bytes) -> bytes:
    """The answer to what is sent, or what had come of it when the server ended the connection."""
    with connected(server) as connection:
        put(connection, *parts)
        return taken(connection)


def put(connection: socket.socket, *parts: bytes) -> None:
    with suppress(ConnectionError):  # the server has seen enough
        for part in parts:
            connection.sendall(part)


def taken(connection: socket.socket) -> bytes:
    answer = b""
    with suppress(ConnectionError):
        while not is_whole(answer) and (received := connection.recv(65536)):
            answer += received
    return answer


def is_whole(answer: bytes) -> bool:
    head, end, content = answer.rpartition(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head.rpartition(b"HTTP/1.")[2])
    return bool(end and length) and len(content) >= int(length[1])


def status(answer: bytes) -> int | None:
    """Of the last answer; the first may be a ``100 Continue``."""
    found = re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)
    return int(found[-1]) if found else None


def body(answer: bytes) -> Any:
    return json.loads(answer.rpartition(b"\r\n\r\n")[2])


def signed(server: Server, content: bytes = b"{}", path: str = CUSTOMERS.decode(), **headers: str) -> bytes:
    """The header lines of a signed request."""
    who = server.sandboxes["cn"].solution_provider
    request = SdkRequest(
        method="POST",
        resource_path=path,
        query_params=[],
        header_params={"Host": "127.0.0.1", "Content-Type": "application/json", **headers},
        body=content,
    )
    made = Signer(GlobalCredentials(who.ak, who.sk)).sign(request).header_params
    return "".join(f"{name}: {value}\r\n" for name, value in made.items()).encode("latin-1")


def post(server: Server, more: bytes, version: bytes = b"HTTP/1.1", target: bytes = CUSTOMERS) -> bytes:
    return b"POST " + target + b" " + version + b"\r\n" + signed(server) + b"Connection: close\r\n" + more


def is_well(server: Server) -> bool:
    """A usual request is answered at once."""
    return status(talk(server, post(server, b"Content-Length: 2\r\n\r\n{}"))) == 200


# Forms that clients and proxies use


@pytest.mark.parametrize(
    ("version", "target", "rest"),
    [
        (b"HTTP/1.1", CUSTOMERS, b"Content-Length: 2\r\n\r\n{}"),
        (b"HTTP/1.0", CUSTOMERS, b"Content-Length: 2\r\n\r\n{}"),
        (b"HTTP/1.1", CUSTOMERS, b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\n\r\n"),
        (b"HTTP/1.1", b"http://bss.myhuaweicloud.com" + CUSTOMERS, b"Content-Length: 2\r\n\r\n{}"),
        (b"HTTP/1.1", b"/v2/%70artners/sub%2Dcustomers/query", b"Content-Length: 2\r\n\r\n{}"),
        (b"HTTP/1.1", CUSTOMERS, b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"),
    ],
    ids=["1.1", "1.0", "chunked", "absolute", "encoded", "continue"],
)
def test_each_form_of_a_right_request_is_answered(server: Server, version: bytes, target: bytes, rest: bytes) -> None:
    answer = talk(server, post(server, rest, version, target))
    assert status(answer) == 200
    assert body(answer)["customer_infos"]


def test_a_client_that_waits_to_be_told_to_go_on_is_told(server: Server) -> None:
    with connected(server) as connection:
        connection.sendall(post(server, b"Expect: 100-continue\r\nContent-Length: 2\r\n\r\n"))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 ")
        connection.sendall(b"{}")
        assert status(connection.recv(65536)) == 200


def test_a_header_that_came_in_pieces_is_read_like_any_other(server: Server) -> None:
    whole = post(server, b"Content-Length: 2\r\n\r\n{}")
    assert status(talk(server, *(whole[place : place + 40] for place in range(0, len(whole), 40)))) == 200


# What cannot be


@pytest.mark.parametrize(
    "raw",
    [
        POST + b"Content-Length: -1\r\n\r\n{}",
        POST + b"Content-Length: x\r\n\r\n{}",
        POST + b"Content-Length: " + b"9" * 40 + b"\r\n\r\n{}",
        POST + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{} ",
        POST + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: gzip\r\n\r\n{}",
        POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        POST + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}",
        POST + b"Content-Length: 100\r\n\r\n{}",
        GET + b"Host: a\r\nHost: b\r\n\r\n",
        GET + b"\r\n",
        GET + b"Host : a\r\n\r\n",
        GET + b"Host: a\r\nX-A: a\x00b\r\n\r\n",
        GET + b"Host: a\r\nX-A: a\r\n b\r\n\r\n",
        GET + b"Host: a\r\nAuthorization: \xff\xfe\r\n\r\n",
        GET + b"Host: a\r\nAuthorization: a\r\nAuthorization: b\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /\x00 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET HTTP/1.1\r\n" + HOST + b"\r\n",
        b"GET /v2/bases/measurements HTTP/3.0\r\n" + HOST + b"\r\n",
        b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
        b"CONNECT bss.myhuaweicloud.com:443 HTTP/1.1\r\n" + HOST + b"\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"x" * 500,
        b"\xff\x00\x01\r\n\r\n",
    ],
    ids=lambda raw: repr(raw[-40:]),
)
def test_what_is_no_request_gets_a_clear_4xx(server: Server, raw: bytes) -> None:
    answer = talk(server, raw)
    assert 400 <= (status(answer) or 0) < 500, answer
    assert is_well(server)


def test_another_protocol_is_not_spoken(server: Server) -> None:
    assert status(talk(server, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) in (None, 400)


def test_a_body_that_ends_early_is_refused_with_its_length(server: Server) -> None:
    answer = talk(server, post(server, b"Content-Length: 100\r\n\r\n{}"))
    assert (status(answer), body(answer)["error_code"]) == (400, "APIGW.0201")
    assert b"the body ended after 2 of 100 bytes" in answer


# Too large


@pytest.mark.parametrize("length", [LARGEST + 1, 10**12, 10**18])
def test_a_body_that_says_it_is_too_large_is_refused_before_it_is_sent(server: Server, length: int) -> None:
    answer = talk(server, POST + b"Content-Length: %d\r\n\r\n" % length)
    assert (status(answer), body(answer)["error_msg"]) == (413, "Request entity too large.")


def test_a_body_that_does_not_say_how_large_it_is_is_read_no_further(server: Server) -> None:
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    answer = talk(server, POST + b"Transfer-Encoding: chunked\r\n\r\n", *[chunk] * 300)
    assert (status(answer), b"Request entity too large." in answer) == (413, True)
    assert is_well(server)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (b"GET /" + b"a" * 33_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", 414),
        (GET + HOST + b"X-A: " + b"a" * 33_000 + b"\r\n\r\n", 494),
        (GET + HOST + b"".join(b"X-%d: " % number + b"a" * 30_000 + b"\r\n" for number in range(5)) + b"\r\n", 494),
        (GET + HOST + b"X-A: " + b"a" * 600_000 + b"\r\n\r\n", 431),
        (GET + HOST + b"X-A: b\r\n" * 200 + b"\r\n", 431),
    ],
    ids=["target", "long target", "header", "headers", "huge header", "many headers"],
)
def test_a_head_that_is_too_large_is_refused(server: Server, raw: bytes, expected: int) -> None:
    assert status(talk(server, raw)) == expected


# Slow


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"POST " + CUSTOMERS,
        POST,
        POST + b"Content-Length: 100\r\n\r\n{}",
        POST + b"Transfer-Encoding: chunked\r\n\r\n2",
    ],
    ids=["nothing", "half a line", "half a head", "half a body", "half a chunk"],
)
def test_a_client_that_falls_silent_is_let_go(server: Server, raw: bytes) -> None:
    start_ = time.monotonic()
    assert status(talk(server, raw)) in (None, 400, 401)
    assert time.monotonic() - start_ < PATIENCE / 2


def test_many_that_fall_silent_hold_up_nobody(server: Server) -> None:
    silent = [connected(server) for _ in range(60)]
    try:
        for number, one in enumerate(silent):
            one.sendall(POST + (b"Content-Length: 100\r\n\r\n{" if number % 2 else b""))
        start_ = time.monotonic()
        assert is_well(server)
        assert time.monotonic() - start_ < PATIENCE / 4
    finally:
        for one in silent:
            one.close()


def test_a_client_that_waits_for_a_late_answer_is_not_silent(server: Server) -> None:
    fault = json.dumps({"action": {"delay_seconds": 1.5}}).encode()
    head = b"POST /_mock/sandboxes/cn/faults HTTP/1.1\r\n" + HOST
    assert (status(talk(server, head + b"Content-Length: %d\r\n\r\n" % len(fault) + fault)) or 500) < 300
    assert is_well(server)


# Anything

texts = st.binary(max_size=12) | st.sampled_from(
    [b"", b"\r\n", b"\x00", b"\xff", b"{}", b"a: b\r\n", b" ", b"%", b"\n"]
)
heads = st.tuples(
    st.sampled_from([b"GET", b"POST", b"DELETE", b"post", b"X"]),
    st.sampled_from(
        [CUSTOMERS, b"/v2/bases/measurements?x=%zz", b"*", b"//", b"/%ff", b"http://a/v2", b"/_mock/health"]
    ),
    st.sampled_from([b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b""]),
).map(b" ".join)
lines = st.sampled_from(
    [
        HOST,
        b"Content-Length: 2\r\n",
        b"Content-Length: 5\r\n",
        b"Transfer-Encoding: chunked\r\n",
        b"Expect: 100-continue\r\n",
        b"Expect: x\r\n",
        b"Connection: upgrade\r\nUpgrade: h2c\r\n",
        b"Authorization: SDK-SM2-SM3 Access=A, SignedHeaders=host;x-sdk-date, Signature=30\r\n",
        b"Content-Type: text/plain\r\n",
        b"X-Auth-Token: \xe4\xba\x91\r\n",
    ]
)
pieces = st.tuples(
    heads, st.lists(lines, max_size=4).map(b"".join), st.sampled_from([b"{}", b"2\r\n{}\r\n0\r\n\r\n", b""])
)
raws = texts | pieces.map(lambda one: one[0] + b"\r\n" + one[1] + b"\r\n" + one[2])


@st.composite
def mangled(draw: st.DrawFn) -> bytes:
    raw = draw(raws)
    at = draw(st.integers(0, len(raw)))
    return raw[:at] + draw(texts) + draw(st.sampled_from([raw[at:], b""]))


@settings(max_examples=20)
@given(many=st.lists(mangled(), min_size=10, max_size=30))
def test_no_bytes_bring_an_error_of_the_servers_own(server: Server, many: list[bytes]) -> None:
    with ExitStack() as stack:
        open_ = [stack.enter_context(connected(server)) for _ in many]
        for connection, raw in zip(open_, many, strict=True):
            put(connection, raw)
        for connection, raw in zip(open_, many, strict=True):
            answer = taken(connection)
            assert status(answer) is None or 200 <= (status(answer) or 0) < 500, (raw, answer)
    assert is_well(server)


bodies = st.binary(max_size=40) | st.recursive(
    st.none() | st.floats() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
).map(lambda value: json.dumps(value).encode())
CURIOUS = [
    b'{"limit": 1, "limit": 2}',
    b'{"limit": NaN}',
    b'{"limit": 1e999999}',
    b'{"limit": ' + b"9" * 100_000 + b"}",
    b"[" * 100_000,
    b'{"account_name": "a\\u0000b"}',
    b'{"account_name": "\xff"}',
    b"\x00" * 1000,
    b'{"a":' * 5000 + b"1" + b"}" * 5000,
]


@settings(max_examples=60)
@given(content=bodies | st.sampled_from(CURIOUS), chunked=st.booleans())
def test_any_signed_body_is_answered_by_the_book(server: Server, content: bytes, chunked: bool) -> None:
    framing = b"Content-Length: %d\r\n\r\n%b" % (len(content), content)
    if chunked and content:
        framing = b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(content), content)
    raw = b"POST " + CUSTOMERS + b" HTTP/1.1\r\nConnection: close\r\n" + signed(server, content) + framing
    answer = talk(server, raw)
    assert status(answer) in (200, 400), answer
    assert status(answer) == 200 or body(answer)["error_code"] in ("CBC.0100", "APIGW.0201")
