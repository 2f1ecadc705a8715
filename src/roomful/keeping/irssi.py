"""Logs of irssi: `10:00 <@nick> text`, days told by lines of their own.

--- Log opened Sat Nov 21 10:00:00 2026
10:00 -!- alice [user@host] has joined #tea
10:00 <@alice> hello
10:01  * alice waves
--- Day changed Sun Nov 22 2026
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, tzinfo

from roomful.domain.events import Join, Kick, KnownBody, Leave, Message, Named, Nick, Topic
from roomful.errors import BadName

from .irc import Logged, Parsed, instant, nick_of, text_of
from .lines import Bad

EXPECTED = "10:00 <nick> text"
EXPECTED_DAY = "--- Day changed Sun Nov 22 2026, with the English names of months"
EXPECTED_OPENING = "a day before the first time: --- Log opened Sat Nov 21 10:00:00 2026"

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAY = re.compile(r"--- (?:Log opened|Day changed) \S+ (?P<month>\S+) +(?P<day>\d+)(?: \d+:\d+:\d+)? (?P<year>\d{4})$")
_LINE = re.compile(r"\[?(?P<hour>\d\d):(?P<minute>\d\d)(?::(?P<second>\d\d))?\]? (?P<rest>.*)$", re.DOTALL)
_SAID = re.compile(r"<(?P<nick>[^>]{1,64})> (?P<text>.*)$", re.DOTALL)
_ACTION = re.compile(r" {0,2}\* (?P<nick>\S+) (?P<text>.+)$", re.DOTALL)
_NOTICE = re.compile(r"-(?P<nick>[^\s!(:-][^\s(:]*)(?:\([^)]*\)|:\S+?)?- (?P<text>.+)$", re.DOTALL)
_JOINED = re.compile(r"(?P<nick>\S+) \[[^\]]*\].* has joined ")
_KICKED = re.compile(r"(?P<nick>\S+) was kicked from \S+ by (?P<by>\S+)(?: \[(?P<reason>.*)\])?\s*$")
_LEFT = re.compile(r"(?P<nick>\S+) \[[^\]]*\].* has (?:left |quit\b)")
_RENAMED = re.compile(r"(?P<nick>\S+) is now known as (?P<new>\S+)\s*$")
_TOPIC = re.compile(r"(?P<nick>\S+) changed the topic of \S+ to: ?(?P<text>.*)$", re.DOTALL)
_UNSET = re.compile(r"Topic unset by (?P<nick>\S+) on ")


def recognised(line: str) -> bool:
    """Whether a log of irssi may begin with this line."""
    return line.startswith(("--- Log opened ", "--- Day changed "))


def parse(lines: Iterable[tuple[int, str]], zone: tzinfo | None) -> Iterator[Parsed]:
    """What each line says. Empty lines are passed over."""
    day: date | None = None
    before = 0
    for number, line in lines:
        if not line.strip() or line.startswith("--- Log closed"):
            continue
        if line.startswith("---"):
            day = _day(line) or day
            yield None if _day(line) else Bad(number, line, EXPECTED_DAY)
            continue
        when = _time(line)
        if when is None or day is None:
            yield Bad(number, line, EXPECTED if when is None else EXPECTED_OPENING)
            continue
        before = instant(datetime.combine(day, when[0]), zone, before)
        try:
            said = _said(text_of(when[1]))
        except BadName as why:
            yield Bad(number, line, f"{EXPECTED} ({why.message})")
        else:
            yield Logged(number, before, *said) if said else None


def _day(line: str) -> date | None:
    found = _DAY.match(line.rstrip())
    if not found or found["month"] not in _MONTHS:
        return None
    try:
        return date(int(found["year"]), _MONTHS.index(found["month"]) + 1, int(found["day"]))
    except ValueError:
        return None


def _time(line: str) -> tuple[time, str] | None:
    """The time at the beginning, and what follows it."""
    found = _LINE.match(line)
    if not found:
        return None
    try:
        return time(int(found["hour"]), int(found["minute"]), int(found["second"] or 0)), found["rest"]
    except ValueError:
        return None


def _said(rest: str) -> tuple[str, KnownBody] | None:
    """Who did what; None: nothing for a room's log. Raises BadName."""
    if found := _SAID.match(rest):
        return (nick_of(found["nick"]), Message(found["text"])) if found["text"] else None
    if rest.startswith("-!- "):
        return _happened(rest[4:])
    if found := _ACTION.match(rest):
        return nick_of(found["nick"]), Message(found["text"], "action")
    if found := _NOTICE.match(rest):
        return nick_of(found["nick"]), Message(found["text"], "notice")
    return None


def _happened(text: str) -> tuple[str, KnownBody] | None:
    if found := _JOINED.match(text):
        return nick_of(found["nick"]), Join()
    if found := _LEFT.match(text):
        return nick_of(found["nick"]), Leave()
    if found := _KICKED.match(text):
        return nick_of(found["by"]), Kick(Named("", nick_of(found["nick"])), found["reason"] or "")
    if found := _RENAMED.match(text):
        return nick_of(found["nick"]), Nick(nick_of(found["new"]))
    if found := _TOPIC.match(text):
        return nick_of(found["nick"]), Topic(found["text"])
    if found := _UNSET.match(text):
        return nick_of(found["nick"]), Topic("")
    return None
