"""What was erased is in no file of the data folder any more."""

import asyncio
import contextlib
from pathlib import Path

import apsw
import pytest

from roomful.domain.events import Edit, Event, KnownBody, Message, Redaction, encode_body
from roomful.domain.verdicts import Memory, Verdict
from roomful.errors import StoreUnavailable
from roomful.store import Blank, Change, DeleteRoom, DropMemory, Mention, PutMemory, PutPlace, PutVerdict, Relate, Row
from roomful.store.sqlite import SqliteStore
from tests.conformance.changes import ALICE, NOW, begin, made, posts

from .conftest import Open

SECRET = "a-word-that-nobody-else-says"
OF_BOTS = ("places", "verdicts", "memories")
LONG = SECRET + "-and-more" * 1500  # on pages of its own


def found(folder: Path) -> list[str]:
    """The files that hold the secret."""
    return [path.name for path in folder.iterdir() if SECRET.encode() in path.read_bytes()]


def remembered(id: str, seq: int, text: str, kind: str = "note") -> PutMemory:
    return PutMemory("r", NOW, Memory(id, "b", text, kind, seq))


async def tell_secrets(store: SqliteStore) -> None:
    await made(store, *begin("r"))
    for seq in range(1, 41):
        text = (SECRET, LONG, "nothing of note")[seq % 3]
        await made(store, Change([Event("r", seq, NOW + seq, ALICE, "", encode_body(Message(text)))]))


async def test_expired_texts_are_in_no_file_after_a_purge(store: SqliteStore, path: Path) -> None:
    await tell_secrets(store)
    assert found(path.parent), "the test would find it"
    assert len(await store.expire_texts("r", NOW + 100)) == 40
    await store.purge()
    assert found(path.parent) == []
    await made(store, *posts("r", 41, 41))


async def test_rooms_that_were_deleted_before_the_next_purge_are_all_in_no_file_after_it(
    store: SqliteStore, path: Path
) -> None:
    for room in ("a", "b", "c"):
        await made(store, *begin(room))
        await made(store, Change([Event(room, 1, NOW, ALICE, "", encode_body(Message(SECRET)))]))
    for room in ("a", "b", "c"):
        await made(store, Change((), [DeleteRoom(room)]))
    assert found(path.parent), "the test would find it"
    await store.purge()
    assert found(path.parent) == []


def event(seq: int, body: KnownBody) -> Event:
    return Event("r", seq, NOW, ALICE, f"n{seq}", encode_body(body))


@pytest.mark.parametrize("text", [SECRET, LONG])
async def test_a_redacted_message_and_its_edits_are_in_no_file_after_a_purge(
    store: SqliteStore, path: Path, text: str
) -> None:
    await made(store, *begin("r"), Change([event(1, Message(text))]), *posts("r", 2, 50))
    await made(store, Change([event(51, Edit(1, text * 2))], [Relate("r", 1, 51, "edit")]))
    assert found(path.parent), "the test would find it"
    await made(store, Change([event(52, Redaction(1))], [Blank("r", 1, 52)]))
    await store.purge()
    assert found(path.parent) == []
    assert [e.body for e in await store.events("r", [1, 51])] == [Message(redacted=52), Edit(1, redacted=52)]
    assert await store.receipt(ALICE.id, "r", "n1") == 1, "what was sent again is known still"


@pytest.mark.parametrize("text", [SECRET, LONG])
async def test_what_bots_remember_of_a_redacted_message_is_in_no_file_after_a_purge(
    store: SqliteStore, path: Path, text: str
) -> None:
    await made(store, *begin("r"), Change([event(1, Message(text))]), *posts("r", 2, 50))
    await made(store, Change((), [remembered("note", 1, text), remembered("summary", 40, text, "summary")]))
    await made(store, Change((), [remembered("other", 2, "tea at five")]))
    await made(store, Change([event(51, Redaction(1))], [Blank("r", 1, 51)]))
    assert [one.memory for one in await store.memories("r")] == ["other"]
    assert found(path.parent), "the write-ahead log holds it still"
    await store.purge()
    assert found(path.parent) == []


async def test_what_a_bot_forgets_or_remembers_otherwise_is_in_no_file_after_a_purge(
    store: SqliteStore, path: Path
) -> None:
    await made(store, *begin("r"))
    await made(store, Change((), [remembered("dropped", 0, LONG), remembered("changed", 0, SECRET)]))
    await made(store, Change((), [remembered("before", 5, LONG, "summary")]))
    rows: list[Row] = [
        DropMemory("r", "dropped"),
        remembered("changed", 0, "tea"),
        remembered("after", 6, "so far", "summary"),
    ]
    await made(store, Change((), rows))
    await store.purge()
    assert found(path.parent) == []


async def test_what_is_redacted_in_the_change_that_says_it_is_in_no_file(store: SqliteStore, path: Path) -> None:
    both = Change([event(1, Message(LONG)), event(2, Redaction(1))], [Blank("r", 1, 2)])
    await made(store, *begin("r"), both)
    await store.purge()
    assert found(path.parent) == []


async def test_a_deleted_room_is_in_no_file_after_a_purge(store: SqliteStore, path: Path) -> None:
    await tell_secrets(store)
    await made(store, *posts("r", 41, 3000), Change((), [Mention("r", seq, (SECRET,)) for seq in range(1, 2000)]))
    await made(store, Change((), [remembered("m", 1, SECRET), PutPlace("r", "b", "mention", False, f'"{SECRET}"')]))
    silent = Verdict("b", 1, 1, "passed", "nobody", words=SECRET)
    await made(store, Change((), [PutVerdict("r", NOW, silent)] * 2000))
    await made(store, Change((), [DeleteRoom("r")]), *begin("other"), *posts("other", 1, 5))
    await store.purge()
    assert found(path.parent) == []
    with contextlib.closing(apsw.Connection(str(path))) as reader:
        tables = ("events", "relations", "mentions", "markers", "acts", "dropped", *OF_BOTS)
        left = {table: reader.execute(f"SELECT count(*) FROM {table}").get for table in tables}
    assert left == {**dict.fromkeys(tables, 0), "events": 5}


async def test_what_was_deleted_before_a_restart_is_erased_after_it(
    store: SqliteStore, path: Path, open_sqlite: Open
) -> None:
    await tell_secrets(store)
    await made(store, Change((), [DeleteRoom("r")]))
    await store.close()
    assert found(path.parent), "it was out of sight only"
    again = await open_sqlite()
    await made(again, *begin("s"), *posts("s", 1, 1))
    await again.purge()
    assert found(path.parent) == []
    assert await again.all_heads() == {"s": 1}


async def test_a_large_room_is_deleted_while_others_talk_on(store: SqliteStore, path: Path) -> None:
    await made(store, *begin("large", "busy"), *posts("large", 1, 30_000))
    await made(store, Change((), [DeleteRoom("large")]))
    purge = asyncio.create_task(store.purge())
    head = 0
    while not purge.done():
        head += 1
        await made(store, *posts("busy", head, head))
    await purge
    assert head > 10, "a room is erased in portions, and others are written between them"
    assert await store.all_heads() == {"busy": head}


async def test_the_purge_does_not_wait_for_the_end_of_the_talk(store: SqliteStore, path: Path) -> None:
    await tell_secrets(store)
    await made(store, *begin("busy"))
    await store.expire_texts("r", NOW + 100)
    head = 0
    purge = asyncio.create_task(store.purge())
    while not purge.done() or head < 50:
        head += 1
        await made(store, *posts("busy", head, head))
        await store.read("busy", newest=True)
    await purge
    assert found(path.parent) == []


async def test_somebody_who_reads_on_and_on_is_said_and_the_store_goes_on(store: SqliteStore, path: Path) -> None:
    await tell_secrets(store)
    with contextlib.closing(apsw.Connection(str(path))) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM events").fetchall()
        await store.expire_texts("r", NOW + 100)
        with pytest.raises(StoreUnavailable):
            await store.purge()
        await made(store, *posts("r", 41, 41))
        reader.execute("COMMIT")
    await store.purge()
    assert found(path.parent) == []


async def test_what_has_expired_before_a_restart_is_not_erased_again(store: SqliteStore, path: Path) -> None:
    await tell_secrets(store)
    await store.expire_texts("r", NOW + 20)
    await store.close()
    again = await SqliteStore.open(path)
    assert await again.expire_texts("r", NOW + 20) == []
    assert len(await again.expire_texts("r", NOW + 100)) == 21
    await again.close()
