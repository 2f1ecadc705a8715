"""Following rooms: server-sent events, as HTML has them (section 9.2), from the same readers as every connection.

Each event has an id that holds the cursors of all the stream's rooms. Who comes back with the last one (`Last-Event-ID`, which
browsers send by themselves) is told what was missed, and nothing twice, also after the server was started anew.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from typing import cast

from aiohttp import web

from roomful.domain.answers import Joined
from roomful.domain.commands import History, Join
from roomful.domain.events import Event, Sender
from roomful.domain.signals import Signal
from roomful.errors import BadRequest, Ended, NotMember, RoomfulError, ShuttingDown, TooManyConnections
from roomful.hub.hub import Hub
from roomful.hub.session import GRACE
from roomful.protocol.native import WirePage, encode, encode_event, encode_signal

from ...admission import Admission
from ...calls import Caller, Credential, come
from ...native import NativeWire
from ..door import Door
from .routes import Follow, Route

HIGH = 64 * 1024  # bytes not yet written: full
HEARTBEAT = 15.0  # s of silence after which a comment shows that the connection lives
COME_BACK = 1000  # ms after which a browser comes back
LAST = "Last-Event-ID"
LONGEST_CURSOR = 2_000  # characters
GONE_WITHIN = 1.0  # s for goodbyes, when the server stops


class StreamWire(NativeWire):
    """Events and signals as blocks of a stream, each in a frame; answers as the native protocol has them."""

    def events(self, room: str, events: Sequence[Event]) -> list[bytes]:
        """A block for each; its id is that of the one room, and is made whole where there are several."""
        return [
            self.framed(b"id: %b:%d\ndata: %b\n\n" % (one.room.encode(), one.seq, encode_event(room, one)))
            for one in events
        ]

    def signal(self, room: str, sender: Sender | None, signal: Signal) -> bytes:
        """A block without an id: a signal that is missed is not told again."""
        return self.framed(b"event: signal\ndata: %b\n\n" % encode_signal(room, sender, signal))


WIRE = StreamWire()


class Follower(Caller):
    """A session whose events go into a stream."""

    def __init__(self, hub: Hub, address: str) -> None:
        super().__init__(hub, address, WIRE)
        self.cursors: dict[str, int] = {}  # by room's id: what was given out
        self._blocks: list[bytes] = []
        self._size = 0
        self._news = asyncio.Event()

    def take(self, payload: bytes) -> None:
        """Keep a block; an answer goes to whoever awaits it."""
        if payload.startswith(b"{"):
            super().take(payload)
            if self.ended is not None:
                self._news.set()
            return
        self._blocks.append(payload)
        self._size += len(payload)
        self._news.set()
        if self._size > HIGH and self.session.paused_at is None:
            self.session.pause()

    def close(self) -> None:
        """It is no more."""
        super().close()
        self._news.set()

    @property
    def over(self) -> RoomfulError | None:
        """Why the stream ends, when it does: it was ended, or there is no room left to follow."""
        if self._blocks:
            return None
        if self.ended is None and not self.session.rooms:
            return NotMember("You are in none of these rooms any more.")
        return self.ended

    async def news(self, within: float) -> bytes:
        """What there is to write, as soon as there is something, or nothing after so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._news.wait()
        self._news.clear()
        blocks, self._blocks, self._size = self._blocks, [], 0
        return b"".join(map(self._whole, blocks))

    def drained(self) -> None:
        """What was written has gone out."""
        self.session.heard = self._hub.monotonic()
        if self.session.paused_at is not None:
            self.session.resume()

    def _whole(self, block: bytes) -> bytes:
        """The block with the cursors of all rooms."""
        if not block.startswith(b"id: "):
            return block
        head, _, rest = block.partition(b"\n")
        room, _, seq = head[4:].decode().rpartition(":")
        self.cursors[room] = int(seq)
        return b"id: %b\n%b" % (self.cursor, rest)

    @property
    def cursor(self) -> bytes:
        """All that was given out, in words for whoever comes back."""
        rooms = ",".join(f"{room}:{seq}" for room, seq in self.cursors.items())
        return f"{self._hub.epoch}/{rooms}".encode()


class Watched(asyncio.Protocol):
    """In front of aiohttp's protocol: hears at once that nobody listens any more."""

    def __init__(self, transport: asyncio.Transport, lost: Callable[[], None]) -> None:
        self._http = cast("asyncio.Protocol", transport.get_protocol())
        self._lost = lost
        transport.set_protocol(self)

    def data_received(self, data: bytes) -> None:
        """Nothing more is asked on this connection."""

    def eof_received(self) -> bool | None:
        """The peer sends no more."""
        return self._http.eof_received()

    def pause_writing(self) -> None:
        """The socket is full."""
        self._http.pause_writing()

    def resume_writing(self) -> None:
        """The socket has drained."""
        self._http.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is no more."""
        self._lost()
        self._http.connection_lost(exc)


class Streams:
    """Serves streams."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._admission = Admission(door.hub)
        self._open: set[Follower] = set()
        self._written: set[asyncio.Future[None]] = set()

    async def serve(self, request: web.Request, route: Route, who: Credential, ask: Follow) -> web.StreamResponse:
        """One stream, until it ends. Raises RoomfulError: it does not begin."""
        after, epoch = _after(ask, request.headers.get(LAST, ""))
        if not self._admission.admit(who.address):
            raise TooManyConnections(retry_after=5)
        follower = Follower(self._door.hub, who.address)
        try:
            await come(follower, who)
            await _follow(follower, ask, after, epoch)
            self._open.add(follower)
            with self._door.lasts(request):
                return await self._write(request, follower)
        finally:
            self._open.discard(follower)
            self._admission.gone(follower.session, None)
            follower.close()

    async def close(self) -> None:
        """Say goodbye to everybody."""
        for follower in list(self._open):
            follower.session.end(ShuttingDown(retry_after=1.0))
        if self._written:
            await asyncio.wait(self._written, timeout=GONE_WITHIN)

    async def _write(self, request: web.Request, follower: Follower) -> web.StreamResponse:
        answer = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
        answer.content_type = "text/event-stream"
        answer.charset = "utf-8"
        answer.force_close()
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._written.add(done)
        try:
            await answer.prepare(request)
            if request.transport is not None:
                Watched(request.transport, follower.close)
            await self._write_all(answer, follower)
        except (TimeoutError, ConnectionError):  # it takes not even a goodbye, or is gone
            if request.transport is not None:
                request.transport.abort()
        finally:
            self._written.discard(done)
            done.set_result(None)
        return answer

    async def _write_all(self, answer: web.StreamResponse, follower: Follower) -> None:
        limits = self._door.hub.limits
        patience, heartbeat = limits.slow_reader + GRACE, min(HEARTBEAT, limits.idle / 2)
        await answer.write(b"retry: %d\nid: %b\n\n" % (COME_BACK, follower.cursor))
        while not (ended := follower.over):
            data = await follower.news(heartbeat) or b":\n\n"
            async with asyncio.timeout(patience):
                await answer.write(data)
            follower.drained()
        await answer.write(_goodbye(ended))
        await answer.write_eof()


async def _follow(follower: Follower, ask: Follow, after: dict[str, int], epoch: str | None) -> None:
    """Follow the rooms. Raises RoomfulError: one of them cannot be read, or the cursor is of another history."""
    hub = follower.session.hub
    for name in ask.room:
        page = await follower.ask(
            History(0, name, limit=1), WirePage
        )  # whoever follows is a member, and does not become one
        room = await hub.load_room(name)
        if room is None:
            raise NotMember(f"You are not in {page.room}: become a member first.", field="room")
        id = room.state.id
        cursor = after.get(id, ask.after)
        follower.cursors[id] = cursor if cursor is not None else room.state.head
        joined = await follower.ask(Join(0, name, cursor, None, ask.signals, epoch), Joined)
        if cursor is None:
            follower.cursors[id] = joined.head


def _after(ask: Follow, last: str) -> tuple[dict[str, int], str | None]:
    """Where a stream goes on, by room's id, and the epoch that this is of. Raises BadRequest."""
    if ask.after is not None and len(ask.room) > 1:
        raise BadRequest(f"`after` is for one room; of several, send the last event's id as {LAST}.", field="after")
    if not last:
        return {}, None
    epoch, _, rooms = last[:LONGEST_CURSOR].partition("/")
    try:
        cursors = {id: int(seq) for id, _, seq in (one.rpartition(":") for one in rooms.split(",") if one)}
        if min(cursors.values(), default=0) < 0:
            raise ValueError
        return cursors, epoch
    except ValueError:
        raise BadRequest(
            f"This {LAST} is none of this server: send none, or one that an event had.", field=LAST
        ) from None


def _goodbye(why: RoomfulError) -> bytes:
    """The last block."""
    retry = why.retry_after if isinstance(why, Ended) else None
    told = {"code": why.code, "message": why.message, "retry_after": retry}
    return b"event: goodbye\ndata: %b\n\n" % encode(told)
