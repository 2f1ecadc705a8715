"""The SDK in rooms that people run, over a real server: what is done reaches everybody, and is done once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio

from roomful.client import Client, Resumed, RoomLost, RoomRenamed, Signalled, Told
from roomful.domain import events, signals
from roomful.errors import (
    Archived,
    Banned,
    InviteOnly,
    Moved,
    Muted,
    NoSuchEvent,
    NoSuchRoom,
    NotAllowed,
    NothingToDo,
    NotMember,
    SlowMode,
)

from ..support.server import Server, serve
from .reading import PATIENCE, next_of, texts

PASSWORD = "four lamps for a cellar"
OPEN = {"ROOMFUL_ACCOUNTS__REGISTRATION": "open", "ROOMFUL_LIMITS__ENABLED": "false"}
B = TypeVar("B", bound=events.Body)
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with serve(tmp_path_factory.mktemp("home"), environment=OPEN) as server:
        yield server


class Crowd:
    """People with accounts and without."""

    def __init__(self, server: Server, stack: AsyncExitStack) -> None:
        self._server, self._stack = server, stack

    async def account(self, name: str, *, room: str | None = None) -> Client:
        """A new account."""
        return await self._in(
            Client(self._server.tcp, account=name, password=PASSWORD, register=True, random=_soon), room
        )

    async def device(self, name: str, *, room: str | None = None) -> Client:
        """Another connection of an account."""
        return await self._in(Client(self._server.tcp, account=name, password=PASSWORD, random=_soon), room)

    async def guest(self, nick: str, *, room: str | None = None) -> Client:
        """A guest."""
        return await self._in(Client(self._server.tcp, nick=nick, random=_soon), room)

    async def _in(self, client: Client, room: str | None) -> Client:
        await self._stack.enter_async_context(client)
        if room is not None:
            await client.join(room, last=0)
        return client


def _soon() -> float:
    return 0.05


@pytest_asyncio.fixture(loop_scope="module")
async def crowd(server: Server) -> AsyncIterator[Crowd]:
    async with AsyncExitStack() as stack:
        yield Crowd(server, stack)


async def told(client: Client, kind: type[B]) -> B:
    """The body of the next event of this type."""
    while not isinstance((body := (await next_of(client, Told)).body), kind):
        pass
    return body


async def signalled(client: Client, kind: type[signals.Signal]) -> Signalled:
    while not isinstance((signal := await next_of(client, Signalled)).body, kind):
        pass
    return signal


async def test_what_is_said_is_changed_and_erased(crowd: Crowd) -> None:
    ann, bob = await crowd.account("ann", room="#words"), await crowd.guest("bob", room="#words")
    said = (await ann.post("#words", "helo")).seq
    await ann.edit("#words", said, "hello @bob")
    await bob.react("#words", said, "👍")
    await bob.post("#words", "yes?", thread=said)
    await ann.pin("#words", said)
    assert await told(bob, events.Edit) == events.Edit(said, "hello @bob", (bob.me.id,))
    assert await told(ann, events.Reaction) == events.Reaction(said, "👍")
    assert [one.seq for one in (await bob.pins("#words")).events] == [said]
    bodies = [one.body for one in (await ann.thread("#words", said)).events]
    assert bodies == [events.Message("yes?", thread=said)]
    changes = await bob.changes("#words", said)
    assert [type(one.body) for one in changes.events] == [events.Edit, events.Reaction, events.Pin]
    with pytest.raises(NotAllowed):
        await bob.redact("#words", said)
    await ann.redact("#words", said, "oops")
    assert await told(bob, events.Redaction) == events.Redaction(said, "oops")
    assert (await bob.pins("#words")).events == []
    with pytest.raises(NoSuchEvent):
        await ann.edit("#words", said, "again")


async def test_moderators_keep_order_and_it_is_written_down(crowd: Crowd) -> None:
    owner = await crowd.account("owen")
    await owner.create("#order", description="for tests")
    await owner.join("#order", last=0)
    mod, loud = await crowd.account("mona", room="#order"), await crowd.account("lou", room="#order")
    await owner.role("#order", "mona", "moderator")
    await mod.mute("#order", "lou", seconds=600, reason="too loud")
    with pytest.raises(Muted) as muted:
        await loud.post("#order", "LOUD")
    assert muted.value.retry_after
    await mod.unmute("#order", "lou")
    await loud.post("#order", "quiet")
    await mod.kick("#order", "lou", "have a break")
    assert (await next_of(loud, RoomLost)).code == "kicked"
    with pytest.raises(NotMember):
        await loud.post("#order", "?")
    await loud.join("#order", last=0)
    ban = await mod.ban("#order", "lou", seconds=3600, reason="again")
    lost = await next_of(loud, RoomLost)
    assert (lost.room, lost.code) == ("#order", "banned")
    assert "mona" in lost.message
    with pytest.raises(Banned):
        await loud.join("#order")
    listed = await mod.bans("#order")
    assert [(one.seq, one.what, one.nick, one.reason) for one in listed] == [(ban.seq, "ban", "lou", "again")]
    await mod.unban("#order", ban.seq)
    with pytest.raises(NothingToDo):
        await mod.unban("#order", ban.seq)
    await mod.ban("#order", mask="spam*")
    spammer = await crowd.guest("spammer")
    with pytest.raises(Banned):
        await spammer.join("#order")
    acts = [type(one.body) for one in (await mod.acts("#order")).events]
    assert acts == [
        events.Ban,
        events.Unban,
        events.Ban,
        events.Kick,
        events.Unmute,
        events.Mute,
        events.Promoted,
    ]


async def test_a_private_room_is_for_those_invited(crowd: Crowd) -> None:
    iris, jack, kate = [await crowd.account(name) for name in ("iris", "jack", "kate")]
    await iris.create("#den", "private")
    await iris.join("#den", last=0)
    with pytest.raises(InviteOnly):
        await jack.join("#den")
    await iris.invite("#den", "jack")
    invited = await signalled(jack, signals.Invited)
    assert (invited.room, invited.sender and invited.sender.nick) == ("#den", "iris")
    assert [info.invited for info in await jack.rooms(mine=True)] == [True]
    await jack.join("#den", last=0)
    assert "#den" not in [info.room for info in await kate.rooms()]
    await iris.set("#den", slow=60, history="joined", description="ours")
    await jack.post("#den", "one")
    with pytest.raises(SlowMode):
        await jack.post("#den", "two")
    await iris.set("#den", archived=True)
    with pytest.raises(Archived):
        await iris.post("#den", "three")
    await iris.delete("#den", "over")
    for one in (iris, jack):
        assert (await next_of(one, RoomLost)).code == "deleted"
    with pytest.raises(NoSuchRoom):
        await jack.post("#den", "?")


async def test_a_room_is_followed_under_its_new_name(crowd: Crowd) -> None:
    lena, mike = await crowd.account("lena", room="#old"), await crowd.guest("mike", room="#old")
    await lena.rename("#old", "#new")
    assert await next_of(mike, RoomRenamed) == RoomRenamed("#old", "#new")
    moved = await next_of(mike, Told)
    assert (moved.room, moved.body) == ("#new", events.Renamed("#new", "#old"))
    await lena.post("#new", "here")
    assert await texts(mike, 1) == ["here"]
    await mike.post("#OLD", "the name it had still finds it")
    stranger = await crowd.guest("nora")
    with pytest.raises(Moved):
        await stranger.join("#old")


async def test_a_room_that_was_renamed_while_the_connection_was_lost(tmp_path: Path) -> None:
    async with serve(tmp_path, environment=OPEN) as server, AsyncExitStack() as stack:
        crowd = Crowd(server, stack)
        olga = await crowd.account("olga", room="#before")
        away = await crowd.guest("pia", room="#before")
        await server.kill9()
        renaming = asyncio.create_task(olga.rename("#before", "#after"))
        await server.restart()
        await renaming
        await next_of(away, RoomRenamed)
        await olga.post("#after", "found again")
        assert await texts(away, 1) == ["found again"]


async def test_commands_have_their_effect_once_however_often_the_server_is_killed(tmp_path: Path) -> None:
    async with serve(tmp_path, environment=OPEN) as server, AsyncExitStack() as stack:
        crowd = Crowd(server, stack)
        quin = await crowd.account("quin", room="#once")
        await crowd.guest("rob", room="#once")
        first = (await quin.post("#once", "0")).seq
        rounds: asyncio.Queue[int] = asyncio.Queue()

        async def work() -> None:
            for number in range(60):
                text = str(number)
                await asyncio.gather(
                    quin.edit("#once", first, text),
                    quin.react("#once", first, text),
                    quin.mute("#once", "rob", reason=text),
                    quin.unmute("#once", "rob"),
                )
                rounds.put_nowait(number)

        working = asyncio.create_task(work())
        for enough in (10, 25, 40):
            while await rounds.get() < enough:
                pass
            await server.kill9()
            await server.restart()
        await working
        found: list[Told] = []
        while not found or found[-1].seq < (await quin.history("#once", limit=1)).head:
            found += (await quin.history("#once", after=found[-1].seq if found else 0, limit=500)).events
        for kind, field in ((events.Edit, "text"), (events.Mute, "reason")):
            values = [getattr(one.body, field) for one in found if isinstance(one.body, kind)]
            assert values == [str(number) for number in range(60)]
        assert sum(isinstance(one.body, events.Reaction) for one in found) == 60


async def test_two_devices_of_one_account(crowd: Crowd) -> None:
    laptop, other = await crowd.account("sue", room="#both"), await crowd.account("tim", room="#both")
    phone = await crowd.device("sue", room="#both")
    first = (await other.post("#both", "one")).seq
    await laptop.mark("#both", first)
    marked = await signalled(phone, signals.Marked)
    assert (marked.room, marked.body) == ("#both", signals.Marked(first))
    await other.post("#both", "two for @sue")
    missed = {info.room: info for info in await phone.unread()}["#both"]
    assert (missed.read, missed.unread, missed.mentions) == (first, 1, 1)
    await phone.leave("#both")
    async with asyncio.timeout(PATIENCE):
        assert (await next_of(laptop, RoomLost)).code == "left"


async def test_how_somebody_is_there_is_said_again_on_the_next_connection(tmp_path: Path) -> None:
    async with serve(tmp_path, environment=OPEN) as server, AsyncExitStack() as stack:
        crowd = Crowd(server, stack)
        una, vic = await crowd.guest("una", room="#there"), await crowd.guest("vic", room="#there")
        await una.presence("away", "lunch")
        person = await vic.whois("una")
        assert (person.online, person.state, person.text) == (True, "away", "lunch")
        await server.restart()
        await next_of(una, Resumed)
        await next_of(vic, Resumed)
        await una.ping()
        assert {m.nick: (m.state, m.text) for m in await vic.members("#there")}["una"] == ("away", "lunch")
