"""Databases of earlier releases, opened by this one: what was said, who is who, and what was sent are there and usable."""

from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import apsw
import pytest

from roomful.domain.verdicts import Memory, Verdict
from roomful.store import Blank, Change, PutBot, PutKept, PutMember, PutMemory, PutPlace, PutVerdict, Row
from roomful.store.sqlite import SqliteStore
from roomful.store.sqlite.database import known_version
from roomful.store.sqlite.examining import examine
from tests.support.raw import RawClient
from tests.support.server import Server, serve

from . import released_0001 as released
from . import released_0002 as with_accounts


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    """A server over the data of that release."""
    (tmp_path / "data").mkdir(mode=0o700)
    released.write(tmp_path / "data" / "roomful.db")
    async with serve(tmp_path) as server:
        yield server


async def test_the_schema_is_brought_up_to_date_and_sound(path: Path) -> None:
    released.write(path)
    store = await SqliteStore.open(path)
    assert await store.meta("epoch") == released.EPOCH, "the history goes on: clients keep their cursors"
    assert await store.heads(list(released.ROOM_IDS.values())) == {"rlobby": 7, "rdirect": 3, "rempty": 2}
    await store.close()
    with closing(apsw.Connection(str(path))) as database:
        assert database.pragma("user_version") == known_version()
    assert [(what, do) for what, do in examine(path) if do] == []


async def test_every_line_is_there_byte_for_byte(path: Path) -> None:
    released.write(path)
    store = await SqliteStore.open(path)
    found = [
        (no, event.seq, event.at, event.sender.id, event.sender.nick, event.sender.kind, event.nonce, event.data)
        for no, id in released.ROOM_IDS.items()
        for event in await store.read(id)
    ]
    assert found == released.EVENTS
    await store.close()


async def test_who_was_here_comes_back_and_goes_on(server: Server) -> None:
    alice = await RawClient.login(server.tcp, None, resume=released.resume("palice"))
    assert (alice.me["id"], alice.me["nick"], alice.me["kind"]) == ("palice", "Alice", "guest")
    answer = await alice.ok("join", room="#lobby", after=0)
    assert (answer["room"], answer["head"], answer["topic"]) == ("#Lobby", 7, "tea")
    assert {member["nick"] for member in answer["members"]} == {"Alice", "Bobby"}
    assert [(await alice.event())["seq"] for _ in range(7)] == [1, 2, 3, 4, 5, 6, 7]
    assert (await alice.post("#lobby", "still here"))["seq"] == 8
    await alice.ok("topic", room="#lobby", nonce="t", text="she owns the room as before")
    direct = await alice.ok("join", room="!rdirect", after=0)
    assert direct["peer"]["nick"] == "Bobby"
    assert await alice.texts(2) == ["still here", "between us"]
    await alice.close()


async def test_what_was_sent_is_not_recorded_twice(server: Server) -> None:
    bob = await RawClient.login(server.tcp, None, resume=released.resume("pbob"))
    await bob.ok("join", room="#lobby")
    assert (await bob.ask("post", room="#lobby", nonce="b-1", text="hi @Alice", again=True))["seq"] == 4
    await bob.close()


async def test_nicks_are_held_and_those_let_go_are_free(server: Server) -> None:
    stranger = await RawClient.connect(server.tcp)
    await stranger.ask("hello", protocol=1)
    assert await stranger.error("login", nick="ALICE") == "nick_taken"
    assert (await stranger.ok("login", nick="carol"))["participant"]["id"] != "pcarol"
    await stranger.close()


# -- schema 0002: accounts, and rooms that people run -----------------------------------------------------------


async def test_the_release_before_is_brought_up_to_date_and_sound(path: Path) -> None:
    with_accounts.write(path)
    store = await SqliteStore.open(path)
    assert await store.meta("epoch") == with_accounts.EPOCH
    found = [
        (no, event.seq, event.at, event.sender.id, event.sender.nick, event.sender.kind, event.nonce, event.data)
        for no, id in with_accounts.ROOM_IDS.items()
        for event in await store.read(id)
    ]
    assert found == [event for event in with_accounts.EVENTS if event[0] in with_accounts.ROOM_IDS]
    (room,) = await store.rooms_by_key(["#tea"])
    assert (room.settings.retention, room.sanctions[0].mask, room.pins, room.invited) == (
        30,
        "spam*",
        1,
        frozenset({"pcarol"}),
    )
    assert (await store.bots(), await store.used(None, 0), await store.memories("rtea")) == ([], [], [])
    await store.purge()
    await store.close()
    with closing(apsw.Connection(str(path))) as database:
        assert database.pragma("user_version") == known_version()
        assert database.execute("SELECT count(*) FROM events WHERE key >> 32 = 3").get == 0, "the purge went on"
        for columns, rows in with_accounts.ROWS.items():
            table = columns.split()[0]
            if table != "dropped":
                assert database.execute(f"SELECT count(*) FROM {table}").get == len(rows), table
    assert [(what, do) for what, do in examine(path) if do] == []


async def test_bots_come_into_its_rooms(path: Path) -> None:
    with_accounts.write(path)
    store = await SqliteStore.open(path)
    rows: list[Row] = [
        PutBot("palice", "offline:echo", "", 0, "{}"),
        PutMember("rtea", "palice", "bot"),
        PutPlace("rtea", "palice", "mention", False, "{}"),
        PutVerdict("rtea", released.T, Verdict("palice", 2, 7, "answered", "named", tokens_in=7)),
        PutMemory("rtea", released.T, Memory("m", "palice", "said first", seq=2)),
        PutKept("palice", "key", "value", 0),
    ]
    assert not (await store.append([Change((), rows)])).late
    assert [(bot.nick, [place.room for place in bot.places]) for bot in await store.bots()] == [("Alice", ["rtea"])]
    assert [verdict.verdict for verdict in await store.verdicts("rtea", 5)] == ["answered"]
    assert [used.tokens_in for used in await store.used(["rtea"], 0)] == [7]
    assert [kept.version for kept in await store.kept("palice")] == [1]
    assert not (await store.append([Change((), [Blank("rtea", 2, 0)])])).late
    assert await store.memories("rtea") == []
    await store.close()


async def test_its_devices_are_logged_in_still(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    with_accounts.write(tmp_path / "data" / "roomful.db")
    async with serve(tmp_path) as server:
        alice = await RawClient.login(server.tcp, None, token=with_accounts.TOKEN)
        assert (alice.me["id"], alice.me["nick"], alice.me["kind"]) == ("palice", "Alice", "person")
        answer = await alice.ok("join", room="#tea", after=0)
        assert (answer["room"], answer["head"], answer["topic"]) == ("#Tea", 9, "green")
        assert [(await alice.event())["seq"] for _ in range(9)] == list(range(1, 10))
        assert (await alice.post("#tea", "still here"))["seq"] == 10
        assert (await alice.ok("bots", room="#tea"))["bots"] == []
        await alice.close()
