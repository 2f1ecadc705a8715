"""A model that calls tools as it is told, and rooms in which it does."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from unittest.mock import patch

from roomful.bots.host import Host
from roomful.bots.settings import BotSettings
from roomful.bots.tools import servers
from roomful.bots.tools.settings import McpSettings, ToolSettings
from roomful.client import Client, Told
from roomful.domain import events
from roomful.models import Answer, Message, Tool, Usage

from ..bots_host.stage import Person, Stage, bot

servers._load()  # which takes a second, in which the test's clock would run far ahead

PROGRAM = str(Path(__file__).with_name("files_server.py"))
PACE = 5.0  # s
HERE = ToolSettings(private=("127.0.0.0/8",))

Step = tuple[str, dict[str, Any]] | str  # call this; or say this


class Obedient:
    """Does in its n-th answer what the n-th list says, whoever wanted it: the most gullible model there may be."""

    local = True
    destination = "this machine"

    def __init__(self, name: str, *answers: Sequence[Step]) -> None:
        self.name = name
        self.answers = list(answers)
        self.given: list[str] = []  # what it was told of its calls
        self.offered: list[str] = []
        self.asked: list[Sequence[Message]] = []

    def stream(self, messages: Sequence[Message], *, tools: Sequence[Tool] = (), **how: Any) -> Answer:
        return Answer(self._pieces(messages, tools))

    async def _pieces(self, messages: Sequence[Message], tools: Sequence[Tool]) -> AsyncGenerator[str | Usage, None]:
        self.asked.append(messages)
        self.offered = [tool.name for tool in tools]
        known = {tool.name: tool for tool in tools}
        for step in self.answers.pop(0) if self.answers else ["Yes."]:
            if isinstance(step, str):
                yield step
            else:
                self.given.append(await known[step[0]].call(step[1]))
        yield Usage(self.name, 1, 1, 0.0, 0.0, 0.0, "stop")


async def hosted(
    stage: Stage,
    folder: Path,
    *answers: Sequence[Step],
    may: tuple[str, ...] = ("*",),
    read_only: tuple[str, ...] = ("read",),
    mode: str = "mention",
    more: tuple[BotSettings, ...] = (),
    tools: Mapping[str, ToolSettings] = {},
) -> tuple[Host, Obedient]:
    """A bot gpt in #r that obeys, with the built-in tools and a server over files."""
    model = Obedient("scripted:gpt", *answers)
    stage.desk.models[model.name] = model
    files = McpSettings("files", sys.executable, (PROGRAM,), {"FOLDER": str(folder)}, read_only=read_only)
    host = await stage.host(
        bot("gpt", tools=may, mode=mode),
        *more,
        greet=False,  # a bot says one line in five seconds, and the test's clock stands still
        mcp=(files,),
        tools=dict(tools),
    )
    return host, model


async def guest(stage: Stage, nick: str) -> Person:
    """Somebody without an account, in #r."""
    client = Client(stage.node.address, nick=nick)
    await client.connect()
    person = Person(client, "#r")
    stage._stack.push_async_callback(person.close)
    await client.join("#r", last=100)
    return person


async def asked_for(stage: Stage, person: Person, text: str = "wants to run") -> int:
    """Wait until the bot asks for somebody's word; the notice's number."""
    return (await _notice(stage, person, text)).seq


async def told(stage: Stage, person: Person, text: str) -> str:
    """Wait until a notice of the bot says this; the notice, as it stands now."""
    told = await _notice(stage, person, text)
    assert isinstance(told.body, events.Message)
    edited = [one.body.text for one in person.seen if isinstance(one.body, events.Edit) and one.body.target == told.seq]
    return edited[-1] if edited else told.body.text


async def _notice(stage: Stage, person: Person, text: str) -> Told:
    """A bot says a line in five seconds, where no person asks for it: when it waits for that, time goes by."""

    def found() -> list[Told]:
        notices = person.said_by("gpt", notices=True)
        return [one for one in notices if isinstance(one.body, events.Message) and text in one.body.text]

    def waits() -> list[float]:
        return [at for at, _, timer in clock._timers if at - clock.s <= PACE and not timer.cancelled()]

    def at(s: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        try:
            return asks(s, call)
        finally:
            person._news.set()

    clock, asks = stage.clock, stage.clock.at
    with patch.object(clock, "at", at):
        while not found():
            await person.until(lambda: found() or waits())
            if not found():
                await clock.pass_time(min(waits(), default=clock.s) - clock.s)
                await person.client.ping()
    return found()[-1]
