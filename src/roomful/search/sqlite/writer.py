"""The writer: takes events in and texts out. Every method is called in one thread, and raises apsw.Error.

What a run of events adds up to goes to SQLite as one JSON text and one statement: row by row, the thread would have to ask for
Python's lock as often, and the messages would wait for it.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import apsw
import msgspec

from roomful.domain.events import Event

from ..entries import Entries, Key, Line, Text, gather
from .database import COUNTER, PATIENCE, connect, discard, prepare

PORTION = 200  # lines taken out in one transaction: about 0.2 s
MOST_KNOWN = 50_000  # rooms, and senders, whose numbers are kept in memory

_LINES = "INSERT INTO lines SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3 FROM json_each(?)"
_TALK = "INSERT INTO talk (rowid, text, facts) SELECT value ->> 0, value ->> 4, value ->> 5 FROM json_each(?)"
_AT = "SELECT id FROM lines WHERE key IN (SELECT value FROM json_each(?))"
_OUT = (
    "DELETE FROM talk WHERE rowid IN (SELECT value FROM json_each(?))",
    "DELETE FROM lines WHERE id IN (SELECT value FROM json_each(?))",
)
_OF_ROOM = (
    "SELECT key & 0xFFFFFFFF FROM lines WHERE key BETWEEN ?1 << 32 AND ?1 << 32 | 0xFFFFFFFF ORDER BY key LIMIT ?"
)
_TOUCHED = "UPDATE rooms SET cursor = ?2, lines = lines + ?3 WHERE no = ?1"


class Gap(Exception):
    """Events were fed that do not follow a room's cursor."""


class Writer:
    """What the writing thread holds."""

    def __init__(self, path: Path, epoch: str) -> None:
        self._path = path
        self._epoch = epoch
        self._open()

    def feed(self, events: Sequence[Event]) -> bool:
        """See `Index.feed`."""
        with self._database:
            fresh, heads = self._fresh(events)
            entries = gather(fresh)
            taken_out = self._out(entries.gone)
            edited = [self._edit(key, text) for key, text in entries.texts.items()]
            self._put(entries)
            self._move(entries, heads)
        for room, head in heads.items():
            self._rooms[room] = self._rooms[room][0], head
        return bool(taken_out) or any(edited)

    def cursors(self) -> dict[str, int]:
        """See `Index.cursors`."""
        return dict(self._rows("SELECT id, cursor FROM rooms"))

    def oldest(self, room: str, limit: int) -> list[int]:
        """See `Index.oldest`."""
        no = self._number(room)
        return [] if no is None else [seq for (seq,) in self._rows(_OF_ROOM, no, limit)]

    def remove(self, room: str, seqs: Sequence[int]) -> bool:
        """Take out some of these lines. Returns whether there may be more."""
        with self._database:
            gone = self._out({(room, seq) for seq in seqs}, PORTION)
        return gone == PORTION

    def forget(self, room: str) -> bool:
        """Take out some of a room's lines, and with the last of them the room. Returns whether there is more of it."""
        if (no := self._number(room)) is None:
            return False
        more = self.remove(room, self.oldest(room, PORTION))
        if not more:
            with self._database:
                self._database.execute("DELETE FROM rooms WHERE no = ?", (no,))
            self._rooms.pop(room, None)
        return more

    def purge(self) -> None:
        """See `Index.purge`."""
        self._database.set_busy_timeout(PATIENCE)
        try:
            self._database.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        finally:
            self._database.set_busy_timeout(5_000)

    def begin_anew(self) -> None:
        """Throw the index away. Raises OSError too."""
        self.close()
        discard(self._path)
        self._open()

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close(True)

    # -- parts ------------------------------------------------------------------------------------------------

    def _fresh(self, events: Sequence[Event]) -> tuple[list[Event], dict[str, int]]:
        """Those that were not taken in before, and how far they go. Raises Gap."""
        heads: dict[str, int] = {}
        fresh: list[Event] = []
        for event in events:
            cursor = heads.get(event.room) or self._room(event.room)[1]
            if event.seq > cursor + 1:  # the index was begun anew, and whoever feeds it does not know yet
                raise Gap(f"event {event.seq} of a room does not follow {cursor}")
            if event.seq == cursor + 1:
                fresh.append(event)
                heads[event.room] = event.seq
        return fresh, heads

    def _open(self) -> None:
        prepare(self._path, self._epoch)
        self._database = connect(self._path)
        self._rooms: dict[str, tuple[int, int]] = {}  # by id: number and cursor
        self._senders: dict[tuple[str, str], int] = {}  # by nick and id

    def _put(self, entries: Entries) -> None:
        rows = []
        slots: dict[int, int] = {}
        for (room, seq), line in entries.lines.items():
            no, _ = self._room(room)
            facts = f"r{no} s{self._sender(line)}" + (" file" if line.file else "") + (" link" if line.link else "")
            id = self._slot(line.at // 1000, slots)
            rows.append((id, no << 32 | seq, line.said, size(line.text), line.text, facts))
        if rows:
            rows.sort()  # FTS5 writes a segment each time that ids go back
            data = msgspec.json.encode(rows).decode()
            self._database.execute(_LINES, (data,))
            self._database.execute(_TALK, (data,))

    def _slot(self, second: int, slots: dict[int, int]) -> int:
        """A free id in that second. `slots` has the next ones of seconds that were asked for before."""
        if second not in slots:
            first = second << COUNTER
            sql = "SELECT coalesce(max(id) + 1, ?1) FROM lines WHERE id >= ?1 AND id < ?1 + (1 << 20)"
            slots[second] = self._rows(sql, first)[0][0]
        slot = slots[second]
        if slot >> COUNTER != second:  # a million lines in one second: an import with coarse times
            return self._slot(second + 1, slots)
        slots[second] += 1
        return slot

    def _edit(self, key: Key, text: Text) -> bool:
        no, _ = self._room(key[0])
        sql = "SELECT id, facts FROM lines JOIN talk ON talk.rowid = lines.id WHERE key = ?"
        for id, before in self._rows(sql, no << 32 | key[1]):
            facts = before.removesuffix(" link") + (" link" if text.link else "")
            self._database.execute("UPDATE talk SET text = ?, facts = ? WHERE rowid = ?", (text.text, facts, id))
            values = (text.said, size(text.text), id)
            self._database.execute("UPDATE lines SET said = ?, size = ? WHERE id = ?", values)
            return True
        return False

    def _out(self, keys: Iterable[Key], most: int = -1) -> int:
        """Take out lines, at most so many; returns how many there were."""
        numbers = [no << 32 | seq for room, seq in keys if (no := self._number(room)) is not None]
        if not numbers:
            return 0
        found = self._rows(_AT, msgspec.json.encode(numbers).decode())
        ids = [id for (id,) in islice(found, most if most >= 0 else None)]
        if ids:
            counts = (
                "UPDATE rooms SET lines = lines - gone FROM (SELECT key >> 32 AS room, count(*) AS gone FROM lines "
            )
            counts += "WHERE id IN (SELECT value FROM json_each(?)) GROUP BY 1) WHERE no = room"
            data = msgspec.json.encode(ids).decode()
            for sql in (counts, *_OUT):
                self._database.execute(sql, (data,))
        return len(ids)

    def _move(self, entries: Entries, heads: dict[str, int]) -> None:
        added = dict.fromkeys(heads, 0)
        for room, _ in entries.lines:
            added[room] += 1
        for room, head in heads.items():
            self._database.execute(_TOUCHED, (self._room(room)[0], head, added[room]))

    def _number(self, room: str) -> int | None:
        if room in self._rooms:
            return self._rooms[room][0]
        return next((no for (no,) in self._rows("SELECT no FROM rooms WHERE id = ?", room)), None)

    def _room(self, id: str) -> tuple[int, int]:
        """A room's number and cursor; it is given a number if it has none."""
        if (known := self._rooms.get(id)) is None:
            if len(self._rooms) > MOST_KNOWN:
                self._rooms.clear()
            self._database.execute("INSERT OR IGNORE INTO rooms (id) VALUES (?)", (id,))
            ((no, cursor),) = self._rows("SELECT no, cursor FROM rooms WHERE id = ?", id)
            known = self._rooms[id] = no, cursor
        return known

    def _sender(self, line: Line) -> int:
        key = line.nick, line.sender
        if (no := self._senders.get(key)) is None:
            if len(self._senders) > MOST_KNOWN:
                self._senders.clear()
            self._database.execute("INSERT OR IGNORE INTO senders (nick, id) VALUES (?, ?)", key)
            ((no,),) = self._rows("SELECT no FROM senders WHERE nick = ? AND id = ?", *key)
            self._senders[key] = no
        assert no is not None
        return no

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return self._database.execute(sql, values).fetchall()

    def rolled_back(self) -> None:
        """A transaction failed: numbers that it gave out stand nowhere."""
        self._rooms.clear()
        self._senders.clear()


def size(text: str) -> int:
    """How many terms stand in a text that is kept."""
    return text.count(" ") + 1
