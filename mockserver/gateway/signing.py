"""Request signatures, checked as the official SDKs make them.

A signature covers method, path, query, the headers it names and the body; any changed byte of these is refused. What
counts is the request as it arrived, whichever way its client wrote path and query. Page: API request signing guide,
and ``huaweicloudsdkcore`` ``signer/signer.py``. What the algorithms differ in: ``algorithms``.
"""

import re
from collections.abc import Container, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import overload
from urllib.parse import quote, urlencode

from mockserver.gateway.algorithms import ALGORITHMS, USUAL, Algorithm
from mockserver.gateway.exchange import HIDDEN, Headers, Stopped, Wire

SKEW = timedelta(minutes=15)
DATE_HEADER = "X-Sdk-Date"
UNSIGNED = "UNSIGNED-PAYLOAD"

_AUTHORIZATION = re.compile(
    r"(?P<algorithm>[A-Za-z0-9-]+) +(?P<by>Access|Credential)=(?P<who>[^,\s]+) *, *"
    r"SignedHeaders=(?P<headers>[^,\s]+) *, *Signature=(?P<signature>[0-9a-f]+)"
)
_SCOPED = re.compile(r"(?P<ak>[^/]+)/(?P<scope>\d{8}/[^/]+/[^/]+)", re.ASCII)
_SCHEME = re.compile(r"[A-Za-z0-9-]{1,32}")
_DATE = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9\-._~/]*")
# Headers that are secrets themselves; the SDK signs the first.
_SECRET_HEADERS = ("x-security-token", "x-auth-token", "x-subject-token", "authorization", "cookie")


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the header ``Authorization`` says. ``scope`` is a derived key's day/region/service."""

    ak: str
    signed_headers: Sequence[str]
    signature: str
    algorithm: Algorithm = USUAL
    scope: str = ""


def parse(header: str) -> Authorization:
    """Raises ``Stopped``: an unknown algorithm, or a header that is not of the documented form."""
    found = _AUTHORIZATION.fullmatch(header.strip())
    algorithm = ALGORITHMS.get(found["algorithm"]) if found else None
    if found is None or algorithm is None:
        raise Stopped("malformed_authorization", _malformed(header))
    _, by, ak, signed_headers, proof = found.groups()
    scope = ""
    well_formed = by == algorithm.named_by and algorithm.proof.fullmatch(proof)
    if algorithm.derived and (scoped := _SCOPED.fullmatch(ak)):
        ak, scope = scoped.groups()
    if not well_formed or bool(scope) != algorithm.derived:
        raise Stopped("malformed_authorization", _malformed(header))
    return Authorization(ak, signed_headers.split(";"), proof, algorithm, scope)


def _malformed(header: str) -> str:
    """Without the header itself: whatever it is, it may be a secret."""
    scheme, space, _ = header.strip().partition(" ")
    known = ALGORITHMS.get(scheme)
    if known is not None:
        return f"Authorization must read {known.form}"
    named = space and _SCHEME.fullmatch(scheme)
    words = f"algorithm {scheme!r} is not known here" if named else "Authorization names no algorithm"
    return f"{words}; known are {', '.join(ALGORITHMS)}: {USUAL.form}"


def verify(
    wire: Wire, authorization: Authorization, sk: str, now: datetime, secrets: Container[str] = frozenset()
) -> None:
    """Raises ``Stopped``: date missing or more than 15 minutes off, a header missing, or not this signature.

    ``secrets`` are parameters whose values must not be told.
    """
    date = wire.headers.get(DATE_HEADER, "").strip()
    _check_date(date, now)
    for needed in ("host", DATE_HEADER.lower()):
        if needed not in authorization.signed_headers:
            raise Stopped("wrong_signature", f"{needed} must be one of SignedHeaders")
    if authorization.scope and not date.startswith(authorization.scope[:8]):
        raise Stopped("wrong_signature", f"Credential is of another day than {DATE_HEADER}")
    algorithm = authorization.algorithm
    for canonical in _canonical_requests(wire, authorization.signed_headers, algorithm):
        text = algorithm.string_to_sign(date, authorization.scope, canonical)
        if algorithm.proves(authorization.ak, sk, authorization.scope, text, authorization.signature):
            return
    told = canonical_request(_without_secrets(wire, secrets), authorization.signed_headers, algorithm)
    raise Stopped("wrong_signature", f"another SK, or signed was something else than what arrived: {told}")


def signature(sk: str, date: str, canonical: str) -> str:
    """The usual algorithm's signature."""
    return USUAL.hmac("", sk, "", USUAL.string_to_sign(date, "", canonical))


def canonical_request(wire: Wire, signed_headers: Sequence[str], algorithm: Algorithm = USUAL) -> str:
    return next(_canonical_requests(wire, signed_headers, algorithm))


def _canonical_requests(wire: Wire, signed_headers: Sequence[str], algorithm: Algorithm) -> Iterator[str]:
    """The request as it has to be signed, then as some clients sign the same request."""
    headers = []
    for name in signed_headers:
        value = wire.headers.get(name)
        if value is None:
            raise Stopped("wrong_signature", f"the signed header {name} did not arrive")
        headers.append(f"{name.lower()}:{_as_signed(value)}\n")
    start = f"{wire.method.upper()}\n{_canonical_path(wire.path)}"
    middle = f"{''.join(headers)}\n{';'.join(signed_headers)}"
    for query in _canonical_queries(wire):
        for payload in _payload_hashes(wire, algorithm):
            yield f"{start}\n{query}\n{middle}\n{payload}"


def _check_date(date: str, now: datetime) -> None:
    if not _DATE.fullmatch(date):
        words = f"must be YYYYMMDDTHHMMSSZ, it is {date!r}" if date else "is missing"
        raise Stopped("malformed_authorization", f"{DATE_HEADER} {words}")
    try:
        signed = datetime.fromisoformat(date)
    except ValueError:
        raise Stopped("malformed_authorization", f"{DATE_HEADER} {date} is no date") from None
    if abs(signed - now) > SKEW:
        server = now.strftime("%Y%m%dT%H%M%SZ")
        raise Stopped(
            "stale_date",
            f"signed at {date}, more than 15 minutes from {server}",
            signature_time=date,
            server_time=server,
        )


def _canonical_path(path: str) -> str:
    if not _PLAIN_PATH.fullmatch(path):
        path = "/".join(_quoted(segment) for segment in path.split("/"))
    return path if path.endswith("/") else path + "/"


def _canonical_queries(wire: Wire) -> Iterator[str]:
    """By name and value. The Java SDK keeps the order that a name's values had, and Python's sorts numbers as such."""
    if not wire.query:
        yield ""
        return
    usual = sorted(wire.query_pairs)
    yield _joined(usual)
    as_sent = sorted(wire.query_pairs, key=lambda pair: pair[0])
    if as_sent != usual:
        yield _joined(as_sent)


def _joined(pairs: Sequence[tuple[str, str]]) -> str:
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in pairs)


def _quoted(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _as_signed(value: str) -> str:
    """A header's value as the text that was signed: WSGI hands each of its bytes on as one character."""
    if not value.isascii():
        with suppress(UnicodeEncodeError):
            value = value.encode("latin-1").decode("utf-8", "surrogateescape")
    return value.strip()


def _payload_hashes(wire: Wire, algorithm: Algorithm) -> Iterator[str]:
    """A hash that the client claims has to be the body's. Without a body, Python's SDK ignores what it claims."""
    actual = algorithm.digest(wire.body)
    claimed = wire.headers.get(algorithm.content_header, "").strip()
    if claimed not in ("", UNSIGNED, actual) and wire.body:
        raise Stopped("wrong_signature", f"{algorithm.content_header} is not the hash of the body")
    if claimed and wire.body:
        yield claimed
        return
    yield actual
    if claimed == UNSIGNED:
        yield claimed


class _Told:
    """Headers without the values that are secrets."""

    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    @overload
    def get(self, name: str, /) -> str | None: ...

    @overload
    def get(self, name: str, default: str, /) -> str: ...

    def get(self, name: str, default: str | None = None, /) -> str | None:
        value = self._headers.get(name)
        return HIDDEN if value and name.lower() in _SECRET_HEADERS else default if value is None else value


def _without_secrets(wire: Wire, secrets: Container[str]) -> Wire:
    pairs = [(name, HIDDEN if name in secrets else value) for name, value in wire.query_pairs]
    query = urlencode(pairs, errors="surrogateescape") if pairs != list(wire.query_pairs) else wire.query
    return replace(wire, headers=_Told(wire.headers), query=query)
