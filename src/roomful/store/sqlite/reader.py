"""The questions: functions over a connection. Each is asked within one snapshot, so what it tells fits together."""

from collections.abc import Iterable
from typing import Any

import apsw

from roomful.domain.events import Event, Sender
from roomful.store import ParticipantRecord

from .heads import SEQ
from .room_reader import head, number

_ALL = 0x7FFF_FFFF

_EVENTS = "SELECT key, at, sender, nick, kind, nonce, body FROM events WHERE key > ? AND key < ?"
_FIRST = _EVENTS + " ORDER BY key LIMIT ?"
_NEWEST = _EVENTS + " ORDER BY key DESC LIMIT ?"
_EXPIRED = """
    SELECT id FROM participants WHERE until < ? AND EXISTS (
        SELECT 1 FROM members JOIN rooms ON rooms.no = members.room
        WHERE members.participant = participants.id AND rooms.kind <> 'direct')
    ORDER BY until, id LIMIT ?"""
_PARTICIPANT = "SELECT id, CASE WHEN folded IS NULL THEN '' ELSE nick END, kind, until, seen FROM participants WHERE "


def read(
    database: apsw.Connection, room: str, after: int, before: int | None, limit: int, max_bytes: int, newest: bool
) -> list[Event]:
    """See `Store.read`."""
    no = number(database, room)
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
    numbers = {room: no for room in rooms if (no := number(database, room)) is not None}
    return {room: head(database, no)[0] for room, no in numbers.items()}


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


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()
