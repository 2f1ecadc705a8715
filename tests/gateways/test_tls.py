"""The encrypted door: who does not shake hands is ended, who is too much is sent away before, and every goodbye arrives."""

import asyncio
import ssl
import struct

import pytest

from roomful.hub.limits import Limits
from tests.hub.conftest import Node, World
from tests.support.raw import PATIENCE, RawClient

from .conftest import AUTHORITY

pytestmark = pytest.mark.parametrize("world", ["tls"], indirect=True)


def plain(address: str) -> str:
    """The address for somebody who does not know of TLS."""
    return address.removeprefix("tls://")


async def knock(node: Node) -> RawClient:
    """A connection that has not begun the handshake."""
    client = await RawClient.connect(plain(node.address))
    node.clients.append(client)
    return client


async def until_there_are(node: Node, sessions: int) -> None:
    """Let the server notice who has come and gone."""
    async with asyncio.timeout(PATIENCE):
        while len(node.hub.sessions) != sessions:  # noqa: ASYNC110 - nothing tells it outside of the hub
            await asyncio.sleep(0)


async def test_who_says_nothing_is_ended_by_the_login_timeout(world: World) -> None:
    node = await world.start(limits=Limits(login_timeout=10))
    silent = await knock(node)
    half = await knock(node)
    half.writer.write(bytes.fromhex("1603010200"))  # the beginning of a ClientHello
    await until_there_are(node, 2)
    await world.pass_time(11)
    for client in (silent, half):
        async with asyncio.timeout(PATIENCE):
            assert await client.reader.read() == b"", "not a word in plain text"
    assert sum("login_timeout" in line for line in node.logged) == 2


async def test_connections_are_counted_before_the_handshake(world: World) -> None:
    node = await world.start(limits=Limits(max_connections_per_address=2))
    silent = [await knock(node) for _ in range(2)]
    await until_there_are(node, 2)
    third = await knock(node)
    with pytest.raises((ConnectionError, asyncio.IncompleteReadError)):
        await third.receive()
    assert node.gateway.leaving == 0, "it does not linger"
    for client in (*silent, third):
        client.writer.transport.abort()
    await until_there_are(node, 0)
    await (await node.raw()).ok("hello", protocol=1)


async def test_who_comes_without_tls_is_told_so_in_plain_text(world: World) -> None:
    node = await world.start()
    client = await knock(node)
    client.send("hello", protocol=1)
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["retry_after"]) == ("tls_required", None)
    assert "tls://" in goodbye["message"]
    await client.close()
    await until_there_are(node, 0)
    assert any("without TLS" in line for line in node.logged)


async def test_a_handshake_that_makes_no_sense_is_ended_and_logged(world: World) -> None:
    node = await world.start()
    client = await knock(node)
    client.writer.write(bytes.fromhex("1603010004") + b"nope")
    async with asyncio.timeout(PATIENCE):
        await client.reader.read()
    await until_there_are(node, 0)
    assert any("TLS failed" in line for line in node.logged)


async def test_a_goodbye_arrives_whatever_else_was_sent(world: World) -> None:
    node = await world.start()
    client = await node.raw()
    client.writer.write(struct.pack("!I", 1_000_000) + b"x" * 3_000_000)  # most of it is never read as frames
    assert (await client.goodbye())["code"] == "frame_too_large"


async def test_the_peer_may_close_first(world: World) -> None:
    node = await world.start()
    client = await node.raw()
    await client.ok("hello", protocol=1)
    client.writer.write_eof()
    async with asyncio.timeout(PATIENCE):
        assert await client.reader.read() == b""
    await until_there_are(node, 0)
    assert any("closed by peer" in line for line in node.logged)


async def test_asyncios_own_tls_is_understood(world: World) -> None:
    node = await world.start()
    host, _, port = plain(node.address).rpartition(":")
    client = RawClient(*await asyncio.open_connection(host, int(port), ssl=AUTHORITY.client()))
    await client.ok("hello", protocol=1)
    await client.ok("login", nick="alice")
    await client.ok("bye")
    assert (await client.goodbye())["code"] == "bye"
    await client.close()


async def test_versions_that_are_broken_are_not_spoken(world: World) -> None:
    node = await world.start()
    old = AUTHORITY.client()
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    host, _, port = plain(node.address).rpartition(":")
    with pytest.raises(ssl.SSLError, match=r"(?i)alert protocol version"):
        await asyncio.open_connection(host, int(port), ssl=old)


async def test_a_new_certificate_is_for_new_connections(world: World) -> None:
    node = await world.start()
    old = await node.client("old", "#r")
    node.gateway.certificate = AUTHORITY.server("127.0.0.1", "new.example")
    new = await node.client("new", "#r")
    await new.post("#r", "hello")
    assert await old.texts(1) == ["hello"]
    shown = [client.writer.get_extra_info("peername") for client in (old, new)]
    assert len(set(shown)) == 1, "the same listener"
