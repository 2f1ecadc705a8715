"""A connection over WebSocket, by aiohttp's client: for servers of which only the web is reached.

Imported when an address asks for it, as aiohttp takes a moment.
"""

import asyncio
import socket
import ssl
from collections import deque
from typing import Literal, cast

import aiohttp
from aiohttp import WSMsgType

from roomful.client.addresses import WEB_PATH, Address
from roomful.client.connection import Connection, Owner, cause_of, reason_of, set_options
from roomful.client.failures import ConnectFailed
from roomful.client.trust import Trust, spoken
from roomful.errors import NotJson
from roomful.protocol import websocket
from roomful.protocol.trace import Trace

LARGEST = 16 * 1024 * 1024  # bytes of a message: the most that a server may be set to
HIGH, LOW = 64 * 1024, 16 * 1024  # bytes that wait to be sent: full above, drained below
CLOSE_WITHIN = 2.0  # s for the server to answer that we close
Socket = aiohttp.ClientWebSocketResponse[Literal[False]]  # its messages as bytes


class WebConnection(Connection):
    """As any other, with aiohttp between it and the socket."""

    def __init__(self, owner: Owner, trace: Trace | None, http: aiohttp.ClientSession, ws: Socket) -> None:
        super().__init__(owner, trace)
        self._carrier = Carrier(self, http, ws)
        self._transport = cast("asyncio.Transport", self._carrier)
        if trace is not None:
            trace.upgraded()
        self.status(" ".join(("connected by WebSocket", spoken(ws.get_extra_info("ssl_object")))).rstrip())
        self._carrier.start()

    def write(self, payloads: list[bytes]) -> None:
        """Send payloads, each a message. Nothing happens once the connection is ending."""
        if self._ending is not None or self._transport.is_closing():
            return
        if self._trace is not None:
            self._trace.moved("->", b"".join(map(websocket.text, payloads)))
        self._carrier.send(payloads)

    def came(self, payload: bytes) -> None:
        """A message came."""
        if self._ending is not None:
            return
        self.heard += len(payload)
        if self._trace is not None:
            self._trace.moved("<-", websocket.text(payload))
        self.take((payload,))


class Carrier:
    """Moves messages between a connection and aiohttp: what the connection takes for its transport."""

    def __init__(self, connection: WebConnection, http: aiohttp.ClientSession, ws: Socket) -> None:
        self._connection = connection
        self._http = http
        self._ws = ws
        self._waiting: deque[bytes] = deque()
        self._size = 0  # bytes that wait
        self._something = asyncio.Event()  # waits to be sent, or the end does
        self._reading = asyncio.Event()
        self._reading.set()
        self._closing = False
        self._tasks: list[asyncio.Task[None]] = []
        self._failed: Exception | None = None
        self._running: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to read and to send."""
        loop = asyncio.get_running_loop()
        self._tasks = [loop.create_task(self._send()), loop.create_task(self._read())]
        self._running = loop.create_task(self._run())

    def send(self, payloads: list[bytes]) -> None:
        """Send them when what waits before them is sent."""
        self._waiting.extend(payloads)
        self._size += sum(map(len, payloads))
        self._something.set()
        if self._size > HIGH and not self._connection.full:
            self._connection.pause_writing()

    # -- what a transport has -------------------------------------------------------------------------

    def is_closing(self) -> bool:
        """Whether it takes no more."""
        return self._closing

    def close(self) -> None:
        """End it when everything is sent."""
        self._closing = True
        self._something.set()
        self._reading.set()

    def abort(self) -> None:
        """End it now."""
        self._closing = True
        for task in self._tasks:
            task.cancel()

    def pause_reading(self) -> None:
        """Leave what comes where it is."""
        self._reading.clear()

    def resume_reading(self) -> None:
        """Go on."""
        self._reading.set()

    # -- the two directions ------------------------------------------------------------------------------

    async def _send(self) -> None:
        while self._waiting or not self._closing:
            if not self._waiting:
                self._something.clear()
                await self._something.wait()
                continue
            payload = self._waiting.popleft()
            try:
                await self._ws.send_str(payload.decode())
            except ConnectionError:  # whoever reads is told so too
                return
            self._size -= len(payload)
            if self._size <= LOW and self._connection.full:
                self._connection.resume_writing()
        await self._ws.close()

    async def _read(self) -> None:
        while True:
            await self._reading.wait()
            message = await self._ws.receive()
            match message.type:
                case WSMsgType.TEXT:
                    self._connection.came(message.data)
                case WSMsgType.BINARY:
                    self._connection.take((), NotJson("A message was not text."))
                case WSMsgType.ERROR:
                    self._failed = cast("Exception", message.data)
                    return
                case WSMsgType.CLOSE:
                    self._connection.eof_received()
                case _:
                    return

    async def _run(self) -> None:
        """See the connection to its end, which comes when nothing is read any more."""
        sending, reading = self._tasks
        await asyncio.wait([reading])
        self._closing = True
        sending.cancel()
        await asyncio.gather(sending, self._http.close(), return_exceptions=True)
        self._connection.connection_lost(self._failed)
        if not reading.cancelled() and (fault := reading.exception()) is not None:
            raise fault  # of ours: whoever runs the loop must see it


async def connect(address: Address, owner: Owner, trace: Trace | None, trust: Trust) -> Connection:
    """Connect. Raises ConnectFailed, ssl.SSLError."""
    http = aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, ssl=trust.used() if address.tls else True),
        cookie_jar=aiohttp.DummyCookieJar(),
    )
    try:
        ws = await http.ws_connect(
            f"{'https' if address.tls else 'http'}://{address.where}{WEB_PATH}",
            max_msg_size=LARGEST,
            decode_text=False,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_WITHIN),
        )
    except BaseException as why:
        await http.close()
        if isinstance(why, aiohttp.ClientError):
            raise _failure(address, why) from why
        raise
    set_options(cast("socket.socket", ws.get_extra_info("socket")))
    return WebConnection(owner, trace, http, ws)


def _failure(address: Address, why: aiohttp.ClientError) -> Exception:
    """What an attempt failed by, as with other connections."""
    if isinstance(why.__cause__, ssl.SSLError):
        return why.__cause__
    match why:
        case aiohttp.ClientConnectorDNSError():
            return ConnectFailed("unknown_host", f"There is no host {address.host} ({reason_of(why.os_error)}).")
        case aiohttp.ClientConnectorError():
            cause = cause_of(why.os_error)
            if cause == "refused":
                return ConnectFailed(cause, f"Nobody listens at {address}.")
            return ConnectFailed(cause, f"{address} cannot be reached ({reason_of(why.os_error)}).")
        case aiohttp.WSServerHandshakeError():
            return ConnectFailed(
                "not_roomful", f"What listens at {address} has no WebSocket for us (HTTP {why.status})."
            )
    return ConnectFailed(
        "not_roomful", f"What listens at {address} does not speak HTTP ({str(why) or type(why).__name__})."
    )
