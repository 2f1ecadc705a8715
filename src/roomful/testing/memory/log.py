"""What a database holds, in memory, and appending to it."""

import asyncio
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from roomful.domain.events import Event, Kind
from roomful.store import (
    FOREVER,
    Appended,
    BotRecord,
    Change,
    Claim,
    DeleteRoom,
    DropAccount,
    Extend,
    Late,
    NewRoom,
    ParticipantRecord,
    Release,
    RenameRoom,
    Row,
    Taken,
)

from .accounts import MemoryAccounts
from .bots import MemoryBots, record
from .files import MemoryFiles
from .hooks import Leases
from .rooms import MemoryRoom, RoomRow


class _Participant:
    __slots__ = ("folded", "id", "kind", "nick", "seen", "until")

    def __init__(self, id: str) -> None:
        self.id = id
        self.nick = ""
        self.folded: str | None = None
        self.kind: Kind = "person"
        self.until = self.seen = 0

    def record(self) -> ParticipantRecord:
        return ParticipantRecord(self.id, "" if self.folded is None else self.nick, self.kind, self.until, self.seen)


class _Receipts(NamedTuple):
    at: int  # ms, of the newest event in the batch
    numbers: dict[tuple[str, str, str], int]  # (participant, room, nonce) -> seq


class MemoryLog:
    """What a database holds."""

    def __init__(self, epoch: str = "epoch-of-a-test", secret: str = "5e" * 32) -> None:
        self.meta = {"epoch": epoch, "secret": secret}
        self.rooms: dict[str, MemoryRoom] = {}
        self.by_key: dict[str, MemoryRoom] = {}
        self.participants: dict[str, _Participant] = {}
        self.claims: dict[str, _Participant] = {}  # by folded nick
        self.old_names: dict[str, str] = {}  # ids of rooms, by keys they had
        self.receipts: list[_Receipts] = []
        self.accounts = MemoryAccounts()
        self.bots = MemoryBots()
        self.leases = Leases()
        self.files = MemoryFiles()
        self.woken: set[asyncio.Event] = set()  # by what others append: one of each store that is open

    # -- appending ------------------------------------------------------------------------------------

    def append(self, changes: Sequence[Change]) -> Appended:
        """Make the changes that are not late."""
        late = []
        made: list[Event] = []
        behind: set[str] = set()  # rooms of late changes: what was decided on top of those is late too
        for index, change in enumerate(changes):
            taken = self._taken(change.rows)
            if taken or not self._in_time(change, behind):
                late.append(Late(index, taken))
                behind.update(event.room for event in change.events)
                continue
            for row in change.rows:
                if isinstance(row, NewRoom):
                    self._put(row)
            for event in change.events:
                self.rooms[event.room].events.append(event)
            for row in change.rows:
                if not isinstance(row, NewRoom):
                    self._put(row)
            made += change.events
        self._remember(made)
        return Appended(late, self._missed([changes[item.index] for item in late]))

    def _taken(self, rows: Iterable[Row]) -> Taken:
        """Which unique row of these is not free."""
        for row in rows:
            if isinstance(row, NewRoom | RenameRoom) and self._named(row.key) not in ("", getattr(row, "room", "")):
                return "room"
            if isinstance(row, Claim):
                holder = self.claims.get(row.folded)
                if holder is not None and holder.id != row.participant and holder.until > row.now:
                    return "nick"
                if self.accounts.looks_taken(row.participant, row.folded, row.skeleton):
                    return "nick"
            elif taken := (
                self.accounts.taken(row) or self.bots.taken(row) or self.leases.taken(row) or self.files.taken(row)
            ):
                return taken
        return ""

    def _in_time(self, change: Change, behind: set[str]) -> bool:
        """Whether each event's number follows its room's head, and nothing the change was decided on is late."""
        heads = {row.id: 0 for row in change.rows if isinstance(row, NewRoom)}
        named = (
            row.room for row in change.rows if not isinstance(row, Claim | Extend | Release) and hasattr(row, "room")
        )
        if not all(room in self.rooms or room in heads for room in named):
            return False
        for event in change.events:
            if event.room not in heads:
                if event.room not in self.rooms:
                    return False
                heads[event.room] = len(self.rooms[event.room].events)
            heads[event.room] += 1
            if event.seq != heads[event.room] or event.room in behind:
                return False
        return True

    def _put(self, row: Row) -> None:
        match row:
            case NewRoom():
                self.rooms[row.id] = self.by_key[row.key] = MemoryRoom(row)
                self.old_names.pop(row.key, None)
            case RenameRoom():
                self._rename(self.rooms[row.room], row)
            case DeleteRoom():
                self._delete(row.room)
            case Claim():
                self._claim(row)
            case Extend():
                for id in row.participants:
                    if (participant := self.participants.get(id)) is not None:
                        participant.until = participant.until if participant.until == FOREVER else row.until
                        participant.seen = max(participant.seen, row.seen)
            case Release(participant=id) | DropAccount(id=id):
                if participant := self.participants.get(id):
                    self._let_go(participant)
                    self.accounts.skeletons.pop(id, None)
                    participant.until = 0
                    participant.seen = 0 if isinstance(row, DropAccount) else participant.seen
                if isinstance(row, DropAccount):
                    self._forget(row.id)
                self.accounts.put(row)
            case _ if isinstance(row, RoomRow):
                self.rooms[row.room].put(row)
                self.files.put(row)
            case _:
                self.files.put(row)
                self.accounts.put(row)
                self.bots.put(row)
                self.leases.put(row)

    def _delete(self, id: str) -> None:
        room = self.rooms.pop(id)
        self.files.drop(lambda file: file.room == id)
        for hook in room.hooks.nicks():
            self._put(Release(hook))
        del self.by_key[room.key]
        self.old_names = {key: id for key, id in self.old_names.items() if id != room.id}

    def _named(self, key: str) -> str:
        """The id of the room with this key; empty if there is none."""
        return self.by_key[key].id if key in self.by_key else ""

    def _rename(self, room: MemoryRoom, row: RenameRoom) -> None:
        del self.by_key[room.key]
        if room.key != row.key:
            self.old_names[room.key] = room.id
            self.old_names.pop(row.key, None)
        room.key, room.name = row.key, row.name
        self.by_key[row.key] = room

    def _forget(self, account: str) -> None:
        """What an account has read, and where it came from, is nobody's business any more; nor is what it did as a bot."""
        self.bots.drop(account)
        self.files.drop(lambda file: file.uploader == account and not file.seq)
        for room in self.rooms.values():
            room.forget(account)
            room.bots.drop(account)
            for seq, one in room.sanctions.items():
                if one.participant == account:
                    room.sanctions[seq] = replace(one, covers=())

    def _claim(self, row: Claim) -> None:
        if previous := self.claims.get(row.folded):
            self._let_go(previous)
        participant = self.participants.setdefault(row.participant, _Participant(row.participant))
        self._let_go(participant)
        participant.nick, participant.folded = row.nick, row.folded
        participant.kind, participant.until = row.kind, row.until
        self.claims[row.folded] = participant
        self.accounts.nicks[row.participant] = row.nick
        if row.until == FOREVER:
            self.accounts.skeletons[row.participant] = row.skeleton

    def _let_go(self, participant: _Participant) -> None:
        if participant.folded is not None:
            del self.claims[participant.folded]
            participant.folded = None

    def _remember(self, events: Sequence[Event]) -> None:
        """Keep the receipts of one append."""
        numbers: dict[tuple[str, str, str], int] = {}
        for event in events:
            if event.nonce:
                numbers[event.sender.id, event.room, event.nonce] = event.seq
        if numbers:
            self.receipts.append(_Receipts(max(event.at for event in events), numbers))

    def _missed(self, late: Iterable[Change]) -> dict[str, list[Event]]:
        decided_on: dict[str, int] = {}
        for change in late:
            for event in change.events:
                decided_on[event.room] = min(event.seq - 1, decided_on.get(event.room, event.seq - 1))
        return {
            id: missed
            for id, head in decided_on.items()
            if id in self.rooms and (missed := self.rooms[id].events[head:])
        }

    def all_bots(self) -> list[BotRecord]:
        """See `Store.bots`."""
        found: list[tuple[str, BotRecord]] = []
        for id, bot in self.bots.bots.items():
            rooms = (room for room in self.rooms.values() if id in room.members and id in room.bots.places)
            who = self.participants.get(id, _Participant(id))
            found.append((who.folded or "", record(bot, who.nick, (room.bots.places[id] for room in rooms))))
        return [bot for _, bot in sorted(found, key=lambda one: (one[0], one[1].id))]

    # -- forgetting -------------------------------------------------------------------------------------

    def expired(self, now: int) -> list[str]:
        """Ids of the members of rooms that are not direct whose claims ended before `now`."""
        members = {id for room in self.rooms.values() if room.kind != "direct" for id in room.members}
        ended = (p for p in self.participants.values() if p.until < now and p.id in members)
        return [p.id for p in sorted(ended, key=lambda p: (p.until, p.id))]

    def prune(self, before: int) -> None:
        """Forget old receipts, and participants who left nothing but events; devices and codes that have ended."""
        self.accounts.prune(before)
        for room in self.rooms.values():
            room.sanctions = {seq: one for seq, one in room.sanctions.items() if one.until >= before}
            room.bots.prune(before)
        self.receipts = [batch for batch in self.receipts if batch.at >= before]
        members = {id for room in self.rooms.values() for id in room.members}
        for participant in list(self.participants.values()):
            if participant.until < before and participant.id not in members:
                self._let_go(participant)
                del self.participants[participant.id]
                for room in self.rooms.values():
                    room.forget(participant.id)
