"""Files: how their rows are written, and what is asked of them. `no` is a room's number in the database.

A trigger notes the digest of each row that goes, whichever way it does: see `loose`.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import apsw
import msgspec

from roomful.store import Attach, DropWaiting, FileRecord, PutFile, Swept, Taken

WAITING_OF_AN_ACCOUNT = "DELETE FROM files WHERE uploader = ? AND seq = 0"

_PUT = """
    INSERT INTO files (id, room, uploader, digest, name, type, size, width, height, created, seq)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"""
_FREE = """
    SELECT 1 FROM files JOIN rooms ON rooms.no = files.room
    WHERE files.id = ? AND rooms.id = ? AND uploader = ? AND seq = 0"""
_FILES = """
    SELECT files.id, rooms.id, uploader, digest, files.name, type, size, width, height, files.created, seq
    FROM files JOIN rooms ON rooms.no = files.room
    WHERE files.id IN (SELECT value FROM json_each(?)) ORDER BY files.id"""
_UPLOADED = "SELECT created, size FROM files WHERE uploader = ? AND created > ? ORDER BY created, size"
_REFERRED = "SELECT 1 FROM files WHERE digest = ? LIMIT 1"


# -- writing ------------------------------------------------------------------------------------------


def taken(database: apsw.Connection, row: object) -> Taken:
    """Whether a file may not be attached: "file"; else empty."""
    if not isinstance(row, Attach):
        return ""
    return "" if database.execute(_FREE, (row.file, row.room, row.uploader)).get else "file"


def drop_of_line(database: apsw.Connection, no: int, seq: int) -> None:
    """The files that hang on a message are gone, in the transaction that is open. Raises apsw.Error."""
    database.execute("DELETE FROM files WHERE room = ? AND seq = ?", (no, seq))


def _put(database: apsw.Connection, no: int, row: PutFile) -> None:
    one = row.file
    about = (one.name, one.type, one.size, one.width, one.height, one.created, one.seq)
    database.execute(_PUT, (one.id, no, one.uploader, one.digest, *about))


def _attach(database: apsw.Connection, no: int, row: Attach) -> None:
    database.execute("UPDATE files SET seq = ? WHERE id = ? AND room = ?", (row.seq, row.file, no))


def _drop_waiting(database: apsw.Connection, row: DropWaiting) -> None:
    database.execute("DELETE FROM files WHERE seq = 0 AND created < ?", (row.before,))


def _swept(database: apsw.Connection, row: Swept) -> None:
    database.executemany("DELETE FROM loose WHERE digest = ?", [(digest,) for digest in row.digests])


PUT: dict[type, Callable[[apsw.Connection, Any], None]] = {DropWaiting: _drop_waiting, Swept: _swept}
PUT_IN_ROOM: dict[type, Callable[[apsw.Connection, int, Any], None]] = {PutFile: _put, Attach: _attach}


# -- reading ------------------------------------------------------------------------------------------


def files(database: apsw.Connection, ids: Sequence[str]) -> list[FileRecord]:
    """See `Store.files`."""
    return [FileRecord(*row) for row in database.execute(_FILES, (msgspec.json.encode(ids).decode(),))]


def uploaded(database: apsw.Connection, participant: str, since: int) -> list[tuple[int, int]]:
    """See `Store.uploaded`."""
    return [(int(at), int(size)) for at, size in database.execute(_UPLOADED, (participant, since))]


def loose(database: apsw.Connection, limit: int) -> list[bytes]:
    """See `Store.loose`."""
    return [digest for (digest,) in database.execute("SELECT digest FROM loose ORDER BY digest LIMIT ?", (limit,))]


def referred(database: apsw.Connection, digests: Iterable[bytes]) -> set[bytes]:
    """See `Store.referred`."""
    return {digest for digest in digests if database.execute(_REFERRED, (digest,)).get is not None}
