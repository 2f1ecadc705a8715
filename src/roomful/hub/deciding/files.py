"""Files: one that was uploaded gets its row; a message takes those that it names."""

from collections.abc import Sequence

from msgspec.structs import replace

from roomful.domain.answers import Done
from roomful.domain.events import Sender
from roomful.domain.room import RoomState
from roomful.errors import FileAttached, NoSuchFile
from roomful.store import Attach, FileRecord, PutFile, Row

from ..prepared import Spent, Upload, Uploaded
from ..work import Pending, Result
from .batch import Batch


def upload(batch: Batch, pending: Pending, command: Upload) -> Result:
    """All of a file has come: it is there, and hangs on nothing yet."""
    sender, fork = batch.member(pending, command.room)
    assert pending.participant is not None
    role = fork.require(sender.id, "post", server_owner=pending.participant.owner)
    fork.check_may_write(sender.id, role, batch.now)
    file = FileRecord(
        batch.hub.new_id("f"),
        fork.id,
        sender.id,
        command.digest,
        command.name,
        command.kind,
        command.size,
        command.width,
        command.height,
        batch.now,
    )
    batch.loaded.files[file.id] = file
    return Result(pending, Uploaded(file.attachment), batch.change([], [PutFile(fork.id, file)]))


def spent(batch: Batch, pending: Pending, command: Spent) -> Result:
    """What a clip, or what was read out, has cost; of a room that is gone by now, nobody asks any more."""
    there = batch.find(command.room) is not None
    return Result(pending, Done(), batch.change([], [command.row]) if there else -1)


def named(batch: Batch, fork: RoomState, sender: Sender, ids: Sequence[str]) -> list[FileRecord]:
    """The files that a message names: its sender's, of its room, and of no message yet. Raises NoSuchFile, FileAttached."""
    found: list[FileRecord] = []
    for id in ids:
        file = batch.loaded.files.get(id)
        if file is None or (file.room, file.uploader) != (fork.id, sender.id):
            raise NoSuchFile(f"You have uploaded no file {id:.64} to {fork.address}.", field="attachments")
        if file.seq or file in found:
            raise FileAttached(f"{file.name} is attached to a message already: upload it again.", field="attachments")
        found.append(file)
    return found


def attached(batch: Batch, files: Sequence[FileRecord], seq: int) -> list[Row]:
    """The message with this number has them: for the store, and for the commands that follow."""
    for file in files:
        batch.loaded.files[file.id] = replace(file, seq=seq)
    return [Attach(file.room, file.id, file.uploader, seq) for file in files]
