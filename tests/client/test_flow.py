"""A user who does not read: memory stays bounded, nothing is lost, and receipts arrive all the same."""

import asyncio
from collections.abc import Iterator

import pytest

from roomful.client import Client, Told, flow, inbox
from roomful.client.connection import Connection
from roomful.domain import events

from .conftest import Connect
from .reading import texts
from .scripted import CAROL, Scripted

SOFT, HARD = 16 * 1024, 512 * 1024  # HARD is beyond what one read from a socket brings
FLOOD = 4_000  # lines, many times of what the inbox takes


class Tap:
    """Watches whether clients read from their sockets."""

    def __init__(self) -> None:
        self.shut = asyncio.Event()
        self.opened = asyncio.Event()  # after it was shut

    def turned(self, on: bool) -> None:
        """A client reads, or does not."""
        if not on:
            self.shut.set()
        elif self.shut.is_set():
            self.opened.set()


@pytest.fixture
def tap(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tap]:
    """Small limits, and a look at what follows from them."""
    tap = Tap()
    read = Connection.read

    def watched(connection: Connection, on: bool) -> None:
        tap.turned(on)
        read(connection, on)

    monkeypatch.setattr(inbox, "SOFT", SOFT)
    monkeypatch.setattr(inbox, "HARD", HARD)
    monkeypatch.setattr(Connection, "read", watched)
    yield tap


def held(client: Client) -> int:
    """Bytes that came and were not read by the user."""
    return client._keeper.inbox.size


def flood(server: Scripted) -> list[str]:
    """Many lines in the lobby, said at once."""
    lines = [f"line {number}" for number in range(FLOOD)]
    for line in lines:
        server.record("#lobby", CAROL, events.Message(line))
    server.tell("#lobby")
    return lines


async def test_who_does_not_read_is_not_sent_more(server: Scripted, connect: Connect, tap: Tap) -> None:
    alice = await connect("alice", "#lobby")
    lines = flood(server)
    async with asyncio.timeout(10):
        await tap.shut.wait()
    assert not tap.opened.is_set()
    assert held(alice) < HARD
    assert await texts(alice, FLOOD) == lines
    assert tap.opened.is_set()
    assert held(alice) == 0


async def test_a_receipt_arrives_although_nobody_reads(server: Scripted, connect: Connect, tap: Tap) -> None:
    """It stands behind all those lines, of which there is no place for most: they are read from the log later."""
    alice = await connect("alice", "#lobby")
    lines = flood(server)
    assert (await alice.post("#lobby", "posted")).seq == FLOOD + 1
    assert HARD <= held(alice) < HARD + 1024
    assert await texts(alice, FLOOD + 1) == [*lines, "posted"]
    assert held(alice) == 0


async def test_who_posts_while_reading_does_not_wait_for_themselves(
    server: Scripted, connect: Connect, tap: Tap
) -> None:
    alice, bob = await connect("alice", "#lobby"), await connect("bob", "#copy")
    lines = flood(server)
    await alice.join("#copy")
    async with asyncio.timeout(30):
        copied = 0
        async for item in alice.events():
            if isinstance(item, Told) and item.room == "#lobby" and isinstance(item.body, events.Message):
                await alice.post("#copy", item.body.text)
                copied += 1
                assert held(alice) < HARD + 1024
                if copied == FLOOD:
                    break
    assert await texts(bob, FLOOD) == lines


async def test_who_does_not_read_for_long_is_not_cut_off(
    server: Scripted, connect: Connect, tap: Tap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server ends connections whose socket stays full; so what comes is read again after a while."""
    monkeypatch.setattr(flow, "PATIENCE", 0.01)
    alice = await connect("alice", "#lobby")
    lines = flood(server)
    async with asyncio.timeout(10):
        await tap.shut.wait()
        await tap.opened.wait()
    server.say("#lobby", "last")
    assert await texts(alice, FLOOD + 1) == [*lines, "last"]


async def test_a_cancelled_wait_loses_nothing(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    items = alice.events()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.001):
            await anext(items)
    server.say("#lobby", "hello")
    told = await anext(items)
    assert isinstance(told, Told)
    assert told.seq == 1
