"""All tools of a bot host, handed out turn by turn."""

import asyncio
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from functools import partial
from typing import TYPE_CHECKING

from msgspec.structs import replace

from roomful.bots.settings import BotSettings
from roomful.domain.events import Sender
from roomful.egress.pinning import Resolve, resolve
from roomful.errors import ExtraMissing
from roomful.log import Log
from roomful.protocol.native import Told

from .asking import Asking, Clock
from .hands import Do, Hands, Instrument, Turn, who
from .rights import Described, Who
from .room import READ_AROUND, REMEMBER, SEARCH_ROOM, read_around, remember, search_room
from .servers import Server, ServerTrouble, of_settings
from .settings import McpSettings, ToolSettings, setting
from .telling import Telling
from .web import WEB_FETCH, Web

if TYPE_CHECKING:
    from roomful.bots.context import ContextLine
    from roomful.bots.resident import Resident
    from roomful.bots.room import Room
    from roomful.bots.tasks import Tasks

HOUR = 3600.0  # s: so often a room is told that a server is not there


class Toolbox:
    """Built-in tools and those of MCP servers."""

    def __init__(
        self,
        mcp: Sequence[McpSettings],
        tools: Mapping[str, ToolSettings],
        bots: Sequence[BotSettings],
        clock: Clock,
        tasks: "Tasks",
        log: Log,
        *,
        resolve: Resolve = resolve,
    ) -> None:
        """`bots`: those of the configuration. `resolve`: what names stand for; a test has another one."""
        self._bots = {bot.nick.casefold(): bot for bot in bots}
        self._tools, self._clock, self._log = tools, clock, log
        self._servers = of_settings(mcp, log, lambda: clock.now().s)
        self._web = Web(setting(tools, WEB_FETCH.name), resolve)
        self._asking = Asking(clock, tasks, log)
        self._tellings: dict[tuple[str, str], Telling] = {}  # by room and bot
        self._missing: dict[tuple[str, str], float] = {}  # by room and server: when that was told

    async def for_turn(
        self, room: "Room", resident: "Resident", requester: str, lines: Sequence["ContextLine"]
    ) -> Hands:
        """What a bot may use in a turn.

        Args:
            requester: id of whoever is answered; empty: nobody asked.
            lines: those that the turn reads; whoever said them narrows what may be done.
        """
        telling = self._telling(room, resident)
        own = resident.settings.tools
        bot = self._bots.get(resident.nick.casefold())
        granted, home = (bot.tools, bot.rooms) if bot is not None else ((), ())
        instruments: list[Instrument] = []
        if own and not resident.scripted:
            instruments = [*self._builtin(room, resident), *await self._of_servers(room, telling, own, granted)]
        turn = Turn(room, resident, _requester(requester, lines), lines, granted, home)
        return Hands(turn, instruments, self._asking, telling)

    def reacted(self, room: "Room", told: Told) -> None:
        """Something happened in a room; a reaction may be a word for what a bot wants to do, `/stop` is one against it."""
        self._asking.heard(room, told)

    async def close(self) -> None:
        """End all servers. What waited for somebody's word is never done."""
        await asyncio.gather(*(server.close() for server in self._servers.values()))

    def _telling(self, room: "Room", resident: "Resident") -> Telling:
        key = (room.id, resident.id)
        telling = self._tellings.get(key)
        if telling is None or telling.resident is not resident:
            telling = self._tellings[key] = Telling(room, resident)
        return telling

    def _builtin(self, room: "Room", resident: "Resident") -> list[Instrument]:
        return [
            self._instrument(SEARCH_ROOM, partial(search_room, room, resident)),
            self._instrument(READ_AROUND, partial(read_around, room, resident)),
            self._instrument(REMEMBER, partial(remember, room, resident)),
            self._instrument(WEB_FETCH, self._web.called),
        ]

    async def _of_servers(
        self, room: "Room", telling: Telling, own: Sequence[str], granted: Sequence[str]
    ) -> list[Instrument]:
        servers = self._servers.items()
        wanted = [server for name, server in servers if _is_wanted(name, own) and _is_wanted(name, granted)]
        several = await asyncio.gather(*(self._of_server(room, telling, server) for server in wanted))
        return [one for tools in several for one in tools]

    async def _of_server(self, room: "Room", telling: Telling, server: Server) -> list[Instrument]:
        name = server.settings.name
        try:
            tools = await server.tools()
        except (ServerTrouble, ExtraMissing) as why:
            self._log.warning("an MCP server is not there", server=name, reason=str(why))
            if self._clock.now().s - self._missing.get((room.id, name), -HOUR) >= HOUR:
                self._missing[room.id, name] = self._clock.now().s
                telling.add(f"the tools of {name} are not there: {why}")
            return []
        return [self._instrument(one, partial(server.call, one.name.partition(".")[2])) for one in tools]

    def _instrument(self, tool: Described, do: Do) -> Instrument:
        settings = setting(self._tools, tool.name)
        return Instrument(replace(tool, kind=settings.kind or tool.kind), do, settings)


def _is_wanted(server: str, own: Sequence[str]) -> bool:
    """Whether a bot's list may have tools of a server: only then it is started."""
    return any(
        one == "*" or ("." in one and fnmatchcase(server, one.partition(".")[0]))
        for one in own
        if not one.startswith("-")
    )


def _requester(id: str, lines: Sequence["ContextLine"]) -> Who | None:
    if not id:
        return None
    found: Sender | None = next((line.sender for line in reversed(lines) if line.sender.id == id), None)
    return who(id, found.nick, found.kind) if found is not None else Who(id, "somebody", "guest")
