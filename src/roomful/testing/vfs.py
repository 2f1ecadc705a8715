"""A disk that fails when it is told to: an SQLite VFS over the real one, with faults in the write-ahead log.

with FaultyDisk("faulty") as disk:
    store = await SqliteStore.open(path, vfs=disk.name)
    disk.fail_syncs = 1
"""

from types import TracebackType
from typing import Any, Self

import apsw


class FaultyDisk(apsw.VFS):
    """Registered with SQLite under `name` until it is closed. Faults are set on the attributes, at any time."""

    def __init__(self, name: str) -> None:
        super().__init__(name, "")  # over the system's default VFS
        self.name = name
        self.full = False  # whether there is no room for one more byte
        self.fail_syncs = 0  # so many syncs fail, though everything has been written
        self.fail_write: int | None = None  # the write after so many good ones fails, and leaves half of its bytes
        self.writes = 0  # to the log, so far
        self.syncs = 0  # of the log, so far

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unregister()

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802 - SQLite's name for it
        """Open a file; the log gets the faults."""
        if flags[0] & apsw.SQLITE_OPEN_WAL:
            return _FaultyLog(self, name, flags)
        return super().xOpen(name, flags)


class _FaultyLog(apsw.VFSFile):
    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:
        self._disk = disk
        super().__init__("", name, flags)

    def xWrite(self, data: Any, offset: int) -> None:  # noqa: N802
        disk = self._disk
        disk.writes += 1
        if disk.full:
            raise apsw.FullError("the disk is full, as ordered")
        if disk.fail_write is not None:
            disk.fail_write -= 1
            if disk.fail_write < 0:
                disk.fail_write = None
                super().xWrite(data[: len(data) // 2], offset)
                raise apsw.IOError("a write failed, as ordered")
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        super().xSync(flags)
        self._disk.syncs += 1
        if self._disk.fail_syncs:
            self._disk.fail_syncs -= 1
            raise apsw.IOError("a sync failed, as ordered")
