"""The tools of one turn: what the model calls is looked at, perhaps approved, done, told in the room, and given back as data."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from roomful.client import ConnectionLost
from roomful.errors import RoomfulError
from roomful.models import Tool

from .approvals import canonical
from .asking import Asking, Call
from .results import arguments_shown, data, shortened
from .rights import Described, Rules, Who, allowed, kept_away
from .servers import ServerTrouble
from .settings import ToolSettings
from .telling import Telling
from .web import NotFetched

if TYPE_CHECKING:
    from roomful.bots.context import ContextLine
    from roomful.bots.resident import Resident
    from roomful.bots.room import Room

Do = Callable[[dict[str, Any]], Awaitable[str]]

SECONDS = 30.0  # that an approved call may take
WIRE = 64  # characters of a name, as providers take it


class Instrument(Struct, frozen=True):
    """A tool with what it does, and what is set of it."""

    described: Described
    do: Do
    settings: ToolSettings = ToolSettings()


class Turn(Struct, frozen=True):
    """Whose turn it is, and who brought it about."""

    room: "Room"
    resident: "Resident"
    requester: Who | None
    lines: Sequence["ContextLine"] = ()  # that it reads
    granted: tuple[str, ...] = ()  # the bot's tools in the configuration
    home: tuple[str, ...] = ()  # its rooms there

    def rules(self, settings: ToolSettings, *, outsiders: bool = False) -> Rules:
        """What counts for a tool in this turn."""
        return Rules(
            self.room.name, self.resident.settings.tools, self.granted, self.home, settings, outsiders=outsiders
        )

    def authors(self) -> list[Who]:
        """Whose lines it reads, the bot's own apart."""
        senders = {line.sender.id: line.sender for line in self.lines if line.sender.id != self.resident.id}
        return [who(one.id, one.nick, one.kind) for one in senders.values()]


class Hands:
    """What one turn may use."""

    def __init__(self, turn: Turn, instruments: Sequence[Instrument], asking: Asking, telling: Telling) -> None:
        self._turn, self._asking, self._telling = turn, asking, telling
        self._authors = turn.authors()
        self._outsiders = False  # it has read what came from outside
        self._over = False
        self._holds = turn.requester is None
        if self._holds:
            telling.hold()
        self.tools: tuple[Tool, ...] = tuple(
            self._tool(one) for one in instruments if not kept_away(one.described, turn.rules(one.settings))
        )

    def over(self) -> None:
        """The turn has ended: its model calls nothing more, and what was held back is told."""
        if not self._over and self._holds:
            self._telling.release()
        self._over = True

    def _tool(self, instrument: Instrument) -> Tool:
        described = instrument.described

        async def call(arguments: dict[str, Any]) -> str:
            return await self._call(instrument, arguments)

        return Tool(wire_name(described.name), described.description, described.parameters, call)

    async def _call(self, instrument: Instrument, arguments: dict[str, Any]) -> str:
        """What the model is told of a call."""
        tool = instrument.described
        try:
            text = canonical(arguments)
        except ValueError:
            return "Not done: the arguments are not what JSON can hold."
        outsiders = self._outsiders and not self._is_named(arguments)
        rules = self._turn.rules(instrument.settings, outsiders=outsiders)
        verdict = allowed(tool, self._turn.requester, self._authors, rules)
        if not verdict.ok:
            self._tell("may not use", tool, text, verdict.words)
            return f"Not done, and do not try again: {verdict.words}."
        if tool.kind != "reads":
            self._outsiders = True  # whatever comes back, an error too
        if not verdict.approve:
            return await self._do(instrument, text)
        call = Call(tool.name, text, self._turn.requester, lambda exactly: self._do_in_time(instrument, exactly))
        return await self._asking.ask(self._turn.room, self._turn.resident, self._telling, call)

    def _is_named(self, arguments: dict[str, Any]) -> bool:
        """Whether the requester wrote the very address that is to be fetched: then no page can have asked for it."""
        url, requester = arguments.get("url"), self._turn.requester
        if not isinstance(url, str) or requester is None:
            return False
        words = (word.strip("<>()[].,;!?\"'") for line in self._turn.lines for word in _words(line, requester.id))
        return url in words

    async def _do_in_time(self, instrument: Instrument, arguments: str) -> str:
        try:
            async with asyncio.timeout(SECONDS):
                return await self._do(instrument, arguments)
        except TimeoutError:
            return f"It took longer than {SECONDS:g} s: whether it was done is not known."

    async def _do(self, instrument: Instrument, arguments: str) -> str:
        """Do it, tell the room, and give back what came of it."""
        tool, why = instrument.described, ""
        try:
            result = await instrument.do(json.loads(arguments))
        except (RoomfulError, ConnectionLost) as failure:
            why = failure.message
        except (NotFetched, ServerTrouble, ValueError) as failure:
            why = str(failure)
        except asyncio.CancelledError:
            self._tell("used", tool, arguments, "broken off")
            raise
        except Exception:
            # A fault of ours is one call's end, not the turn's.
            self._turn.room.log.exception("fault in a tool", tool=tool.name)
            why = "the bot host has a fault: see its log"
        if why:
            self._tell("used", tool, arguments, f"failed: {shortened(why, 300)}")
            return data(tool.name, f"It failed: {why}")
        self._tell("used", tool, arguments, f"{len(result):,} characters came back")
        return data(tool.name, result, lines=tool.kind == "reads")

    def _tell(self, did: str, tool: Described, arguments: str, outcome: str) -> None:
        requester = self._turn.requester
        whom = f" for {requester.nick}" if requester is not None else ""
        nick = self._turn.resident.nick
        self._telling.add(f"{nick} {did} {tool.name} {arguments_shown(arguments)}{whom}: {outcome}")


def who(id: str, nick: str, kind: str) -> Who:
    """Somebody, as rights see him."""
    return Who(id, nick, "guest" if kind == "guest" else "bot" if kind in ("bot", "service", "webhook") else "member")


def wire_name(name: str) -> str:
    """A tool's name as providers take it, which take letters, digits, `_` and `-`."""
    return re.sub(r"[^A-Za-z0-9_-]", "_", name.replace(".", "__"))[:WIRE]


def _words(line: "ContextLine", author: str) -> list[str]:
    return line.text.split() if line.sender.id == author else []
