"""A hub with its HTTP door and its deliverer, and programs on loopback that take what is delivered, or do not."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import aiohttp
import pytest
from aiohttp import web

from roomful import hooks
from roomful.gateways.http import HttpGateway
from roomful.hooks import Deliverer
from roomful.hub.hooks import WebhookSettings
from roomful.store import Store
from roomful.store.sqlite import SqliteStore
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.hub.conftest import Node, World
from tests.support.raw import PATIENCE, Obj, RawClient

HERE = WebhookSettings(private=True)  # the programs of these tests are on this machine
SOON = (0.0,)  # s between tries: the clock stands still

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Request:
    """What a program was sent."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Obj:
        """The event in it."""
        event: Obj = json.loads(self.body)
        return event

    @property
    def text(self) -> str:
        """What was said; of other events the type."""
        body = self.event["body"]
        return str(body.get("text") or body["type"])


@dataclass
class Receiver:
    """A program that is told of events. `answers`: what the next requests meet; after them, all are taken."""

    url: str = ""
    requests: list[Request] = field(default_factory=list)
    answers: list[int | Answer] = field(default_factory=list)
    always: int = 204
    _came: asyncio.Event = field(default_factory=asyncio.Event)
    _runner: web.AppRunner | None = None

    async def start(self, port: int = 0) -> Self:
        """Listen."""
        app = web.Application()
        app.router.add_post("/take", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/take"
        return self

    async def stop(self) -> int:
        """Listen no more. Returns the port."""
        assert self._runner is not None
        port: int = self._runner.addresses[0][1]
        await self._runner.cleanup()
        return port

    async def _take(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(Request(dict(request.headers), await request.read()))
        self._came.set()
        answer = self.answers.pop(0) if self.answers else self.always
        return web.Response(status=answer) if isinstance(answer, int) else await answer(request)

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait until enough has come."""
        async with asyncio.timeout(PATIENCE):
            while not (self.requests and done()):
                self._came.clear()
                await self._came.wait()

    async def come(self, count: int) -> list[str]:
        """Wait for so many requests; what each says."""
        await self.until(lambda: len(self.requests) >= count)
        return [request.text for request in self.requests]


@dataclass
class Served:
    """A hub, its deliverer, and its HTTP door."""

    node: Node
    gateway: HttpGateway
    deliverer: Deliverer
    base: str

    async def post(self, url: str, data: Any = None, **more: Any) -> tuple[int, Obj]:
        """POST to a webhook that comes in; the status, and what it answers."""
        async with aiohttp.ClientSession() as client, client.post(url, data=data, **more) as answer:
            return answer.status, await answer.json(content_type=None)

    async def owner(self, name: str = "alice", room: str = "#r") -> RawClient:
        """Somebody who owns a room."""
        return await self.node.account(name, room)

    async def restart(self, world: World, *, clean: bool = True, **settings: Any) -> "Served":
        """End this server, by a crash if it is not to be clean, and start another one over the same data."""
        if not clean:
            crash(self.deliverer)
        await self.stop()
        await world.stop(self.node)
        world.clock.advance(60_000)  # a lease ends meanwhile
        return await serve(world, **settings)

    async def stop(self) -> None:
        """Stop what is in front of the hub."""
        await self.deliverer.close()
        await self.gateway.close()


def crash(deliverer: Deliverer) -> None:
    """Let a deliverer end without its last words: what it has not noted yet, nobody knows."""

    async def nothing() -> None:
        return

    deliverer._keep = nothing  # type: ignore[method-assign]
    deliverer._lease = 0


async def serve(world: World, **settings: Any) -> Served:
    """Start a hub with all that belongs to webhooks."""
    settings.setdefault("webhooks", HERE)
    node = await world.start(**settings)
    gateway = HttpGateway(node.hub, node.address)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    base = f"http://127.0.0.1:{listener.getsockname()[1]}"
    node.hub.hooks.reached_at = base
    await gateway.listen(listener)
    return Served(node, gateway, hooks.follow(node.hub, waits=SOON), base)


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """No hub yet."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log) if request.param == "memory" else await SqliteStore.open(tmp_path / "roomful.db")

    world = World(new_store)
    yield world
    await world.end()


@pytest.fixture
async def served(world: World) -> AsyncIterator[Served]:
    """One hub that is served."""
    served = await serve(world)
    yield served
    await served.stop()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """A program that listens."""
    receiver = await Receiver().start()
    yield receiver
    await receiver.stop()
