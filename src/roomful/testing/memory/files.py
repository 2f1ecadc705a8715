"""Files of the store in memory."""

from collections.abc import Callable, Iterable

from msgspec.structs import replace

from roomful.store import Attach, Blank, DropWaiting, FileRecord, PutFile, Swept, Taken


class MemoryFiles:
    """What a database holds of files, of all rooms."""

    def __init__(self) -> None:
        self.loose: set[bytes] = set()
        self._files: dict[str, FileRecord] = {}

    def taken(self, row: object) -> Taken:
        """Whether a file may not be attached: "file"; else empty."""
        if not isinstance(row, Attach):
            return ""
        file = self._files.get(row.file)
        free = file is not None and (file.room, file.uploader, file.seq) == (row.room, row.uploader, 0)
        return "" if free else "file"

    def put(self, row: object) -> None:
        """Write a row of files; another is passed over."""
        match row:
            case PutFile():
                self._files[row.file.id] = row.file
            case Attach():
                self._files[row.file] = replace(self._files[row.file], seq=row.seq)
            case Blank():
                self.drop(lambda file: (file.room, file.seq) == (row.room, row.target))
            case DropWaiting():
                self.drop(lambda file: not file.seq and file.created < row.before)
            case Swept():
                self.loose -= set(row.digests)

    def drop(self, gone: Callable[[FileRecord], bool]) -> None:
        """Remove those of which this is true."""
        for file in [file for file in self._files.values() if gone(file)]:
            del self._files[file.id]
            self.loose.add(file.digest)

    def found(self, ids: Iterable[str]) -> list[FileRecord]:
        """See `Store.files`."""
        return [self._files[id] for id in sorted(set(ids)) if id in self._files]

    def uploaded(self, participant: str, since: int) -> list[tuple[int, int]]:
        """See `Store.uploaded`."""
        mine = (file for file in self._files.values() if file.uploader == participant and file.created > since)
        return sorted((file.created, file.size) for file in mine)

    def referred(self) -> set[bytes]:
        """All digests to which there is a row."""
        return {file.digest for file in self._files.values()}

    def sizes(self, room: str | None = None) -> int:
        """How many bytes were uploaded, to this room or to all; in all, what came twice counts once."""
        if room is not None:
            return sum(file.size for file in self._files.values() if file.room == room)
        return sum({file.digest: file.size for file in self._files.values()}.values())
