"""What was erased is in no file of the data folder any more."""

import asyncio
import contextlib
from pathlib import Path

import apsw
import pytest

from roomful.domain.events import Event, Message, encode_body
from roomful.errors import StoreUnavailable
from roomful.store import Change
from roomful.store.sqlite import SqliteStore
from tests.conformance.changes import ALICE, NOW, begin, made, posts

SECRET = "a-word-that-nobody-else-says"
LONG = SECRET + "-and-more" * 1500  # on pages of its own


def found(folder: Path) -> list[str]:
    """The files that hold the secret."""
    return [path.name for path in folder.iterdir() if SECRET.encode() in path.read_bytes()]


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
