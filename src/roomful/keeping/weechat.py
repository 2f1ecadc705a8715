"""Logs of WeeChat: `2026-11-21 10:00:00<TAB>@nick<TAB>text`.

| prefix       | means                                                   |
|--------------|---------------------------------------------------------|
| a nick       | said by that one                                        |
| ` *`         | an action: its text begins with the nick                |
| `-->` `<--`  | came; went, or was kicked                               |
| `--`         | notices, topics, changes of nick, modes                 |
| others       | remarks of the client                                   |
"""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo

from roomful.domain.events import Join, Kick, KnownBody, Leave, Message, Named, Nick, Topic
from roomful.errors import BadName

from .irc import Logged, Parsed, instant, nick_of, text_of
from .lines import Bad

EXPECTED = "2026-11-21 10:00:00<TAB>nick<TAB>text"
_WHO = r"(?P<nick>\S+)"
_JOINED = re.compile(
    rf"{_WHO} .*?\bhas joined "
)  # between them an account, a real name and a host, as far as they are known
_KICKED = re.compile(rf"{_WHO} has kicked (?P<other>\S+)(?: \((?P<reason>.*)\))?\s*$")
_LEFT = re.compile(rf"{_WHO} .*?\bhas (?:left |quit\b)")
_NOTICE = re.compile(r"(?:\S+ )?Notice(?:\((?P<a>[^)]+)\)| (?P<b>\S+)(?: -> \S+)?): (?P<text>.*)$", re.DOTALL)
_RENAMED = re.compile(rf"{_WHO} is now known as (?P<new>\S+)\s*$")
_TOPIC = re.compile(
    rf'{_WHO} has (?:changed topic for \S+ (?:from ".*" )?to "(?P<text>.*)"|(?P<unset>unset) topic for )'
)


def recognised(line: str) -> bool:
    """Whether a log of WeeChat may begin with this line."""
    return _split(line) is not None


def parse(lines: Iterable[tuple[int, str]], zone: tzinfo | None) -> Iterator[Parsed]:
    """What each line says. Empty lines are passed over."""
    before = 0
    for number, line in lines:
        if not line.strip():
            continue
        parts = _split(line)
        if parts is None:
            yield Bad(number, line, EXPECTED)
            continue
        when, prefix, text = parts
        before = instant(when, zone, before)
        try:
            said = _said(prefix, text_of(text))
        except BadName as why:
            yield Bad(number, line, f"{EXPECTED} ({why.message})")
        else:
            yield Logged(number, before, *said) if said else None


def _split(line: str) -> tuple[datetime, str, str] | None:
    parts = line.split("\t", 2)
    if len(parts) < 3:
        return None
    try:
        return datetime.fromisoformat(parts[0]).replace(tzinfo=None), parts[1], parts[2]
    except ValueError:
        return None


def _said(prefix: str, text: str) -> tuple[str, KnownBody] | None:
    """Who did what; None: nothing for a room's log. Raises BadName."""
    match prefix.strip():
        case "*":
            nick, _, action = text.partition(" ")
            return (nick_of(nick), Message(action, "action")) if action else None
        case "-->":
            return (nick_of(found["nick"]), Join()) if (found := _JOINED.match(text)) else None
        case "<--":
            return _gone(text)
        case "--":
            return _told(text)
        case mark if not mark or mark.startswith(("=", "<", ">")):
            return None
        case nick:
            return (nick_of(nick), Message(text)) if text else None


def _gone(text: str) -> tuple[str, KnownBody] | None:
    if found := _KICKED.match(text):
        return nick_of(found["nick"]), Kick(Named("", nick_of(found["other"])), found["reason"] or "")
    found = _LEFT.match(text)
    return (nick_of(found["nick"]), Leave()) if found else None


def _told(text: str) -> tuple[str, KnownBody] | None:
    if found := _RENAMED.match(text):
        return nick_of(found["nick"]), Nick(nick_of(found["new"]))
    if found := _TOPIC.match(text):
        return nick_of(found["nick"]), Topic("" if found["unset"] else found["text"])
    if (found := _NOTICE.match(text)) and found["text"]:
        return nick_of(found["a"] or found["b"]), Message(found["text"], "notice")
    return None
