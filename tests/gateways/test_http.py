"""HTTP beside the chat: strangers cannot use up what the chat needs."""

import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest

from roomful.gateways import http
from roomful.gateways.http import HttpGateway
from roomful.hub.limits import Limits
from tests.hub.conftest import World

PATIENCE = 10.0  # s: a safety net, not a measure

pytestmark = pytest.mark.parametrize("world", ["tcp"], indirect=True)


@pytest.fixture
async def served(world: World) -> AsyncIterator[tuple[HttpGateway, int]]:
    """The listener, and its port."""
    node = await world.start(limits=Limits())
    gateway = HttpGateway(node.hub, node.address)
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setblocking(False)
    await gateway.listen(listener)
    yield gateway, listener.getsockname()[1]
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
    monkeypatch.setattr(http, "MOST_CONNECTIONS", 2)
    held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    with pytest.raises(aiohttp.ClientError):
        await healthy(port)
    gateway.sweep()
    gateway.sweep()
    for reader, writer in held:
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()
    assert await healthy(port)
