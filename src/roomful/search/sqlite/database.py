"""Opening an index: pragmas, tables, and whether the file is of this history."""

import contextlib
from pathlib import Path
from typing import Any

import apsw

VERSION = "1"  # of the tables, and of what makes terms of texts: another one begins the index anew
BUSY = 5_000  # ms
PATIENCE = 100  # ms that a purge waits for readers
CACHE = 8_000  # KiB
MAPPED = 1 << 31  # bytes that searching reads without copying: a fifth of its time
COUNTER = 20  # bits of a line's id below its second

_TABLES = """
    CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE rooms (
        no     INTEGER PRIMARY KEY AUTOINCREMENT,
        id     TEXT NOT NULL UNIQUE,
        cursor INTEGER NOT NULL DEFAULT 0,
        lines  INTEGER NOT NULL DEFAULT 0
    ) STRICT;
    CREATE TABLE senders (
        no   INTEGER PRIMARY KEY,
        nick TEXT NOT NULL,               -- folded
        id   TEXT NOT NULL,
        UNIQUE (nick, id)
    ) STRICT;
    CREATE INDEX senders_by_id ON senders (id);
    CREATE TABLE lines (
        id   INTEGER PRIMARY KEY,         -- second << 20 | counter
        key  INTEGER NOT NULL UNIQUE,     -- rooms.no << 32 | seq
        said INTEGER NOT NULL,            -- number of the event whose text it is
        size INTEGER NOT NULL             -- of its text, in terms
    ) STRICT;
    CREATE VIRTUAL TABLE talk USING fts5 (text, facts, tokenize = 'ascii', prefix = '3');
    INSERT INTO talk (talk, rank) VALUES ('secure-delete', 1);
"""


def connect(path: Path, *, query_only: bool = False) -> apsw.Connection:
    """A connection to an index. Raises apsw.Error."""
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    database.set_busy_timeout(BUSY)
    database.pragma("journal_mode", "WAL")
    database.pragma("synchronous", "NORMAL")  # what a loss of power takes is taken in again
    database.pragma("secure_delete", "ON")
    database.pragma("cache_size", -CACHE)
    if query_only:
        database.pragma("query_only", "ON")
        database.pragma("mmap_size", MAPPED)
    return database


def prepare(path: Path, epoch: str) -> None:
    """See that there is an index of this history in this file: one of another, or that is broken, is thrown away.

    Raises apsw.Error, OSError.
    """
    if not _belongs(path, epoch):
        discard(path)
        path.touch(mode=0o600)
        with contextlib.closing(connect(path)) as database, database:
            for _ in database.execute(_TABLES):
                pass
            database.executemany("INSERT INTO meta VALUES (?, ?)", (("epoch", epoch), ("version", VERSION)))


def discard(path: Path) -> None:
    """Remove the files. Raises OSError."""
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _belongs(path: Path, epoch: str) -> bool:
    if not path.exists():
        return False
    try:
        with contextlib.closing(connect(path)) as database:
            found: list[Any] = database.execute("SELECT key, value FROM meta").fetchall()
    except (apsw.SQLError, apsw.CorruptError, apsw.NotADBError):
        return False  # no such table, or no database at all
    return dict(found) == {"epoch": epoch, "version": VERSION}
