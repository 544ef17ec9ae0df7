"""Signatures on a curve: ECDSA on P-256 and SM2, with the public key of a known private one.

Loaded with the first request that needs it: the libraries take longer to load than a start may take. A signature is
judged and never trusted: what is no DER, or no number of the curve, is simply not the signature.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from gmssl.sm2 import CryptSM2, default_ecc_table

# The user id that a signer without one of its own has, behind its length in bits (GB/T 32918.2).
_SM2_USER = b"\x00\x80" + b"1234567812345678"
_SM2_CURVE = b"".join(bytes.fromhex(default_ecc_table[name]) for name in ("a", "b", "g"))


@dataclass(frozen=True, slots=True)
class Curve:
    order: int
    check: Callable[[int, bytes, int, int], bool]


def proves(curve: str, private_key: int, text: bytes, signature: bytes) -> bool:
    """Whether ``signature`` (DER) is one of ``text`` with that key."""
    try:
        r, s = decode_dss_signature(signature)
    except ValueError:
        return False
    order = CURVES[curve].order
    return 0 < r < order and 0 < s < order and CURVES[curve].check(private_key, text, r, s)


def _is_ecdsa(private_key: int, text: bytes, r: int, s: int) -> bool:
    try:
        _p256_public(private_key).verify(encode_dss_signature(r, s), text, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def _is_sm2(private_key: int, text: bytes, r: int, s: int) -> bool:
    # Given to the constructor, a key that begins with 04 would lose digits.
    judge = CryptSM2("", "")
    judge.public_key = _sm2_public(private_key)
    try:
        return any(judge.verify(f"{r:064x}{s:064x}", digest) for digest in _sm2_digests(judge.public_key, text))
    except TypeError:  # r and s were chosen so that a sum of points has no coordinates
        return False


def _sm2_digests(public_key: str, text: bytes) -> Iterator[bytes]:
    """What is signed is a digest of the signer's identity and the text.

    The identity has the key's coordinates with 32 bytes each; the official Python SDK leaves out zeros in front.
    """
    x, y = (bytes.fromhex(half) for half in (public_key[:64], public_key[64:]))
    for coordinates in dict.fromkeys((x + y, x.lstrip(b"\0") + y.lstrip(b"\0"))):
        identity = hashlib.new("sm3", _SM2_USER + _SM2_CURVE + coordinates).digest()
        yield hashlib.new("sm3", identity + text).digest()


@lru_cache(256)
def _p256_public(private_key: int) -> ec.EllipticCurvePublicKey:
    return ec.derive_private_key(private_key, ec.SECP256R1()).public_key()


@lru_cache(256)
def _sm2_public(private_key: int) -> str:
    point: str = CryptSM2("", "")._kg(private_key, default_ecc_table["g"])
    return point


CURVES = {
    "P-256": Curve(0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551, _is_ecdsa),
    "SM2": Curve(int(default_ecc_table["n"], 16), _is_sm2),
}
