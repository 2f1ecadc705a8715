"""Copies of a database: one that is consistent while others write, and one that takes another's place."""

import os
import time
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from itertools import count
from pathlib import Path
from secrets import token_urlsafe
from typing import cast

import apsw

from roomful.errors import StoreUnavailable

from .database import BUSY, connect, migrate, unavailable

STEP = 2_000  # pages, 8 MiB: how much is copied between two reports
BESIDE = ("-wal", "-shm")  # files that belong to a database

Progress = Callable[[int, int], object]  # pages copied, pages in all


def copy(source: Path, target: Path, progress: Progress = lambda done, of: None) -> None:
    """Copy the database as it is at this moment, while others read and write; the copy is one file, checked and on the disk.

    It is there whole or not at all, and for its owner's eyes only: it holds all that was said, and the key of all resume proofs.
    Raises StoreUnavailable, OSError.
    """
    part = target.with_name(target.name + ".part")
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        part.chmod(0o600)
        _copy(source, part, progress)
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    except apsw.Error as why:
        raise unavailable(why) from why
    finally:
        for file in _files(part):
            file.unlink(missing_ok=True)


def restore(source: Path, database: Path, now: float) -> Path | None:
    """Put a copy in the place of a database that nobody uses, as another history: its epoch is new.

    What stood there is kept; its new name is returned. Raises StoreUnavailable, OSError: then what stood there stands.
    """
    fresh = database.with_name(database.name + ".restoring")
    try:
        copy(source, fresh)
        _make_another_history(fresh)
        kept = _put_aside(database, now)
        fresh.replace(database)
        _sync(database.parent)
    except apsw.Error as why:
        raise StoreUnavailable(f"{source} is no database of Roomful ({why}).") from why
    finally:
        for file in _files(fresh):
            file.unlink(missing_ok=True)
    return kept


def uploaded(path: Path) -> dict[bytes, int]:
    """The files that a database, or a copy of one, refers to: by digest, how many bytes each has. Raises StoreUnavailable."""
    try:
        with closing(_reading(path)) as database:
            if not database.execute("SELECT 1 FROM sqlite_schema WHERE name = 'files'").get:
                return {}  # it is of a release that had none
            return dict(
                cast("Iterable[tuple[bytes, int]]", database.execute("SELECT DISTINCT digest, size FROM files"))
            )
    except apsw.Error as why:
        raise unavailable(why) from why


def _copy(source: Path, target: Path, progress: Progress) -> None:
    with closing(_reading(source)) as ours, closing(apsw.Connection(str(target))) as copied:
        ours.execute("BEGIN")  # one snapshot for all steps: without it each commit of others would begin the copy anew
        ours.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with copied.backup("main", ours, "main") as backup:
            while not backup.done:
                backup.step(STEP)
                progress(backup.page_count - backup.remaining, backup.page_count)
        copied.pragma("journal_mode", "DELETE")  # the copy needs no files beside it
        if (found := copied.pragma("quick_check")) != "ok":
            raise StoreUnavailable(f"{source} is damaged: {found}. Keep it, and restore an older backup.")


def _reading(path: Path) -> apsw.Connection:
    if not path.is_file():
        raise StoreUnavailable(f"There is no database {path}.")
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    database.set_busy_timeout(BUSY)
    return database


def _make_another_history(path: Path) -> None:
    """Bring the copy up to date, and give it another epoch: clients notice, and forget their cursors."""
    with closing(connect(path, None)) as database:
        if not {("meta",), ("rooms",), ("events",)} <= {*database.execute("SELECT name FROM sqlite_schema")}:
            raise StoreUnavailable("This is a database, and none of Roomful's.")
        if (found := database.pragma("integrity_check")) != "ok":
            raise StoreUnavailable(f"The backup is damaged: {found}. Restore an older one.")
        migrate(database)
        database.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", (token_urlsafe(9),))
        database.pragma("journal_mode", "DELETE")
    _sync(path)


def _put_aside(database: Path, now: float) -> Path | None:
    """Give what stands in the place another name as well, its write-ahead log brought in. The place is never empty."""
    if not database.exists():
        return None
    with (
        suppress(apsw.Error),
        closing(apsw.Connection(str(database))) as old,
    ):  # it may be damaged: that is why one restores
        old.pragma("journal_mode", "DELETE")
    kept = _unused(
        f"{database.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}", database.parent
    )
    for ending in BESIDE:  # of a damaged one; beside the new one they would damage that
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).replace(kept.with_name(kept.name + ending))
    kept.hardlink_to(database)
    return kept


def _unused(name: str, folder: Path) -> Path:
    return next(path for n in count(1) if not (path := folder / (name if n == 1 else f"{name}-{n}")).exists())


def _files(path: Path) -> list[Path]:
    return [path, *(path.with_name(path.name + ending) for ending in (*BESIDE, "-journal"))]


def _sync(path: Path) -> None:
    """Wait until the file, or the names in the folder, are on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
