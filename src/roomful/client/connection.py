"""One connection to a server, over TCP, TLS or WebSocket: bytes in, objects to its owner; payloads out."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Iterable
from typing import Protocol, cast

from msgspec import Struct

from roomful.client.addresses import Address
from roomful.client.failures import Cause, ConnectFailed
from roomful.client.trust import NotPinned, Trust, shown_by, spoken
from roomful.errors import NotJson
from roomful.protocol.frames import MAX_FRAME, TooLargeAfter, cut, join
from roomful.protocol.native import Goodbye, Reply, Signalled, Told, decode_pushed
from roomful.protocol.trace import Trace, Tracer

CONNECT_WITHIN = 10.0  # s
DEAD_AFTER = 30_000  # ms without acknowledgement of sent data (RFC 5482)
TLS_ALERT = b"\x15\x03"  # how a server of TLS answers what is none (RFC 8446, 5.1)
Pushed = Reply | Told | Signalled


_BY_ROOTS = Trust()


class Ending(Struct, frozen=True):
    """Why a connection is no more."""

    reason: str  # for people, without a full stop
    goodbye: Goodbye | None = None
    foreign: bool = False  # what came was not of this protocol


class Owner(Protocol):
    """What a connection tells whoever uses it. All calls come from the event loop."""

    def received(self, pushed: Pushed, size: int) -> None:
        """An object came, in a payload of so many bytes. Raises NotJson if it makes no sense."""

    def writable(self) -> None:
        """The socket takes more again."""

    def ended(self, ending: Ending) -> None:
        """The connection is no more. The last call."""


class Connection(asyncio.Protocol):
    """A connection that is open until its owner is told that it ended."""

    def __init__(self, owner: Owner, trace: Trace | None) -> None:
        self._ended: asyncio.Future[Ending] = asyncio.get_running_loop().create_future()
        self.heard = 0  # bytes so far
        self.full = False  # the socket takes no more for now
        self.max_frame = MAX_FRAME
        self._owner = owner
        self._trace = trace
        self._rest = b""  # the beginning of a frame whose end has not come
        self._paused = False
        self._ending: Ending | None = None  # known before the transport says so
        self._transport: asyncio.Transport

    # -- from the transport ---------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.Protocol."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(high=64 * 1024, low=16 * 1024)
        set_options(transport.get_extra_info("socket"))
        self.status(" ".join(("connected", spoken(transport.get_extra_info("ssl_object")))).rstrip())

    def data_received(self, data: bytes) -> None:
        """Cut frames, and hand over what is in them."""
        if self._ending is not None:
            return
        self.heard += len(data)
        if self._trace is not None:
            self._trace.moved("<-", data)
        fault: NotJson | TooLargeAfter | None = None
        try:
            payloads, self._rest = cut(self._rest + data if self._rest else data, self.max_frame)
        except TooLargeAfter as large:
            payloads, self._rest, fault = large.frames, b"", large
        why = "it wants TLS: tls://" if data.startswith(TLS_ALERT) else ""
        self.take(payloads, fault, why)

    def take(self, payloads: Iterable[bytes], fault: NotJson | TooLargeAfter | None = None, why: str = "") -> None:
        """Hand over what came. `fault`: what came behind it makes no sense, and perhaps `why`."""
        try:
            self._hand_over(payloads)
        except NotJson as nonsense:
            fault = nonsense
        if fault is not None and self._ending is None:
            self.drop(Ending(f"what came is not of this protocol: {why or fault.message.rstrip('.')}", foreign=True))

    def _hand_over(self, payloads: Iterable[bytes]) -> None:
        for payload in payloads:
            pushed = decode_pushed(payload)
            if pushed is None:
                continue  # of a type that this release does not know
            if isinstance(pushed, Goodbye):
                self._ending = Ending(pushed.message.rstrip("."), pushed)
                self._transport.close()
            else:
                self._owner.received(pushed, len(payload))
            if self._ending is not None:
                return

    def eof_received(self) -> bool:
        """The peer sends no more: it has left."""
        if self._ending is None:
            self._ending = Ending("the server closed it")
        return False

    def pause_writing(self) -> None:
        """The socket is full."""
        self.full = True

    def resume_writing(self) -> None:
        """The socket has drained."""
        self.full = False
        self._owner.writable()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        ending = self._ending or Ending(_spoken(exc) if exc else "closed")
        self._ending = ending
        self.status(ending.reason if exc is None or ending.goodbye else f"{ending.reason} ({exc})")
        self._owner.ended(ending)
        self._ended.set_result(ending)

    # -- from the owner -------------------------------------------------------------------------

    async def end(self) -> Ending:
        """Wait until the connection is no more; it goes on if the wait is cancelled."""
        return await asyncio.shield(self._ended)

    def status(self, text: str) -> None:
        """Say in the trace what becomes of the connection."""
        if self._trace is not None:
            self._trace.status(text)

    def write(self, payloads: list[bytes]) -> None:
        """Send payloads, in one write. Nothing happens once the connection is ending."""
        if self._ending is not None or self._transport.is_closing():
            return
        data = join(payloads)
        if self._trace is not None:
            self._trace.moved("->", data)
        self._transport.write(data)

    def read(self, on: bool) -> None:
        """Read from the socket, or leave the bytes there, which slows the server down."""
        if on == self._paused and self._ending is None and not self._transport.is_closing():
            self._paused = not on
            (self._transport.resume_reading if on else self._transport.pause_reading)()

    def drop(self, ending: Ending) -> None:
        """End it now; what was not sent yet is not sent."""
        if self._ending is None:
            self._ending = ending
        self._transport.abort()

    def close(self) -> None:
        """End it when everything written so far is sent."""
        if self._ending is None:
            self._ending = Ending("closed")
        self._transport.close()


async def open_connection(
    address: Address, owner: Owner, tracer: Tracer | None, within: float = CONNECT_WITHIN, trust: Trust = _BY_ROOTS
) -> Connection:
    """Connect: to each address that the host's name has, until one answers; with TLS if the address says so.

    Raises ConnectFailed.
    """
    trace = tracer(str(address)) if tracer else None
    if trace is not None:
        trace.status("connecting")
    try:
        async with asyncio.timeout(within):
            if address.web:
                from roomful.client.webconnection import connect  # only here: aiohttp takes its time

                return await connect(address, owner, trace, trust)
            return await _connect(address, owner, trace, trust)
    except ssl.SSLError as why:
        failed = await _untrusted(address, trust, why)
    except ConnectFailed as why:
        failed = why
    except TimeoutError:
        failed = ConnectFailed("timeout", f"{address} does not answer.")
    if trace is not None:
        trace.status(failed.message.rstrip("."))
    raise failed


async def _connect(address: Address, owner: Owner, trace: Trace | None, trust: Trust) -> Connection:
    """Raises ConnectFailed, ssl.SSLError."""
    loop = asyncio.get_running_loop()
    tls, name = (trust.used(), address.host) if address.tls else (None, None)
    try:
        found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as why:
        raise ConnectFailed("unknown_host", f"There is no host {address.host} ({reason_of(why)}).") from None
    failures: list[OSError] = []
    for family, _, _, _, (host, port, *_) in found:
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(owner, trace), str(host), int(port), family=family, ssl=tls, server_hostname=name
            )
        except ssl.SSLError:
            raise  # it answers; another address of the same name would not be another server
        except OSError as why:
            failures.append(why)
        else:
            return connection
    if any(cause_of(why) == "refused" for why in failures):
        raise ConnectFailed("refused", f"Nobody listens at {address}.")
    raise ConnectFailed(cause_of(failures[-1]), f"{address} cannot be reached ({reason_of(failures[-1])}).")


async def _untrusted(address: Address, trust: Trust, why: ssl.SSLError) -> ConnectFailed:
    """What a failed handshake means."""
    if isinstance(why, NotPinned):
        return ConnectFailed(
            "untrusted",
            f"The certificate of {address} is not the pinned one: pinned is {trust.pin}, shown is {why.shown}.",
        )
    if not isinstance(why, ssl.SSLCertVerificationError):
        reason = (why.reason or str(why)).replace("_", " ").lower()
        return ConnectFailed("not_roomful", f"What listens at {address} does not speak TLS as we do ({reason}).")
    try:
        shown = await shown_by(address)
    except (OSError, TimeoutError):
        shown = "not to be had"
    return ConnectFailed(
        "untrusted",
        f"Nobody we trust vouches for {address} ({why.verify_message.rstrip('.')}). Its fingerprint is {shown}: "
        "if its operator sees the same, come with --pin.",
    )


def cause_of(why: OSError) -> Cause:
    """What an attempt failed by, for programs."""
    if isinstance(why, ConnectionRefusedError):
        return "refused"
    return "timeout" if why.errno == errno.ETIMEDOUT else "unreachable"


def reason_of(why: Exception) -> str:
    """The same for people, without a full stop."""
    return (why.strerror if isinstance(why, OSError) else None) or str(why)


def _spoken(why: Exception) -> str:
    match why:
        case ConnectionResetError() | BrokenPipeError():
            return "reset by the server"
        case TimeoutError():
            return "timed out"
    return reason_of(why)


def set_options(sock: socket.socket) -> None:
    """Find out in time when the peer is dead."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):  # not on every system
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, DEAD_AFTER)
