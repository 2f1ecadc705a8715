"""The WebSocket door: the native protocol, one object a message, with everything that holds over TCP."""

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

import aiohttp
import pytest

from roomful.hub.limits import Limits
from roomful.protocol.trace import tracer
from tests.gateways.doors import Served, opened
from tests.hub.conftest import World

PATIENCE = 10.0  # s: a safety net, not a measure

pytestmark = pytest.mark.parametrize("world", ["tcp"], indirect=True)


@pytest.fixture
async def served(world: World) -> AsyncIterator[Served]:
    """A door, and nobody in it."""
    async with opened(await world.start()) as served:
        yield served


Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def raw_socket(served: Served) -> AsyncIterator[Streams]:
    """A connection that has shaken hands, for frames that no library would send."""
    host, port = served.where.split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(
        f"GET /ws HTTP/1.1\r\nHost: {served.where}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    assert b" 101 " in await reader.readuntil(b"\r\n\r\n")
    yield reader, writer
    writer.close()


def masked(first: int, payload: bytes) -> bytes:
    """A short frame of a client."""
    return bytes((first, 0x80 | len(payload))) + b"\0\0\0\0" + payload


async def frame(reader: asyncio.StreamReader) -> tuple[int, bytes] | None:
    """The next frame of the server; None: it has closed the connection."""
    async with asyncio.timeout(PATIENCE):
        try:
            first, size = await reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await reader.readexactly(2))
            return first, await reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None


async def settled(when: Callable[[], bool]) -> None:
    """Wait until something has come about."""
    async with asyncio.timeout(PATIENCE):
        while not when():  # noqa: ASYNC110 - nothing tells it outside of the hub
            await asyncio.sleep(0)


async def test_a_browser_and_a_terminal_talk(served: Served) -> None:
    alice = await served.client("alice", "#r")
    bob = await served.node.client("bob", "#r")
    await alice.ok("post", room="#r", nonce="a", text="from the browser")
    await bob.ok("post", room="#r", nonce="b", text="from the terminal — ¡hola! 👋")
    assert await alice.texts(2) == await bob.texts(2) == ["from the browser", "from the terminal — ¡hola! 👋"]


async def test_what_is_no_text_ends_the_connection(served: Served) -> None:
    client = await served.raw()
    await client.ws.send_bytes(b'{"type":"hello","id":1,"protocol":1}')
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["close"]) == ("not_json", 1003)


async def test_what_is_no_json_ends_the_connection(served: Served) -> None:
    client = await served.raw()
    await client.ws.send_str("GET / HTTP/1.1")
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["close"]) == ("not_json", 1008)


async def test_a_message_that_is_too_large_ends_the_connection(served: Served) -> None:
    client = await served.client("alice", "#r")
    await client.ws.send_str(json.dumps({"type": "post", "id": 9, "room": "#r", "nonce": "n", "text": "x" * 70_000}))
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["close"]) == ("frame_too_large", 1009)


async def test_a_message_may_come_in_fragments_with_a_ping_between(served: Served) -> None:
    async with raw_socket(served) as (reader, writer):
        request = b'{"type":"hello","id":1,"protocol":1}'
        writer.write(masked(0x01, request[:10]) + masked(0x89, b"there?") + masked(0x80, request[10:]))
        assert await frame(reader) == (0x8A, b"there?")
        answer = await frame(reader)
        assert answer is not None
        assert (answer[0], json.loads(answer[1])["re"]) == (0x81, 1)


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param(b"\x81\x05hello", id="not masked"),
        pytest.param(b"\xc1\x80\0\0\0\0", id="a reserved bit"),
        pytest.param(b"\x83\x80\0\0\0\0", id="an unknown opcode"),
        pytest.param(b"\x80\x80\0\0\0\0", id="a continuation of nothing"),
        pytest.param(b"\x89\xfe\x00\x80\0\0\0\0" + b"p" * 128, id="a ping that is too long"),
        pytest.param(b"\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0\0\0", id="a size beyond everything"),
        pytest.param(b"\x81\x82\0\0\0\0\xff\xfe", id="not UTF-8"),
        pytest.param(b"\x88\x81\0\0\0\0x", id="a close frame of one byte"),
    ],
)
async def test_hostile_frames_end_their_own_connection(served: Served, hostile: bytes) -> None:
    alice = await served.client("alice", "#r")
    async with raw_socket(served) as (reader, writer):
        writer.write(hostile)
        ended = []
        while (found := await frame(reader)) is not None:
            ended.append(found)
        assert [first for first, _ in ended] in ([0x81, 0x88], [0x88])
    assert (await alice.post("#r", "unharmed"))["type"] == "ok"
    assert not [line for line in served.node.logged if "fault" in line]


async def test_a_slow_reader_is_set_aside_and_reads_on(served: Served) -> None:
    alice = await served.node.client("alice", "#r")
    slow = await served.client("slow", "#r")
    quick = await served.client("quick", "#r")
    cast("asyncio.Transport", slow.writer.transport).pause_reading()
    (session,) = [one for one in served.node.hub.sessions if one.participant and one.participant.sender.nick == "slow"]
    sent = 0
    while session.paused_at is None:
        await alice.ok("post", room="#r", nonce=f"n{sent}", text=f"{sent} " + "x" * 15_000)
        assert len(await quick.texts(1)) == 1, "nobody else waits"
        sent += 1
        assert sent < 3000
    for _ in range(20):
        await alice.ok("post", room="#r", nonce=f"n{sent}", text=f"{sent} " + "x" * 15_000)
        sent += 1
    cast("asyncio.Transport", slow.writer.transport).resume_reading()
    assert [int(text.split()[0]) for text in await slow.texts(sent)] == list(range(sent))
    assert session.rooms[next(iter(session.rooms))] is None, "it is live again"


async def test_who_comes_back_reads_what_was_missed(served: Served) -> None:
    alice = await served.client("alice", "#r")
    bob = await served.node.client("bob", "#r")
    seen = (await bob.ok("post", room="#r", nonce="1", text="heard"))["seq"]
    alice.writer.transport.abort()
    await bob.ok("post", room="#r", nonce="2", text="missed")
    again = await served.client(None, resume=alice.resume)
    assert again.me == alice.me
    await again.ok("join", room="#r", after=seen)
    assert await again.texts(1) == ["missed"]


async def test_the_connection_closes_after_its_goodbye(served: Served) -> None:
    client = await served.client("alice", "#r")
    await client.ok("bye")
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["close"]) == ("bye", 1000)


async def test_who_closes_is_answered_and_gone(served: Served) -> None:
    client = await served.client("alice", "#r")
    bob = await served.node.client("bob", "#r")
    await client.ws.close(code=1001)
    assert client.ws.close_code == 1000
    await settled(lambda: not served.sockets.connections)
    await served.node.client("carol")
    assert (await bob.post("#r", "nobody is told twice"))["type"] == "ok"


async def test_the_server_says_when_it_stops(world: World) -> None:
    async with opened(await world.start()) as served:
        client = await served.client("alice", "#r")
        reading = asyncio.create_task(client.goodbye())
        await asyncio.sleep(0)
    goodbye = await reading
    assert (goodbye["code"], goodbye["close"], goodbye["retry_after"]) == ("shutting_down", 1001, 1.0)


async def test_silence_ends_a_connection(served: Served, world: World) -> None:
    client = await served.client("alice")
    await world.pass_time(119)
    assert (await client.ok("ping"))["type"] == "ok"
    await world.pass_time(119)
    await client.ok("ping")
    await world.pass_time(121)
    goodbye = await client.goodbye()
    assert (goodbye["code"], goodbye["close"]) == ("idle", 1013)


async def test_doors_share_what_an_address_may_have(world: World) -> None:
    node = await world.start(limits=Limits(max_connections_per_address=3))
    async with opened(node) as served:
        await node.client("alice")
        await served.client("bob")
        await served.client("carol")
        one_too_many = await served.raw()
        goodbye = await one_too_many.goodbye()
        assert (goodbye["code"], goodbye["close"], goodbye["retry_after"]) == ("too_many_connections", 1013, 5.0)
        served.clients[0].writer.transport.abort()
        await settled(lambda: len(served.sockets.connections) == 1)
        await served.client("dave")


async def test_it_is_not_swept_away_and_leaves_room_for_others(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("roomful.gateways.http.shares.MOST_CONNECTIONS", 2)
    clients = [await served.client(f"c{number}") for number in range(3)]
    served.gateway.sweep()
    served.gateway.sweep()
    for client in clients:
        await client.ok("ping")


@pytest.mark.parametrize(
    ("origin", "host", "let_in"),
    [
        ("http://{where}", "{where}", True),
        ("http://localhost:5003", "localhost:5003", True),
        ("http://192.168.1.5:5003", "192.168.1.5:5003", True),
        ("https://chat.example.org", "{where}", True),  # named in the settings
        ("https://CHAT.example.org", "chat.example.org", True),
        ("http://evil.example", "{where}", False),
        ("http://evil.example:5003", "evil.example:5003", False),  # a name that was made to lead here
        ("http://{where}.evil.example", "{where}", False),
        ("http://127.0.0.1:1", "{where}", False),  # another program's page on this machine
        ("null", "{where}", False),  # a sandboxed frame, a file
        ("http://[", "{where}", False),
    ],
)
async def test_pages_of_other_sites_are_kept_out(world: World, origin: str, host: str, *, let_in: bool) -> None:
    async with opened(await world.start(), origins=("https://chat.example.org",)) as served:
        headers = {"Origin": origin.format(where=served.where), "Host": host.format(where=served.where)}
        if let_in:
            await served.raw(headers=headers)
        else:
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await served.raw(headers=headers)
            assert refused.value.status == 403


async def test_nothing_is_compressed_for_whoever_would_take_it(served: Served) -> None:
    """One object for all readers: compressed, it would be one for each (docs/decisions/0016)."""
    client = await served.raw(compress=15)
    assert client.ws.compress == 0
    await client.ok("hello", protocol=1)


async def test_what_comes_by_a_proxy_is_not_from_this_machine(served: Served) -> None:
    client = await served.raw(headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.7"})
    await client.ok("hello", protocol=1)
    assert await client.error("login", nick="alice") == "guests_off"


async def test_a_trace_shows_the_objects_and_no_secret(world: World) -> None:
    lines: list[str] = []
    make = tracer("frames", lines.append, world.clock)
    async with opened(await world.start(), make) as served:
        client = await served.client("alice", "#r")
        await client.ok("post", room="#r", nonce="n", text="seen")
        resume = client.resume
    shown = "\n".join(lines)
    assert "connected" in lines[0]
    assert "request 1 hello" in shown
    assert "event 2 in #r" in shown
    assert '"seen"' in shown
    assert resume not in shown
