"""The native protocol over WebSocket (RFC 6455): its objects unchanged, one a text message.

aiohttp shakes hands, reads, and answers pings. Writing is the session's, straight to the transport: each event is encoded
once for all its readers, header and all, and a block of events is one write, as over TCP.
"""

import asyncio
from collections.abc import Callable
from typing import Final, cast

from aiohttp import WebSocketError, WSMsgType, web

from roomful.domain.commands import Request
from roomful.errors import Bye, Ended, FrameTooLarge, NotJson, ShuttingDown, TooManyConnections
from roomful.hub.hub import Hub
from roomful.hub.session import GRACE, Session
from roomful.protocol import websocket
from roomful.protocol.trace import Trace, Tracer

from .admission import Admission, spoken
from .native import Backlog, NativeWire

HIGH, LOW = 64 * 1024, 16 * 1024  # bytes in a transport's buffer: full above, drained below
SENT_AWAY = 256  # connections that are told why at a time; more of them are just closed
_ENDINGS: Final = {Bye: websocket.NORMAL, ShuttingDown: websocket.GOING_AWAY, FrameTooLarge: websocket.TOO_LARGE}


class NotText(NotJson):
    """What came is a binary message, or text that is not UTF-8."""


class WebSocketWire(NativeWire):
    """One object, one text frame."""

    framed = staticmethod(websocket.text)

    def goodbye(self, ended: Ended) -> bytes:
        """The last object, and the frame that closes: behind it nothing may be written."""
        return super().goodbye(ended) + websocket.close(close_code(ended), ended.code)


WIRE = WebSocketWire()


def close_code(ended: Ended) -> int:
    """With which code a connection closes: for whoever reads no objects. The goodbye says more."""
    if type(ended) in _ENDINGS:
        return _ENDINGS[type(ended)]
    if isinstance(ended, NotText):
        return websocket.NOT_TEXT
    return websocket.POLICY if ended.retry_after is None else websocket.TRY_AGAIN


class Handshaken(web.WebSocketResponse):
    """aiohttp's side of a connection: it reads. It closes nothing: what is said last, and when, is the session's."""

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        """Leave it to the session."""
        return False


class Outlet:
    """What a session writes to: the transport, and how a WebSocket ends."""

    def __init__(self, transport: asyncio.Transport, wake: Callable[[], None], trace: Trace | None) -> None:
        self._transport = transport
        self._trace = trace
        self._wake = wake
        self.write = transport.write if trace is None else self._traced  # not a method: the hottest line there is
        self.abort = transport.abort

    def write_eof(self) -> None:
        """The frame that closes has gone out; the peer answers it, and then the connection is closed (section 7.1.1)."""

    def resume_reading(self) -> None:
        """Let what still comes be read."""
        self._wake()

    def _traced(self, data: bytes) -> None:
        assert self._trace is not None
        self._trace.moved("->", data)
        self._transport.write(data)


class WebSocketConnection(asyncio.Protocol):
    """One connection: the transport's protocol, in front of aiohttp's, so that it hears of a full socket."""

    __slots__ = ("_backlog", "_gateway", "_http", "_lost", "_trace", "_transport", "_waiter", "session")

    def __init__(
        self,
        gateway: "WebSocketGateway",
        transport: asyncio.Transport,
        address: str,
        completed: Callable[[Request], Request],
    ) -> None:
        self._gateway = gateway
        self._http = cast("asyncio.Protocol", transport.get_protocol())
        self._transport = transport
        self._waiter: asyncio.Future[None] | None = None
        self._lost = False
        self._trace = gateway.traced(transport)
        outlet = Outlet(transport, self._wake, self._trace)
        self.session = Session(gateway.hub, WIRE, cast("asyncio.Transport", outlet), address, self._read_on)
        self._backlog = Backlog(self.session, completed)
        transport.set_write_buffer_limits(HIGH, LOW)
        transport.set_protocol(self)
        gateway.hub.connected(self.session)
        gateway.connections.add(self)

    # -- the transport's protocol -----------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Let aiohttp cut the frames."""
        self.session.heard = self._gateway.hub.monotonic()
        if self._trace is not None:
            self._trace.moved("<-", data)
        self._http.data_received(data)

    def eof_received(self) -> bool | None:
        """The peer sends no more."""
        return self._http.eof_received()

    def pause_writing(self) -> None:
        """The socket is full."""
        self._http.pause_writing()
        self.session.pause()

    def resume_writing(self) -> None:
        """The socket has drained."""
        self._http.resume_writing()
        self.session.resume()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        self._lost = True
        self._gateway.connections.discard(self)
        if self._trace is not None:
            self._trace.status(f"reset ({exc})" if exc else "closed")
        self._gateway.admission.gone(self.session, exc)
        self._http.connection_lost(exc)
        self._wake()

    # -- reading ----------------------------------------------------------------------------------

    async def read(self, messages: Handshaken) -> None:
        """Take what comes until the connection is closed, or a moment after the session has ended."""
        while not self._lost:
            message = await messages.receive()
            match message.type:
                case WSMsgType.TEXT:
                    await self._take(cast("bytes", message.data))
                case WSMsgType.BINARY:
                    self.session.end(NotText("A message is text here, and this one is binary."))
                case WSMsgType.ERROR if isinstance(message.data, WebSocketError):
                    self.session.end(self._fault(message.data))
                    await self._wait(lambda: self._lost)  # aiohttp reads no further
                case _:
                    self._close()
                    return

    async def _take(self, payload: bytes) -> None:
        session = self.session
        if session.ending:
            return
        session.cork()
        may_read = self._backlog.feed((payload,))
        if session.held is None:  # else the answers wait for that of a login, which comes with the next commit
            session.flush()
        if not may_read:
            await self._wait(lambda: session.ending or not session.full)

    def _read_on(self) -> None:
        """The session takes requests again."""
        if self._backlog.drain():
            self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait(self, until: Callable[[], bool]) -> None:
        while not (until() or self._lost):
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        self._waiter = None

    def _fault(self, why: WebSocketError) -> Ended:
        """What a breach of RFC 6455 means here."""
        if why.code == websocket.TOO_LARGE:
            most = self._gateway.hub.limits.max_frame
            return FrameTooLarge(f"A message of more than {most:,} bytes came; at most so many are allowed.")
        return NotText(f"What came is no message of a WebSocket: {str(why).rstrip('.')}.")

    def _close(self) -> None:
        """The peer has closed, or has answered that we did."""
        if self._lost:
            return
        if not self.session.ending:
            self._transport.write(websocket.close(websocket.NORMAL))
            self.session.ending = True  # nothing may be written behind it
        self._transport.close()


class WebSocketGateway:
    """Serves connections whose handshake has been let through."""

    def __init__(self, hub: Hub, admission: Admission, tracer: Tracer | None = None) -> None:
        self.hub = hub
        self.admission = admission
        self.connections: set[WebSocketConnection] = set()
        self._tracer = tracer
        self._leaving = 0  # connections that were sent away, and have not closed yet

    async def serve(
        self, request: web.Request, address: str, completed: Callable[[Request], Request]
    ) -> web.StreamResponse:
        """One connection, until it is no more.

        Args:
            address: the peer's, without port.
            completed: what a request becomes by what the handshake told.
        """
        messages = Handshaken(
            autoclose=False, compress=False, decode_text=False, max_msg_size=self.hub.limits.max_frame
        )
        await messages.prepare(request)
        if request.transport is None:
            return messages
        if not self.admission.admit(address):
            await self._send_away(request.transport, messages)
            return messages
        connection = WebSocketConnection(self, request.transport, address, completed)
        await connection.read(messages)
        return messages

    async def _send_away(self, transport: asyncio.Transport, messages: Handshaken) -> None:
        if self._leaving >= SENT_AWAY:
            transport.abort()
            return
        self._leaving += 1
        try:
            transport.write(WIRE.goodbye(TooManyConnections(retry_after=5)))
            async with asyncio.timeout(GRACE):
                while (await messages.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    pass
        except TimeoutError:
            transport.abort()
        finally:
            self._leaving -= 1

    def traced(self, transport: asyncio.Transport) -> Trace | None:
        """The trace of a connection."""
        if self._tracer is None:
            return None
        trace = self._tracer(spoken(transport.get_extra_info("peername")))
        trace.status("connected by WebSocket")
        trace.upgraded()
        return trace

    def close(self) -> None:
        """Say goodbye to everybody."""
        for connection in list(self.connections):
            connection.session.end(ShuttingDown(retry_after=1.0))
