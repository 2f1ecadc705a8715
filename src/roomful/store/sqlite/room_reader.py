"""Questions about rooms and what hangs on them: functions over a connection, each asked within one snapshot."""

from collections.abc import Iterable, Sequence
from typing import Any

import apsw
import msgspec

from roomful.domain.events import Event, Sender
from roomful.domain.members import Member
from roomful.domain.rights import RoomKind
from roomful.domain.sanctions import Sanction
from roomful.domain.settings import RoomSettings
from roomful.store import RoomRecord, RoomSummary

from .heads import SEQ

_EVENT = "SELECT key, at, sender, nick, kind, nonce, body FROM events WHERE key = ?"
_HEAD = "SELECT key, at FROM events WHERE key BETWEEN ?1 << 32 AND ?1 << 32 | 0xFFFFFFFF ORDER BY key DESC LIMIT 1"
_ROOM = "SELECT no, id, key, name, kind, topic, settings FROM rooms WHERE "
_MEMBERS = """
    SELECT id, nick, kind, role, since FROM members JOIN participants ON participants.id = members.participant
    WHERE room = ?"""
_HEADS = """
    SELECT id, coalesce((SELECT max(key) FROM events WHERE key BETWEEN no << 32 AND no << 32 | 0xFFFFFFFF), 0)
        & 0xFFFFFFFF
    FROM rooms"""
_SUMMARIES = """
    SELECT id, key, name, kind, topic,
        coalesce((SELECT max(key) FROM events WHERE key BETWEEN no << 32 AND no << 32 | 0xFFFFFFFF), 0) & 0xFFFFFFFF,
        (SELECT count(*) FROM members WHERE room = no), coalesce(settings ->> '$.archived', 0)
    FROM rooms WHERE key > ? AND """
_PUBLIC = "kind = 'public' AND key < '$'"  # what follows '#', as all their names begin: never past all direct rooms
_SANCTIONS = """
    SELECT seq, what, by_id, by_nick, by_kind, until, reason, participant, nick, mask, address, covers
    FROM sanctions WHERE room = ? ORDER BY seq"""
_MOVED = """
    SELECT name FROM old_names JOIN rooms ON rooms.no = old_names.room
    WHERE old_names.key = ?1 AND NOT EXISTS (SELECT 1 FROM rooms WHERE key = ?1)"""
_RELATED = """
    SELECT seq FROM relations WHERE room = ? AND target = ? AND what = ? AND seq > ? ORDER BY seq LIMIT ?"""
# From message to message: those that have a thousand reactions or answers hold nobody up who asks for others.
_CHANGES = """
    SELECT {} FROM json_each(?2) AS targets CROSS JOIN relations
    WHERE room = ?1 AND target = targets.value AND what = ?3 AND seq > ?4 {} ORDER BY 1 DESC LIMIT ?5"""
_NEWEST_CHANGES = _CHANGES.format("max(seq)", "GROUP BY target")
_ALL_CHANGES = _CHANGES.format("seq", "")

_settings = msgspec.json.Decoder(RoomSettings).decode


def number(database: apsw.Connection, room: str) -> int | None:
    """The number in the database of the room with this id."""
    no: int | None = database.execute("SELECT no FROM rooms WHERE id = ?", (room,)).get
    return no


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
    return [RoomSummary(*(*row[:-1], bool(row[-1]))) for row in rows]


def rooms_of(database: apsw.Connection, participant: str) -> list[str]:
    """See `Store.rooms_of`."""
    sql = "SELECT id FROM members JOIN rooms ON rooms.no = members.room WHERE participant = ? ORDER BY rooms.no"
    return [id for (id,) in _rows(database, sql, participant)]


def invitations(database: apsw.Connection, participant: str) -> list[str]:
    """See `Store.invitations`."""
    sql = (
        "SELECT id FROM room_invites JOIN rooms ON rooms.no = room_invites.room WHERE participant = ? ORDER BY rooms.no"
    )
    return [id for (id,) in _rows(database, sql, participant)]


def all_heads(database: apsw.Connection) -> dict[str, int]:
    """See `Store.all_heads`."""
    return dict(_rows(database, _HEADS))


def moved(database: apsw.Connection, key: str) -> str | None:
    """See `Store.moved`."""
    name: str | None = database.execute(_MOVED, (key,)).get
    return name


def sanctions(database: apsw.Connection, room: str) -> list[Sanction]:
    """See `Store.sanctions`."""
    no = number(database, room)
    return [] if no is None else _sanctions(database, no)


def events(database: apsw.Connection, room: str, seqs: Sequence[int]) -> list[Event]:
    """See `Store.events`."""
    no = number(database, room)
    if no is None:
        return []
    wanted = sorted({seq for seq in seqs if 0 < seq <= SEQ})
    return [_event(room, row) for seq in wanted for row in _rows(database, _EVENT, no << 32 | seq)]


def related(
    database: apsw.Connection, room: str, target: int, what: Sequence[str], after: int, limit: int
) -> list[Event]:
    """See `Store.related`."""
    no = number(database, room)
    if no is None:
        return []
    found = [seq for kind in what for (seq,) in _rows(database, _RELATED, no, target, kind, after, limit)]
    return events(database, room, sorted(found)[:limit])


def changes(database: apsw.Connection, room: str, targets: Sequence[int], after: int, limit: int) -> list[Event]:
    """See `Store.changes`."""
    no, several = number(database, room), msgspec.json.encode(list(dict.fromkeys(targets))).decode()
    found: list[int] = []
    for what, sql in (("edit", _NEWEST_CHANGES), ("pin", _NEWEST_CHANGES), ("reaction", _ALL_CHANGES)):
        found += (seq for (seq,) in _rows(database, sql, no, several, what, after, limit - len(found)))
    return [event for seq in found for event in events(database, room, [seq])]


def pins(database: apsw.Connection, room: str) -> list[int]:
    """See `Store.pins`."""
    sql = "SELECT target FROM relations WHERE room = ? AND what = 'pin' ORDER BY seq DESC"
    return [target for (target,) in _rows(database, sql, number(database, room))]


def acts(database: apsw.Connection, room: str, before: int | None, limit: int) -> list[Event]:
    """See `Store.acts`."""
    sql = "SELECT seq FROM acts WHERE room = ? AND seq < ? ORDER BY seq DESC LIMIT ?"
    upto = SEQ + 1 if before is None else before
    return events(database, room, [seq for (seq,) in _rows(database, sql, number(database, room), upto, limit)])[::-1]


# -- parts ----------------------------------------------------------------------------------------------


def head(database: apsw.Connection, no: int) -> tuple[int, int]:
    """A room's newest number and its time; 0 and 0 for none."""
    for key, at in _rows(database, _HEAD, no):
        return key & SEQ, at
    return 0, 0


def _event(room: str, row: tuple[Any, ...]) -> Event:
    key, at, sender, nick, kind, nonce, body = row
    return Event(room, key & SEQ, at, Sender(sender, nick, kind), nonce, body)


def _sanctions(database: apsw.Connection, no: int) -> list[Sanction]:
    return [
        Sanction(
            seq, what, Sender(id, by, kind), until, reason, participant, nick, mask, address, tuple(covers.split())
        )
        for seq, what, id, by, kind, until, reason, participant, nick, mask, address, covers in _rows(
            database, _SANCTIONS, no
        )
    ]


def _record(
    database: apsw.Connection, no: int, id: str, key: str, name: str, kind: RoomKind, topic: str, settings: str
) -> RoomRecord:
    newest, at = head(database, no)
    members = {
        who: Member(Sender(who, nick, of), role, since) for who, nick, of, role, since in _rows(database, _MEMBERS, no)
    }
    invited = frozenset(who for (who,) in _rows(database, "SELECT participant FROM room_invites WHERE room = ?", no))
    pinned = database.execute("SELECT count(*) FROM relations WHERE room = ? AND what = 'pin'", (no,)).get
    return RoomRecord(
        id,
        key,
        name,
        kind,
        topic,
        newest,
        at,
        members,
        _settings(settings),
        tuple(_sanctions(database, no)),
        invited,
        pinned,
    )


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()
