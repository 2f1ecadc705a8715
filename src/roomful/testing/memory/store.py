"""The contract of a store, kept by a `MemoryLog`."""

import asyncio
from collections.abc import AsyncIterator, Sequence

from roomful.domain.events import Event
from roomful.domain.sanctions import Sanction
from roomful.domain.verdicts import Kept, Memory, Total, Used, Verdict
from roomful.domain.webhooks import Hook
from roomful.errors import StoreUnavailable
from roomful.store import (
    AccountRecord,
    AccountSummary,
    Appended,
    Blank,
    BotRecord,
    Change,
    CodeRecord,
    Counts,
    Figures,
    FileRecord,
    ParticipantRecord,
    RoomOverview,
    RoomRecord,
    RoomSummary,
    TokenRecord,
)
from roomful.store.blanking import blanked

from . import overview
from .bots import totals, used
from .log import MemoryLog
from .rooms import MemoryRoom


class MemoryStore:
    """One server's end of a `MemoryLog`."""

    def __init__(self, log: MemoryLog | None = None) -> None:
        self.log = log if log is not None else MemoryLog()
        self._closed = False
        self._foreign = asyncio.Event()
        self.log.woken.add(self._foreign)

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
        if room not in self.log.rooms:
            return None
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

    async def room_overviews(self, *, after: str = "", limit: int = 100) -> list[RoomOverview]:
        """See `Store.room_overviews`."""
        await self._turn()
        return overview.rooms(self.log, after)[:limit]

    async def figures(self) -> Figures:
        """See `Store.figures`."""
        await self._turn()
        return overview.figures(self.log)

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

    async def account(self, id: str) -> AccountRecord | None:
        """See `Store.account`."""
        await self._turn()
        return self.log.accounts.account(id)

    async def account_named(self, folded: str) -> AccountRecord | None:
        """See `Store.account_named`."""
        await self._turn()
        return self.log.accounts.account_named(folded)

    async def accounts(self) -> list[AccountRecord]:
        """See `Store.accounts`."""
        await self._turn()
        return self.log.accounts.accounts()

    async def account_summaries(
        self, now: int, *, like: str = "", after: str = "", limit: int = 100
    ) -> list[AccountSummary]:
        """See `Store.account_summaries`."""
        await self._turn()
        return overview.accounts(self.log, now, like, after)[:limit]

    async def token(self, digest: bytes) -> TokenRecord | None:
        """See `Store.token`."""
        await self._turn()
        return self.log.accounts.token(digest)

    async def tokens(self, account: str) -> list[TokenRecord]:
        """See `Store.tokens`."""
        await self._turn()
        return self.log.accounts.tokens(account)

    async def devices(self, ids: Sequence[str], now: int) -> dict[str, bool]:
        """See `Store.devices`."""
        await self._turn()
        return self.log.accounts.devices(ids, now)

    async def code(self, digest: bytes) -> CodeRecord | None:
        """See `Store.code`."""
        await self._turn()
        return self.log.accounts.code(digest)

    async def bots(self) -> list[BotRecord]:
        """See `Store.bots`."""
        await self._turn()
        return self.log.all_bots()

    async def verdicts(self, room: str, seq: int | None = None, *, limit: int = 50) -> list[Verdict]:
        """See `Store.verdicts`."""
        await self._turn()
        return self.log.rooms[room].bots.verdicts(seq)[:limit] if room in self.log.rooms else []

    async def told(self, room: str, first: int, last: int, *, limit: int = 50) -> tuple[list[Verdict], int]:
        """See `Store.told`."""
        await self._turn()
        return self.log.rooms[room].bots.told(first, last, limit) if room in self.log.rooms else ([], 0)

    async def totals(self, room: str, since: int) -> list[Total]:
        """See `Store.totals`."""
        await self._turn()
        return totals(self.log.rooms[room].bots.recorded, since) if room in self.log.rooms else []

    async def used(self, rooms: Sequence[str] | None, since: int) -> list[Used]:
        """See `Store.used`."""
        await self._turn()
        there = self.log.rooms.items()
        return used([(id, room.bots) for id, room in there if rooms is None or id in rooms], since)

    async def memories(self, room: str, *, bot: str = "", limit: int = 200) -> list[Memory]:
        """See `Store.memories`."""
        await self._turn()
        return self.log.rooms[room].bots.remembered(bot)[:limit] if room in self.log.rooms else []

    async def memory(self, room: str, id: str) -> Memory | None:
        """See `Store.memory`."""
        await self._turn()
        return self.log.rooms[room].bots.memories.get(id) if room in self.log.rooms else None

    async def kept(self, participant: str, key: str = "", *, after: str = "", limit: int = 100) -> list[Kept]:
        """See `Store.kept`."""
        await self._turn()
        return self.log.bots.kept(participant, key, after)[:limit]

    async def hooks(self, room: str | None = None) -> list[Hook]:
        """See `Store.hooks`."""
        await self._turn()
        rooms = [one for id, one in self.log.rooms.items() if room in (None, id)]
        return sorted((hook for one in rooms for hook in one.hooks.all()), key=lambda hook: (hook.created, hook.id))

    async def files(self, ids: Sequence[str]) -> list[FileRecord]:
        """See `Store.files`."""
        await self._turn()
        return self.log.files.found(ids)

    async def uploaded(self, participant: str, since: int) -> list[tuple[int, int]]:
        """See `Store.uploaded`."""
        await self._turn()
        return self.log.files.uploaded(participant, since)

    async def loose(self, limit: int = 500) -> list[bytes]:
        """See `Store.loose`."""
        await self._turn()
        return sorted(self.log.files.loose)[:limit]

    async def referred(self, digests: Sequence[bytes]) -> set[bytes]:
        """See `Store.referred`."""
        await self._turn()
        return self.log.files.referred().intersection(digests)

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
        self.log.woken.discard(self._foreign)

    async def all_heads(self) -> dict[str, int]:
        """See `Store.all_heads`."""
        await self._turn()
        return {id: len(room.events) for id, room in self.log.rooms.items()}

    async def moved(self, key: str) -> str | None:
        """See `Store.moved`."""
        await self._turn()
        id = self.log.old_names.get(key)
        return None if id is None or key in self.log.by_key else self.log.rooms[id].name

    async def sanctions(self, room: str) -> list[Sanction]:
        """See `Store.sanctions`."""
        await self._turn()
        return list(self.log.rooms[room].in_time()) if room in self.log.rooms else []

    async def invitations(self, participant: str) -> list[str]:
        """See `Store.invitations`."""
        await self._turn()
        return [room.id for room in self.log.rooms.values() if participant in room.invited]

    async def events(self, room: str, seqs: Sequence[int]) -> list[Event]:
        """See `Store.events`."""
        await self._turn()
        return self.log.rooms[room].at(*seqs) if room in self.log.rooms else []

    async def related(
        self, room: str, target: int, what: Sequence[str], *, after: int = 0, limit: int = 100
    ) -> list[Event]:
        """See `Store.related`."""
        found = self.log.rooms[room].related(target, what) if room in self.log.rooms else []
        return await self.events(room, [seq for seq in found if seq > after][:limit])

    async def changes(self, room: str, targets: Sequence[int], *, after: int = 0, limit: int = 100) -> list[Event]:
        """See `Store.changes`."""
        await self._turn()
        return self.log.rooms[room].changes(targets, after)[:limit] if room in self.log.rooms else []

    async def pins(self, room: str) -> list[int]:
        """See `Store.pins`."""
        await self._turn()
        return self.log.rooms[room].pins() if room in self.log.rooms else []

    async def acts(self, room: str, *, before: int | None = None, limit: int = 50) -> list[Event]:
        """See `Store.acts`."""
        acts = self.log.rooms[room].acts if room in self.log.rooms else set()
        found = sorted((seq for seq in acts if before is None or seq < before), reverse=True)
        return (await self.events(room, found[:limit]))[::-1]

    async def unread(self, participant: str, rooms: Sequence[str]) -> list[Counts]:
        """See `Store.unread`."""
        await self._turn()
        return [one for id in rooms if id in self.log.rooms for one in self.log.rooms[id].unread(participant)]

    async def expire_texts(self, room: str, before: int, limit: int = 500) -> list[int]:
        """See `Store.expire_texts`."""
        await self._turn()
        if room not in self.log.rooms:
            return []
        there = self.log.rooms[room]
        due = [e.seq for e in there.events if e.at < before and blanked(e.body, 0) is not None][:limit]
        for seq in due:
            there.put(Blank(room, seq, 0))  # its edits too, however young
            self.log.files.put(Blank(room, seq, 0))
        return due

    async def retentions(self) -> dict[str, int]:
        """See `Store.retentions`."""
        await self._turn()
        return {id: r.settings.retention for id, r in self.log.rooms.items() if r.settings.retention}

    async def purge(self) -> None:
        """See `Store.purge`."""
        await self._turn()

    # -- parts ----------------------------------------------------------------------------------------------

    async def _turn(self) -> None:
        """Let others run, as a real store would, and refuse what comes after the end."""
        await asyncio.sleep(0)
        if self._closed:
            raise StoreUnavailable("The store is closed.")

    def _wake_others(self) -> None:
        for foreign in self.log.woken - {self._foreign}:
            foreign.set()

    def _record(self, room: MemoryRoom) -> RoomRecord:
        return room.record({id: (one.nick, one.kind) for id, one in self.log.participants.items()})
