"""Endings that take a misbehaving peer, over real sockets."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from roomful.terminal.pair import ends, wire
from roomful.terminal.pair.address import Address
from roomful.terminal.pair.pulse import Pace
from roomful.terminal.pair.sentences import Outcome
from tests.pair.ends import PATIENCE, UNHURRIED, Bare, Script, bare, person

HURRIED = Pace(ping=0.05, silence=0.2)


class Talk:
    """A listener in this process, alice, in a talk with a bare caller, bob."""

    def __init__(self, alice: Script, bob: Bare, listening: asyncio.Task[Outcome], address: str) -> None:
        self.alice, self.bob, self.listening, self.address = alice, bob, listening, address


@asynccontextmanager
async def talking(pace: Pace = UNHURRIED, room_to_receive: int = 0) -> AsyncIterator[Talk]:
    alice = Script()
    listening = asyncio.create_task(ends.listen(Address("127.0.0.1", 0), person(alice, pace=pace)))
    try:
        async with asyncio.timeout(PATIENCE):
            address = (await alice.until("waiting at")).rpartition(" ")[2]
            bob = await bare(address, room_to_receive)
            await bob.call()
            await alice.until("connected to")
            yield Talk(alice, bob, listening, address)
            await bob.close()
            await listening
    finally:
        listening.cancel()


async def test_a_silent_peer_is_pinged_and_then_given_up() -> None:
    async with talking(HURRIED) as talk:
        assert (await talk.bob.receive())["type"] == "ping"
        said = await talk.listening
        assert said == Outcome("Nothing was heard from bob for too long: the connection is given up.", 1)


async def test_a_peer_that_answers_pings_is_kept() -> None:
    async with talking(HURRIED) as talk:
        for _ in range(6):
            ping = await talk.bob.receive()
            assert ping["type"] == "ping"
            talk.bob.send({"type": "ok", "re": ping["id"]})
        talk.bob.send({"type": "post", "id": 9, "room": "#pair", "nonce": "n", "text": "still here\n"})
        assert await talk.alice.until("bob: ") == "bob: still here\n"


async def test_a_reset_is_said_to_be_one() -> None:
    async with talking() as talk:
        connection = talk.bob.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        talk.bob.writer.transport.abort()
        said = await talk.listening
        assert said.code == 1
        assert said.sentence.startswith("The connection to bob was reset (")


async def test_a_peer_that_closes_without_a_word_and_owes_nothing_has_left() -> None:
    async with talking() as talk:
        talk.bob.writer.close()
        assert await talk.listening == Outcome("bob closed the connection.", 0)


async def test_a_peer_that_closes_in_the_middle_of_a_frame() -> None:
    async with talking() as talk:
        talk.bob.writer.write(b"\0\0\0\x10{")
        talk.bob.writer.close()
        assert await talk.listening == Outcome("bob closed the connection in the middle of a frame.", 1)


async def test_what_is_not_json_ends_the_talk_with_a_reason() -> None:
    async with talking() as talk:
        talk.bob.writer.write(b"\0\0\0\x01{")
        goodbye = await talk.bob.receive()
        assert (goodbye["type"], goodbye["code"]) == ("goodbye", "not_json")
        talk.bob.writer.close()
        assert (await talk.listening).code == 1


async def test_a_request_that_is_not_known_is_refused_and_the_talk_goes_on() -> None:
    async with talking() as talk:
        talk.bob.send({"type": "dance", "id": 7}, {"type": "rooms", "id": 8}, {"type": "ping", "id": 9})
        replies = [await talk.bob.receive() for _ in range(3)]
        assert [(r["re"], r.get("code")) for r in replies] == [(7, "unknown_type"), (8, "forbidden"), (9, None)]


async def test_a_post_is_acknowledged_when_it_has_been_shown_and_not_before() -> None:
    async with talking() as talk:
        shown = asyncio.Event()
        at_once = talk.alice.said

        async def slowly(nick: str, text: str) -> None:
            await shown.wait()
            await at_once(nick, text)

        talk.alice.said = slowly  # type: ignore[method-assign]
        talk.bob.send(
            {"type": "post", "id": 7, "room": "#pair", "nonce": "n", "text": "hi\n"}, {"type": "ping", "id": 8}
        )
        assert await talk.bob.receive() == {"type": "ok", "re": 8}
        shown.set()
        assert await talk.bob.receive() == {"type": "ok", "re": 7, "room": "#pair", "seq": 1}


async def test_more_posts_than_the_window_allows_are_refused() -> None:
    async with talking() as talk:
        stuck = asyncio.Event()

        async def never(nick: str, text: str) -> None:
            await stuck.wait()

        talk.alice.said = never  # type: ignore[method-assign]
        post = {"type": "post", "room": "#pair", "nonce": "n", "text": "hi\n"}
        talk.bob.send(*({**post, "id": 10 + n} for n in range(17)))
        refused = await talk.bob.receive()
        assert (refused["re"], refused["code"]) == (26, "rate_limited")
        stuck.set()


async def test_a_peer_that_asks_and_never_reads_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wire, "LINGER", 0.05)
    async with talking(room_to_receive=4_096) as talk:
        talk.bob.writer.transport.pause_reading()  # type: ignore[attr-defined]
        with suppress(ConnectionError):
            while not talk.listening.done():
                talk.bob.send(*({"type": "ping", "id": 1},) * 1_000)
                await talk.bob.writer.drain()
        assert "does not read" in (await talk.listening).sentence


async def test_what_was_typed_before_the_peer_left_still_arrives() -> None:
    async with talking() as talk:
        talk.alice.typed.put_nowait("one\ntwo\n")
        post = await talk.bob.receive()
        assert (post["type"], post["text"]) == ("post", "one\ntwo\n")
        talk.bob.send({"type": "bye", "id": 7}, {"type": "ping", "id": 8})
        assert await talk.bob.receive() == {"type": "ok", "re": 8}
        talk.bob.send({"type": "ok", "re": post["id"], "room": "#pair", "seq": 1})
        assert await talk.bob.receive() == {"type": "ok", "re": 7}
        assert (await talk.bob.receive())["code"] == "bye"
        talk.bob.writer.close()
        assert await talk.listening == Outcome("bob left.", 0)


@asynccontextmanager
async def answering(*replies: dict[str, object]) -> AsyncIterator[Address]:
    """Somebody who listens and gives these replies, whatever is asked, and then waits."""

    gone = asyncio.Event()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        peer = Bare(reader, writer)
        for reply in replies:
            await peer.receive()
            peer.send(reply)
        await reader.read()
        await peer.close()
        gone.set()

    server = await asyncio.start_server(accept, "127.0.0.1", 0)
    async with asyncio.timeout(PATIENCE), server:
        yield Address(*server.sockets[0].getsockname())
        await gone.wait()


async def test_calling_a_server_with_rooms_says_what_to_type() -> None:
    limits = {"max_frame": 1, "max_text": 1, "max_in_flight": 1, "idle": 1}
    welcome = {"type": "ok", "re": 1, "server": "Roomful", "protocol": 1, "epoch": "e", "features": [], **limits}
    async with answering(welcome) as address:
        said = await ends.call(address, person(Script()))
    assert said.code == 1
    assert said.sentence.endswith(f"roomful chat tcp://{address}")


async def test_a_listener_that_says_nothing_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ends, "INTRODUCING", 0.05)
    async with answering() as address:
        said = await ends.call(address, person(Script()))
    assert said == Outcome(
        f"What came from {address} is no one-to-one chat: It did not introduce itself within 0.05 seconds.", 1
    )


async def test_who_is_interrupted_while_calling_just_leaves() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody_accepts:
        bob = person(Script())
        calling = asyncio.create_task(ends.call(Address(*nobody_accepts.getsockname()), bob))
        bob.interrupted.set()
        assert await calling == Outcome("You left.", 0)
