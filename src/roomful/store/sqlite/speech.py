"""What services of speech were used for: how it is written, and what is asked of it."""

from collections.abc import Callable, Sequence
from typing import Any

import apsw
import msgspec

from roomful.domain.events import timestamp
from roomful.domain.verdicts import Used
from roomful.store.speech_rows import UseSpeech

DAY = 86_400_000  # ms

_USE = """
    INSERT INTO speech_used (day, room, person, what, model, times, amount, cost) VALUES (?, ?, ?, ?, ?, 1, ?, ?)
    ON CONFLICT DO UPDATE SET times = times + 1, amount = amount + excluded.amount, cost = cost + excluded.cost"""
_USED = """
    SELECT day, model, id, person, times, cost, what, amount FROM speech_used JOIN rooms ON rooms.no = room
    WHERE day >= ?1 AND (?2 IS NULL OR id IN (SELECT value FROM json_each(?2)))"""


def _use(database: apsw.Connection, no: int, row: UseSpeech) -> None:
    database.execute(_USE, (row.at // DAY, no, row.person, row.what, row.model, row.amount, row.cost))


PUT_IN_ROOM: dict[type, Callable[[apsw.Connection, int, Any], None]] = {UseSpeech: _use}


def used(database: apsw.Connection, rooms: Sequence[str] | None, since: int) -> list[Used]:
    """Part of `Store.used`, in no order."""
    wanted = None if rooms is None else msgspec.json.encode(rooms).decode()
    rows: list[Any] = database.execute(_USED, (since // DAY, wanted)).fetchall()
    return [
        Used(timestamp(day * DAY)[:10], "", model, room, person, times, 0, 0, cost, what, amount)
        for day, model, room, person, times, cost, what, amount in rows
    ]


def prune(database: apsw.Connection, before: int) -> None:
    """Forget what was used on days before that time."""
    database.execute("DELETE FROM speech_used WHERE day < ?", (before // DAY,))
