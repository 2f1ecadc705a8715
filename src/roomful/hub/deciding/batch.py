"""One batch while it is decided: what its commands see of each other, and what they add up to.

Every command is decided on forks that have seen the commands before it. Nothing here is told and nothing is recorded; if the
store finds that another writer was first, the batch's forks are thrown away and the late commands are decided again.
"""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from roomful.domain import events
from roomful.domain.answers import Receipt
from roomful.domain.commands import RoomCommand
from roomful.domain.events import Event, KnownBody, Role, Sender, encode_body
from roomful.domain.members import Member
from roomful.domain.names import parse_nick, parse_room
from roomful.domain.rights import Action
from roomful.domain.room import RoomState
from roomful.errors import BadText, LoginRequired, NoSuchEvent, NoSuchNick, NoSuchRoom, NotMember, RoomfulError
from roomful.store import Change, LogAct, Row

from ..rooms import Room
from ..session import Participant, Session
from ..work import Loaded, Pending, Receipts, Result

if TYPE_CHECKING:
    from ..hub import Hub

MAX_BODY = 60_000  # bytes of JSON: so that an event and its envelope fit in the smallest max_frame

Handler = Callable[["Batch", Pending, Any], Result]


class Batch:
    """Collects changes and results. The handlers, one a command, are functions of this package."""

    def __init__(self, hub: "Hub", loaded: Loaded, now: int) -> None:
        self.hub = hub
        self.loaded = loaded
        self.now = now
        self.forks: dict[str, RoomState] = {}  # by room id
        self.created: dict[str, RoomState] = {}  # rooms that begin in this batch, by key
        self.renamed: dict[str, str] = {}  # new keys, by room id
        self.gone: set[str] = set()  # rooms that are deleted in this batch, by id
        self.parted: set[str] = set()  # accounts that are deleted in this batch, by id
        self.recorded: dict[str, list[Event]] = {}  # by room id
        self.receipts: Receipts = {}
        self.arriving: set[str] = set()  # participants who log in in this batch
        self.changes: list[Change] = []
        self.results: list[Result] = []

    def decide(self, work: list[Pending], handlers: dict[type, Handler]) -> None:
        """Decide each command, in order."""
        for pending in work:
            try:
                if self.parted and pending.participant is not None and pending.participant.sender.id in self.parted:
                    raise LoginRequired
                self.results.append(handlers[type(pending.command)](self, pending, pending.command))
            except RoomfulError as refused:
                # Its trace holds this batch, which holds the result: a circle that nobody would ever break.
                refused.__traceback__ = refused.__context__ = refused.__cause__ = None
                self.results.append(Result(pending, refused, -1))
            except Exception:
                # A fault of ours in one command must not take the others, or the committer, with it.
                self.hub.log.exception("fault while deciding", request=type(pending.command).__name__)
                self.results.append(Result(pending, RoomfulError(), -1))

    # -- finding ---------------------------------------------------------------------------------

    def member(self, pending: Pending, reference: str) -> tuple[Sender, RoomState]:
        """The room, and the participant as the room knows it. Raises NoSuchRoom, Moved, NotMember."""
        me = pending.participant
        fork = self.find(reference)
        if fork is None:
            raise self.hub.no_such_room(reference, self.loaded.moved)
        known = fork.members.get(me.sender.id) if me is not None else None
        if known is None:
            if fork.kind == "direct":
                raise NoSuchRoom(f"There is no room {reference}.", field="room")
            raise NotMember(f"You are not in {fork.address}: join it first.", field="room")
        return known.sender, fork

    def ruled(self, pending: Pending, reference: str) -> tuple[Sender, RoomState]:
        """As `member`; but whoever owns the server need not be in a room that has a name. Raises as that does."""
        me = pending.participant
        if me is not None and me.owner and (fork := self.find(reference)) is not None and fork.kind != "direct":
            known = fork.members.get(me.sender.id)
            return me.sender if known is None else known.sender, fork
        return self.member(pending, reference)

    def require(self, pending: Pending, fork: RoomState, action: Action) -> Role:
        """The role in which somebody who is `ruled` in may do this. Raises NotMember, NotAllowed."""
        me = pending.participant
        assert me is not None
        if me.owner and fork.kind != "direct" and me.sender.id not in fork.members:
            return "owner"
        return fork.require(me.sender.id, action, server_owner=me.owner)

    def find(self, reference: str) -> RoomState | None:
        """The fork of the room that '#name' or '!id' names. Raises BadName."""
        rooms = self.hub.rooms
        room = rooms.by_address.get(reference) or rooms.find(reference)
        if room is not None:
            fork = self.forks.get(room.state.id)
            if fork is None:
                return self.fork(room)
            if self._is_called(fork, room.key) or (reference.startswith("!") and fork.id not in self.gone):
                return fork
        if not reference.startswith("#"):
            return None
        # The name it had before this batch may be nobody's by now, or another's.
        key = parse_room(reference).folded
        states = (*((key, state) for key, state in self.created.items()), *(("", fork) for fork in self.forks.values()))
        return next((state for first, state in states if self._is_called(state, key, first)), None)

    def _is_called(self, state: RoomState, key: str, first: str | None = None) -> bool:
        """Whether a room has this key as this batch has left it. `first`: the key it had before, if that is another."""
        return state.id not in self.gone and self.renamed.get(state.id, key if first is None else first) == key

    def fork(self, room: Room) -> RoomState:
        """The room as this batch has left it so far."""
        fork = self.forks.get(room.state.id)
        if fork is None:
            fork = self.forks[room.state.id] = room.state.fork()
        return fork

    def forks_of(self, participant: str) -> list[RoomState]:
        """Every room the participant is a member of, those joined in this batch too."""
        rooms = (self.hub.rooms.by_id.get(id) for id in self.loaded.memberships.get(participant, ()))
        known = {room.state.id: self.fork(room) for room in rooms if room is not None}
        for fork in (*self.forks.values(), *self.created.values()):
            known.setdefault(fork.id, fork)
        return [fork for fork in known.values() if participant in fork.members and fork.id not in self.gone]

    def target(self, fork: RoomState, who: str) -> Member:
        """The member that a nick or '!ID' names. Raises BadName, NoSuchNick."""
        found = fork.members.get(who[1:]) if who.startswith("!") else fork.member_called(parse_nick(who).folded)
        if found is None:
            raise NoSuchNick(f"Nobody in {fork.address} is called {who}.", field="who")
        return found

    def anybody(self, fork: RoomState, who: str) -> Sender:
        """The member, or else the participant anywhere, that a nick or '!ID' names. Raises BadName, NoSuchNick."""
        try:
            return self.target(fork, who).sender
        except NoSuchNick:
            record = (
                self.loaded.participants.get(who[1:])
                if who.startswith("!")
                else self.loaded.holders.get(parse_nick(who).folded)
            )
            if record is None:
                raise NoSuchNick(f"Nobody is called {who}.", field="who") from None
            return Sender(record.id, record.nick or who, record.kind)

    def message(self, fork: RoomState, seq: int, me: Sender, field: str = "seq") -> tuple[Event, events.Message]:
        """A message of the room that still has its text, and that one wrote or may read. Raises NoSuchEvent."""
        event = self.loaded.events.get((fork.id, seq))
        body = event.body if event is not None else None
        unseen = event is not None and event.sender.id != me.id and seq < fork.first_of(me.id)
        if event is None or unseen or not isinstance(body, events.Message):
            raise NoSuchEvent(f"{seq} is no message of {fork.address}.", field=field)
        if body.redacted is not None or self._redacted_here(fork, seq):
            raise NoSuchEvent(f"Message {seq} of {fork.address} was redacted.", field=field)
        return event, body

    def is_redacted(self, fork: RoomState, seq: int) -> bool:
        """Whether a message has lost its text, before this batch or in it; or is none."""
        body = event.body if (event := self.loaded.events.get((fork.id, seq))) is not None else None
        return not isinstance(body, events.Message) or body.redacted is not None or self._redacted_here(fork, seq)

    def pinned(self, fork: RoomState, seq: int, *, on: bool) -> None:
        """A message is pinned, or is so no more: for the commands that follow."""
        others = [one for one in self.loaded.pins.get(fork.id, ()) if one != seq]
        self.loaded.pins[fork.id] = [*others, seq] if on else others

    def _redacted_here(self, fork: RoomState, seq: int) -> bool:
        bodies = (event.body for event in self.recorded.get(fork.id, ()) if b'"redaction"' in event.data[:24])
        return any(isinstance(body, events.Redaction) and body.target == seq for body in bodies)

    # -- recording ---------------------------------------------------------------------------------

    def known(self, pending: Pending, fork: RoomState) -> Result | None:
        """What was answered to the command, if it came before: the same receipt again."""
        assert pending.participant is not None
        key = (pending.participant.sender.id, fork.id, pending.command.nonce)
        return self.known_as(key, pending, fork, pending.command.again)

    def known_as(self, key: tuple[str, str, str], pending: Pending, fork: RoomState, again: bool) -> Result | None:
        """See `known`; `key`: participant, room, nonce."""
        if (here := self.receipts.get(key)) is not None:
            return Result(pending, Receipt(fork.address, here[0]), here[1])
        seq = self.hub.receipts.get(key)
        if seq is None and again:
            seq = self.loaded.receipts.get(key)
        return None if seq is None else Result(pending, Receipt(fork.address, seq), -1)

    def said(
        self, key: tuple[str, str, str], pending: Pending, fork: RoomState, sender: Sender, body: KnownBody
    ) -> Result:
        """Record a message about which there is no more to write, as nearly all are: the short way of `receipt`."""
        event = self.record(fork, sender, key[2], body)
        change = len(self.changes)
        self.changes.append(Change((event,)))
        self.receipts[key] = (event.seq, change)
        return Result(pending, Receipt(fork.address, event.seq), change)

    def receipt(
        self,
        pending: Pending,
        fork: RoomState,
        sender: Sender,
        body: KnownBody,
        rows: Iterable[Row] = (),
        *,
        more: Iterable[tuple[Sender, KnownBody]] = (),
        act: bool = False,
        effect: Callable[[], None] | None = None,
    ) -> Result:
        """Record what a command upon a room does, under its nonce.

        Args:
            more: events that follow from it.
            act: it is one for the moderation log.
        """
        command: RoomCommand = pending.command
        event = self.record(fork, sender, command.nonce, body)
        new = [event, *(self.record(fork, who, "", what) for who, what in more)] if more else [event]
        written = [*rows, LogAct(fork.id, event.seq)] if act else rows
        change = len(self.changes)
        self.changes.append(Change(new, tuple(written)))
        self.receipts[(sender.id, fork.id, command.nonce)] = (event.seq, change)
        return Result(pending, Receipt(fork.address, event.seq), change, effect)

    def record(self, fork: RoomState, sender: Sender, nonce: str, body: KnownBody) -> Event:
        """The next event of the room, which the fork then follows. Raises BadText."""
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

    def change(self, new: list[Event], rows: list[Row]) -> int:
        """A change for the batch; -1 if there is nothing to change."""
        if not new and not rows:
            return -1
        self.changes.append(Change(tuple(new), tuple(rows)))
        return len(self.changes) - 1


def who(pending: Pending) -> tuple[Session, Participant]:
    """Who sent a command: the session's door has made sure of that. Raises LoginRequired if its account is gone since."""
    assert pending.session is not None
    assert pending.participant is not None
    if pending.participant.parted:
        raise LoginRequired
    return pending.session, pending.participant
