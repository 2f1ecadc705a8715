"""What whoever owns the server is told of all of it: its accounts, its rooms, and how much there is."""

from msgspec import Struct

from roomful.domain.events import Kind
from roomful.domain.rights import RoomKind

MOST_NAMED = 10  # owners of a room that are named


class AccountSummary(Struct, frozen=True):
    """An account in a list of all. It holds no secret."""

    id: str
    name: str
    nick: str  # the one it has now
    kind: Kind
    owner: bool  # of the server
    disabled: bool
    waiting: bool  # it has no password: its person has not come yet, or it is a program
    created: int  # ms
    seen: int  # ms, when last connected; 0: not known
    devices: int  # that have not ended
    rooms: int  # that it is a member of, direct ones apart


class RoomOverview(Struct, frozen=True):
    """A named room in a list of all. Nothing of it was said by anybody."""

    id: str
    key: str
    name: str
    kind: RoomKind
    archived: bool
    created: int  # ms
    head: int
    at: int  # ms, of the newest event; 0 for none
    members: int
    owners: tuple[str, ...]  # nicks, at most MOST_NAMED
    bytes: int  # of files that were uploaded to it


class Figures(Struct, frozen=True):
    """How much there is."""

    accounts: int
    rooms: int  # with a name
    direct: int  # rooms between two
    files: int  # bytes; what was uploaded twice is there once
    database: int  # bytes; 0: not known
