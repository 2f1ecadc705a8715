"""A disk that fails: the outcome is unknown until the store is opened again, and then the heads tell the truth."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from roomful.errors import StoreUnavailable
from roomful.store import Change
from roomful.store.sqlite import SqliteStore
from roomful.testing.vfs import FaultyDisk
from tests.conformance.changes import ALICE, begin, claim, posts

from .conftest import Open


@pytest.fixture
def disk() -> Iterator[FaultyDisk]:
    with FaultyDisk("faulty") as disk:
        yield disk


@pytest.fixture
async def store(open_sqlite: Open, path: Path, disk: FaultyDisk) -> SqliteStore:
    """A store on the faulty disk, with three events in a room."""
    store = await open_sqlite(path, vfs=disk.name)
    await store.append([*begin("r"), *posts("r", 1, 3)])
    return store


async def after_a_crash(path: Path, to: Path) -> SqliteStore:
    """What another process would find if this one died now."""
    return await SqliteStore.open(copied(path, to))


def copied(path: Path, to: Path) -> Path:
    """The files as they are, without the shared memory. Returns the copy of the database."""
    to.mkdir()
    for name in (path.name, path.name + "-wal"):
        shutil.copy(path.with_name(name), to)
    return to / path.name


async def test_every_commit_is_synced(store: SqliteStore, disk: FaultyDisk) -> None:
    for seq in range(4, 9):
        before = disk.syncs
        await store.append(posts("r", seq, seq))
        assert disk.syncs > before


async def test_a_failed_sync_leaves_the_outcome_unknown(
    store: SqliteStore, disk: FaultyDisk, path: Path, tmp_path: Path
) -> None:
    disk.fail_syncs = 1
    with pytest.raises(StoreUnavailable, match="sync failed"):
        await store.append(posts("r", 4, 300, nonce="n"))
    with pytest.raises(StoreUnavailable, match="not opened again"):
        await store.append(posts("r", 4, 4))
    crashed = await after_a_crash(path, tmp_path / "crashed")
    assert await crashed.heads(["r"]) == {"r": 300}, "here the batch stands, though its sync failed"
    assert await crashed.receipt(ALICE.id, "r", "n") == 300
    await crashed.close()

    await store.reopen()
    assert await store.heads(["r"]) == {"r": 3}, "this process sees it rolled back"
    assert await store.receipt(ALICE.id, "r", "n") is None
    assert not (await store.append(posts("r", 4, 5, text="instead"))).late
    crashed = await after_a_crash(path, tmp_path / "crashed later")
    assert [event.data for event in await crashed.read("r")] == [event.data for event in await store.read("r")]
    assert await crashed.heads(["r"]) == {"r": 5}, "of the failed batch nothing comes back behind the new one"
    await crashed.close()


@pytest.mark.parametrize("good", [0, 1, 5, 12])
async def test_a_write_that_fails_in_mid_batch_leaves_nothing(
    store: SqliteStore, disk: FaultyDisk, path: Path, tmp_path: Path, good: int
) -> None:
    disk.fail_write = good
    with pytest.raises(StoreUnavailable, match="write failed"):
        await store.append([Change((), (claim(ALICE),)), *posts("r", 4, 300)])
    crashed = await after_a_crash(path, tmp_path / "crashed")
    for survivor in (crashed, store):
        await survivor.reopen()
        assert await survivor.heads(["r"]) == {"r": 3}
        assert await survivor.participant(ALICE.id) is None
        assert not (await survivor.append(posts("r", 4, 300))).late
    await crashed.close()


async def test_a_full_disk_is_named_and_reading_goes_on(store: SqliteStore, disk: FaultyDisk) -> None:
    disk.full = True
    for _ in range(3):
        with pytest.raises(StoreUnavailable, match="disk is full"):
            await store.append(posts("r", 4, 4))
        assert len(await store.read("r")) == 3
        await store.reopen()
    disk.full = False
    assert not (await store.append(posts("r", 4, 4))).late
    assert await store.heads(["r"]) == {"r": 4}


async def test_a_fault_in_what_is_given_leaves_nothing_behind(store: SqliteStore) -> None:
    broken = Change((posts("r", 5, 5)[0].events[0],), ("no row",))  # type: ignore[arg-type]
    with pytest.raises(KeyError):
        await store.append([*posts("r", 4, 4), broken])
    await store.reopen()
    assert await store.heads(["r"]) == {"r": 3}
    assert not (await store.append(posts("r", 4, 4))).late


async def test_reopening_fails_while_there_is_nothing_to_open(store: SqliteStore, path: Path, disk: FaultyDisk) -> None:
    disk.fail_write = 0
    with pytest.raises(StoreUnavailable):
        await store.append(posts("r", 4, 4))
    folder = path.parent.rename(path.parent.with_name("gone"))
    with pytest.raises(StoreUnavailable):
        await store.reopen()
    with pytest.raises(StoreUnavailable):
        await store.append(posts("r", 4, 4))
    folder.rename(path.parent)
    await store.reopen()
    assert not (await store.append(posts("r", 4, 4))).late
