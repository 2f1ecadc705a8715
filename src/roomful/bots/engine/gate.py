"""The gate: whether a line is for a bot. It decides before any model is called; a line that is for nobody costs no token."""

import re
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from roomful.domain.webhooks import KIND as WEBHOOK

from .inputs import Line
from .room import Room
from .seat import Seat


class Fate(Enum):
    """What becomes of a line, for one bot."""

    ASKED = 1  # it is to answer
    COUNTED = 2  # it counts, and that is all for now
    SILENT = 3  # not for it
    CAPPED = 4  # for it, but enough was said


class Judged(NamedTuple):
    """What the gate makes of a line, for one bot."""

    fate: Fate
    rule: str
    who: str = ""  # the nick that the rule's sentence speaks of
    word: str = ""
    expected: bool = False  # somebody new would have expected an answer


class Facts:
    """What is to be known of a line, whichever bot is judged: found once."""

    __slots__ = ("alone", "everybody", "folded", "line", "names_people", "places", "sender", "unnamed_by_person")

    def __init__(self, line: Line, room: Room) -> None:
        self.line, self.sender = line, line.sender.id
        self.folded = line.text.casefold()
        self.places: dict[str, int] = {}  # the bots that it names, in the order of the text
        self.names_people = False
        if line.mentions:
            self._resolve(room)
        self.everybody = line.everybody
        self.alone = len(room.people) == 1 and self.sender in room.people
        self.unnamed_by_person = not (line.by_bot or line.mentions or line.everybody)

    def _resolve(self, room: Room) -> None:
        bots = [room.seats[id] for id in self.line.mentions if id in room.seats]
        bots.sort(key=lambda seat: _where(self.folded, seat.folded))
        self.places = {seat.id: place for place, seat in enumerate(bots)}
        self.names_people = len(bots) < len(self.line.mentions)


def judge(facts: Facts, seat: Seat, room: Room, s: float) -> Judged:
    """What becomes of a line for a bot that did not say it."""
    line = facts.line
    if line.conversation is not None:
        return _CONVERSATION_LINE
    if line.style == "notice":
        return _NOTICE
    if line.sender.kind == WEBHOOK:
        return _SAID_BY_WEBHOOK
    rule = _addressed(facts, seat, room, s)
    if seat.off:
        return _OFF_EXPECTED if rule and not line.by_bot else _OFF
    if seat.settings.senders and line.sender.nick not in seat.settings.senders:
        return Judged(Fate.SILENT, "not_allowed", line.sender.nick, expected=bool(rule))
    if rule:
        if line.by_bot and not line.bounce:
            return Judged(Fate.CAPPED, "bounce_spent", line.sender.nick)
        return Judged(Fate.ASKED, rule, line.sender.nick)
    if line.by_bot and not (seat.settings.count_bots and line.bounce):
        return _SAID_BY_BOT
    if seat.rule and line.thread is None and (seat.count or seat.rule == "lively"):
        return Judged(Fate.COUNTED, seat.rule)
    if facts.unnamed_by_person or line.by_bot:
        return _unaddressed(facts, seat, room)
    return _for_others(facts, room)


def _addressed(facts: Facts, seat: Seat, room: Room, s: float) -> str:
    """The rule by which the line addresses the bot; empty: it does not."""
    line = facts.line
    if seat.id in facts.places:
        return "mention"
    if line.replied == seat.id:
        return "reply"
    if room.direct:
        return "direct"
    if line.by_bot:
        return ""
    if room.follow and (follows := _followed(facts, room, s)):
        return "follow_up" if follows == seat.id else ""  # so the host leaves it to whom it is meant for
    if seat.host and facts.alone and facts.unnamed_by_person and line.replied not in room.seats:
        return "host_alone"
    return ""


def _followed(facts: Facts, room: Room, s: float) -> str:
    """The bot that answered this person a moment ago, if the line goes on from there; empty: none."""
    line = facts.line
    follow = room.follow.get((facts.sender, line.thread))
    if follow is None or s > follow.until or room.said_by_people > follow.last:
        return ""
    seat = room.seats.get(follow.bot)
    if seat is None or seat.off or not facts.unnamed_by_person:
        return ""
    return follow.bot if line.replied in ("", follow.bot, facts.sender) else ""


def _unaddressed(facts: Facts, seat: Seat, room: Room) -> Judged:
    """A line that names nobody."""
    line = facts.line
    if seat.keywords is not None:
        word = seat.keywords.found(facts.folded)
        return Judged(Fate.ASKED, "keywords", line.sender.nick, word) if word else _NO_KEYWORD
    if seat.folded in facts.folded and _whole_word(seat.folded).search(facts.folded):
        return Judged(Fate.SILENT, "named_without_at", expected=not line.by_bot)
    if line.replied and line.replied != facts.sender:
        return Judged(Fate.SILENT, "replied_to_another", _replied_nick(facts, room))
    if line.by_bot:
        return _SAID_BY_BOT
    if seat.host and len(room.people) > 1:
        return _TWO_PEOPLE
    if facts.alone and not room.hosted and seat.id == next(iter(room.seats)):
        return _NOBODY_EXPECTED  # one bot says so for all, where there is no host
    return _NOBODY


def _for_others(facts: Facts, room: Room) -> Judged:
    """A line that names somebody, and not this bot."""
    if facts.places:
        return Judged(Fate.SILENT, "named_another_bot", room.seats[next(iter(facts.places))].nick)
    if facts.names_people:
        return _PEOPLE_ONLY
    return _EVERYBODY


def _replied_nick(facts: Facts, room: Room) -> str:
    reply_to = facts.line.reply_to
    spoken = room.recent.get(reply_to) if reply_to is not None else None
    return spoken.sender.nick if spoken else room.nick(facts.line.replied) or "somebody"


def _where(text: str, nick: str) -> int:
    """Where a text mentions a nick first; at the end, where it does not show."""
    match = _mention(nick).search(text)
    return match.start() if match else len(text)


@lru_cache(maxsize=512)
def _mention(nick: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@])@{re.escape(nick)}(?!\w)")


@lru_cache(maxsize=512)
def _whole_word(nick: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w@]){re.escape(nick)}(?![\w-])")


# The commonest, made once.
_CONVERSATION_LINE = Judged(Fate.SILENT, "conversation_line")
_NOTICE = Judged(Fate.SILENT, "notice")
_OFF = Judged(Fate.SILENT, "off")
_OFF_EXPECTED = Judged(Fate.SILENT, "off", expected=True)
_SAID_BY_BOT = Judged(Fate.SILENT, "said_by_bot")
_SAID_BY_WEBHOOK = Judged(Fate.SILENT, "said_by_webhook")
_NO_KEYWORD = Judged(Fate.SILENT, "keywords")
_TWO_PEOPLE = Judged(Fate.SILENT, "two_people", expected=True)
_NOBODY = Judged(Fate.SILENT, "nobody_named_it")
_NOBODY_EXPECTED = Judged(Fate.SILENT, "nobody_named_it", expected=True)
_PEOPLE_ONLY = Judged(Fate.SILENT, "named_only_people")
_EVERYBODY = Judged(Fate.SILENT, "named_everybody")
