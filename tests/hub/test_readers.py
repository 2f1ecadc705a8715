"""Readers that are not live: whatever goes wrong, none is left behind, and none costs for nothing."""

from typing import Any

import pytest

from roomful.domain.events import Event
from roomful.hub.rooms import Block, Tail
from roomful.hub.session import Session
from roomful.testing.memory import MemoryLog, MemoryStore

from .conftest import Node, World


def session_of(node: Node, nick: str) -> Session:
    """Somebody's only session."""
    return next(s for s in node.hub.sessions if s.participant and s.participant.sender.nick == nick)


def test_a_tail_knows_what_it_does_not_hold() -> None:
    tail = Tail()
    assert tail.after(0, 100) is None
    tail.append(Block(3, [b"three", b"four"]))
    tail.append(Block(5, [b"five"]))
    assert tail.after(1, 100) is None, "it begins after what is asked for"
    assert tail.after(2, 100) == (b"threefourfive", 5)
    assert tail.after(3, 100) == (b"fourfive", 5)
    assert tail.after(2, 1) == (b"threefour", 4)
    assert tail.after(5, 100) is None, "whoever asks knows of more: it is not here"


async def test_a_fault_while_reading_on_ends_the_connection_which_resumes_complete(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = await world.start()
    alice = await node.client("alice", "#r")
    await alice.post("#r", "once")
    bob = await node.client("bob")
    room = node.hub.rooms.find("#r")
    assert room is not None
    node.hub.rooms.drop_tails(room)
    wire = session_of(node, "bob").wire
    real = type(wire).events
    faults = iter([RuntimeError("a fault of ours")])

    def once(self: object, room: str, events: object) -> list[bytes]:
        if isinstance(events, list) and events[0].seq == 1 and (fault := next(faults, None)):
            raise fault
        return real(self, room, events)  # type: ignore[arg-type]

    monkeypatch.setattr(type(wire), "events", once)
    bob.send("join", room="#r", after=0)
    with pytest.raises((ConnectionError, EOFError)):
        while True:
            await bob.receive()
    back = await node.resume(bob.resume)
    await back.ok("join", room="#r", after=0)
    assert await back.texts(1) == ["once"]
    assert any("fault while reading on" in line for line in node.logged)
    node.logged.clear()


class CountingStore(MemoryStore):
    """Counts how often it is read."""

    reads = 0

    async def read(self, room: str, **which: Any) -> list[Event]:
        """See `Store.read`."""
        self.reads += 1
        return await super().read(room, **which)


async def test_nothing_is_read_for_one_to_whom_goodbye_was_said(world: World) -> None:
    store = CountingStore(MemoryLog())
    node = await world.start(store=store)
    alice, bob = await node.client("alice", "#r"), await node.client("bob")
    await alice.post("#r", "x")
    room = node.hub.rooms.find("#r")
    assert room is not None
    node.hub.rooms.drop_tails(room)
    bob.send("join", room="#r", after=0)
    bob.write(b"no JSON")
    assert (await bob.next(lambda o: o["type"] == "goodbye"))["code"] == "not_json"
    joined = await alice.next(lambda o: o["type"] == "event" and o["seq"] == 3)
    assert joined["sender"]["nick"] == "bob"
    for _ in range(5):
        await alice.ok("ping")
    assert store.reads == 0
