"""The client and the server that users start."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

from roomful.client import Client, Lost, Resumed, Signalled, Told
from roomful.domain.events import Message, Topic
from roomful.domain.signals import Typing
from roomful.errors import RateLimited

from ..support.server import Server, serve
from .reading import next_of, texts, until

NO_RATES = {"ROOMFUL_LIMITS__ENABLED": "false"}


def client(server: Server, nick: str) -> Client:
    """A client that comes back quickly."""
    return Client(server.tcp, nick=nick, random=lambda: 0.05)


async def test_a_conversation(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, client(server, "alice") as alice, client(server, "bob") as bob:
        await alice.join("#lobby", last=50)
        joined = await bob.join("#Lobby", last=50)
        assert (joined.room, joined.count) == ("#lobby", 2)
        receipt = await alice.post("#lobby", "hello @bob")
        told = await _message(bob)
        assert (told.seq, told.sender.nick) == (receipt.seq, "alice")
        assert isinstance(told.body, Message)
        assert told.body.mentions == (bob.me.id,)
        await bob.post("#lobby", "hi", reply_to=receipt.seq)
        await bob.topic("#lobby", "tea")
        assert [told.body for told in (await alice.history("#lobby", limit=1)).events] == [Topic("tea")]
        assert await alice.nick("Alícia") == "Alícia"
        assert [m.nick for m in await bob.members("#lobby")] == ["Alícia", "bob"]
        assert [info.topic for info in await bob.rooms()] == ["tea"]
        await alice.typing("#lobby")
        while not isinstance((signal := await next_of(bob, Signalled)).body, Typing):
            pass
        assert signal.sender is not None
        assert signal.sender.id == alice.me.id
        direct = await bob.join("@Alícia")
        await bob.post(direct.room, "psst")
        assert (await texts(alice, 3))[-1] == "psst"
        assert alice.peer(direct.room) is not None
        assert 0 < await bob.ping() < 10
        await bob.leave("#LOBBY")
        await alice.bye()
        assert alice.state == "closed"


async def _message(client: Client) -> Told:
    while not isinstance((told := await next_of(client, Told)).body, Message):
        pass
    return told


async def test_the_server_is_stopped_and_started(tmp_path: Path) -> None:
    async with serve(tmp_path) as server, client(server, "alice") as alice:
        me, resume = alice.me, alice.resume
        await alice.join("#lobby", last=50)
        await alice.post("#lobby", "before")
        assert await server.stop() == 0
        lost = await next_of(alice, Lost)
        assert lost.reason.startswith("The server stops")
        post = asyncio.create_task(alice.post("#lobby", "meanwhile"))
        await server.restart()
        await post
        await next_of(alice, Resumed)
        assert await texts(alice, 1) == ["meanwhile"]
        assert alice.me == me
        await alice.close()
        async with Client(server.tcp, resume=resume) as later:
            assert later.me == me


async def test_nothing_is_lost_or_doubled_when_the_server_is_killed_while_many_talk(tmp_path: Path) -> None:
    """Three times in the midst of 150 posts; every one is there once, and all see them in the same order."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serve(tmp_path, environment=NO_RATES))
        talkers = [await stack.enter_async_context(client(server, nick)) for nick in ("alice", "bob")]
        reader = await stack.enter_async_context(client(server, "carol"))
        for one in (*talkers, reader):
            await one.join("#lobby", last=0)
        wanted = [f"{talker.me.nick} {number}" for talker in talkers for number in range(75)]
        heard = asyncio.create_task(texts(reader, len(wanted)))
        receipts: dict[str, int] = {}
        moved = asyncio.Condition()

        async def talk(talker: Client) -> None:
            for number in range(75):
                text = f"{talker.me.nick} {number}"
                receipts[text] = (await talker.post("#lobby", text)).seq
                async with moved:
                    moved.notify_all()

        talking = asyncio.gather(*map(talk, talkers))
        for rounds in range(3):
            enough = 30 * (rounds + 1)
            async with moved:
                await moved.wait_for(lambda: len(receipts) >= enough)  # noqa: B023
            await server.kill9()
            await server.restart()
        await talking
        order = await heard
        assert sorted(order) == sorted(wanted)
        assert order == sorted(receipts, key=receipts.__getitem__)


async def test_many_rooms_are_joined_again_in_spite_of_the_limits(tmp_path: Path) -> None:
    """More rooms than the server lets anybody join at once: the rest is joined as the limit allows."""
    limits = {"ROOMFUL_LIMITS__MESSAGES_BURST": "5", "ROOMFUL_LIMITS__MESSAGES_PER_SECOND": "50"}
    async with serve(tmp_path, environment=limits) as server, client(server, "alice") as alice:
        rooms = [f"#room{number}" for number in range(12)]
        for room in rooms:
            await _joined(alice, room)
        await server.restart()
        items = await until(alice, Resumed)
        resumed = items[-1]
        assert isinstance(resumed, Resumed)
        assert sorted(resumed.rooms) == sorted(rooms)


async def _joined(client: Client, room: str) -> None:
    while True:
        try:
            await client.join(room)
        except RateLimited as why:
            await asyncio.sleep(why.retry_after or 0)
        else:
            return


async def test_leaving_the_block_frees_the_nick_and_a_resumed_visit_goes_on(tmp_path: Path) -> None:
    async with serve(tmp_path) as server:
        async with client(server, "alice") as first:
            id = first.me.id
        async with client(server, "alice") as second:
            assert second.me.id != id
            again, id = second.resume, second.me.id
            await second.join("#lobby")
            await second.close()
        for _ in range(2):
            async with Client(server.tcp, resume=again) as back:
                assert back.me.id == id
                assert [m.nick for m in await back.members("#lobby")] == ["alice"]
