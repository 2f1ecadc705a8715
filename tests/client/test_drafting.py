"""An answer that grows, as the server is told it: in parts, in order, not too often; and what becomes of it."""

from typing import Any

import pytest

from roomful.client import Drafting
from roomful.domain import commands
from roomful.domain.answers import Done
from roomful.errors import BadRequest, NotAllowed, RateLimited, RoomfulError

from ..terminal.held import Time
from .conftest import Connect
from .scripted import Peer, Scripted, done


@pytest.fixture
def time(server: Scripted) -> Time:
    server.handlers[commands.Draft] = done
    return Time()


def part(draft: Drafting, at: int, append: str, **how: Any) -> commands.Draft:
    return commands.Draft(0, "#r", draft.id, at, append, **how)


async def shown(server: Scripted) -> commands.Draft:
    """The next part that came, without its number."""
    request = await server.asked(commands.Draft)
    return commands.Draft(0, request.room, request.draft, request.at, request.append, request.dropped)


async def test_parts_that_come_soon_after_each_other_go_together(
    server: Scripted, connect: Connect, time: Time
) -> None:
    eliza = await connect("eliza", "#r", sleep=time.sleep)
    async with eliza.draft("#r", "d7") as draft:
        draft.add("Hé")
        assert await shown(server) == part(draft, 0, "Hé"), "the first one goes at once"
        assert 0.025 <= await time.asleep.get() <= 0.05
        for text in ("llo", " 🌍", "!"):
            draft.add(text)
        time.wakes()
        assert await shown(server) == part(draft, 2, "llo 🌍!")
        await time.passes()
        draft.add(" Bye.")
        assert await shown(server) == part(draft, 8, " Bye."), "counted in code points"
        await time.asleep.get()
        draft.add(" This is seen with the message.")
        receipt = await draft.post(causes=(3, 4), reply_to=4, cut="stopped")
    (said,) = server.requests(commands.Post)
    assert (said.nonce, said.text) == ("d7", "Héllo 🌍! Bye. This is seen with the message.")
    assert (said.causes, said.reply_to, said.cut, said.again) == ((3, 4), 4, "stopped", True)
    assert receipt.seq == 1
    assert len(server.requests(commands.Draft)) == 3, "nothing is dropped that was said"


async def test_what_is_not_posted_is_dropped(server: Scripted, connect: Connect, time: Time) -> None:
    eliza = await connect("eliza", "#r", sleep=time.sleep)
    with pytest.raises(ZeroDivisionError):
        async with eliza.draft("#r") as draft:
            draft.add("Well")
            assert await shown(server) == part(draft, 0, "Well")
            raise ZeroDivisionError
    assert await shown(server) == part(draft, 0, "", dropped=True)
    async with eliza.draft("#r"):
        pass
    assert len(server.requests(commands.Draft)) == 2, "of what nobody saw, nothing is said"
    assert not server.requests(commands.Post)


async def test_on_another_connection_the_draft_begins_again(server: Scripted, connect: Connect) -> None:
    """The server forgets what a bot was writing when its connection ends."""
    known: dict[Peer, int] = {}

    async def grow(peer: Peer, request: commands.Draft) -> None:
        if request.at not in (0, known.get(peer, 0)):
            peer.refuse(request, BadRequest(field="at"))
            return
        known[peer] = request.at + len(request.append)
        peer.answer(request, Done())

    server.handlers[commands.Draft] = grow
    eliza = await connect("eliza", "#r", sleep=_no_time)
    async with eliza.draft("#r") as draft:
        draft.add("Once")
        await shown(server)
        server.peers[0].reset()
        draft.add(" upon")
        while (last := await shown(server)).append != "Once upon":
            pass
        assert last == part(draft, 0, "Once upon")
        await draft.post()
    assert server.texts("#r") == ["Once upon"]


async def _no_time(seconds: float) -> None:
    pass


@pytest.mark.parametrize("why", [NotAllowed(), BadRequest(field="at")])
async def test_whoever_may_not_show_it_says_it_all_the_same(
    server: Scripted, connect: Connect, why: RoomfulError
) -> None:
    async def refuse(peer: Peer, request: commands.Draft) -> None:
        peer.refuse(request, why)

    server.handlers[commands.Draft] = refuse
    eliza = await connect("eliza", "#r", sleep=_no_time)
    async with eliza.draft("#r") as draft:
        for word in ("One", " two", " three"):
            draft.add(word)
            await eliza.ping()
        await draft.post()
    assert server.texts("#r") == ["One two three"]
    assert len(server.requests(commands.Draft)) == 1


async def test_a_part_that_came_too_fast_comes_later(server: Scripted, connect: Connect, time: Time) -> None:
    async def once(peer: Peer, request: commands.Draft) -> None:
        peer.refuse(request, RateLimited(retry_after=0.7))
        server.handlers[commands.Draft] = done

    server.handlers[commands.Draft] = once
    eliza = await connect("eliza", "#r", sleep=time.sleep)
    async with eliza.draft("#r") as draft:
        draft.add("One")
        assert await shown(server) == part(draft, 0, "One")
        assert await time.passes() == 0.7
        draft.add(" two")
        await time.passes()
        assert await shown(server) == part(draft, 0, "One two")
        await draft.post("Only one.")
    assert server.texts("#r") == ["Only one."]
