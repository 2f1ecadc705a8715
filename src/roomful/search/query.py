"""The query language: from what somebody typed to what is looked for. Pure; docs/search.md tells users of it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

from msgspec import Struct
from msgspec.structs import replace

from roomful.domain.names import parse_nick, parse_room
from roomful.errors import BadName, BadQuery

from .text import Phrase, stands_alone, terms

MOST_PHRASES = 24
MOST_TERMS = 64
SHORTEST_PREFIX = 3  # what begins with less would be half of the dictionary

_PART = re.compile(
    r"""(?P<no>-)?                                                    # not this
        (?:(?P<key>from|room|before|after|on|has|sort):(?=\S))?       # a field, with something behind it
        (?:"(?P<quoted>[^"]*)"?(?P<star>\*)?|(?P<bare>[^\s"]+))       # words in quotes (perhaps not closed), or one
    """,
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d?))?(?:-(\d\d?))?\Z", re.ASCII)


class Query(Struct, frozen=True):
    """What is looked for: lines with all of `words`, and so on. Of `senders` and of `rooms` one is enough."""

    words: tuple[Phrase, ...] = ()
    without: tuple[Phrase, ...] = ()
    senders: tuple[str, ...] = ()  # folded nicks
    not_senders: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()  # folded names with their '#'
    not_rooms: tuple[str, ...] = ()
    link: bool | None = None  # with a link, without one, or either
    file: bool | None = None  # with a file, without one, or either
    since: int | None = None  # ms, itself included
    until: int | None = None  # ms, itself not included
    newest: bool = False  # the newest first, else the best


def parse(text: str, *, now: int, offset: int = 0) -> Query:
    """Understand a query. `now` is in ms since 1970 UTC; `offset` says how many minutes the asker's clock is ahead of UTC.

    Raises:
        BadQuery: nothing to look for, too much of it, or a field with a value that it does not take.
    """
    query = Query()
    zone = timezone(timedelta(minutes=offset))
    for part in _PART.finditer(text):
        value = part["bare"] if part["quoted"] is None else part["quoted"]
        if part["key"] is None:
            query = _with_words(query, value, part)
        else:
            query = _FIELDS[part["key"].lower()](query, value, not part["no"], datetime.fromtimestamp(now / 1000, zone))
    _check(query)
    return query


def _check(query: Query) -> None:
    if not (query.words or query.senders or query.rooms or query.link or query.file):
        raise _bad("There is nothing to look for: write a word, or from:NICK, room:#NAME, has:link or has:file.")
    phrases = query.words + query.without
    if len(phrases) > MOST_PHRASES or sum(len(phrase.terms) for phrase in phrases) > MOST_TERMS:
        raise _bad(f"The search is too long: at most {MOST_PHRASES} words or phrases, of {MOST_TERMS} words in all.")
    if query.since is not None and query.until is not None and query.since >= query.until:
        raise _bad("No time is after the one and before the other.")


def _with_words(query: Query, value: str, part: re.Match[str]) -> Query:
    found = tuple(terms(value))
    if not found:
        return query  # punctuation
    prefix = bool(part["star"] or (part["bare"] and value.endswith("*"))) and not stands_alone(found[-1])
    if prefix and len(found[-1]) < SHORTEST_PREFIX:
        raise _bad(f"Before '*' at least {SHORTEST_PREFIX} letters are needed.")
    phrase = (Phrase(found, prefix),)
    return replace(query, without=query.without + phrase) if part["no"] else replace(query, words=query.words + phrase)


# -- fields: (query, value, whether it is wanted rather than not, the asker's time) ---------------------------


def _from(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    try:
        nick = (parse_nick(value.removeprefix("@")).folded,)
    except BadName as why:
        raise _bad(f"from: takes a nick. {why.message}") from None
    if wanted:
        return replace(query, senders=query.senders + nick)
    return replace(query, not_senders=query.not_senders + nick)


def _room(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    try:
        room = (parse_room(value if value.startswith("#") else f"#{value}").folded,)
    except BadName as why:
        raise _bad(f"room: takes a room's name. {why.message}") from None
    return replace(query, rooms=query.rooms + room) if wanted else replace(query, not_rooms=query.not_rooms + room)


def _has(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    match value.lower():
        case "link" | "links":
            return replace(query, link=wanted)
        case "file" | "files":
            return replace(query, file=wanted)
    raise _bad("has: takes one of two words: has:link or has:file.")


def _before(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    begin, _ = _span("before", value, wanted, now)
    return _between(query, None, begin)


def _after(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    begin, _ = _span("after", value, wanted, now)
    return _between(query, begin, None)


def _on(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    return _between(query, *_span("on", value, wanted, now))


def _sort(query: Query, value: str, wanted: bool, now: datetime) -> Query:
    if not wanted or value.lower() not in ("new", "best"):
        raise _bad("sort: takes one of two words: sort:new or sort:best.")
    return replace(query, newest=value.lower() == "new")


_FIELDS: dict[str, Callable[[Query, str, bool, datetime], Query]] = {
    "from": _from,
    "room": _room,
    "has": _has,
    "before": _before,
    "after": _after,
    "on": _on,
    "sort": _sort,
}


# -- times -------------------------------------------------------------------------------------------------


def _between(query: Query, since: int | None, until: int | None) -> Query:
    """Both what the query says so far and this."""
    since = query.since if since is None else max(since, query.since if query.since is not None else since)
    until = query.until if until is None else min(until, query.until if query.until is not None else until)
    return replace(query, since=since, until=until)


def _span(field: str, value: str, wanted: bool, now: datetime) -> tuple[int, int]:
    """The time that a value names, from its beginning to its end: a year, a month, a day or a minute, ms. Raises BadQuery."""
    try:
        if not wanted:
            raise ValueError
        begin, end = _named(value.lower(), now)
        return _ms(begin), _ms(end)
    except (ValueError, OverflowError):
        raise _bad(f"{field}: takes a day or a time, such as {field}:2026-11-21, {field}:2026-11-21T18:30 or "
                   f"{field}:yesterday.") from None  # fmt: skip


def _named(value: str, now: datetime) -> tuple[datetime, datetime]:
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if value in ("today", "yesterday"):
        begin = today if value == "today" else today - timedelta(days=1)
        return begin, begin + timedelta(days=1)
    if date := _DATE.match(value):
        year, month, day = (int(x) if x else None for x in date.groups())
        assert year is not None
        begin = datetime(year, month or 1, day or 1, tzinfo=now.tzinfo)
        if day is not None:
            return begin, begin + timedelta(days=1)
        next_month = begin.replace(day=28) + timedelta(days=4)
        return begin, (begin.replace(year=year + 1) if month is None else next_month.replace(day=1))
    begin = datetime.fromisoformat(value.upper())
    begin = begin if begin.tzinfo is not None else begin.replace(tzinfo=now.tzinfo)
    return begin, begin + timedelta(minutes=1)


def _ms(when: datetime) -> int:
    return (when.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


def _bad(message: str) -> BadQuery:
    return BadQuery(message, field="query")
