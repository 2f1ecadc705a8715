"""The writer: the one connection that writes, in a thread of its own.

Whether a change is late is decided under the write lock, against heads that are kept from commit to commit. They stand as long as
`PRAGMA data_version` does not move: it moves when any other connection has committed, and only then.
"""

from collections.abc import Sequence
from pathlib import Path

import apsw

from roomful.domain.events import Event
from roomful.errors import StoreUnavailable
from roomful.store import Appended, Change

from . import accounts, bots, dropping, erasing, reader, speech
from .batch import Batch
from .checkpoints import Checkpoints
from .database import connect, unavailable
from .heads import Heads
from .receipts import Receipts

CACHE = 16_000  # KiB: the pages of many rooms' ends; with SQLite's 2,000 a batch over 250 rooms costs 1.5 µs more a row
MOST_HEADS = 200_000  # rooms; the cache begins anew beyond


class Writer:
    """What the writing thread holds. Every method is called in that thread, and raises StoreUnavailable."""

    def __init__(self, path: Path, vfs: str | None, checkpoints: Checkpoints) -> None:
        self._path = path
        self._vfs = vfs
        self._checkpoints = checkpoints
        self._receipts = Receipts()
        self._pages = 0  # of the write-ahead log
        self._version: object = None  # of the database, as this connection sees it
        self._others = 0  # how often somebody else was seen to have written
        self._database: apsw.Connection | None = None
        self._open()

    def append(self, changes: Sequence[Change]) -> Appended:
        """See `Store.append`."""
        database = self._usable()
        try:
            self._checkpoints.make_room(database, self._pages)
            return self._append(database, changes)
        except BaseException as why:
            # A failed COMMIT may have committed, and a fault of ours may have left half a transaction.
            self._give_up()
            if isinstance(why, apsw.Error):
                raise unavailable(why) from why
            raise

    def reopen(self) -> None:
        """See `Store.reopen`."""
        self._give_up()
        try:
            self._open()
        except apsw.Error as why:
            raise unavailable(why) from why

    def others(self) -> int:
        """A number that has grown if somebody else has written."""
        try:
            if self._database is not None:
                self._notice_others(self._database)
        except apsw.Error as why:
            raise unavailable(why) from why
        return self._others

    def prune(self, before: int) -> None:
        """See `Store.prune`."""
        database = self._usable()
        try:
            with database:
                self._receipts.prune(database, before)
                gone = database.execute(_PRUNE_PARTICIPANTS, (before,)).fetchall()
                for sql in _PRUNE_TRACES:
                    database.executemany(sql, gone)
                accounts.prune(database, before)
                bots.prune(database, before)
                speech.prune(database, before - bots.PAID_KEPT)
                database.execute(_PRUNE_SANCTIONS, (before,))
        except apsw.Error as why:
            raise unavailable(why) from why

    def expire(self, room: str, seqs: Sequence[int]) -> None:
        """Erase the texts of these messages, by age."""
        database = self._usable()
        try:
            self._checkpoints.make_room(database, self._pages)
            erasing.expire(database, room, seqs)
        except apsw.Error as why:
            raise unavailable(why) from why

    def erase_dropped(self) -> bool:
        """Erase a portion of what deleted rooms left behind. Returns whether there may be more."""
        database = self._usable()
        try:
            self._checkpoints.make_room(database, self._pages)
            return dropping.erase(database)
        except apsw.Error as why:
            raise unavailable(why) from why

    def purge(self) -> bool:
        """Cut the write-ahead log to nothing. Returns whether that was possible: not while somebody reads what is in it."""
        database = self._usable()
        try:
            self._checkpoints.purge(database)
            self._pages = 0
        except apsw.BusyError:
            return False
        except apsw.Error as why:
            raise unavailable(why) from why
        return True

    def close(self) -> None:
        """Let go of the connection."""
        self._give_up()

    # -- parts --------------------------------------------------------------------------------------------

    def _append(self, database: apsw.Connection, changes: Sequence[Change]) -> Appended:
        database.execute("BEGIN IMMEDIATE")
        self._notice_others(database)
        if len(self._heads) > MOST_HEADS:
            self._heads.clear()
        batch = Batch(database, self._heads)
        batch.decide(changes)
        batch.write()
        if batch.entries:
            self._receipts.add(database, batch.newest, b"".join(batch.entries))
        database.execute("COMMIT")
        missed = _missed(database, [changes[late.index] for late in batch.late]) if batch.late else {}
        return Appended(batch.late, missed)

    def _notice_others(self, database: apsw.Connection) -> None:
        version = database.pragma("data_version")
        if version != self._version:
            self._version = version
            self._others += 1
            self._heads.clear()
            self._receipts.forget()

    def _usable(self) -> apsw.Connection:
        if self._database is None:
            raise StoreUnavailable("The database failed, and was not opened again yet.")
        return self._database

    def _open(self) -> None:
        database = connect(self._path, self._vfs)
        database.pragma("cache_size", -CACHE)
        database.set_wal_hook(self._committed)
        self._heads = Heads(database)
        self._receipts.forget()
        self._version = database.pragma("data_version")
        self._database = database

    def _committed(self, database: apsw.Connection, name: str, pages: int) -> int:
        self._pages = pages
        self._checkpoints.committed(pages)
        return apsw.SQLITE_OK

    def _give_up(self) -> None:
        """Close the connection; what was not committed is rolled back by that."""
        database, self._database = self._database, None
        if database is not None:
            database.close(True)


_PRUNE_SANCTIONS = "DELETE FROM sanctions WHERE until < ?"
_PRUNE_PARTICIPANTS = """
    DELETE FROM participants
    WHERE until < ? AND NOT EXISTS (SELECT 1 FROM members WHERE participant = participants.id)
    RETURNING id"""
_PRUNE_TRACES = (
    "DELETE FROM markers WHERE participant = ?",
    "DELETE FROM mentions WHERE participant = ?",
    "DELETE FROM room_invites WHERE participant = ?",
)


def _missed(database: apsw.Connection, late: Sequence[Change]) -> dict[str, list[Event]]:
    """By room: the events beyond the head that the first of the late changes was decided on."""
    decided_on: dict[str, int] = {}
    for change in late:
        for event in change.events:
            decided_on[event.room] = min(event.seq - 1, decided_on.get(event.room, event.seq - 1))
    missed = {room: reader.beyond(database, room, head) for room, head in decided_on.items()}
    return {room: events for room, events in missed.items() if events}
