"""The contract of a store, kept by SQLite in a handful of threads."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Self, TypeVar

import apsw

from roomful.domain.events import Event
from roomful.domain.sanctions import Sanction
from roomful.domain.verdicts import Kept, Memory, Total, Used, Verdict
from roomful.domain.webhooks import Hook
from roomful.errors import StoreUnavailable
from roomful.store import (
    AccountRecord,
    AccountSummary,
    Appended,
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
from roomful.threads import Threads

from . import accounts, bots, erasing, files, hooks, overview, reader, room_reader, unread
from .checkpoints import Checkpoints
from .database import connect, migrate, unavailable
from .receipts import Lookup
from .writer import Writer

READERS = 2
CLOSE_WITHIN = 1.5  # s
PURGES = 5  # times that a purge is tried while somebody reads
PURGE_AGAIN = 0.2  # s between them
LOOK = 0.25  # s between looks for what others have written

Result = TypeVar("Result")


class SqliteStore:
    """One database file: a writing thread, two that read, and one that runs checkpoints."""

    def __init__(self, path: Path, vfs: str | None) -> None:
        """Use `open`: this blocks while the database is opened, or made. Raises apsw.Error, OSError, StoreUnavailable."""
        path.touch(mode=0o600)  # it holds the key of all resume proofs
        with contextlib.closing(connect(path, vfs)) as database:
            migrate(database)
            self._connections = [connect(path, vfs, query_only=True) for _ in range(READERS)]
            self._checkpoints = Checkpoints(path, vfs)
            self._own = Writer(path, vfs, self._checkpoints)
        self._receipts = Lookup()
        self._looked: dict[str, int] = {}  # by room: all texts up to this number have expired
        self._checkpoints.start()
        self._writer = Threads("roomful-writer", [self._own])
        self._readers = Threads("roomful-reader", self._connections)
        self._closing = asyncio.Event()

    @classmethod
    async def open(cls, path: Path | str, *, vfs: str | None = None) -> Self:
        """Open a database, or make one. `vfs` names the SQLite VFS, for tests with faults.

        Raises StoreUnavailable: it cannot be opened, or is of a newer release.
        """
        try:
            return await asyncio.to_thread(cls, Path(path), vfs)
        except apsw.Error as why:
            raise unavailable(why) from why
        except OSError as why:
            raise StoreUnavailable(f"{path}: {why.strerror}.") from why

    # -- writing --------------------------------------------------------------------------------------------

    async def append(self, changes: Sequence[Change]) -> Appended:
        """See `Store.append`."""
        return await self._writer.run(lambda writer: writer.append(changes))

    async def reopen(self) -> None:
        """See `Store.reopen`."""
        await self._writer.run(Writer.reopen)

    async def prune(self, before: int) -> None:
        """See `Store.prune`."""
        await self._writer.run(lambda writer: writer.prune(before))

    async def expire_texts(self, room: str, before: int, limit: int = 500) -> list[int]:
        """See `Store.expire_texts`."""
        looked = self._looked.get(room, 0)
        due, upto = await self._ask(lambda db: erasing.due(db, room, looked, before, limit))
        if due:
            await self._writer.run(lambda writer: writer.expire(room, due))
        self._looked[room] = upto
        return due

    async def purge(self) -> None:
        """See `Store.purge`."""
        while await self._writer.run(Writer.erase_dropped):
            pass  # between two portions the writer takes what others have for it
        try:
            await asyncio.to_thread(self._checkpoints.bring_over)
        except apsw.Error as why:
            raise unavailable(why) from why
        for _ in range(PURGES):
            if await self._writer.run(Writer.purge):
                return
            await asyncio.sleep(PURGE_AGAIN)
        raise StoreUnavailable(
            "Somebody goes on reading the database: what was erased is still in its write-ahead log."
        )

    async def foreign_writes(self) -> AsyncIterator[None]:
        """See `Store.foreign_writes`."""
        seen = 0  # what was written since this store was opened counts too
        while not self._closing.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._closing.wait()
                return
            with contextlib.suppress(StoreUnavailable):  # whoever appends hears of it; here it is looked at again
                if (now := await self._writer.run(Writer.others)) != seen:
                    seen = now
                    yield

    # -- reading ----------------------------------------------------------------------------------------------

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
        return await self._ask(lambda db: reader.read(db, room, after, before, limit, max_bytes, newest))

    async def heads(self, rooms: Sequence[str]) -> dict[str, int]:
        """See `Store.heads`."""
        return await self._ask(lambda db: reader.heads(db, rooms))

    async def receipt(self, participant: str, room: str, nonce: str) -> int | None:
        """See `Store.receipt`."""
        return await self._ask(lambda db: self._receipts.find(db, participant, room, nonce))

    async def rooms_by_key(self, keys: Sequence[str]) -> list[RoomRecord]:
        """See `Store.rooms_by_key`."""
        return await self._ask(lambda db: room_reader.rooms(db, "key", keys))

    async def rooms_by_id(self, ids: Sequence[str]) -> list[RoomRecord]:
        """See `Store.rooms_by_id`."""
        return await self._ask(lambda db: room_reader.rooms(db, "id", ids))

    async def retentions(self) -> dict[str, int]:
        """See `Store.retentions`."""
        return await self._ask(erasing.retentions)

    async def list_rooms(
        self, *, participant: str | None = None, after: str = "", limit: int = 100
    ) -> list[RoomSummary]:
        """See `Store.list_rooms`."""
        return await self._ask(lambda db: room_reader.list_rooms(db, participant, after, limit))

    async def room_overviews(self, *, after: str = "", limit: int = 100) -> list[RoomOverview]:
        """See `Store.room_overviews`."""
        return await self._ask(lambda db: overview.rooms(db, after, limit))

    async def figures(self) -> Figures:
        """See `Store.figures`."""
        return await self._ask(overview.figures)

    async def rooms_of(self, participant: str) -> list[str]:
        """See `Store.rooms_of`."""
        return await self._ask(lambda db: room_reader.rooms_of(db, participant))

    async def participant(self, id: str) -> ParticipantRecord | None:
        """See `Store.participant`."""
        return await self._ask(lambda db: reader.participant(db, "id", id))

    async def holder(self, folded: str) -> ParticipantRecord | None:
        """See `Store.holder`."""
        return await self._ask(lambda db: reader.participant(db, "folded", folded))

    async def all_heads(self) -> dict[str, int]:
        """See `Store.all_heads`."""
        return await self._ask(room_reader.all_heads)

    async def moved(self, key: str) -> str | None:
        """See `Store.moved`."""
        return await self._ask(lambda db: room_reader.moved(db, key))

    async def sanctions(self, room: str) -> list[Sanction]:
        """See `Store.sanctions`."""
        return await self._ask(lambda db: room_reader.sanctions(db, room))

    async def invitations(self, participant: str) -> list[str]:
        """See `Store.invitations`."""
        return await self._ask(lambda db: room_reader.invitations(db, participant))

    async def events(self, room: str, seqs: Sequence[int]) -> list[Event]:
        """See `Store.events`."""
        return await self._ask(lambda db: room_reader.events(db, room, seqs))

    async def related(
        self, room: str, target: int, what: Sequence[str], *, after: int = 0, limit: int = 100
    ) -> list[Event]:
        """See `Store.related`."""
        return await self._ask(lambda db: room_reader.related(db, room, target, what, after, limit))

    async def changes(self, room: str, targets: Sequence[int], *, after: int = 0, limit: int = 100) -> list[Event]:
        """See `Store.changes`."""
        return await self._ask(lambda db: room_reader.changes(db, room, targets, after, limit))

    async def pins(self, room: str) -> list[int]:
        """See `Store.pins`."""
        return await self._ask(lambda db: room_reader.pins(db, room))

    async def acts(self, room: str, *, before: int | None = None, limit: int = 50) -> list[Event]:
        """See `Store.acts`."""
        return await self._ask(lambda db: room_reader.acts(db, room, before, limit))

    async def unread(self, participant: str, rooms: Sequence[str]) -> list[Counts]:
        """See `Store.unread`."""
        return await self._ask(lambda db: unread.unread(db, participant, rooms))

    async def account(self, id: str) -> AccountRecord | None:
        """See `Store.account`."""
        return await self._ask(lambda db: accounts.account(db, "id", id))

    async def account_named(self, folded: str) -> AccountRecord | None:
        """See `Store.account_named`."""
        return await self._ask(lambda db: accounts.account(db, "folded", folded))

    async def accounts(self) -> list[AccountRecord]:
        """See `Store.accounts`."""
        return await self._ask(accounts.accounts)

    async def account_summaries(
        self, now: int, *, like: str = "", after: str = "", limit: int = 100
    ) -> list[AccountSummary]:
        """See `Store.account_summaries`."""
        return await self._ask(lambda db: overview.accounts(db, now, like, after, limit))

    async def token(self, digest: bytes) -> TokenRecord | None:
        """See `Store.token`."""
        return await self._ask(lambda db: accounts.token(db, digest))

    async def tokens(self, account: str) -> list[TokenRecord]:
        """See `Store.tokens`."""
        return await self._ask(lambda db: accounts.tokens(db, account))

    async def devices(self, ids: Sequence[str], now: int) -> dict[str, bool]:
        """See `Store.devices`."""
        return await self._ask(lambda db: accounts.devices(db, ids, now))

    async def code(self, digest: bytes) -> CodeRecord | None:
        """See `Store.code`."""
        return await self._ask(lambda db: accounts.code(db, digest))

    async def bots(self) -> list[BotRecord]:
        """See `Store.bots`."""
        return await self._ask(bots.bots)

    async def verdicts(self, room: str, seq: int | None = None, *, limit: int = 50) -> list[Verdict]:
        """See `Store.verdicts`."""
        return await self._ask(lambda db: bots.verdicts(db, room, seq, limit))

    async def told(self, room: str, first: int, last: int, *, limit: int = 50) -> tuple[list[Verdict], int]:
        """See `Store.told`."""
        return await self._ask(lambda db: bots.told(db, room, first, last, limit))

    async def totals(self, room: str, since: int) -> list[Total]:
        """See `Store.totals`."""
        return await self._ask(lambda db: bots.totals(db, room, since))

    async def used(self, rooms: Sequence[str] | None, since: int) -> list[Used]:
        """See `Store.used`."""
        return await self._ask(lambda db: bots.used(db, rooms, since))

    async def memories(self, room: str, *, bot: str = "", limit: int = 200) -> list[Memory]:
        """See `Store.memories`."""
        return await self._ask(lambda db: bots.memories(db, room, bot, limit))

    async def memory(self, room: str, id: str) -> Memory | None:
        """See `Store.memory`."""
        return await self._ask(lambda db: bots.memory(db, room, id))

    async def kept(self, participant: str, key: str = "", *, after: str = "", limit: int = 100) -> list[Kept]:
        """See `Store.kept`."""
        return await self._ask(lambda db: bots.kept(db, participant, key, after, limit))

    async def hooks(self, room: str | None = None) -> list[Hook]:
        """See `Store.hooks`."""
        return await self._ask(lambda db: hooks.hooks(db, room))

    async def files(self, ids: Sequence[str]) -> list[FileRecord]:
        """See `Store.files`."""
        return await self._ask(lambda db: files.files(db, ids))

    async def uploaded(self, participant: str, since: int) -> list[tuple[int, int]]:
        """See `Store.uploaded`."""
        return await self._ask(lambda db: files.uploaded(db, participant, since))

    async def loose(self, limit: int = 500) -> list[bytes]:
        """See `Store.loose`."""
        return await self._ask(lambda db: files.loose(db, limit))

    async def referred(self, digests: Sequence[bytes]) -> set[bytes]:
        """See `Store.referred`."""
        return await self._ask(lambda db: files.referred(db, digests))

    async def expired(self, now: int, limit: int = 500) -> list[str]:
        """See `Store.expired`."""
        return await self._ask(lambda db: reader.expired(db, now, limit))

    async def meta(self, key: str) -> str:
        """See `Store.meta`."""
        return await self._ask(lambda db: reader.meta(db, key))

    async def ping(self) -> None:
        """See `Store.ping`."""
        await self._ask(reader.ping)

    async def _ask(self, question: Callable[[apsw.Connection], Result]) -> Result:
        return await self._readers.run(partial(_in_a_snapshot, question))

    # -- the end ------------------------------------------------------------------------------------------------

    async def close(self) -> None:
        """See `Store.close`. A disk that hangs is left behind: what was committed is safe without a farewell."""
        self._closing.set()
        self._writer.end()
        self._readers.end()
        closer = Threads("roomful-closer", [self])
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(CLOSE_WITHIN):
                await closer.run(SqliteStore._disconnect)
        closer.end()

    def _disconnect(self) -> None:
        self._writer.join()
        self._readers.join()
        for connection in self._connections:
            connection.close()
        self._checkpoints.close()
        self._own.close()  # the last one brings the write-ahead log into the database and removes it


def _in_a_snapshot(question: Callable[[apsw.Connection], Result], database: apsw.Connection) -> Result:
    try:
        database.execute("BEGIN")
        try:
            return question(database)
        finally:
            if database.in_transaction:  # a fault may have ended it
                database.execute("ROLLBACK")  # there is nothing to commit
    except apsw.Error as why:
        raise unavailable(why) from why
