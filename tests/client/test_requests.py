"""What may be asked, one thing after the other and many at a time."""

import asyncio
import time
from itertools import count

import pytest

from roomful.client import ConnectionLost, Told
from roomful.domain import commands
from roomful.errors import BadText, BotPace, Ended, NotMember, RateLimited, SlowMode, StoreUnavailable

from .conftest import Connect
from .reading import next_of, statuses, texts
from .scripted import Peer, Scripted, bye, ignore, join, post, receipt, record


async def test_what_is_posted_is_told_to_all(connect: Connect) -> None:
    alice, bob = await connect("alice", "#lobby"), await connect("bob", "#lobby")
    receipt = await alice.post("#lobby", "hello", style="action", reply_to=None)
    told = await next_of(bob, Told)
    assert (told.seq, told.sender.nick, told.room) == (receipt.seq, "alice", "#lobby")
    assert await texts(alice, 1) == ["hello"]


async def test_posts_are_sent_in_the_order_in_which_they_were_made(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    wanted = [f"line {number}" for number in range(500)]
    receipts = await asyncio.gather(*(alice.post("#lobby", text) for text in wanted))
    assert [receipt.seq for receipt in receipts] == list(range(1, 501))
    assert server.texts("#lobby") == wanted
    assert len({request.id for request in server.seen}) == len(server.seen)


async def test_no_more_is_in_flight_than_the_server_takes(server: Scripted, connect: Connect) -> None:
    unanswered: list[tuple[Peer, commands.Post]] = []

    async def keep(peer: Peer, request: commands.Post) -> None:
        unanswered.append((peer, request))

    server.handlers[commands.Post] = keep
    alice = await connect("alice", "#lobby")
    posts = [asyncio.create_task(alice.post("#lobby", str(number))) for number in range(100)]
    for answered in range(3):
        for _ in range(64 if answered == 0 else 1):
            await server.asked(commands.Post)
        assert len(unanswered) == 64 + answered
        await post(*unanswered[answered])
        await posts[answered]
    server.handlers[commands.Post] = post
    for peer, request in unanswered[3:]:
        await post(peer, request)
    await asyncio.gather(*posts)


async def test_a_post_is_given_up_when_its_caller_is(server: Scripted, connect: Connect) -> None:
    server.handlers[commands.Join] = ignore
    alice = await connect("alice")
    waiting = asyncio.create_task(alice.join("#lobby"))
    await server.asked(commands.Join)
    waiting.cancel()
    server.handlers[commands.Join] = join
    await alice.join("#lobby")
    assert (await alice.post("#lobby", "hello")).seq == 1


async def test_questions_are_asked_until_their_lists_are_whole(server: Scripted, connect: Connect) -> None:
    alice = await connect()
    for room in ("#a", "#b", "#c", "#d", "#e"):
        await alice.join(room)
    assert [info.room for info in await alice.rooms()] == ["#a", "#b", "#c", "#d", "#e"]
    assert [member.nick for member in await alice.members("#a")] == ["a", "b", "c", "d", "e"]
    for text in ("one", "two", "three"):
        await alice.post("#a", text)
    page = await alice.history("#a", limit=2)
    assert ([told.seq for told in page.events], page.head) == ([2, 3], 3)
    assert (await alice.topic("#a", "tea")).seq == 4
    assert await alice.nick("alicia") == "alicia"
    assert alice.me.nick == "alicia"
    await alice.typing("#a")
    assert await alice.ping() < 10


@pytest.mark.parametrize(
    "text",
    ["x" * 16_001, "ä" * 8_001, "a\0b", "half of a pair: \ud83d", "\x01" * 15_000],
    ids=["long", "long in bytes", "NUL", "surrogate", "long in JSON"],
)
async def test_what_is_no_text_is_refused_before_it_is_sent(server: Scripted, connect: Connect, text: str) -> None:
    alice = await connect("alice", "#lobby")
    with pytest.raises(BadText):
        await alice.post("#lobby", text)
    await alice.post("#lobby", "x" * 16_000)
    assert len(server.requests(commands.Post)) == 1


async def test_a_refusal_raises_its_class_and_nothing_else_suffers(server: Scripted, connect: Connect) -> None:
    async def refuse(peer: Peer, request: commands.Post) -> None:
        if request.text == "bad":
            peer.refuse(request, NotMember("You are not in #lobby."))
        else:
            await post(peer, request)

    server.handlers[commands.Post] = refuse
    alice = await connect("alice", "#lobby")
    good, bad = await asyncio.gather(alice.post("#lobby", "good"), alice.post("#lobby", "bad"), return_exceptions=True)
    assert isinstance(bad, NotMember)
    assert not isinstance(good, BaseException)


async def test_an_unavailable_store_is_asked_again_with_the_same_nonce(server: Scripted, connect: Connect) -> None:
    """The post was recorded, but the server does not know that: only the nonce can tell."""
    tries = count()

    async def unavailable_twice(peer: Peer, request: commands.Post) -> None:
        seq = record(peer, request)
        if next(tries) < 2:
            peer.refuse(request, StoreUnavailable(retry_after=0.001))
        else:
            receipt(peer, request, seq)

    server.handlers[commands.Post] = unavailable_twice
    alice = await connect("alice", "#lobby")
    assert (await alice.post("#lobby", "once")).seq == 1
    assert server.texts("#lobby") == ["once"]
    sent = server.requests(commands.Post)
    assert [request.again for request in sent] == [False, True, True]
    assert len({request.nonce for request in sent}) == 1


async def test_a_patient_client_waits_where_a_rate_limit_says_so(server: Scripted, connect: Connect) -> None:
    tries = count()

    async def every_third(peer: Peer, request: commands.Post) -> None:
        if next(tries) % 3 == 2:
            await post(peer, request)
        else:
            peer.refuse(request, RateLimited(retry_after=0.01))

    server.handlers[commands.Post] = every_third
    alice = await connect("alice", "#lobby", patient=True)
    begun = time.perf_counter()
    for text in ("one", "two", "three"):
        await alice.post("#lobby", text)
    assert time.perf_counter() - begun >= 6 * 0.01
    assert server.texts("#lobby") == ["one", "two", "three"]
    assert not any(request.again for request in server.requests(commands.Post))
    hasty = await connect("bob", "#lobby")
    with pytest.raises(RateLimited):
        await hasty.post("#lobby", "four")


@pytest.mark.parametrize("why", [SlowMode(retry_after=30.0), BotPace(retry_after=30.0)])
async def test_what_one_room_lets_wait_holds_up_no_other(server: Scripted, connect: Connect, why: RateLimited) -> None:
    async def slowly(peer: Peer, request: commands.Post) -> None:
        if request.room == "#slow":
            peer.refuse(request, why)
        else:
            await post(peer, request)

    server.handlers[commands.Post] = slowly
    eliza = await connect("eliza", "#lobby", patient=True)
    with pytest.raises(type(why)):
        await eliza.post("#slow", "one")
    assert (await eliza.post("#lobby", "two")).seq == 1


async def test_a_store_that_stays_unavailable_is_told_in_the_end(server: Scripted, connect: Connect) -> None:
    async def unavailable(peer: Peer, request: commands.Post) -> None:
        peer.refuse(request, StoreUnavailable(retry_after=0.001))

    server.handlers[commands.Post] = unavailable
    alice = await connect("alice", "#lobby")
    with pytest.raises(StoreUnavailable):
        await alice.post("#lobby", "never")


async def test_what_is_unanswered_when_the_client_is_closed_fails(server: Scripted, connect: Connect) -> None:
    server.handlers[commands.Post] = ignore
    alice = await connect("alice", "#lobby")
    waiting = asyncio.create_task(alice.post("#lobby", "hello"))
    await server.asked(commands.Post)
    await alice.close()
    with pytest.raises(ConnectionLost):
        await waiting
    with pytest.raises(ConnectionLost):
        await alice.post("#lobby", "too late")
    assert [item async for item in alice.events()] == []


async def test_bye_is_said_after_everything_else(server: Scripted, connect: Connect) -> None:
    alice = await connect("alice", "#lobby")
    posts = [asyncio.create_task(alice.post("#lobby", str(number))) for number in range(100)]
    await asyncio.sleep(0)  # let the posts begin
    told = asyncio.create_task(statuses(alice))
    await alice.bye()
    assert await told == []  # the goodbye is no news to whoever said bye
    assert [(await task).seq for task in posts] == list(range(1, 101))
    assert isinstance(server.seen[-1], commands.Bye)
    assert alice.state == "closed"


async def test_a_server_that_hangs_up_at_bye_is_no_news_either(server: Scripted, connect: Connect) -> None:
    async def hang_up(peer: Peer, request: commands.Bye) -> None:
        peer.goodbye(Ended(retry_after=0))

    alice = await connect("alice", "#lobby")
    server.handlers[commands.Bye] = hang_up
    told = asyncio.create_task(statuses(alice))
    await alice.bye()
    assert await told == []


async def test_bye_waits_where_a_rate_limit_says_so(server: Scripted, connect: Connect) -> None:
    async def hasty(peer: Peer, request: commands.Bye) -> None:
        server.handlers[commands.Bye] = bye
        peer.refuse(request, RateLimited(retry_after=0.5))

    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    alice = await connect("alice", "#lobby", sleep=sleep)
    server.handlers[commands.Bye] = hasty
    await alice.bye()
    assert len(server.requests(commands.Bye)) == 2
    assert waited == [0.5]


async def test_a_client_of_yesterday_does_not_get_the_receipts_of_today(server: Scripted, connect: Connect) -> None:
    first = await connect("alice", "#lobby")
    await first.post("#lobby", "one")
    await first.close()
    second = await connect("alice", "#lobby", resume=first.resume)
    assert (await second.post("#lobby", "two")).seq == 2
