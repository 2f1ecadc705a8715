"""A bot host in the test's process, before a hub in the test's process, with models that say what they are told to say.

The connections are real; time is the test's, for the hub and for the host alike.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

from roomful.bots.engine.inputs import Moment
from roomful.bots.host import Host
from roomful.bots.launch import Launch
from roomful.bots.settings import BotSettings
from roomful.client import Client, Message, Signalled, Told
from roomful.domain import signals
from roomful.domain.verdicts import Verdict
from roomful.errors import ModelUnknown
from roomful.log import Log
from roomful.models import Model, ModelsSettings, Provider, offline
from roomful.models.offline.model import at_once
from roomful.search.sqlite import SqliteIndex
from roomful.store import Store
from roomful.testing.memory import MemoryLog, MemoryStore
from roomful.testing.models import ScriptedModel

from ..hub import hosting
from ..hub.conftest import PASSWORD, Node, World

PATIENCE = 10.0  # s: a safety net, not a measure
PROVIDERS = {
    "scripted": Provider(kind="compatible", base_url="http://127.0.0.1:9"),
    "far": Provider(kind="compatible", base_url="https://far.example/v1"),
}


class HeldClock:
    """The host's clock, which stands still until it is moved; so does the hub's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.s = 1000.0
        self._timers: list[tuple[float, Callable[[], None], asyncio.TimerHandle]] = []

    def now(self) -> Moment:
        return Moment(self.s, self._world.clock.now)

    def at(self, s: float, call: Callable[[], None]) -> asyncio.TimerHandle:
        never = asyncio.get_running_loop().call_later(10**6, lambda: None)
        self._timers.append((s, call, never))
        return never

    async def pass_time(self, seconds: float) -> None:
        """Let time go by, and what it brings happen."""
        until = self.s + seconds
        while due := sorted((one for one in self._timers if one[0] <= until and not one[2].cancelled()), key=_when):
            at, call, handle = due[0]
            await self._advance(max(0.0, at - self.s))
            self._timers.remove(due[0])
            handle.cancel()
            call()
        await self._advance(until - self.s)

    async def _advance(self, seconds: float) -> None:
        self.s += seconds
        await self._world.pass_time(seconds)


def _when(timer: tuple[float, Callable[[], None], asyncio.TimerHandle]) -> float:
    return timer[0]


class Desk:
    """Models by name, as the test made them."""

    def __init__(self) -> None:
        self.models: dict[str, Model] = {}

    def model(self, names: str | Sequence[str]) -> Model:
        name = names if isinstance(names, str) else names[0]
        if name.startswith("offline:"):
            return offline.model(name.removeprefix("offline:"), pace=at_once)
        if name not in self.models:
            raise ModelUnknown(f"There is no {name}.")
        return self.models[name]

    async def close(self) -> None:
        pass


class Person:
    """Somebody in a room, and what she has seen there."""

    def __init__(self, client: Client, room: str) -> None:
        self.client, self.room = client, room
        self.seen: list[Told] = []
        self.signals: list[Signalled] = []
        self._news = asyncio.Event()
        self._task = asyncio.create_task(self._watch())

    @property
    def id(self) -> str:
        return self.client.me.id

    async def _watch(self) -> None:
        async for item in self.client.events():
            if isinstance(item, Told) and item.room == self.room:
                self.seen.append(item)
            elif isinstance(item, Signalled) and item.room == self.room:
                self.signals.append(item)
            self._news.set()

    async def say(self, text: str, **how: Any) -> int:
        """Say something; its number."""
        return (await self.client.post(self.room, text, **how)).seq

    async def until(self, found: Callable[[], Any]) -> Any:
        """Wait until there is something, and return it."""
        async with asyncio.timeout(PATIENCE):
            while not (it := found()):
                self._news.clear()
                await self._news.wait()
        return it

    def said_by(self, nick: str, *, notices: bool = False) -> list[Told]:
        """What somebody has said so far."""
        return [
            one
            for one in self.seen
            if one.sender.nick == nick and isinstance(one.body, Message) and (one.body.style == "notice") == notices
        ]

    async def hears(self, nick: str, text: str, *, notices: bool = False) -> Message:
        """Wait until somebody says something with these words in it."""

        def found() -> list[Message]:
            bodies = [one.body for one in self.said_by(nick, notices=notices)]
            return [body for body in bodies if isinstance(body, Message) and text in body.text]

        heard: list[Message] = await self.until(found)
        return heard[0]

    async def is_told(self, nick: str) -> Verdict:
        """Wait until a bot's verdict is told, and return the newest one."""

        def found() -> list[Verdict]:
            told = [one.body for one in self.signals if isinstance(one.body, signals.Decision)]
            return [one.verdict for one in told if one.nick == nick and self.id in one.tell]

        told: list[Verdict] = await self.until(found)
        return told[-1]

    async def draft_of(self, nick: str, text: str) -> None:
        """Wait until a bot's unfinished answer has come this far."""

        def grown() -> bool:
            drafts = [
                one.body
                for one in self.signals
                if isinstance(one.body, signals.Draft) and one.sender is not None and one.sender.nick == nick
            ]
            whole = ""
            for one in drafts:
                whole = "" if one.dropped else whole[: one.at] + one.append
            return text in whole

        await self.until(grown)

    async def verdict(self, nick: str, *said: str) -> Verdict:
        """The newest verdict of a bot, once it is one of these."""
        async with asyncio.timeout(PATIENCE):
            while True:
                answer = await self.client.why(self.room)
                for one in answer.verdicts:
                    if answer.nicks.get(one.bot) == nick and one.verdict in said:
                        return one

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.client.close()


class Stage:
    """The hub, the host, and whoever talks."""

    def __init__(self, world: World, node: Node, stack: AsyncExitStack) -> None:
        self.world, self.node, self._stack = world, node, stack
        self.clock = HeldClock(world)
        self.desk = Desk()
        self.logged: list[str] = []
        self.models = ModelsSettings(PROVIDERS, {})
        self._hosts: list[Host] = []

    def script(self, name: str, *answers: Any, **how: Any) -> ScriptedModel:
        """A model that gives these answers, as `scripted:NAME` or, with local=False, `far:NAME`."""
        provider = "scripted" if how.get("local", True) else "far"
        model = ScriptedModel(*answers, name=f"{provider}:{name}", **how)
        self.desk.models[model.name] = model
        return model

    async def host(self, *bots: BotSettings, **launch: Any) -> Host:
        """Start a host with these bots."""
        host = Host(
            Launch(self.node.address, hosting.TOKEN, bots=bots, **launch),
            Log(self.logged.append),
            clock=self.clock,
            models=self.models,
            desk=self.desk,
        )
        self._hosts.append(host)
        await host.start()
        return host

    async def crash(self, host: Host) -> None:
        """The host dies, as by kill -9: what it had not sent is lost."""
        self._hosts.remove(host)
        await host.tasks.close()
        for resident in host.residents.values():
            await resident.tasks.close()
            await resident.voice.close()
        for room in host.rooms.values():
            await room.close()
        await host.voice.close()

    async def stop(self, host: Host) -> None:
        """The host ends in order."""
        self._hosts.remove(host)
        await host.close()

    async def step(self, person: Person, seconds: float = 0.5) -> None:
        """Let some time go by, once nobody is thinking any more, and see what that brings."""
        await person.client.ping()
        while any(room.busy for host in self._hosts for room in host.rooms.values()):
            await person.client.ping()
        await self.clock.pass_time(seconds)
        await person.client.ping()

    async def later(self, person: Person, nick: str, text: str, *, notices: bool = False) -> Message:
        """Let time go by until a bot says something with these words in it."""
        async with asyncio.timeout(PATIENCE):
            while not any(text in str(one.body) for one in person.said_by(nick, notices=notices)):
                await self.step(person)
        return await person.hears(nick, text, notices=notices)

    async def person(self, nick: str, room: str = "#r") -> Person:
        """Somebody with an account, in a room."""
        client = Client(self.node.address, account=nick, password=PASSWORD, register=True)
        await client.connect()
        person = Person(client, room)
        self._stack.push_async_callback(person.close)
        await client.join(room, last=100)
        return person

    async def end(self) -> None:
        for host in list(self._hosts):
            await host.close()
        faults = [line for line in self.logged if "fault" in line]
        assert not faults, "".join(faults)


def bot(nick: str, model: str = "", room: str = "#r", **settings: Any) -> BotSettings:
    """A bot's settings; its model is scripted, and called as it is."""
    return BotSettings(nick, model or f"scripted:{nick}", (room,), **settings)


@asynccontextmanager
async def staged(index: Path | None = None) -> AsyncIterator[Stage]:
    """A hub over a store in memory, with a search index where `index` names its file."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log)

    world = World(new_store)
    if index is not None:
        world.new_index = lambda epoch: SqliteIndex.open(index, epoch)
    try:
        node = await world.start()
        await (await hosting.Host.start(node)).client.close()  # which has made the host's account
        async with AsyncExitStack() as stack:
            stage = Stage(world, node, stack)
            stack.push_async_callback(stage.end)
            yield stage
    finally:
        await world.end()
