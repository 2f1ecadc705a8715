"""Searching: the newest lines that fit are candidates, and the best of those come first.

A word that is in every second line must not cost a look at them all. FTS5 gives matches in the order of ids, the newest first,
as long as nobody asks for more: so at most CANDIDATES are scored, in the same statement (row by row, Python's lock would be asked
for each time). FTS5's own bm25() would count every line of each word: 0.4 s for a common one among a million.
"""

import math
from collections.abc import Sequence
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from .. import Ask, Found
from ..text import Phrase
from .database import COUNTER
from .expression import expression, facts, phrase

SHORTLIST = 200  # of the candidates: their texts are looked at; of the others a word counts once
CANDIDATES = 1_200  # more than a client may page through
MOST_PARTS = 4  # rooms that are looked at by themselves
MUCH = 5_000  # lines before the first that may be read: with so many a room is
MOST_ROOMS = 300  # that an expression names; with more, each line's room is looked at
LARGE = 8  # likewise, if the rooms have more than this part of all lines
RECENT = 0.4  # which part of the score is recency; the rest is relevance
HALF = 30 * 86_400  # s after which half of the recency is gone
K, B = 1.2, 0.75  # of BM25, as usual

_EVER = 1 << 62

_IN_ROOMS = "AND key >> 32 IN (SELECT value FROM json_each(?))"
_NOT_BEFORE = """AND lines.key & 0xFFFFFFFF >= (
    WITH floors AS MATERIALIZED (SELECT value ->> 0 AS no, value ->> 1 AS first FROM json_each(?))
    SELECT first FROM floors WHERE no = lines.key >> 32)"""

_Row = tuple[int, int, float]  # key, said, score

_PART = """
    SELECT * FROM (
        SELECT lines.id, key, said, size FROM talk CROSS JOIN lines ON lines.id = talk.rowid
        WHERE talk MATCH ? AND talk.rowid >= ? AND talk.rowid < ? {where} ORDER BY talk.rowid DESC LIMIT ?)"""

_NEWEST = """
    SELECT json_group_array(json_array(key, said, 0.0))
    FROM (SELECT * FROM ({parts}) ORDER BY id DESC LIMIT ? OFFSET ?)"""

# The text is kept as terms with spaces between, so that how often a phrase stands in it is how much it shrinks without it.
_OFTEN = ", (length(text) + 2 - length(replace(' ' || text || ' ', ?{no}, ''))) / {length}.0 AS often{no}"
_RELEVANCE = "+ {weight} * often{no} / (often{no} + norm)"

_RANKED = f"""
    WITH patterns AS (SELECT {{patterns}}),  -- numbered values come first: the others are counted on from them
    candidates AS MATERIALIZED (SELECT * FROM ({{parts}}) ORDER BY id DESC LIMIT {CANDIDATES}),
    usual AS MATERIALIZED (SELECT avg(size) + 1e-9 AS size, max(id >> {COUNTER}) AS newest FROM candidates),
    rated AS MATERIALIZED (
        SELECT id, key, said, {K} * ({1 - B} + {B} * candidates.size / usual.size) AS norm,
            {RECENT} / (1 + (newest - (id >> {COUNTER})) / {HALF}.0) AS recency
        FROM candidates CROSS JOIN usual),
    shortest AS MATERIALIZED (SELECT min(norm) AS norm FROM rated),
    shortlist AS MATERIALIZED (
        SELECT id, rated.norm FROM rated CROSS JOIN shortest
        ORDER BY {1 - RECENT} * (1 + shortest.norm) / (1 + rated.norm) + recency DESC LIMIT {SHORTLIST}),
    weighed AS MATERIALIZED (
        SELECT id AS which, 0.0 {{relevance}} AS relevance
        FROM (SELECT id, norm {{often}} FROM shortlist CROSS JOIN talk ON talk.rowid = shortlist.id)),
    together AS MATERIALIZED (
        SELECT id, key, said, recency, coalesce(relevance, {{once}} / (1 + norm)) AS relevance
        FROM rated LEFT JOIN weighed ON which = id),
    best AS MATERIALIZED (SELECT max(max(relevance), 1e-9) AS relevance FROM together),
    scored AS (
        SELECT key, said, {1 - RECENT} * together.relevance / best.relevance + recency AS score
        FROM together CROSS JOIN best ORDER BY score DESC, id DESC LIMIT ? OFFSET ?)
    SELECT json_group_array(json_array(key, said, score)) FROM scored"""  # noqa: S608 - constants


class Part(Struct):
    """Some of the rooms to look in."""

    having: str = ""  # facts that name the rooms; empty: any
    where: str = ""  # what is asked of a line besides
    values: tuple[int | str, ...] = ()
    low: int = -_EVER  # ids


class Finder:
    """What a searching thread holds."""

    def __init__(self, database: apsw.Connection) -> None:
        self.database = database
        self.file = 0  # which one it is open on: see `SqliteIndex`

    def search(self, ask: Ask) -> tuple[list[Found], bool]:
        """See `Index.search`. Raises apsw.InterruptError if it was interrupted."""
        self.database.execute("BEGIN")  # all of it in one snapshot: a room's number is to stay that room's
        try:
            return self._search(ask)
        finally:
            if self.database.in_transaction:
                self.database.execute("ROLLBACK")

    def _search(self, ask: Ask) -> tuple[list[Found], bool]:
        query = ask.query
        having, lacking = [], []
        if query.senders:
            having.append(facts(self._senders(query.senders, ask)))
        if query.not_senders:
            lacking.append(facts(self._senders(query.not_senders, ask)))
        if query.link is not None:
            (having if query.link else lacking).append(facts(["link"]))
        if query.file is not None:
            (having if query.file else lacking).append(facts(["file"]))
        low = -_EVER if query.since is None else query.since // 1000 << COUNTER
        high = _EVER if query.until is None else -(-query.until // 1000) << COUNTER
        words = () if query.newest else query.words
        most = CANDIDATES if words else ask.offset + ask.limit + 1
        selects: list[str] = []
        values: list[int | str] = list(map(_pattern, words))
        for part in self._parts(ask, narrow=bool(query.words or query.senders or query.link or query.file)):
            named = [part.having, *having] if part.having else having
            wanted = expression(query.words, query.without, named, lacking)
            selects.append(_PART.format(where=part.where))
            values += (wanted, max(low, part.low), high, *part.values, most)
        if not selects:
            return [], False
        parts = " UNION ALL ".join(selects)
        sql = self._ranked(parts, words) if words else _NEWEST.format(parts=parts)
        ((data,),) = self._rows(sql, *values, ask.limit + 1, ask.offset)
        rows = msgspec.json.decode(data, type=list[_Row])
        return self._found(rows[: ask.limit]), len(rows) > ask.limit

    # -- where ----------------------------------------------------------------------------------------------

    def _parts(self, ask: Ask, *, narrow: bool) -> list[Part]:
        """All rooms in one part, but for those few of which much may not be read: each in one that begins where it may.

        `narrow`: the expression has something in it even if it names no room.
        """
        sql = "SELECT id, no, lines FROM rooms WHERE id IN (SELECT value FROM json_each(?)) AND lines > 0"
        known = [(no, ask.first[id], lines) for id, no, lines in self._rows(sql, _json(list(ask.first)))]
        known.sort(key=lambda room: room[1], reverse=True)
        late = [room for room in known[:MOST_PARTS] if room[1] > MUCH]
        parts = [self._from(no, first) for no, first, _ in late]
        if rest := known[len(late) :]:
            parts.append(self._together(rest, narrow=narrow))
        return parts

    def _from(self, no: int, first: int) -> Part:
        key = no << 32 | first
        sql = "SELECT id >> 20 << 20 FROM lines WHERE key BETWEEN ? AND ? ORDER BY key LIMIT 1"
        low = next((low for (low,) in self._rows(sql, key, no << 32 | 0xFFFF_FFFF)), _EVER)
        return Part(facts([f"r{no}"]), "AND key >= ?", (key,), low)

    def _together(self, rooms: Sequence[tuple[int, int, int]], *, narrow: bool) -> Part:
        ((total, count),) = self._rows("SELECT sum(lines), count(*) FROM rooms WHERE lines > 0")
        where, values = "", tuple[str, ...]()
        if any(first > 1 for _, first, _ in rooms):
            where, values = _NOT_BEFORE, (msgspec.json.encode([(no, first) for no, first, _ in rooms]).decode(),)
        if narrow and len(rooms) == count:
            return Part("", where, values)
        if narrow and (sum(lines for *_, lines in rooms) * LARGE > total or len(rooms) > MOST_ROOMS):
            if not where:
                where, values = _IN_ROOMS, (_json([no for no, *_ in rooms]),)
            return Part("", where, values)
        return Part(facts(f"r{no}" for no, *_ in rooms), where, values)

    def _senders(self, nicks: Sequence[str], ask: Ask) -> list[str]:
        """The facts of what was said by whoever was called so then, or is called so now."""
        ids = [ask.people[nick] for nick in nicks if nick in ask.people]
        sql = "SELECT no FROM senders WHERE nick IN (SELECT value FROM json_each(?1)) UNION SELECT no FROM senders "
        sql += "WHERE id IN (SELECT value FROM json_each(?2)) ORDER BY no DESC LIMIT 500"
        found = self._rows(sql, _json(list(nicks)), _json(ids))
        return [f"s{no}" for (no,) in found] or ["s0"]  # nobody

    # -- rank -----------------------------------------------------------------------------------------------

    def _ranked(self, parts: str, words: Sequence[Phrase]) -> str:
        """The statement that finds and ranks. It takes the words' patterns as its first values."""
        weights = [self._weight(word) for word in words] if len(words) > 1 else [1.0] * len(words)
        often = "".join(_OFTEN.format(no=no, length=len(_pattern(word))) for no, word in enumerate(words, 1))
        relevance = "".join(_RELEVANCE.format(no=no, weight=weight) for no, weight in enumerate(weights, 1))
        patterns = ", ".join(f"?{no}" for no in range(1, len(words) + 1))
        return _RANKED.format(patterns=patterns, parts=parts, often=often, relevance=relevance, once=sum(weights))

    def _weight(self, word: Phrase) -> float:
        """How much a word says, being rare: BM25's IDF; words in more lines than there are candidates count as equally common."""
        ((lines,),) = self._rows("SELECT coalesce(sum(lines), 0) FROM rooms")
        sql = "SELECT count(*) FROM (SELECT 1 FROM talk WHERE talk MATCH ? ORDER BY rowid DESC LIMIT ?)"
        ((having,),) = self._rows(sql, "{text} : " + phrase(word), CANDIDATES)
        return math.log(1 + (max(lines - having, 0) + 0.5) / (having + 0.5))

    def _found(self, rows: Sequence[_Row]) -> list[Found]:
        numbers = _json(list({key >> 32 for key, _, _ in rows}))
        sql = "SELECT no, id FROM rooms WHERE no IN (SELECT value FROM json_each(?))"
        ids = dict(self._rows(sql, numbers))
        return [Found(ids[key >> 32], key & 0xFFFF_FFFF, said, score) for key, said, score in rows if key >> 32 in ids]

    def _rows(self, sql: str, *values: object) -> list[Any]:
        return self.database.execute(sql, values).fetchall()


def _pattern(word: Phrase) -> str:
    """How the phrase stands in a text that is kept."""
    return f" {' '.join(word.terms)}{'' if word.prefix else ' '}"


def _json(values: Sequence[int] | Sequence[str]) -> str:
    return msgspec.json.encode(values).decode()
