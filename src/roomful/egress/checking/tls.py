"""TLS within a tunnel, and whether it is the target who shows that certificate."""

import contextlib
import hashlib
import ssl

from cryptography import x509
from cryptography.x509.oid import NameOID
from msgspec import Struct

from .wire import Failed, Stream

_RECORDS = range(20, 24)  # RFC 8446, 5.1: what a TLS record's first byte may be
_CHUNK = 65_536


class Tls(Stream):
    """TLS over another stream, as a client."""

    def __init__(self, below: Stream, context: ssl.SSLContext, host: str) -> None:
        super().__init__()
        self._below = below
        self._coming, self._going = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._coming, self._going, server_hostname=host)

    async def shake_hands(self) -> bytes:
        """Set it up. Returns the other side's certificate (DER). Raises Failed, ssl.SSLCertVerificationError."""
        while True:
            try:
                self._tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self._flush()
                await self._feed()
            except ssl.SSLCertVerificationError:
                self._flush()  # tells why
                raise
            except ssl.SSLError:
                raise Failed("tls_failed") from None
        self._flush()
        return self._tls.getpeercert(binary_form=True) or b""

    async def fill(self) -> bool:
        while True:
            try:
                data = self._tls.read(_CHUNK)
            except ssl.SSLWantReadError:
                self._flush()
                if not await self._below.fill():
                    return False
                self._pour()
            except ssl.SSLError:
                return False  # closed without a word, or with one: either way nothing more comes
            else:
                self.buffer += data
                self.heard = self.heard or bool(data)
                return bool(data)

    def write(self, data: bytes) -> None:
        with contextlib.suppress(ssl.SSLError):  # it is closed: whoever reads will hear of it
            self._tls.write(data)
        self._flush()

    async def _feed(self) -> None:
        await self._below.need()
        if self._below.buffer[0] not in _RECORDS:
            raise Failed("wrong_page")  # a tunnel was promised, and somebody speaks in place of the target
        self._pour()

    def _pour(self) -> None:
        self._coming.write(self._below.buffer)
        self._below.buffer.clear()

    def _flush(self) -> None:
        if self._going.pending:
            self._below.write(self._going.read())


class Certificate(Struct, frozen=True):
    """What a server showed in a direct connection."""

    der: bytes
    trusted: bool  # whether an authority that is trusted here signed it, for that name

    @property
    def fingerprint(self) -> str:
        """SHA-256 in hex."""
        return fingerprint(self.der)


class Trust:
    """Decides for one page whether the certificate that came through a proxy is the page's own.

    pin: its SHA-256 in hex, where it is known: then nothing else counts.
    direct: what a direct connection showed, where there could be one.
    """

    def __init__(self, context: ssl.SSLContext, pin: str, direct: Certificate | None) -> None:
        self.compares = bool(pin or direct)
        self._pin = pin
        self._direct = direct
        self._exact = bool(pin) or (direct is not None and not direct.trusted)
        self._context = unverified() if self._exact else context

    async def secure(self, below: Stream, host: str) -> Tls:
        """Set up TLS. Nothing is sent in it before the certificate was looked at. Raises Failed."""
        stream = Tls(below, self._context, host)
        try:
            der = await stream.shake_hands()
        except ssl.SSLCertVerificationError:
            # Directly this very check succeeded, or there was nothing to compare with.
            raise Failed("tls_intercepted" if self.compares else "tls_untrusted") from None
        if not self._is_right(der):
            raise Failed("tls_intercepted")
        return stream

    def _is_right(self, der: bytes) -> bool:
        if self._exact:
            return fingerprint(der) == (self._pin or (self._direct.fingerprint if self._direct else ""))
        # A site may have several certificates, all of them good; an interceptor whose authority is trusted here has
        # another issuer.
        return self._direct is None or der == self._direct.der or issuer(der) == issuer(self._direct.der) != ""


def fingerprint(der: bytes) -> str:
    """SHA-256 of a certificate, in hex."""
    return hashlib.sha256(der).hexdigest()


def issuer(der: bytes) -> str:
    """Who signed it: the organization, or the whole name where it names none; "" where that cannot be read."""
    try:
        name = x509.load_der_x509_certificate(der).issuer
    except ValueError:
        return ""
    organizations = name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    return str(organizations[0].value) if organizations else name.rfc4514_string()


def unverified() -> ssl.SSLContext:
    """For certificates that are compared, not vouched for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context
