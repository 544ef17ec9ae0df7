"""Request signatures: SDK-HMAC-SHA256, checked as the official SDK makes them.

A signature covers method, path, query, the headers it names and the body; any changed byte of these is refused.
Page: API request signing guide, and ``huaweicloudsdkcore`` ``signer/signer.py``.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from mockserver.gateway.exchange import Stopped, Wire

ALGORITHM = "SDK-HMAC-SHA256"
SKEW = timedelta(minutes=15)
DATE_HEADER, CONTENT_HASH_HEADER = "X-Sdk-Date", "X-Sdk-Content-Sha256"
UNSIGNED = "UNSIGNED-PAYLOAD"

_AUTHORIZATION = re.compile(
    r"SDK-HMAC-SHA256 +Access=(?P<ak>[^,\s]+), *SignedHeaders=(?P<headers>[^,\s]+), *"
    r"Signature=(?P<signature>[0-9a-f]{64})"
)
_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z", re.ASCII)
_PLAIN_PATH = re.compile(r"[A-Za-z0-9\-._~/]*")


@dataclass(frozen=True, slots=True)
class Authorization:
    """What the header ``Authorization`` says."""

    ak: str
    signed_headers: Sequence[str]
    signature: str


def parse(header: str) -> Authorization:
    """Raises ``Stopped``: another algorithm, or a header that is not of the documented form."""
    found = _AUTHORIZATION.fullmatch(header.strip())
    if found is None:
        algorithm = header.split(" ", 1)[0][:32]
        because = (
            f"Authorization must read '{ALGORITHM} Access=AK, SignedHeaders=a;b, Signature=<64 hex digits>'"
            if algorithm == ALGORITHM
            else f"algorithm {algorithm!r} is not known here, {ALGORITHM} is"
        )
        raise Stopped("malformed_authorization", because)
    return Authorization(found["ak"], found["headers"].split(";"), found["signature"])


def verify(wire: Wire, authorization: Authorization, sk: str, now: datetime) -> None:
    """Raises ``Stopped``: date missing or more than 15 minutes off, a header missing, or not this signature."""
    date = wire.headers.get(DATE_HEADER, "").strip()
    _check_date(date, now)
    for needed in ("host", DATE_HEADER.lower()):
        if needed not in authorization.signed_headers:
            raise Stopped("wrong_signature", f"{needed} must be one of SignedHeaders")
    canonical = canonical_request(wire, authorization.signed_headers)
    if not hmac.compare_digest(signature(sk, date, canonical), authorization.signature):
        raise Stopped("wrong_signature", f"another SK, or signed was something else than what arrived: {canonical}")


def signature(sk: str, date: str, canonical: str) -> str:
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return hmac.digest(sk.encode(), f"{ALGORITHM}\n{date}\n{digest}".encode(), "sha256").hex()


def canonical_request(wire: Wire, signed_headers: Sequence[str]) -> str:
    headers = []
    for name in signed_headers:
        value = wire.headers.get(name)
        if value is None:
            raise Stopped("wrong_signature", f"the signed header {name} did not arrive")
        headers.append(f"{name.lower()}:{_as_signed(value)}\n")
    return "\n".join(
        (
            wire.method.upper(),
            _canonical_path(wire.path),
            _canonical_query(wire),
            "".join(headers),
            ";".join(signed_headers),
            _payload_hash(wire),
        )
    )


def _check_date(date: str, now: datetime) -> None:
    found = _DATE.fullmatch(date)
    if found is None:
        raise Stopped("malformed_authorization", f"{DATE_HEADER} must be YYYYMMDDTHHMMSSZ, it is {date!r}")
    try:
        signed = datetime(*map(int, found.groups()), tzinfo=UTC)  # type: ignore[misc,arg-type]
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


def _canonical_query(wire: Wire) -> str:
    if not wire.query:
        return ""
    return "&".join(f"{_quoted(name)}={_quoted(value)}" for name, value in sorted(wire.query_pairs))


def _quoted(text: str) -> str:
    return quote(text, safe="~", errors="surrogateescape")


def _as_signed(value: str) -> str:
    """A header's value as the text that was signed: WSGI hands each of its bytes on as one character."""
    with suppress(UnicodeEncodeError):
        value = value.encode("latin-1").decode("utf-8", "surrogateescape")
    return value.strip()


def _payload_hash(wire: Wire) -> str:
    actual = hashlib.sha256(wire.body).hexdigest()
    claimed = wire.headers.get(CONTENT_HASH_HEADER)
    if claimed is None or not wire.body:
        return actual
    if claimed not in (UNSIGNED, actual):
        raise Stopped("wrong_signature", f"{CONTENT_HASH_HEADER} is not the hash of the body")
    return claimed
