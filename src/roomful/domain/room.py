"""A room's state, decided upon and evolved without I/O: `decide` asks, `evolve` follows.

body = state.decide_post(sender, command, now)      # or Refused; changes nothing
state.evolve(seq, at, sender, body)                 # follows a recorded event, whoever recorded it
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from typing import Self

from msgspec.structs import replace

from roomful.domain import commands, events
from roomful.domain.events import Role, Sender, parse_timestamp
from roomful.domain.members import Member
from roomful.domain.names import calls_everybody, mentioned, parse_nick
from roomful.domain.rights import RIGHTS, Action, RoomKind, above
from roomful.domain.sanctions import Arriving, Sanction
from roomful.domain.settings import RoomSettings
from roomful.domain.talk import Talk, TalkLimits
from roomful.domain.texts import MAX_TEXT, MAX_TOPIC, check_line, check_text
from roomful.errors import (
    Archived,
    BadText,
    Banned,
    InviteOnly,
    Muted,
    NoSuchEvent,
    NotAllowed,
    NotMember,
    SlowMode,
)

AS_ROOMS_BEGIN = RoomSettings()
NO_END = 253_402_300_799_000  # ms: what ends then does not end


class RoomState:
    """What a room's log adds up to.

    `fork()` is cheap: the members are shared until one side changes them.
    """

    __slots__ = (
        "_nicks",
        "_shared",
        "at",
        "bans",
        "head",
        "id",
        "invited",
        "kind",
        "members",
        "mutes",
        "name",
        "partial",
        "quiet",
        "settings",
        "spoke",
        "talk",
        "topic",
    )

    def __init__(self, id: str, kind: RoomKind, name: str, settings: RoomSettings = AS_ROOMS_BEGIN) -> None:
        self.id = id
        self.kind = kind
        self.name = name  # '#name'; for a direct room its `direct_key`
        self.head = 0
        self.at = 0
        self.topic = ""
        self.settings = settings
        self.members: dict[str, Member] = {}  # by id
        self.bans: tuple[Sanction, ...] = ()
        self.mutes: dict[str, Sanction] = {}  # by participant's id; replaced, never changed
        self.invited: frozenset[str] = frozenset()
        self.spoke: dict[str, int] = {}  # by id: when last, ms; only in slow mode
        self.quiet = settings.archived or settings.slow > 0  # whether speaking needs a second look
        self.talk: Talk | None = None  # what bots said of late; None: none has since the room is in memory
        self.partial = False  # another hub recorded a ban: which addresses it covers must be read from the store
        self._shared = False
        self._nicks: list[tuple[str, str]] | None = None  # folded nick, id: see `nicks`

    @property
    def address(self) -> str:
        """What the room is called on the wire."""
        return "!" + self.id if self.kind == "direct" else self.name

    def peer_of(self, me: str) -> Sender | None:
        """In a direct room, the other participant."""
        if self.kind != "direct":
            return None
        return next((member.sender for id, member in self.members.items() if id != me), None)

    def first_of(self, me: str) -> int:
        """The number of the first event that a member may read."""
        if self.settings.history == "all" or (member := self.members.get(me)) is None:
            return 1
        return max(1, member.since)

    def fork(self) -> Self:
        """A copy to decide on. Either may evolve without the other noticing."""
        other = type(self)(self.id, self.kind, self.name, self.settings)
        other.head, other.at, other.topic = self.head, self.at, self.topic
        other.members, other._nicks = self.members, self._nicks
        other.bans, other.mutes, other.invited = self.bans, self.mutes, self.invited
        other.quiet, other.partial = self.quiet, self.partial
        other.spoke = self.spoke.copy()
        if self.talk is not None:
            other.talk = self.talk.fork()
        other._shared = self._shared = True
        return other

    # -- deciding -----------------------------------------------------------------------------

    def role_of(self, id: str, *, server_owner: bool = False) -> Role:
        """A member's role; whoever owns the server is an owner in every room but direct ones. Raises NotMember."""
        member = self.members.get(id)
        if member is None:
            raise NotMember(f"You are not in {self.address}: join it first.", field="room")
        return "owner" if server_owner and self.kind != "direct" else member.role

    def require(self, id: str, action: Action, *, server_owner: bool = False) -> Role:
        """The role of one who may do this here. Raises NotMember, NotAllowed."""
        role = self.role_of(id, server_owner=server_owner)
        if role not in RIGHTS[action][self.kind]:
            raise NotAllowed(f"As {_article(role)} you may not do this in {self.address} ({action}).")
        return role

    def require_over(self, role: Role, target: Member, what: str) -> None:
        """Raises NotAllowed unless somebody in this role may do this to the target."""
        if not above(role, target.role):
            raise NotAllowed(f"As {_article(role)} you may not {what} {_article(target.role)}.", field="who")

    def decide_post(
        self,
        sender: Sender,
        command: commands.Post,
        now: int = 0,
        max_text: int = MAX_TEXT,
        *,
        server_owner: bool = False,
        bot: TalkLimits | None = None,
        max_bounce: int = 0,
    ) -> events.Message:
        """The message that a post becomes; its text has at most `max_text` bytes of UTF-8. Raises Refused.

        Args:
            bot: the sender is one, and may say so much.
            max_bounce: how many answers of other bots may hang on what it says.
        """
        role = self.require(sender.id, "post", server_owner=server_owner)
        if self.quiet:
            self.check_may_speak(sender.id, role, now)
        text = command.text
        check_text(text, max_text)
        if not text and not command.attachments:
            raise BadText("A message must not be empty.", field="text")
        if command.reply_to is not None and command.reply_to > self.head:
            raise NoSuchEvent(f"{self.address} has no event {command.reply_to} yet.", field="reply_to")
        if bot is not None:
            return self._decide_bot(sender, command, now, role, bot, max_bounce)
        if "@" not in text:
            return events.Message(text, command.style, command.reply_to, command.thread)
        mentions, everybody = self.mentions(text, role)
        return events.Message(text, command.style, command.reply_to, command.thread, mentions, everybody)

    def _decide_bot(
        self, sender: Sender, command: commands.Post, now: int, role: Role, limits: TalkLimits, max_bounce: int
    ) -> events.Message:
        assert self.talk is not None
        bounce = self.talk.bounce(sender.id, command.causes, command.conversation, now, max_bounce, limits)
        mentions, everybody = self.mentions(command.text, role) if "@" in command.text else ((), False)
        return events.Message(
            command.text,
            command.style,
            command.reply_to,
            command.thread,
            mentions,
            everybody,
            causes=command.causes,
            bounce=bounce,
            conversation=command.conversation,
            cut=command.cut,
        )

    def decide_topic(
        self, sender: Sender, command: commands.Topic, now: int = 0, *, server_owner: bool = False
    ) -> events.Topic:
        """The topic event that a request becomes. Raises Refused."""
        role = self.require(sender.id, "topic", server_owner=server_owner)
        self.check_may_write(sender.id, role, now)
        check_line(command.text, MAX_TOPIC, "topic")
        return events.Topic(command.text)

    def decide_join(self, person: Arriving, now: int, *, server_owner: bool = False) -> None:
        """Whether somebody who is no member may become one. Raises Banned, InviteOnly."""
        if server_owner and self.kind != "direct":
            return
        self.check_not_banned(person, now)
        if self.kind == "private" and person.id not in self.invited:
            raise InviteOnly(f"{self.address} is private: somebody in it must invite you.", field="room")

    def check_not_banned(self, person: Arriving, now: int, who: str = "You are") -> None:
        """Raises Banned."""
        for ban in self.bans:
            if ban.until > now and ban.fits(person):
                because = f" ({ban.reason})" if ban.reason else ""
                raise Banned(f"{who} banned from {self.address}{because}.", field="room", retry_after=_rest(ban, now))

    def check_may_speak(self, id: str, role: Role, now: int) -> None:
        """Raises Archived, Muted, SlowMode: whoever may moderate is never slowed."""
        self.check_may_write(id, role, now)
        slow = self.settings.slow
        if slow and role not in RIGHTS["mute"][self.kind]:
            wait = self.spoke.get(id, -slow * 1000) + slow * 1000 - now
            if wait > 0:
                raise SlowMode(
                    f"{self.address} takes a message of each member every {slow} s: wait {wait / 1000:.0f} s.",
                    retry_after=wait / 1000,
                )

    def check_may_write(self, id: str, role: Role, now: int) -> None:
        """Raises Archived, Muted."""
        if self.settings.archived:
            raise Archived(f"{self.address} is archived: it may be read, and nobody may write.", field="room")
        mute = self.mutes.get(id)
        if mute is not None and mute.until > now:
            because = f" ({mute.reason})" if mute.reason else ""
            raise Muted(f"You are muted in {self.address}{because}.", retry_after=_rest(mute, now))

    def mentions(self, text: str, role: Role) -> tuple[tuple[str, ...], bool]:
        """Whom a text names: ids of members; and everybody, if the role may."""
        named = tuple(id for nick in sorted(mentioned(text)) for id in self._bearers(nick))
        return named, role in RIGHTS["call_everybody"][self.kind] and calls_everybody(text)

    def member_called(self, folded: str) -> Member | None:
        """The member with this nick, the one who has it now before one who had it."""
        found = [self.members[id] for id in self._bearers(folded)]
        return found[-1] if found else None

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
            self._nicks = sorted(_place(member.sender) for member in self.members.values())
        return self._nicks

    # -- following ----------------------------------------------------------------------------

    def evolve(self, seq: int, at: int, sender: Sender, body: events.KnownBody | events.Unknown) -> None:
        """Follow one recorded event. Events come in the order of their numbers."""
        self.head, self.at = seq, at
        if self.talk is not None:
            self.talk.follow(seq, at, sender, body)
        if type(body) is events.Message:  # by far the commonest
            if self.settings.slow:
                self.spoke[sender.id] = at
            return
        match body:
            case events.Join() | events.Leave() | events.Kick() | events.Nick() | events.Promoted():
                self._people(seq, sender, body)
            case events.Ban() | events.Unban() | events.Mute() | events.Unmute():
                self._sanction(seq, sender, body)
            case events.Topic():
                self.topic = body.text
            case events.Invite():
                self.invited |= {body.target.id}
            case events.Renamed():
                self.name = body.name
            case events.Changed():
                self._change(body)

    def _people(
        self,
        seq: int,
        sender: Sender,
        body: events.Join | events.Leave | events.Kick | events.Nick | events.Promoted,
    ) -> None:
        match body:
            case events.Join():
                self._put(Member(sender, body.role, seq))
                self.invited -= {sender.id}
            case events.Leave():
                self._drop(sender.id)
            case events.Kick():
                self._drop(body.target.id)
            case events.Nick():
                if known := self.members.get(sender.id):
                    self._put(replace(known, sender=Sender(sender.id, body.nick, sender.kind)))
            case events.Promoted():
                self._promote(body)

    def _promote(self, body: events.Promoted) -> None:
        """A role changes; a guest that is given one has become an account."""
        if known := self.members.get(body.target.id):
            kind = "person" if known.sender.kind == "guest" and body.role != "guest" else known.sender.kind
            self._put(Member(replace(known.sender, kind=kind), body.role, known.since))

    def _change(self, body: events.Changed) -> None:
        if body.kind is not None:
            self.kind = "private" if body.kind == "private" else "public"
        self.settings = changed(self.settings, body)
        if not self.settings.slow:
            self.spoke = {}
        self._listen()

    def _sanction(self, seq: int, by: Sender, body: events.Ban | events.Unban | events.Mute | events.Unmute) -> None:
        match body:
            case events.Ban():
                self.bans = (*self.bans, sanction(seq, by, body))
                self.partial = True
                if body.target is not None:
                    self._drop(body.target.id)
                    self.invited -= {body.target.id}
            case events.Unban():
                self.bans = tuple(ban for ban in self.bans if ban.seq != body.ban)
            case events.Mute():
                self.mutes = {**self.mutes, body.target.id: sanction(seq, by, body)}
            case events.Unmute():
                self.mutes = {id: mute for id, mute in self.mutes.items() if id != body.target.id}
        self._listen()

    def _listen(self) -> None:
        self.quiet = self.settings.archived or self.settings.slow > 0 or bool(self.mutes)

    def sanctioned(self, found: "tuple[Sanction, ...] | list[Sanction]") -> None:
        """Take over the bans and mutes as the store knows them."""
        self.bans = tuple(one for one in found if one.what == "ban")
        self.mutes = {one.participant: one for one in found if one.what == "mute"}
        self.partial = False
        self._listen()

    def _put(self, member: Member) -> None:
        self._forget_nick(member.sender.id)
        self.members[member.sender.id] = member
        if self._nicks is not None:
            insort(self._nicks, _place(member.sender))

    def _drop(self, id: str) -> None:
        self._forget_nick(id)
        self.members.pop(id, None)
        self.spoke.pop(id, None)

    def _forget_nick(self, id: str) -> None:
        """Make ready for a change of this member: what a fork shares is copied first."""
        if self._shared:
            self.members = self.members.copy()
            self._nicks = None if self._nicks is None else self._nicks.copy()
            self._shared = False
        known = self.members.get(id)
        if known is not None and self._nicks is not None:
            del self._nicks[bisect_left(self._nicks, _place(known.sender))]


def changed(settings: RoomSettings, body: events.Changed) -> RoomSettings:
    """The settings after a change."""
    fields = {name: new for name in RoomSettings.__struct_fields__ if (new := getattr(body, name)) is not None}
    return replace(settings, **fields) if fields else settings


def sanction(seq: int, by: Sender, body: events.Ban | events.Mute) -> Sanction:
    """What an event tells of a ban or a mute; addresses it does not tell."""
    until = parse_timestamp(body.until) if body.until else NO_END
    if isinstance(body, events.Mute):
        return Sanction(seq, "mute", by, until, body.reason, body.target.id, body.target.nick)
    target = body.target or events.Named("", "")
    return Sanction(seq, "ban", by, until, body.reason, target.id, target.nick, body.mask)


def _rest(sanction: Sanction, now: int) -> float | None:
    """How long it still lasts, seconds; None: without end."""
    return None if sanction.until >= NO_END else (sanction.until - now) / 1000


def _article(role: Role) -> str:
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"


def _place(sender: Sender) -> tuple[str, str]:
    """Where a member stands among nicks."""
    return parse_nick(sender.nick).folded, sender.id


def direct_key(one: str, other: str) -> str:
    """What names the direct room of two participants, by their ids: the same for both."""
    return " ".join(sorted((one, other)))
