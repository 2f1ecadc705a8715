"""One file on its way in, from the first byte to the row that makes it one."""

import contextlib
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from roomful.domain.files import Attachment, safe_name
from roomful.errors import BadFileType, BadRequest, NoSpace
from roomful.files import Arrived, Arriving, Folder

from .prepared import Upload, Uploaded
from .quotas import Spent
from .session import Participant

if TYPE_CHECKING:
    from .files import Files

PIECE = 256 * 1024  # bytes written at once


class Incoming:
    """`write` what comes, then `finish`."""

    def __init__(self, files: "Files", me: Participant, room: str, arriving: Arriving, spent: Spent) -> None:
        self._files = files
        self._me = me
        self._room = room
        self._arriving = arriving
        self._spent = spent
        self._piece: list[bytes] = []
        self._size = 0  # of the piece

    async def write(self, data: bytes) -> None:
        """The next bytes. Raises FileTooLarge, Quota, NoSpace."""
        self._spent.add(len(data))
        self._piece.append(data)
        self._size += len(data)
        if self._size >= PIECE:
            await self._flush()

    async def _flush(self) -> None:
        piece, self._piece, self._size = b"".join(self._piece), [], 0
        with disk():
            await self._files.work(lambda _: self._arriving.write(piece))

    async def finish(self, name: str) -> Attachment:
        """All has come: the file is there from here on. Raises Refused; StoreUnavailable: the outcome is unknown."""
        await self._flush()
        if not self._arriving.size:
            raise BadRequest("The file is empty.")
        with disk():
            arrived = await self._files.work(lambda _: self._arriving.finish())
        settings = self._files.settings
        if not settings.takes(arrived.kind):
            raise BadFileType(f"Files of type {arrived.kind} are not taken here; these are: {settings.types}.")
        keep: Callable[[Folder], None] = partial(Folder.keep, arriving=self._arriving, arrived=arrived)
        with disk():
            await self._files.work(keep)
            attachment = await self._record(safe_name(name), arrived)
            await self._files.work(keep)  # a sweeper may have put the bytes aside before it could see the row
        return attachment

    async def _record(self, name: str, arrived: Arrived) -> Attachment:
        """Have the row decided and recorded, like any command."""
        wanted = Upload(self._room, name, arrived.digest, arrived.kind, arrived.size, arrived.width, arrived.height)
        said = await self._files.hub.decided(self._me, wanted)
        assert isinstance(said, Uploaded)
        return said.file


@contextlib.contextmanager
def disk() -> Iterator[None]:
    """What a disk may refuse, as an error that is answered."""
    try:
        yield
    except OSError as why:
        raise NoSpace(f"The file cannot be kept: {why.strerror}.", retry_after=60.0) from why
