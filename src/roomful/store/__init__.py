"""The contract of a store: ordered, durable logs, and the rows that belong to them.

Adapters: `store.sqlite`; the double is `roomful.testing.memory`. `tests/conformance/store.py` runs over each.

What flows in is a list of changes. A change is what one command does: events for one or more rooms and rows, all or
nothing. What flows out is which of them came too late. Readers read logs by number.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from msgspec import Struct

from roomful.domain.events import Event
from roomful.domain.sanctions import Sanction
from roomful.domain.verdicts import Kept, Memory, Total, Used, Verdict
from roomful.domain.webhooks import Hook

from .file_rows import Attach, DropWaiting, FileRecord, PutFile, Swept
from .hook_rows import DropHook, Lease, MoveHook, PutHook
from .overview import AccountSummary, Figures, RoomOverview
from .records import (
    MOST_COUNTED,
    MOST_LOOKED_AT,
    AccountRecord,
    BotRecord,
    CodeRecord,
    Counts,
    ParticipantRecord,
    PlaceRecord,
    RoomRecord,
    RoomSummary,
    TokenRecord,
)
from .rows import (
    FOREVER,
    Blank,
    Claim,
    DeleteRoom,
    DropAccount,
    DropCodes,
    DropInvite,
    DropMember,
    DropMemory,
    DropSanction,
    DropTokens,
    Extend,
    LogAct,
    Mark,
    Mention,
    NewAccount,
    NewRoom,
    PutBot,
    PutCode,
    PutInvite,
    PutKept,
    PutMember,
    PutMemory,
    PutPlace,
    PutSanction,
    PutToken,
    PutVerdict,
    Relate,
    Release,
    RenameRoom,
    Row,
    SetAccount,
    SetRoom,
    SetTopic,
    Taken,
    TouchToken,
    Unpin,
    UseCode,
)
from .speech_rows import UseSpeech

__all__ = [
    "FOREVER",
    "MOST_COUNTED",
    "MOST_LOOKED_AT",
    "AccountRecord",
    "AccountSummary",
    "Appended",
    "Attach",
    "Blank",
    "BotRecord",
    "Change",
    "Claim",
    "CodeRecord",
    "Counts",
    "DeleteRoom",
    "DropAccount",
    "DropCodes",
    "DropHook",
    "DropInvite",
    "DropMember",
    "DropMemory",
    "DropSanction",
    "DropTokens",
    "DropWaiting",
    "Extend",
    "Figures",
    "FileRecord",
    "Late",
    "Lease",
    "LogAct",
    "Mark",
    "Mention",
    "MoveHook",
    "NewAccount",
    "NewRoom",
    "ParticipantRecord",
    "PlaceRecord",
    "PutBot",
    "PutCode",
    "PutFile",
    "PutHook",
    "PutInvite",
    "PutKept",
    "PutMember",
    "PutMemory",
    "PutPlace",
    "PutSanction",
    "PutToken",
    "PutVerdict",
    "Relate",
    "Release",
    "RenameRoom",
    "RoomOverview",
    "RoomRecord",
    "RoomSummary",
    "Row",
    "SetAccount",
    "SetRoom",
    "SetTopic",
    "Store",
    "Swept",
    "Taken",
    "TokenRecord",
    "TouchToken",
    "Unpin",
    "UseCode",
    "UseSpeech",
]

# -- appending ------------------------------------------------------------------------------------------


class Change(Struct, gc=False):
    """What one command does, all or nothing.

    Events bear the numbers they are to have: the first of a room is one more than the head it was decided on.
    Whether unique rows are free is asked of what stood before the change, which gives a name or a nick to one row only.
    """

    events: Sequence[Event] = ()
    rows: Sequence[Row] = ()


class Late(Struct, frozen=True):
    """A change that was not made: another writer was first. `index` is its place in the list given.

    With it, every later change of the list to one of its rooms is late, having been decided on top of it. So is a change to a
    room that does not exist.
    """

    index: int
    taken: Taken = ""  # which unique row; empty: a room's head had moved


class Appended(Struct, frozen=True):
    """What became of a list of changes. Those not named in `late` are durable."""

    late: Sequence[Late]
    missed: dict[str, list[Event]]  # by room: what the rooms of late changes hold beyond the head they were decided on


class Store(Protocol):
    """Ordered, durable logs and their rows.

    Every method raises `StoreUnavailable` when the store cannot answer. After a failed `append` the outcome is
    unknown: call `reopen`, then read.
    """

    async def append(self, changes: Sequence[Change]) -> Appended:
        """Make the changes durable, in order, in one transaction, leaving out those that come too late."""

    async def reopen(self) -> None:
        """Give up the writing connection and open another. Raises StoreUnavailable while that fails."""

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
        """Events of a room with after < seq < before, in order: the first `limit`, or with `newest` the last.

        Stops early, but not before one event, when the bodies exceed `max_bytes` bytes.
        """

    async def heads(self, rooms: Sequence[str]) -> dict[str, int]:
        """The newest number of each room that exists."""

    async def receipt(self, participant: str, room: str, nonce: str) -> int | None:
        """The number under which the participant's command with this nonce was recorded, unless that was pruned.

        If it was recorded more than once (the sender had not said `again`), the newest.
        """

    async def rooms_by_key(self, keys: Sequence[str]) -> list[RoomRecord]:
        """The rooms that exist among these folded names and pairs."""

    async def rooms_by_id(self, ids: Sequence[str]) -> list[RoomRecord]:
        """The rooms that exist among these ids."""

    async def list_rooms(
        self, *, participant: str | None = None, after: str = "", limit: int = 100
    ) -> list[RoomSummary]:
        """Public rooms, or with `participant` all rooms that one is a member of, ordered by key, from beyond key `after`."""

    async def room_overviews(self, *, after: str = "", limit: int = 100) -> list[RoomOverview]:
        """All rooms that have a name, ordered by key, from beyond key `after`."""

    async def figures(self) -> Figures:
        """How much there is."""

    async def rooms_of(self, participant: str) -> list[str]:
        """Ids of the rooms the participant is a member of."""

    async def all_heads(self) -> dict[str, int]:
        """Every room's newest number."""

    async def moved(self, key: str) -> str | None:
        """The present name of the room that was called this (folded) once, if no room is called so now."""

    async def sanctions(self, room: str) -> list[Sanction]:
        """The bans and mutes of a room, ended or not, in the order of their numbers."""

    async def invitations(self, participant: str) -> list[str]:
        """Ids of the private rooms the participant is invited to."""

    async def events(self, room: str, seqs: Sequence[int]) -> list[Event]:
        """The events of a room that have these numbers, in order."""

    async def related(
        self, room: str, target: int, what: Sequence[str], *, after: int = 0, limit: int = 100
    ) -> list[Event]:
        """The events about another one of these kinds (`Relate.what`), in order, after a number."""

    async def changes(self, room: str, targets: Sequence[int], *, after: int = 0, limit: int = 100) -> list[Event]:
        """What was done to these messages after a number: their newest edits first, then their newest pins, then reactions.

        Of each the newest first; pins are gone with what unpins, and redacted is the text itself.
        """

    async def pins(self, room: str) -> list[int]:
        """The numbers of the pinned messages, the newest pin first."""

    async def acts(self, room: str, *, before: int | None = None, limit: int = 50) -> list[Event]:
        """The events of the moderation log, the newest first."""

    async def unread(self, participant: str, rooms: Sequence[str]) -> list[Counts]:
        """What the participant has not read of these rooms, and of the threads that it has marked, begun or spoken in.

        Counted are messages of others that are not redacted, after the marker or, where there is none, after the beginning of
        the membership; those of threads only in their thread. Threads without anything unread are left out. At most
        MOST_COUNTED are counted, and, but for threads, only among the room's MOST_LOOKED_AT newest events.
        """

    async def account(self, id: str) -> AccountRecord | None:
        """The account with this id."""

    async def account_named(self, folded: str) -> AccountRecord | None:
        """The account with this name."""

    async def accounts(self) -> list[AccountRecord]:
        """All accounts, by name."""

    async def account_summaries(
        self, now: int, *, like: str = "", after: str = "", limit: int = 100
    ) -> list[AccountSummary]:
        """Accounts in whose folded name or nick this stands, by folded name, from beyond `after`; `now`, ms."""

    async def token(self, digest: bytes) -> TokenRecord | None:
        """The device whose secret has this SHA-256."""

    async def tokens(self, account: str) -> list[TokenRecord]:
        """The devices of an account, the one last seen first."""

    async def devices(self, ids: Sequence[str], now: int) -> dict[str, bool]:
        """Those of these devices that are still good at this time (ms), and whether their account owns the server.

        Those that have ended, and those of accounts that are disabled or gone, are left out.
        """

    async def code(self, digest: bytes) -> CodeRecord | None:
        """The code with this SHA-256, used up or not."""

    async def bots(self) -> list[BotRecord]:
        """All bots, by nick."""

    async def verdicts(self, room: str, seq: int | None = None, *, limit: int = 50) -> list[Verdict]:
        """What bots made of this line of a room; without one, each bot's newest verdict. The newest first, with their times."""

    async def told(self, room: str, first: int, last: int, *, limit: int = 50) -> tuple[list[Verdict], int]:
        """The verdicts that somebody was told of, whose last line is one of these; the newest line first, with their times.

        Of silences of one bot by one rule that follow each other within these lines, one is given, from the first line on.
        The number: up to which line there are more than `limit`, which are not among them; 0: there are none.
        """

    async def totals(self, room: str, since: int) -> list[Total]:
        """What bots made of the lines of a room since this time (ms), by bot and rule, that of most lines first."""

    async def used(self, rooms: Sequence[str] | None, since: int) -> list[Used]:
        """What was used in these rooms, or in all, since this time (ms), summed up; the newest day first.

        By day (UTC), model, bot, room (its id here) and person; verdicts without tokens are left out. Services of
        speech are among them, by whole days.
        """

    async def memories(self, room: str, *, bot: str = "", limit: int = 200) -> list[Memory]:
        """What bots, or this one, remember of a room, the newest first, with their times."""

    async def memory(self, room: str, id: str) -> Memory | None:
        """The memory with this id."""

    async def kept(self, participant: str, key: str = "", *, after: str = "", limit: int = 100) -> list[Kept]:
        """The values that a participant keeps whose names begin so, by name, from beyond `after`."""

    async def hooks(self, room: str | None = None) -> list[Hook]:
        """The webhooks of a room, or all, the oldest first."""

    async def files(self, ids: Sequence[str]) -> list[FileRecord]:
        """The files with these ids, by id; those of rooms that are no more are left out."""

    async def uploaded(self, participant: str, since: int) -> list[tuple[int, int]]:
        """When (ms) and how much (bytes) the participant has uploaded after that time, the oldest first. What is gone is not."""

    async def loose(self, limit: int = 500) -> list[bytes]:
        """Digests to which a row referred that is gone, until they are `Swept`; another row may refer to them."""

    async def referred(self, digests: Sequence[bytes]) -> set[bytes]:
        """To which of these digests a row refers."""

    async def expire_texts(self, room: str, before: int, limit: int = 500) -> list[int]:
        """Erase (see `Blank`, with 0) the texts of the oldest messages from before this time, ms. Returns their numbers."""

    async def retentions(self) -> dict[str, int]:
        """By room's id: after how many days its texts are erased. Rooms that keep them are left out."""

    async def purge(self) -> None:
        """See that what was erased is in no file any more: the write-ahead log goes into the database and is cut."""

    async def participant(self, id: str) -> ParticipantRecord | None:
        """The participant with this id."""

    async def holder(self, folded: str) -> ParticipantRecord | None:
        """The participant whose claim to this folded nick stands, expired or not."""

    async def expired(self, now: int, limit: int = 500) -> list[str]:
        """Ids of participants whose claims ended before `now` (ms) and who are in a room that is not direct, oldest first."""

    async def prune(self, before: int) -> None:
        """Forget receipts from before this time (ms), and participants whose claims ended before it and who are in no room.

        With them goes what they had read, and their invitations. Devices, codes and sanctions that have ended by then go too,
        and verdicts from before it that used no tokens; those that did stay for 400 days more.
        """

    async def meta(self, key: str) -> str:
        """A value made once, when the store was: 'epoch' names the history, 'secret' (hex) signs resume proofs."""

    def foreign_writes(self) -> AsyncIterator[None]:
        """One item each time another process, or another Store over the same data, is seen to have written."""

    async def ping(self) -> None:
        """Answer if the store can be read."""

    async def close(self) -> None:
        """Finish what was begun, and let go of everything."""
