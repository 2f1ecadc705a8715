"""Requests about accounts as the committer takes them: whatever takes time or needs a secret was done before (accounts.py).

Each bears the request's `id`, under which it is answered.
"""

from msgspec import Struct

from roomful.domain.answers import Answer
from roomful.domain.events import Sender
from roomful.domain.files import Attachment
from roomful.domain.names import Nick
from roomful.store import UseSpeech

LASTING, PASSING = "d", "v"  # how the ids begin of devices that have a token, and of those that live by `resume` alone


class Entry(Struct, frozen=True):
    """Somebody has proved to be an account: by its password, a device's token, or a device's `resume`."""

    id: int
    account: str  # its id
    kept: str = ""  # the hash that the password was compared with; empty: it was no password
    rehashed: str = ""  # the password under today's parameters, if those have changed
    device: str = ""  # empty: this is a new one
    sid: bytes = b""  # of the login that is resumed
    remember: bool = False
    beside: bool = False  # the login that is resumed goes on too


class Founding(Struct, frozen=True):
    """An account is made, or given its first password."""

    id: int
    name: Nick
    hash: str
    concerns: str = ""  # id of the guest that becomes the account
    code: bytes = b""  # SHA-256 of the code with which it is made
    account: str = ""  # id of the account that is there and waits for its password
    owner: bool = False
    remember: bool = False


class Rekeying(Struct, frozen=True):
    """An account has another password."""

    id: int
    account: str  # its id
    kept: str  # the hash that the old password was compared with
    hash: str


class Parting(Struct, frozen=True):
    """An account is deleted by its owner."""

    id: int
    concerns: str  # the account's id
    kept: str
    erased: dict[str, int] | None = None  # up to which number what it said was erased, by room's id; None: it stays


class Dropping(Struct, frozen=True):
    """An account is deleted by an owner of the server."""

    id: int
    concerns: str  # the account's id
    erased: dict[str, int] | None = None  # as in `Parting`


class Erasure(Struct, frozen=True):
    """The hub's own command: messages of somebody who leaves for good and wants them erased."""

    room: str  # '!id'
    sender: Sender
    targets: tuple[int, ...]


class HookGone(Struct, frozen=True):
    """The hub's own command: a webhook that goes out is switched off, its address having taken nothing for too long."""

    room: str  # '!id'
    webhook: str  # its id
    reason: str


class Upload(Struct, frozen=True):
    """All of a file has come, and its bytes are on the disk."""

    room: str  # '#name' or '!id'
    name: str
    digest: bytes  # SHA-256
    kind: str  # media type
    size: int  # bytes
    width: int  # pixels; 0: no image
    height: int


class Uploaded(Answer, frozen=True):
    """Answers it. It is told over HTTP, as the answer to the upload."""

    file: Attachment


class Spent(Struct, frozen=True):
    """A service of speech was used in a room."""

    room: str  # `!id`
    row: UseSpeech


class Touch(Struct, frozen=True):
    """The hub's own command: devices are, or just were, connected from these addresses."""

    devices: tuple[tuple[str, str], ...]  # device, address
