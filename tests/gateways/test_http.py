"""HTTP beside the chat: strangers cannot use up what the chat needs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from roomful.gateways.http import HttpGateway, shares
from roomful.hub.limits import Limits
from tests.hub.conftest import World

from .doors import opened

PATIENCE = 10.0  # s: a safety net, not a measure

pytestmark = pytest.mark.parametrize("world", ["tcp"], indirect=True)


@pytest.fixture
async def served(world: World) -> AsyncIterator[tuple[HttpGateway, int]]:
    """The listener, and its port."""
    async with serving(world, Limits()) as found:
        yield found


@asynccontextmanager
async def serving(world: World, limits: Limits) -> AsyncIterator[tuple[HttpGateway, int]]:
    node = await world.start(limits=limits)
    gateway = HttpGateway(node.hub, node.address)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    await gateway.listen(listener)
    try:
        yield gateway, listener.getsockname()[1]
    finally:
        await gateway.close()


async def healthy(port: int) -> bool:
    async with aiohttp.ClientSession() as client, client.get(f"http://127.0.0.1:{port}/healthz") as answer:
        return answer.status == 200


async def test_a_request_that_is_never_finished_is_ended(served: tuple[HttpGateway, int]) -> None:
    gateway, port = served
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHost: ")
    assert await healthy(port)
    gateway.sweep()
    assert not reader.at_eof()
    gateway.sweep()
    async with asyncio.timeout(PATIENCE):
        assert await reader.read() == b""
    writer.close()


async def test_there_are_so_many_connections_and_no_more(
    served: tuple[HttpGateway, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, port = served
    monkeypatch.setattr(shares, "MOST_CONNECTIONS", 2)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    assert await sent_away(port)
    gateway.sweep()
    gateway.sweep()
    for reader, writer in held:
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()
    assert await healthy(port)


async def sent_away(port: int, **more: Any) -> bool:
    """Whether whoever asks is told to come back later, as a problem."""
    async with (
        aiohttp.ClientSession(connector=aiohttp.TCPConnector(force_close=True)) as client,
        client.get(f"http://127.0.0.1:{port}/healthz", **more) as answer,
    ):
        if answer.status == 200:
            return False
        assert (answer.status, answer.content_type) == (503, "application/problem+json")
        assert (await answer.json(content_type=None))["code"] == "too_many_connections"
        return int(answer.headers["Retry-After"]) > 0


async def asking(port: int, forwarded: str) -> asyncio.StreamWriter:
    """A request that is under way for as long as its connection is open."""
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = ["POST /api/v1/login HTTP/1.1", "Host: x", "Content-Type: application/json", "Content-Length: 9"]
    writer.write("\r\n".join([*head, f"X-Forwarded-For: {forwarded}", "", ""]).encode())
    return writer


@pytest.fixture
async def small(world: World) -> AsyncIterator[tuple[HttpGateway, int]]:
    """A door at which an address has a share of three."""
    async with serving(world, Limits(max_connections_per_address=3)) as found:
        yield found


async def test_one_address_has_its_share_of_the_connections(
    small: tuple[HttpGateway, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, port = small
    monkeypatch.setattr(shares, "is_loopback", lambda address: address == "127.0.0.1")  # 127.0.0.2 is from elsewhere
    held = [await asyncio.open_connection("127.0.0.1", port, local_addr=("127.0.0.2", 0)) for _ in range(4)]
    async with asyncio.timeout(PATIENCE):
        told = await held[3][0].read()
    assert told.startswith(b"HTTP/1.1 503 ") and b"\r\nRetry-After: 5\r\n" in told and b"Your address has 3" in told
    assert await healthy(port), "others come in"
    held[0][1].close()
    async with asyncio.timeout(PATIENCE):
        while not await lets_in(port, "127.0.0.2"):
            pass
    for _, writer in held:
        writer.close()


async def lets_in(port: int, came_from: str) -> bool:
    """Whether whoever connects from there is answered, and not sent away."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=(came_from, 0))
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    try:
        return (await reader.read()).startswith(b"HTTP/1.1 200 ")
    except ConnectionError:
        return False
    finally:
        writer.close()


async def test_behind_a_proxy_an_address_has_its_share_of_the_requests(small: tuple[HttpGateway, int]) -> None:
    _, port = small
    one, other = {"headers": {"X-Forwarded-For": "192.0.2.7"}}, {"headers": {"X-Forwarded-For": "192.0.2.8"}}
    held = [await asking(port, "192.0.2.7") for _ in range(3)]
    async with asyncio.timeout(PATIENCE):
        while not await sent_away(port, **one):
            pass
    assert not await sent_away(port, **other)
    for writer in held:
        writer.close()
    async with asyncio.timeout(PATIENCE):
        while await sent_away(port, **one):
            pass


@pytest.mark.parametrize("path", ["/api/v1/login", "/api/v1/rooms/lobby/events", "/hooks/{secret}"])
async def test_who_hangs_up_while_speaking_is_no_fault_of_ours(world: World, path: str) -> None:
    node = await world.start(limits=Limits())
    alice = await node.account("alice", "#r")
    made = await alice.ok("webhook_in", room="#r", name="ci")
    token = (await alice.ok("token", name="a program"))["token"]
    async with opened(node) as served:
        path = path.format(secret=made["secret"])
        _, writer = await asyncio.open_connection(*served.where.split(":"))
        writer.write(f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n".encode())
        writer.write(f"Authorization: Bearer {token}\r\nContent-Length: 90\r\n\r\n{{".encode())
        shares = served.gateway.door.shares
        async with asyncio.timeout(PATIENCE):
            while not shares._requests:  # noqa: ASYNC110 - nothing tells of it
                await asyncio.sleep(0)
            writer.close()
            while shares._requests:  # noqa: ASYNC110
                await asyncio.sleep(0)
    assert not [line for line in node.logged if "fault" in line]


async def test_a_classroom_behind_one_address_has_no_share(world: World) -> None:
    async with serving(world, Limits(max_connections_per_address=1, by_address=False)) as (_, port):
        held = [await asking(port, "192.0.2.7") for _ in range(3)]
        assert not await sent_away(port, headers={"X-Forwarded-For": "192.0.2.7"})
        for writer in held:
            writer.close()
