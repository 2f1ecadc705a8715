"""The client over WebSocket: the same conversations, the same losses, the same words for what goes wrong."""

import asyncio
import contextlib
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from roomful.client import Client, ConnectFailed, Lost, Resumed
from roomful.errors import GuestsOff
from roomful.protocol.trace import tracer

from ..support.server import Server, serve
from ..support.tls import Authority
from .reading import next_of, texts

NO_RATES = {"ROOMFUL_LIMITS__ENABLED": "false"}


def client(server: Server, nick: str, **options: object) -> Client:
    """A client that comes back quickly."""
    return Client(f"ws://{server.http}", nick=nick, random=lambda: 0.05, **options)  # type: ignore[arg-type]


async def test_those_on_the_web_and_those_on_tcp_talk(tmp_path: Path) -> None:
    lines: list[str] = []
    trace = tracer("frames", lines.append, lambda: 0)
    async with serve(tmp_path) as server, client(server, "alice", trace=trace) as alice:
        async with Client(server.tcp, nick="bob") as bob:
            await alice.join("#lobby", last=0)
            await bob.join("#lobby", last=0)
            await alice.post("#lobby", "from the web: ñ")
            await bob.post("#lobby", "from tcp")
            assert await texts(alice, 2) == await texts(bob, 2) == ["from the web: ñ", "from tcp"]
            assert 0 < await alice.ping() < 10
        await alice.bye()
        assert alice.state == "closed"
    shown = "\n".join(lines)
    assert "connected by WebSocket" in shown
    assert "request 1 hello" in shown
    assert '"from tcp"' in shown
    assert "goodbye bye" in shown


async def test_nothing_is_lost_or_doubled_when_the_server_is_killed_while_many_talk(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(tmp_path, environment=NO_RATES))
        alice, bob = [await stack.enter_async_context(client(server, nick)) for nick in ("alice", "bob")]
        for one in (alice, bob):
            await one.join("#lobby", last=0)
        heard = asyncio.create_task(texts(bob, 60))
        posts = [asyncio.create_task(alice.post("#lobby", f"{number}")) for number in range(30)]
        await posts[3]
        await server.kill9()
        posts += [asyncio.create_task(alice.post("#lobby", f"{number}")) for number in range(30, 60)]
        await server.restart()
        await asyncio.gather(*posts)
        assert await heard == [f"{number}" for number in range(60)]
        assert isinstance(await next_of(alice, Lost), Lost)
        assert isinstance(await next_of(alice, Resumed), Resumed)


async def test_more_than_the_socket_takes_is_sent_in_the_end(tmp_path: Path) -> None:
    async with serve(tmp_path, environment=NO_RATES) as server, client(server, "alice") as alice:
        await alice.join("#lobby", last=0)
        await asyncio.gather(*(alice.post("#lobby", f"{n} " + "x" * 15_000) for n in range(100)))
        assert [int(text.split()[0]) for text in await texts(alice, 100)] == list(range(100))


async def test_what_goes_wrong_has_the_same_causes(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        for address, cause in (
            ("ws://127.0.0.1:1", "refused"),
            (f"ws://{server.tcp}", "not_roomful"),
            (f"wss://{server.http}", "not_roomful"),
            ("ws://nowhere.invalid", "unknown_host"),
        ):
            with pytest.raises(ConnectFailed) as failed:
                await Client(address, nick="alice").connect()
            assert failed.value.cause == cause, failed.value


async def test_behind_a_proxy_with_tls_a_client_checks_who_it_is(tmp_path: Path) -> None:
    authority = Authority()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = server.http.split(":")
        inner_reader, inner_writer = await asyncio.open_connection(host, int(port))
        await asyncio.gather(_copy(reader, inner_writer), _copy(inner_reader, writer))

    async with serve(tmp_path) as server:
        proxy = await asyncio.start_server(pass_on, "127.0.0.1", 0, ssl=authority.server())
        address = f"wss://127.0.0.1:{proxy.sockets[0].getsockname()[1]}"
        async with proxy:
            async with Client(address, nick="alice", ssl=authority.client()) as alice:
                await alice.join("#lobby", last=0)
                await alice.post("#lobby", "encrypted")
                assert await texts(alice, 1) == ["encrypted"]
            with pytest.raises(ConnectFailed) as failed:
                await Client(address, nick="alice").connect()
            assert failed.value.cause == "untrusted"
            pin = failed.value.message.partition("fingerprint is ")[2].partition(":")[2].partition(":")[0]
            async with Client(address, nick="bob", pin=f"sha256:{pin}") as bob:
                assert bob.me.nick == "bob"
            with pytest.raises(ConnectFailed, match="not the pinned one"):
                await Client(address, nick="alice", pin="sha256:" + 64 * "0").connect()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()


async def test_who_is_refused_hears_why(tmp_path: Path) -> None:
    async with serve(tmp_path, environment={"ROOMFUL_ACCOUNTS__GUESTS": "off"}) as server:
        with pytest.raises(GuestsOff):
            await client(server, "alice").connect()
