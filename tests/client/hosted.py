"""A hub in the test's process, with a bot host: its connection and those of its bots are clients of the SDK, as in life."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

from roomful.client import Client
from roomful.store import Store
from roomful.testing.memory import MemoryLog, MemoryStore

from ..hub.conftest import Node, World
from ..hub.hosting import TOKEN, Host


class Hosted:
    """The hub, and whoever talks in it."""

    def __init__(self, node: Node, stack: AsyncExitStack) -> None:
        self.node = node
        self._stack = stack
        self.host: Client

    async def person(self, nick: str, room: str | None = None) -> Client:
        """Somebody who has made an account."""
        account = Client(self.node.address, account=nick, password="four lamps for a cellar", register=True)
        return await self._in(account, room)

    async def guest(self, nick: str, room: str | None = None) -> Client:
        """Somebody without an account."""
        return await self._in(Client(self.node.address, nick=nick), room)

    async def bot(self, nick: str, room: str = "#r", model: str = "", **place: str | bool) -> Client:
        """A bot in a room, connected; its model runs on this machine, unless it is said where."""
        destination = str(place.pop("destination", ""))
        id = await self.host.bot_put(nick, model or f"offline:{nick}", destination)
        await self.host.bot_room(id, room, **place)  # type: ignore[arg-type]
        return await self._in(Client(self.node.address, token=TOKEN, act_as=id), room)

    async def _in(self, client: Client, room: str | None) -> Client:
        await self._stack.enter_async_context(client)
        if room is not None:
            await client.join(room, last=0)
        return client


@asynccontextmanager
async def hosting() -> AsyncIterator[Hosted]:
    """A hub with a bot host and no bots."""

    async def new_store() -> Store:
        return MemoryStore(MemoryLog())

    world = World(new_store)
    try:
        node = await world.start()
        async with AsyncExitStack() as stack:
            hosted = Hosted(node, stack)
            await (await Host.start(node)).client.close()  # which has made its account
            hosted.host = await stack.enter_async_context(Client(node.address, token=TOKEN))
            yield hosted
    finally:
        await world.end()
