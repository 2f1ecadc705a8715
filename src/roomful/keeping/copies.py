"""Backup and restore: what may take whose place, and what is to be said of it."""

from collections.abc import Callable
from pathlib import Path

from roomful.errors import StoreUnavailable

from .failures import KeepingError

Progress = Callable[[int, int], object]  # parts done, parts in all
INDEX = "search.db"
REBUILT = (INDEX, f"{INDEX}-wal", f"{INDEX}-shm")  # files that hold nothing of their own: made again from the log


# What a kind of database can do with its files. Both raise StoreUnavailable, OSError.
Copy = Callable[[Path, Path, Progress], object]  # database, copy: consistent, while others read and write
Restore = Callable[
    [Path, Path, float], Path | None
]  # copy, database, now in s: what stood there is kept as the path returned


def back_up(copy: Copy, database: Path, file: Path, *, force: bool, progress: Progress) -> None:
    """Copy the database into a file, beside a running server. Raises KeepingError."""
    if file.exists() and not force:
        raise KeepingError(f"{file} exists. Name another file, or overwrite it: --force")
    if file.is_dir():
        raise KeepingError(f"{file} is a folder. Name a file in it.")
    if file.exists() and file.samefile(database):
        raise KeepingError(f"{file} is the database itself. Name another file.")
    try:
        copy(database, file, progress)
    except StoreUnavailable as why:
        raise KeepingError(why.message) from None
    except OSError as why:
        raise KeepingError(f"{file} cannot be written: {why.strerror}.") from None


def bring_back(restore: Restore, file: Path, database: Path, *, force: bool, now: float) -> Path | None:
    """Put a backup in place; whoever calls holds the lock of the folder. Returns where what stood there is kept.

    Raises KeepingError: then what stood there stands.
    """
    if database.exists() and not force:
        raise KeepingError(
            f"There are data in {database.parent}. Name another folder: --data FOLDER, or replace them: --force"
        )
    if not file.is_file():
        raise KeepingError(f"There is no file {file}.")
    try:
        database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        kept = restore(file, database, now)
        for name in REBUILT:
            database.with_name(name).unlink(missing_ok=True)
    except StoreUnavailable as why:
        raise KeepingError(f"{file}: {why.message}") from None
    except OSError as why:
        raise KeepingError(f"{database} cannot be written: {why.strerror}.") from None
    return kept
