"""Deleting rooms: out of sight at once, out of the files in portions.

A room of a million events takes seconds to erase, for which nobody's message may wait. So the transaction that deletes a room
takes away what makes it visible, and notes its number; its events and what hangs on them are erased afterwards.
"""

import apsw

from roomful.store import DeleteRoom

from .heads import SEQ, Heads

PORTION = 1_000  # rows of a transaction: what others write waits some milliseconds for it; 400,000 rows take a second

_VISIBLE = ("members", "room_invites", "old_names", "sanctions", "hooks_in", "hooks_out")
_FREE_NICKS = """
    UPDATE participants SET folded = NULL, skeleton = NULL, until = 0 WHERE id IN (SELECT id FROM hooks_in WHERE room = ?)"""
_HIDDEN = {  # by table: its key
    "relations": "room, target, what, seq",
    "acts": "room, seq",
    "mentions": "participant, room, seq",
    "markers": "participant, room, thread",
    "places": "room, bot",
    "verdicts": "no",
    "memories": "no",
    "files": "id",
    "speech_used": "day, room, person, what, model",
}


def drop(database: apsw.Connection, heads: Heads, row: DeleteRoom) -> None:
    """Take a room out of sight, in the transaction that is open. Raises apsw.Error."""
    no = heads[row.room] >> 32
    database.execute(_FREE_NICKS, (no,))
    for table in _VISIBLE:
        database.execute(f"DELETE FROM {table} WHERE room = ?", (no,))  # noqa: S608 - names of ours
    database.execute("DELETE FROM rooms WHERE no = ?", (no,))
    database.execute("INSERT INTO dropped (no) VALUES (?)", (no,))
    del heads[row.room]


def erase(database: apsw.Connection) -> bool:
    """Erase a portion of what deleted rooms left behind. Returns whether there may be more. Raises apsw.Error."""
    if database.execute("SELECT 1 FROM dropped LIMIT 1").get is None:
        return False
    # Looked at again under the lock: another server may have finished, and the number may be another room's by now.
    database.execute("BEGIN IMMEDIATE")
    try:
        no = database.execute("SELECT no FROM dropped LIMIT 1").get
        if no is not None and _erase_rows(database, int(no)) == 0:
            database.execute("DELETE FROM dropped WHERE no = ?", (no,))
        database.execute("COMMIT")
    finally:
        if database.in_transaction:
            database.execute("ROLLBACK")
    return True


def _erase_rows(database: apsw.Connection, no: int) -> int:
    """Erase up to a portion of one table's rows. Returns how many; 0: there are none left."""
    base = no << 32
    sql = "DELETE FROM events WHERE key IN (SELECT key FROM events WHERE key BETWEEN ? AND ? ORDER BY key LIMIT ?)"
    database.execute(sql, (base, base | SEQ, PORTION))
    tables = iter(_HIDDEN.items())
    while database.changes() == 0 and (table := next(tables, None)):
        name, key = table
        sql = f"DELETE FROM {name} WHERE ({key}) IN (SELECT {key} FROM {name} WHERE room = ? LIMIT ?)"  # noqa: S608 - ours
        database.execute(sql, (no, PORTION))
    return database.changes()
