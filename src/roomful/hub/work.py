"""What goes into a batch and what comes out of it: commands that wait to be decided, and their results."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from roomful.domain import commands
from roomful.domain.answers import Answer
from roomful.domain.commands import Request
from roomful.errors import RoomfulError
from roomful.store import ParticipantRecord

from .session import Participant, Session

# The session's later requests wait until one of these is decided.
BARRIERS: frozenset[type] = frozenset((commands.Login, commands.Logout, commands.Nick, commands.Bye))

NICK_KEPT = 10 * 60_000  # ms a guest's nick stays reserved after its last session
RENEWED = 5 * 60_000  # ms between renewals of the claims of those who are connected


class Expire(Struct, frozen=True):
    """The hub's own command: a guest stayed away for too long, its memberships end."""

    participant: str


class Renew(Struct, frozen=True):
    """The hub's own command: these participants' claims are good until then."""

    participants: tuple[str, ...]
    until: int


Work = Request | Expire | Renew


class Pending(Struct, frozen=True, gc=False):
    """A command that waits to be decided, who sent it, and over which connection, which may be lost meanwhile."""

    session: Session | None  # None: the hub's own
    participant: Participant | None  # None: a login, or the hub's own
    command: Any  # Work


class Result(Struct, frozen=True, gc=False):
    """What to answer once the batch is recorded.

    The effect must not hold the batch: these structs are not seen by the cycle collector.
    """

    pending: Pending
    answer: Answer | RoomfulError | None
    change: int  # index into the batch's changes; -1: none
    effect: Callable[[], None] | None = None  # what follows in memory, after the answer
    room: str = ""  # by id: the room of which the session's reader is about to begin anew, or to end


class Loaded(Struct):
    """What a batch needs from the store beyond the rooms in memory, read before deciding."""

    participants: dict[str, ParticipantRecord]  # by id, for resumes and expiry
    holders: dict[str, ParticipantRecord]  # by folded nick, for '@nick'
    memberships: dict[str, list[str]]  # rooms' ids by participant, for nick, bye and expiry
    receipts: dict[tuple[str, str, str], int]  # for commands sent again


# By (participant, room, nonce): the number it was recorded under, and its change in the batch.
Receipts = dict[tuple[str, str, str], tuple[int, int]]
