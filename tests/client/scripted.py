"""A server of the native protocol that does what the test says: right by default, wrong on demand. Real sockets."""

import asyncio
import contextlib
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Self, TypeVar

from roomful.domain import commands
from roomful.domain.answers import (
    Answer,
    Done,
    Joined,
    LoggedIn,
    Me,
    MemberInfo,
    MemberList,
    Page,
    Receipt,
    Renamed,
    RoomInfo,
    RoomList,
    Welcome,
)
from roomful.domain.commands import Request
from roomful.domain.events import Body, Event, Message, Sender, encode_body
from roomful.domain.events import Topic as TopicSet
from roomful.domain.signals import Signal
from roomful.errors import BadResume, CursorAhead, Ended, EpochChanged, RoomfulError
from roomful.protocol import frames, native

R = TypeVar("R", bound=Request)
Handler = Callable[["Peer", Any], Awaitable[None]]


class Peer:
    """One client's connection, seen from the server."""

    def __init__(self, server: "Scripted", reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.server = server
        self.reader = reader
        self.writer = writer
        self.me: Me | None = None
        self.follows: dict[str, int] = {}  # how far it was told, by room

    def send_bytes(self, data: bytes) -> None:
        """Send bytes, frames or not."""
        self.writer.write(data)

    def send(self, payload: bytes) -> None:
        """Send a payload in a frame."""
        self.send_bytes(frames.frame(payload))

    def answer(self, request: Request, answer: Answer) -> None:
        """Reply ok."""
        self.send(native.encode_answer(request.id, answer))

    def refuse(self, request: Request, why: RoomfulError) -> None:
        """Reply error."""
        self.send(native.encode_error(request.id, why))

    def signal(self, room: str, signal: Signal, sender: Sender | None = None) -> None:
        """Tell a signal."""
        self.send(native.encode_signal(room, sender, signal))

    def goodbye(self, why: Ended) -> None:
        """Say goodbye, and close."""
        self.send(native.encode_goodbye(why))
        self.writer.close()

    def reset(self) -> None:
        """Let the connection break, as a crash does; nothing if it is no more."""
        if self.writer.is_closing():
            return
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()

    def tell(self, room: str) -> None:
        """Tell the room's events that this connection was not told, each as the server's `fate` wants it."""
        for event in self.server.logs[room][self.follows[room] :]:
            for payload in self.server.fate(self, native.encode_event(room, event)):
                self.send(payload)
        self.follows[room] = len(self.server.logs[room])


class Scripted:
    """The server. `handlers` may be replaced, by request type; what they were is in `HANDLERS`."""

    def __init__(self) -> None:
        self.address = ""
        self.epoch = "e1"
        self.welcome = Welcome("scripted", 1, "", (), 65_536, 16_000, 64, 120.0)
        self.logs: dict[str, list[Event]] = {}
        self.directs: dict[str, Sender] = {}  # the other participant, by direct room
        self.people: dict[str, Me] = {}  # by resume
        self.receipts: dict[tuple[str, str, str], int] = {}  # by participant, room and nonce
        self.peers: list[Peer] = []
        self.seen: list[Request] = []
        self.fate: Callable[[Peer, bytes], Iterable[bytes]] = lambda _, payload: (payload,)
        self.handlers: dict[type, Handler] = dict(HANDLERS)
        self._taken: Counter[type] = Counter()
        self._came = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: asyncio.Server | None = None

    # -- life -----------------------------------------------------------------------------------

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.shut()
        for peer in self.peers:
            peer.writer.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def open(self) -> None:
        """Listen; after `shut`, at the same address again."""
        host, _, port = self.address.rpartition(":")
        self._listener = await asyncio.start_server(self._serve, host or "127.0.0.1", int(port or 0))
        self.address = "{}:{}".format(*self._listener.sockets[0].getsockname())

    async def shut(self) -> None:
        """Listen no more; connections stay."""
        if self._listener is not None:
            self._listener.close()
            self._listener = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        peer = Peer(self, reader, writer)
        self.peers.append(peer)
        with contextlib.suppress(ConnectionError):
            await self._converse(peer)
        writer.close()
        self.peers.remove(peer)
        self._tasks.discard(task)

    async def _converse(self, peer: Peer) -> None:
        rest = b""
        while data := await peer.reader.read(65_536):
            payloads, rest = frames.cut(rest + data)
            for payload in payloads:
                request = native.decode_request(payload)
                async with self._came:
                    self.seen.append(request)
                    self._came.notify_all()
                await self.handlers[type(request)](peer, request)
                if peer.writer.is_closing():
                    return
            await peer.writer.drain()

    # -- for the test -----------------------------------------------------------------------------

    async def asked(self, kind: type[R]) -> R:
        """The next request of this type, in the order in which they came."""
        self._taken[kind] += 1
        number = self._taken[kind]
        async with self._came:
            await self._came.wait_for(lambda: len(self.requests(kind)) >= number)
        return self.requests(kind)[number - 1]

    def requests(self, kind: type[R]) -> list[R]:
        """All requests of this type so far."""
        return [request for request in self.seen if isinstance(request, kind)]

    def record(self, room: str, sender: Sender, body: Body, nonce: str = "") -> int:
        """Add an event to a room's log, and tell nobody. Returns its number."""
        log = self.logs.setdefault(room, [])
        log.append(Event(room, len(log) + 1, 1_763_632_800_000 + len(log), sender, nonce, encode_body(body)))
        return len(log)

    def say(self, room: str, text: str, sender: Sender | None = None) -> int:
        """Let somebody say something, and tell everybody."""
        seq = self.record(room, sender or CAROL, Message(text))
        self.tell(room)
        return seq

    def tell(self, room: str) -> None:
        """Tell whoever follows a room what they were not told."""
        for peer in self.peers:
            if room in peer.follows:
                peer.tell(room)

    def texts(self, room: str) -> list[str]:
        """What the room's log says."""
        bodies = [event.body for event in self.logs.get(room, [])]
        return [body.text for body in bodies if isinstance(body, Message)]


CAROL = Sender("p-carol", "carol", "person")


# -- what a server does --------------------------------------------------------------------------


async def hello(peer: Peer, request: commands.Hello) -> None:
    welcome = peer.server.welcome
    fields = {name: getattr(welcome, name) for name in Welcome.__struct_fields__}
    peer.answer(request, Welcome(**(fields | {"epoch": peer.server.epoch})))


async def login(peer: Peer, request: commands.Login) -> None:
    people = peer.server.people
    if request.resume is None:
        resume = f"proof-{len(people)}"
        people[resume] = Me(f"p{len(people)}", request.nick or "", "person")
    elif (resume := request.resume) not in people:
        peer.refuse(request, BadResume())
        return
    peer.me = people[resume]
    peer.answer(request, LoggedIn(peer.me, resume))


async def join(peer: Peer, request: commands.Join) -> None:
    server = peer.server
    head = len(server.logs.setdefault(request.room, []))
    if request.epoch not in (None, server.epoch):
        peer.refuse(request, EpochChanged())
    elif (request.after or 0) > head:
        peer.refuse(request, CursorAhead())
    else:
        follow(peer, request, head)


def follow(peer: Peer, request: commands.Join, head: int) -> None:
    cursor = request.after if request.after is not None else max(0, head - (request.last or 0))
    peer.answer(request, Joined(request.room, head, 1, peer=peer.server.directs.get(request.room)))
    peer.follows[request.room] = cursor
    peer.tell(request.room)


async def post(peer: Peer, request: commands.Post) -> None:
    receipt(peer, request, record(peer, request))


def record(peer: Peer, request: commands.Post) -> int:
    """Record a post, unless it was, and tell nobody."""
    assert peer.me is not None
    server, key = peer.server, (peer.me.id, request.room, request.nonce)
    if key not in server.receipts:
        sender = Sender(peer.me.id, peer.me.nick, peer.me.kind)
        server.receipts[key] = server.record(request.room, sender, Message(request.text), request.nonce)
    return server.receipts[key]


def receipt(peer: Peer, request: commands.Post, seq: int) -> None:
    peer.send(native.encode_receipt(request.id, request.room, seq))
    peer.server.tell(request.room)


async def topic(peer: Peer, request: commands.Topic) -> None:
    peer.answer(request, Receipt(request.room, peer.server.record(request.room, CAROL, TopicSet(request.text))))
    peer.server.tell(request.room)


async def leave(peer: Peer, request: commands.Leave) -> None:
    peer.follows.pop(request.room, None)
    peer.answer(request, Done())


async def nick(peer: Peer, request: commands.Nick) -> None:
    peer.answer(request, Renamed(request.nick))


async def rooms(peer: Peer, request: commands.Rooms) -> None:
    """Two a page."""
    known = sorted(peer.server.logs)
    wanted = [room for room in known if request.after is None or room > request.after]
    infos = tuple(RoomInfo(r, 1, len(peer.server.logs[r]), peer=peer.server.directs.get(r)) for r in wanted[:2])
    peer.answer(request, RoomList(infos, len(wanted) > 2))


async def members(peer: Peer, request: commands.Members) -> None:
    """Two a page, of five."""
    wanted = [nick for nick in "abcde" if request.after is None or nick > request.after]
    page = tuple(MemberInfo(f"p-{nick}", nick, "person") for nick in wanted[:2])
    peer.answer(request, MemberList(request.room, 5, page, len(wanted) > 2))


async def history(peer: Peer, request: commands.History) -> None:
    log = peer.server.logs[request.room]
    peer.answer(request, Page(request.room, tuple(log[-request.limit :]), len(log)))


async def done(peer: Peer, request: Request) -> None:
    peer.answer(request, Done())


async def bye(peer: Peer, request: commands.Bye) -> None:
    peer.answer(request, Done())
    peer.goodbye(Ended())


async def ignore(peer: Peer, request: Request) -> None:
    """Never answer."""


HANDLERS: dict[type, Handler] = {
    commands.Hello: hello,
    commands.Login: login,
    commands.Join: join,
    commands.Leave: leave,
    commands.Post: post,
    commands.Topic: topic,
    commands.Nick: nick,
    commands.Rooms: rooms,
    commands.Members: members,
    commands.History: history,
    commands.Typing: done,
    commands.Ping: done,
    commands.Mark: done,
    commands.Presence: done,
    commands.Bye: bye,
}
