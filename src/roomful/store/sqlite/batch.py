"""One batch of changes under the write lock: which are late is decided in order, the rest is written at once."""

from collections.abc import Sequence

import apsw

from roomful.domain.events import Event
from roomful.store import Blank, Change, DeleteRoom, Late, Mention, NewRoom, Relate, Row

from . import rows
from .heads import SEQ, Heads
from .receipts import entry

_INSERT = "INSERT INTO events (key, at, sender, nick, kind, nonce, body) VALUES (?, ?, ?, ?, ?, ?, ?)"
_Values = tuple[int, int, str, str, str, str, bytes]


class Batch:
    """Collects the events of the changes that are not late; `write` inserts them."""

    def __init__(self, database: apsw.Connection, heads: Heads) -> None:
        self.late: list[Late] = []
        self.entries: list[bytes] = []  # of receipts
        self.newest = 0  # the time of the newest event that was written, ms
        self._database = database
        self._heads = heads
        self._values: list[_Values] = []
        self._behind: set[str] = set()  # rooms of late changes: what was decided on top of those is late too

    def decide(self, changes: Sequence[Change]) -> None:
        """Take the changes that are in time, in order; their rows are written here, where the next one can see them."""
        for index, change in enumerate(changes):
            taken = rows.taken(self._database, change.rows) if change.rows else ""
            if taken or not self._in_time(change):
                self.late.append(Late(index, taken))
                self._behind.update(event.room for event in change.events)
                continue
            if change.rows:
                self._put(change)
            else:
                for event in change.events:
                    self._add(event)

    def _put(self, change: Change) -> None:
        """Write a change's rows, rooms that begin first; those that look at events must find the ones so far."""
        begin = [row for row in change.rows if isinstance(row, NewRoom)]
        for room in begin:
            rows.put(self._database, self._heads, room)
        for event in change.events:
            self._add(event)
        for row in change.rows:
            if _looks_at_events(row):
                self.write()
            if not isinstance(row, NewRoom):
                rows.put(self._database, self._heads, row)

    def write(self) -> None:
        """Insert the events so far, all with one statement."""
        if self._values:
            self._database.executemany(_INSERT, self._values)
            self.newest = max(self.newest, *(values[1] for values in self._values), 0)
            self._values.clear()

    def _in_time(self, change: Change) -> bool:
        """Whether each event's number follows its room's head, and nothing the change was decided on is late."""
        if change.rows:
            return rows.rooms_exist(self._heads, change.rows) and self._follows(change)
        if len(change.events) != 1:
            return self._follows(change)
        event = change.events[0]  # a post, as nearly all changes are
        return event.seq == self._heads[event.room] + 1 & SEQ and event.room not in self._behind

    def _follows(self, change: Change) -> bool:
        heads = {row.id: 0 for row in change.rows if isinstance(row, NewRoom)}
        for event in change.events:
            room = event.room
            head = heads[room] if room in heads else self._heads[room] & SEQ
            if event.seq != head + 1 or room in self._behind:
                return False
            heads[room] = event.seq
        return True

    def _add(self, event: Event) -> None:
        key = self._heads[event.room] + 1
        self._heads[event.room] = key
        sender = event.sender
        self._values.append((key, event.at, sender.id, sender.nick, sender.kind, event.nonce, event.data))
        if event.nonce:
            self.entries.append(entry(event, key))


def _looks_at_events(row: Row) -> bool:
    return isinstance(row, Blank | DeleteRoom | Mention) or (isinstance(row, Relate) and row.what == "thread")
