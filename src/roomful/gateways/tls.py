"""TLS beneath the native protocol: a layer between a socket's transport and the connection on it.

asyncio's own TLS transports cannot close one direction only, so that a goodbye could be lost on its way, and tell of a
connection when its handshake is over, too late to count it. Here a connection begins when it is accepted, silent or not, and
everything that holds for a plain one holds for it: limits, timeouts, a full socket, the order in which it ends.
"""

import asyncio
import contextlib
import ssl
from collections.abc import Callable
from typing import Any, cast

from roomful.hub.session import farewell

HANDSHAKE = 0x16  # the type of the first record (RFC 8446, 5.1)
READ = 256 * 1024  # bytes; more than one read from a socket brings


class TlsLayer(asyncio.Protocol):
    """The protocol of a socket, and the transport of the connection on it."""

    __slots__ = (
        "_begun",
        "_connection",
        "_deaf",
        "_fault",
        "_from_peer",
        "_over",
        "_plain",
        "_secure",
        "_secured",
        "_socket",
        "_tls",
        "_to_peer",
    )

    def __init__(
        self,
        context: ssl.SSLContext,
        connection: asyncio.Protocol,
        secured: Callable[[str], None] | None = None,
        *,
        plain: bytes = b"",
        server_side: bool = True,
    ) -> None:
        self._connection: asyncio.Protocol | None = connection
        self._plain = plain  # what somebody is told who comes without TLS
        self._secured = secured  # is told the version and the cipher, when there are any
        self._from_peer, self._to_peer = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._from_peer, self._to_peer, server_side=server_side)
        self._secure = False  # the handshake is over
        self._over = False  # the peer has said that no more comes
        self._deaf = False  # nothing that comes matters any more
        self._begun = False  # something came
        self._fault: Exception | None = None
        self._socket: asyncio.Transport

    # -- the socket's protocol ------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the connection; the peer begins the handshake."""
        self._socket = cast("asyncio.Transport", transport)
        assert self._connection is not None
        self._connection.connection_made(cast("asyncio.Transport", self))

    def data_received(self, data: bytes) -> None:
        """Go on with the handshake, or hand over what was in the records."""
        if self._deaf:
            return
        if not self._begun and self._plain and data[0] != HANDSHAKE:
            self._refuse_plain_text()
            return
        self._begun = True
        self._from_peer.write(data)
        try:
            plain = self._open() if self._secure or self._shake_hands() else b""
        except ssl.SSLError as fault:
            self._fail(fault)
            return
        finally:
            self._flush()  # an alert, too
        if plain and self._connection is not None:
            self._connection.data_received(plain)
        if self._over and not self._deaf:
            self.eof_received()
            self.close()

    def eof_received(self) -> bool:
        """The peer sends no more."""
        return bool(self._connection and self._connection.eof_received())

    def pause_writing(self) -> None:
        """The socket is full."""
        if self._connection is not None:
            self._connection.pause_writing()

    def resume_writing(self) -> None:
        """The socket has drained."""
        if self._connection is not None:
            self._connection.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more. What belongs to it lets go of each other: nobody need look for cycles."""
        connection, self._connection, self._secured = self._connection, None, None
        if connection is not None:
            connection.connection_lost(exc or self._fault)

    # -- the connection's transport -------------------------------------------------------------

    def write(self, data: bytes) -> None:
        """Write in records. Before the end of the handshake there is nobody to read it."""
        if not self._secure or self._deaf:
            return
        self._tls.write(data)  # all of it: there always is room in memory
        self._flush()

    def write_eof(self) -> None:
        """Say that no more comes (close_notify, RFC 8446, 6.1) and close that direction; what still comes is dropped."""
        self._part()
        self._socket.write_eof()

    def close(self) -> None:
        """Close when everything is written."""
        self._part()
        self._socket.close()

    def set_protocol(self, connection: asyncio.BaseProtocol) -> None:
        """Another connection takes the place."""
        self._connection = cast("asyncio.Protocol", connection)

    def abort(self) -> None:
        """Close now."""
        self._deaf = True
        self._socket.abort()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        return self._socket.is_closing()

    def can_write_eof(self) -> bool:
        """Whether one direction can be closed: that is what this layer is for."""
        return True

    def pause_reading(self) -> None:
        """Leave what comes in the socket. All that has come is handed over already: no record waits here."""
        self._socket.pause_reading()

    def resume_reading(self) -> None:
        """Read on."""
        self._socket.resume_reading()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """From how many bytes on the socket counts as full, and as drained."""
        self._socket.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        """Bytes that the socket has not taken: none are kept anywhere else."""
        return self._socket.get_write_buffer_size()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the socket's transport knows."""
        return self._socket.get_extra_info(name, default)

    # -- parts ----------------------------------------------------------------------------------

    def _shake_hands(self) -> bool:
        """One step of the handshake. Returns whether it is over. Raises ssl.SSLError."""
        try:
            self._tls.do_handshake()
        except ssl.SSLWantReadError:
            return False
        self._secure = True
        if self._secured is not None:
            self._secured(described(self._tls))
        return True

    def _open(self) -> bytes:
        """All that the records that came hold. Raises ssl.SSLError."""
        parts = []
        try:
            while part := self._tls.read(READ):
                parts.append(part)
            self._over = True
        except ssl.SSLWantReadError:
            pass  # the rest of a record has not come
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _part(self) -> None:
        if self._secure and not self._deaf:
            with contextlib.suppress(ssl.SSLError):  # it is said; the peer has not answered, and need not
                self._tls.unwrap()
            self._flush()
        self._deaf = True

    def _flush(self) -> None:
        if self._to_peer.pending and not self._socket.is_closing():
            self._socket.write(self._to_peer.read())

    def _refuse_plain_text(self) -> None:
        self._deaf = True
        self._fault = ConnectionError("it came without TLS")
        self._socket.write(self._plain)
        farewell(self._socket)

    def _fail(self, fault: ssl.SSLError) -> None:
        self._deaf = True
        self._fault = ConnectionError(f"TLS failed: {(fault.reason or str(fault)).replace('_', ' ').lower()}")
        self._flush()
        self._socket.close()


def described(tls: ssl.SSLObject) -> str:
    """Which TLS it is: 'TLSv1.3 TLS_AES_256_GCM_SHA384'."""
    cipher = tls.cipher()
    return f"{tls.version()} {cipher[0] if cipher else ''}".rstrip()
