"""What somebody has not read, counted with as few looks at the log as there are messages to count, and no more than that.

A message that still has its text begins with it, so that comparisons tell it from nearly everything else; one that says what it
says by files alone has those. Whether it was said in a thread is looked for only in rooms that have threads.
"""

from collections.abc import Iterable
from typing import Any

import apsw

from roomful.store import MOST_COUNTED, MOST_LOOKED_AT, Counts

from .room_reader import head

_TEXT = """
    body >= CAST('{"type":"message",' AS BLOB) AND body < CAST('{"type":"message"-' AS BLOB)
    AND (body < CAST('{"type":"message","text";' AS BLOB) AND body >= CAST('{"type":"message","text":' AS BLOB)
        OR instr(body, CAST('"attachments":[' AS BLOB)) > 0)"""
_SAID = f"""
    SELECT 1 FROM events
    WHERE key > ?2 << 32 | ?3 AND key <= ?2 << 32 | 0xFFFFFFFF AND sender <> ?1 AND {_TEXT}"""  # noqa: S608 - ours
# No text has these bytes: its quotes have a \ before them.
_APART = """ AND instr(body, CAST(',"thread":' AS BLOB)) = 0"""
_NAMED = """
    SELECT DISTINCT seq FROM mentions WHERE participant IN (?1, '*') AND room = ?2 AND seq > ?3 AND sender <> ?1"""
_THREADS = f"""
    SELECT thread, seq, (SELECT count(*) FROM (
        SELECT 1 FROM relations JOIN events ON events.key = ?2 << 32 | relations.seq
        WHERE room = ?2 AND target = thread AND what = 'thread' AND relations.seq > max(markers.seq, ?3)
            AND sender <> ?1 AND {_TEXT}
        LIMIT {MOST_COUNTED})) AS unread
    FROM markers WHERE participant = ?1 AND room = ?2 AND thread > 0 AND unread > 0 ORDER BY thread"""  # noqa: S608 - ours
_ROOM = """
    SELECT no,
        coalesce((SELECT seq FROM markers WHERE participant = ?1 AND room = no AND thread = 0), 0),
        coalesce((SELECT since FROM members WHERE room = no AND participant = ?1), 0)
    FROM rooms WHERE id = ?2"""
_HAS_THREADS = "SELECT 1 FROM relations WHERE room = ? AND what = 'thread' AND seq > ? LIMIT 1"


def unread(database: apsw.Connection, me: str, rooms: Iterable[str]) -> list[Counts]:
    """See `Store.unread`."""
    counts = []
    for room in rooms:
        for no, read, since in _rows(database, _ROOM, me, room):
            counts.append(_of_room(database, me, room, no, read, since))
            threads = _rows(database, _THREADS, me, no, since - 1)
            counts += [Counts(room, thread, read, unread, 0) for thread, read, unread in threads]
    return counts


def _of_room(database: apsw.Connection, me: str, room: str, no: int, read: int, since: int) -> Counts:
    floor = max(read, since - 1)
    named = _count(database, _NAMED, me, no, floor)
    floor = max(floor, head(database, no)[0] - MOST_LOOKED_AT)
    said = _SAID + _APART if _rows(database, _HAS_THREADS, no, floor) else _SAID
    return Counts(room, 0, read, _count(database, said + " ORDER BY key DESC", me, no, floor), named)


def _count(database: apsw.Connection, sql: str, *values: object) -> int:
    count: int = database.execute(f"SELECT count(*) FROM ({sql} LIMIT {MOST_COUNTED})", values).get  # noqa: S608 - ours
    return count


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()
