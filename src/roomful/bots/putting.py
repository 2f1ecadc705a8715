"""Bots made, described and placed: those of the configuration at the start, and others when people ask for them."""

import asyncio
import contextlib
import hashlib
from typing import TYPE_CHECKING

import msgspec

from roomful.domain.verdicts import BotInfo
from roomful.errors import ModelError, Refused
from roomful.models import parse
from roomful.models.names import split

from . import disclosure, rows
from .settings import BotSettings

CONVERSATION = "conversation:"
GREET_WITHIN = 0.5  # s

if TYPE_CHECKING:
    from .host import Host
    from .resident import Resident
    from .room import Room


class Putting:
    """Part of `Host`."""

    def __init__(self, host: "Host") -> None:
        self._host = host

    # -- at the start ---------------------------------------------------------------------------------

    async def put_all(self) -> tuple[BotInfo, ...]:
        """See that the bots of the configuration are there, as it says. Returns all that there are."""
        host = self._host
        known = {one.nick.casefold(): one for one in await host.voice.bots()}
        for bot in host.launch.wanted():
            there = known.get(bot.nick.casefold())
            given = host.launch.bots is not None and bot in host.launch.bots
            if there is not None and not given:
                continue  # the offline ones are put once; what became of them since is what people wanted
            try:
                await self.put(bot, rows.OF_FILE if given else rows.OF_COMMAND, there)
            except Refused as why:
                host.log.error("a bot cannot be made", bot=bot.nick, code=why.code, reason=why.message)
        return await self._limit_anew(await host.voice.bots())

    async def _limit_anew(self, bots: tuple[BotInfo, ...]) -> tuple[BotInfo, ...]:
        """See that what the server tells of budgets is what this configuration says. Returns the bots as they are then."""
        stale = []
        for info in bots:
            with contextlib.suppress(ValueError):  # what cannot be read cannot come in either, and that is said then
                bot = BotSettings.read(rows.bot_values(info))
                if self._rest(bot, rows.source(info)) != info.settings:
                    stale.append((bot, rows.source(info)))
        for bot, source in stale:
            await self.describe(bot, source)
        return await self._host.voice.bots() if stale else bots

    async def put(self, bot: BotSettings, source: str, there: BotInfo | None = None) -> str:
        """Make a bot, or describe it anew, and place it in its rooms. Returns its id. Raises Refused."""
        as_it_is = there and (there.model, there.destination, there.max_bounce, there.settings)
        wanted = (",".join(bot.models), self.destination(bot.models), bot.max_bounce, self._rest(bot, source))
        id = there.bot if there is not None and as_it_is == wanted else await self.describe(bot, source)
        places = {place.room: place for place in there.places} if there is not None else {}
        for room in bot.rooms:
            place, known = bot.in_room(), places.get(room)
            rest = rows.rest_of(place)
            if known is None or (known.mode, known.host, known.settings) != (place.mode, place.host, rest):
                await self._host.voice.bot_room(id, room, place.mode, place.host, rest)
        return id

    async def describe(self, bot: BotSettings, source: str) -> str:
        """Let the server know what a bot is. Returns its id. Raises Refused."""
        return await self._host.voice.bot_put(
            bot.nick, ",".join(bot.models), self.destination(bot.models), bot.max_bounce, self._rest(bot, source)
        )

    def _rest(self, bot: BotSettings, source: str) -> str:
        return rows.rest_of_bot(bot, source, self._host.launch.budget)

    def destination(self, models: tuple[str, ...]) -> str:
        """Where lines go that such a bot reads; empty: nowhere, or nobody knows."""
        try:
            names = [parse(name, self._host.models) for name in split(models)]
        except ModelError:
            return ""
        return ", ".join(dict.fromkeys(name.destination for name in names if not name.local))

    async def greet_all(self) -> None:
        """Let bots say who they are where they have not yet. One that has to wait, since it has just spoken, says it later."""
        await asyncio.gather(*map(self._greet_in, self._host.rooms.values()))

    async def _greet_in(self, room: "Room") -> None:
        """One after the other, the room's host first."""
        loop = asyncio.get_running_loop()
        until = loop.time() + GREET_WITHIN
        for resident in sorted(room.bots.values(), key=lambda one: (not one.place(room.name).host, one.nick)):
            if (task := self.greet(resident, room)) is not None:
                await asyncio.wait([task], timeout=max(0.0, until - loop.time()))

    def greet(self, resident: "Resident", room: "Room") -> "asyncio.Task[None] | None":
        """Let a bot say, once in each room, what it is and where the lines go that it reads. None: it has said it."""
        key, words = f"greeted:{room.id}", disclosure.words(resident)
        if not self._host.launch.greet or room.direct or resident.marks.value(key) == words[:200]:
            return None
        return self._host.tasks.start(f"the first words of {resident.nick}", self._greet(resident, room, key, words))

    async def _greet(self, resident: "Resident", room: "Room", key: str, words: str) -> None:
        await room.say_notice(resident, words)
        resident.marks.keep(key, words[:200])

    async def converse_all(self) -> None:
        """Begin the conversations of the configuration; each once, until it is written otherwise there."""
        voice = self._host.voice
        begun = {one.key for one in await voice.state_get(CONVERSATION)}
        for wanted in self._host.launch.conversations:
            key = CONVERSATION + hashlib.sha256(msgspec.json.encode(wanted)).hexdigest()[:16]
            if key in begun:
                continue
            try:
                await voice.duet(wanted.room, wanted.bots, wanted.topic, wanted.turns, wanted.seconds, wanted.tokens)
                await voice.state_put(key, "begun")
            except Refused as why:
                self._host.log.error("a conversation cannot begin", room=wanted.room, code=why.code, reason=why.message)

    async def invited(self, resident: "Resident", room: str) -> None:
        """Somebody lets the bot into a room, or has brought it into one."""
        entered = await self._host.come_in(room, [resident])
        if entered is not None:
            self.greet(resident, entered)
