"""What becomes of rooms and of accounts behind a client's back, by a server that does what the test says."""

import asyncio

from roomful.client import Client, Ended, Resumed, RoomLost, RoomRenamed, Signalled, Told
from roomful.domain import commands, events, signals
from roomful.domain.answers import Joined, LoggedIn, Me
from roomful.errors import BadResume, NoSuchRoom

from .conftest import Connect
from .reading import next_of, texts
from .scripted import CAROL, Peer, Scripted, ignore, post

ANN = Me("p-ann", "ann", "person", "ann")


def accounts(server: Scripted) -> list[commands.Login]:
    """Let the server know one account, and no visit from before; the logins that it gets."""
    logins: list[commands.Login] = []

    async def login(peer: Peer, request: commands.Login) -> None:
        logins.append(request)
        if request.resume is not None:
            peer.refuse(request, BadResume())
            return
        peer.me = ANN
        peer.answer(request, LoggedIn(ANN, f"proof-{len(logins)}", "" if request.password else "tok", "d1"))

    server.handlers[commands.Login] = login
    return logins


async def test_an_account_whose_visit_was_forgotten_comes_back_by_its_token(server: Scripted) -> None:
    logins = accounts(server)
    async with Client(server.address, token="tok", random=lambda: 0.0) as ann:
        await ann.join("#lobby", last=0)
        server.peers[0].reset()
        assert (await next_of(ann, Resumed)).me == ANN
        assert [(one.resume, one.token, one.nick) for one in logins[1:]] == [
            ("proof-1", None, "ann"),
            (None, "tok", None),
        ]


async def test_an_account_whose_visit_was_forgotten_comes_back_by_its_password(server: Scripted) -> None:
    logins = accounts(server)
    async with Client(server.address, account="ann", password="four lamps", random=lambda: 0.0) as ann:
        unanswered = asyncio.create_task(ann.post("#lobby", "kept"))
        server.handlers[commands.Post] = ignore
        await server.asked(commands.Post)
        server.handlers[commands.Post] = post
        server.peers[0].reset()
        await unanswered
        assert (logins[-1].account, logins[-1].password) == ("ann", "four lamps")
        assert server.texts("#lobby") == ["kept"], "who it is has not changed, so it is sent again"


async def test_an_account_that_came_by_its_proof_alone_is_told_to_log_in(server: Scripted) -> None:
    async def known(peer: Peer, request: commands.Login) -> None:
        peer.me = ANN
        peer.answer(request, LoggedIn(ANN, "proof", device="d1"))
        accounts(server)

    server.handlers[commands.Login] = known
    async with Client(server.address, resume="proof", random=lambda: 0.0) as ann:
        server.peers[0].reset()
        ended = await next_of(ann, Ended)
        assert (ended.code, ended.message) == ("bad_resume", "This device was logged out of the account: log in again")


async def test_a_room_one_was_removed_from_is_not_joined_again(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    await alice.join("#tea", last=0)
    server.peers[0].signal("#tea", signals.Removed("deleted"))
    assert await next_of(alice, RoomLost) == RoomLost("#tea", "deleted", "The room was deleted.")
    server.peers[0].reset()
    assert (await next_of(alice, Resumed)).rooms == {"#lobby": 0}


async def test_who_leaves_is_not_told_that_the_room_is_lost(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    server.handlers[commands.Leave] = ignore
    leaving = asyncio.create_task(alice.leave("#lobby"))
    await server.asked(commands.Leave)
    server.peers[0].signal("#lobby", signals.Removed("left"))
    server.peers[0].signal("#den", signals.Invited(), CAROL)
    assert (await next_of(alice, Signalled)).body == signals.Invited(), "told although the room is not followed"
    leaving.cancel()


async def test_what_was_sent_to_a_room_arrives_under_its_new_name(server: Scripted, connect: Connect) -> None:
    """The reply was lost; meanwhile the room has been renamed. The client learns of it when it joins again, by the room's id."""

    async def join(peer: Peer, request: commands.Join) -> None:
        peer.answer(request, Joined("#old", 0, 1, id="r1"))
        server.logs["#old"] = []

    async def lose(peer: Peer, request: commands.Post) -> None:
        server.handlers[commands.Post] = post
        server.handlers[commands.Join] = renamed
        server.logs["#new"] = server.logs.pop("#old")
        server.record("#new", CAROL, events.Renamed("#new", "#old"))
        peer.reset()

    async def renamed(peer: Peer, request: commands.Join) -> None:
        assert request.room == "!r1"
        peer.answer(request, Joined("#new", len(server.logs["#new"]), 1, id="r1"))
        peer.follows["#new"] = request.after or 0
        peer.tell("#new")

    server.handlers[commands.Join] = join
    server.handlers[commands.Post] = lose
    alice = await connect("alice", "#old")
    await alice.post("#OLD", "hello")
    assert await next_of(alice, RoomRenamed) == RoomRenamed("#old", "#new")
    assert (await next_of(alice, Resumed)).rooms == {"#new": 1}
    assert (await next_of(alice, Told)).body == events.Renamed("#new", "#old")
    assert await texts(alice, 1) == ["hello"]
    assert [one.room for one in server.requests(commands.Post)] == ["#OLD", "#new"]


async def test_deleting_a_room_twice_is_deleting_it(server: Scripted, connect: Connect) -> None:
    async def done_but_not_told(peer: Peer, request: commands.Delete) -> None:
        server.handlers[commands.Delete] = gone
        peer.reset()

    async def gone(peer: Peer, request: commands.Delete) -> None:
        peer.refuse(request, NoSuchRoom())

    alice = await connect("alice", "#lobby")
    server.handlers[commands.Delete] = done_but_not_told
    await alice.delete("#lobby")
    assert server.requests(commands.Delete)[1].again
