"""The store while much happens: readers, a writer that does not pause, other processes, tasks that give up."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from roomful.errors import StoreUnavailable
from roomful.store.sqlite import SqliteStore, checkpoints, database
from roomful.store.sqlite.store import LOOK
from tests.conformance.changes import begin, posts

from .conftest import Open

FRAME = 4_096 + 24  # bytes of a page in the write-ahead log


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits 50 ms for other processes' locks."""
    monkeypatch.setattr(database, "BUSY", 50)


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """A checkpoint every 25 pages."""
    monkeypatch.setattr(checkpoints, "EVERY", 25)


@pytest.fixture
def small_log(often: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A write-ahead log of at most 100 pages, too."""
    monkeypatch.setattr(checkpoints, "LONGEST", 100)
    monkeypatch.setattr(checkpoints, "PATIENCE", 10)


@pytest.fixture
def shell(path: Path) -> Iterator[apsw.Connection]:
    """Somebody else at the same database."""
    connection = apsw.Connection(str(path))
    yield connection
    connection.close()


async def test_readers_see_whole_batches_while_they_are_written(store: SqliteStore) -> None:
    await store.append(begin("a", "b"))
    done = asyncio.Event()

    async def write() -> None:
        for first in range(1, 1500, 50):
            both = [*posts("a", first, first + 49), *posts("b", first, first + 49)]
            assert not (await store.append(both)).late
        done.set()

    async def look() -> int:
        looks = 0
        while not done.is_set():
            a, b = await store.rooms_by_id(["a", "b"])
            assert a.head == b.head, "one snapshot"
            assert a.head % 50 == 0, "whole batches"
            page = await store.read("b", newest=True, limit=50)
            assert not page or page[-1].seq >= b.head
            looks += 1
        return looks

    async with asyncio.timeout(30):
        _, *looks = await asyncio.gather(write(), look(), look(), look())
    assert all(looks)


def size(path: Path) -> int:
    return path.stat().st_size


async def test_the_write_ahead_log_stays_short_under_load(small_log: None, store: SqliteStore, path: Path) -> None:
    log = path.with_name(path.name + "-wal")
    await store.append(begin("r"))
    longest = 0
    for first in range(1, 20_000, 100):
        await store.append(posts("r", first, first + 99))
        longest = max(longest, size(log))
    assert longest <= (100 + 25) * FRAME
    assert size(path) > 2 * longest, "much more was written than the log ever held"


async def test_checkpoints_run_beside_the_commits(often: None, store: SqliteStore, path: Path) -> None:
    await store.append(begin("r"))
    before, head = size(path), 0
    while size(path) == before:
        assert head < 50_000, "the log is so long by now that the writer must run one"
        await store.append(posts("r", head + 1, head + 100))
        head += 100


async def test_checkpoints_are_not_taken_for_what_others_write(small_log: None, store: SqliteStore) -> None:
    noticed = 0

    async def listen() -> None:
        nonlocal noticed
        async for _ in store.foreign_writes():
            noticed += 1

    await store.append(begin("r"))
    listening = asyncio.create_task(listen())
    clock, head = asyncio.get_running_loop().time, 0
    end = clock() + 2.5 * LOOK  # at least two looks
    while clock() < end:
        await store.append(posts("r", head + 1, head + 100))
        head += 100
    await store.close()
    await listening
    assert noticed == 0


async def test_a_reader_that_does_not_end_does_not_stop_the_writer(
    small_log: None, store: SqliteStore, path: Path, shell: apsw.Connection
) -> None:
    log = path.with_name(path.name + "-wal")
    await store.append(begin("r"))
    shell.execute("BEGIN")
    assert shell.execute("SELECT count(*) FROM events").get == 0
    for first in range(1, 10_000, 100):
        await store.append(posts("r", first, first + 99))
    grown = size(log)
    assert grown > 300 * FRAME, "the reader's snapshot is in the log's beginning"
    shell.execute("COMMIT")
    for first in range(10_001, 30_000, 100):
        await store.append(posts("r", first, first + 99))
    # Not doubled, let alone three times as long: the checkpoint that lets it begin anew runs beside the writer.
    assert size(log) <= grown + 200 * FRAME, "once it has ended, the log begins anew"


async def test_another_process_that_holds_the_lock_too_long_is_named(
    impatient: None, open_sqlite: Open, shell: apsw.Connection
) -> None:
    store = await open_sqlite()
    await store.append(begin("r"))
    shell.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailable, match="Another process"):
        await store.append(posts("r", 1, 1))
    await store.reopen()
    shell.execute("COMMIT")
    assert not (await store.append(posts("r", 1, 1))).late


async def test_a_short_lock_is_waited_for(store: SqliteStore, shell: apsw.Connection) -> None:
    await store.append(begin("r"))
    shell.execute("BEGIN IMMEDIATE")
    appending = asyncio.create_task(store.append(posts("r", 1, 1)))
    await store.ping()  # readers do not wait
    assert not appending.done()
    shell.execute("COMMIT")
    async with asyncio.timeout(10):
        assert not (await appending).late


async def test_rows_written_with_plain_sql_are_seen(store: SqliteStore, shell: apsw.Connection) -> None:
    await store.append([*begin("r"), *posts("r", 1, 1)])
    shell.execute(
        "INSERT INTO events SELECT key + 1, at, sender, nick, kind, nonce, body FROM events ORDER BY key DESC LIMIT 1"
    )
    async with asyncio.timeout(10):
        async for _ in store.foreign_writes():
            break
    appended = await store.append(posts("r", 2, 2))
    assert [late.index for late in appended.late] == [0]
    assert [event.seq for event in appended.missed["r"]] == [2]


async def test_an_append_is_done_though_its_task_gave_up(store: SqliteStore) -> None:
    await store.append(begin("r"))
    appending = asyncio.create_task(store.append(posts("r", 1, 300)))
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending
    assert [late.index for late in (await store.append(posts("r", 1, 1))).late] == [0]
    assert await store.heads(["r"]) == {"r": 300}


def test_a_loop_that_ends_in_mid_append_takes_nothing_with_it(path: Path) -> None:
    async def begin_and_leave() -> SqliteStore:
        store = await SqliteStore.open(path)
        await store.append(begin("r"))
        asyncio.get_running_loop().call_soon(asyncio.get_running_loop().stop)
        await store.append(posts("r", 1, 5_000))
        return store

    async def look() -> dict[str, int]:
        store = await SqliteStore.open(path)
        try:
            return await store.heads(["r"])
        finally:
            await store.close()

    loop = asyncio.new_event_loop()
    task = loop.create_task(begin_and_leave())
    loop.run_forever()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        loop.run_until_complete(task)
    loop.close()
    assert asyncio.run(look())["r"] in (0, 5_000)
