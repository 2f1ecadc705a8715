"""Searching what was said: a follower feeds the index, and nothing that is gone is ever shown."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import pytest

from roomful.domain.events import Body, Edit, Event, Message, Redaction, Sender, encode_body
from roomful.domain.files import Attachment
from roomful.errors import BadQuery, TryLater
from roomful.hub.indexing import Indexer
from roomful.log import Log
from roomful.search import Hits, Index, Scope
from roomful.search.sqlite import SqliteIndex
from roomful.store import Blank, Change, DeleteRoom, NewRoom, Relate, Store
from roomful.store.sqlite import SqliteStore

EPOCH = "epoch-of-a-test"
NOW = 1_763_632_800_000  # ms
ALICE = Sender("pa", "Alice", "person")
SCOPE = Scope({"ra": 1, "rb": 1}, {"#a": "ra", "#b": "rb"})


class World:
    """A store, an index and the follower between them."""

    def __init__(self, folder: Path, store: Store) -> None:
        self.folder = folder
        self.store = store
        self.logged: list[str] = []
        self.seconds = 1000.0
        self.heads: dict[str, int] = {}
        self.index: Index
        self.indexer: Indexer

    async def start(self, index: Index | None = None) -> None:
        """Start a follower over the index in the folder, or this one."""
        self.index = index or await SqliteIndex.open(self.folder / "search.db", EPOCH)
        self.indexer = Indexer(
            self.store,
            self.index,
            Log(self.logged.append),
            clock=lambda: NOW,
            monotonic=lambda: self.seconds,
            linger=0,
            retry=0,
        )
        self.indexer.start()

    async def record(self, room: str, *bodies: Body | str, tell: bool = True) -> None:
        """Record events as the hub does, with the rows that belong to them."""
        for said in bodies:
            body = Message(said) if isinstance(said, str) else said
            seq = self.heads.get(room, 0) + 1
            event = Event(room, seq, NOW + seq, ALICE, "", encode_body(body))
            rows: list[Blank | Relate] = []
            if isinstance(body, Edit):
                rows = [Relate(room, body.target, seq, "edit")]
            if isinstance(body, Redaction):
                rows = [Blank(room, body.target, seq), Relate(room, body.target, seq, "redaction")]
            assert not (await self.store.append([Change([event], rows)])).late
            self.heads[room] = seq
        if tell:
            self.indexer.news({room: self.heads[room]})

    async def find(self, query: str, scope: Scope = SCOPE, limit: int = 20, offset: int = 0) -> Hits:
        """Search."""
        return await self.indexer.search(query, scope, limit=limit, offset=offset)

    async def seqs(self, query: str, scope: Scope = SCOPE) -> list[tuple[str, int]]:
        """The messages that a search finds once the index is level."""
        await self.indexer.level()
        return [(hit.room, hit.seq) for hit in (await self.find(query, scope)).hits]


class Held(SqliteIndex):
    """An index that takes in nothing while it is held, or fails."""

    def __init__(self, path: Path, epoch: str) -> None:
        super().__init__(path, epoch)
        self.free = asyncio.Event()
        self.failures = 0

    async def feed(self, events: Sequence[Event]) -> bool:
        """See `Index.feed`."""
        if self.failures:
            self.failures -= 1
            raise TryLater("The disk is full.")
        await self.free.wait()
        return await super().feed(events)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr("roomful.hub.indexing.SETTLE", 30.0)  # however busy the machine
    store = await SqliteStore.open(tmp_path / "roomful.db")
    await store.append([Change(rows=[NewRoom(f"r{x}", f"#{x}", f"#{x}", "public", NOW) for x in "ab"])])
    world = World(tmp_path, store)
    await world.start()
    await world.indexer.level()
    yield world
    await world.indexer.close()
    await store.close()


async def test_what_was_just_said_is_found(world: World) -> None:
    await world.record("ra", "Hello there", "the second line")
    (hit,) = (await world.find("second")).hits
    assert (hit.room, hit.seq, hit.at, hit.sender) == ("ra", 2, NOW + 2, ALICE)
    assert (hit.snippet, hit.matches) == ("the second line", ((4, 10),))


async def test_rooms_are_named_in_the_query_or_beside_it(world: World) -> None:
    await world.record("ra", "tea")
    await world.record("rb", "tea")
    assert set(await world.seqs("tea")) == {("ra", 1), ("rb", 1)}
    assert await world.seqs("tea room:#A") == [("ra", 1)]
    assert await world.seqs("tea -room:a") == [("rb", 1)]
    assert [hit.room for hit in (await world.indexer.search("tea", SCOPE, rooms=["rb"])).hits] == ["rb"]
    with pytest.raises(BadQuery, match="#secret"):
        await world.find("tea room:#secret")


async def test_nobody_finds_what_they_may_not_read(world: World) -> None:
    await world.record("ra", "tea one", "tea two")
    await world.record("rb", "tea three")
    assert await world.seqs("tea", Scope({"ra": 2})) == [("ra", 2)]
    with pytest.raises(BadQuery, match="#b"):
        await world.find("tea room:#b", Scope({"ra": 2}, {"#a": "ra"}))


async def test_edits_show_their_newest_text(world: World) -> None:
    await world.record("ra", "first draft", Edit(1, "second draft"), Edit(1, "third version"))
    assert await world.seqs("draft") == []
    (hit,) = (await world.find("version")).hits
    assert (hit.seq, hit.snippet) == (1, "third version")


async def test_messages_are_found_by_the_names_of_their_files(world: World) -> None:
    plan = Attachment("f1", "Budget_plan-2.pdf", "application/pdf", 9)
    await world.record("ra", Message("for tomorrow", attachments=(plan,)), Message(attachments=(plan,)), "no budget")
    assert set(await world.seqs("plan")) == {("ra", 1), ("ra", 2)}
    assert set(await world.seqs("tomorrow budget")) == {("ra", 1)}
    hits = {hit.seq: hit for hit in (await world.find("plan")).hits}
    assert hits[2].snippet == "Budget_plan-2.pdf"
    assert hits[2].matches == ((7, 11),)
    assert set(await world.seqs("has:file")) == {("ra", 1), ("ra", 2)}
    assert await world.seqs("budget -has:file") == [("ra", 3)]
    await world.record("ra", Edit(1, "for monday"), Redaction(2))
    assert await world.seqs("has:file") == [("ra", 1)]


async def test_pages(world: World) -> None:
    await world.record("ra", *(f"line {n}" for n in range(7)))
    first, second = await world.find("line", limit=5), await world.find("line", limit=5, offset=5)
    assert [hit.seq for hit in [*first.hits, *second.hits]] == [7, 6, 5, 4, 3, 2, 1]
    assert (first.more, second.more) == (True, False)


async def test_what_is_redacted_or_edited_is_not_shown_even_while_the_index_is_behind(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "roomful.db")
    await store.append([Change(rows=[NewRoom("ra", "#a", "#a", "public", NOW)])])
    world = World(tmp_path, store)
    index = Held(tmp_path / "search.db", EPOCH)
    await world.start(index)
    index.free.set()
    await world.record("ra", "a secret", "a draft", "another draft", "a lasting secret")
    assert len(await world.seqs("secret")) == 2
    index.free.clear()
    await world.record("ra", Redaction(1), Edit(2, "the final text"), Edit(3, "still a draft, of another day"))
    hits = await world.find("secret")
    assert [hit.seq for hit in hits.hits] == [4]
    assert hits.behind
    (hit,) = (await world.find("draft")).hits
    assert (hit.seq, hit.snippet) == (3, "still a draft, of another day")
    index.free.set()
    await world.indexer.close()
    await store.close()


async def test_a_redacted_text_is_in_no_file_of_the_index(world: World) -> None:
    await world.record("ra", "the xyzzyplugh word", "harmless")
    await world.indexer.level()
    assert any(b"xyzzyplugh" in path.read_bytes() for path in world.folder.glob("search.db*"))
    await world.indexer.tick()
    await world.record("ra", Redaction(1))
    await world.indexer.level()
    world.seconds += 60
    await world.indexer.tick()
    assert [path.name for path in world.folder.glob("search.db*") if b"xyzzyplugh" in path.read_bytes()] == []
    assert await world.seqs("harmless") == [("ra", 2)]


async def test_texts_that_went_by_age_are_taken_out(world: World) -> None:
    await world.record("ra", "old one", "old two", "young")
    await world.indexer.level()
    for seq in (1, 2):
        await world.store.append([Change(rows=[Blank("ra", seq, 0)])])
    await world.indexer.expired("ra", [1, 2])
    assert await world.index.oldest("ra") == [3]


async def test_texts_that_went_by_age_are_taken_out_after_a_crash_too(world: World) -> None:
    await world.record("ra", *(f"old {n}" for n in range(250)), "young")
    await world.indexer.level()
    await world.store.append([Change(rows=[Blank("ra", seq, 0) for seq in range(1, 251)])])
    await world.indexer.close()
    await world.start()
    await world.indexer.level()
    assert await world.index.oldest("ra") == [251]


async def test_a_room_that_is_deleted_is_forgotten(world: World) -> None:
    await world.record("ra", "tea")
    await world.record("rb", "tea")
    await world.indexer.level()
    await world.store.append([Change(rows=[DeleteRoom("ra")])])
    assert await world.seqs("tea") == [("rb", 1)], "gone at once"
    world.indexer.forget("ra")
    await world.indexer.level()
    assert await world.index.cursors() == {"rb": 1}


async def test_a_room_that_was_deleted_meanwhile_is_forgotten_at_the_start(world: World) -> None:
    await world.record("ra", "tea")
    await world.indexer.level()
    await world.indexer.close()
    await world.store.append([Change(rows=[DeleteRoom("ra")])])
    await world.start()
    await world.indexer.level()
    assert await world.index.cursors() == {}


async def test_what_was_said_while_it_was_off_is_taken_in(world: World) -> None:
    await world.record("ra", "before")
    await world.indexer.level()
    await world.indexer.close()
    await world.record("ra", "meanwhile", tell=False)
    await world.record("rb", *(f"many {n}" for n in range(700)), tell=False)
    await world.start()
    await world.indexer.level()
    assert await world.seqs("meanwhile") == [("ra", 2)]
    assert await world.seqs('"many 699"') == [("rb", 700)]


async def test_a_lost_index_is_made_again(world: World) -> None:
    await world.record("ra", "tea")
    await world.indexer.level()
    await world.indexer.close()
    for path in world.folder.glob("search.db*"):
        path.unlink()
    await world.start()
    await world.indexer.level()
    assert await world.seqs("tea") == [("ra", 1)]


async def test_an_index_that_was_begun_anew_while_it_runs_is_filled_again(world: World) -> None:
    await world.record("ra", "tea", "coffee")
    await world.indexer.level()
    assert isinstance(world.index, SqliteIndex)
    await world.index._begin_anew()
    await world.record("ra", "milk")
    assert await world.seqs("tea") == [("ra", 1)]
    assert await world.seqs("milk") == [("ra", 3)]


async def test_another_process_wrote(world: World) -> None:
    await world.indexer.level()
    await world.record("rb", "imported", tell=False)
    world.indexer.look_again()
    await world.indexer.level()
    assert await world.seqs("imported") == [("rb", 1)]


async def test_failures_delay_and_lose_nothing(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "roomful.db")
    await store.append([Change(rows=[NewRoom("ra", "#a", "#a", "public", NOW)])])
    world = World(tmp_path, store)
    index = Held(tmp_path / "search.db", EPOCH)
    index.free.set()
    index.failures = 3
    await world.start(index)
    await world.record("ra", "tea", "coffee")
    await world.indexer.level()
    assert await world.seqs("coffee") == [("ra", 2)]
    assert sum("The disk is full" in line for line in world.logged) == 3
    await world.indexer.close()
    await store.close()


async def test_while_the_index_is_made_a_search_says_that_it_is_behind(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "roomful.db")
    await store.append([Change(rows=[NewRoom("ra", "#a", "#a", "public", NOW)])])
    world = World(tmp_path, store)
    index = Held(tmp_path / "search.db", EPOCH)
    await world.start(index)
    await world.record("ra", "tea")
    assert await world.find("tea") == Hits([], more=False, behind=True)
    index.free.set()
    await world.indexer.level()
    assert not (await world.find("tea")).behind
    await world.indexer.close()
    await store.close()


@pytest.mark.parametrize("turns", range(6))
async def test_it_ends_in_whatever_moment_it_is_told_to(world: World, turns: int) -> None:
    """Among them the one in which what it waits for has just come, and it has not gone on yet."""
    world.indexer._linger = 60.0
    await world.record("ra", "one")
    await world.record("ra", "two")
    level = asyncio.create_task(world.indexer.level())
    await level  # and from here on it lingers
    world.indexer.news({"ra": 2})
    for _ in range(3):
        await asyncio.sleep(0)
    world.indexer._wanted.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    async with asyncio.timeout(10):
        await world.indexer.close()
    await world.start()
