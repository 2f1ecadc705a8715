"""Is the database sound? What is looked at is told in sentences, with what to do where something is wrong."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import apsw

from .database import BUSY, known_version

Said = tuple[str, str]  # what was found, and what to do about it; nothing to do: it is well

_RESTORE = "restore a backup: roomful restore FILE"
_HEADS = """
    SELECT rooms.id, numbers.many, numbers.lowest, numbers.highest, rooms.no IS NULL, numbers.no
    FROM (SELECT key >> 32 AS no, count(*) AS many, min(key) & 0xFFFFFFFF AS lowest, max(key) & 0xFFFFFFFF AS highest
          FROM events GROUP BY key >> 32) AS numbers
    LEFT JOIN rooms ON rooms.no = numbers.no
    WHERE (rooms.no IS NULL OR lowest <> 1 OR highest <> many)
        AND numbers.no NOT IN (SELECT no FROM dropped)"""  # what those left behind is being erased
# Rows that point to nothing: a table, what of it, and the condition.
_STRAYS: tuple[tuple[str, str, str], ...] = (
    ("members", "of rooms that do not exist", "room NOT IN (SELECT no FROM rooms)"),
    ("members", "who are no participants", "participant NOT IN (SELECT id FROM participants)"),
    ("accounts", "without a participant", "id NOT IN (SELECT id FROM participants)"),
    ("tokens", "of accounts that do not exist", "account NOT IN (SELECT id FROM accounts)"),
    (
        "relations",
        "of rooms that do not exist",
        "room NOT IN (SELECT no FROM rooms UNION ALL SELECT no FROM dropped)",
    ),
    ("sanctions", "of rooms that do not exist", "room NOT IN (SELECT no FROM rooms)"),
    ("bots", "without an account", "id NOT IN (SELECT id FROM accounts)"),
    *(
        (table, "of rooms that do not exist", "room NOT IN (SELECT no FROM rooms UNION ALL SELECT no FROM dropped)")
        for table in ("places", "verdicts", "memories", "files")
    ),
)


def examine(path: Path) -> Iterator[Said]:
    """Look at the database, beside a running server or not. Nothing is changed."""
    if not path.exists():
        yield f"no database in {path.parent} yet: the first start makes one", ""
        return
    try:
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as database:
            database.set_busy_timeout(BUSY)
            database.pragma("query_only", "ON")
            yield from _examine(database)
    except apsw.Error as why:
        yield f"the database cannot be read: {why}", _RESTORE


def examine_index(path: Path) -> Iterator[Said]:
    """Look at the search index, which holds nothing of its own."""
    anew = f"remove it while no server runs: the next start makes it anew ({path})"
    if not path.exists():
        yield "no search index: the next start makes it", ""
        return
    try:
        with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as database:
            database.set_busy_timeout(BUSY)
            found = database.pragma("quick_check")
        yield ("search index sound", "") if found == "ok" else (f"the search index is damaged: {found}", anew)
    except apsw.Error as why:
        yield f"the search index cannot be read: {why}", anew


def _examine(database: apsw.Connection) -> Iterator[Said]:
    if (found := database.pragma("quick_check")) != "ok":
        yield f"the database is damaged: {found}", _RESTORE
        return
    version, known = int(str(database.pragma("user_version"))), known_version()
    if version > known:
        yield f"the database is of a newer release (schema {version}; this one knows {known})", "upgrade Roomful"
        return
    if version < known:
        yield f"database sound; schema {version} of an earlier release, brought to {known} by the next start", ""
        return
    rooms, events = database.execute("SELECT (SELECT count(*) FROM rooms), (SELECT count(*) FROM events)").fetchall()[0]
    yield f"database sound: schema {version}, {rooms:,} rooms, {events:,} events", ""
    for look in _LOOKS:
        yield from look(database)


def _names(database: apsw.Connection) -> Iterator[Said]:
    found = {key for (key,) in database.execute("SELECT key FROM meta WHERE value <> ''")}
    for key in {"epoch", "secret"} - found:
        yield f"the database has no {key}", _RESTORE


def _logs(database: apsw.Connection) -> Iterator[Said]:
    wrong = database.execute(_HEADS).fetchall()
    for id, many, lowest, highest, astray, no in wrong[:5]:
        what = f"{many:,} events of a room that does not exist (number {no})" if astray else f"room !{id} has a gap"
        yield f"{what}: events {lowest} to {highest}, {many:,} in all", _RESTORE
    if not wrong:
        yield "every room's log is without gaps", ""


def _strays(database: apsw.Connection) -> Iterator[Said]:
    for table, what, condition in _STRAYS:
        count = database.execute(f"SELECT count(*) FROM {table} WHERE {condition}").get  # noqa: S608 - our own words
        if count:
            yield f"{count:,} {table} {what}", "harmless, and a fault: tell whoever maintains Roomful"


def _unfinished(database: apsw.Connection) -> Iterator[Said]:
    for (key,) in database.execute("SELECT key FROM rooms WHERE key LIKE 'importing %'"):
        name = key.partition(" ")[2]
        yield f"an import of {name} was not finished, or runs just now", f"import {name} again: that sweeps it away"


_LOOKS: tuple[Callable[[apsw.Connection], Iterator[Said]], ...] = (_names, _logs, _strays, _unfinished)
