"""The signature algorithms as data: which hash, which key, which proof.

All of them sign the same text in the same way, and differ only in what is listed here. Page: API request signing guide,
and ``huaweicloudsdkcore`` ``signer/signer.py``. Curves are loaded with the first request that needs one.
"""

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial

_HMAC = re.compile("[0-9a-f]{64}")
# A sequence of two whole numbers of 32 bytes, each perhaps with a zero in front.
_DER = re.compile("(?:[0-9a-f]{2}){8,72}")


@dataclass(frozen=True, slots=True)
class Algorithm:
    """``proof`` is the form of a signature. ``curve``: the key is a private key made from the SK, else an HMAC key.

    ``derived``: the key holds for one day, region and service, which ``Authorization`` names behind the AK.
    """

    name: str
    hash: str
    content_header: str
    proof: re.Pattern[str] = _HMAC
    derived: bool = False
    curve: str | None = None

    @property
    def named_by(self) -> str:
        """What stands before the AK in ``Authorization``."""
        return "Credential" if self.derived else "Access"

    @property
    def form(self) -> str:
        """How the header ``Authorization`` has to read."""
        who = "AK/YYYYMMDD/REGION/SERVICE" if self.derived else "AK"
        digits = "hex digits of a DER signature" if self.curve else "64 hex digits"
        return f"'{self.name} {self.named_by}={who}, SignedHeaders=a;b, Signature=<{digits}>'"

    def digest(self, content: bytes) -> str:
        return _HASHES[self.hash](content).hexdigest()

    def string_to_sign(self, date: str, scope: str, canonical: str) -> bytes:
        """``scope`` (day/region/service) is empty but for a derived key."""
        digest = self.digest(canonical.encode(*_BYTES))
        middle = f"{date}\n{scope}" if self.derived else date
        return f"{self.name}\n{middle}\n{digest}".encode(*_BYTES)

    def hmac(self, ak: str, sk: str, scope: str, text: bytes) -> str:
        """The signature of ``text``. Only for an algorithm without a curve."""
        key = _derived_key(ak, sk, scope, self.hash) if self.derived else sk.encode()
        keyed = _keyed(key, self.hash).copy()
        keyed.update(text)
        return keyed.hexdigest()

    def proves(self, ak: str, sk: str, scope: str, text: bytes, signature: str) -> bool:
        """Whether ``signature`` is one of ``text``, made with this AK's secret."""
        if self.curve is None:
            return hmac.compare_digest(self.hmac(ak, sk, scope, text), signature)
        from mockserver.gateway import curves

        key = private_key(self, ak, sk, curves.CURVES[self.curve].order)
        return curves.proves(self.curve, key, text, bytes.fromhex(signature))


_BYTES = ("utf-8", "surrogateescape")
# As ``hmac`` does not know what these are, it makes its keys of them, and those are cheap to copy; its own are not.
_HASHES: Mapping[str, Callable[..., "hashlib._Hash"]] = {
    "sha256": partial(hashlib.sha256),
    "sm3": partial(hashlib.new, "sm3"),
}
_SHA256, _SM3 = "X-Sdk-Content-Sha256", "X-Sdk-Content-Sm3"
USUAL = Algorithm("SDK-HMAC-SHA256", "sha256", _SHA256)
ALGORITHMS = {
    one.name: one
    for one in (
        USUAL,
        Algorithm("SDK-HMAC-SM3", "sm3", _SM3),
        Algorithm("SDK-ECDSA-P256-SHA256", "sha256", _SHA256, _DER, curve="P-256"),
        Algorithm("SDK-SM2-SM3", "sm3", _SM3, _DER, curve="SM2"),
        Algorithm("V11-HMAC-SHA256", "sha256", _SHA256, derived=True),
    )
}


@lru_cache(256)
def _keyed(key: bytes, hash_: str) -> hmac.HMAC:
    """To be copied: a caller signs many requests with one key."""
    return hmac.new(key, digestmod=_HASHES[hash_])


@lru_cache(256)
def _derived_key(ak: str, sk: str, scope: str, hash_: str) -> bytes:
    """HKDF with the AK as salt, one block long; its hex digits are the key."""
    extracted = hmac.digest(ak.encode(), sk.encode(), hash_)
    return hmac.digest(extracted, scope.encode(*_BYTES) + b"\x01", hash_).hex().encode()


@lru_cache(256)
def private_key(algorithm: Algorithm, ak: str, sk: str, order: int) -> int:
    """The first of at most 255 candidates that is a key of the curve: practically always the first one."""
    for counter in range(255):
        context = f"{algorithm.name}\0{ak}".encode() + bytes([counter])
        block = b"\x00\x00\x00\x01" + context + b"\x00\x00\x01\x00"
        candidate = int.from_bytes(hmac.digest(sk.encode(), block, algorithm.hash))
        if candidate <= order - 2:
            return candidate + 1
    raise AssertionError("255 candidates beyond the order of the curve")
