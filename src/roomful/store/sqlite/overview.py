"""What whoever owns the server is told of all of it: functions over a connection, each asked within one snapshot."""

from typing import Any

import apsw

from roomful.store import AccountSummary, Figures, RoomOverview
from roomful.store.overview import MOST_NAMED

_ACCOUNTS = """
    SELECT one.id, name, coalesce(nick, name), one.kind, owner, disabled, hash = '', created, coalesce(seen, 0),
        (SELECT count(*) FROM tokens WHERE account = one.id AND until > ?1),
        (SELECT count(*) FROM members JOIN rooms ON rooms.no = members.room
            WHERE participant = one.id AND rooms.kind <> 'direct')
    FROM accounts AS one LEFT JOIN participants ON participants.id = one.id
    WHERE one.folded > ?2 AND (instr(one.folded, ?3) OR instr(coalesce(participants.folded, ''), ?3))
    ORDER BY one.folded LIMIT ?4"""
_ROOMS = """
    SELECT no, id, key, name, kind, coalesce(settings ->> '$.archived', 0), created,
        (SELECT max(key) FROM events WHERE key BETWEEN no << 32 AND no << 32 | 0xFFFFFFFF),
        (SELECT count(*) FROM members WHERE room = no),
        (SELECT coalesce(sum(size), 0) FROM files WHERE room = no)
    FROM rooms WHERE key > ? AND key < '$' ORDER BY key LIMIT ?"""  # as their names begin: never past all direct rooms
_OWNERS = """
    SELECT nick FROM members JOIN participants ON participants.id = members.participant
    WHERE room = ? AND role = 'owner' ORDER BY nick, id LIMIT ?"""
_AT = "SELECT at FROM events WHERE key = ?"
_FIGURES = """
    SELECT (SELECT count(*) FROM accounts), (SELECT count(*) FROM rooms WHERE kind <> 'direct'),
        (SELECT count(*) FROM rooms WHERE kind = 'direct'),
        (SELECT coalesce(sum(size), 0) FROM (SELECT DISTINCT digest, size FROM files)),
        (SELECT page_count * page_size FROM pragma_page_count, pragma_page_size)"""


def accounts(database: apsw.Connection, now: int, like: str, after: str, limit: int) -> list[AccountSummary]:
    """See `Store.account_summaries`."""
    return [
        AccountSummary(id, name, nick, kind, bool(owner), bool(disabled), bool(waiting), *rest)
        for id, name, nick, kind, owner, disabled, waiting, *rest in _rows(database, _ACCOUNTS, now, after, like, limit)
    ]


def rooms(database: apsw.Connection, after: str, limit: int) -> list[RoomOverview]:
    """See `Store.room_overviews`."""
    return [_room(database, *row) for row in _rows(database, _ROOMS, after, limit)]


def _room(database: apsw.Connection, no: int, *row: Any) -> RoomOverview:
    id, key, name, kind, archived, created, newest, members, size = row
    at = database.execute(_AT, (newest,)).get or 0
    owners = tuple(nick for (nick,) in _rows(database, _OWNERS, no, MOST_NAMED))
    head = (newest or 0) & 0xFFFFFFFF
    return RoomOverview(id, key, name, kind, bool(archived), created, head, at, members, owners, size)


def figures(database: apsw.Connection) -> Figures:
    """See `Store.figures`."""
    return Figures(*_rows(database, _FIGURES)[0])


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()
