"""The rows that hang on a room: how each is written. `no` is the room's number in the database."""

from collections.abc import Callable
from typing import Any

import apsw
import msgspec

from roomful.store import (
    Blank,
    DropInvite,
    DropMember,
    DropSanction,
    LogAct,
    Mark,
    Mention,
    PutInvite,
    PutMember,
    PutSanction,
    Relate,
    RenameRoom,
    SetRoom,
    SetTopic,
    Unpin,
)

from .erasing import blank

_PUT_MEMBER = """
    INSERT INTO members (room, participant, role, since) VALUES (?1, ?2, ?3, ?4)
    ON CONFLICT DO UPDATE SET role = ?3, since = iif(?4, ?4, since)"""
_MARK = """
    INSERT INTO markers (participant, room, thread, seq) SELECT ?1, ?2, ?3, ?4
    WHERE ?3 = 0 OR EXISTS (SELECT 1 FROM relations WHERE room = ?2 AND target = ?3 AND what = 'thread')
    ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)"""
_TAKE_PART = """
    INSERT INTO markers (participant, room, thread, seq) SELECT sender, ?1, ?2, 0 FROM events
    WHERE key IN (?1 << 32 | ?2, ?1 << 32 | ?3) ON CONFLICT DO NOTHING"""
_MENTION = """
    REPLACE INTO mentions (participant, room, seq, sender) SELECT ?1, ?2, ?3, sender FROM events WHERE key = ?2 << 32 | ?3"""
_PUT_SANCTION = "REPLACE INTO sanctions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_REPLACED = "DELETE FROM sanctions WHERE room = ? AND what = ? AND participant = ? AND mask = ? AND address = ?"


def settings_json(settings: object) -> str:
    """Settings as the column holds them."""
    return msgspec.json.encode(settings).decode()


def _set_topic(database: apsw.Connection, no: int, row: SetTopic) -> None:
    database.execute("UPDATE rooms SET topic = ? WHERE no = ?", (row.topic, no))


def _set_room(database: apsw.Connection, no: int, row: SetRoom) -> None:
    database.execute(
        "UPDATE rooms SET kind = ?, settings = ? WHERE no = ?", (row.kind, settings_json(row.settings), no)
    )


def _rename(database: apsw.Connection, no: int, row: RenameRoom) -> None:
    old = database.execute("SELECT key FROM rooms WHERE no = ?", (no,)).get
    database.execute("UPDATE rooms SET key = ?, name = ? WHERE no = ?", (row.key, row.name, no))
    if old != row.key:
        database.execute("DELETE FROM old_names WHERE key = ?", (row.key,))
        database.execute("REPLACE INTO old_names (key, room) VALUES (?, ?)", (old, no))


def _put_member(database: apsw.Connection, no: int, row: PutMember) -> None:
    database.execute(_PUT_MEMBER, (no, row.participant, row.role, row.since))


def _drop_member(database: apsw.Connection, no: int, row: DropMember) -> None:
    database.execute("DELETE FROM members WHERE room = ? AND participant = ?", (no, row.participant))


def _put_invite(database: apsw.Connection, no: int, row: PutInvite) -> None:
    database.execute("REPLACE INTO room_invites (room, participant) VALUES (?, ?)", (no, row.participant))


def _drop_invite(database: apsw.Connection, no: int, row: DropInvite) -> None:
    database.execute("DELETE FROM room_invites WHERE room = ? AND participant = ?", (no, row.participant))


def _put_sanction(database: apsw.Connection, no: int, row: PutSanction) -> None:
    one, by = row.sanction, row.sanction.by
    database.execute(_REPLACED, (no, one.what, one.participant, one.mask, one.address))
    about = (one.participant, one.nick, one.mask, one.address, " ".join(one.covers))
    database.execute(_PUT_SANCTION, (no, one.seq, one.what, by.id, by.nick, by.kind, one.until, one.reason, *about))


def _drop_sanction(database: apsw.Connection, no: int, row: DropSanction) -> None:
    database.execute("DELETE FROM sanctions WHERE room = ? AND seq = ?", (no, row.seq))


def _relate(database: apsw.Connection, no: int, row: Relate) -> None:
    sql = "REPLACE INTO relations (room, target, what, seq) VALUES (?, ?, ?, ?)"
    database.execute(sql, (no, row.target, row.what, row.seq))
    if row.what == "thread":
        database.execute(_TAKE_PART, (no, row.target, row.seq))


def _unpin(database: apsw.Connection, no: int, row: Unpin) -> None:
    database.execute("DELETE FROM relations WHERE room = ? AND target = ? AND what = 'pin'", (no, row.target))


def _mention(database: apsw.Connection, no: int, row: Mention) -> None:
    database.executemany(_MENTION, [(participant, no, row.seq) for participant in row.participants])


def _mark(database: apsw.Connection, no: int, row: Mark) -> None:
    database.execute(_MARK, (row.participant, no, row.thread, row.seq))


def _log_act(database: apsw.Connection, no: int, row: LogAct) -> None:
    database.execute("REPLACE INTO acts (room, seq) VALUES (?, ?)", (no, row.seq))


def _blank(database: apsw.Connection, no: int, row: Blank) -> None:
    blank(database, no, row.target, row.redacted)


PUT: dict[type, Callable[[apsw.Connection, int, Any], None]] = {
    SetTopic: _set_topic,
    SetRoom: _set_room,
    RenameRoom: _rename,
    PutMember: _put_member,
    DropMember: _drop_member,
    PutInvite: _put_invite,
    DropInvite: _drop_invite,
    PutSanction: _put_sanction,
    DropSanction: _drop_sanction,
    Relate: _relate,
    Unpin: _unpin,
    Mention: _mention,
    Mark: _mark,
    LogAct: _log_act,
    Blank: _blank,
}
