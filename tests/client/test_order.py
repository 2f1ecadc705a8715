"""Every event of a room once and in order, whatever happens on the way."""

import asyncio
from collections.abc import Iterable

import pytest

from roomful.client import Lost, Told
from roomful.domain import commands, events, signals
from roomful.errors import CursorAhead
from roomful.protocol import frames, native

from .conftest import Connect
from .reading import next_of, texts, until
from .scripted import CAROL, Peer, Scripted, ignore, join


class Fate:
    """How often an event comes, by its text; only the first time it is sent, then once."""

    def __init__(self, copies: dict[str, int]) -> None:
        self._copies = copies

    def __call__(self, peer: Peer, payload: bytes) -> Iterable[bytes]:
        told = native.decode_pushed(payload)
        assert isinstance(told, Told)
        assert isinstance(told.body, events.Message)
        return [payload] * self._copies.pop(told.body.text, 1)


async def test_a_repeated_event_comes_once(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.fate = Fate({"two": 3})
    for text in ("one", "two", "three"):
        server.say("#lobby", text)
    assert await texts(alice, 3) == ["one", "two", "three"]
    await alice.ping()  # whatever it made the client ask has come by now
    assert len(server.requests(commands.Join)) == 1


async def test_a_gap_is_read_from_the_log(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.fate = Fate({"two": 0, "three": 0})
    for text in ("one", "two", "three", "four", "five"):
        server.say("#lobby", text)
    assert await texts(alice, 5) == ["one", "two", "three", "four", "five"]
    assert [request.after for request in server.requests(commands.Join)] == [None, 1]
    assert len(server.requests(commands.Login)) == 1  # the connection went on


async def test_a_gap_in_a_room_that_is_being_left_makes_nobody_a_member_again(
    server: Scripted, connect: Connect
) -> None:
    alice = await connect("alice", "#lobby")
    server.handlers[commands.Leave] = ignore
    leaving = asyncio.create_task(alice.leave("#lobby"))
    await server.asked(commands.Leave)
    server.fate = Fate({"one": 0})
    server.say("#lobby", "one")
    server.say("#lobby", "two")
    await alice.ping()  # whatever it made the client ask has come by now
    await alice.ping()
    assert len(server.requests(commands.Join)) == 1
    leaving.cancel()


async def test_a_gap_that_cannot_be_closed_makes_another_connection(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    first = server.peers[0]
    server.fate = lambda peer, payload: () if peer is first and b'"two"' in payload else (payload,)
    for text in ("one", "two", "three"):
        server.say("#lobby", text)
    assert await texts(alice, 1) == ["one"]
    assert (await next_of(alice, Lost)).reason == "an event of #lobby does not come"
    assert await texts(alice, 2) == ["two", "three"]


async def test_a_gap_in_a_history_that_is_no_more(server: Scripted, connect: Connect) -> None:
    """The rooms are joined on another connection, where all of them start over alike."""

    async def ahead(peer: Peer, request: commands.Join) -> None:
        server.handlers[commands.Join] = join
        peer.refuse(request, CursorAhead())

    alice = await connect("alice", "#lobby")
    server.handlers[commands.Join] = ahead
    server.fate = Fate({"one": 0})
    server.say("#lobby", "one")
    server.say("#lobby", "two")
    await next_of(alice, Lost)
    assert await texts(alice, 2) == ["one", "two"]


async def test_rooms_do_not_mind_each_other(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    await alice.join("#tea")
    server.fate = Fate({"tea 1": 0})
    for number in range(3):
        server.say("#tea", f"tea {number}")
        server.say("#lobby", f"lobby {number}")
    told = [await next_of(alice, Told) for _ in range(6)]
    for room in ("#tea", "#lobby"):
        assert [item.seq for item in told if item.room == room] == [1, 2, 3]


async def test_where_a_join_begins(server: Scripted, connect: Connect) -> None:
    for number in range(10):
        server.record("#lobby", CAROL, events.Message(str(number)))
    alice, bob, carol = await connect("alice"), await connect("bob"), await connect("carol")
    await alice.join("#lobby", last=2)
    await bob.join("#lobby", after=5)
    await carol.join("#lobby")
    server.say("#lobby", "live")
    assert await texts(alice, 3) == ["8", "9", "live"]
    assert await texts(bob, 5) == ["5", "6", "7", "8", "9", "live"][:5]
    assert await texts(carol, 1) == ["live"]
    await alice.join("#lobby", after=9)  # asked for again: comes again
    assert await texts(alice, 2) == ["9", "live"]


async def test_events_of_a_room_that_was_left_do_not_come(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    await alice.join("#tea")
    await alice.leave("#tea")
    server.peers[0].follows["#tea"] = 0
    server.say("#tea", "to nobody")
    server.peers[0].signal("#tea", signals.Typing(), CAROL)
    server.peers[0].signal("#lobby", signals.Typing(), CAROL)
    server.say("#lobby", "to alice")
    items = await until(alice, Told)
    assert [getattr(item, "room", "") for item in items] == ["#lobby", "#lobby"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 100])
async def test_bytes_come_in_any_portions(server: Scripted, connect: Connect, size: int) -> None:
    """Half a frame, or two and a half, in one read."""
    alice = await connect("alice", "#lobby")
    peer = server.peers[0]
    for number in range(20):
        server.record("#lobby", CAROL, events.Message(f"line {number} – ä €"))
    data = frames.join(native.encode_event("#lobby", event) for event in server.logs["#lobby"])
    for at in range(0, len(data), size):
        peer.send_bytes(data[at : at + size])
        await peer.writer.drain()
        await asyncio.sleep(0)  # let the client read this portion alone
    assert await texts(alice, 20) == [f"line {number} – ä €" for number in range(20)]


@pytest.mark.parametrize(
    "garbage",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff\xff\xff\xff",
        frames.frame(b""),
        frames.frame(b"[]"),
        frames.frame(b"\xff"),
        frames.frame(b'{"type":"event","room":"#lobby"}'),
        frames.frame(b'{"type":"event","room":"#lobby","seq":1,"at":"soon","sender":null,"nonce":"","body":{}}'),
        frames.frame(b'{"type":"error","re":null,"code":"bad_request","message":"?"}'),
        frames.frame(b"[" * 30_000),
        frames.frame(b"{}")[:-1],
    ],
    ids=lambda data: repr(data[:20]),
)
async def test_garbage_from_the_server_ends_the_connection_and_nothing_else(
    server: Scripted, connect: Connect, garbage: bytes
) -> None:
    alice = await connect("alice", "#lobby")
    server.say("#lobby", "before")
    server.peers[0].send_bytes(garbage)
    server.peers[0].writer.close()  # half a frame needs this to be known for what it is
    server.record("#lobby", CAROL, events.Message("after"))
    assert await texts(alice, 2) == ["before", "after"]
    assert len(server.requests(commands.Login)) == 2


async def test_what_a_later_release_sends_is_no_error(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    peer = server.peers[0]
    peer.send(b'{"type":"fanfare","re":1,"loud":true}')
    peer.send(b'{"type":"signal","room":"#lobby","sender":null,"body":{"type":"weather"},"new":1}')
    peer.send(b'{"type":"ok","re":999999}')
    event = events.Event("#lobby", 1, 0, CAROL, "", b'{"type":"parade","size":3}')
    server.logs["#lobby"].append(event)
    server.tell("#lobby")
    told = await next_of(alice, Told)
    assert told.body == events.Unknown("parade", {"size": 3})
    server.say("#lobby", "go on")
    assert await texts(alice, 1) == ["go on"]
    assert len(server.requests(commands.Login)) == 1


# -- direct rooms ---------------------------------------------------------------------------------


def whisper(server: Scripted, text: str) -> None:
    """Somebody says something in the direct room; who does not follow it gets a signal."""
    seq = server.record("!d1", CAROL, events.Message(text))
    server.tell("!d1")
    for peer in server.peers:
        if "!d1" not in peer.follows:
            peer.signal("!d1", signals.Direct(seq, CAROL))


async def test_a_direct_room_is_followed_unasked(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice")
    for text in ("psst", "are you there?"):
        whisper(server, text)
    assert await texts(alice, 2) == ["psst", "are you there?"]
    assert alice.peer("!d1") == CAROL
    assert alice.peer("#lobby") is None
    whisper(server, "hey")
    assert await texts(alice, 1) == ["hey"]
    assert [request.after for request in server.requests(commands.Join)] == [0]


async def test_a_direct_room_that_was_left_comes_back_with_its_news(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice")
    whisper(server, "old")
    assert await texts(alice, 1) == ["old"]
    await alice.leave("!d1")
    whisper(server, "new")
    assert await texts(alice, 1) == ["new"]


async def test_what_was_whispered_while_one_was_away(server: Scripted, connect: Connect) -> None:
    """The signal was lost with the connection: the list of one's rooms tells the same."""
    server.directs["!d1"] = CAROL
    alice = await connect("alice", "#lobby", random=lambda: 0.01)
    await server.shut()
    server.peers[0].reset()
    await next_of(alice, Lost)
    server.record("!d1", CAROL, events.Message("psst"))
    await server.open()
    assert await texts(alice, 1) == ["psst"]


async def test_what_was_whispered_before_one_came_is_no_news(server: Scripted, connect: Connect) -> None:
    server.directs["!d1"] = CAROL
    first = await connect("alice")
    await first.close()
    whisper(server, "known since yesterday")
    second = await connect("alice", resume=first.resume)
    assert second.peer("!d1") == CAROL
    whisper(server, "new")
    assert await texts(second, 1) == ["new"]


async def test_joining_what_was_followed_unasked_tells_nothing_twice(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice")
    server.directs["!d1"] = CAROL
    server.record("!d1", CAROL, events.Message("psst"))
    server.peers[0].signal("!d1", signals.Direct(1, CAROL))
    joined = await alice.join("!d1", last=50)
    assert joined.peer == CAROL
    await server.asked(commands.Join)
    await server.asked(commands.Join)
    whisper(server, "hey")
    assert (await texts(alice, 2))[-1] == "hey"
