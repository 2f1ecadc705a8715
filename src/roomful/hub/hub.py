"""The hub: puts the parts together and is the door for requests."""

import asyncio
import base64
from collections.abc import Callable
from typing import Any, cast

from msgspec import Struct

from roomful import __version__
from roomful.bus import Bus, Wake
from roomful.domain import commands
from roomful.domain.answers import Done, Welcome
from roomful.domain.commands import Request
from roomful.domain.events import Event
from roomful.errors import (
    BadRequest,
    Bye,
    Ended,
    GuestsOff,
    HelloRequired,
    LoginRequired,
    NotMember,
    RateLimited,
    Refused,
    RoomfulError,
    ShuttingDown,
    UnsupportedProtocol,
)
from roomful.log import Log
from roomful.store import Store

from .committer import Committer
from .limits import Buckets, Limits
from .presence import PresenceKeeper
from .proofs import Proofs
from .questions import Questions
from .readers import Readers
from .rooms import Room, Rooms
from .session import Participant, Session
from .telling import Telling
from .work import BARRIERS, Pending, Receipts, Work

REST = 0.25  # s for which nothing is read from a connection whose address asks too much
RECENT = 20_000  # receipts kept in memory
BEFORE_HELLO: frozenset[type] = frozenset((commands.Hello, commands.Ping))
BEFORE_LOGIN: frozenset[type] = frozenset((commands.Hello, commands.Ping, commands.Login, commands.Bye))
# Whoever has used up all rates may still leave: this makes room for others.
PARTING: frozenset[type] = frozenset((commands.Logout, commands.Bye))
QUESTIONS: frozenset[type] = frozenset((commands.History, commands.Rooms, commands.Members))


class Settings(Struct, frozen=True, kw_only=True):
    """What a hub is told once."""

    limits: Limits = Limits()
    guests: str = "loopback"  # on | loopback | off
    welcome: str = ""  # shown to whoever joins a public room
    features: tuple[str, ...] = ()


class Recent:
    """The newest receipts, in two generations: when the younger is full it becomes the older, which is forgotten."""

    def __init__(self, size: int) -> None:
        self._size = size // 2
        self._young: Receipts = {}
        self._old: Receipts = {}

    def get(self, key: tuple[str, str, str]) -> int | None:
        """The number recorded for (participant, room, nonce), if it was lately."""
        found = self._young.get(key) or self._old.get(key)
        return found[0] if found else None

    def put(self, receipts: Receipts) -> None:
        """Remember receipts."""
        self._young.update(receipts)
        if len(self._young) >= self._size:
            self._old, self._young = self._young, {}


class Hub:
    """Rooms, participants and sessions of one server process."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        settings: Settings,
        log: Log,
        *,
        clock: Callable[[], int],
        monotonic: Callable[[], float],
        entropy: Callable[[int], bytes],
    ) -> None:
        self.store = store
        self.bus = bus
        self.settings = settings
        self.limits = settings.limits
        self.welcome = settings.welcome
        self.log = log
        self.clock = clock  # ms since 1970 UTC; may go back
        self.monotonic = monotonic  # s; never goes back
        self.entropy = entropy
        self.epoch = ""
        self.proofs = Proofs(b"")
        self.rooms = Rooms()
        self.participants: dict[str, Participant] = {}  # connected, by id
        self.sessions: set[Session] = set()
        self.receipts = Recent(RECENT)
        self.telling = Telling(self)
        self.readers = Readers(self)
        self.presence = PresenceKeeper(self)
        self.questions = Questions(self)
        self.committer = Committer(self)
        limits = settings.limits
        self._commands = Buckets("messages", limits.messages_per_second, limits.messages_burst, monotonic)
        self._questions = Buckets("questions", limits.questions_per_second, limits.questions_burst, monotonic)
        self._by_address = Buckets(
            "requests from your address", limits.address_per_second, limits.address_burst, monotonic
        )
        self._logins = Buckets("logins from your address", limits.logins_per_second, limits.logins_burst, monotonic)
        self.all_buckets = (self._commands, self._questions, self._by_address, self._logins)
        self._tasks: list[asyncio.Task[None]] = []

    # -- life -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what the store says of this history, and begin to work. Raises StoreUnavailable."""
        self.epoch = await self.store.meta("epoch")
        self.proofs = Proofs(bytes.fromhex(await self.store.meta("secret")))
        loop = asyncio.get_running_loop()
        works = (self.committer.run, self._ticking, self._hear_bus, self._hear_store)
        self._tasks = [loop.create_task(work(), name=work.__name__) for work in works]
        for task in self._tasks:
            task.add_done_callback(self._work_ended)

    async def close(self, *, retry_after: float | None = 1.0, within: float = 3.0) -> bool:
        """Say goodbye to everybody, record what is pending, and stop.

        Returns whether the store could do that within so many seconds. What was acknowledged is safe in any case.
        """
        for session in list(self.sessions):
            session.end(ShuttingDown(retry_after=retry_after))
        self.committer.close()
        finished = True
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=within)
            finished = self._tasks[0].done()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.questions.close()
        await self.readers.close()
        return finished

    def _work_ended(self, task: asyncio.Task[None]) -> None:
        """One of the hub's own works has ended, which before `close` none should."""
        if not task.cancelled() and (why := task.exception()) is not None:
            self.log.error("fault: a part of the server has ended", part=task.get_name(), reason=repr(why))

    async def _ticking(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                await self.presence.tick()
            except RoomfulError as why:
                self.log.warning("a second's work failed", reason=why.message)
            except Exception:
                # Presence and timeouts must go on in the next second whatever this one met.
                self.log.exception("fault in a second's work")

    async def _hear_bus(self) -> None:
        async for wake in self.bus.listen():
            room = self.rooms.by_id.get(wake.room)
            if room is not None and room.state.head < wake.head:
                self.committer.look_again({wake.room})

    async def _hear_store(self) -> None:
        async for _ in self.store.foreign_writes():
            self.committer.look_again(set(self.rooms.by_id))

    # -- sessions ------------------------------------------------------------------------------------

    def connected(self, session: Session) -> None:
        """A gateway has a new connection."""
        self.sessions.add(session)

    def disconnected(self, session: Session) -> None:
        """A connection is no more. What it had submitted is still decided; nobody hears the answers."""
        self.sessions.discard(session)
        self.presence.depart(session, for_good=False)
        self.presence.forget_guest(session)

    def route(self, session: Session, request: Request) -> None:
        """Take one request of a session."""
        try:
            kind = type(request)
            self._check(session, request, kind)
            if kind is commands.Post:  # first, being nearly all there is
                self.committer.submit(Pending(session, session.participant, request))
            elif kind in QUESTIONS:
                self.questions.ask(session, cast("commands.Question", request))
            elif kind is commands.Bye and session.participant is None:
                session.answer(request.id, Done())
                session.end(Bye())
            elif kind in _AT_ONCE:
                _AT_ONCE[kind](self, session, request)
            else:
                if kind in BARRIERS:
                    session.hold()
                self.committer.submit(Pending(session, session.participant, request))
        except Refused as refused:
            session.refuse(request.id, refused)
        except Ended as ended:
            session.end(ended)

    def reject(self, session: Session, re: int | None, error: BadRequest) -> None:
        """Refuse what is no request."""
        try:
            self._count(session)
        except RateLimited as limited:
            session.refuse(re, limited)
        else:
            session.refuse(re, error)

    def submit(self, work: Work) -> None:
        """Add a command of the hub's own."""
        self.committer.submit(Pending(None, None, work))

    def _check(self, session: Session, request: Request, kind: type) -> None:
        limited = self.limits.enabled and kind not in PARTING
        if limited:
            self._count(session)
        if not session.greeted and kind not in BEFORE_HELLO:
            raise HelloRequired
        participant = session.participant
        if participant is None:
            if kind not in BEFORE_LOGIN:
                raise LoginRequired
            if kind is commands.Login:
                self._check_login(session)
        elif limited:
            if kind in QUESTIONS:
                self._questions.take(participant.sender.id)
            elif kind not in _AT_ONCE:
                self._commands.take(participant.sender.id)

    def _count(self, session: Session) -> None:
        """Count a request from the session's address. Beyond its rate, not only is it refused: less is read."""
        try:
            self._by_address.take(session.source)
        except RateLimited:
            session.rest(REST)
            raise

    def _check_login(self, session: Session) -> None:
        guests = self.settings.guests
        if guests == "off" or (guests == "loopback" and not is_loopback(session.address)):
            raise GuestsOff
        if self.limits.enabled:
            self._logins.take(session.source)

    # -- requests that are answered at once -------------------------------------------------------------

    def _hello(self, session: Session, request: commands.Hello) -> None:
        if request.protocol != 1:
            raise UnsupportedProtocol(f"This server speaks version 1, not {request.protocol}.")
        session.greeted = True
        limits = self.limits
        welcome = Welcome(
            f"roomful/{__version__}",
            1,
            self.epoch,
            self.settings.features,
            limits.max_frame,
            limits.max_text,
            limits.max_in_flight,
            limits.idle,
        )
        session.answer(request.id, welcome)

    def _ping(self, session: Session, request: commands.Ping) -> None:
        session.answer(request.id, Done())

    def _typing(self, session: Session, request: commands.Typing) -> None:
        assert session.participant is not None
        room = self.rooms.find(request.room)
        if room is None or session.participant.sender.id not in room.state.members:
            raise NotMember(f"You are not in {request.room}: join it first.", field="room")
        self.presence.typing(session, room, request.on)
        session.answer(request.id, Done())

    # -- for the parts ---------------------------------------------------------------------------------------

    async def load_room(self, reference: str) -> Room | None:
        """The room that '#name' or '!id' names, from memory or the store. Raises BadName."""
        room = self.rooms.find(reference)
        if room is None:
            if reference.startswith("!"):
                records = await self.store.rooms_by_id([reference[1:]])
            else:
                records = await self.store.rooms_by_key([self.rooms.key_of(reference)])
            for record in records:
                room = self.rooms.load(record)
        return room

    def unfollow_all(self, participant: str, room: str) -> None:
        """The participant's membership ended: none of its connections follows the room any more."""
        known = self.participants.get(participant)
        for session in known.sessions if known else ():
            self.readers.unfollow(session, room)

    def announce(self, recorded: dict[str, list[Event]]) -> None:
        """Wake the other hubs."""
        self.bus.publish([Wake(room, events[-1].seq) for room, events in recorded.items()])

    def new_id(self, prefix: str) -> str:
        """An opaque id: 72 random bits in lower case, safe in every protocol we speak."""
        return prefix + base64.b32encode(self.entropy(10)).decode().lower()[:15]


_AT_ONCE: dict[type, Callable[[Hub, Session, Any], None]] = {
    commands.Hello: Hub._hello,
    commands.Ping: Hub._ping,
    commands.Typing: Hub._typing,
}


def is_loopback(address: str) -> bool:
    """Whether the peer is on this machine."""
    return address.startswith("127.") or address in ("::1", "")
