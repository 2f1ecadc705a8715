"""The contract of a store: ordered, durable logs, and the rows that belong to them.

Adapters: `store.sqlite`; the double is `roomful.testing.memory`. `tests/conformance/store.py` runs over each.

What flows in is a list of changes. A change is what one command does: events for one or more rooms and rows, all or
nothing. What flows out is which of them came too late. Readers read logs by number.
"""

from collections.abc import AsyncIterator, Sequence
from typing import Literal, Protocol

from msgspec import Struct

from roomful.domain.events import Event, Kind, Role, Sender
from roomful.domain.rights import RoomKind

# -- rows: what is written beside events ------------------------------------------------------------


class NewRoom(Struct, frozen=True, gc=False):
    """A room begins. `key` is unique among rooms: a folded name, or a direct room's pair of ids."""

    id: str
    key: str
    name: str
    kind: RoomKind
    created: int  # ms


class SetTopic(Struct, frozen=True, gc=False):
    """The room's topic, as the newest `Topic` event says."""

    room: str
    topic: str


class PutMember(Struct, frozen=True, gc=False):
    """A membership begins."""

    room: str
    participant: str
    role: Role


class DropMember(Struct, frozen=True, gc=False):
    """A membership ends."""

    room: str
    participant: str


class Claim(Struct, frozen=True, gc=False):
    """The participant claims the nick until `until`, letting go of the one it had.

    Taken if another participant's claim to `folded` is good after `now`. The participant's row is made if there is none.
    """

    participant: str
    nick: str
    folded: str
    kind: Kind
    now: int  # ms
    until: int  # ms


class Extend(Struct, frozen=True, gc=False):
    """These participants' claims are good until `until`, sooner or later than before."""

    participants: tuple[str, ...]
    until: int  # ms


class Release(Struct, frozen=True, gc=False):
    """The participant lets go of its nick (`until` becomes 0). Its row stays, so that rooms can show the nick it had."""

    participant: str


Row = NewRoom | SetTopic | PutMember | DropMember | Claim | Extend | Release


# -- appending ------------------------------------------------------------------------------------------


class Change(Struct, gc=False):
    """What one command does, all or nothing.

    Events bear the numbers they are to have: the first of a room is one more than the head it was decided on.
    Whether unique rows are free is asked of what stood before the change.
    """

    events: Sequence[Event] = ()
    rows: Sequence[Row] = ()


class Late(Struct, frozen=True):
    """A change that was not made: another writer was first. `index` is its place in the list given.

    With it, every later change of the list to one of its rooms is late, having been decided on top of it. So is a change to a
    room that does not exist.
    """

    index: int
    taken: Literal["", "nick", "room"] = ""  # which unique row; empty: a room's head had moved


class Appended(Struct, frozen=True):
    """What became of a list of changes. Those not named in `late` are durable."""

    late: Sequence[Late]
    missed: dict[str, list[Event]]  # by room: what the rooms of late changes hold beyond the head they were decided on


# -- reading -----------------------------------------------------------------------------------------------


class RoomRecord(Struct, frozen=True):
    """A room as the store knows it: what is needed to go on deciding without reading its log."""

    id: str
    key: str
    name: str
    kind: RoomKind
    topic: str
    head: int
    at: int  # ms, of the newest event; 0 for none
    members: dict[str, tuple[Sender, Role]]


class ParticipantRecord(Struct, frozen=True):
    """A participant as the store knows it. `nick` is empty when the claim was lost to somebody else."""

    id: str
    nick: str
    kind: Kind
    until: int  # ms


class RoomSummary(Struct, frozen=True):
    """A room in a list."""

    id: str
    key: str
    name: str
    kind: RoomKind
    topic: str
    head: int
    count: int


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

    async def rooms_of(self, participant: str) -> list[str]:
        """Ids of the rooms the participant is a member of."""

    async def participant(self, id: str) -> ParticipantRecord | None:
        """The participant with this id."""

    async def holder(self, folded: str) -> ParticipantRecord | None:
        """The participant whose claim to this folded nick stands, expired or not."""

    async def expired(self, now: int, limit: int = 500) -> list[str]:
        """Ids of participants whose claims ended before `now` (ms) and who are still members of a public room, oldest first."""

    async def prune(self, before: int) -> None:
        """Forget receipts from before this time (ms), and participants whose claims ended before it and who are in no room."""

    async def meta(self, key: str) -> str:
        """A value made once, when the store was: 'epoch' names the history, 'secret' (hex) signs resume proofs."""

    def foreign_writes(self) -> AsyncIterator[None]:
        """One item each time another process, or another Store over the same data, is seen to have written."""

    async def ping(self) -> None:
        """Answer if the store can be read."""

    async def close(self) -> None:
        """Finish what was begun, and let go of everything."""
