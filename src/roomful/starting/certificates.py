"""The certificate of the TLS listener: one that was given, or a self-signed one of our own in the data folder."""

import hashlib
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from msgspec import Struct

from . import private
from .failures import StartError

CERTIFICATE, KEY = "tls-certificate.pem", "tls-key.pem"  # of our own, in the data folder
VALID_FOR = timedelta(days=3650)  # who pins it does not look at its dates, and nobody else trusts it


class Certificate(Struct, frozen=True):
    """What a TLS listener shows."""

    context: ssl.SSLContext
    fingerprint: str  # 'sha256:…', of the certificate
    self_signed: bool  # nobody vouches for it: clients know it by its fingerprint or not at all


def load(certificate: str, key: str, folder: Path, name: str) -> Certificate:
    """The certificate in these files; where both are empty, one of our own, made if there is none yet.

    Args:
        certificate: PEM, the server's certificate first, then those between it and a root.
        key: PEM, not encrypted; empty: in the certificate's file.
        folder: of our own one.
        name: of this machine, for our own one.

    Raises StartError.
    """
    if key and not certificate:
        raise StartError("[tls] has a key and no certificate. Give both files, or none: then a self-signed one is made")
    own = not certificate
    paths = (folder / CERTIFICATE, folder / KEY) if own else (Path(certificate), Path(key or certificate))
    try:
        if own and not all(path.exists() for path in paths):
            _make(*paths, name)
        return _loaded(*(path.expanduser() for path in paths))
    except ssl.SSLError as why:
        reason = (why.reason or str(why)).replace("_", " ").lower()
        raise StartError(
            f"The certificate in {paths[0]} cannot be used: {reason}. See [tls] certificate and key"
        ) from None
    except ValueError:
        raise StartError(
            f"The certificate in {paths[0]} cannot be read: it is not PEM. See [tls] certificate"
        ) from None
    except OSError as why:
        where = why.filename or paths[0]
        raise StartError(f"{where} cannot be read: {why.strerror}. See [tls] certificate and key") from None


def exposed(certificate: str, key: str) -> str:
    """The key's file, if others than its owner may read it; else empty. Raises OSError."""
    path = Path(key or certificate).expanduser()
    return str(path) if certificate and path.stat().st_mode & private.OTHERS else ""


def _loaded(certificate: Path, key: Path) -> Certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 8996: nothing older
    context.options |= ssl.OP_NO_RENEGOTIATION  # which only costs us
    der = ssl.PEM_cert_to_DER_cert(_first(certificate.read_text(encoding="ascii")))
    context.load_cert_chain(certificate, key, password=b"")  # an encrypted key is refused, not asked about
    return Certificate(context, "sha256:" + hashlib.sha256(der).hexdigest(), _is_self_signed(der))


def _first(text: str) -> str:
    """The first certificate of a PEM file. Raises ValueError: there is none."""
    begin, end = text.index(ssl.PEM_HEADER), text.index(ssl.PEM_FOOTER)
    return text[begin : end + len(ssl.PEM_FOOTER)] + "\n"


def _is_self_signed(der: bytes) -> bool:
    from cryptography import x509

    found = x509.load_der_x509_certificate(der)
    return found.issuer == found.subject


def _make(certificate: Path, key: Path, name: str) -> None:
    """Make a key (P-256) and a certificate that it signs itself. Raises OSError."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    secret = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name[:64] or "roomful")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(secret.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + VALID_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(secret, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    plain = (serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    private.write(key, secret.private_bytes(pem, *plain).decode())
    private.write(certificate, made.public_bytes(pem).decode())
