"""Rows: what a change writes beside its events. Each has one owner; what is unique is decided under the store's lock."""

from typing import Literal

from msgspec import Struct

from roomful.domain.events import Kind, Role
from roomful.domain.rights import RoomKind
from roomful.domain.sanctions import Sanction
from roomful.domain.settings import RoomSettings
from roomful.domain.verdicts import Memory, Verdict

from .file_rows import Attach, DropWaiting, PutFile, Swept
from .hook_rows import DropHook, Lease, MoveHook, PutHook
from .speech_rows import UseSpeech

FOREVER = 253_402_300_799_000  # ms: the end of the year 9999, for claims and sanctions without an end


class NewRoom(Struct, frozen=True, gc=False):
    """A room begins. `key` is unique among rooms: a folded name, or a direct room's pair of ids."""

    id: str
    key: str
    name: str
    kind: RoomKind
    created: int  # ms
    settings: RoomSettings = RoomSettings()


class SetTopic(Struct, frozen=True, gc=False):
    """The room's topic, as the newest `Topic` event says."""

    room: str
    topic: str


class SetRoom(Struct, frozen=True, gc=False):
    """The room's kind and settings, as all `Changed` events together say."""

    room: str
    kind: RoomKind
    settings: RoomSettings


class RenameRoom(Struct, frozen=True, gc=False):
    """The room has another name; the old one is kept, to tell those who look for it, until somebody takes it."""

    room: str
    key: str
    name: str


class DeleteRoom(Struct, frozen=True, gc=False):
    """The room is gone: its events, members, and all rows that name it. Its name is free. No event of it follows.

    The last row of its change that names the room.
    """

    room: str


class PutMember(Struct, frozen=True, gc=False):
    """A membership begins, or has another role. `since`: the number of the event with which it began; kept when 0."""

    room: str
    participant: str
    role: Role
    since: int = 0


class DropMember(Struct, frozen=True, gc=False):
    """A membership ends."""

    room: str
    participant: str


class PutInvite(Struct, frozen=True, gc=False):
    """The participant may enter the private room. Ends when it does (`DropInvite`)."""

    room: str
    participant: str


class DropInvite(Struct, frozen=True, gc=False):
    """The participant was let in, or is not any more."""

    room: str
    participant: str


class PutSanction(Struct, frozen=True, gc=False):
    """A ban or a mute begins; it replaces one of the same kind on the same subject."""

    room: str
    sanction: Sanction


class DropSanction(Struct, frozen=True, gc=False):
    """A ban or a mute was lifted: the one with this number."""

    room: str
    seq: int


class Relate(Struct, frozen=True, gc=False):
    """An event is about another one of its room: found by that one's number.

    With `thread`, whoever said either of them takes part in the thread from then on: see `Store.unread`.
    """

    room: str
    target: int
    seq: int
    what: Literal["edit", "reaction", "redaction", "thread", "pin"]


class Unpin(Struct, frozen=True, gc=False):
    """The message is pinned no more: its `pin` relation goes."""

    room: str
    target: int


class Mention(Struct, frozen=True, gc=False):
    """A message, or an edit, names these participants, as its body does; `*` stands for everybody in the room."""

    room: str
    seq: int
    participants: tuple[str, ...]


class Mark(Struct, frozen=True, gc=False):
    """The participant has read the room, or one thread of it, up to here. It never goes back; what is none is passed over."""

    participant: str
    room: str
    seq: int
    thread: int = 0  # 0: the room


class LogAct(Struct, frozen=True, gc=False):
    """The event is one for the moderation log."""

    room: str
    seq: int


class Blank(Struct, frozen=True, gc=False):
    """The texts of a message and of all its edits are erased: `redacted` says by which event. Its mentions and files go too.

    The events keep number, time, sender and nonce, and their place: a message its style, what it answers, and its thread, an
    edit its target. What was erased before stays as it was.
    """

    room: str
    target: int
    redacted: int  # the redaction's number; 0: by age


class Claim(Struct, frozen=True, gc=False):
    """The participant claims the nick until `until`, letting go of the one it had.

    Taken if another participant's claim to `folded` is good after `now`; or if another's account has this name, or a name or a
    nick that looks like it (`skeleton`). The participant's row is made if there is none.
    """

    participant: str
    nick: str
    folded: str
    kind: Kind
    now: int  # ms
    until: int  # ms
    skeleton: str = ""


class Extend(Struct, frozen=True, gc=False):
    """These participants' claims are good until `until`, sooner or later than before; those of accounts stay for ever.

    `seen`: they were connected until then, ms; 0: not said.
    """

    participants: tuple[str, ...]
    until: int  # ms
    seen: int = 0  # ms


class Release(Struct, frozen=True, gc=False):
    """The participant lets go of its nick (`until` becomes 0). Its row stays, so that rooms can show the nick it had."""

    participant: str


# -- rows of bots. A bot is an account of kind `bot`: they share the id ------------------------------------


class PutBot(Struct, frozen=True, gc=False):
    """A bot begins, or is described anew. It goes with its account (`DropAccount`), and all else that names it with it."""

    id: str
    model: str
    destination: str
    max_bounce: int
    settings: str  # JSON, for the bot host


class PutPlace(Struct, frozen=True, gc=False):
    """How a bot is in a room."""

    room: str
    bot: str
    mode: str
    host: bool
    settings: str  # JSON, for the bot host


class PutVerdict(Struct, frozen=True, gc=False):
    """What a bot made of some lines of a room, and what that used."""

    room: str
    at: int  # ms
    verdict: Verdict


class PutMemory(Struct, frozen=True, gc=False):
    """Something that a bot remembers of a room; it replaces what has the same id. A summary replaces the bot's one before.

    A `Blank` of the line that a note comes from, or of any line that a summary covers, deletes it.
    """

    room: str
    at: int  # ms
    memory: Memory


class DropMemory(Struct, frozen=True, gc=False):
    """A bot forgets."""

    room: str
    memory: str


class PutKept(Struct, frozen=True, gc=False):
    """A value that a participant keeps. Taken ("kept") unless the one before is of this version; 0: there is none."""

    participant: str
    key: str
    value: str
    version: int


# -- rows of accounts. An account is a participant: they share the id. -------------------------------


class NewAccount(Struct, frozen=True, gc=False):
    """An account begins. Taken ("account") if another has its name or one that looks like it (`skeleton`).

    The nick is claimed by a `Claim` beside it, until FOREVER.
    """

    id: str
    name: str
    folded: str
    skeleton: str
    kind: Kind  # person or bot
    created: int  # ms
    hash: str = ""  # argon2id, PHC string; empty: no password yet, or none ever (a bot)
    owner: bool = False  # of the server


class SetAccount(Struct, frozen=True, gc=False):
    """The account's password, ownership or state change; None: as before."""

    id: str
    hash: str | None = None
    owner: bool | None = None
    disabled: bool | None = None


class DropCodes(Struct, frozen=True, gc=False):
    """No code sets the account's password any more."""

    account: str


class DropAccount(Struct, frozen=True, gc=False):
    """The account is gone, with its tokens and read markers and the addresses known of it. Its claim is released.

    So are files that it has uploaded and not attached.
    """

    id: str


class PutToken(Struct, frozen=True, gc=False):
    """A device of an account. `hash` is the SHA-256 of its secret; empty: it has none, and lives by its `resume` proofs."""

    id: str
    account: str
    name: str
    hash: bytes
    created: int  # ms
    until: int  # ms
    lasts: int  # ms it is good for after each use
    address: str = ""


class TouchToken(Struct, frozen=True, gc=False):
    """The device was used: its end moves to `seen` + what it `lasts`."""

    id: str
    seen: int  # ms
    address: str


class DropTokens(Struct, frozen=True, gc=False):
    """Devices are logged out: this one of the account, or, with an empty `id`, all but `keep`."""

    account: str
    id: str = ""
    keep: str = ""


class PutCode(Struct, frozen=True, gc=False):
    """A code with which somebody may register, or set an account's first password."""

    hash: bytes  # SHA-256 of the code
    created: int  # ms
    until: int  # ms
    uses: int
    account: str = ""  # the account whose first password it sets; empty: a new one
    owner: bool = False  # whoever uses it owns the server


class UseCode(Struct, frozen=True, gc=False):
    """The code is used once. Taken ("code") if it is unknown, used up, or ended before `now`."""

    hash: bytes
    now: int  # ms


Row = (
    NewRoom
    | SetTopic
    | SetRoom
    | RenameRoom
    | DeleteRoom
    | PutMember
    | DropMember
    | PutInvite
    | DropInvite
    | PutSanction
    | DropSanction
    | Relate
    | Unpin
    | Mention
    | Mark
    | LogAct
    | Blank
    | Claim
    | Extend
    | Release
    | NewAccount
    | SetAccount
    | DropAccount
    | PutToken
    | TouchToken
    | DropTokens
    | DropCodes
    | PutCode
    | UseCode
    | PutBot
    | PutPlace
    | PutVerdict
    | PutMemory
    | DropMemory
    | PutKept
    | PutHook
    | MoveHook
    | DropHook
    | Lease
    | PutFile
    | Attach
    | DropWaiting
    | Swept
    | UseSpeech
)

Taken = Literal["", "nick", "room", "account", "code", "kept", "lease", "file"]
