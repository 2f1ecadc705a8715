"""Opening a database: pragmas that are read back, and numbered migrations."""

import secrets
from pathlib import Path

import apsw

from roomful.errors import StoreUnavailable

SCHEMA = Path(__file__).parents[1] / "schema"
BUSY = 5_000  # ms to wait for another process's write lock

_PRAGMAS: tuple[tuple[str, object, object], ...] = (  # name, set to, read back as
    ("journal_mode", "WAL", "wal"),
    ("synchronous", "FULL", 2),
    ("wal_autocheckpoint", 0, 0),
    ("journal_size_limit", 64 * 1024 * 1024, 64 * 1024 * 1024),  # bytes kept of a log that had grown longer
    ("secure_delete", "ON", 1),
)


def connect(path: Path, vfs: str | None, *, query_only: bool = False) -> apsw.Connection:
    """A connection to the file, which must exist, with the pragmas this store relies on. Raises apsw.Error, StoreUnavailable."""
    database = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE, vfs=vfs)
    database.set_busy_timeout(BUSY)
    pragmas = (*_PRAGMAS, ("query_only", "ON", 1)) if query_only else _PRAGMAS
    for name, value, expected in pragmas:
        database.pragma(name, value)
        if (found := database.pragma(name)) != expected:
            raise StoreUnavailable(f"SQLite did not take {name}={value}; it says {found}.")
    return database


def migrate(database: apsw.Connection, schema: Path = SCHEMA) -> None:
    """Bring the schema up to date, all or nothing.

    Raises:
        StoreUnavailable: the database is of a release that came after this one.
        apsw.Error: a migration failed; nothing of it was done.
    """
    migrations = sorted(schema.glob("[0-9]*_*.sql"))
    known = _number(migrations[-1])
    if _version(database) == known:
        return
    database.execute("BEGIN IMMEDIATE")
    try:
        version = _version(database)
        if version > known:
            raise StoreUnavailable(
                f"The database is of a newer release (schema {version}; this one knows {known}): upgrade Roomful."
            )
        for migration in migrations:
            if _number(migration) > version:
                _run(database, migration.read_text("utf-8"))
                database.pragma("user_version", _number(migration))
        _found(database)
        database.execute("COMMIT")
    except BaseException:
        database.execute("ROLLBACK")
        raise


def known_version(schema: Path = SCHEMA) -> int:
    """The version of the schema that this release brings a database to."""
    return max(map(_number, schema.glob("[0-9]*_*.sql")))


def _found(database: apsw.Connection) -> None:
    """Give a new database its epoch and its secret; one that has them keeps them."""
    made = (("epoch", secrets.token_urlsafe(9)), ("secret", secrets.token_hex(32)))
    database.executemany("INSERT OR IGNORE INTO meta VALUES (?, ?)", made)


def _number(migration: Path) -> int:
    return int(migration.name.split("_")[0])


def _version(database: apsw.Connection) -> int:
    version = database.pragma("user_version")
    assert isinstance(version, int)
    return version


def _run(database: apsw.Connection, sql: str) -> None:
    for _ in database.execute(sql):  # apsw goes on to the next statement as rows are read
        pass


def unavailable(why: apsw.Error) -> StoreUnavailable:
    """The error for the hub, with a reason that an operator can act on."""
    if isinstance(why, apsw.FullError):
        return StoreUnavailable("The disk is full.")
    if isinstance(why, apsw.BusyError):
        return StoreUnavailable(f"Another process has been writing to the database for {BUSY / 1000:g} s.")
    return StoreUnavailable(f"The database failed: {why}.")
