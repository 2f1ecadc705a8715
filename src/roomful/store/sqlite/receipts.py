"""Receipts: under which number a participant's nonce was recorded.

They are written with every event and looked up seldom: when a command is sent again after a restart. So writing must be cheap.
A unique index on nonces halves the store's speed at a million events, and any table with random keys writes a page for each
row. Here a batch's receipts are packed into one blob at the end of the table, and small batches share a row as long as it fits
into a page, which is written anyway.

A look-up first asks a bitmap of all hashes, made at the first look-up and grown with the table: most of what was never recorded
ends there, without 12 bytes being read for each post of a week. Else it searches the blobs for the hash, the newest
first, and the log itself confirms what it finds.
"""

import struct
from collections.abc import Iterator
from threading import Lock
from zlib import crc32

import apsw

from roomful.domain.events import Event

from .heads import SEQ

ENTRY = struct.Struct("<Iq")  # hash; key of the event
ROW = 4_000  # bytes of small batches in a row: with its header, less than a page of 4,096

_pack = ENTRY.pack

_NEXT = "SELECT coalesce(max(batch), 0) + 1 FROM receipts"
# The rows lie in the order of their times, but for a clock that was set back: those wait for their neighbours.
# The last row stays, emptied, so that the numbers of batches only ever grow.
_PRUNE = """
    DELETE FROM receipts WHERE batch < coalesce(
        (SELECT batch FROM receipts WHERE at >= ? ORDER BY batch LIMIT 1), (SELECT max(batch) FROM receipts))"""
_EMPTY_LAST = """
    UPDATE receipts SET entries = x''
    WHERE batch = (SELECT max(batch) FROM receipts) AND at < ? AND entries <> x''"""


def entry(event: Event, key: int) -> bytes:
    """The packed receipt of the event recorded under `key`."""
    return _pack(crc32(f"{event.sender.id}\0{event.room}\0{event.nonce}".encode()), key)


class Receipts:
    """The writer's end of the table."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Somebody else may have written: begin a new row."""
        self._batch = 0
        self._row = b""

    def add(self, database: apsw.Connection, at: int, entries: bytes) -> None:
        """Write a batch's receipts, `at` being the time of its newest event in ms. Raises apsw.Error."""
        if not self._batch or len(self._row) + len(entries) > ROW:
            self._batch = int(database.execute(_NEXT).get)
            self._row = b""
        self._row += entries
        database.execute("REPLACE INTO receipts VALUES (?, ?, ?)", (self._batch, at, self._row))

    def prune(self, database: apsw.Connection, before: int) -> None:
        """Forget the rows in which all is from before this time, ms. Raises apsw.Error."""
        self.forget()
        database.execute(_PRUNE, (before,))
        database.execute(_EMPTY_LAST, (before,))


class Lookup:
    """The readers' end, which they share."""

    BITS = 26  # of a hash, by which the bitmap knows it: 8 MiB; of a million receipts 1.5 % let a stranger pass

    def __init__(self) -> None:
        self._lock = Lock()
        self._seen = 0  # the newest batch in the bitmap; it may have grown since
        self._bitmap = bytearray()

    def find(self, database: apsw.Connection, participant: str, room: str, nonce: str) -> int | None:
        """The number under which the nonce was recorded, the newest if it was more than once; None if it was not."""
        if not nonce:
            return None
        hashed = crc32(f"{participant}\0{room}\0{nonce}".encode())
        with self._lock:
            self._catch_up(database)
            place, bit = _place(hashed)
            if not self._bitmap[place] & bit:
                return None
        no = database.execute("SELECT no FROM rooms WHERE id = ?", (room,)).get
        for key in _keys(database, hashed):
            if key >> 32 == no and _recorded(database, key) == (participant, nonce):
                return key & SEQ
        return None

    def _catch_up(self, database: apsw.Connection) -> None:
        bitmap = self._bitmap = self._bitmap or bytearray(1 << self.BITS - 3)
        sql = "SELECT batch, entries FROM receipts WHERE batch >= ? ORDER BY batch"
        for batch, entries in database.execute(sql, (self._seen,)):
            self._seen = batch
            for hashed, _ in ENTRY.iter_unpack(entries):
                place, bit = _place(hashed)
                bitmap[place] |= bit


def _place(hashed: int) -> tuple[int, int]:
    """The bitmap's byte and the bit in it that stand for a hash."""
    hashed >>= 32 - Lookup.BITS
    return hashed >> 3, 1 << (hashed & 7)


def _keys(database: apsw.Connection, hashed: int) -> Iterator[int]:
    """The keys of all entries with this hash, the newest first."""
    wanted = hashed.to_bytes(4, "little")
    for (entries,) in database.execute("SELECT entries FROM receipts ORDER BY batch DESC"):
        at = entries.rfind(wanted)
        while at >= 0:
            if at % ENTRY.size == 0:  # else these bytes only look like it
                yield ENTRY.unpack_from(entries, at)[1]
            at = entries.rfind(wanted, 0, at + 3)


def _recorded(database: apsw.Connection, key: int) -> tuple[str, str] | None:
    """The sender's id and the nonce of an event."""
    found: tuple[str, str] | None = database.execute("SELECT sender, nonce FROM events WHERE key = ?", (key,)).get
    return found
