"""A hub behind a real TCP listener, over a store and a clock that the test holds."""

import random
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest

from roomful.bus import Bus
from roomful.bus.local import Exchange
from roomful.gateways.tcp import TcpGateway
from roomful.hub.hub import Hub, Settings
from roomful.hub.limits import Limits
from roomful.log import Log
from roomful.store import Store
from roomful.testing.clock import Clock
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.support.raw import RawClient

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
    clock: Clock = field(default_factory=Clock)
    exchange: Exchange = field(default_factory=Exchange)
    seconds: list[float] = field(default_factory=lambda: [1000.0])
    nodes: list[Node] = field(default_factory=list)
    started: int = 0

    async def start(
        self, *, store: Store | None = None, bus: Bus | None = None, limits: Limits = NO_RATES, **settings: Any
    ) -> Node:
        """Start one more hub."""
        logged: list[str] = []
        self.started += 1
        hub = Hub(
            store or await self.new_store(),
            bus or self.exchange.bus(),
            Settings(limits=limits, **settings),
            Log(logged.append),
            clock=self.clock,
            monotonic=lambda: self.seconds[0],
            entropy=random.Random(self.started).randbytes,
        )
        await hub.start()
        gateway = TcpGateway(hub)
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        await gateway.listen(listener)
        stack = AsyncExitStack()
        stack.push_async_callback(hub.store.close)
        stack.push_async_callback(hub.bus.close)
        stack.push_async_callback(hub.close)
        stack.push_async_callback(gateway.close)
        host, port = listener.getsockname()
        node = Node(hub, gateway, f"{host}:{port}", logged, stack)
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
