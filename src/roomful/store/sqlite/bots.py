"""Bots: how their rows are written, and what is asked of them. `no` is a room's number in the database.

A verdict is about a range of lines, and is looked up by a line. So that an index can find it, ranges lie by their width, in bits:
one whose ends are less than 2^w apart begins less than 2^w before any line in it.
"""

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

import apsw
import msgspec

from roomful.domain.events import timestamp
from roomful.domain.verdicts import Kept, Memory, Total, Used, Verdict
from roomful.store import (
    BotRecord,
    DropMemory,
    PlaceRecord,
    PutBot,
    PutKept,
    PutMemory,
    PutPlace,
    PutVerdict,
    Taken,
)

from ..silences import joined
from . import speech
from .room_reader import number

DAY = 86_400_000  # ms
PAID_KEPT = 400 * DAY  # ms for which a verdict that used tokens stays longer than others
WIDTHS = range(54)  # bits: numbers of lines have up to 53
_ALL_WIDTHS = msgspec.json.encode(list(WIDTHS)).decode()

_PUT_BOT = "REPLACE INTO bots (id, model, destination, max_bounce, settings) VALUES (?, ?, ?, ?, ?)"
_PUT_PLACE = "REPLACE INTO places (room, bot, mode, host, settings) VALUES (?, ?, ?, ?, ?)"
_PUT_VERDICT = """
    INSERT INTO verdicts (at, day, room, bot, first, last, width, verdict, rule, words, answer, model, person, tokens_in,
        tokens_out, cost, first_token, took, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_PUT_MEMORY = "REPLACE INTO memories (room, id, bot, at, kind, seq, author, text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_PUT_KEPT = "REPLACE INTO kept (participant, key, value, version) VALUES (?, ?, ?, ?)"

_BOTS = """
    SELECT bots.id, coalesce(nick, ''), model, destination, max_bounce, settings
    FROM bots LEFT JOIN participants ON participants.id = bots.id ORDER BY coalesce(folded, ''), bots.id"""
_PLACES = """
    SELECT places.bot, rooms.id, mode, host, places.settings FROM places
    JOIN members ON members.room = places.room AND members.participant = places.bot
    JOIN rooms ON rooms.no = places.room ORDER BY rooms.no"""
_COLUMNS = """
    bot, first, last, verdict, rule, words, answer, model, person, tokens_in, tokens_out, cost, first_token, took, at, told"""
_VERDICT = f"SELECT {_COLUMNS} FROM verdicts WHERE no"  # noqa: S608 - of parts of ours
_TOLD = f"""
    SELECT no, {_COLUMNS} FROM verdicts WHERE room = ? AND told = 1 AND last BETWEEN ? AND ?
    ORDER BY last DESC, no DESC LIMIT ?"""  # noqa: S608 - of parts of ours
_OTHERWISE = """
    SELECT EXISTS (
        SELECT 1 FROM verdicts WHERE bot = ? AND room = ? AND no > ? AND no < ? AND (verdict, rule) <> (?, ?))"""
_ABOUT = f"""{_VERDICT} IN (
        SELECT no FROM json_each(?4) AS widths CROSS JOIN verdicts
        WHERE room = ?1 AND width = widths.value AND first > ?2 - (1 << widths.value) AND first <= ?2 AND last >= ?2)
    ORDER BY no DESC LIMIT ?3"""  # noqa: S608 - of parts of ours
# From bot to bot, and of each only the newest: however many there are, a few are read.
_NEWEST = f"""
    WITH RECURSIVE names (bot) AS (
        SELECT min(bot) FROM verdicts
        UNION ALL SELECT (SELECT min(bot) FROM verdicts WHERE bot > names.bot) FROM names WHERE bot IS NOT NULL)
    {_VERDICT} IN (SELECT (SELECT max(no) FROM verdicts WHERE bot = names.bot AND room = ?1) FROM names)
    ORDER BY no DESC LIMIT ?2"""  # noqa: S608 - of parts of ours
_USED = """
    SELECT day, bot, model, (SELECT id FROM rooms WHERE no = room) AS room_id, person,
        count(*), sum(tokens_in), sum(tokens_out), sum(cost)
    FROM verdicts INDEXED BY verdicts_used
    WHERE day >= ?1 AND at >= ?2 AND tokens_in + tokens_out > 0 {}
    GROUP BY day, model, bot, room, person HAVING room_id IS NOT NULL"""
_IN_ROOMS = "AND room IN (SELECT no FROM rooms WHERE id IN (SELECT value FROM json_each(?3)))"
_TOTALS = """
    SELECT bot, verdict, rule, sum(iif(first, last - first + 1, 0)) AS lines, sum(tokens_in + tokens_out), sum(cost)
    FROM verdicts WHERE room = ? AND at >= ? GROUP BY bot, verdict, rule ORDER BY bot, lines DESC, rule"""
_MEMORY = "SELECT id, bot, text, kind, seq, author, at FROM memories WHERE room = ?"
_KEPT = "SELECT key, value, version FROM kept WHERE participant = ? AND key >= ? AND key > ? ORDER BY key"


# -- writing ------------------------------------------------------------------------------------------


def taken(database: apsw.Connection, row: object) -> Taken:
    """Whether somebody else has put the value since: "kept"; else empty."""
    if not isinstance(row, PutKept):
        return ""
    sql = "SELECT version FROM kept WHERE participant = ? AND key = ?"
    return "" if (database.execute(sql, (row.participant, row.key)).get or 0) == row.version else "kept"


def _put_bot(database: apsw.Connection, row: PutBot) -> None:
    database.execute(_PUT_BOT, (row.id, row.model, row.destination, row.max_bounce, row.settings))


def _put_kept(database: apsw.Connection, row: PutKept) -> None:
    database.execute(_PUT_KEPT, (row.participant, row.key, row.value, row.version + 1))


def _put_place(database: apsw.Connection, no: int, row: PutPlace) -> None:
    database.execute(_PUT_PLACE, (no, row.bot, row.mode, row.host, row.settings))


def _put_verdict(database: apsw.Connection, no: int, row: PutVerdict) -> None:
    one = row.verdict
    lines = (one.first, one.last, (one.last - one.first).bit_length())
    said = (one.verdict, one.rule, one.words, one.answer, one.model, one.person)
    used = (one.tokens_in, one.tokens_out, one.cost, one.first_token, one.took)
    database.execute(_PUT_VERDICT, (row.at, row.at // DAY, no, one.bot, *lines, *said, *used, one.told))


def _put_memory(database: apsw.Connection, no: int, row: PutMemory) -> None:
    one = row.memory
    if one.kind == "summary":
        database.execute("DELETE FROM memories WHERE bot = ? AND room = ? AND kind = 'summary'", (one.bot, no))
    database.execute(_PUT_MEMORY, (no, one.memory, one.bot, row.at, one.kind, one.seq, one.author, one.text))


def _drop_memory(database: apsw.Connection, no: int, row: DropMemory) -> None:
    database.execute("DELETE FROM memories WHERE room = ? AND id = ?", (no, row.memory))


PUT: dict[type, Callable[[apsw.Connection, Any], None]] = {PutBot: _put_bot, PutKept: _put_kept}
PUT_IN_ROOM: dict[type, Callable[[apsw.Connection, int, Any], None]] = {
    PutPlace: _put_place,
    PutVerdict: _put_verdict,
    PutMemory: _put_memory,
    DropMemory: _drop_memory,
}

ALL_ROWS_OF_AN_ACCOUNT = (
    "DELETE FROM bots WHERE id = ?",
    "DELETE FROM places WHERE bot = ?",
    "DELETE FROM verdicts WHERE bot = ?",
    "DELETE FROM memories WHERE bot = ?",
    "DELETE FROM kept WHERE participant = ?",
)


def forget_lines(database: apsw.Connection, no: int, lines: Sequence[int]) -> None:
    """Delete the notes of these lines, and all summaries that cover one, in the open transaction. Raises apsw.Error."""
    database.executemany("DELETE FROM memories WHERE room = ? AND seq = ?", [(no, seq) for seq in lines])
    database.execute("DELETE FROM memories WHERE room = ? AND kind = 'summary' AND seq >= ?", (no, min(lines)))


def prune(database: apsw.Connection, before: int) -> None:
    """Forget verdicts from before that time, those that used tokens 400 days later."""
    database.execute("DELETE FROM verdicts WHERE tokens_in + tokens_out = 0 AND at < ?", (before,))
    sql = "DELETE FROM verdicts WHERE tokens_in + tokens_out > 0 AND day <= ?1 / 86400000 AND at < ?1"
    database.execute(sql, (before - PAID_KEPT,))


# -- reading ------------------------------------------------------------------------------------------


def bots(database: apsw.Connection) -> list[BotRecord]:
    """See `Store.bots`."""
    places: dict[str, list[PlaceRecord]] = {}
    for bot, room, mode, host, settings in _rows(database, _PLACES):
        places.setdefault(bot, []).append(PlaceRecord(room, mode, bool(host), settings))
    return [BotRecord(*(*row, tuple(places.get(row[0], ())))) for row in _rows(database, _BOTS)]


def verdicts(database: apsw.Connection, room: str, seq: int | None, limit: int) -> list[Verdict]:
    """See `Store.verdicts`."""
    no = number(database, room)
    if no is None:
        return []
    sql, values = (_NEWEST, (no, limit)) if seq is None else (_ABOUT, (no, seq, limit, _ALL_WIDTHS))
    return [_verdict(*row) for row in _rows(database, sql, *values)]


def told(database: apsw.Connection, room: str, first: int, last: int, limit: int) -> tuple[list[Verdict], int]:
    """See `Store.told`."""
    no = number(database, room)
    found = [(at, _verdict(*row)) for at, *row in _rows(database, _TOLD, no, first, last, limit + 1)]

    def otherwise(since: int, until: int, one: Verdict) -> bool:
        return bool(database.execute(_OTHERWISE, (one.bot, no, since, until, one.verdict, one.rule)).get)

    return joined(found, limit, otherwise)


def _verdict(*row: Any) -> Verdict:
    *rest, at, told = row
    return Verdict(*(*rest, timestamp(at), bool(told)))


def totals(database: apsw.Connection, room: str, since: int) -> list[Total]:
    """See `Store.totals`."""
    return [Total(*row) for row in _rows(database, _TOTALS, number(database, room), since)]


def used(database: apsw.Connection, rooms: Sequence[str] | None, since: int) -> list[Used]:
    """See `Store.used`."""
    values: tuple[object, ...] = (since // DAY, since)
    if rooms is None:
        rows = _rows(database, _USED.format(""), *values)
    else:
        rows = _rows(database, _USED.format(_IN_ROOMS), *values, msgspec.json.encode(rooms).decode())
    found = [Used(timestamp(day * DAY)[:10], *rest) for day, *rest in rows] + speech.used(database, rooms, since)
    found.sort(key=lambda one: (one.model, one.bot, one.room, one.person, one.speech))
    found.sort(key=lambda one: one.day, reverse=True)
    return found


def memories(database: apsw.Connection, room: str, bot: str, limit: int) -> list[Memory]:
    """See `Store.memories`."""
    no = number(database, room)
    whose, values = ("AND bot = ?", (no, bot, limit)) if bot else ("", (no, limit))
    return [_memory(*row) for row in _rows(database, f"{_MEMORY} {whose} ORDER BY no DESC LIMIT ?", *values)]


def memory(database: apsw.Connection, room: str, id: str) -> Memory | None:
    """See `Store.memory`."""
    rows = _rows(database, f"{_MEMORY} AND id = ?", number(database, room), id)
    return _memory(*rows[0]) if rows else None


def kept(database: apsw.Connection, participant: str, key: str, after: str, limit: int) -> list[Kept]:
    """See `Store.kept`."""
    found: list[Kept] = []
    cursor = database.execute(_KEPT, (participant, key, after))
    for name, value, version in islice(cursor, limit):
        if not name.startswith(key):
            break
        found.append(Kept(name, value, version))
    cursor.close()
    return found


def _memory(id: str, bot: str, text: str, kind: str, seq: int, author: str, at: int) -> Memory:
    return Memory(id, bot, text, kind, seq, author, timestamp(at))


def _rows(database: apsw.Connection, sql: str, *values: object) -> list[Any]:
    return database.execute(sql, values).fetchall()
