"""A hub behind a real TCP listener, over a store and a clock that the test holds."""

import random
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from roomful.bus import Bus
from roomful.bus.local import Exchange
from roomful.files import Folder
from roomful.gateways.tcp import TcpGateway
from roomful.hub.hearing import Ears
from roomful.hub.hub import Hub, Settings
from roomful.hub.limits import Limits
from roomful.log import Log
from roomful.search import Index
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from roomful.testing.clock import Clock
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.support.raw import RawClient

PASSWORD = "correct horse battery"
NO_RATES = Limits(enabled=False)


@dataclass
class Node:
    """One running hub."""

    hub: Hub
    gateway: TcpGateway
    address: str
    logged: list[str]
    stack: AsyncExitStack
    clients: list[RawClient] = field(default_factory=list)

    async def client(self, nick: str, room: str | None = None, **join: Any) -> RawClient:
        """Somebody who is logged in, and in a room if named."""
        client = await RawClient.login(self.address, nick)
        self.clients.append(client)
        if room is not None:
            await client.ok("join", room=room, **join)
        return client

    async def account(self, name: str, room: str | None = None, **fields: Any) -> RawClient:
        """Somebody who has just made an account, and is in a room if named."""
        client = await self.raw()
        await client.ask("hello", protocol=1)
        reply = await client.ok("register", account=name, password=PASSWORD, **fields)
        client.me, client.resume = reply["participant"], reply["resume"]
        if room is not None:
            await client.ok("join", room=room)
        return client

    async def device(self, name: str) -> RawClient:
        """Another device of an account."""
        client = await RawClient.login(self.address, None, account=name, password=PASSWORD)
        self.clients.append(client)
        return client

    async def raw(self) -> RawClient:
        """A connection that has said nothing."""
        client = await RawClient.connect(self.address)
        self.clients.append(client)
        return client

    async def resume(self, resume: str, **fields: Any) -> RawClient:
        """Somebody who comes back."""
        client = await RawClient.login(self.address, None, resume=resume, **fields)
        self.clients.append(client)
        return client


@dataclass
class World:
    """Hubs over one log."""

    new_store: Callable[[], Awaitable[Store]]  # each over the same data
    new_index: Callable[[str], Awaitable[Index]] | None = None  # for an epoch; None: hubs do not search
    clock: Clock = field(default_factory=Clock)
    exchange: Exchange = field(default_factory=Exchange)
    seconds: list[float] = field(default_factory=lambda: [1000.0])
    nodes: list[Node] = field(default_factory=list)
    started: int = 0
    certificate: ssl.SSLContext | None = None  # with one, hubs are reached by TLS
    files: Path | None = None  # with one, hubs take files
    ears: Ears | None = None  # with some, hubs listen and speak

    async def start(
        self, *, store: Store | None = None, bus: Bus | None = None, limits: Limits = NO_RATES, **settings: Any
    ) -> Node:
        """Start one more hub."""
        logged: list[str] = []
        self.started += 1
        settings.setdefault("registration", "open")
        store = store or await self.new_store()
        index = await self.new_index(await store.meta("epoch")) if self.new_index is not None else None
        hub = Hub(
            store,
            bus or self.exchange.bus(),
            Settings(limits=limits, **settings),
            Log(logged.append),
            clock=self.clock,
            monotonic=lambda: self.seconds[0],
            entropy=random.Random(self.started).randbytes,
            index=index,
            folder=Folder(self.files) if self.files is not None else None,
            ears=self.ears,
        )
        await hub.start()
        gateway = TcpGateway(hub)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        gateway.certificate = self.certificate
        await gateway.listen(listener, tls=self.certificate is not None)
        stack = AsyncExitStack()
        stack.push_async_callback(hub.store.close)
        stack.push_async_callback(hub.bus.close)
        stack.push_async_callback(hub.close)
        stack.push_async_callback(gateway.close)
        host, port = listener.getsockname()
        address = f"tls://{host}:{port}" if self.certificate else f"{host}:{port}"
        node = Node(hub, gateway, address, logged, stack)
        self.nodes.append(node)
        return node

    async def stop(self, node: Node) -> None:
        """Stop a hub and its clients' connections."""
        self.nodes.remove(node)
        for client in node.clients:
            client.writer.transport.abort()
        await node.stack.aclose()
        faults = [line for line in node.logged if "fault" in line]
        assert not faults, faults

    async def end(self) -> None:
        """Stop every hub."""
        for node in list(self.nodes):
            await self.stop(node)

    async def pass_time(self, seconds: float) -> None:
        """Let time go by on both clocks, and let every hub do what that brings."""
        self.seconds[0] += seconds
        self.clock.advance(round(seconds * 1000))
        for node in self.nodes:
            await node.hub.presence.tick()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """No hub yet: the test starts those it needs."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log)

    world = World(new_store)
    yield world
    await world.end()


@pytest.fixture
async def node(world: World) -> Node:
    """One hub with the usual limits on sizes and none on rates."""
    return await world.start()


@pytest.fixture(params=["memory", "sqlite"])
async def both_worlds(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """As `world`, over one log in memory and over one SQLite file: for tests of what hangs on the store."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log) if request.param == "memory" else await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store)
    yield world
    await world.end()
