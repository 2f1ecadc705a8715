"""Receipts: under which number a participant's nonce was recorded.

They are looked up seldom (a command sent again after a restart) and written with every event, so writing must be cheap. A unique
index on nonces halves the store's speed at a million events, and any table with random keys writes a page for each row. Here
a batch's receipts are packed into one blob at the end of the table, and small batches share a row as long as it fits in a page
that is written anyway. A look-up searches the blobs for a hash, and the log itself confirms what it finds.
"""

import struct
from collections.abc import Iterator
from zlib import crc32

import apsw

from roomful.domain.events import Event

ENTRY = struct.Struct("<Iq")  # hash; key of the event
ROW = 4_000  # bytes of small batches in a row: with its header, one page of 4,096

_pack = ENTRY.pack


def hashed(participant: str, room: str, nonce: str) -> int:
    """32 bits by which a receipt is found."""
    return crc32(f"{participant}\0{room}\0{nonce}".encode())


def entry(event: Event, key: int) -> bytes:
    """The packed receipt of the event recorded under `key`."""
    return _pack(crc32(f"{event.sender.id}\0{event.room}\0{event.nonce}".encode()), key)


class Receipts:
    """The writer's end of the table. Only valid while nobody else writes: then `forget`."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Somebody else may have written: begin a new row."""
        self._batch: int | None = None
        self._row = b""

    def add(self, database: apsw.Connection, at: int, entries: bytes) -> None:
        """Write a batch's receipts, `at` being the time of its newest event."""
        if self._batch is None:
            last: int = database.execute("SELECT coalesce(max(batch), 0) FROM receipts").get
            self._batch, self._row = last + 1, entries
        elif len(self._row) + len(entries) <= ROW:
            self._row += entries
        else:
            self._batch, self._row = self._batch + 1, entries
        database.execute("REPLACE INTO receipts VALUES (?, ?, ?)", (self._batch, at, self._row))


def find(database: apsw.Connection, participant: str, room: str, nonce: str) -> int | None:
    """The number under which the nonce was recorded first; None if it was not, or too long ago."""
    if not nonce:
        return None
    no = database.execute("SELECT no FROM rooms WHERE id = ?", (room,)).get
    wanted = hashed(participant, room, nonce).to_bytes(4, "little")
    for (entries,) in database.execute("SELECT entries FROM receipts ORDER BY batch"):
        for key in _keys(entries, wanted):
            if key >> 32 == no and _recorded(database, key) == (participant, nonce):
                return key & 0xFFFF_FFFF
    return None


def _keys(entries: bytes, wanted: bytes) -> Iterator[int]:
    """The keys of the entries with this hash."""
    at = entries.find(wanted)
    while at >= 0:
        if at % ENTRY.size == 0:  # else the bytes are only by chance the same
            yield ENTRY.unpack_from(entries, at)[1]
        at = entries.find(wanted, at + 1)


def _recorded(database: apsw.Connection, key: int) -> tuple[str, str] | None:
    found: tuple[str, str] | None = database.execute("SELECT sender, nonce FROM events WHERE key = ?", (key,)).get
    return found
