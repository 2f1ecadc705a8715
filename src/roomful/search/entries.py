"""From events to what an index does: which lines are put, which have another text now, which are gone."""

import re
from collections.abc import Iterable
from functools import lru_cache

from msgspec import Struct

from roomful.domain.events import Edit, Event, Message, Redaction
from roomful.domain.names import parse_nick
from roomful.errors import BadName

from .text import terms

_LINK = re.compile(r"https?://\S|\bwww\.\w", re.IGNORECASE)

Key = tuple[str, int]  # a room's id, a message's number


class Line(Struct):
    """A message as an index keeps it."""

    at: int  # ms
    sender: str
    nick: str  # folded
    said: int  # the event whose text it is
    text: str  # terms, with spaces between
    link: bool
    file: bool = False


class Text(Struct, frozen=True):
    """What an edit gives a message."""

    said: int
    text: str
    link: bool


class Entries(Struct):
    """What a run of events adds up to."""

    lines: dict[Key, Line] = {}
    texts: dict[Key, Text] = {}  # of messages from before the run
    gone: set[Key] = set()  # of messages from before the run


def gather(events: Iterable[Event]) -> Entries:
    """Add events up. Texts that were erased since are passed over: what erased them stands further on."""
    entries = Entries()
    for event in events:
        body = event.body
        if isinstance(body, Message):
            if body.redacted is None:
                nick = folded(event.sender.nick)
                text, link = " ".join(terms(said(body))), has_link(body.text)
                line = Line(event.at, event.sender.id, nick, event.seq, text, link, bool(body.attachments))
                entries.lines[event.room, event.seq] = line
        elif isinstance(body, Edit):
            if body.redacted is None:
                _edit(entries, (event.room, body.target), event.seq, body.text)
        elif isinstance(body, Redaction):
            key = event.room, body.target
            if entries.lines.pop(key, None) is None:
                entries.texts.pop(key, None)
                entries.gone.add(key)
    return entries


def said(body: Message | Edit) -> str:
    """What it is found by: its text, and the names of its files. An edit says nothing of those."""
    files = body.attachments if isinstance(body, Message) else ()
    return "\n".join(filter(None, (body.text, *(file.name for file in files)))) if files else body.text


def _edit(entries: Entries, key: Key, said: int, text: str) -> None:
    found, link = " ".join(terms(text)), has_link(text)
    if line := entries.lines.get(key):
        line.said, line.text, line.link = said, found, link
    elif key not in entries.gone:
        entries.texts[key] = Text(said, found, link)


def has_link(text: str) -> bool:
    """Whether there is something to click on."""
    return (":" in text or "." in text) and _LINK.search(text) is not None


@lru_cache(maxsize=4096)
def folded(nick: str) -> str:
    """The form in which nicks are compared; also of one that would not be taken today."""
    try:
        return parse_nick(nick).folded
    except BadName:
        return nick.casefold()
