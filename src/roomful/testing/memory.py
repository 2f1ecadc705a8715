"""A store in memory: the double of the real ones, held to the same conformance suite.

Several `MemoryStore`s over one `MemoryLog` are several servers over one database.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import Literal, NamedTuple

from roomful.domain.events import Event, Kind, Role, Sender
from roomful.domain.rights import RoomKind
from roomful.errors import StoreUnavailable
from roomful.store import (
    Appended,
    Change,
    Claim,
    DropMember,
    Extend,
    Late,
    NewRoom,
    ParticipantRecord,
    PutMember,
    Release,
    RoomRecord,
    RoomSummary,
    Row,
    SetTopic,
)


class _Participant:
    __slots__ = ("folded", "id", "kind", "nick", "until")

    def __init__(self, id: str) -> None:
        self.id = id
        self.nick = ""
        self.folded: str | None = None
        self.kind: Kind = "person"
        self.until = 0

    def record(self) -> ParticipantRecord:
        return ParticipantRecord(self.id, "" if self.folded is None else self.nick, self.kind, self.until)


class _Room:
    __slots__ = ("events", "id", "key", "kind", "members", "name", "topic")

    def __init__(self, row: NewRoom) -> None:
        self.id, self.key, self.name, self.topic = row.id, row.key, row.name, ""
        self.kind: RoomKind = row.kind
        self.events: list[Event] = []
        self.members: dict[str, Role] = {}

    def summary(self) -> RoomSummary:
        return RoomSummary(self.id, self.key, self.name, self.kind, self.topic, len(self.events), len(self.members))


class _Receipts(NamedTuple):
    at: int  # ms, of the newest event in the batch
    numbers: dict[tuple[str, str, str], int]  # (participant, room, nonce) -> seq


class MemoryLog:
    """What a database holds."""

    def __init__(self, epoch: str = "epoch-of-a-test", secret: str = "5e" * 32) -> None:
        self.meta = {"epoch": epoch, "secret": secret}
        self.rooms: dict[str, _Room] = {}
        self.by_key: dict[str, _Room] = {}
        self.participants: dict[str, _Participant] = {}
        self.claims: dict[str, _Participant] = {}  # by folded nick
        self.receipts: list[_Receipts] = []
        self.stores: list[MemoryStore] = []

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
                self._put(row)
            for event in change.events:
                self.rooms[event.room].events.append(event)
            made += change.events
        self._remember(made)
        return Appended(late, self._missed([changes[item.index] for item in late]))

    def _taken(self, rows: Iterable[Row]) -> Literal["", "nick", "room"]:
        """Which unique row of these is not free."""
        for row in rows:
            if isinstance(row, NewRoom) and row.key in self.by_key:
                return "room"
            if isinstance(row, Claim):
                holder = self.claims.get(row.folded)
                if holder is not None and holder.id != row.participant and holder.until > row.now:
                    return "nick"
        return ""

    def _in_time(self, change: Change, behind: set[str]) -> bool:
        """Whether each event's number follows its room's head, and nothing the change was decided on is late."""
        heads = {row.id: 0 for row in change.rows if isinstance(row, NewRoom)}
        named = (row.room for row in change.rows if isinstance(row, SetTopic | PutMember | DropMember))
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
                self.rooms[row.id] = self.by_key[row.key] = _Room(row)
            case SetTopic():
                self.rooms[row.room].topic = row.topic
            case PutMember():
                self.rooms[row.room].members[row.participant] = row.role
            case DropMember():
                self.rooms[row.room].members.pop(row.participant, None)
            case Claim():
                self._claim(row)
            case Extend():
                for id in row.participants:
                    if participant := self.participants.get(id):
                        participant.until = row.until
            case Release():
                if participant := self.participants.get(row.participant):
                    self._let_go(participant)
                    participant.until = 0

    def _claim(self, row: Claim) -> None:
        if previous := self.claims.get(row.folded):
            self._let_go(previous)
        participant = self.participants.setdefault(row.participant, _Participant(row.participant))
        self._let_go(participant)
        participant.nick, participant.folded = row.nick, row.folded
        participant.kind, participant.until = row.kind, row.until
        self.claims[row.folded] = participant

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

    # -- forgetting -------------------------------------------------------------------------------------

    def expired(self, now: int) -> list[str]:
        """Ids of the members of public rooms whose claims ended before `now`."""
        members = {id for room in self.rooms.values() if room.kind == "public" for id in room.members}
        ended = (p for p in self.participants.values() if p.until < now and p.id in members)
        return [p.id for p in sorted(ended, key=lambda p: (p.until, p.id))]

    def prune(self, before: int) -> None:
        """Forget old receipts, and participants who left nothing but events."""
        self.receipts = [batch for batch in self.receipts if batch.at >= before]
        members = {id for room in self.rooms.values() for id in room.members}
        for participant in list(self.participants.values()):
            if participant.until < before and participant.id not in members:
                self._let_go(participant)
                del self.participants[participant.id]


class MemoryStore:
    """One server's end of a `MemoryLog`."""

    def __init__(self, log: MemoryLog | None = None) -> None:
        self.log = log if log is not None else MemoryLog()
        self.log.stores.append(self)
        self._closed = False
        self._foreign = asyncio.Event()

    # -- the contract -------------------------------------------------------------------------------------

    async def append(self, changes: Sequence[Change]) -> Appended:
        """See `Store.append`."""
        await self._turn()
        appended = self.log.append(changes)
        self._wake_others()
        return appended

    async def reopen(self) -> None:
        """See `Store.reopen`."""
        await self._turn()

    async def read(
        self,
        room: str,
        *,
        after: int = 0,
        before: int | None = None,
        limit: int = 500,
        max_bytes: int = 65_536,
        newest: bool = False,
    ) -> list[Event]:
        """See `Store.read`."""
        await self._turn()
        if room not in self.log.rooms:
            return []
        log = self.log.rooms[room].events
        found = log[max(after, 0) : len(log) if before is None else max(before - 1, 0)]
        found = found[::-1][:limit] if newest else found[:limit]
        size, count = 0, 0
        for event in found:
            size += len(event.data)
            if count and size > max_bytes:
                break
            count += 1
        return found[:count][::-1] if newest else found[:count]

    async def heads(self, rooms: Sequence[str]) -> dict[str, int]:
        """See `Store.heads`."""
        await self._turn()
        return {id: len(self.log.rooms[id].events) for id in rooms if id in self.log.rooms}

    async def receipt(self, participant: str, room: str, nonce: str) -> int | None:
        """See `Store.receipt`."""
        await self._turn()
        key = (participant, room, nonce)
        return next((batch.numbers[key] for batch in reversed(self.log.receipts) if key in batch.numbers), None)

    async def rooms_by_key(self, keys: Sequence[str]) -> list[RoomRecord]:
        """See `Store.rooms_by_key`."""
        await self._turn()
        return [self._record(self.log.by_key[key]) for key in keys if key in self.log.by_key]

    async def rooms_by_id(self, ids: Sequence[str]) -> list[RoomRecord]:
        """See `Store.rooms_by_id`."""
        await self._turn()
        return [self._record(self.log.rooms[id]) for id in ids if id in self.log.rooms]

    async def list_rooms(
        self, *, participant: str | None = None, after: str = "", limit: int = 100
    ) -> list[RoomSummary]:
        """See `Store.list_rooms`."""
        await self._turn()
        rooms = (
            room
            for room in self.log.rooms.values()
            if room.key > after and (room.kind == "public" if participant is None else participant in room.members)
        )
        return [room.summary() for room in sorted(rooms, key=lambda room: room.key)[:limit]]

    async def rooms_of(self, participant: str) -> list[str]:
        """See `Store.rooms_of`."""
        await self._turn()
        return [room.id for room in self.log.rooms.values() if participant in room.members]

    async def participant(self, id: str) -> ParticipantRecord | None:
        """See `Store.participant`."""
        await self._turn()
        found = self.log.participants.get(id)
        return None if found is None else found.record()

    async def holder(self, folded: str) -> ParticipantRecord | None:
        """See `Store.holder`."""
        await self._turn()
        found = self.log.claims.get(folded)
        return None if found is None else found.record()

    async def expired(self, now: int, limit: int = 500) -> list[str]:
        """See `Store.expired`."""
        await self._turn()
        return self.log.expired(now)[:limit]

    async def prune(self, before: int) -> None:
        """See `Store.prune`."""
        await self._turn()
        self.log.prune(before)

    async def meta(self, key: str) -> str:
        """See `Store.meta`."""
        await self._turn()
        return self.log.meta[key]

    async def foreign_writes(self) -> AsyncIterator[None]:
        """See `Store.foreign_writes`."""
        while not self._closed:
            await self._foreign.wait()
            self._foreign.clear()
            if not self._closed:
                yield

    async def ping(self) -> None:
        """See `Store.ping`."""
        await self._turn()

    async def close(self) -> None:
        """See `Store.close`."""
        self._closed = True
        self._foreign.set()
        if self in self.log.stores:
            self.log.stores.remove(self)

    # -- parts ----------------------------------------------------------------------------------------------

    async def _turn(self) -> None:
        """Let others run, as a real store would, and refuse what comes after the end."""
        await asyncio.sleep(0)
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _wake_others(self) -> None:
        for store in self.log.stores:
            if store is not self:
                store._foreign.set()

    def _record(self, room: _Room) -> RoomRecord:
        participants = self.log.participants
        members: dict[str, tuple[Sender, Role]] = {}
        for id, role in room.members.items():
            if participant := participants.get(id):
                members[id] = Sender(id, participant.nick, participant.kind), role
        at = room.events[-1].at if room.events else 0
        return RoomRecord(room.id, room.key, room.name, room.kind, room.topic, len(room.events), at, members)
