"""A room's state, decided upon and evolved without I/O: `decide` asks, `evolve` follows.

body = state.decide(sender, command)      # or Refused; changes nothing
state.evolve(seq, at, sender, body)       # follows a recorded event, whoever recorded it
"""

import unicodedata
from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Self

from roomful.domain import commands, events
from roomful.domain.events import Role, Sender
from roomful.domain.names import mentioned, parse_nick
from roomful.domain.rights import RIGHTS, Action, RoomKind
from roomful.errors import BadText, NoSuchEvent, NotAllowed, NotMember

MAX_TEXT = 16_000  # bytes of UTF-8
MAX_TOPIC = 1_000  # bytes of UTF-8


class RoomState:
    """What a room's log adds up to.

    `fork()` is cheap: the members are shared until one side changes them.
    """

    __slots__ = ("_nicks", "_shared", "at", "head", "id", "kind", "members", "name", "roles", "topic")

    def __init__(self, id: str, kind: RoomKind, name: str) -> None:
        self.id = id
        self.kind = kind
        self.name = name  # '#name'; for a direct room its `direct_key`
        self.head = 0
        self.at = 0
        self.topic = ""
        self.members: dict[str, Sender] = {}  # by id
        self.roles: dict[str, Role] = {}  # only of those who are more than members
        self._shared = False
        self._nicks: list[tuple[str, str]] | None = None  # folded nick, id: see `nicks`

    @property
    def address(self) -> str:
        """What the room is called on the wire."""
        return self.name if self.kind == "public" else "!" + self.id

    def peer_of(self, me: str) -> Sender | None:
        """In a direct room, the other participant."""
        if self.kind != "direct":
            return None
        return next((sender for id, sender in self.members.items() if id != me), None)

    def fork(self) -> Self:
        """A copy to decide on. Either may evolve without the other noticing."""
        other = type(self)(self.id, self.kind, self.name)
        other.head, other.at, other.topic = self.head, self.at, self.topic
        other.members, other.roles, other._nicks = self.members, self.roles, self._nicks
        other._shared = self._shared = True
        return other

    # -- deciding -----------------------------------------------------------------------------

    def require(self, sender: Sender, action: Action) -> None:
        """Raises NotMember or NotAllowed unless the sender may do this here."""
        if sender.id not in self.members:
            raise NotMember(f"You are not in {self.address}: join it first.", field="room")
        if self.roles.get(sender.id, "member") not in RIGHTS[action][self.kind]:
            raise NotAllowed(f"Your role does not allow this in {self.address} ({action}).")

    def decide_post(self, sender: Sender, command: commands.Post, max_text: int = MAX_TEXT) -> events.Message:
        """The message that a post becomes; its text has at most `max_text` bytes of UTF-8. Raises Refused."""
        self.require(sender, "post")
        text = command.text
        check_text(text, max_text)
        if not text:
            raise BadText("A message must not be empty.", field="text")
        if command.reply_to is not None and command.reply_to > self.head:
            raise NoSuchEvent(f"{self.address} has no event {command.reply_to} yet.", field="reply_to")
        mentions = self._resolve(text) if "@" in text else ()
        return events.Message(text, command.style, command.reply_to, mentions)

    def decide_topic(self, sender: Sender, command: commands.Topic) -> events.Topic:
        """The topic event that a request becomes. Raises Refused."""
        self.require(sender, "topic")
        check_text(command.text, MAX_TOPIC)
        if any(unicodedata.category(c) in ("Cc", "Zl", "Zp") for c in command.text):
            raise BadText("A topic is one line, without control characters.", field="text")
        return events.Topic(command.text)

    def _resolve(self, text: str) -> tuple[str, ...]:
        return tuple(id for nick in sorted(mentioned(text)) for id in self._bearers(nick))

    def _bearers(self, folded: str) -> Iterator[str]:
        """Ids of the members with this nick: two, where one that is away has lost its nick to the other."""
        nicks = self.nicks()
        at = bisect_left(nicks, (folded, ""))
        while at < len(nicks) and nicks[at][0] == folded:
            yield nicks[at][1]
            at += 1

    def nicks(self) -> list[tuple[str, str]]:
        """Every member's folded nick and id, in order. Not to be changed.

        Folding and sorting thousands takes milliseconds, so it is done once; joins and leaves then cost one place each.
        """
        if self._nicks is None:
            self._nicks = sorted(_place(sender) for sender in self.members.values())
        return self._nicks

    # -- following ----------------------------------------------------------------------------

    def evolve(self, seq: int, at: int, sender: Sender, body: events.KnownBody | events.Unknown) -> None:
        """Follow one recorded event. Events come in the order of their numbers."""
        self.head, self.at = seq, at
        if type(body) is events.Message:
            return  # by far the commonest, and it changes nothing else
        match body:
            case events.Join():
                self._put(sender)
                if body.role != "member":
                    self.roles = {**self.roles, sender.id: body.role}
            case events.Leave():
                self._drop(sender.id)
                self.roles = {k: v for k, v in self.roles.items() if k != sender.id}
            case events.Nick():
                if sender.id in self.members:
                    self._put(Sender(sender.id, body.nick, sender.kind))
            case events.Topic():
                self.topic = body.text

    def _put(self, sender: Sender) -> None:
        self._forget_nick(sender.id)
        self.members[sender.id] = sender
        if self._nicks is not None:
            insort(self._nicks, _place(sender))

    def _drop(self, id: str) -> None:
        self._forget_nick(id)
        self.members.pop(id, None)

    def _forget_nick(self, id: str) -> None:
        """Make ready for a change of this member: what a fork shares is copied first."""
        if self._shared:
            self.members = self.members.copy()
            self._nicks = None if self._nicks is None else self._nicks.copy()
            self._shared = False
        known = self.members.get(id)
        if known is not None and self._nicks is not None:
            del self._nicks[bisect_left(self._nicks, _place(known))]


def _place(sender: Sender) -> tuple[str, str]:
    """Where a member stands among nicks."""
    return parse_nick(sender.nick).folded, sender.id


def direct_key(one: str, other: str) -> str:
    """What names the direct room of two participants, by their ids: the same for both."""
    return " ".join(sorted((one, other)))


def check_text(text: str, limit: int) -> None:
    """Raises BadText on U+0000, a lone surrogate, or more than `limit` bytes of UTF-8."""
    if "\0" in text:
        raise BadText("The text holds U+0000, which no text may.", field="text")
    if not text.isascii() or len(text) > limit:
        try:
            size = len(text.encode())
        except UnicodeEncodeError:
            raise BadText("The text holds half of a surrogate pair, which is no character.", field="text") from None
        if size > limit:
            raise BadText(f"The text has {size:,} bytes; at most {limit:,} are allowed.", field="text")
