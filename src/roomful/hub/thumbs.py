"""Small pictures: made once, in a thread that gives way to all others, and kept beside the files."""

import asyncio
import os
from pathlib import Path

from roomful.errors import NoThumbnail, RateLimited
from roomful.files import Folder, thumbs
from roomful.store import FileRecord, Store
from roomful.threads import Threads

MOST_WAITING = 32  # pictures that are asked for and not made yet
MOST_HOPELESS = 10_000  # pictures of which it is remembered that there is none
NICE = 10


class Thumbs:
    """Makes them."""

    def __init__(self, folder: Folder, store: Store) -> None:
        self._folder = folder
        self._store = store
        self._threads: Threads[Folder] | None = None  # begun with the first picture
        self._making: dict[bytes, asyncio.Future[None]] = {}  # by digest
        self._hopeless: dict[bytes, str] = {}  # by digest: why there is none

    def close(self) -> None:
        """Make no more."""
        if self._threads is not None:
            self._threads.end()

    async def of(self, file: FileRecord) -> Path:
        """Where the small picture of it lies. Raises NoThumbnail, RateLimited, OSError."""
        if file.type not in thumbs.FORMATS or not file.width:
            raise NoThumbnail(f"{file.name} is no picture of which there are small ones.")
        if file.width * file.height > thumbs.MOST_PIXELS:
            raise NoThumbnail(f"{file.name} has {file.width:,} x {file.height:,} pixels, which are too many.")
        if (why := self._hopeless.get(file.digest)) is not None:
            raise NoThumbnail(why)
        path = self._folder.thumb(file.digest)
        if not await asyncio.to_thread(path.exists):
            await self._made(file)
        return path

    async def _made(self, file: FileRecord) -> None:
        """Make it, or wait until it is made for somebody else."""
        making = self._making.get(file.digest)
        if making is None:
            if len(self._making) >= MOST_WAITING:
                raise RateLimited("Too many pictures are being made small: ask again.", retry_after=1.0)
            making = asyncio.ensure_future(self._make(file))
            self._making[file.digest] = making
            making.add_done_callback(lambda done: self._made_one(file.digest, done))
        await asyncio.shield(making)

    def _made_one(self, digest: bytes, made: "asyncio.Future[None]") -> None:
        del self._making[digest]
        if not made.cancelled():
            made.exception()  # whoever waits for it hears of it; perhaps nobody does any more

    async def _make(self, file: FileRecord) -> None:
        if self._threads is None:
            self._threads = Threads("roomful-thumbs", [self._folder], NICE)
        try:
            await self._threads.run(lambda folder: _write(folder, file))
        except NoThumbnail as why:
            if len(self._hopeless) >= MOST_HOPELESS:
                self._hopeless.clear()
            self._hopeless[file.digest] = why.message
            raise
        if not await self._store.referred([file.digest]):  # it was redacted meanwhile
            await self._threads.run(lambda folder: folder.thumb(file.digest).unlink(missing_ok=True))


def _write(folder: Folder, file: FileRecord) -> None:
    """Make the picture, which is there whole or not at all."""
    path = folder.thumb(file.digest)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_name(f"{path.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            thumbs.make(folder.place(file.digest), file.type, target)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
