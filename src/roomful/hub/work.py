"""What goes into a batch and what comes out of it: commands that wait to be decided, and their results."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct, field

from roomful.domain import commands
from roomful.domain.answers import Answer
from roomful.domain.commands import Request
from roomful.domain.events import Event
from roomful.domain.verdicts import Memory
from roomful.domain.webhooks import Hook
from roomful.errors import RoomfulError
from roomful.store import AccountRecord, FileRecord, ParticipantRecord, TokenRecord

from .prepared import Dropping, Entry, Erasure, Founding, HookGone, Parting, Rekeying, Spent, Touch, Upload
from .session import Participant, Session

# The session's later requests wait until one of these is decided.
BARRIERS: frozenset[type] = frozenset(
    (
        commands.Login,
        commands.Logout,
        commands.Nick,
        commands.Bye,
        commands.Register,
        commands.Unregister,
        Entry,
        Founding,
        Parting,
    )
)

NICK_KEPT = 10 * 60_000  # ms a guest's nick stays reserved after its last session
RENEWED = 5 * 60_000  # ms between renewals of the claims of those who are connected


class Expire(Struct, frozen=True):
    """The hub's own command: a guest stayed away for too long, its memberships end."""

    participant: str


class Renew(Struct, frozen=True):
    """The hub's own command: these participants' claims are good until then."""

    participants: tuple[str, ...]
    until: int
    seen: int = 0  # ms, until when they were connected; 0: not said


Work = (
    Request | Expire | Renew | Entry | Founding | Rekeying | Parting | Dropping | Erasure | Touch | HookGone | Upload | Spent
)  # fmt: skip


class Pending(Struct, frozen=True, gc=False):
    """A command that waits to be decided, who sent it, and over which connection, which may be lost meanwhile."""

    session: Session | None  # None: the hub's own, or a webhook's
    participant: Participant | None  # None: a login, or the hub's own
    command: Any  # Work
    told: Callable[[Answer | RoomfulError], None] | None = None  # who hears the answer, where there is no session


class Result(Struct, frozen=True, gc=False):
    """What to answer once the batch is recorded.

    The effect must not hold the batch: these structs are not seen by the cycle collector.
    """

    pending: Pending
    answer: Answer | RoomfulError | None
    change: int  # index into the batch's changes; -1: none
    effect: Callable[[], None] | None = None  # what follows in memory, after the answer
    room: str = ""  # by id: the room of which the session's reader is about to begin anew, or to end


class Loaded(Struct, kw_only=True):
    """What a batch needs from the store beyond the rooms in memory, read before deciding."""

    participants: dict[str, ParticipantRecord] = field(default_factory=dict)  # by id, for resumes and expiry
    holders: dict[str, ParticipantRecord] = field(default_factory=dict)  # by folded nick, for '@nick'
    memberships: dict[str, list[str]] = field(
        default_factory=dict
    )  # rooms' ids by participant, for nick, bye and expiry
    receipts: dict[tuple[str, str, str], int] = field(default_factory=dict)  # for commands sent again
    events: dict[tuple[str, int], Event] = field(
        default_factory=dict
    )  # by room's id and number: messages that something is done to
    pins: dict[str, list[int]] = field(default_factory=dict)  # numbers of pinned messages, by room's id
    moved: dict[str, str] = field(default_factory=dict)  # present names of rooms, by the folded name they had
    accounts: dict[str, AccountRecord] = field(default_factory=dict)  # by id
    devices: dict[str, dict[str, TokenRecord]] = field(
        default_factory=dict
    )  # of these accounts, by account's and own id
    unpeopled: set[str] = field(default_factory=set)  # rooms in which there have been bots only, by id
    memories: dict[tuple[str, str], Memory] = field(default_factory=dict)  # by room's id and own id
    remembered: dict[tuple[str, str], int] = field(default_factory=dict)  # how much, by room's and bot's id
    hooks: dict[str, list[Hook]] = field(default_factory=dict)  # by room's id
    files: dict[str, FileRecord] = field(default_factory=dict)  # by id: those that messages name
    addresses: dict[str, frozenset[str]] = field(
        default_factory=dict
    )  # by participant's id: what its devices say of the last hour


# By (participant, room, nonce): the number it was recorded under, and its change in the batch.
Receipts = dict[tuple[str, str, str], tuple[int, int]]
