"""The native protocol over TCP, with TLS or without: frames with a fixed-length length header, on non-blocking sockets."""

import asyncio
import socket
import ssl
from typing import Any, cast

from roomful.errors import Ended, TlsRequired, TooManyConnections
from roomful.hub.hub import Hub
from roomful.hub.session import Session, farewell
from roomful.protocol.frames import TooLargeAfter, cut
from roomful.protocol.trace import Trace, Tracer

from .admission import Admission, set_options, spoken
from .native import Backlog, NativeWire
from .tls import TlsLayer

BACKLOG = 1024  # connections the kernel may accept ahead of us
HIGH, LOW = 64 * 1024, 16 * 1024  # bytes in a transport's buffer: full above, drained below
SENT_AWAY = 256  # connections that are told why at a time; more of them are just closed
WIRE = NativeWire()


class TcpConnection(asyncio.Protocol):
    """One connection. Bytes in, requests to the session."""

    __slots__ = ("_backlog", "_gateway", "_rest", "_session", "_trace", "_transport")

    def __init__(self, gateway: "TcpGateway") -> None:
        self._gateway = gateway
        self._rest = b""  # the beginning of a frame whose end has not come
        self._session: Session
        self._backlog: Backlog
        self._trace: Trace | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection in, or send it away if there are too many."""
        tcp = self._transport = cast("asyncio.Transport", transport)
        peer = tcp.get_extra_info("peername") or ("", 0)
        self._gateway.admit(self, tcp, peer)

    def begin(self, transport: asyncio.Transport, address: str, trace: Trace | None) -> None:
        """Start the session."""
        transport.set_write_buffer_limits(HIGH, LOW)
        self._trace = trace
        if trace is not None:
            trace.status("connected")
            transport = cast("asyncio.Transport", Traced(transport, trace))
        self._session = Session(self._gateway.hub, WIRE, transport, address, self._read_on)
        self._backlog = Backlog(self._session)
        self._gateway.hub.connected(self._session)

    def secured(self, how: str) -> None:
        """The TLS beneath has shaken hands."""
        if self._trace is not None:
            self._trace.status(how)

    def data_received(self, data: bytes) -> None:
        """Cut frames, and submit what is in them."""
        session = self._session
        if session.ending:
            return
        session.heard = self._gateway.hub.monotonic()
        if self._trace is not None:
            self._trace.moved("<-", data)
        if self._rest:
            data = self._rest + data
        ended: Ended | None = None
        try:
            payloads, self._rest = cut(data, self._gateway.hub.limits.max_frame)
        except TooLargeAfter as large:
            payloads, self._rest, ended = large.frames, b"", large
        session.cork()
        if not self._backlog.feed(payloads, ended) and not session.ending:
            self._transport.pause_reading()
        if session.held is None:  # else the answers wait for that of a login, which comes with the next commit
            session.flush()

    def _read_on(self) -> None:
        """The session takes requests again."""
        if self._backlog.drain() and not self._transport.is_closing():
            self._transport.resume_reading()

    def pause_writing(self) -> None:
        """The socket is full."""
        self._session.pause()

    def resume_writing(self) -> None:
        """The socket has drained."""
        self._session.resume()

    def eof_received(self) -> bool:
        """The peer sends no more: close, as it cannot take part any longer."""
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        if self._trace is not None:
            self._trace.status(f"reset ({exc})" if exc else "closed")
        self._gateway.admission.gone(self._session, exc)


class Refusal(asyncio.Protocol):
    """What a connection that is sent away gets instead: what it says is dropped, until it closes."""

    def __init__(self, gateway: "TcpGateway") -> None:
        self._gateway = gateway

    def connection_lost(self, exc: Exception | None) -> None:
        """It has gone."""
        self._gateway.leaving -= 1


class Traced:
    """A transport whose writes are shown."""

    def __init__(self, transport: asyncio.Transport, trace: Trace) -> None:
        self._transport = transport
        self._trace = trace

    def write(self, data: bytes) -> None:
        """Show and write."""
        self._trace.moved("->", data)
        self._transport.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class TcpGateway:
    """Listens. `admission`: what it shares with other doors."""

    def __init__(self, hub: Hub, tracer: Tracer | None = None, admission: Admission | None = None) -> None:
        self.hub = hub
        self.admission = admission or Admission(hub)
        self.certificate: ssl.SSLContext | None = None  # what TLS connections to come are greeted with; may be replaced
        self._tracer = tracer
        self._servers: list[asyncio.Server] = []
        self.leaving = 0  # connections that were sent away, and have not closed yet

    async def listen(self, listener: socket.socket, *, tls: bool = False) -> None:
        """Accept connections on a bound socket; with `tls`, `certificate` must be there."""
        set_options(listener)
        make = self._secured if tls else self._plain
        server = await asyncio.get_running_loop().create_server(make, sock=listener, backlog=BACKLOG)
        self._servers.append(server)

    def _plain(self) -> TcpConnection:
        return TcpConnection(self)

    def _secured(self) -> TlsLayer:
        assert self.certificate is not None
        connection = TcpConnection(self)
        return TlsLayer(self.certificate, connection, connection.secured, plain=WIRE.goodbye(TlsRequired()))

    def admit(self, connection: TcpConnection, transport: asyncio.Transport, peer: tuple[str, int]) -> None:
        """Start a session for a new connection, or send it away."""
        if not self.admission.admit(peer[0]):
            self._send_away(transport)
            return
        trace = self._tracer(spoken(peer)) if self._tracer else None
        connection.begin(transport, peer[0], trace)

    def _send_away(self, transport: asyncio.Transport) -> None:
        self.leaving += 1
        transport.set_protocol(Refusal(self))
        if self.leaving > SENT_AWAY or isinstance(transport, TlsLayer):
            transport.abort()  # each that lingers has a descriptor, and limits are there to spare them; as a handshake is
            return
        transport.write(WIRE.goodbye(TooManyConnections(retry_after=5)))
        farewell(transport)

    async def close(self) -> None:
        """Accept no more."""
        for server in self._servers:
            server.close()
