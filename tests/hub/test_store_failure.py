"""A store that fails: the outcome is unknown, nothing is told twice, and everything goes on."""

import random
from pathlib import Path
from typing import Literal

import pytest

from roomful.store.sqlite import SqliteStore
from roomful.testing.memory import MemoryLog
from roomful.testing.vfs import FaultyDisk
from tests.support.failing_store import FailingStore
from tests.support.raw import Obj, RawClient

from .conftest import World


async def insist(client: RawClient, text: str, nonce: str) -> Obj:
    """Send a post again until its outcome is known."""
    while (reply := await client.post("#r", text, nonce=nonce, again=True))["type"] == "error":
        assert reply["code"] == "store_unavailable"
    return reply


@pytest.mark.parametrize("when", ["lost", "made"])
@pytest.mark.parametrize("refusals", [0, 2])
async def test_an_unknown_outcome_is_resent_and_recorded_once(
    world: World, when: Literal["lost", "made"], refusals: int
) -> None:
    store = FailingStore(MemoryLog())
    node = await world.start(store=store)
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    await alice.post("#r", "first")
    store.fail, store.refuse_reopening = when, refusals
    reply = await alice.post("#r", "second", nonce="n")
    assert reply["code"] == "store_unavailable"
    assert reply["retry_after"] > 0
    await insist(alice, "second", "n")
    await alice.post("#r", "third")
    assert await bob.texts(3) == ["first", "second", "third"]
    page = await alice.ok("history", room="#r")
    assert [e["body"]["text"] for e in page["events"][2:]] == ["first", "second", "third"]


async def test_a_login_with_unknown_outcome_can_be_repeated(world: World) -> None:
    store = FailingStore(MemoryLog())
    node = await world.start(store=store)
    client = await node.raw()
    await client.ok("hello", protocol=1)
    store.fail = "lost"
    assert await client.error("login", nick="alice") == "store_unavailable"
    await client.ok("login", nick="alice")
    await client.ok("join", room="#r")


async def test_a_fault_in_telling_one_room_is_told_again_from_the_log(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await world.start()
    alice = await node.client("alice", "#r")
    other = await node.client("bob", "#other")
    session = next(s for s in node.hub.sessions if s.participant and s.participant.sender.nick == "alice")
    real = session.wire.events
    faults = iter([RuntimeError("a fault of ours")])

    def once(room: str, events: object) -> list[bytes]:
        if room == "#r" and (fault := next(faults, None)):
            raise fault
        return real(room, events)  # type: ignore[arg-type]

    monkeypatch.setattr(session.wire, "events", once)
    await alice.post("#r", "lost?")
    assert await alice.texts(1) == ["lost?"]
    await other.post("#other", "unharmed")
    assert await other.texts(1) == ["unharmed"]
    assert any("fault while telling" in line for line in node.logged)
    node.logged.clear()


@pytest.mark.parametrize("fault", ["sync", "write", "full"])
async def test_a_disk_that_fails_under_load_costs_no_line_and_repeats_none(
    world: World, tmp_path: Path, fault: str
) -> None:
    rng = random.Random(fault)
    with FaultyDisk(f"faulty-{fault}") as disk:
        node = await world.start(store=await SqliteStore.open(tmp_path / "faulty.db", vfs=disk.name))
        alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
        for round_number in range(12):
            nonces = [f"{round_number}-{n}" for n in range(20)]
            asked = {alice.send("post", room="#r", nonce=nonce, text=nonce): nonce for nonce in nonces}
            if fault == "sync":
                disk.fail_syncs = 1
            elif fault == "write":
                disk.fail_write = rng.randrange(6)
            else:
                disk.full = True
            replies = {nonce: await alice.reply(re) for re, nonce in asked.items()}
            disk.full, disk.fail_syncs, disk.fail_write = False, 0, None
            for nonce, reply in replies.items():
                if reply["type"] == "error":
                    assert reply["code"] == "store_unavailable"
                    replies[nonce] = await insist(alice, nonce, nonce)
            assert sorted(r["seq"] for r in replies.values()) == [r["seq"] for r in replies.values()]
        said = [f"{round_number}-{n}" for round_number in range(12) for n in range(20)]
        assert await bob.texts(len(said)) == said
        fresh = await node.client("carol", "#r", after=0)
        assert await fresh.texts(len(said)) == said
        assert any("store unavailable" in line for line in node.logged)
        await world.stop(node)
