"""Deciding a batch: commands in, changes and results out. Pure but for what the hub has loaded beforehand.

Every command is decided on forks that have seen the commands before it. Nothing here is told and nothing is recorded; if the
store finds that another writer was first, the batch's forks are thrown away and the late commands are decided again.
"""

from collections.abc import Callable
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal

from roomful.domain import commands, events
from roomful.domain.answers import Done, Joined, LoggedIn, Me, Receipt, Renamed
from roomful.domain.events import Event, KnownBody, Sender, encode_body
from roomful.domain.names import parse_nick, parse_room
from roomful.domain.rights import RoomKind
from roomful.domain.room import RoomState, direct_key
from roomful.errors import (
    BadRequest,
    BadResume,
    BadText,
    CursorAhead,
    EpochChanged,
    NickTaken,
    NoSuchNick,
    NoSuchRoom,
    NotMember,
    RoomfulError,
)
from roomful.errors import (
    LoggedIn as AlreadyLoggedIn,
)
from roomful.store import (
    Change,
    Claim,
    DropMember,
    Extend,
    NewRoom,
    PutMember,
    Release,
    Row,
    SetTopic,
)

from .rooms import Room
from .session import Participant, Session
from .work import NICK_KEPT, RENEWED, Expire, Loaded, Pending, Receipts, Renew, Result

if TYPE_CHECKING:
    from .hub import Hub

MAX_BODY = 60_000  # bytes of JSON: so that an event and its envelope fit in the smallest max_frame
SHOWN_MEMBERS = 100


class Batch:
    """One batch while it is decided."""

    def __init__(self, hub: "Hub", loaded: Loaded, now: int) -> None:
        self.hub = hub
        self.loaded = loaded
        self.now = now
        self.forks: dict[str, RoomState] = {}  # by room id
        self.created: dict[str, RoomState] = {}  # rooms that begin in this batch, by key
        self.recorded: dict[str, list[Event]] = {}  # by room id
        self.receipts: Receipts = {}
        self.arriving: set[str] = set()  # participants who log in in this batch
        self.changes: list[Change] = []
        self.results: list[Result] = []

    def decide(self, work: list[Pending]) -> None:
        """Decide each command, in order."""
        for pending in work:
            handler = _HANDLERS[type(pending.command)]
            try:
                self.results.append(handler(self, pending, pending.command))
            except RoomfulError as refused:
                self.results.append(Result(pending, refused, -1))
            except Exception:
                # A fault of ours in one command must not take the others, or the committer, with it.
                self.hub.log.exception("fault while deciding", request=type(pending.command).__name__)
                self.results.append(Result(pending, RoomfulError(), -1))

    # -- what people do in rooms ----------------------------------------------------------------

    def post(self, pending: Pending, command: commands.Post) -> Result:
        """Say something."""
        sender, fork = self._member(pending, command.room)
        key = (sender.id, fork.id, command.nonce)
        if (known := self._known(key, command.again)) is not None:
            return Result(pending, Receipt(fork.address, known[0]), known[1])
        body = fork.decide_post(sender, command, self.hub.limits.max_text)
        return self._receipt(pending, fork, sender, command.nonce, body)

    def topic(self, pending: Pending, command: commands.Topic) -> Result:
        """Set a topic."""
        sender, fork = self._member(pending, command.room)
        key = (sender.id, fork.id, command.nonce)
        if (known := self._known(key, command.again)) is not None:
            return Result(pending, Receipt(fork.address, known[0]), known[1])
        body = fork.decide_topic(sender, command)
        return self._receipt(pending, fork, sender, command.nonce, body, SetTopic(fork.id, body.text))

    def join(self, pending: Pending, command: commands.Join) -> Result:
        """Become a member, unless one is, and follow."""
        session, me = _who(pending)
        if command.after is not None and command.last is not None:
            raise BadRequest("Ask for `after` or for `last`, not for both.", field="last")
        if command.epoch is not None and command.epoch != self.hub.epoch:
            raise EpochChanged(field="epoch")
        rows: list[Row] = []
        new: list[Event] = []
        fork = self._room_to_join(command, me.sender, rows, new)
        if command.after is not None and command.after > fork.head:
            raise CursorAhead(
                f"{fork.address} ends at {fork.head}; {command.after} is from another history.", field="after"
            )
        known = fork.members.get(me.sender.id)
        if known is None:
            role: events.Role = "owner" if fork.head == 0 else "member"
            new.append(self._record(fork, me.sender, "", events.Join(role)))
            rows.append(PutMember(fork.id, me.sender.id, role))
        elif known.nick != me.sender.nick:  # it came back under another nick, the old one having been taken
            new.append(self._record(fork, known, "", events.Nick(me.sender.nick)))
        cursor = fork.head
        if command.after is not None:
            cursor = command.after
        elif command.last is not None:
            cursor = max(0, fork.head - command.last)
        answer = Joined(
            fork.address,
            fork.head,
            len(fork.members),
            tuple(islice(fork.members.values(), SHOWN_MEMBERS)),
            fork.topic,
            self.hub.welcome if fork.kind == "public" else "",
            fork.peer_of(me.sender.id),
        )
        room, deaf = fork.id, not command.signals
        return Result(
            pending,
            answer,
            self._change(new, rows),
            partial(self.hub.readers.follow, session, room, cursor, deaf=deaf),
            room,
        )

    def leave(self, pending: Pending, command: commands.Leave) -> Result:
        """End a membership; in a direct room, only stop following."""
        session, _ = _who(pending)
        sender, fork = self._member(pending, command.room)
        room = fork.id
        if fork.kind == "direct":
            return Result(pending, Done(), -1, partial(self.hub.readers.unfollow, session, room), room)
        event = self._record(fork, sender, "", events.Leave())
        change = self._change([event], [DropMember(room, sender.id)])
        return Result(pending, Done(), change, partial(self.hub.unfollow_all, sender.id, room), room)

    # -- who people are -----------------------------------------------------------------------------

    def login(self, pending: Pending, command: commands.Login) -> Result:
        """Become a participant: a new guest, or the one that was."""
        session = pending.session
        assert session is not None
        if session.participant is not None:
            raise AlreadyLoggedIn
        until = self.now + NICK_KEPT + RENEWED
        if command.resume is None:
            if command.nick is None:
                raise BadRequest("A login needs a `nick`, or a `resume`.", field="nick")
            nick = parse_nick(command.nick)
            session.guest = session.guest or self.hub.new_id("p")
            sender, sid = Sender(session.guest, nick.text, "person"), self.hub.entropy(9)
        else:
            id, sid = self.hub.proofs.read(command.resume)
            record = self.loaded.participants.get(id)
            if record is None:
                raise BadResume("That visit has ended. Log in without `resume`.", field="resume")
            wanted = record.nick or command.nick
            if wanted is None:
                raise NickTaken("Your nick was given to somebody else meanwhile: send another as `nick`.", field="nick")
            nick = parse_nick(wanted)
            sender = Sender(id, nick.text, record.kind)
        self.arriving.add(sender.id)
        claim = Claim(sender.id, sender.nick, nick.folded, sender.kind, self.now, until)
        answer = LoggedIn(Me(sender.id, sender.nick, sender.kind), self.hub.proofs.write(sender.id, sid))
        return Result(
            pending, answer, self._change([], [claim]), partial(self.hub.presence.arrive, session, sender, sid)
        )

    def logout(self, pending: Pending, command: commands.Logout) -> Result:
        """Stop being a participant on this connection."""
        session, me = _who(pending)
        rows: list[Row] = [Extend((me.sender.id,), self.now + NICK_KEPT)] if len(me.sessions) == 1 else []
        return Result(
            pending, Done(), self._change([], rows), partial(self.hub.presence.depart, session, for_good=True)
        )

    def nick(self, pending: Pending, command: commands.Nick) -> Result:
        """Take another nick, in all rooms at once."""
        _, me = _who(pending)
        nick = parse_nick(command.nick)
        if nick.text == me.sender.nick:
            return Result(pending, Renamed(nick.text), -1)
        sender = Sender(me.sender.id, nick.text, me.sender.kind)
        rows: list[Row] = [
            Claim(sender.id, nick.text, nick.folded, sender.kind, self.now, self.now + NICK_KEPT + RENEWED)
        ]
        new = [
            self._record(fork, fork.members[sender.id], "", events.Nick(nick.text))
            for fork in self._forks_of(sender.id)
        ]
        return Result(pending, Renamed(nick.text), self._change(new, rows), partial(self.hub.presence.rename, sender))

    def bye(self, pending: Pending, command: commands.Bye) -> Result:
        """End the visit: with a guest's last session its memberships and its claim go."""
        session, me = _who(pending)
        change = -1
        if me.account is None and not any(other is not session and not other.ending for other in me.sessions):
            change = self._end(me.sender.id, "bye", [Release(me.sender.id)])
        return Result(pending, Done(), change, partial(self.hub.presence.say_bye, session))

    # -- what the hub itself does --------------------------------------------------------------------

    def expire(self, pending: Pending, command: Expire) -> Result:
        """A guest stayed away: its memberships end. Its row stays for a week, so that it may still resume."""
        id = command.participant
        record = self.loaded.participants.get(id)
        if id in self.hub.participants or id in self.arriving or record is None or record.until >= self.now:
            return Result(pending, None, -1)  # it came back in this moment, perhaps to another hub
        return Result(pending, None, self._end(id, "expired", []))

    def renew(self, pending: Pending, command: Renew) -> Result:
        """Claims are good until then."""
        return Result(pending, None, self._change([], [Extend(command.participants, command.until)]))

    # -- parts ---------------------------------------------------------------------------------------

    def _end(self, id: str, reason: Literal["bye", "expired"], rows: list[Row]) -> int:
        new = []
        for fork in self._forks_of(id):
            if fork.kind == "public":
                new.append(self._record(fork, fork.members[id], "", events.Leave(reason)))
                rows.append(DropMember(fork.id, id))
        return self._change(new, rows)

    def _member(self, pending: Pending, reference: str) -> tuple[Sender, RoomState]:
        """The room, and the participant as the room knows it. Raises NoSuchRoom, NotMember."""
        me = pending.participant
        fork = self._find(reference)
        if fork is None:
            raise NoSuchRoom(f"There is no room {reference}.", field="room")
        known = fork.members.get(me.sender.id) if me is not None else None
        if known is None:
            if fork.kind == "direct":
                raise NoSuchRoom(f"There is no room {reference}.", field="room")
            raise NotMember(f"You are not in {fork.address}: join it first.", field="room")
        return known, fork

    def _find(self, reference: str) -> RoomState | None:
        rooms = self.hub.rooms
        room = rooms.by_address.get(reference) or rooms.find(reference)
        if room is None:
            return self.created.get(self.hub.rooms.key_of(reference)) if reference.startswith("#") else None
        fork = self.forks.get(room.state.id)
        return self._fork(room) if fork is None else fork

    def _fork(self, room: Room) -> RoomState:
        fork = self.forks.get(room.state.id)
        if fork is None:
            fork = self.forks[room.state.id] = room.state.fork()
        return fork

    def _forks_of(self, participant: str) -> list[RoomState]:
        """Every room the participant is a member of, those joined in this batch too."""
        rooms = (self.hub.rooms.by_id.get(id) for id in self.loaded.memberships.get(participant, ()))
        known = {room.state.id: self._fork(room) for room in rooms if room is not None}
        for fork in (*self.forks.values(), *self.created.values()):
            known.setdefault(fork.id, fork)
        return [fork for fork in known.values() if participant in fork.members]

    def _room_to_join(self, command: commands.Join, me: Sender, rows: list[Row], new: list[Event]) -> RoomState:
        """The room, which begins if it is a name or a nick's direct room that was not there."""
        reference = command.room
        if reference.startswith("@"):
            return self._direct_room(command, me, rows, new)
        fork = self._find(reference)
        if fork is None:
            if reference.startswith("!"):
                raise NoSuchRoom(f"There is no room {reference}.", field="room")
            name = parse_room(reference)
            return self._begin(command, name.folded, name.text, "public", rows)
        if fork.kind == "direct" and me.id not in fork.members:
            raise NoSuchRoom(f"There is no room {reference}.", field="room")
        return fork

    def _direct_room(self, command: commands.Join, me: Sender, rows: list[Row], new: list[Event]) -> RoomState:
        reference = command.room
        holder = self.loaded.holders.get(parse_nick(reference[1:]).folded)
        if holder is None:
            raise NoSuchNick(f"Nobody is called {reference[1:]}.", field="room")
        if holder.id == me.id:
            raise BadRequest("That is you. A direct room has two participants.", field="room")
        key = direct_key(me.id, holder.id)
        if room := self.hub.rooms.by_key.get(key):
            return self._fork(room)
        if key in self.created:
            return self.created[key]
        fork = self._begin(command, key, key, "direct", rows)
        for sender in (me, Sender(holder.id, holder.nick, holder.kind)):
            new.append(self._record(fork, sender, "", events.Join()))
            rows.append(PutMember(fork.id, sender.id, "member"))
        return fork

    def _begin(self, command: commands.Join, key: str, name: str, kind: RoomKind, rows: list[Row]) -> RoomState:
        if command.after:  # before anything is made: a refusal changes nothing
            raise CursorAhead(f"{command.room} is new; {command.after} is from another history.", field="after")
        fork = RoomState(self.hub.new_id("r"), kind, name)
        self.created[key] = fork
        rows.append(NewRoom(fork.id, key, name, kind, self.now))
        return fork

    def _known(self, key: tuple[str, str, str], again: bool) -> tuple[int, int] | None:
        """The receipt of a command that came before: its number, and the change of this batch it hangs on."""
        if (here := self.receipts.get(key)) is not None:
            return here
        seq = self.hub.receipts.get(key)
        if seq is None and again:
            seq = self.loaded.receipts.get(key)
        return None if seq is None else (seq, -1)

    def _receipt(
        self, pending: Pending, fork: RoomState, sender: Sender, nonce: str, body: KnownBody, *rows: Row
    ) -> Result:
        event = self._record(fork, sender, nonce, body)
        change = len(self.changes)
        self.changes.append(Change((event,), rows))
        self.receipts[(sender.id, fork.id, nonce)] = (event.seq, change)
        return Result(pending, Receipt(fork.address, event.seq), change)

    def _record(self, fork: RoomState, sender: Sender, nonce: str, body: KnownBody) -> Event:
        """The next event of the room, which the fork then follows."""
        data = encode_body(body)
        if len(data) > MAX_BODY:
            raise BadText("The text has too many control characters to fit in a frame.", field="text")
        event = Event(fork.id, fork.head + 1, max(self.now, fork.at), sender, nonce, data)
        fork.evolve(event.seq, event.at, sender, body)
        recorded = self.recorded.get(fork.id)
        if recorded is None:
            self.recorded[fork.id] = [event]
        else:
            recorded.append(event)
        return event

    def _change(self, new: list[Event], rows: list[Row]) -> int:
        """A change for the batch; -1 if there is nothing to change."""
        if not new and not rows:
            return -1
        self.changes.append(Change(tuple(new), tuple(rows)))
        return len(self.changes) - 1


def _who(pending: Pending) -> tuple[Session, Participant]:
    """Who sent a command, which the session's door has made sure of."""
    assert pending.session is not None
    assert pending.participant is not None
    return pending.session, pending.participant


_HANDLERS: dict[type, Callable[[Batch, Pending, Any], Result]] = {
    commands.Post: Batch.post,
    commands.Topic: Batch.topic,
    commands.Join: Batch.join,
    commands.Leave: Batch.leave,
    commands.Login: Batch.login,
    commands.Logout: Batch.logout,
    commands.Nick: Batch.nick,
    commands.Bye: Batch.bye,
    Expire: Batch.expire,
    Renew: Batch.renew,
}
