"""A file into a new room, all of it or nothing, beside a running server.

The file is read twice: first to see whether all of it can be understood, before anything is written. The events then go into a
room that nobody can find: it is private, has no members, and a key that no name folds to. The last change, of rows only, gives
it its name, its kind and its members. Where that fails, because somebody took the name meanwhile, the room is deleted; where
the process dies, the next import of this name does that.
"""

import contextlib
import fcntl
import os
import time
from base64 import b32encode
from collections.abc import Callable, Iterator
from datetime import tzinfo
from itertools import islice
from pathlib import Path
from secrets import token_bytes

from msgspec import Struct

from roomful.domain.events import Event
from roomful.domain.names import RoomName, parse_room
from roomful.errors import BadName, StoreUnavailable
from roomful.store import Change, DeleteRoom, NewRoom, PutMember, RenameRoom, Row, SetRoom, SetTopic, Store

from .failures import KeepingError
from .lines import Bad
from .relating import rows_of
from .sources import About, Dump, Format, Incoming, Log, Source, recognise

BATCH = 500  # events of one transaction: the server beside waits for some milliseconds
SHOWN = 5  # lines left out that the outcome names
LOCK = "import.lock"
HIDDEN = "importing "  # begins the key of a room that is not there yet; no name holds a space


class Outcome(Struct, frozen=True):
    """What became of a file."""

    room: str
    format: str
    events: int
    left_out: int  # lines that could not be understood
    first_bad: tuple[Bad, ...]


class Wishes(Struct, frozen=True):
    """What somebody says of a file; empty: what the file says."""

    room: str = ""
    format: Format | None = None
    zone: tzinfo | None = None  # of an IRC log's times; None: this machine's


async def bring_in(store: Store, path: Path, wishes: Wishes, clock: Callable[[], float] = time.time) -> Outcome:
    """Make a room of a file. Raises KeepingError, StoreUnavailable: nothing is there then."""
    form = wishes.format or recognise(path)
    source: Source = (
        Dump(path, await store.meta("epoch")) if form == "jsonl" else Log(path, form, wishes.zone, wishes.room)
    )
    about = source.about()
    name = _name(wishes.room or about.name, path)
    await _free(store, name)
    bad = _Bad()
    count = sum(1 for _ in source.events(bad.note))
    if not count:
        raise KeepingError(f"{path} holds nothing that can be imported.{bad.told()}")
    id = "r" + b32encode(token_bytes(10)).decode().lower()[:15]
    now = int(clock() * 1000)
    await _write(store, [Change((), (NewRoom(id, HIDDEN + name.folded, name.text, "private", now),))])
    try:
        await _fill(store, id, source, now)
        await _reveal(store, id, name, about)
    except BaseException:
        await _remove(store, id)
        raise
    return Outcome(name.text, form, count, bad.count, tuple(bad.first))


class _Bad:
    """Counts lines that are left out, and keeps the first ones."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[Bad] = []

    def note(self, bad: Bad) -> None:
        self.count += 1
        if len(self.first) < SHOWN:
            self.first.append(bad)

    def told(self) -> str:
        return "".join(f"\n  line {bad.number}: expected {bad.expected}" for bad in self.first)


def _name(wish: str, path: Path) -> RoomName:
    if not wish:
        raise KeepingError(f"{path} does not say which room it is of. Say it: --room '#name'")
    try:
        return parse_room(wish)
    except BadName as why:
        raise KeepingError(f"{why.message} Choose another: --room '#name'") from None


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """One import at a time: another would sweep away what this one has begun. Raises KeepingError."""
    with contextlib.ExitStack() as stack:
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            file = stack.enter_context(os.fdopen(os.open(folder / LOCK, os.O_WRONLY | os.O_CREAT, 0o600), "a"))
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise KeepingError("Another import runs on these data: wait until it is done.") from None
        except OSError as why:
            raise KeepingError(f"The data folder {folder} cannot be used: {why.strerror}.") from None
        yield


async def _free(store: Store, name: RoomName) -> None:
    """See that nothing is in the way, and sweep away what an import that was killed has left."""
    if await store.rooms_by_key([name.folded]):
        raise KeepingError(f"There is a room {name.text} already. Import into another: --room '#name'")
    for left in await store.rooms_by_key([HIDDEN + name.folded]):
        await _remove(store, left.id)


async def _fill(store: Store, id: str, source: Source, now: int) -> None:
    incoming = source.events(lambda _: None)
    head = at = 0
    while batch := list(islice(incoming, BATCH)):
        events = list(_numbered(id, batch, head, at, now))
        rows = [row for event, given in zip(events, batch, strict=True) for row in rows_of(id, event.seq, given.body)]
        await _write(store, [Change(events, rows)])
        head, at = events[-1].seq, events[-1].at


def _numbered(id: str, batch: list[Incoming], head: int, at: int, now: int) -> Iterator[Event]:
    """The batch as events of the room. No event is earlier than the one before it, or later than now."""
    for seq, given in enumerate(batch, head + 1):
        at = max(at, min(given.at, now))
        yield Event(id, seq, at, given.sender, given.nonce, given.data)


async def _reveal(store: Store, id: str, name: RoomName, about: About) -> None:
    """Give the room its name, and what else there is to it, in one change."""
    rows: list[Row] = [
        RenameRoom(id, name.folded, name.text),
        SetRoom(id, "public" if about.kind == "public" else "private", about.settings),
        SetTopic(id, about.topic),
    ]
    known = [member for member in about.members if await store.participant(member.id) is not None]
    rows += [PutMember(id, member.id, member.role, member.since) for member in known]
    if await _late(store, [Change((), rows)]):
        raise KeepingError(f"Somebody has just made a room {name.text}. Import into another: --room '#name'")


async def _write(store: Store, changes: list[Change]) -> None:
    if await _late(store, changes):
        raise KeepingError("Somebody else imports a room of this name at this moment: wait until that is done.")


async def _late(store: Store, changes: list[Change]) -> bool:
    return bool((await store.append(changes)).late)


async def _remove(store: Store, id: str) -> None:
    """Remove the unfinished room; what cannot be removed now, the next import of this name removes."""
    try:
        await store.append([Change((), (DeleteRoom(id),))])
    except StoreUnavailable:
        return
