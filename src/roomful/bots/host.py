"""The bot host: brings the bots in, listens for all of them, and does what people ask of it.

host.py        who lives here, and the host's own connection    launch.py      what it is told at the start
process.py     the process                                      settings.py    what can be set
putting.py     bots made and described                          rows.py        bots as the server keeps them
asked.py       what people ask of the host                      disclosure.py  what a bot says of itself
resident.py    one bot                                          room.py        one room: an engine, and what it wants
hearing.py     events as the engine takes them                  remembered.py  a room's newest lines
turn.py        one answer                                       prompting.py   what a model is given
librarian.py   answers from the room's history                  spending.py    budgets around calls
marks.py       what outlives the host                           reports.py     verdicts on their way
tasks.py       work that goes on beside                         figures.py     for those who watch over it
zone.py        by whose clocks bots go                          budgets.py     what may be spent: pure
engine/        when a bot speaks, and why not: pure             context/       what it has before it: pure
tools/         what a model may use                             research/      conversations run for research
"""

import asyncio
import importlib
import time
from collections.abc import Callable, Iterable
from functools import partial

from roomful import __version__
from roomful.client import Client, ConnectionLost, Ended, HistoryReplaced, Item, RoomLost, RoomRenamed
from roomful.domain import signals
from roomful.domain.verdicts import BotInfo, Used, Verdict
from roomful.errors import Refused, RoomfulError
from roomful.log import Log
from roomful.models import Desk, ModelsSettings, variables
from roomful.protocol.native import Signalled, Told
from roomful.speech.contract import THIS_MACHINE

from .asked import Asking
from .budgets import Warned
from .engine.inputs import Moment
from .launch import Launch
from .putting import Putting
from .resident import ModelDesk, Resident
from .room import Clock, Room
from .spending import Call, Spending
from .tasks import Tasks
from .tools.toolbox import Toolbox
from .zone import zone

AGENT = f"roomful-bots/{__version__}"
AT_ONCE = 16  # bots that come in at the same time
AGAIN = 5.0  # s until a bot that was sent away tries to come in again
LOOK_AFTER = 3.0  # s until the host looks which models there are: whoever waits for a bot comes first
SPEECH_EVERY = 60.0  # s between two looks at what speech has cost
CLOSE_WITHIN = 2.0  # s for the last marks and verdicts


class LoopClock:
    """The event loop's clock, and the wall's."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()

    def now(self) -> Moment:
        """The present moment."""
        return Moment(self._loop.time(), time.time_ns() // 1_000_000)

    def at(self, s: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        """Call something at a time of `Moment.s`."""
        return self._loop.call_at(s, call)


class Host:
    """All bots of a server."""

    def __init__(
        self,
        launch: Launch,
        log: Log,
        *,
        clock: Clock | None = None,
        models: ModelsSettings | None = None,
        desk: ModelDesk | None = None,
        watch: Callable[[str, str, Verdict], None] | None = None,
    ) -> None:
        """Without `clock`, `models` and `desk`, time, keys and models are this machine's.

        `watch`: is told each verdict, with the bot's nick and the room, as it comes.
        """
        self._watch = watch
        self.launch, self.log = launch, log
        self.clock = clock or LoopClock()
        self.models = models or ModelsSettings(launch.providers, variables())
        self.desk = desk or Desk(self.models)
        self.tasks = Tasks(log)
        self.voice = self._voice()
        self.residents: dict[str, Resident] = {}  # by id
        self.rooms: dict[str, Room] = {}  # by address
        self.spending = self._spending()
        self.toolbox = Toolbox(launch.mcp, launch.tools, launch.bots or (), self.clock, self.tasks, log)
        self.putting = Putting(self)
        self.asking = Asking(self)
        self.ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()  # why it must end, if it must
        self._beginning: dict[str, asyncio.Lock] = {}  # by room's address

    def _spending(self, used: Iterable[Used] = ()) -> Spending:
        return Spending(self.launch.budget, lambda: self.clock.now().utc, self._warn, used)

    def _warn(self, call: Call, warned: Warned) -> None:
        self.log.warning("a budget is nearly spent", level=warned.level, whom=warned.whom, percent=warned.percent)
        if (room := self.rooms.get(call.room)) is not None:
            room.warn(call.bot, warned)

    def _voice(self, act_as: str | None = None) -> Client:
        launch = self.launch
        return Client(launch.address, token=launch.token, act_as=act_as, pin=launch.pin, agent=AGENT, patient=True)

    # -- life -----------------------------------------------------------------------------------------

    async def start(self) -> None:
        """Bring everybody in. Raises ConnectFailed, ConnectionLost, RoomfulError."""
        await self.voice.connect()
        self.tasks.start("the host's own connection", self._listen())
        infos = await self.putting.put_all()
        used = (await self.voice.usage()).used
        self.spending = self._spending(used)
        await self.move_in(infos)
        await self.putting.greet_all()
        self.log.info("bots are in", bots=len(self.residents), rooms=len(self.rooms))
        self.tasks.start("conversations of the configuration", self.putting.converse_all())
        self.tasks.start("looking for models", self._look_for_models())
        if {self.voice.welcome.listens, self.voice.welcome.speaks} - {"", THIS_MACHINE}:
            self.tasks.start("what speech costs", self._hear_of_speech())

    async def close(self) -> None:
        """Let the last words out, and close all connections."""
        for room in self.rooms.values():
            await room.close()
        await self.tasks.close()  # turns break off here, and what they took is to be told
        for resident in self.residents.values():
            resident.reports.flush()
            resident.marks.flush()
        try:
            async with asyncio.timeout(CLOSE_WITHIN):
                await asyncio.gather(*(one.settle() for one in self.residents.values()))
        except TimeoutError:
            self.log.warning("the last verdicts and marks did not get out in time")
        await self.toolbox.close()
        await asyncio.gather(*(one.voice.close() for one in self.residents.values()), self.voice.close())
        await self.desk.close()

    async def _look_for_models(self) -> None:
        """Report which models could be used: keys that are set, servers on this machine. None of them is used unasked."""
        if not self.launch.greet:
            return
        await asyncio.sleep(LOOK_AFTER)
        discovering = await asyncio.to_thread(importlib.import_module, "roomful.models.discovering")
        for one in await discovering.discover(self.models):
            self.log.info(
                "models found",
                provider=one.provider,
                because=one.why,
                lines_would_go_to=one.destination,
                add=f"/bot add NAME {next(iter(one.models), one.provider + ':MODEL')}",
            )

    async def _hear_of_speech(self) -> None:
        """Speech is paid from the same budgets, and counted by the server."""
        while True:
            await asyncio.sleep(SPEECH_EVERY)
            try:
                self.spending.hear_of_speech((await self.voice.usage()).used)
            except (RoomfulError, ConnectionLost) as why:
                self.log.warning("what speech has cost is not known", reason=why.message)

    def end(self, why: str) -> None:
        """The host cannot go on."""
        if not self.ended.done():
            self.ended.set_result(why)

    # -- bots come and go -------------------------------------------------------------------------------

    async def move_in(self, infos: Iterable[BotInfo]) -> None:
        """Connect bots, and take up the rooms in which they are."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def one(info: BotInfo) -> tuple[Resident, list[str]] | None:
            async with slots:
                return await self._connected(info)

        found = [one for one in await asyncio.gather(*map(one, infos)) if one is not None]
        rooms: dict[str, list[Resident]] = {}
        for resident, mine in found:
            self.residents[resident.id] = resident
            self.tasks.start(f"the connection of {resident.nick}", self._hear(resident))
            for room in mine:
                rooms.setdefault(room, []).append(resident)
        await asyncio.gather(*(self.come_in(room, several) for room, several in rooms.items()))

    async def _connected(self, info: BotInfo) -> tuple[Resident, list[str]] | None:
        voice = self._voice(info.bot)
        tasks = Tasks(self.log)
        try:
            resident = Resident(info, voice, self.models, self.desk, tasks)
            resident.reports.watch = partial(self._watch, info.nick) if self._watch is not None else None
            await voice.connect()
            await resident.marks.load()
            rooms = [one.room for one in await voice.rooms(mine=True) if not one.invited]
        except (RoomfulError, ConnectionLost, ValueError, OSError) as why:
            self.log.error("a bot cannot come in", bot=info.nick, reason=str(why))
            await voice.close()
            return None
        self.spending.budgets.set_bot(info.bot, resident.settings.budget)
        return resident, rooms

    async def come_in(self, address: str, several: list[Resident], since: int | None = None) -> Room | None:
        """Bots enter a room, of which they are members, or which lets them in. None: it does not, or not any more.

        `since`: what comes after this number is for bots that are new there, too.
        """
        async with self._beginning.setdefault(address, asyncio.Lock()):
            joined = None
            for resident in list(several):
                try:
                    joined = await resident.voice.join(address)
                except (Refused, ConnectionLost) as why:
                    self.log.warning("a bot cannot enter", bot=resident.nick, room=address, reason=why.message)
                    several.remove(resident)
            if joined is None:
                return None
            room = self.rooms.get(joined.room)
            if room is not None:
                for resident in several:
                    resident.rooms[room.name] = room
                    room.enter(resident)
                return room
            room = self.rooms[joined.room] = Room(
                joined,
                self.spending,
                self.clock,
                self.tasks,
                self.log,
                known=self.residents,
                toolbox=self.toolbox,
                zone=zone(self.launch.zone),
            )
            room.next_speaker = self._policy(room.name)
            for resident in several:
                resident.rooms[room.name] = room
            await room.take_up(several, since)
            return room

    def _policy(self, room: str) -> str:
        """Who speaks next in conversations of a room, as the configuration says."""
        found = (one.next_speaker for one in self.launch.conversations if one.room == room)
        return next(found, self.launch.next_speaker)

    def describe(self, resident: Resident, info: BotInfo) -> None:
        """A bot is otherwise from here on."""
        resident.describe(info)
        self.spending.budgets.set_bot(resident.id, resident.settings.budget)
        for room in resident.rooms.values():
            room.enter(resident)

    async def move_out(self, resident: Resident) -> None:
        """A bot is no more."""
        self.residents.pop(resident.id, None)
        for room in list(resident.rooms.values()):
            self.left(resident, room)
        await resident.settle()
        await resident.tasks.close()
        await resident.voice.close()

    async def _sent_away(self, resident: Resident) -> None:
        """The server ended a bot's connection for good: the bot is deleted, or it has to log in anew."""
        await self.move_out(resident)
        await asyncio.sleep(AGAIN)
        info = next((one for one in await self.voice.bots() if one.bot == resident.id), None)
        if info is not None and info.bot not in self.residents:
            await self.move_in([info])

    def left(self, resident: Resident, room: Room) -> None:
        """A bot is not in a room any more. A room without bots is let go of."""
        resident.rooms.pop(room.name, None)
        room.leave(resident.id)
        if not room.bots:
            self.rooms.pop(room.name, None)
            self.tasks.start("letting go of a room", room.close())

    # -- what comes -----------------------------------------------------------------------------------

    async def _hear(self, resident: Resident) -> None:
        async for item in resident.voice.events():
            self._take(resident, item)

    def _take(self, resident: Resident, item: Item) -> None:
        match item:
            case Told(room=name):
                if (room := resident.rooms.get(name)) is not None:
                    room.told(item)
                elif name.startswith("!"):
                    self.tasks.start("a direct room", self._direct(resident, name, item.seq))
            case Signalled(room=name, body=signals.Invited()):
                self.tasks.start("an invitation", self.putting.invited(resident, name))
            case Signalled(room=name):
                if (room := resident.rooms.get(name)) is not None:
                    room.signalled(item)
            case RoomLost(room=name):
                if (room := resident.rooms.get(name)) is not None:
                    self.left(resident, room)
            case RoomRenamed(old=old, room=new):
                self._renamed(resident, old, new)
            case HistoryReplaced():
                self.end("the server's history was replaced")
            case Ended(code=code, message=message):
                self.log.info("a bot was sent away", bot=resident.nick, code=code, reason=message)
                self.tasks.start("a bot's end", self._sent_away(resident))

    def _renamed(self, resident: Resident, old: str, new: str) -> None:
        room = resident.rooms.pop(old, None)
        if room is not None:
            resident.rooms[new] = room
            if self.rooms.pop(old, None) is not None:
                self.rooms[new] = room
                room.name = new

    async def _direct(self, resident: Resident, name: str, first: int) -> None:
        """Somebody speaks with the bot alone; the connection follows the room by itself, and the bot is to answer."""
        if name not in resident.rooms:
            await self.come_in(name, [resident], since=first - 1)

    async def _listen(self) -> None:
        async for item in self.voice.events():
            match item:
                case Signalled(room=room, sender=sender, body=signals.Asked() as asked):
                    self.tasks.start("an answer to /bot", self.asking.answer(room, sender, asked))
                case HistoryReplaced():
                    self.end("the server's history was replaced")
                case Ended(code=code):
                    self.end(code)
