"""The heads of rooms, as the writer keeps them from commit to commit."""

import apsw

SEQ = 0xFFFF_FFFF  # the bits of an event's key that hold its number; those above hold the room's
UNKNOWN = -1  # the head of a room that does not exist: no number follows it

# max(key) over one room's range is one seek to its end, whatever the room's length.
_HEAD = """
    SELECT coalesce((SELECT max(key) FROM events WHERE key BETWEEN no << 32 AND no << 32 | 0xFFFFFFFF), no << 32)
    FROM rooms WHERE id = ?"""


class Heads(dict[str, int]):
    """By room's id: the key of its newest event. What is not known is read when it is asked for."""

    def __init__(self, database: apsw.Connection) -> None:
        super().__init__()
        self._database = database

    def __missing__(self, room: str) -> int:
        key = self._database.execute(_HEAD, (room,)).get
        if key is None:
            return UNKNOWN
        self[room] = key
        return int(key)
