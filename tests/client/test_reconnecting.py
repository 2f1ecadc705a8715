"""Losing the connection, and coming back as if nothing had happened."""

import asyncio
import itertools

import pytest

from roomful.client import (
    Client,
    ConnectionLost,
    Ended,
    HistoryReplaced,
    Lost,
    Resumed,
    RoomLost,
    Told,
)
from roomful.domain import commands, events
from roomful.domain.answers import Me
from roomful.domain.events import Sender
from roomful.errors import Ended as Goodbye
from roomful.errors import GuestsOff, Idle, NickTaken, NoSuchRoom, NotMember, RateLimited, ShuttingDown, TooSlow

from .conftest import Connect
from .reading import next_of, statuses, texts, until
from .scripted import CAROL, Peer, Scripted, follow, ignore, join, login, post, record


async def test_what_was_said_meanwhile_comes_once_and_in_order(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.say("#lobby", "one")
    assert await texts(alice, 1) == ["one"]
    server.peers[0].reset()
    await server.shut()
    server.say("#lobby", "two")
    server.say("#lobby", "three")
    await server.open()
    assert await texts(alice, 2) == ["two", "three"]
    server.say("#lobby", "four")
    assert await texts(alice, 1) == ["four"]
    assert alice.state == "connected"
    rejoin = server.requests(commands.Join)[-1]
    assert (rejoin.after, rejoin.epoch) == (1, "e1")
    assert server.requests(commands.Login)[-1].resume == alice.resume


async def test_the_loss_is_told_then_the_return_then_what_was_missed(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.record("#lobby", CAROL, events.Message("missed"))
    server.peers[0].reset()
    items = await until(alice, Told)
    assert [type(item) for item in items] == [Lost, Resumed, Told]
    lost, resumed, _ = items
    assert isinstance(lost, Lost)
    assert lost.reason == "reset by the server"
    assert resumed == Resumed({"#lobby": 1}, alice.me)


@pytest.mark.parametrize("recorded", [True, False], ids=["after", "before"])
async def test_a_post_is_there_once_when_the_connection_breaks_before_its_receipt(
    server: Scripted, connect: Connect, recorded: bool
) -> None:
    async def break_once(peer: Peer, request: commands.Post) -> None:
        if recorded:
            record(peer, request)
        server.handlers[commands.Post] = post
        peer.reset()

    server.handlers[commands.Post] = break_once
    alice = await connect("alice", "#lobby")
    receipts = await asyncio.gather(*(alice.post("#lobby", text) for text in ("one", "two", "three")))
    assert [receipt.seq for receipt in receipts] == [1, 2, 3]
    assert server.texts("#lobby") == ["one", "two", "three"]
    assert await texts(alice, 3) == ["one", "two", "three"]
    first, *_ = server.requests(commands.Post)
    again = [request for request in server.requests(commands.Post) if request.nonce == first.nonce]
    assert [request.again for request in again] == [False, True]


async def test_what_is_sent_again_goes_before_what_was_not_sent_yet(server: Scripted, connect: Connect) -> None:
    async def break_once(peer: Peer, request: commands.Post) -> None:
        server.handlers[commands.Post] = post
        peer.reset()

    server.welcome = type(server.welcome)("scripted", 1, "", (), 65_536, 16_000, 2, 120.0)
    server.handlers[commands.Post] = break_once
    alice = await connect("alice", "#lobby")
    wanted = [str(number) for number in range(10)]
    await asyncio.gather(*(alice.post("#lobby", text) for text in wanted))
    assert server.texts("#lobby") == wanted


async def test_what_is_asked_while_the_connection_is_lost_is_done_when_it_is_back(
    server: Scripted, connect: Connect
) -> None:
    alice = await connect("alice", "#lobby", random=lambda: 0.01)
    await server.shut()
    server.peers[0].reset()
    await next_of(alice, Lost)
    assert alice.state == "reconnecting"
    asked = asyncio.gather(
        alice.post("#lobby", "later"),
        alice.join("#tea"),
        alice.topic("#lobby", "tea"),
        alice.nick("alicia"),
        alice.rooms(),
    )
    with pytest.raises(ConnectionLost):
        await alice.typing("#lobby")
    with pytest.raises(ConnectionLost):
        await alice.ping()
    await server.open()
    receipt, joined, *_, rooms = await asked
    assert (receipt.seq, joined.room, len(rooms)) == (1, "#tea", 2)
    assert not any(request.again for request in server.requests(commands.Post))


async def test_requests_without_a_reply_are_asked_again(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    kinds: tuple[type, ...] = (
        commands.Join,
        commands.Leave,
        commands.Nick,
        commands.Topic,
        commands.Rooms,
        commands.History,
    )
    handlers = {kind: server.handlers[kind] for kind in kinds}
    server.handlers |= dict.fromkeys(kinds, ignore)
    asked = asyncio.gather(
        alice.join("#tea"),
        alice.nick("alicia"),
        alice.topic("#lobby", "tea"),
        alice.history("#lobby"),
        alice.leave("#lobby"),
    )
    await server.asked(commands.Leave)
    server.handlers |= handlers
    server.peers[0].reset()
    await asked
    await next_of(alice, Resumed)
    rejoined = [request.room for request in server.requests(commands.Join)]
    assert rejoined == ["#lobby", "#tea", "#tea"]  # a room that is being left is not joined again
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).rooms == {"#tea": 0}


async def test_waits_grow_and_are_random(server: Scripted) -> None:
    waits: list[float] = []
    chances = itertools.cycle([0.5, 1.0])
    enough = asyncio.Event()

    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 9:
            enough.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    async with Client(server.address, nick="alice", random=lambda: next(chances), sleep=sleep) as alice:
        await server.shut()
        server.peers[0].reset()
        await enough.wait()
        assert waits == [0.25, 1, 1, 4, 4, 16, 15, 30, 15]
        told = [await next_of(alice, Lost) for _ in waits]
        assert [lost.retry_in for lost in told] == waits
        assert {lost.reason for lost in told[1:]} == {f"Nobody listens at {server.address}"}


async def test_a_goodbye_says_when_to_come_back(server: Scripted, connect: Connect) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    alice = await connect("alice", "#lobby", sleep=sleep)
    for why in (ShuttingDown(retry_after=2.5), TooSlow(retry_after=0), Idle(retry_after=1)):
        server.peers[0].goodbye(why)
        assert (await next_of(alice, Lost)).reason == why.message.rstrip(".")
        assert (await next_of(alice, Resumed)).rooms == {"#lobby": 0}
    assert waits == [2.5, 0, 1]


async def test_a_goodbye_for_good_is_the_end(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.handlers[commands.Post] = ignore
    waiting = asyncio.create_task(alice.post("#lobby", "hello"))
    await server.asked(commands.Post)
    server.peers[0].goodbye(Goodbye("Replaced by another connection."))
    assert await statuses(alice) == [Ended("ended", "Replaced by another connection")]
    assert alice.state == "closed"
    with pytest.raises(ConnectionLost, match="Replaced"):
        await waiting
    with pytest.raises(ConnectionLost):
        await alice.post("#lobby", "hello")


async def test_a_login_that_is_refused_for_good_is_the_end(server: Scripted, connect: Connect) -> None:
    async def refuse(peer: Peer, request: commands.Login) -> None:
        peer.refuse(request, GuestsOff("No guests."))

    alice = await connect()
    server.handlers[commands.Login] = refuse
    server.peers[0].reset()
    assert (await statuses(alice))[-1] == Ended("guests_off", "No guests")


async def test_a_server_that_has_forgotten_the_visit_gets_a_new_one(server: Scripted, connect: Connect) -> None:
    """The nonces of the old visit mean nothing in the new one: what may have been recorded is not sent again."""
    alice = await connect("alice", "#lobby")
    server.handlers[commands.Post] = ignore
    unknown = asyncio.create_task(alice.post("#lobby", "recorded?"))
    await server.asked(commands.Post)
    server.handlers[commands.Post] = post
    server.people.clear()
    server.people["taken"] = Me("p0", "somebody", "person")
    server.peers[0].reset()
    resumed = await next_of(alice, Resumed)
    assert (resumed.me.id, resumed.me.nick) == ("p1", "alice")
    with pytest.raises(ConnectionLost):
        await unknown
    assert (await alice.post("#lobby", "new")).seq == 1


async def test_a_nick_that_was_given_away_gets_a_number(server: Scripted, connect: Connect) -> None:
    async def taken(peer: Peer, request: commands.Login) -> None:
        if request.nick in ("alice", "alice2"):
            peer.refuse(request, NickTaken())
        else:
            assert request.resume is not None
            server.people[request.resume] = Me("p0", request.nick or "", "person")
            await login(peer, request)

    alice = await connect("alice")
    server.handlers[commands.Login] = taken
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).me.nick == "alice3"
    assert alice.me == Me("p0", "alice3", "person")


async def test_who_came_back_without_a_nick_keeps_the_one_it_had(server: Scripted, connect: Connect) -> None:
    first = await connect("alice")
    await first.close()
    second = await connect(None, resume=first.resume)
    server.peers[-1].reset()
    await next_of(second, Resumed)
    assert server.requests(commands.Login)[-1].nick == "alice"


async def test_another_history_is_told_and_the_rooms_go_on_live(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.say("#lobby", "of the old history")
    assert await texts(alice, 1) == ["of the old history"]
    server.handlers[commands.Post] = ignore
    unknown = asyncio.create_task(alice.post("#lobby", "recorded?"))
    await server.asked(commands.Post)
    server.handlers[commands.Post] = post
    server.epoch = "e2"
    server.logs["#lobby"].clear()
    for text in ("one", "two", "three"):
        server.record("#lobby", CAROL, events.Message(text))
    server.peers[0].reset()
    items = await until(alice, Resumed)
    assert [type(item) for item in items] == [Lost, HistoryReplaced, Resumed]
    with pytest.raises(ConnectionLost):
        await unknown
    await alice.post("#lobby", "four")
    assert await texts(alice, 1) == ["four"]
    server.peers[0].reset()  # the new epoch is known now
    items = await until(alice, Resumed)
    assert [type(item) for item in items] == [Lost, Resumed]


async def test_a_cursor_ahead_of_its_room_means_another_history(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    await alice.join("#tea")
    server.say("#lobby", "one")
    server.say("#tea", "two")
    assert sorted(await texts(alice, 2)) == ["one", "two"]
    server.logs["#tea"].clear()
    server.record("#lobby", CAROL, events.Message("not told: its number may mean another line"))
    server.peers[0].reset()
    items = await until(alice, Resumed)
    assert [type(item) for item in items] == [Lost, HistoryReplaced, Resumed]
    server.say("#tea", "one again")
    assert await texts(alice, 1) == ["one again"]


async def test_a_room_that_is_no_more_is_told(server: Scripted, connect: Connect) -> None:
    async def gone(peer: Peer, request: commands.Join) -> None:
        if request.room == "#tea":
            peer.refuse(request, NoSuchRoom("There is no room #tea."))
        else:
            await join(peer, request)

    alice = await connect("alice", "#lobby")
    await alice.join("#tea")
    server.handlers[commands.Join] = gone
    server.peers[0].reset()
    assert await next_of(alice, RoomLost) == RoomLost("#tea", "no_such_room", "There is no room #tea.")
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).rooms == {"#lobby": 0}


async def test_joins_that_come_too_fast_are_made_when_they_may(server: Scripted, connect: Connect) -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    async def slowly(peer: Peer, request: commands.Join) -> None:
        server.handlers[commands.Join] = join
        peer.refuse(request, RateLimited(retry_after=7.5))

    alice = await connect("alice", "#lobby", sleep=sleep)
    server.handlers[commands.Join] = slowly
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).rooms == {"#lobby": 0}
    assert waits == [0, 7.5]


async def test_nothing_is_lost_when_the_connection_breaks_while_it_comes_back(
    server: Scripted, connect: Connect
) -> None:
    async def break_behind_the_first(peer: Peer, request: commands.Join) -> None:
        server.handlers[commands.Join] = join
        follow(peer, request, len(server.logs[request.room]))
        await peer.writer.drain()
        peer.goodbye(ShuttingDown(retry_after=0))

    alice = await connect("alice", "#lobby")
    for text in ("one", "two"):
        server.record("#lobby", CAROL, events.Message(text))
    server.handlers[commands.Join] = break_behind_the_first
    server.peers[0].reset()
    assert await texts(alice, 2) == ["one", "two"]
    await next_of(alice, Resumed)
    server.say("#lobby", "three")
    assert await texts(alice, 1) == ["three"]


async def test_a_dead_server_is_noticed(server: Scripted, connect: Connect) -> None:
    server.welcome = type(server.welcome)("scripted", 1, "", (), 65_536, 16_000, 64, idle=0.1)
    alice = await connect("alice")
    await server.asked(commands.Ping)
    server.handlers[commands.Ping] = ignore
    assert (await next_of(alice, Lost)).reason == "no sign of life from the server"
    await next_of(alice, Resumed)


async def test_a_server_that_is_only_late_is_not_taken_for_dead(server: Scripted, connect: Connect) -> None:
    """Bytes are a sign of life: the reply to a ping may stand behind a lot of them."""
    server.welcome = type(server.welcome)("scripted", 1, "", (), 65_536, 16_000, 64, idle=0.1)
    server.handlers[commands.Ping] = talk
    alice = await connect("alice", "#lobby")
    assert await texts(alice, 5) == ["still here"] * 5
    assert len(server.requests(commands.Login)) == 1


async def talk(peer: Peer, request: commands.Ping) -> None:
    peer.server.say("#lobby", "still here")


async def test_a_room_that_was_left_elsewhere_is_not_joined_again(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    me = Sender(alice.me.id, alice.me.nick, alice.me.kind)
    server.record("#lobby", me, events.Nick("alicia"))
    server.record("#lobby", me, events.Leave())
    server.tell("#lobby")
    while not isinstance((await next_of(alice, Told)).body, events.Leave):
        pass
    assert alice.me.nick == "alicia"
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).rooms == {}


async def test_a_leave_of_the_past_does_not_count(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice")
    me = Sender(alice.me.id, alice.me.nick, alice.me.kind)
    for body in (events.Join(), events.Nick("alicia"), events.Leave(), events.Join()):
        server.record("#lobby", me, body)
    await alice.join("#lobby", after=0)
    server.say("#lobby", "here")
    assert await texts(alice, 1) == ["here"]
    assert alice.me.nick == "alice"


async def test_a_leave_that_was_done_before_the_loss_is_no_error(server: Scripted, connect: Connect) -> None:
    async def done_but_not_told(peer: Peer, request: commands.Leave) -> None:
        peer.reset()
        server.handlers[commands.Leave] = refuse

    async def refuse(peer: Peer, request: commands.Leave) -> None:
        peer.refuse(request, NotMember())

    alice = await connect("alice", "#lobby")
    server.handlers[commands.Leave] = done_but_not_told
    await alice.leave("#LOBBY")
    await next_of(alice, Resumed)
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).rooms == {}
    with pytest.raises(NotMember):
        await alice.leave("#lobby")


async def test_close_while_the_connection_is_lost(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", random=lambda: 1.0)
    await server.shut()
    server.peers[0].reset()
    await next_of(alice, Lost)
    waiting = asyncio.create_task(alice.join("#lobby"))
    await asyncio.sleep(0)  # let the join begin
    await alice.bye()
    with pytest.raises(ConnectionLost):
        await waiting
    assert alice.state == "closed"
    assert await statuses(alice) == []
