"""A store that fails: the outcome is unknown, nothing is told twice, and everything goes on."""

from collections.abc import Sequence

import pytest

from roomful.errors import StoreUnavailable
from roomful.store import Appended, Change
from roomful.testing.memory import MemoryLog, MemoryStore

from .conftest import World


class FailingStore(MemoryStore):
    """Fails when told to: before it records, or after."""

    def __init__(self, data: MemoryLog) -> None:
        super().__init__(data)
        self.fail: str = ""
        self.closed_until_reopened = False
        self.refuse_reopening = 0

    async def append(self, changes: Sequence[Change]) -> Appended:
        if self.closed_until_reopened or self.fail == "before":
            self.closed_until_reopened, self.fail = True, ""
            raise StoreUnavailable("the disk is full")
        appended = await super().append(changes)
        if self.fail == "after":
            self.closed_until_reopened, self.fail = True, ""
            raise StoreUnavailable("fsync failed")
        return appended

    async def reopen(self) -> None:
        if self.refuse_reopening:
            self.refuse_reopening -= 1
            raise StoreUnavailable("still full")
        self.closed_until_reopened = False


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("refusals", [0, 2])
async def test_an_unknown_outcome_is_resent_and_recorded_once(world: World, when: str, refusals: int) -> None:
    store = FailingStore(world.data)
    node = await world.start(store=store)
    alice, bob = await node.client("alice", "#r"), await node.client("bob", "#r")
    await alice.post("#r", "first")
    store.fail, store.refuse_reopening = when, refusals
    reply = await alice.post("#r", "second", nonce="n")
    assert reply["code"] == "store_unavailable"
    assert reply["retry_after"] > 0
    while (reply := await alice.post("#r", "second", nonce="n", again=True))["type"] == "error":
        assert reply["code"] == "store_unavailable"
    await alice.post("#r", "third")
    assert await bob.texts(3) == ["first", "second", "third"]
    page = await alice.ok("history", room="#r")
    assert [e["body"]["text"] for e in page["events"][2:]] == ["first", "second", "third"]


async def test_a_login_with_unknown_outcome_can_be_repeated(world: World) -> None:
    store = FailingStore(world.data)
    node = await world.start(store=store)
    client = await node.raw()
    await client.ok("hello", protocol=1)
    store.fail = "before"
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
