"""A room, or all of them, into files, beside a running server: it only reads, up to the head that a room has at the start."""

import contextlib
import os
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import tzinfo
from pathlib import Path
from typing import BinaryIO, Literal

from roomful.domain.names import parse_room
from roomful.errors import BadName
from roomful.store import RoomRecord, Store

from . import dump, tables
from .failures import KeepingError
from .folding import Later, walk
from .pages import Page

Form = Literal["jsonl", "csv", "md"]


async def find_room(store: Store, reference: str) -> RoomRecord:
    """The room called `#name` or `!id`. Raises KeepingError, StoreUnavailable."""
    if reference.startswith("!"):
        found = await store.rooms_by_id([reference[1:]])
    else:
        try:
            found = await store.rooms_by_key([parse_room(reference).folded])
        except BadName as why:
            raise KeepingError(why.message) from None
    if not found:
        raise KeepingError(f"There is no room {reference} here. Its name is '#name', in quotes, or '!id'.")
    return found[0]


async def exported(
    store: Store, room: RoomRecord, form: Form, zone: tzinfo | None = None, clock: Callable[[], float] = time.time
) -> AsyncIterator[bytes]:
    """The room in this form, piece by piece; `zone` is that of days and times for people, None: this machine's.

    Raises StoreUnavailable.
    """
    first = dump.header(await store.meta("epoch"), room, int(clock() * 1000))
    if form == "jsonl":
        yield dump.begun(first)
        async for events in walk(store, room):
            yield dump.written(first.name, events)
        return
    later = Later()
    await later.gather(store, room)
    page = Page(zone)
    yield tables.begun() if form == "csv" else page.begun(first)
    write = tables.written if form == "csv" else page.written
    async for events in walk(store, room):
        yield write(await later.lines(store, room, events))


async def export_all(store: Store, form: Form, folder: Path, zone: tzinfo | None = None) -> list[Path]:
    """Every room into a file of its own. Raises KeepingError, StoreUnavailable."""
    _make(folder)
    written: list[Path] = []
    for id in await store.all_heads():
        for room in await store.rooms_by_id([id]):
            path = folder / f"{_file_name(room)}.{form}"
            with new_file(path) as file:
                async for piece in exported(store, room, form, zone):
                    file.write(piece)
            written.append(path)
    return written


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as why:
        raise KeepingError(f"{folder} cannot be made: {why.strerror}.") from None


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[BinaryIO]:
    """A file for its owner's eyes only, which is there whole or not at all. Raises KeepingError."""
    part = path.with_name(path.name + ".part")
    try:
        with open(part, "wb", opener=_private) as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as why:
        raise KeepingError(f"{path} cannot be written: {why.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _file_name(room: RoomRecord) -> str:
    """A name that every file system takes, and that no other room has: its id is part of it."""
    name = re.sub(r"[^\w-]+", "_", dump.address(room).lstrip("#!")).strip("_")[:48]
    return f"{name}-{room.id}" if room.kind != "direct" else f"direct-{room.id}"
