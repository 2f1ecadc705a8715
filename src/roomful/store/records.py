"""Records: what a store tells when it is asked."""

from msgspec import Struct

from roomful.domain.events import Kind
from roomful.domain.members import Member
from roomful.domain.rights import RoomKind
from roomful.domain.sanctions import Sanction
from roomful.domain.settings import RoomSettings


class RoomRecord(Struct, frozen=True):
    """A room as the store knows it: what is needed to go on deciding without reading its log."""

    id: str
    key: str
    name: str
    kind: RoomKind
    topic: str
    head: int
    at: int  # ms, of the newest event; 0 for none
    members: dict[str, Member]
    settings: RoomSettings = RoomSettings()
    sanctions: tuple[Sanction, ...] = ()  # ended or not, in the order of their numbers
    invited: frozenset[str] = frozenset()  # ids of participants
    pins: int = 0  # how many messages are pinned


class ParticipantRecord(Struct, frozen=True):
    """A participant as the store knows it. `nick` is empty when the claim was lost to somebody else."""

    id: str
    nick: str
    kind: Kind
    until: int  # ms
    seen: int = 0  # ms, when last connected; 0: not known


class AccountRecord(Struct, frozen=True):
    """An account as the store knows it."""

    id: str
    name: str
    kind: Kind
    hash: str
    owner: bool
    disabled: bool
    created: int  # ms
    nick: str  # the one it has now


class TokenRecord(Struct, frozen=True):
    """A device as the store knows it."""

    id: str
    account: str
    name: str
    created: int  # ms
    seen: int  # ms
    until: int  # ms
    address: str


class CodeRecord(Struct, frozen=True):
    """A code as the store knows it, if it may still be used."""

    until: int  # ms
    uses: int
    account: str
    owner: bool


class Counts(Struct, frozen=True):
    """What a participant has not read of a room, or of one thread (`thread` is 0 for the room).

    Mentions are the room's, also those in its threads: a thread has none of its own.
    """

    room: str
    thread: int
    read: int
    unread: int  # at most MOST_COUNTED
    mentions: int  # at most MOST_COUNTED


MOST_COUNTED = 1_000
MOST_LOOKED_AT = 10_000  # of a room's newest events: an unread message further back is not counted


class RoomSummary(Struct, frozen=True):
    """A room in a list."""

    id: str
    key: str
    name: str
    kind: RoomKind
    topic: str
    head: int
    count: int
    archived: bool = False


class PlaceRecord(Struct, frozen=True):
    """How a bot is in a room, as the store knows it."""

    room: str
    mode: str
    host: bool
    settings: str


class BotRecord(Struct, frozen=True):
    """A bot as the store knows it."""

    id: str
    nick: str
    model: str
    destination: str
    max_bounce: int
    settings: str
    places: tuple[PlaceRecord, ...] = ()  # only rooms that it is a member of
