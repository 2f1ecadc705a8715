"""The hub: puts the parts together and is the door for requests."""

import asyncio
import base64
from collections.abc import Callable, Mapping

from msgspec import Struct

from roomful.bus import Bus, Wake
from roomful.domain.answers import Answer
from roomful.domain.events import Event
from roomful.domain.talk import TalkLimits
from roomful.errors import (
    Moved,
    NoSuchRoom,
    Refused,
    RoomfulError,
    ShuttingDown,
    StoreUnavailable,
)
from roomful.files import Folder
from roomful.log import Log
from roomful.search import Index
from roomful.store import Store

from .accounts import Accounts
from .bots import Bots
from .committer import Committer
from .door import Door
from .effects import Effects
from .files import Files, FileSettings
from .following import Follower
from .hearing import Ears, Hearing
from .hooks import Hooks, WebhookSettings
from .indexing import Indexer
from .limits import Limits
from .origins import Origins
from .presence import PresenceKeeper
from .previewing import Previewing
from .proofs import Proofs
from .purse import DailyBudget, NoBudget
from .questions import Questions
from .readers import Readers
from .retention import Retention
from .rooms import Room, Rooms
from .session import Participant, Session
from .speaking import Speaking
from .telling import Telling
from .work import Pending, Receipts, Work

PATIENCE = 20.0  # s for which somebody without a connection waits for the store
IN_TIME = 1.0  # s within which what nobody waits for is recorded
RECENT = 20_000  # receipts kept in memory


class Settings(Struct, frozen=True, kw_only=True):
    """What a hub is told once."""

    limits: Limits = Limits()
    guests: str = "loopback"  # on | loopback | off
    registration: str = "invite"  # open | invite | closed
    welcome: str = ""  # shown to whoever joins a public room
    features: tuple[str, ...] = ()
    code: str = ""  # which guests from elsewhere must know; empty: none
    talk: TalkLimits = TalkLimits()  # how much bots may say
    retention: int = 0  # days for which rooms keep texts that say nothing about it; 0: for ever
    webhooks: WebhookSettings = WebhookSettings()
    files: FileSettings = FileSettings()
    speech_budget: DailyBudget = NoBudget()  # of speech, with what bots spend
    budget: Struct | None = None  # what bots and speech may spend: its numbers are told to the server's owner
    trust_loopback: bool = True  # nobody is told apart, or banned, by an address of this machine


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
        index: Index | None = None,
        folder: Folder | None = None,
        ears: Ears | None = None,
    ) -> None:
        self.store = store
        self.bus = bus
        self.settings = settings
        self.limits, self.welcome = settings.limits, settings.welcome
        self.log = log
        self.clock = clock  # ms since 1970 UTC; may go back
        self.monotonic = monotonic  # s; never goes back
        self.entropy = entropy
        self.epoch, self.proofs = "", Proofs(b"")
        self.rooms = Rooms()
        self.participants: dict[str, Participant] = {}  # connected, by id
        self.sessions: set[Session] = set()
        self.receipts = Recent(RECENT)
        self.telling = Telling(self)
        self.readers = Readers(self)
        self.origins = Origins(monotonic, trust_loopback=settings.trust_loopback, by_address=settings.limits.by_address)
        self.presence = PresenceKeeper(self)
        self.accounts = Accounts(self)
        self.bots = Bots(self)
        self.hooks = Hooks(self, settings.webhooks)
        self.files = Files(self, folder, settings.files)
        self.hearing = Hearing(self, ears)
        self.speaking, self.previewing = Speaking(self), Previewing(self)
        self.effects = Effects(self)
        self.retention = Retention(self, self.effects.expired, settings.retention)
        self.door = Door(self)
        self.questions = Questions(self)
        self.committer = Committer(self)
        self.indexer = self._indexer(index) if index is not None else None
        self.followers: list[Follower] = []
        self._tasks: list[asyncio.Task[None]] = []

    def _indexer(self, index: Index) -> Indexer:
        def recorded() -> int:
            return self.committer.events

        return Indexer(self.store, index, self.log, clock=self.clock, monotonic=self.monotonic, recorded=recorded)

    # -- life -------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Read what the store says of this history, and begin to work. Raises StoreUnavailable."""
        self.epoch = await self.store.meta("epoch")
        self.proofs = Proofs(bytes.fromhex(await self.store.meta("secret")))
        await self.bots.load()
        await self.hooks.load()
        loop = asyncio.get_running_loop()
        works = (self.committer.run, self._ticking, self._hear_bus, self._hear_store)
        self._tasks = [loop.create_task(work(), name=work.__name__) for work in works]
        for task in self._tasks:
            task.add_done_callback(self._work_ended)
        if self.indexer is not None:
            self.indexer.start()
        self.files.start()

    async def close(self, *, retry_after: float | None = 1.0, within: float = 3.0) -> bool:
        """Say goodbye to everybody, record what is pending, and stop.

        Returns whether the store could do that within so many seconds. What was acknowledged is safe in any case.
        """
        for session in list(self.sessions):
            session.end(ShuttingDown(retry_after=retry_after))
        await self.hearing.close()
        self.committer.close()
        finished = True
        if self._tasks:
            await asyncio.wait(self._tasks[:1], timeout=within)
            finished = self._tasks[0].done()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.questions.close()
        await self.accounts.close()
        await self.bots.close()
        await self.hooks.close()
        await self.files.close()
        await self.readers.close()
        if self.indexer is not None:
            await self.indexer.close()
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
            if self.indexer is not None:
                self.indexer.look_again()
            self.accounts.look_again()
            self.bots.look_again()
            self.hooks.look_again()
            for follower in self.followers:
                follower.look_again()

    # -- sessions ------------------------------------------------------------------------------------

    def connected(self, session: Session) -> None:
        """A gateway has a new connection."""
        self.sessions.add(session)

    def disconnected(self, session: Session) -> None:
        """A connection is no more. What it had submitted is still decided; nobody hears the answers."""
        self.sessions.discard(session)
        self.presence.depart(session, for_good=False)
        self.presence.forget_guest(session)

    def submit(self, work: Work) -> None:
        """Add a command of the hub's own."""
        self.committer.submit(Pending(None, None, work))

    async def decided(self, me: Participant | None, work: Work) -> Answer:
        """Have a command decided of somebody who has no connection; None: of the hub's own.

        Raises Refused; StoreUnavailable: the outcome is unknown.
        """
        answer: asyncio.Future[Answer | RoomfulError] = asyncio.get_running_loop().create_future()

        def told(what: Answer | RoomfulError) -> None:
            if not answer.done():
                answer.set_result(what)

        self.committer.submit(Pending(None, me, work, told))
        try:
            async with asyncio.timeout(PATIENCE):
                said = await answer
        except TimeoutError:
            raise StoreUnavailable("The database does not answer.", retry_after=PATIENCE) from None
        if isinstance(said, RoomfulError):
            raise said
        return said

    def submit_in_time(self, work: Work) -> None:
        """Add a command of the hub's own that nobody waits for."""
        self.committer.submit_patiently(Pending(None, None, work), IN_TIME)

    @property
    def http(self) -> str:
        """How HTTP is reached, as far as is known here: a URL, or `:PORT` on whichever host one has reached; empty: it is off."""
        here = self.hooks.reached_at
        return self.settings.webhooks.base.rstrip("/") or (":" + here.rpartition(":")[2] if here else "")

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

    async def address_of(self, id: str) -> str | None:
        """What the room with this id is called now; None: it is gone. Raises StoreUnavailable."""
        room = await self.load_room("!" + id)
        return room.address if room is not None else None

    def no_such_room(self, reference: str, moved: Mapping[str, str]) -> Refused:
        """The refusal where there is no room of this name: perhaps it has another one now. Raises BadName."""
        if reference.startswith("#") and (name := moved.get(self.rooms.key_of(reference))) is not None:
            return Moved(f"{reference} is called {name} now.", field="room")
        return NoSuchRoom(f"There is no room {reference}.", field="room")

    def announce(self, recorded: dict[str, list[Event]]) -> None:
        """Wake the other hubs, the index, and whoever else follows the log."""
        if self.indexer is not None or self.followers:
            heads = {room: events[-1].seq for room, events in recorded.items()}
            for follower in (*self.followers, *((self.indexer,) if self.indexer is not None else ())):
                follower.news(heads)
        self.bus.publish([Wake(room, events[-1].seq) for room, events in recorded.items()])

    def new_id(self, prefix: str) -> str:
        """An opaque id: 72 random bits in lower case, safe in every protocol we speak."""
        return prefix + base64.b32encode(self.entropy(10)).decode().lower()[:15]
