"""A room, as the engine knows it: who is here, who types, what was said of late, and what the server's guard makes of it."""

from msgspec import Struct

from roomful.domain.events import (
    Concluded,
    Continued,
    Conversation,
    KnownBody,
    Message,
    Named,
    Sender,
    Stopped,
)
from roomful.domain.talk import Talk

from . import inputs
from .conversations import Exchange
from .inputs import Line
from .seat import Seat


class Spoken(Struct, frozen=True, gc=False):
    """What is remembered of a line."""

    sender: Sender
    by_bot: bool


class Follow(Struct, gc=False):
    """Whoever was answered need not name the bot again, for a while."""

    bot: str
    until: float  # monotonic seconds
    last: int  # which line by a person is the last one, as Room.said_by_people counts them


class Room:
    """What the engine knows of one room. Times are monotonic seconds."""

    __slots__ = (
        "direct", "exchange", "follow", "head", "hinted", "hosted", "id", "last_line", "last_person", "people", "quiet",
        "recent", "remembered", "said_by_people", "seats", "talk", "typing",
    )  # fmt: skip

    def __init__(self, id: str, *, direct: bool, remembered: int) -> None:
        self.id, self.direct, self.remembered = id, direct, remembered
        self.head = 0
        self.talk = (
            Talk()
        )  # the same guard as the server's, over the same log: no turn is paid for that it would refuse
        self.recent: dict[int, Spoken] = {}  # the lines that may still be answered
        self.people: dict[str, Sender] = {}  # connected
        self.typing: dict[str, float] = {}  # by person: until when
        self.seats: dict[str, Seat] = {}  # in the order of the settings
        self.hosted = False  # one of them is the host
        self.follow: dict[tuple[str, int | None], Follow] = {}  # by person and thread
        self.last_line = self.last_person = -1e9
        self.said_by_people = 0  # lines
        self.quiet = False  # somebody typed /stop
        self.exchange: Exchange | None = None
        self.hinted = False  # the room was told that the host needs its name now

    def nick(self, id: str) -> str:
        """What somebody is called; empty: not known."""
        if (seat := self.seats.get(id)) is not None:
            return seat.nick
        if (person := self.people.get(id)) is not None:
            return person.nick
        return next((line.sender.nick for line in reversed(self.recent.values()) if line.sender.id == id), "")

    def typing_until(self, s: float) -> float:
        """When nobody types any more, as far as is known; `s`: nobody does."""
        return max(self.typing.values(), default=s) if self.typing else s

    def heard(self, line: Line, s: float) -> None:
        """Remember a line."""
        self.recent[line.seq] = Spoken(line.sender, line.by_bot)
        if len(self.recent) > self.remembered:
            del self.recent[next(iter(self.recent))]
        self.typing.pop(line.sender.id, None)
        if line.style != "notice":
            self.last_line = s
        if not line.by_bot:
            self.last_person = s
            self.said_by_people += 1

    def conversing(self) -> Exchange | None:
        """The conversation under way, unless a person has interrupted it."""
        open_ = self.talk.conversation
        exchange = self.exchange
        if exchange is None or exchange.concluded or open_ is None or open_.interrupted or open_.seq != exchange.seq:
            return None
        return exchange


def body(event: object) -> KnownBody | None:
    """What the server's guard follows of an input; None: nothing."""
    match event:
        case Line():
            return Message(
                event.text,
                event.style,
                mentions=event.mentions,
                causes=event.causes,
                bounce=event.bounce,
                conversation=event.conversation,
            )
        case inputs.ConversationOpened():
            named = tuple(Named(bot, "") for bot in event.bots)
            return Conversation(named, event.topic, event.turns, event.seconds, event.tokens)
        case inputs.ConversationConcluded():
            return Concluded(event.conversation, event.how)
        case inputs.Stopped():
            return Stopped()
        case inputs.Continued():
            return Continued()
    return None
