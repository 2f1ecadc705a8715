"""Files as the hub knows them: who may upload how much, who may read what, where the bytes are.

An upload is checked before its first byte is taken, written in threads while it comes, and then decided like any command: the
row of the file is what is true. How bytes and rows agree is in files/folder.py.
"""

import asyncio
import contextlib
import os
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

from msgspec import Meta, Struct

from roomful.domain.rights import may
from roomful.errors import FileTooLarge, NoSpace, NoSuchFile, NotAllowed, NoThumbnail, RateLimited
from roomful.files import Arriving, Folder, thumbs
from roomful.store import FileRecord
from roomful.threads import Threads

from .asking.readable import readable
from .limits import counted_as
from .quotas import Quotas
from .session import Participant
from .sweeping import Sweeper
from .thumbs import Thumbs
from .uploading import Incoming, disk

if TYPE_CHECKING:
    from .hub import Hub

THREADS = 2
AT_ONCE, AT_ONCE_OF_ADDRESS, AT_ONCE_IN_ALL = 4, 16, 64  # uploads of one participant, from one address, and of all
SMALL = 1_000_000  # bytes: a picture that needs no smaller one
PATH = "/files/"

T = TypeVar("T")


class FileSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`[files]`: what people attach to messages."""

    enabled: Annotated[bool, Meta(description="False: nothing can be uploaded; what was stays.")] = True
    max_size: Annotated[int, Meta(ge=1, description="The largest file, bytes.")] = 25_000_000
    daily: Annotated[
        int,
        Meta(
            ge=1,
            description="Bytes that one account may upload in 24 hours; or guests, all from one address together.",
        ),
    ] = 250_000_000
    types: Annotated[
        str,
        Meta(
            description="Media types that are taken, with spaces between: `image/* text/plain`; `*` stands for any characters. "
            "They are told by what a file holds."
        ),
    ] = "*"
    keep_free: Annotated[
        int, Meta(ge=0, description="Bytes that stay free on the disk: with less, nothing is taken.")
    ] = 1_000_000_000

    def takes(self, kind: str) -> bool:
        """Whether files of this media type are taken."""
        return any(fnmatchcase(kind, pattern) for pattern in self.types.split())


class Files:
    """Takes them, finds them. Without a folder there are none."""

    def __init__(self, hub: "Hub", folder: Folder | None, settings: FileSettings) -> None:
        self.hub = hub
        self.folder = folder
        self.settings = settings
        self.thumbs = Thumbs(folder, hub.store) if folder is not None else None
        self.sweeper = Sweeper(hub, folder, self.work) if folder is not None else None
        self._quotas = Quotas(hub.store, settings.daily, hub.clock)
        self._threads: Threads[Folder] | None = None
        self._under_way: list[tuple[str, str]] = []  # uploads: whose, and from where
        self._task: asyncio.Task[None] | None = None

    @property
    def most(self) -> int:
        """How large a file may be, bytes; 0: none is taken."""
        return self.settings.max_size if self.settings.enabled and self.folder is not None else 0

    # -- life -------------------------------------------------------------------------------------

    def start(self) -> None:
        """Begin to sweep."""
        if self.sweeper is not None:
            self._task = asyncio.get_running_loop().create_task(self.sweeper.run(), name="files")

    async def close(self) -> None:
        """Stop; what the threads have begun is finished."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self.thumbs is not None:
            self.thumbs.close()
        if self._threads is not None:
            self._threads.end()

    def erased(self) -> None:
        """Texts were erased just now, and their files with them: the bytes go too."""
        if self.sweeper is not None:
            self.sweeper.wake()

    def forget_old(self) -> None:
        """Forget whoever has uploaded nothing for a day."""
        self._quotas.forget_old()

    async def work(self, work: Callable[[Folder], T]) -> T:
        """What this returns, done in one of the threads. Raises what it raises."""
        if self.folder is None:
            raise NoSuchFile("This server keeps no files.")
        if self._threads is None:
            self._threads = Threads("roomful-files", [self.folder] * THREADS)
        return await self._threads.run(work)

    # -- in ---------------------------------------------------------------------------------------

    @contextlib.asynccontextmanager
    async def upload(self, me: Participant, room: str, size: int | None, address: str) -> AsyncIterator[Incoming]:
        """A file that somebody sends to a room. What is not finished when the block ends is gone.

        Args:
            size: how many bytes will come, if that is known.
            address: from where.

        Raises NotAllowed, NotMember, NoSuchRoom, Muted, Archived, FileTooLarge, Quota, NoSpace, RateLimited, StoreUnavailable.
        """
        if not self.settings.enabled or self.folder is None:
            raise NotAllowed("This server takes no files.")
        await self._check_room(me, room)
        if size is not None and size > self.settings.max_size:
            raise FileTooLarge(f"A file may have {self.settings.max_size:,} bytes at most; this one has {size:,}.")
        with self._counted(me.sender.id, counted_as(address)):
            limited = self.hub.limits.enabled
            spent = await self._quotas.of(me.sender.id, self._quota_of(me, address), limited=limited)
            spent.check(size or 0)
            arriving = await self._begin(size or 0)
            try:
                yield Incoming(self, me, room, arriving, spent)
            finally:
                await asyncio.shield(self.work(lambda _: arriving.discard()))

    async def _check_room(self, me: Participant, reference: str) -> None:
        """Whether somebody may post there now; it is decided again when all has come."""
        room = await readable(self.hub, me, reference, "post")
        role = room.state.role_of(me.sender.id, server_owner=me.owner)
        room.state.check_may_write(me.sender.id, role, self.hub.clock())

    async def _begin(self, size: int) -> Arriving:
        def begin(folder: Folder) -> Arriving:
            folder.make()
            if shutil.disk_usage(folder.path).free - size < self.settings.keep_free:
                raise NoSpace(retry_after=60.0)
            return folder.begin(self.settings.max_size)

        with disk():
            return await self.work(begin)

    def _quota_of(self, me: Participant, address: str) -> str:
        """By what uploads are counted: guests come and go, their address stays."""
        if me.account is not None or not self.hub.limits.by_address:
            return me.sender.id
        return "@" + counted_as(address)

    @contextlib.contextmanager
    def _counted(self, id: str, source: str) -> Iterator[None]:
        """One more upload is under way. Raises RateLimited."""
        if self.hub.limits.enabled:
            self._check_count(id, source)
        self._under_way.append((id, source))
        try:
            yield
        finally:
            self._under_way.remove((id, source))

    def _check_count(self, id: str, source: str) -> None:
        if sum(one == id for one, _ in self._under_way) >= AT_ONCE:
            raise RateLimited(f"At most {AT_ONCE} files are uploaded at once.", retry_after=1.0)
        of_address = sum(one == source for _, one in self._under_way)
        if self.hub.limits.by_address and of_address >= AT_ONCE_OF_ADDRESS:
            raise RateLimited(
                f"At most {AT_ONCE_OF_ADDRESS} files are uploaded from one address at once.", retry_after=1.0
            )
        if len(self._under_way) >= AT_ONCE_IN_ALL:
            raise RateLimited(f"At most {AT_ONCE_IN_ALL} files are uploaded at once: try again soon.", retry_after=1.0)

    # -- out --------------------------------------------------------------------------------------

    async def find(self, me: Participant, id: str) -> FileRecord:
        """The file, if the participant may read the message it hangs on, or has uploaded it. Raises NoSuchFile."""
        found = await self.hub.store.files([id])
        if not found or not await self._may_read(me, found[0]):
            raise NoSuchFile(f"There is no file {id:.64} that you may have.")
        return found[0]

    async def _may_read(self, me: Participant, file: FileRecord) -> bool:
        room = await self.hub.load_room("!" + file.room)
        member = room.state.members.get(me.sender.id) if room is not None else None
        if room is None or member is None or not may(member.role, "read", room.state.kind):
            return False
        return file.uploader == me.sender.id or (file.seq > 0 and file.seq >= room.state.first_of(me.sender.id))

    def place(self, file: FileRecord) -> Path:
        """Where its bytes lie. Raises NoSuchFile: nowhere."""
        if self.folder is None:
            raise NoSuchFile("This server keeps no files.")
        return self.folder.place(file.digest)

    async def small(self, file: FileRecord) -> tuple[Path, str]:
        """Where a small picture of it lies, and of which media type; a file that is small, itself.

        Raises NoThumbnail, RateLimited, NoSuchFile.
        """
        if self.thumbs is not None and thumbs.available():
            return await self.thumbs.of(file), thumbs.TYPE
        if file.type in thumbs.FORMATS and file.size <= SMALL:
            return self.place(file), file.type
        raise NoThumbnail("This server makes no small pictures: its operator may install roomful[images].")

    async def open(self, path: Path) -> "Opened":
        """Bytes in the folder. Raises NoSuchFile: they are not there."""

        def begin(_: Folder) -> Opened:
            return Opened(self, os.open(path, os.O_RDONLY))

        try:
            return await self.work(begin)
        except FileNotFoundError:
            raise NoSuchFile("The file was just removed.") from None


class Opened:
    """Bytes that are read, piece by piece, in threads."""

    def __init__(self, files: Files, handle: int) -> None:
        self._files = files
        self._handle = handle
        self.size = os.fstat(handle).st_size

    async def read(self, at: int, size: int) -> bytes:
        """So many bytes from there on; fewer at the end. Raises OSError."""
        return await self._files.work(lambda _: os.pread(self._handle, size, at))

    async def close(self) -> None:
        """Let go of them."""
        await asyncio.shield(self._files.work(lambda _: os.close(self._handle)))
