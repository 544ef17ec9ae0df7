"""The certificate authority: everything that clients need of it, and a key that nobody else can read."""

import os
import shutil
import ssl
import stat
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mockserver import cloud
from mockserver.domain import clock
from mockserver.proxy import certificates


@pytest.fixture
def kept_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BSS_MOCK_CA", str(tmp_path / "kept"))
    return tmp_path / "kept"


def test_one_certificate_is_valid_for_every_host_of_the_cloud_and_for_this_machine(tmp_path: Path) -> None:
    authority = certificates.thrown_away()
    chain, _ = certificates.certificate_files(authority, tmp_path, ["192.0.2.7"])
    leaf = x509.load_pem_x509_certificate(chain.read_bytes())
    leaf.verify_directly_issued_by(x509.load_pem_x509_certificate(authority.cert_pem.bytes()))
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert set(names.get_values_for_type(x509.DNSName)) == {*cloud.hosts(), "localhost"}
    assert {str(one) for one in names.get_values_for_type(x509.IPAddress)} == {"127.0.0.1", "::1", "192.0.2.7"}
    assert leaf.not_valid_before_utc < clock.wall() < leaf.not_valid_after_utc
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc < timedelta(days=825)


def test_the_key_of_the_port_is_readable_to_nobody_else(tmp_path: Path) -> None:
    _, key = certificates.certificate_files(certificates.thrown_away(), tmp_path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_it_is_kept_in_a_folder_of_the_user_with_its_key_for_nobody_else(kept_in: Path) -> None:
    first = certificates.kept()
    assert certificates.kept().cert_pem.bytes() == first.cert_pem.bytes()
    (file,) = kept_in.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_in.stat().st_mode) == 0o700


def test_what_was_kept_still_signs(kept_in: Path, tmp_path: Path) -> None:
    trusted = certificates.kept().cert_pem.bytes()
    chain, _ = certificates.certificate_files(certificates.kept(), tmp_path)
    authority, leaf = map(x509.load_pem_x509_certificate, (trusted, chain.read_bytes()))
    leaf.verify_directly_issued_by(authority)


def test_starts_at_the_same_time_agree_on_one(kept_in: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = {one.cert_pem.bytes() for one in pool.map(lambda _: certificates.kept(), range(16))}
    assert len(made) == 1
    assert len(list(kept_in.iterdir())) == 1


def test_another_file_in_its_place_is_told_in_words(kept_in: Path) -> None:
    kept_in.mkdir()
    (kept_in / "ca.pem").write_text("something else")
    with pytest.raises(certificates.NoFolder, match=r"ca\.pem is not a certificate authority"):
        certificates.kept()


def test_a_folder_that_cannot_be_one_is_told_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("BSS_MOCK_CA", str(tmp_path / "file" / "kept"))
    with pytest.raises(certificates.NoFolder, match="cannot be kept in"):
        certificates.kept()


def test_the_roots_are_those_that_were_trusted_before(tmp_path: Path) -> None:
    own = tmp_path / "own.pem"
    own.write_bytes(certificates.thrown_away().cert_pem.bytes())
    assert certificates.roots({"SSL_CERT_FILE": str(own)}) == own.read_bytes()
    system = ssl.get_default_verify_paths().cafile
    assert certificates.roots({}) == (Path(system).read_bytes() if system else b"")


@pytest.mark.skipif(not shutil.which("keytool") and "CI" not in os.environ, reason="keytool of a JDK is needed")
def test_the_trust_store_is_one_for_java(tmp_path: Path) -> None:
    keytool = shutil.which("keytool")
    assert keytool is not None
    authority = certificates.thrown_away().cert_pem.bytes()
    store = tmp_path / "store.p12"
    store.write_bytes(certificates.java_store(authority + b"\n" + authority))
    asked = [keytool, "-list", "-rfc", "-keystore", str(store), "-storepass", certificates.STORE_PASSWORD]
    told = subprocess.run(asked, capture_output=True, encoding="utf-8", timeout=60, check=True).stdout
    assert "trustedCertEntry" in told
    der = x509.load_pem_x509_certificate(authority).public_bytes(Encoding.PEM).decode()
    assert "".join(der.split()) in "".join(told.split())
