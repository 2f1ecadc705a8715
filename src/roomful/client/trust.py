"""Whom a client takes for the server it means: one that the system's roots vouch for, or one that shows a certain certificate.

A certificate that nobody vouches for is known by its fingerprint alone, 'sha256:' and 64 hexadecimal digits. It is looked
at as the last act of the handshake, before anything is sent.
"""

import asyncio
import hashlib
import re
import ssl
from typing import cast

from msgspec import Struct

from roomful.client.addresses import Address, BadAddress

LOOK_WITHIN = 10.0  # s
_FINGERPRINT = re.compile("sha256:[0-9a-f]{64}")


class NotPinned(ssl.SSLError):
    """The server's certificate is not the pinned one."""

    def __init__(self, shown: str) -> None:
        super().__init__("not the pinned certificate")
        self.shown = shown


class Trust(Struct, frozen=True):
    """How a server is recognised: by the pin, else by the context, else by the system's roots."""

    pin: str = ""
    context: ssl.SSLContext | None = None

    def used(self) -> ssl.SSLContext:
        """What a connection is secured with."""
        return _PinnedContext.of(self.pin) if self.pin else self.context or _by_roots()


def recognising(address: Address, pin: str | None, context: ssl.SSLContext | None) -> Trust:
    """What a client was told about its server. Raises BadAddress: a pin needs TLS. ValueError: it is no pin."""
    if pin and not address.tls:
        raise BadAddress(f"A pin is of a certificate, and {address} has none: tls://{address.where}")
    return Trust(parse_pin(pin) if pin else "", context)


def parse_pin(text: str) -> str:
    """A fingerprint as people may write it: in capitals, and with colons between the bytes. Raises ValueError."""
    name, _, digits = text.strip().lower().partition(":")
    pin = f"{name}:{digits.replace(':', '')}"
    if not _FINGERPRINT.fullmatch(pin):
        raise ValueError(f"{text!r} is no fingerprint: sha256: and 64 hexadecimal digits.")
    return pin


async def shown_by(address: Address) -> str:
    """The fingerprint of the certificate that a server shows, whoever vouches for it. Raises OSError, TimeoutError."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(LOOK_WITHIN):
        try:
            transport, _ = await loop.create_connection(
                asyncio.Protocol, address.host, address.port, ssl=_PinnedContext.of("")
            )
        except NotPinned as why:
            return why.shown
    transport.abort()
    raise OSError(f"{address} shows no certificate")


def spoken(tls: ssl.SSLObject | None) -> str:
    """What a connection is secured with, for a trace: 'TLSv1.3 TLS_AES_256_GCM_SHA384'; empty without TLS."""
    if tls is None:
        return ""
    cipher = tls.cipher()
    return f"{tls.version()} {cipher[0] if cipher else ''}".rstrip()


class _Pinned(ssl.SSLObject):
    def do_handshake(self) -> None:
        super().do_handshake()
        shown = "sha256:" + hashlib.sha256(self.getpeercert(binary_form=True) or b"").hexdigest()
        if shown != cast("_PinnedContext", self.context).pin:
            raise NotPinned(shown)


class _PinnedContext(ssl.SSLContext):
    pin = ""

    @classmethod
    def of(cls, pin: str) -> "_PinnedContext":
        context = cls(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # whoever signed it: the fingerprint decides
        context.sslobject_class = _Pinned
        context.pin = pin
        return context


def _by_roots() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
