"""Stopping: goodbyes, what is pending, and a store that does not answer."""

import asyncio

from roomful.testing.memory import MemoryLog
from tests.support.failing_store import FailingStore
from tests.support.held_store import HeldStore

from .conftest import World


async def test_what_is_pending_is_recorded_and_everybody_gets_a_goodbye(world: World) -> None:
    store = HeldStore(MemoryLog())
    node = await world.start(store=store)
    alice = await node.client("alice", "#r")
    store.hold()
    alice.send("post", room="#r", nonce="1", text="being recorded")
    await asyncio.wait_for(store.reached.wait(), 10)
    alice.send("post", room="#r", nonce="2", text="pending")
    await (await node.raw()).ok("hello", protocol=1)  # by now it has been read
    closing = asyncio.create_task(node.hub.close())
    goodbye = await alice.goodbye()
    assert (goodbye["code"], goodbye["retry_after"]) == ("shutting_down", 1)
    store.release()
    assert await closing
    assert [len(room.events) for room in store.log.rooms.values()] == [3]


async def test_a_store_that_hangs_does_not_hold_up_the_end(world: World) -> None:
    store = HeldStore(MemoryLog())
    node = await world.start(store=store)
    alice = await node.client("alice", "#r")
    store.hold()
    alice.send("post", room="#r", nonce="1", text="x")
    await asyncio.wait_for(store.reached.wait(), 10)
    assert not await asyncio.wait_for(node.hub.close(within=0.05), 5)
    assert (await alice.goodbye())["code"] == "shutting_down"


async def test_a_store_that_fails_while_stopping_is_tried_once(world: World) -> None:
    store = FailingStore(MemoryLog())
    node = await world.start(store=store)
    alice = await node.client("alice", "#r")
    store.fail, store.refuse_reopening = "lost", 1_000_000
    assert (await alice.post("#r", "x"))["code"] == "store_unavailable"
    await node.hub.close(within=1)
    assert len([line for line in node.logged if "unavailable" in line]) < 10
