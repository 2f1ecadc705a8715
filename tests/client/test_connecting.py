"""The first connection: it works, or says why it does not."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from roomful.client import Client, ConnectFailed, ConnectionLost, Resumed, keeper
from roomful.domain import commands
from roomful.errors import BadResume, Ended, NickTaken, Refused, TooManyConnections, UnsupportedProtocol
from roomful.protocol import native
from roomful.protocol.trace import tracer

from .conftest import Connect
from .reading import next_of
from .scripted import Peer, Scripted, ignore


async def fail(address: str, **options: Any) -> ConnectFailed:
    client = Client(address, **({"nick": "alice"} | options))
    with pytest.raises(ConnectFailed) as failed:
        await client.connect()
    assert client.state == "closed"
    return failed.value


@asynccontextmanager
async def speaking(speak: Callable[[asyncio.StreamWriter], None]) -> AsyncIterator[str]:
    """A listener that says something of its own to whoever speaks first."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        speak(writer)
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as listener:
        yield "{}:{}".format(*listener.sockets[0].getsockname())


async def test_login_tells_who_one_is(connect: Connect) -> None:
    client = await connect("alice")
    assert client.state == "connected"
    assert (client.me.nick, client.me.id, client.resume) == ("alice", "p0", "proof-0")
    assert client.welcome.max_text == 16_000


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = "{}:{}".format(*taken.getsockname())
    failed = await fail(address)
    assert failed.cause == "refused"
    assert address in failed.message


async def test_every_address_of_a_host_is_tried(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    port = int(server.address.rpartition(":")[2])
    loop = asyncio.get_running_loop()

    async def two(*_: object, **__: object) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in ("127.0.0.2", "127.0.0.1")]

    monkeypatch.setattr(loop, "getaddrinfo", two)
    async with Client(f"localhost:{port}", nick="alice") as client:
        assert client.state == "connected"


async def test_an_unknown_host(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown)
    assert (await fail("nowhere.invalid:5002")).cause == "unknown_host"


async def test_a_server_that_says_nothing(server: Scripted, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "GREET_WITHIN", 0.05)
    server.handlers[commands.Hello] = ignore
    assert (await fail(server.address)).cause == "timeout"


async def test_a_listener_of_something_else() -> None:
    async with speaking(lambda writer: writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as address:
        failed = await fail(address)
    assert failed.cause == "not_roomful"
    assert address in failed.message


async def test_a_listener_that_wants_tls() -> None:
    alert = bytes.fromhex("15030100020246")  # what a TLS server answers to what is no ClientHello
    assert alert[-1] == ssl.AlertDescription.ALERT_DESCRIPTION_PROTOCOL_VERSION
    async with speaking(lambda writer: writer.write(alert)) as address:
        assert (await fail(address)).cause == "not_roomful"


async def test_a_listener_that_hangs_up() -> None:
    async with speaking(lambda writer: None) as address:
        assert (await fail(address)).cause == "closed"


async def test_json_that_is_not_ours(server: Scripted) -> None:
    async def nonsense(peer: Peer, request: commands.Hello) -> None:
        peer.send(b'{"type":"ok","re":1,"hello":"world"}')

    server.handlers[commands.Hello] = nonsense
    assert (await fail(server.address)).cause == "not_roomful"


@pytest.mark.parametrize("code", ["nick_taken", "out_of_tea"])
async def test_a_refused_login_raises_its_class(server: Scripted, code: str) -> None:
    async def refuse(peer: Peer, request: commands.Login) -> None:
        peer.send(native.encode(native.Error(request.id, code, "No.", None, "nick")))

    server.handlers[commands.Login] = refuse
    client = Client(server.address, nick="alice")
    with pytest.raises(NickTaken if code == "nick_taken" else Refused) as refused:
        await client.connect()
    assert (refused.value.code, refused.value.message, refused.value.field) == (code, "No.", "nick")
    assert client.state == "closed"


@pytest.mark.parametrize("why", [TooManyConnections(retry_after=5), UnsupportedProtocol("Version 2 only.")])
async def test_a_goodbye_instead_of_a_welcome(server: Scripted, why: Ended) -> None:
    async def refuse(peer: Peer, request: commands.Hello) -> None:
        peer.goodbye(why)

    server.handlers[commands.Hello] = refuse
    with pytest.raises(type(why)) as ended:
        await Client(server.address, nick="alice").connect()
    assert ended.value.retry_after == why.retry_after


async def test_resume_goes_on_as_the_same_participant(server: Scripted, connect: Connect) -> None:
    first = await connect("alice")
    await first.close()
    second = await connect("alice", resume=first.resume)
    assert second.me == first.me


async def test_a_resume_that_is_no_good_any_more_logs_in_anew(server: Scripted, connect: Connect) -> None:
    client = await connect("alice", resume="from another world")
    assert client.me.nick == "alice"
    assert client.resume == "proof-0"


async def test_a_resume_that_is_no_good_without_a_nick_is_refused(server: Scripted) -> None:
    with pytest.raises(BadResume):
        await Client(server.address, resume="from another world").connect()


async def test_a_client_connects_once(connect: Connect) -> None:
    client = await connect()
    with pytest.raises(RuntimeError):
        await client.connect()
    await client.close()
    await client.close()
    with pytest.raises(RuntimeError):
        await client.connect()


async def test_an_attempt_that_failed_may_be_made_again(server: Scripted) -> None:
    await server.shut()
    client = Client(server.address, nick="alice")
    with pytest.raises(ConnectFailed):
        await client.connect()
    with pytest.raises(ConnectionLost, match="connect first"):
        await client.join("#lobby")
    await server.open()
    async with client:
        await client.join("#lobby")


async def test_what_the_trace_is_told(server: Scripted) -> None:
    lines: list[str] = []
    make = tracer("frames", lines.append, lambda: 0)
    async with Client(server.address, nick="alice", trace=make, random=lambda: 0.0) as alice:
        server.peers[0].reset()
        await next_of(alice, Resumed)
        await alice.bye()
    told = [line.split("-- ")[1].partition("  ")[2] for line in lines if "-- " in line]
    assert told[:4] == [
        "connecting",
        "connected",
        "reset by the server ([Errno 104] Connection reset by peer)",
        "connecting",
    ]
    assert told[4:] == ["connected", "resumed", "The connection ends"]
    assert server.address in lines[0]
    frames = [line for line in lines if " -> " in line or " <- " in line]
    assert any("request 1 hello" in line for line in frames)
    assert not any("proof-0" in line for line in frames)


async def test_before_it_is_connected_a_client_is_nobody() -> None:
    client = Client(nick="alice")
    with pytest.raises(ConnectionLost):
        await client.rooms()
    for ask in (lambda: client.me, lambda: client.resume, lambda: client.welcome):
        with pytest.raises(RuntimeError):
            ask()
    with pytest.raises(ValueError, match="nick"):
        Client()
