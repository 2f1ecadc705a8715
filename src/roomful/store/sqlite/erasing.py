"""Erasing texts: of one message and its edits, or of all that are older than they may become.

`secure_delete` overwrites what an update sets free in the database; the write-ahead log holds the old pages until `purge`.
"""

from bisect import bisect_left
from collections.abc import Iterable

import apsw

from roomful.domain.events import Edit, Message, decode_body, encode_body
from roomful.store.blanking import blanked

from . import bots, files
from .heads import SEQ

_BODY = "SELECT body FROM events WHERE key = ?"
_BLANK = "UPDATE events SET body = ? WHERE key = ?"
_EDITS = "SELECT seq FROM relations WHERE room = ? AND target = ? AND what = 'edit'"
_AT = "SELECT at FROM events WHERE key = ?"
# Found without decoding, while other threads run: in JSON these bytes are a key or nothing, a text would escape its quotes.
_DUE = """
    SELECT key FROM events
    WHERE key > ?1 AND key <= ?2 AND instr(body, CAST('"redacted":' AS BLOB)) = 0
        AND (substr(body, 1, 17) = CAST('{"type":"message"' AS BLOB) OR substr(body, 1, 14) = CAST('{"type":"edit"' AS BLOB))
    ORDER BY key LIMIT ?3"""


def blank(database: apsw.Connection, no: int, target: int, redacted: int) -> None:
    """Erase the texts of a message and of all its edits, in the transaction that is open; what is blank already stays so.

    What bots remember of them goes too, and the files that hang on the message.

    `no` is the room's number in the database; `redacted` what the bodies say from then on: see `Blank`. Raises apsw.Error.
    """
    edits = [seq for (seq,) in database.execute(_EDITS, (no, target))]
    for seq in (target, *edits):
        _blank_one(database, no, seq, redacted)
    bots.forget_lines(database, no, (target, *edits))
    files.drop_of_line(database, no, target)


def retentions(database: apsw.Connection) -> dict[str, int]:
    """See `Store.retentions`."""
    sql = "SELECT id, settings ->> '$.retention' AS days FROM rooms WHERE days > 0"
    return {str(id): int(str(days)) for id, days in database.execute(sql)}


def due(database: apsw.Connection, room: str, after: int, before: int, limit: int) -> tuple[list[int], int]:
    """Up to `limit` numbers of messages and edits from before that time (ms) that still have a text, and how far was looked."""
    no = database.execute("SELECT no FROM rooms WHERE id = ?", (room,)).get
    found: list[int] = []
    if no is None:
        return found, after
    base = no << 32
    last = _last_before(database, base, after, before)
    found = [key & SEQ for (key,) in database.execute(_DUE, (base + after, base + last, limit))]
    return found, last if len(found) < limit else found[-1]


def _last_before(database: apsw.Connection, base: int, after: int, before: int) -> int:
    """The number of the newest event from before that time, from `after` on: times never go back, and no number is missing."""
    head = database.execute("SELECT max(key) FROM events WHERE key BETWEEN ? AND ?", (base, base | SEQ)).get
    numbers = range(after + 1, (head or base) - base + 1)
    return after + bisect_left(numbers, before, key=lambda seq: database.execute(_AT, (base + seq,)).get)


def expire(database: apsw.Connection, room: str, seqs: Iterable[int]) -> None:
    """Erase these messages' texts, by age, in one transaction. Raises apsw.Error."""
    database.execute("BEGIN IMMEDIATE")
    try:
        no = database.execute("SELECT no FROM rooms WHERE id = ?", (room,)).get
        if no is not None:  # else it was deleted since, and all of it is erased
            for seq in seqs:
                blank(database, no, seq, 0)
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")


def _blank_one(database: apsw.Connection, no: int, seq: int, redacted: int) -> None:
    key = no << 32 | seq
    data = database.execute(_BODY, (key,)).get
    if data is None:
        return
    body = decode_body(data)
    empty = blanked(body, redacted)
    if empty is None:
        return
    assert isinstance(body, Message | Edit)
    database.execute(_BLANK, (encode_body(empty), key))
    sql = "DELETE FROM mentions WHERE participant = ? AND room = ? AND seq = ?"
    database.executemany(sql, [(who, no, seq) for who in (*body.mentions, "*")])
