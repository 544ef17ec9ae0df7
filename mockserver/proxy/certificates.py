"""The certificate authority behind the proxy and ``--tls``: thrown away after a run, or kept in a folder of the user's.

Whoever trusts it believes that an emulator is the cloud. So its key never leaves memory (``bss-mock run``) or the
user's own folder, readable to nobody else; and one certificate for all names is made anew at every start.
"""

import os
import ssl
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import mkstemp
from warnings import catch_warnings, simplefilter

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, pkcs12
from cryptography.utils import CryptographyDeprecationWarning

from mockserver import cloud
from mockserver.domain import clock

HERE = ("localhost", "127.0.0.1", "::1")
NAME = "bss-mock"
# Java wants a password for a store, even where nothing in it is secret.
STORE_PASSWORD = "changeit"
# Apple's clients take no certificate that is valid for longer than 825 days.
_LIFE = timedelta(days=365)
_FILE = "ca.pem"
_END = b"-----END CERTIFICATE-----"


class NoFolder(Exception):
    """The certificate authority cannot be kept or read: one line for people."""


def thrown_away() -> trustme.CA:
    """A certificate authority that is nowhere but here."""
    return trustme.CA(organization_name=NAME, organization_unit_name="throw-away certificate authority of an emulator")


def kept() -> trustme.CA:
    """The user's own certificate authority, made when it is first asked for. Raises ``NoFolder``."""
    file = folder() / _FILE
    try:
        if not file.exists():
            _keep(thrown_away(), file)
        return _read(file.read_bytes())
    except (OSError, RuntimeError) as problem:
        raise NoFolder(f"the certificate authority cannot be kept in {file.parent}: {problem}") from None
    except ValueError:
        raise NoFolder(f"{file} is not a certificate authority of bss-mock: remove it, and a new one is made") from None


def folder() -> Path:
    """Where it is kept: ``BSS_MOCK_CA``, else ``bss-mock`` among the user's data."""
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(os.environ.get("BSS_MOCK_CA") or Path(base) / "bss-mock")


def context(authority: trustme.CA, names: Iterable[str] = ()) -> ssl.SSLContext:
    """What a server needs to be every host of the cloud, this machine, and ``names``."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.set_alpn_protocols(["http/1.1"])
    _certificate(authority, names).configure_cert(made)
    return made


def certificate_files(authority: trustme.CA, into: Path, names: Iterable[str] = ()) -> tuple[Path, Path]:
    """The same as files: certificate and key."""
    made = _certificate(authority, names)
    chain, key = into / "server.pem", into / "server.key"
    chain.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
    _write_secret(key, made.private_key_pem.bytes())
    return chain, key


def trusting(authority: trustme.CA) -> ssl.SSLContext:
    """What our own proxy needs to call our own port, whatever the address."""
    made = ssl.create_default_context(cadata=authority.cert_pem.bytes().decode())
    made.check_hostname = False
    return made


def roots(environment: Mapping[str, str]) -> bytes:
    """What ``environment`` trusts so far: the file that it names, else the system's."""
    named = (environment.get(name) for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"))
    for file in (*named, ssl.get_default_verify_paths().cafile):
        if file and Path(file).is_file():
            return Path(file).read_bytes()
    return b""


def java_store(bundle: bytes) -> bytes:
    """A PKCS #12 store that a JDK takes as its trust store, with every certificate of a PEM file."""
    certificates = [pkcs12.PKCS12Certificate(one, None) for one in _certificates(bundle)]
    return pkcs12.serialize_java_truststore(certificates, BestAvailableEncryption(STORE_PASSWORD.encode()))


def _certificates(bundle: bytes) -> Iterator[x509.Certificate]:
    """Some roots of a system are older than the rules for certificates; what cannot be read is left out."""
    for block in bundle.split(_END)[:-1]:
        with suppress(ValueError), catch_warnings():
            simplefilter("ignore", CryptographyDeprecationWarning)
            yield x509.load_pem_x509_certificate(block + _END)


def _certificate(authority: trustme.CA, names: Iterable[str]) -> trustme.LeafCert:
    # Behind the clock of a container or of another machine it must be valid as well.
    now = clock.wall()
    return authority.issue_cert(
        *dict.fromkeys([*HERE, *names, *sorted(cloud.hosts())]),
        common_name="bss-mock",
        not_before=now - timedelta(days=1),
        not_after=now + _LIFE,
    )


def _read(content: bytes) -> trustme.CA:
    """Raises ``ValueError``."""
    certificate = x509.load_pem_x509_certificate(content).public_bytes(Encoding.PEM)
    return trustme.CA.from_pem(certificate, content)


def _keep(authority: trustme.CA, file: Path) -> None:
    """Certificate and key are one file, so that two starts at once cannot mix theirs: the first one's is kept."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Its name is nobody else's: neither another thread's nor that of the same process ID in another container.
    descriptor, unfinished = mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as secret:
            secret.write(authority.cert_pem.bytes() + authority.private_key_pem.bytes())
        os.link(unfinished, file)
    except FileExistsError:
        return
    finally:
        os.unlink(unfinished)


def _write_secret(file: Path, content: bytes) -> None:
    """Readable to nobody else from the first byte on."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as secret:
        secret.write(content)
