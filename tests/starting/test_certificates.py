"""The certificate of the TLS listener: given, or made; refused with what is wrong."""

import ssl
import stat
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives import serialization

from roomful.starting import certificates
from roomful.starting.failures import StartError
from tests.support.tls import Authority


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_one_of_our_own_is_made_once_and_its_key_is_nobodys_business(tmp_path: Path) -> None:
    first = certificates.load("", "", tmp_path, "here")
    assert first.self_signed
    assert first.fingerprint.startswith("sha256:")
    assert mode(tmp_path / certificates.KEY) == 0o600
    assert certificates.load("", "", tmp_path, "here").fingerprint == first.fingerprint
    assert first.context.minimum_version == ssl.TLSVersion.TLSv1_2


def test_a_given_one_is_used(tmp_path: Path) -> None:
    certificate, key = Authority().files(tmp_path)
    found = certificates.load(str(certificate), str(key), tmp_path, "here")
    assert not found.self_signed
    assert not (tmp_path / certificates.KEY).exists()
    both = tmp_path / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    assert certificates.load(str(both), "", tmp_path, "here").fingerprint == found.fingerprint


def test_a_key_that_others_may_read_is_noticed(tmp_path: Path) -> None:
    certificate, key = Authority().files(tmp_path)
    assert certificates.exposed(str(certificate), str(key)) == ""
    key.chmod(0o644)
    assert certificates.exposed(str(certificate), str(key)) == str(key)
    assert certificates.exposed("", "") == ""


def test_what_cannot_be_used_is_said_in_one_sentence(tmp_path: Path) -> None:
    certificate, key = Authority().files(tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    _, foreign = Authority().files(other)
    issued = trustme.CA().issue_cert("127.0.0.1")
    locked = tmp_path / "locked.pem"
    secret = serialization.load_pem_private_key(issued.private_key_pem.bytes(), None)
    locked.write_bytes(
        secret.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"tea"),
        )
    )
    garbage = tmp_path / "garbage.pem"
    garbage.write_text("hello")
    for given, of, said in (
        (certificate, foreign, "mismatch"),
        (tmp_path / "none.pem", key, "No such file"),
        (garbage, key, "not PEM"),
        (certificate, locked, "cannot be used"),
        ("", key, "a key and no certificate"),
    ):
        with pytest.raises(StartError) as refused:
            certificates.load(str(given), str(of), tmp_path, "here")
        assert said in str(refused.value), refused.value
        assert "\n" not in str(refused.value)
