"""What the client knows of a room: who is in it, who is here, who types, and the lines shown last."""

from collections.abc import Iterable

from roomful.domain import events
from roomful.domain.answers import Joined
from roomful.domain.events import Sender
from roomful.domain.signals import Presence, State
from roomful.protocol.native import Told

RECENT = 500  # lines kept for quoting and for /reply
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
        self.here: set[str] = set()
        self.typing: dict[str, float] = {}  # id -> when to forget it, in the loop's time
        self.recent: dict[int, Told] = {}  # messages, by number

    @property
    def title(self) -> str:
        """What people call it: '#name', or '@nick' of the other one."""
        return f"@{self.peer.nick}" if self.peer else self.name

    def afresh(self) -> "Room":
        """The room with nothing known of its log."""
        members = tuple(Sender(id, nick, "person") for id, nick in self.members.items())
        room = Room(Joined(self.name, 0, len(members), members, self.topic, peer=self.peer))
        room.oldest = None
        return room

    def take(self, told: Told) -> None:
        """Follow an event."""
        self.shown = told.seq
        self.oldest = min(self.oldest or told.seq, told.seq)
        self.typing.pop(told.sender.id, None)
        self.members[told.sender.id] = told.sender.nick
        match told.body:
            case events.Message():
                self.remember(told)
            case events.Join() if told.seq > self.replayed:
                self.here.add(told.sender.id)
            case events.Leave():
                self.members.pop(told.sender.id, None)
                self.here.discard(told.sender.id)
            case events.Nick(nick=nick):
                self.rename(told.sender.id, nick)
            case events.Topic(text=text):
                self.topic = text

    def rename(self, id: str, nick: str) -> None:
        """Somebody is called something else now."""
        self.members[id] = nick
        if self.peer and self.peer.id == id:
            self.peer = Sender(id, nick, self.peer.kind)

    def remember(self, told: Told) -> None:
        """Keep a message, so that it can be quoted."""
        self.recent[told.seq] = told
        if len(self.recent) > RECENT:
            del self.recent[min(self.recent)]

    def last_line(self, me: str) -> Told | None:
        """The newest message that is not one's own: what /reply answers."""
        return next(
            (self.recent[seq] for seq in sorted(self.recent, reverse=True) if self.recent[seq].sender.id != me), None
        )

    # -- signals -------------------------------------------------------------------------------------

    def state(self, state: State, now: float) -> None:
        """How things are, told once after catching up."""
        self.known = True
        self.here = {sender.id for sender in state.here}
        self.members.update((sender.id, sender.nick) for sender in state.here)
        self.typing = dict.fromkeys(state.typing, now + TYPING_LASTS)

    def presence(self, presence: Presence) -> tuple[list[str], list[str]]:
        """Follow arrivals and departures.

        Returns the ids of those who came back and of those who went. Who joins or leaves the room is told by an event,
        and not once more here.
        """
        known = self.members.keys()
        came = [s.id for s in presence.online if s.id in known and s.id not in self.here]
        went = [id for id in presence.gone if id in known and id in self.here]
        self.members.update((sender.id, sender.nick) for sender in presence.online)
        self.here.update(sender.id for sender in presence.online)
        self.here.difference_update(presence.gone)
        for id in (*presence.gone, *presence.reconnecting):
            self.typing.pop(id, None)
        return came, went

    def typists(self, now: float) -> list[str]:
        """The nicks of those who type."""
        return [self.members[id] for id, until in self.typing.items() if until > now and id in self.members]

    def nicks(self, ids: Iterable[str]) -> list[str]:
        """Nicks by id."""
        return [self.members[id] for id in ids if id in self.members]
