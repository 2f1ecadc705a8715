"""A purge that goes on in its thread after whoever asked for it has left: the store closes behind it, and not in the middle."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from roomful.store.sqlite import SqliteStore
from tests.conformance.changes import begin, posts

PATIENCE = 10.0  # s: a safety net, not a measure


class HeldDisk(apsw.VFS):
    """A disk on which the database file, which only checkpoints write, takes nothing until it is let go."""

    def __init__(self) -> None:
        self.name = "held"
        super().__init__(self.name, "")
        self.free, self.reached = threading.Event(), threading.Event()
        self.free.set()

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        """Open a file."""
        return _HeldFile(self, name, flags) if flags[0] & apsw.SQLITE_OPEN_MAIN_DB else super().xOpen(name, flags)


class _HeldFile(apsw.VFSFile):
    def __init__(self, disk: HeldDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:
        if not self._disk.free.is_set():
            self._disk.reached.set()
            assert self._disk.free.wait(PATIENCE)
        super().xWrite(data, offset)


@pytest.fixture
def disk() -> Iterator[HeldDisk]:
    disk = HeldDisk()
    yield disk
    disk.unregister()


async def test_a_store_is_closed_while_somebody_purges(tmp_path: Path, disk: HeldDisk) -> None:
    store = await SqliteStore.open(tmp_path / "roomful.db", vfs=disk.name)
    await store.append([*begin("r"), *posts("r", 1, 300)])
    disk.free.clear()
    purging = asyncio.create_task(store.purge())
    assert await asyncio.to_thread(disk.reached.wait, PATIENCE)
    purging.cancel()  # as the hub does when the server stops; the thread does not notice
    closing = asyncio.create_task(store.close())
    await asyncio.wait([purging])
    threading.Timer(0.2, disk.free.set).start()
    async with asyncio.timeout(PATIENCE):
        await closing
    assert not (tmp_path / "roomful.db-wal").exists(), "the log was brought over, and removed"


async def test_whoever_purges_too_late_does_nothing(tmp_path: Path) -> None:
    store = await SqliteStore.open(tmp_path / "roomful.db")
    await store.close()
    store._checkpoints.bring_over()
