"""The rows of files that are uploaded: who may attach them, what they hang on, and which bytes nobody needs any more.

The bytes lie elsewhere, under their SHA-256; a row refers to them. Whichever way a row goes, the store notes its digest in the
same transaction, so that whoever keeps the bytes can look whether another row refers to them: see `Store.loose`.
"""

from msgspec import Struct

from roomful.domain.files import Attachment


class FileRecord(Struct, frozen=True, gc=False):
    """A file as the store knows it."""

    id: str
    room: str  # id
    uploader: str  # id of a participant
    digest: bytes  # SHA-256 of its bytes
    name: str
    type: str
    size: int  # bytes
    width: int  # pixels; 0: it is no image
    height: int
    created: int  # ms
    seq: int = 0  # the message that it is attached to; 0: none yet

    @property
    def attachment(self) -> Attachment:
        """What a message tells of it."""
        return Attachment(self.id, self.name, self.type, self.size, self.width or None, self.height or None)


class PutFile(Struct, frozen=True, gc=False):
    """A file was uploaded to a room, and is attached to nothing yet."""

    room: str
    file: FileRecord


class Attach(Struct, frozen=True, gc=False):
    """The file hangs on the message with this number. It goes with its text: see `Blank`.

    Taken ("file") unless it is this uploader's, is this room's, and hangs on nothing yet.
    """

    room: str
    file: str
    uploader: str
    seq: int


class DropWaiting(Struct, frozen=True, gc=False):
    """Files that were uploaded before this time (ms) and hang on nothing are gone."""

    before: int


class Swept(Struct, frozen=True, gc=False):
    """It was seen to it that there are no bytes with these digests, or that a row refers to them: they are not loose any more."""

    digests: tuple[bytes, ...]
