"""Rooms in memory: state, live readers, and the tail of newest events as they were encoded."""

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator
from itertools import accumulate

from roomful.domain.names import parse_room
from roomful.domain.room import RoomState
from roomful.domain.signals import OpenDraft, Status
from roomful.store import RoomRecord

from .session import Session
from .wire import Wire

ROOM_TAIL = 256 * 1024  # bytes a room and wire
ALL_TAILS = 64 * 1024 * 1024  # bytes in all


class Block:
    """Events that were told together, as one wire writes them."""

    __slots__ = ("data", "ends", "first")

    def __init__(self, first: int, frames: list[bytes]) -> None:
        self.first = first
        self.data = b"".join(frames)
        self.ends = tuple(accumulate(map(len, frames))) if len(frames) > 1 else (len(self.data),)

    @property
    def last(self) -> int:
        """The number of its newest event."""
        return self.first + len(self.ends) - 1

    def after(self, cursor: int) -> bytes:
        """Its events after `cursor`."""
        skip = cursor - self.first
        return self.data if skip < 0 else self.data[self.ends[skip] :]


class Tail:
    """A room's newest blocks on one wire, without a gap between them."""

    __slots__ = ("blocks", "size")

    def __init__(self) -> None:
        self.blocks: deque[Block] = deque()
        self.size = 0

    def append(self, block: Block) -> int:
        """Add the newest block; returns by how many bytes the tail has grown (or, negative, shrunk)."""
        before = self.size
        if self.blocks and self.blocks[-1].last + 1 != block.first:
            self.blocks.clear()
            self.size = 0
        self.blocks.append(block)
        self.size += len(block.data)
        while self.size > ROOM_TAIL and self.blocks:
            self.size -= len(self.blocks.popleft().data)
        return self.size - before

    def after(self, cursor: int, most: int) -> tuple[bytes, int] | None:
        """Events after `cursor`, as bytes and the number of the newest of them: whole blocks, up to about `most` bytes.

        None: the tail does not reach back so far, or holds nothing newer (another hub wrote what is).
        """
        if not self.blocks or not self.blocks[0].first - 1 <= cursor < self.blocks[-1].last:
            return None
        parts: list[bytes] = []
        size = 0
        for index in range(max(bisect_right(self.blocks, cursor, key=_first) - 1, 0), len(self.blocks)):
            block = self.blocks[index]
            if block.last > cursor:
                parts.append(block.after(cursor))
                cursor = block.last
                size += len(parts[-1])
                if size >= most:
                    break
        return b"".join(parts), cursor


def _first(block: Block) -> int:
    return block.first


class Room:
    """A room that somebody uses."""

    __slots__ = ("changes", "deaf", "drafts", "here", "key", "live", "state", "statuses", "tails", "typing", "used_at")

    def __init__(self, key: str, state: RoomState) -> None:
        self.key = key
        self.state = state
        # Readers at the head, in the order they came, by wire. A wire stays while anybody follows the room: its tail grows.
        self.live: dict[Wire, dict[Session, None]] = {}
        self.deaf: set[Session] = set()  # of all readers: those who want no signals
        self.tails: dict[Wire, Tail] = {}
        self.here: dict[str, int] = {}  # participants' ids -> sessions that follow the room
        self.changes: dict[str, str] = {}  # presence not told yet: id -> online | reconnecting | gone
        self.statuses: dict[str, Status] = {}  # by id: how people are there, not told yet
        self.typing: dict[str, float] = {}  # id -> until when, monotonic s
        self.drafts: dict[str, OpenDraft] = {}
        self.used_at = 0.0  # monotonic s, when somebody last followed it or wrote to it

    @property
    def address(self) -> str:
        """What the room is called on the wire."""
        return self.state.address

    def expect(self, wire: Wire) -> None:
        """Somebody on this wire is about to follow the room."""
        self.live.setdefault(wire, {})

    def enter(self, session: Session) -> None:
        """Make the session a live reader."""
        self.live.setdefault(session.wire, {})[session] = None

    def set_aside(self, session: Session) -> None:
        """Make the session a live reader no more."""
        if live := self.live.get(session.wire):
            live.pop(session, None)


class Rooms:
    """The rooms in memory, found by id and by key."""

    def __init__(self) -> None:
        self.by_address: dict[str, Room] = {}  # as rooms are called on the wire: finds nearly everything at once
        self.by_id: dict[str, Room] = {}
        self.by_key: dict[str, Room] = {}
        self.tail_bytes = 0

    def __iter__(self) -> Iterator[Room]:
        return iter(self.by_id.values())

    def __len__(self) -> int:
        return len(self.by_id)

    def find(self, reference: str) -> Room | None:
        """The room that '#name' or '!id' names, if it is in memory. Raises BadName."""
        if (room := self.by_address.get(reference)) is not None:
            return room
        if reference.startswith("!"):
            return self.by_id.get(reference[1:])
        return self.by_key.get(parse_room(reference).folded)

    def key_of(self, reference: str) -> str:
        """The key under which the store knows '#name'. Raises BadName."""
        return parse_room(reference).folded

    def add(self, room: Room) -> Room:
        """Take a room in."""
        self.by_id[room.state.id] = room
        self.by_key[room.key] = room
        self.by_address[room.address] = room
        return room

    def load(self, record: RoomRecord) -> Room:
        """Take in a room as the store knows it, unless it is here already."""
        if present := self.by_id.get(record.id):
            return present
        state = RoomState(record.id, record.kind, record.name, record.settings)
        state.head, state.at, state.topic = record.head, record.at, record.topic
        state.members = record.members
        state.invited = record.invited
        state.sanctioned(record.sanctions)
        return self.add(Room(record.key, state))

    def keep(self, room: Room, wire: Wire, block: Block) -> None:
        """Add a block to a room's tail; when all tails together are too large, those of the longest unused rooms go."""
        tail = room.tails.get(wire)
        if tail is None:
            tail = room.tails[wire] = Tail()
        self.tail_bytes += tail.append(block)
        if self.tail_bytes > ALL_TAILS:
            for other in sorted(self.by_id.values(), key=lambda r: r.used_at):
                self.drop_tails(other)
                if self.tail_bytes <= ALL_TAILS // 2:
                    break

    def drop_tails(self, room: Room) -> None:
        """Forget a room's tails; its readers use the store."""
        self.tail_bytes -= sum(tail.size for tail in room.tails.values())
        room.tails.clear()

    def drop(self, rooms: Iterable[Room]) -> None:
        """Forget rooms; they are loaded again when somebody asks for them."""
        for room in rooms:
            self.drop_tails(room)
            self.by_id.pop(room.state.id, None)
            self._unname(room, room.address)

    def renamed(self, room: Room, old: str) -> None:
        """The room has another name than `old`. What was encoded bears the old one, and is forgotten."""
        self._unname(room, old)
        self.drop_tails(room)
        if room.state.kind != "direct":
            room.key = self.key_of(room.address)
        self.add(room)

    def _unname(self, room: Room, address: str) -> None:
        if self.by_key.get(room.key) is room:
            del self.by_key[room.key]
        if self.by_address.get(address) is room:
            del self.by_address[address]
