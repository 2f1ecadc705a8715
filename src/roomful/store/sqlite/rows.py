"""The rows of a change: which unique ones are free, and how each is written."""

from collections.abc import Callable, Iterable
from typing import Any

import apsw

from roomful.store import FOREVER, Claim, DeleteRoom, Extend, NewRoom, Release, RenameRoom, Row, Taken

from . import accounts, bots, files, hooks, room_rows, speech
from .dropping import drop
from .heads import Heads
from .room_rows import settings_json

_CLAIM = """
    INSERT INTO participants (id, nick, folded, kind, until, skeleton) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
    ON CONFLICT (id) DO UPDATE SET nick = ?2, folded = ?3, kind = ?4, until = ?5, skeleton = ?6"""


# A number that a deleted room had is not given again before all of that room is erased.
_NEW_ROOM = """
    INSERT INTO rooms (no, id, key, name, kind, created, settings)
    SELECT max(coalesce((SELECT max(no) FROM rooms), 0), coalesce((SELECT max(no) FROM dropped), 0)) + 1, ?, ?, ?, ?, ?, ?"""


def taken(database: apsw.Connection, rows: Iterable[Row]) -> Taken:
    """Which of the unique rows is not free; empty if all are."""
    for row in rows:
        if isinstance(row, NewRoom | RenameRoom):
            id = row.id if isinstance(row, NewRoom) else row.room
            if database.execute("SELECT 1 FROM rooms WHERE key = ? AND id <> ?", (row.key, id)).get:
                return "room"
        elif isinstance(row, Claim):
            sql = "SELECT 1 FROM participants WHERE folded = ? AND id <> ? AND until > ?"
            if database.execute(sql, (row.folded, row.participant, row.now)).get:
                return "nick"
            if accounts.looks_taken(database, row.participant, row.folded, row.skeleton):
                return "nick"
        elif row_taken := (
            accounts.taken(database, row)
            or bots.taken(database, row)
            or hooks.taken(database, row)
            or files.taken(database, row)
        ):
            return row_taken
    return ""


def rooms_exist(heads: Heads, rows: Iterable[Row]) -> bool:
    """Whether each row's room is there, or begins in a row before it."""
    begun = set()
    for row in rows:
        if isinstance(row, NewRoom):
            begun.add(row.id)
        elif (room := getattr(row, "room", None)) is not None and room not in begun and heads[room] < 0:
            return False
    return True


def put(database: apsw.Connection, heads: Heads, row: Row) -> None:
    """Write a row. Raises apsw.Error."""
    if (put_in_room := _PUT_IN_ROOM.get(type(row))) is not None:
        room: str = row.room  # type: ignore[union-attr]  # as all rows of that table have
        put_in_room(database, heads[room] >> 32, row)
    elif (put_alone := _PUT_ALONE.get(type(row))) is not None:
        put_alone(database, row)
    else:
        _PUT[type(row)](database, heads, row)


def _new_room(database: apsw.Connection, heads: Heads, row: NewRoom) -> None:
    database.execute("DELETE FROM old_names WHERE key = ?", (row.key,))
    values = (row.id, row.key, row.name, row.kind, row.created, settings_json(row.settings))
    database.execute(_NEW_ROOM, values)
    heads[row.id] = database.last_insert_rowid() << 32


def _claim(database: apsw.Connection, heads: Heads, row: Claim) -> None:
    # Whoever held the nick until now lets go of it, and keeps its row: rooms show the nick it had.
    sql = "UPDATE participants SET folded = NULL WHERE folded = ? AND id <> ?"
    database.execute(sql, (row.folded, row.participant))
    looks = (
        row.skeleton or None if row.until == FOREVER else None
    )  # of accounts' nicks: what looks like them is refused
    database.execute(_CLAIM, (row.participant, row.nick, row.folded, row.kind, row.until, looks))


def _extend(database: apsw.Connection, heads: Heads, row: Extend) -> None:
    sql = """
        UPDATE participants SET until = CASE until WHEN ?1 THEN until ELSE ?2 END, seen = max(seen, ?3) WHERE id = ?4"""
    database.executemany(sql, [(FOREVER, row.until, row.seen, participant) for participant in row.participants])


def _release(database: apsw.Connection, heads: Heads, row: Release) -> None:
    database.execute(
        "UPDATE participants SET folded = NULL, skeleton = NULL, until = 0 WHERE id = ?", (row.participant,)
    )


_PUT_IN_ROOM = room_rows.PUT | bots.PUT_IN_ROOM | hooks.PUT_IN_ROOM | files.PUT_IN_ROOM | speech.PUT_IN_ROOM
_PUT_ALONE = accounts.PUT | bots.PUT | hooks.PUT | files.PUT
_PUT: dict[type, Callable[[apsw.Connection, Heads, Any], None]] = {
    NewRoom: _new_room,
    DeleteRoom: drop,
    Claim: _claim,
    Extend: _extend,
    Release: _release,
}
