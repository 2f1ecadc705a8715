"""What the client knows of a room: who is in it, who is here, who types, and the lines shown last."""

from collections.abc import Iterable

from roomful.client import Line, Timeline
from roomful.domain import events
from roomful.domain.answers import Joined
from roomful.domain.events import Sender
from roomful.domain.room import changed
from roomful.domain.signals import Presence, State
from roomful.domain.verdicts import Verdict
from roomful.protocol.native import Told

BOT = "bot"
RECENT, SPARE = 500, 100  # lines kept for quoting and for /reply, and how many more before the oldest go
Silences = dict[int, list[tuple[Verdict, str]]]  # by a line's number: why bots were silent at it, each with its nick
TYPING_LASTS = 6.0  # s after which somebody who was said to type is not believed to, as docs/protocol.md says


class Room:
    """A room as far as it is known here. `signals` are hints, so everything but the lines may be a little behind."""

    def __init__(self, joined: Joined) -> None:
        self.name = joined.room  # '#name' or '!id'
        self.peer = joined.peer
        self.topic = joined.topic
        self.entered = joined.head  # what is not newer than this was before one came
        self.replayed = joined.head  # what is not newer than this was not seen as it happened
        self.shown = 0  # the newest event shown
        self.oldest: int | None = joined.head + 1  # the oldest event shown; None: not known
        self.missed_until = 0  # after a reconnect: the newest event that was missed
        self.known = False  # who is here was told
        self.members = {member.id: member.nick for member in joined.members}
        self.bots = {member.id for member in joined.members if member.kind == BOT}
        self.here: set[str] = set()
        self.typing: dict[str, float] = {}  # id -> when to forget it, in the loop's time
        self.speaking: dict[str, float] = {}  # likewise
        self.timeline = Timeline()  # the newest lines, and those that /history showed
        self.kind = joined.kind
        self.settings = joined.settings
        self.read = 0  # how far one has read, on whatever device
        self.silences: Silences = {}  # of the lines that are shown on entering

    @property
    def title(self) -> str:
        """What people call it: '#name', or '@nick' of the other one."""
        return f"@{self.peer.nick}" if self.peer else self.name

    @property
    def heading(self) -> str:
        """What stands above its lines."""
        marks = (
            "private" if self.kind == "private" else "",
            "archived" if self.settings.archived else "",
            self.topic,
        )
        return " · ".join((self.title, *filter(None, marks)))

    def afresh(self) -> "Room":
        """The room with nothing known of its log."""
        kinds = dict.fromkeys(self.bots, BOT)
        members = tuple(Sender(id, nick, kinds.get(id, "person")) for id, nick in self.members.items())
        room = Room(Joined(self.name, 0, len(members), members, self.topic, peer=self.peer))
        room.oldest = None
        room.kind, room.settings = self.kind, self.settings
        return room

    def take(self, told: Told) -> None:
        """Follow an event."""
        self.shown = told.seq
        self.oldest = min(self.oldest or told.seq, told.seq)
        self.typing.pop(told.sender.id, None)
        self.speaking.pop(told.sender.id, None)
        self._meet(told.sender)
        match told.body:
            case events.Join() if told.seq > self.replayed:
                self.here.add(told.sender.id)
            case events.Leave():
                self._gone(told.sender.id)
            case events.Kick(target=target) | events.Ban(target=events.Named() as target):
                self._gone(target.id)
            case events.Nick(nick=nick):
                self.rename(told.sender.id, nick)
            case events.Topic(text=text):
                self.topic = text
            case events.Changed():
                self.kind = told.body.kind or self.kind
                self.settings = changed(self.settings, told.body)
            case _:
                self.remember(told)

    def _meet(self, *senders: Sender) -> None:
        self.members.update((sender.id, sender.nick) for sender in senders)
        self.bots.update(sender.id for sender in senders if sender.kind == BOT)

    def _gone(self, id: str) -> None:
        self.members.pop(id, None)
        self.here.discard(id)

    def rename(self, id: str, nick: str) -> None:
        """Somebody is called something else now."""
        self.members[id] = nick
        if self.peer and self.peer.id == id:
            self.peer = Sender(id, nick, self.peer.kind)

    def remember(self, told: Told) -> None:
        """Keep a message, or what was done to one, so that it can be quoted."""
        self.timeline.take(told)
        if len(self.timeline) > RECENT + SPARE:
            self.timeline.forget(before=self.timeline.lines()[-RECENT].seq)

    def last_line(self, me: str, *, mine: bool = False) -> Line | None:
        """The newest message that is not one's own, which /reply answers; or, with `mine`, that is: which /edit changes."""
        lines = reversed(self.timeline.lines())
        return next((line for line in lines if (line.sender.id == me) is mine and not line.redacted), None)

    # -- signals -------------------------------------------------------------------------------------

    def state(self, state: State, now: float) -> None:
        """How things are, told once after catching up."""
        self.known = True
        self.here = {sender.id for sender in state.here}
        self._meet(*state.here)
        self.typing = dict.fromkeys(state.typing, now + TYPING_LASTS)

    def presence(self, presence: Presence) -> tuple[list[str], list[str]]:
        """Follow arrivals and departures.

        Returns the ids of those who came back and of those who went. Who joins or leaves the room is told by an event,
        and not once more here.
        """
        known = self.members.keys()
        came = [s.id for s in presence.online if s.id in known and s.id not in self.here]
        went = [id for id in presence.gone if id in known and id in self.here]
        self._meet(*presence.online)
        self.here.update(sender.id for sender in presence.online)
        self.here.difference_update(presence.gone)
        for id in (*presence.gone, *presence.reconnecting):
            self.typing.pop(id, None)
            self.speaking.pop(id, None)
        return came, went

    def typists(self, now: float) -> list[str]:
        """The nicks of those who type; of those whose draft is seen, it need not be said."""
        writing = {growing.sender.id for growing in self.timeline.drafts}
        return self.nicks(id for id, until in self.typing.items() if until > now and id not in writing)

    def speakers(self, now: float) -> list[str]:
        """The nicks of those who speak: clips of theirs are being listened to."""
        return self.nicks(id for id, until in self.speaking.items() if until > now)

    def nicks(self, ids: Iterable[str]) -> list[str]:
        """Nicks by id."""
        return [self.members[id] for id in ids if id in self.members]

    def named(self, ids: Iterable[str]) -> list[str]:
        """Nicks by id, with what is no person marked as such."""
        marks = dict.fromkeys(self.bots, f" [{BOT}]")
        return [f"{self.members[id]}{marks.get(id, '')}" for id in ids if id in self.members]
