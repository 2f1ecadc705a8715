"""What was shown is marked as read: seldom, and never what is marked already."""

from collections.abc import AsyncIterator

import pytest

from roomful.client import Client
from roomful.domain import commands
from roomful.errors import NotMember, RateLimited
from roomful.terminal.marking import EVERY, Marking
from tests.client.scripted import Peer, Scripted
from tests.terminal.held import Time


@pytest.fixture
async def server() -> AsyncIterator[Scripted]:
    async with Scripted() as server:
        yield server


@pytest.fixture
async def client(server: Scripted) -> AsyncIterator[Client]:
    async with Client(server.address, nick="ann", random=lambda: 0.0) as client:
        yield client


async def test_many_lines_are_one_mark(server: Scripted, client: Client) -> None:
    time = Time()
    marking = Marking(client, time.sleep)
    for seq in range(1, 50):
        marking.shown("#a", seq)
    marking.shown("#b", 7)
    assert await time.passes() == EVERY
    found = [await server.asked(commands.Mark), await server.asked(commands.Mark)]
    assert {(mark.room, mark.seq) for mark in found} == {("#a", 49), ("#b", 7)}
    await client.ping()
    marking.shown("#a", 49)
    marking.shown("#b", 8)
    await time.passes()
    assert (await server.asked(commands.Mark)).seq == 8, "what is marked is not marked again"
    await marking.close()


async def test_threads_are_marked_apart(server: Scripted, client: Client) -> None:
    marking = Marking(client, Time().sleep)
    marking.shown("#a", 5)
    marking.shown("#a", 7, thread=3)
    marking.marked("#a", 7)
    await marking.flush()
    assert [(mark.room, mark.seq, mark.thread) for mark in server.requests(commands.Mark)] == [("#a", 7, 3)]
    await marking.close()


async def test_what_another_device_has_read_is_not_marked(server: Scripted, client: Client) -> None:
    marking = Marking(client, Time().sleep)
    marking.shown("#a", 5)
    marking.marked("#a", 6)
    marking.shown("#a", 6)
    await marking.flush()
    marking.shown("#a", 7)
    await marking.flush()
    assert [mark.seq for mark in server.requests(commands.Mark)] == [7]
    await marking.close()


async def test_a_mark_that_comes_too_fast_is_sent_with_the_next_round(server: Scripted, client: Client) -> None:
    async def too_fast(peer: Peer, request: commands.Mark) -> None:
        peer.refuse(request, RateLimited(retry_after=1.0))
        server.handlers[commands.Mark] = accepted

    accepted, server.handlers[commands.Mark] = server.handlers[commands.Mark], too_fast
    time = Time()
    marking = Marking(client, time.sleep)
    marking.shown("#a", 5)
    await time.passes()
    await server.asked(commands.Mark)
    await time.passes()
    assert (await server.asked(commands.Mark)).seq == 5
    await marking.close()


async def test_a_room_that_was_left_is_marked_no_more(server: Scripted, client: Client) -> None:
    async def refuse(peer: Peer, request: commands.Mark) -> None:
        peer.refuse(request, NotMember())

    server.handlers[commands.Mark] = refuse
    marking = Marking(client, Time().sleep)
    marking.shown("#a", 5)
    marking.shown("#b", 5)
    marking.forget("#b")
    await marking.flush()
    await marking.flush()
    assert [mark.room for mark in server.requests(commands.Mark)] == ["#a"]
    await marking.close()
