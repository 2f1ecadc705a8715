"""Webhooks and leases: how their rows are written, and what is asked of them. `no` is a room's number in the database."""

from collections.abc import Callable
from typing import Any

import apsw

from roomful.domain.events import Sender
from roomful.domain.webhooks import Hook, InHook, OutHook
from roomful.store import DropHook, Lease, MoveHook, PutHook, Taken

_PUT_IN = """
    REPLACE INTO hooks_in (room, id, name, by_id, by_nick, by_kind, created, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"""
_PUT_OUT = """
    REPLACE INTO hooks_out (room, id, url, by_id, by_nick, by_kind, created, secret, events, cursor, failing, tries, due,
        reason, off) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_MOVE = """
    UPDATE hooks_out SET cursor = ?, failing = ?, tries = ?, due = ?, reason = ? WHERE id = ? AND room = ? AND off = 0"""
_IN = """
    SELECT hooks_in.id, rooms.id, hooks_in.name, by_id, by_nick, by_kind, hooks_in.created, digest
    FROM hooks_in JOIN rooms ON rooms.no = room"""
_OUT = """
    SELECT hooks_out.id, rooms.id, url, by_id, by_nick, by_kind, hooks_out.created, secret, events, cursor, failing, tries,
        due, reason, off
    FROM hooks_out JOIN rooms ON rooms.no = room"""


# -- writing ------------------------------------------------------------------------------------------


def taken(database: apsw.Connection, row: object) -> Taken:
    """Whether somebody else has the lease: "lease"; else empty."""
    if not isinstance(row, Lease):
        return ""
    sql = "SELECT 1 FROM leases WHERE name = ? AND owner <> ? AND until > ?"
    return "lease" if database.execute(sql, (row.name, row.owner, row.now)).get else ""


def _put(database: apsw.Connection, no: int, row: PutHook) -> None:
    one = row.hook
    head = (
        no,
        one.id,
        one.name if isinstance(one, InHook) else one.url,
        one.by.id,
        one.by.nick,
        one.by.kind,
        one.created,
    )
    if isinstance(one, InHook):
        database.execute(_PUT_IN, (*head, one.digest))
    else:
        state = (one.cursor, one.failing, one.tries, one.due, one.reason, one.off)
        database.execute(_PUT_OUT, (*head, one.secret, " ".join(one.events), *state))


def _move(database: apsw.Connection, no: int, row: MoveHook) -> None:
    database.execute(_MOVE, (row.cursor, row.failing, row.tries, row.due, row.reason, row.id, no))


def _drop(database: apsw.Connection, no: int, row: DropHook) -> None:
    database.execute("DELETE FROM hooks_in WHERE id = ? AND room = ?", (row.id, no))
    database.execute("DELETE FROM hooks_out WHERE id = ? AND room = ?", (row.id, no))


def _lease(database: apsw.Connection, row: Lease) -> None:
    database.execute("REPLACE INTO leases (name, owner, until) VALUES (?, ?, ?)", (row.name, row.owner, row.until))


PUT: dict[type, Callable[[apsw.Connection, Any], None]] = {Lease: _lease}
PUT_IN_ROOM: dict[type, Callable[[apsw.Connection, int, Any], None]] = {
    PutHook: _put,
    MoveHook: _move,
    DropHook: _drop,
}


# -- reading ------------------------------------------------------------------------------------------


def hooks(database: apsw.Connection, room: str | None) -> list[Hook]:
    """See `Store.hooks`."""
    where, values = ("", ()) if room is None else (" WHERE rooms.id = ?", (room,))
    found: list[Hook] = [_incoming(*row) for row in database.execute(_IN + where, values)]
    found += [_outgoing(*row) for row in database.execute(_OUT + where, values)]
    return sorted(found, key=lambda hook: (hook.created, hook.id))


def _incoming(id: str, room: str, name: str, by: str, nick: str, kind: str, created: int, digest: bytes) -> InHook:
    return InHook(id, room, name, Sender(by, nick, kind), created, digest)


def _outgoing(
    id: str, room: str, url: str, by: str, nick: str, kind: str, created: int, secret: str, events: str, *state: Any
) -> OutHook:
    cursor, failing, tries, due, reason, off = state
    types = tuple(events.split())
    by_whom = Sender(by, nick, kind)
    return OutHook(id, room, url, by_whom, created, secret, types, cursor, failing, tries, due, reason, bool(off))
