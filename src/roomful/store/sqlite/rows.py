"""The rows of a change: which unique ones are free, and how each is written."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

import apsw

from roomful.store import Claim, DropMember, Extend, NewRoom, PutMember, Release, Row, SetTopic

from .heads import Heads

Taken = Literal["", "nick", "room"]

_CLAIM = """
    INSERT INTO participants (id, nick, folded, kind, until) VALUES (?1, ?2, ?3, ?4, ?5)
    ON CONFLICT (id) DO UPDATE SET nick = ?2, folded = ?3, kind = ?4, until = ?5"""


def taken(database: apsw.Connection, rows: Iterable[Row]) -> Taken:
    """Which of the unique rows is not free; empty if all are."""
    for row in rows:
        if isinstance(row, NewRoom):
            if database.execute("SELECT 1 FROM rooms WHERE key = ?", (row.key,)).get:
                return "room"
        elif isinstance(row, Claim):
            sql = "SELECT 1 FROM participants WHERE folded = ? AND id <> ? AND until > ?"
            if database.execute(sql, (row.folded, row.participant, row.now)).get:
                return "nick"
    return ""


def rooms_exist(heads: Heads, rows: Iterable[Row]) -> bool:
    """Whether each row's room is there, or begins in a row before it."""
    begun = set()
    for row in rows:
        if isinstance(row, NewRoom):
            begun.add(row.id)
        elif isinstance(row, SetTopic | PutMember | DropMember) and row.room not in begun and heads[row.room] < 0:
            return False
    return True


def put(database: apsw.Connection, heads: Heads, row: Row) -> None:
    """Write a row. Raises apsw.Error."""
    _PUT[type(row)](database, heads, row)


def _new_room(database: apsw.Connection, heads: Heads, row: NewRoom) -> None:
    sql = "INSERT INTO rooms (id, key, name, kind, created) VALUES (?, ?, ?, ?, ?)"
    database.execute(sql, (row.id, row.key, row.name, row.kind, row.created))
    heads[row.id] = database.last_insert_rowid() << 32


def _set_topic(database: apsw.Connection, heads: Heads, row: SetTopic) -> None:
    database.execute("UPDATE rooms SET topic = ? WHERE no = ?", (row.topic, heads[row.room] >> 32))


def _put_member(database: apsw.Connection, heads: Heads, row: PutMember) -> None:
    sql = "REPLACE INTO members (room, participant, role) VALUES (?, ?, ?)"
    database.execute(sql, (heads[row.room] >> 32, row.participant, row.role))


def _drop_member(database: apsw.Connection, heads: Heads, row: DropMember) -> None:
    sql = "DELETE FROM members WHERE room = ? AND participant = ?"
    database.execute(sql, (heads[row.room] >> 32, row.participant))


def _claim(database: apsw.Connection, heads: Heads, row: Claim) -> None:
    # Whoever held the nick until now lets go of it, and keeps its row: rooms show the nick it had.
    sql = "UPDATE participants SET folded = NULL WHERE folded = ? AND id <> ?"
    database.execute(sql, (row.folded, row.participant))
    database.execute(_CLAIM, (row.participant, row.nick, row.folded, row.kind, row.until))


def _extend(database: apsw.Connection, heads: Heads, row: Extend) -> None:
    sql = "UPDATE participants SET until = ? WHERE id = ?"
    database.executemany(sql, [(row.until, participant) for participant in row.participants])


def _release(database: apsw.Connection, heads: Heads, row: Release) -> None:
    database.execute("UPDATE participants SET folded = NULL, until = 0 WHERE id = ?", (row.participant,))


_PUT: dict[type, Callable[[apsw.Connection, Heads, Any], None]] = {
    NewRoom: _new_room,
    SetTopic: _set_topic,
    PutMember: _put_member,
    DropMember: _drop_member,
    Claim: _claim,
    Extend: _extend,
    Release: _release,
}
