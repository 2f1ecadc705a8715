"""Several hubs over one log, with a bus that loses, repeats and reorders: the log heals."""

import asyncio
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from roomful.domain.events import Event, Sender
from roomful.store import Change, Store
from roomful.store.sqlite import SqliteStore
from roomful.testing.bus import LossyBus
from roomful.testing.memory import MemoryLog, MemoryStore
from tests.support.held_store import HeldStore

from .conftest import Node, World


@pytest.fixture(params=["memory", "sqlite"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """Hubs over one log in memory, and over one SQLite file."""
    log = MemoryLog()

    async def new_store() -> Store:
        return MemoryStore(log) if request.param == "memory" else await SqliteStore.open(tmp_path / "shared.db")

    world = World(new_store)
    yield world
    await world.end()


async def hubs(world: World, count: int, seed: int) -> list[Node]:
    """So many hubs, connected by a bus that cannot be trusted."""
    rng = random.Random(seed)
    return [await world.start(bus=LossyBus(world.exchange.bus(), rng)) for _ in range(count)]


async def test_what_one_hub_records_the_others_tell(world: World) -> None:
    here, there = await world.start(), await world.start()
    alice, bob = await here.client("alice", "#r"), await there.client("bob", "#r")
    await alice.post("#r", "over there?")
    assert await bob.texts(1) == ["over there?"]
    await bob.post("#r", "here")
    assert await alice.texts(2) == ["over there?", "here"]


async def test_hubs_that_write_at_once_agree_on_one_order(world: World) -> None:
    nodes = await hubs(world, 3, seed=7)
    clients = [await node.client(f"c{n}", "#r", after=0) for n, node in enumerate(nodes)]
    for n, client in enumerate(clients):
        for k in range(60):
            client.send("post", room="#r", nonce=f"{n}-{k}", text=f"{n} {k}")

    async def all_seen(client_index: int) -> list[tuple[int, str]]:
        client = clients[client_index]
        seen: list[tuple[int, str]] = []
        while len(seen) < 180:
            event = await client.event()
            if event["body"]["type"] == "message":
                seen.append((event["seq"], event["body"]["text"]))
        return seen

    async def heal() -> None:
        while True:  # what the bus lost: hubs compare heads now and then
            await asyncio.sleep(0.02)
            for node in nodes:
                node.hub.committer.look_again(set(node.hub.rooms.by_id))

    healing = asyncio.create_task(heal())
    try:
        views = await asyncio.gather(*(all_seen(n) for n in range(3)))
    finally:
        healing.cancel()
    assert views[0] == views[1] == views[2]
    for n in range(3):
        mine = [text for _, text in views[0] if text.startswith(f"{n} ")]
        assert mine == [f"{n} {k}" for k in range(60)], "each sender's lines are in the order sent, once"


async def test_a_nick_is_borne_once_across_hubs(world: World) -> None:
    here, there = await world.start(), await world.start()
    await here.client("alice")
    other = await there.raw()
    await other.ok("hello", protocol=1)
    assert await other.error("login", nick="alice") == "nick_taken"


async def test_a_room_created_on_two_hubs_at_once_is_one_room(world: World) -> None:
    here, there = await world.start(), await world.start()
    alice, bob = await here.client("alice"), await there.client("bob")
    await asyncio.gather(alice.ok("join", room="#one", after=0), bob.ok("join", room="#one", after=0))
    await alice.post("#one", "hi")
    assert await alice.texts(1) == ["hi"]
    assert await bob.texts(1) == ["hi"]
    assert (await bob.ok("rooms"))["rooms"][0]["count"] == 2


async def test_a_nonce_recorded_by_another_hub_is_known_when_sent_again(world: World) -> None:
    here, there = await world.start(), await world.start()
    alice = await here.client("alice", "#r")
    receipt = await alice.post("#r", "once", nonce="n")
    back = await there.resume(alice.resume)
    assert (await back.post("#r", "once", nonce="n", again=True))["seq"] == receipt["seq"]


async def test_a_head_that_did_not_come_to_be_is_not_told_to_one_who_joins() -> None:
    store = HeldStore(MemoryLog())

    async def no_other() -> Store:
        return store

    world = World(no_other)
    node = await world.start()
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    (room,) = store.log.rooms.values()
    elsewhere = Event(
        room.id, 3, world.clock(), Sender("pelse", "carol", "person"), "c", b'{"type":"topic","text":"x"}'
    )
    store.first = (Change((elsewhere,)),)
    post = alice.send("post", room="#r", nonce="p", text="x")
    join = alice.send("join", room="#r")  # in one write, and so in one batch
    assert (await alice.reply(post))["seq"] == 4
    assert (await alice.reply(join))["head"] == 4
    alice.send("post", room="#r", nonce="q", text="next")
    assert [(await bob.event())["seq"] for _ in range(3)] == [3, 4, 5]
    await world.end()
