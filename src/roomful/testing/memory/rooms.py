"""Rooms of the store in memory: their logs, and all rows that hang on one room."""

from collections.abc import Sequence

from msgspec.structs import replace

from roomful.domain.events import Event, Kind, Message, Sender, encode_body
from roomful.domain.members import Member
from roomful.domain.rights import RoomKind
from roomful.domain.sanctions import Sanction
from roomful.store import (
    MOST_COUNTED,
    MOST_LOOKED_AT,
    Blank,
    Counts,
    DropHook,
    DropInvite,
    DropMember,
    DropMemory,
    DropSanction,
    LogAct,
    Mark,
    Mention,
    MoveHook,
    NewRoom,
    PutHook,
    PutInvite,
    PutMember,
    PutMemory,
    PutPlace,
    PutSanction,
    PutVerdict,
    Relate,
    RoomRecord,
    RoomSummary,
    SetRoom,
    SetTopic,
    Unpin,
    UseSpeech,
)
from roomful.store.blanking import blanked

from .bots import RoomBots
from .hooks import RoomHooks

RoomRow = (
    SetTopic
    | SetRoom
    | PutMember
    | DropMember
    | PutInvite
    | DropInvite
    | PutSanction
    | DropSanction
    | Relate
    | Unpin
    | Mention
    | Mark
    | LogAct
    | Blank
    | PutPlace
    | PutVerdict
    | PutMemory
    | DropMemory
    | PutHook
    | MoveHook
    | DropHook
    | UseSpeech
)
EVERYBODY = "*"


class MemoryRoom:
    """What a database holds of one room."""

    def __init__(self, row: NewRoom) -> None:
        self.id, self.key, self.name, self.topic = row.id, row.key, row.name, ""
        self.kind: RoomKind = row.kind
        self.settings, self.created = row.settings, row.created
        self.events: list[Event] = []
        self.members: dict[str, tuple[str, int]] = {}  # role, since
        self.sanctions: dict[int, Sanction] = {}
        self.invited: set[str] = set()
        self.relations: set[tuple[int, str, int]] = set()  # target, what, seq
        self.mentions: set[tuple[str, int]] = set()  # participant, seq
        self.marks: dict[tuple[str, int], int] = {}  # (participant, thread) -> seq
        self.acts: set[int] = set()
        self.bots = RoomBots()
        self.hooks = RoomHooks()

    def put(self, row: RoomRow) -> None:
        """Write a row."""
        match row:
            case SetTopic():
                self.topic = row.topic
            case SetRoom():
                self.kind, self.settings = row.kind, row.settings
            case PutMember():
                since = row.since or self.members.get(row.participant, ("", 0))[1]
                self.members[row.participant] = row.role, since
            case DropMember():
                self.members.pop(row.participant, None)
            case PutInvite():
                self.invited.add(row.participant)
            case DropInvite():
                self.invited.discard(row.participant)
            case PutSanction(sanction=new):
                old = [s for s, one in self.sanctions.items() if (one.what, one.subject) == (new.what, new.subject)]
                for seq in old:
                    del self.sanctions[seq]
                self.sanctions[new.seq] = new
            case DropSanction():
                self.sanctions.pop(row.seq, None)
            case PutPlace() | PutVerdict() | PutMemory() | DropMemory() | UseSpeech():
                self.bots.put(row)
            case PutHook() | MoveHook() | DropHook():
                self.hooks.put(row)
            case _:
                self._note(row)

    def _note(self, row: Relate | Unpin | Mention | Mark | LogAct | Blank) -> None:
        match row:
            case Relate():
                self.relations.add((row.target, row.what, row.seq))
                if row.what == "thread":
                    for event in self.at(row.target, row.seq):
                        self.marks.setdefault((event.sender.id, row.target), 0)
            case Unpin():
                self.relations = {one for one in self.relations if one[:2] != (row.target, "pin")}
            case Mention():
                for event in self.at(row.seq):
                    self.mentions |= {(participant, event.seq) for participant in row.participants}
            case Mark():
                key = row.participant, row.thread
                if not row.thread or self.related(row.thread, ("thread",)):
                    self.marks[key] = max(row.seq, self.marks.get(key, 0))
            case LogAct():
                self.acts.add(row.seq)
            case Blank():
                for seq in (row.target, *self.related(row.target, ("edit",))):
                    self._blank(seq, row.redacted)
                    self.bots.forget_line(seq)

    def _blank(self, seq: int, redacted: int) -> None:
        for event in self.at(seq):
            if (empty := blanked(event.body, redacted)) is not None:
                self.events[seq - 1] = replace(event, data=encode_body(empty))
                self.mentions = {one for one in self.mentions if one[1] != seq}

    def forget(self, participant: str) -> None:
        """Nothing is kept any more of what somebody read, and was called to."""
        self.marks = {key: seq for key, seq in self.marks.items() if key[0] != participant}
        self.mentions = {one for one in self.mentions if one[0] != participant}
        self.invited.discard(participant)

    def at(self, *seqs: int) -> list[Event]:
        """The events that have these numbers, in order."""
        return [self.events[seq - 1] for seq in sorted(set(seqs)) if 0 < seq <= len(self.events)]

    def related(self, target: int, what: Sequence[str]) -> list[int]:
        """Numbers of the events about another one."""
        return sorted(seq for about, kind, seq in self.relations if about == target and kind in what)

    def changes(self, targets: Sequence[int], after: int) -> list[Event]:
        """See `Store.changes`."""
        found: list[Event] = []
        for what, most in (("edit", 1), ("pin", 1), ("reaction", len(self.events))):
            several = [self.related(target, (what,))[-most:] for target in set(targets)]
            seqs = {seq for some in several for seq in some if seq > after}
            found += reversed(self.at(*seqs))
        return found

    def pins(self) -> list[int]:
        """Pinned messages, the newest pin first."""
        pins = sorted((seq, target) for target, what, seq in self.relations if what == "pin")
        return [target for _, target in reversed(pins)]

    def in_time(self) -> tuple[Sanction, ...]:
        """The sanctions, in the order of their numbers."""
        return tuple(self.sanctions[seq] for seq in sorted(self.sanctions))

    def summary(self) -> RoomSummary:
        """The room in a list."""
        return RoomSummary(
            self.id,
            self.key,
            self.name,
            self.kind,
            self.topic,
            len(self.events),
            len(self.members),
            self.settings.archived,
        )

    def record(self, people: dict[str, tuple[str, Kind]]) -> RoomRecord:
        """The room as the hub wants it; `people`: nick and kind by id."""
        members = {
            id: Member(Sender(id, *people[id]), role, since)
            for id, (role, since) in self.members.items()
            if id in people
        }
        at = self.events[-1].at if self.events else 0
        return RoomRecord(
            self.id,
            self.key,
            self.name,
            self.kind,
            self.topic,
            len(self.events),
            at,
            members,
            self.settings,
            self.in_time(),
            frozenset(self.invited),
            len(self.pins()),
        )

    # -- what is unread ------------------------------------------------------------------------------

    def unread(self, me: str) -> list[Counts]:
        """What a participant has not read of the room, and of the threads that it takes part in."""
        since = self.members.get(me, ("", 1))[1]
        others = [(e, b) for e in self.events if e.sender.id != me and isinstance(b := e.body, Message)]
        said = [(e, b) for e, b in others if b.text or b.attachments]
        counts = [self._count(me, 0, since, [e.seq for e, b in said if b.thread is None])]
        for thread in sorted(thread for who, thread in self.marks if who == me and thread):
            one = self._count(me, thread, since, [e.seq for e, b in said if b.thread == thread])
            if one.unread:
                counts.append(one)
        return counts

    def _count(self, me: str, thread: int, since: int, said: list[int]) -> Counts:
        read = self.marks.get((me, thread), 0)
        floor = max(read, since - 1)
        oldest = 0 if thread else len(self.events) - MOST_LOOKED_AT
        unread = sum(seq > max(floor, oldest) for seq in said)
        named = {seq for who, seq in self.mentions if who in (me, EVERYBODY) and seq > floor and not thread}
        mentions = sum(event.sender.id != me for event in self.at(*named))
        return Counts(self.id, thread, read, min(unread, MOST_COUNTED), min(mentions, MOST_COUNTED))
