"""What people ask of the host: `/bot add`, `/bot set`, `/bot remove`, and the same from the command line.

The server has looked whether they may. Each answer is one or two sentences: what was done, or what was wrong and what would
be right. What is done is in the server's rows, and so survives the host.
"""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

import msgspec

from roomful.client import ConnectionLost
from roomful.domain.events import Sender
from roomful.domain.names import parse_nick
from roomful.domain.signals import Asked
from roomful.domain.verdicts import BotInfo
from roomful.errors import BadRequest, NoSuchNick, NotAllowed, RoomfulError
from roomful.models.names import OFFLINE, nearest, split

from . import rows
from .resident import Resident
from .settings import BotSettings, RoomBotSettings

if TYPE_CHECKING:
    from .host import Host

OF_PLACE = tuple(name for name in RoomBotSettings.__struct_fields__ if name != "max_bounce")
OF_BOT = ("model", "persona", "tools", "max_tokens", "budget", "max_bounce", "voice")
NOT_HERE = {
    "persona_file": "it names a file on the server's machine: only the configuration does that",
    "nick": "a bot keeps its nick: remove it, and add another",
    "rooms": "a bot comes into a room by /bot add, there",
}


class Asking:
    """Part of `Host`."""

    def __init__(self, host: "Host") -> None:
        self._host = host

    async def answer(self, room: str, sender: Sender | None, asked: Asked) -> None:
        """Do what somebody asks, and say how it went."""
        do: dict[str, Callable[[str, Sender | None, Asked], Coroutine[Any, Any, str]]] = {
            "add": self._add,
            "set": self._set,
            "remove": self._remove,
        }
        work = do.get(asked.do)
        text, code = "", ""
        try:
            if work is None:
                raise BadRequest(f"This bot host does not know how to {asked.do}.")
            text = await work(room, sender, asked)
        except RoomfulError as why:
            text, code = why.message, why.code
        except ConnectionLost as why:
            text, code = why.message, "internal"
        except Exception:
            # Whoever asked must get an answer, whatever went wrong.
            self._host.log.exception("fault in an answer to /bot", do=asked.do)
            text, code = "The bot host has a fault: see its log.", "internal"
        await self._host.voice.reply(asked.ask, text, code)

    # -- add ----------------------------------------------------------------------------------------

    async def _add(self, room: str, sender: Sender | None, asked: Asked) -> str:
        nick = parse_nick(asked.nick.removeprefix("@")).text
        given = values(asked.settings)
        there = await self._known(nick)
        model = given.pop("model", "")
        if there is None and not model:
            if nick not in OFFLINE:
                raise NoSuchNick(
                    f"There is no bot {nick} yet: say which model it is, as in /bot add {nick} offline:eliza."
                )
            model = f"offline:{nick}"
        of_place = {name: value for name, value in given.items() if name in OF_PLACE}
        read(of_place, RoomBotSettings)  # before anything is made
        if there is None:
            there = await self._make(nick, model, given)
        elif model and split(model) != split(there.model):
            raise BadRequest(f"{there.nick} is {there.model} already: /bot set {there.nick} model {model} changes it.")
        elif bad := [name for name in given if name in OF_BOT]:
            raise BadRequest(f"{there.nick} is there already: /bot set {there.nick} {bad[0]} … changes it.")
        return await self._place(there, room, of_place)

    async def _make(self, nick: str, model: str, given: dict[str, Any]) -> BotInfo:
        """A bot that there was not. Raises ModelError, BadRequest, Refused."""
        await self._check_model(model)
        own = {name: value for name, value in given.items() if name in OF_BOT}
        bot = read({"nick": nick, "model": tuple(split(model)), "rooms": (), **own}, BotSettings)
        await self._host.putting.put(bot, rows.OF_COMMAND)
        made = await self._known(nick)
        assert made is not None
        await self._host.move_in([made])
        return made

    async def _check_model(self, model: str) -> None:
        """Raises ModelError: it cannot be used, and why."""
        for name in split(model):
            if name.startswith("offline:eliza:"):
                raise NotAllowed(
                    "A script of one's own is a file on the server's machine: only the configuration names it."
                )
        from roomful.models.probing import verify

        await verify(model, self._host.models)

    async def _place(self, bot: BotInfo, room: str, given: dict[str, Any]) -> str:
        resident = self._resident(bot)
        was_here = next((place for place in bot.places if place.room == room), None)
        place = read(rows.place_values(was_here) | given, RoomBotSettings)
        self._check_host(place, resident, room)
        await self._host.voice.bot_room(bot.bot, room, place.mode, place.host, rows.rest_of(place))
        await self._refresh(resident)
        entered = await self._host.come_in(room, [resident])
        if entered is None:
            raise BadRequest(f"{bot.nick} could not enter {room}: see the bot host's log.")
        if why := resident.kept_out(entered):
            return f"{bot.nick} is here, and keeps silent: {why}"
        self._host.putting.greet(resident, entered)
        where = "runs on this machine" if resident.local else f"sends lines to {' and '.join(resident.destinations)}"
        return f"{bot.nick} is here ({bot.model}): it {where}, and speaks in mode {place.mode}."

    def _check_host(self, place: RoomBotSettings, resident: Resident, room: str) -> None:
        """Raises BadRequest: a room has at most one host."""
        there = self._host.rooms.get(room)
        for other in there.bots.values() if place.host and there is not None else ():
            if other is not resident and other.place(room).host:
                raise BadRequest(
                    f"{other.nick} is the host of {room}, and there is at most one: /bot set {other.nick} host off first."
                )

    # -- set ----------------------------------------------------------------------------------------

    async def _set(self, room: str, sender: Sender | None, asked: Asked) -> str:
        bot = await self._there(asked.nick)
        given = values(asked.settings)
        if not given:
            raise BadRequest(f"Say what to set: {', '.join((*OF_PLACE, *OF_BOT))}.")
        place = next((place for place in bot.places if place.room == room), None)
        of_place = {name: value for name, value in given.items() if name in OF_PLACE}
        of_bot = {name: value for name, value in given.items() if name in OF_BOT}
        if place is None and (of_place or not from_console(sender)):
            raise BadRequest(f"{bot.nick} is not in {room}: /bot add {bot.nick} lets it in.")
        resident = self._resident(bot)
        if of_bot:
            self._check_everywhere(bot, sender, next(iter(of_bot)))
            await self._describe(bot, of_bot)
        if of_place:
            wanted = read(rows.place_values(place) | of_place, RoomBotSettings)
            self._check_host(wanted, resident, room)
            await self._host.voice.bot_room(bot.bot, room, wanted.mode, wanted.host, rows.rest_of(wanted))
        await self._refresh(resident)
        note = "; the configuration's file says otherwise, and wins at the next start" if rows.of_file(bot) else ""
        done = ", ".join(f"{name} {shown(value)}" for name, value in asked.settings.items())
        return f"{bot.nick} has {done} now{note}."

    def _check_everywhere(self, bot: BotInfo, sender: Sender | None, name: str) -> None:
        """Who moderates one room does not change what a bot is in others. Raises NotAllowed."""
        if len(bot.places) > 1 and not from_console(sender):
            raise NotAllowed(
                f"{bot.nick} is in other rooms too, where it would have another {name}: "
                f"whoever runs the server sets it, by `roomful bots set {bot.nick} {name} …`."
            )

    async def _describe(self, bot: BotInfo, given: dict[str, Any]) -> None:
        if "model" in given:
            await self._check_model(given["model"])
            given["model"] = tuple(split(given["model"]))
        new = read(rows.bot_values(bot) | given, BotSettings)
        await self._host.putting.describe(new, rows.source(bot))

    # -- remove -------------------------------------------------------------------------------------

    async def _remove(self, room: str, sender: Sender | None, asked: Asked) -> str:
        bot = await self._there(asked.nick)
        resident = self._resident(bot)
        here = any(place.room == room for place in bot.places)
        if not here and not from_console(sender):
            raise BadRequest(f"{bot.nick} is not in {room}.")
        if here:
            await resident.voice.leave(room)
            if (known := resident.rooms.get(room)) is not None:
                self._host.left(resident, known)
            await self._refresh(resident)
        if rows.of_file(bot):
            return f"{bot.nick} has left {room}; the configuration's file puts it back at the next start."
        if len(bot.places) > here or bot.nick in OFFLINE:
            return f"{bot.nick} has left {room}."
        await self._host.move_out(resident)
        await self._host.voice.bot_drop(bot.bot)
        return f"{bot.nick} has left {room}, where it was last, and is gone with what it remembered."

    # -- who ------------------------------------------------------------------------------------------

    async def _known(self, nick: str) -> BotInfo | None:
        folded = parse_nick(nick.removeprefix("@")).folded
        return next((one for one in await self._host.voice.bots() if parse_nick(one.nick).folded == folded), None)

    async def _there(self, nick: str) -> BotInfo:
        found = await self._known(nick)
        if found is None:
            names = [one.nick for one in await self._host.voice.bots()]
            raise NoSuchNick(f"There is no bot {nick}. {nearest(nick, names)}")
        return found

    def _resident(self, bot: BotInfo) -> Resident:
        resident = self._host.residents.get(bot.bot)
        if resident is None:
            raise BadRequest(f"{bot.nick} is known, but cannot come in just now: see the bot host's log.")
        return resident

    async def _refresh(self, resident: Resident) -> None:
        """Take over what the rows say now."""
        info = next((one for one in await self._host.voice.bots() if one.bot == resident.id), None)
        if info is not None:
            self._host.describe(resident, info)


def from_console(sender: Sender | None) -> bool:
    """Whether it was asked by whoever runs the server, through `roomful bots`."""
    return sender is not None and sender.kind == "service"


def values(settings: dict[str, str]) -> dict[str, Any]:
    """The settings as they were typed, in their types as far as words show them. Raises BadRequest."""
    given: dict[str, Any] = {}
    for name, word in settings.items():
        key = name.replace("-", "_")
        if key in NOT_HERE:
            raise BadRequest(f"{name} cannot be set here: {NOT_HERE[key]}.")
        if key not in (*OF_PLACE, *OF_BOT):
            raise BadRequest(f"A bot has no setting {name}. {nearest(key, (*OF_PLACE, *OF_BOT))}")
        given[key] = _value(key, word)
    return given


def _value(name: str, word: str) -> Any:
    if name in ("senders", "tools"):
        return tuple(part.strip() for part in word.split(",") if part.strip())
    if name in ("host", "count_bots", "related", "search"):
        on = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}
        if word.casefold() not in on:
            raise BadRequest(f"{name} is on or off, not {word!r:.40}.")
        return on[word.casefold()]
    return word


def read(given: dict[str, Any], kind: type[Any]) -> Any:
    """Settings, checked. Raises BadRequest."""
    try:
        return msgspec.convert(given, kind, strict=False)
    except (msgspec.ValidationError, ValueError) as why:
        raise BadRequest(f"{str(why).partition(' - at')[0].rstrip('.')}.") from None


def shown(value: str) -> str:
    """A value in a sentence."""
    return value if len(value) <= 60 else f"{value[:57]}…"
