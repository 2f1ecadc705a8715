"""One file on its way in: written under a name of nobody's, hashed on the way."""

import contextlib
import hashlib
import os
from pathlib import Path

from msgspec import Struct

from roomful.errors import FileTooLarge

from .images import dimensions
from .kinds import Looking


class Arrived(Struct, frozen=True):
    """What has come."""

    digest: bytes  # SHA-256
    size: int  # bytes
    kind: str  # media type, by what it holds
    width: int = 0  # pixels; 0: no image
    height: int = 0


class Arriving:
    """`write` what comes, `finish`, then let the folder keep it; `discard` in any case. Each raises OSError."""

    def __init__(self, path: Path, most: int) -> None:
        self.path = path
        self.size = 0
        self._most = most  # bytes
        self._hash = hashlib.sha256()
        self._looking = Looking()
        self._file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b")

    def write(self, data: bytes) -> None:
        """The next bytes. Raises FileTooLarge."""
        self.size += len(data)
        if self.size > self._most:
            raise FileTooLarge(f"A file may have {self._most:,} bytes at most.")
        self._hash.update(data)
        self._looking.feed(data)
        self._file.write(data)

    def finish(self) -> Arrived:
        """All has come, and is on the disk from here on."""
        self._file.flush()
        os.fsync(self._file.fileno())
        kind = self._looking.kind()
        width, height = dimensions(kind, self._file) or (0, 0)
        self._file.close()
        return Arrived(self._hash.digest(), self.size, kind, width, height)

    def discard(self) -> None:
        """Let go of it: what was kept stays, what was not is gone."""
        with contextlib.suppress(OSError):  # what could not be written at its end is not wanted
            self._file.close()
        self.path.unlink(missing_ok=True)
