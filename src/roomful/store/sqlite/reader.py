"""The questions: functions over a connection. Each is asked within one snapshot, so what it tells fits together."""

from collections.abc import Iterable
from typing import Any

import apsw

from roomful.domain.events import Event, Role, Sender
from roomful.domain.rights import RoomKind
from roomful.store import ParticipantRecord, RoomRecord, RoomSummary

from .heads import SEQ

_ALL = 0x7FFF_FFFF

_EVENTS = "SELECT key, at, sender, nick, kind, nonce, body FROM events WHERE key > ? AND key < ?"
_FIRST = _EVENTS + " ORDER BY key LIMIT ?"
_NEWEST = _EVENTS + " ORDER BY key DESC LIMIT ?"
_HEAD = "SELECT key, at FROM events WHERE key BETWEEN ?1 << 32 AND ?1 << 32 | 0xFFFFFFFF ORDER BY key DESC LIMIT 1"
_ROOM = "SELECT no, id, key, name, kind, topic FROM rooms WHERE "
_MEMBERS = """
    SELECT id, nick, kind, role FROM members JOIN participants ON participants.id = members.participant
    WHERE room = ?"""
_SUMMARIES = """
    SELECT id, key, name, kind, topic,
        coalesce((SELECT max(key) FROM events WHERE key BETWEEN no << 32 AND no << 32 | 0xFFFFFFFF), 0) & 0xFFFFFFFF,
        (SELECT count(*) FROM members WHERE room = no)
    FROM rooms WHERE key > ? AND """
_PUBLIC = "kind = 'public' AND key < '$'"  # what follows '#', as all their names begin: never past all direct rooms
_EXPIRED = """
    SELECT id FROM participants WHERE until < ? AND EXISTS (
        SELECT 1 FROM members JOIN rooms ON rooms.no = members.room
        WHERE members.participant = participants.id AND rooms.kind = 'public')
    ORDER BY until, id LIMIT ?"""
_PARTICIPANT = "SELECT id, CASE WHEN folded IS NULL THEN '' ELSE nick END, kind, until FROM participants WHERE "


def read(
    database: apsw.Connection, room: str, after: int, before: int | None, limit: int, max_bytes: int, newest: bool
) -> list[Event]:
    """See `Store.read`."""
    no = _number(database, room)
    if no is None:
        return []
    base = no << 32
    low = base + min(max(after, 0), SEQ)
    high = base + (SEQ + 1 if before is None else min(max(before, 0), SEQ + 1))
    events: list[Event] = []
    size = 0
    cursor = database.execute(_NEWEST if newest else _FIRST, (low, high, limit))
    for key, at, sender, nick, kind, nonce, body in cursor:
        size += len(body)
        if events and size > max_bytes:
            cursor.close()  # or its snapshot would be kept, and the checkpoints would wait for it
            break
        events.append(Event(room, key & SEQ, at, Sender(sender, nick, kind), nonce, body))
    return events[::-1] if newest else events


def beyond(database: apsw.Connection, room: str, head: int) -> list[Event]:
    """All events of a room after `head`."""
    return read(database, room, head, None, _ALL, _ALL, newest=False)


def heads(database: apsw.Connection, rooms: Iterable[str]) -> dict[str, int]:
    """See `Store.heads`."""
    numbers = {room: no for room in rooms if (no := _number(database, room)) is not None}
    return {room: _head(database, no)[0] for room, no in numbers.items()}


def rooms(database: apsw.Connection, column: str, values: Iterable[str]) -> list[RoomRecord]:
    """The rooms in which `column` (`id` or `key`) has one of these values."""
    found = (_rows(database, f"{_ROOM} {column} = ?", value) for value in values)
    return [_record(database, *row) for rows in found for row in rows]


def list_rooms(database: apsw.Connection, participant: str | None, after: str, limit: int) -> list[RoomSummary]:
    """See `Store.list_rooms`."""
    if participant is None:
        rows = _rows(database, f"{_SUMMARIES} {_PUBLIC} ORDER BY key LIMIT ?", after, limit)
    else:
        mine = "no IN (SELECT room FROM members WHERE participant = ?) ORDER BY key LIMIT ?"
        rows = _rows(database, f"{_SUMMARIES} {mine}", after, participant, limit)
    return [RoomSummary(*row) for row in rows]


def rooms_of(database: apsw.Connection, participant: str) -> list[str]:
    """See `Store.rooms_of`."""
    sql = "SELECT id FROM members JOIN rooms ON rooms.no = members.room WHERE participant = ? ORDER BY rooms.no"
    return [id for (id,) in _rows(database, sql, participant)]


def participant(database: apsw.Connection, column: str, value: str) -> ParticipantRecord | None:
    """The participant in whose row `column` (`id` or `folded`) has this value."""
    rows = _rows(database, f"{_PARTICIPANT} {column} = ?", value)
    return ParticipantRecord(*rows[0]) if rows else None


def expired(database: apsw.Connection, now: int, limit: int) -> list[str]:
    """See `Store.expired`."""
    return [id for (id,) in _rows(database, _EXPIRED, now, limit)]


def meta(database: apsw.Connection, key: str) -> str:
    """See `Store.meta`."""
    rows = _rows(database, "SELECT value FROM meta WHERE key = ?", key)
    if not rows:
        raise KeyError(key)
    value: str = rows[0][0]
    return value


def ping(database: apsw.Connection) -> None:
    """See `Store.ping`."""
    _rows(database, "SELECT count(*) FROM meta")


def _number(database: apsw.Connection, room: str) -> int | None:
    no: int | None = database.execute("SELECT no FROM rooms WHERE id = ?", (room,)).get
    return no


def _head(database: apsw.Connection, no: int) -> tuple[int, int]:
    """A room's newest number and its time; 0 and 0 for none."""
    for key, at in _rows(database, _HEAD, no):
        return key & SEQ, at
    return 0, 0


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()


def _record(database: apsw.Connection, no: int, id: str, key: str, name: str, kind: RoomKind, topic: str) -> RoomRecord:
    head, at = _head(database, no)
    members: dict[str, tuple[Sender, Role]] = {
        who: (Sender(who, nick, of), role) for who, nick, of, role in _rows(database, _MEMBERS, no)
    }
    return RoomRecord(id, key, name, kind, topic, head, at, members)
