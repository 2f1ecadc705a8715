"""Following rooms over HTTP: nothing is missed, nothing is told twice, and it costs nobody else."""

import asyncio
from pathlib import Path

import pytest

from roomful.gateways.http.api import streams
from roomful.hub.limits import Limits
from tests.gateways.doors import opened
from tests.hub.conftest import World
from tests.support.raw import PATIENCE
from tests.support.server import serve

from .conftest import Api, Program, Stack
from .reading import following


async def test_what_is_said_is_told(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    async with following(alice, room="lobby") as stream:
        seq = await alice.post("hello\nworld")
        told = await stream.next()
        assert told.data == await alice.ok("GET", "/rooms/{room}/events/{seq}", room="lobby", seq=seq)
        assert told.data["body"]["text"] == "hello\nworld"


async def test_who_comes_back_is_told_what_was_missed_and_nothing_twice(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    async with following(alice, room="lobby") as stream:
        last = stream.last
    seqs = [await alice.post(f"line {n}") for n in range(6)]
    async with following(alice, last, room="lobby") as stream:
        assert await stream.seqs(3) == seqs[:3]
        last = stream.last
    async with following(alice, last, room="lobby") as stream:
        assert await stream.seqs(3) == seqs[3:]
        new = await alice.post("and more")
        assert await stream.seqs(1) == [new]
    async with following(alice, room="lobby", after=seqs[0]) as stream:
        assert await stream.seqs(2) == seqs[1:3]


async def test_one_cursor_holds_all_rooms(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    await alice.join("garden")
    async with following(alice, room=["lobby", "#garden"]) as stream:
        await alice.post("one", "lobby")
        await alice.post("two", "garden")
        assert [(await stream.next()).data["room"] for _ in range(2)] == ["#lobby", "#garden"]
        last = stream.last
    await alice.post("three", "lobby")
    await alice.post("four", "garden")
    async with following(alice, last, room=["lobby", "garden"]) as stream:
        missed = [(await stream.next()).data["body"]["text"] for _ in range(2)]
        assert sorted(missed) == ["four", "three"]
        await alice.post("five", "lobby")
        assert (await stream.next()).data["body"]["text"] == "five"


async def test_nothing_is_missed_or_told_twice_when_the_server_dies(tmp_path: Path) -> None:
    """Killed between lines, and started again: the stream goes on where it was."""
    async with serve(tmp_path) as server, Stack() as stack:
        alice = await (await Program.open(f"http://{server.http}", stack)).login(nick="alice")
        await alice.join()
        heard, last, said = [], "", []
        for restart in (server.kill9, server.stop, None):
            async with following(alice, last, room="lobby") as stream:
                said += [await alice.post(f"line {n}") for n in range(10)]
                heard += await stream.seqs(7)  # the rest is on its way, and is lost with the connection
                if restart is not None:
                    last = stream.last
                    await restart()
                else:
                    heard += await stream.seqs(len(said) - len(heard))
            if restart is not None:
                await server.start()
        assert heard == said


async def test_signals_are_told_if_asked_for(api: Api) -> None:
    alice, bob = await api.guest("alice", "lobby"), await api.guest("bob", "lobby")
    async with following(alice, room="lobby", signals="true") as stream:
        assert (await stream.next("signal")).data["body"]["type"] == "state"
        await bob.ok("POST", "/rooms/{room}/typing", room="lobby")
        told = await stream.next("signal")
        assert (told.data["body"]["type"], told.data["sender"]["nick"]) == ("typing", "bob")


async def test_who_follows_is_here_and_whoever_hangs_up_is_not(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    room = api.served.node.hub.rooms.by_address["#lobby"]
    async with following(alice, room="lobby"):
        assert list(room.here) == [alice.me["id"]]
        sessions = len(api.served.node.hub.sessions)
    async with asyncio.timeout(PATIENCE):
        while len(api.served.node.hub.sessions) == sessions:
            await api.world.pass_time(0)  # the kernel tells the server in its time
    assert not room.here


async def test_whoever_is_removed_is_told_why_and_no_more(api: Api) -> None:
    alice, bob = await api.account("alice", "lobby"), await api.guest("bob", "lobby")
    async with following(bob, room="lobby") as stream:
        await alice.ok("POST", "/rooms/{room}/kicks", {"who": "bob"}, room="lobby")
        assert (await stream.next()).data["body"]["type"] == "kick"
        await alice.post("now that bob is gone")
        assert (await stream.next("goodbye")).data["code"] == "not_member"
        assert await stream.rest() == []
    with pytest.raises(AssertionError, match="not_member"):
        async with following(bob, stream.last, room="lobby"):
            pass


async def test_the_server_says_goodbye_when_it_stops(world: World) -> None:
    node = await world.start()
    async with Stack() as stack:
        async with opened(node) as served:
            alice = await (await Program.open(served.http, stack)).login(nick="alice")
            await alice.join()
            follow = following(alice, room="lobby")
            stream = await stack.enter_async_context(follow)
            seq = await alice.post("last words")
        told = [await stream.next(), await stream.next("goodbye")]
        assert (told[0].data["seq"], told[1].data["code"]) == (seq, "shutting_down")
        assert told[1].data["retry_after"] == 1.0


async def test_a_silent_stream_shows_that_it_lives(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "HEARTBEAT", 0.01)
    alice = await api.guest("alice", "lobby")
    async with following(alice, room="lobby") as stream:
        for _ in range(3):
            await stream._block()
        assert stream.comments == 3


async def test_a_slow_reader_costs_only_itself_and_misses_nothing(world: World) -> None:
    """More than all sockets hold: it is set aside, reads on from the log, and those who read are not held up."""
    node = await world.start()
    async with opened(node) as served, Stack() as stack:
        alice = await (await Program.open(served.http, stack)).login(nick="alice")
        await alice.join()
        slow = await stack.enter_async_context(following(alice, room="lobby"))
        quick = await node.client("quick", "#lobby")
        text = "x" * 15_000
        seqs = [(await quick.ok("post", room="#lobby", nonce=f"n{n}", text=text))["seq"] for n in range(600)]
        room = node.hub.rooms.by_address["#lobby"]
        behind = [one for one in node.hub.sessions if one.rooms.get(room.state.id) is not None]
        assert len(behind) == 1, "the slow one is set aside"
        assert (await slow.seqs(601))[-600:] == seqs  # and one that tells that `quick` has come


async def test_so_many_streams_come_from_one_address_and_no_more(world: World) -> None:
    node = await world.start(limits=Limits(max_connections_per_address=2))
    async with opened(node) as served, Stack() as stack:
        alice = await (await Program.open(served.http, stack)).login(nick="alice")
        await alice.join()
        for _ in range(2):
            await stack.enter_async_context(following(alice, room="lobby"))
        answer = await alice.ask("GET", "/events", room="lobby")
        assert (answer.status, answer.code) == (503, "too_many_connections")


async def test_a_stream_outlives_the_sweeping_of_old_connections(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    async with following(alice, room="lobby") as stream:
        api.served.gateway.sweep()
        api.served.gateway.sweep()
        seq = await alice.post("still here")
        assert await stream.seqs(1) == [seq]


async def test_a_restored_server_is_noticed(api: Api) -> None:
    alice = await api.guest("alice", "lobby")
    async with following(alice, room="lobby") as stream:
        other = "x" + stream.last
    with pytest.raises(AssertionError, match="epoch_changed"):
        async with following(alice, other, room="lobby"):
            pass
