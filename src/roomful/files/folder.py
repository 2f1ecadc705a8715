"""The folder of bytes: each file lies once, under its SHA-256, however often it was uploaded.

    files/ab/abcdef…          bytes, named by what they are
    files/incoming/…          on their way in
    files/gone/abcdef…-…      on their way out
    files/thumbs/ab/abcdef…   small pictures, made again when they are missed

What the folder holds and what rows say may differ for a moment only, whatever dies in between, and whoever else uploads or
sweeps at the same time:

    in    write, fsync, `keep` (a link under the digest), record the row, `keep` again, discard
    out   `put_aside`, look which rows there are, then `finish`: what is needed is put back, the rest is erased

Either the sweeper sees the row, or whoever recorded it sees that the bytes were put aside, and keeps them again.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from .arriving import Arrived, Arriving

SHARDS = tuple(f"{n:02x}" for n in range(256))
ABANDONED = 3_600  # s after which what is on its way in, and was not written to, comes no more
PORTION = 500


class Aside(NamedTuple):
    """Bytes that were taken out of their place."""

    digest: bytes
    path: Path


class Folder:
    """Every method blocks, and raises OSError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._incoming = path / "incoming"
        self._gone = path / "gone"
        self._thumbs = path / "thumbs"

    def make(self) -> None:
        """See that it is there, for its owner's eyes only."""
        for path in (self.path, self._incoming, self._gone, self._thumbs):
            path.mkdir(mode=0o700, exist_ok=True)

    def place(self, digest: bytes) -> Path:
        """Where bytes with this digest lie."""
        name = digest.hex()
        return self.path / name[:2] / name

    def thumb(self, digest: bytes) -> Path:
        """Where the small picture of it lies."""
        name = digest.hex()
        return self._thumbs / name[:2] / name

    # -- in ---------------------------------------------------------------------------------------------

    def begin(self, most: int) -> Arriving:
        """A file that is to come, of so many bytes at most."""
        self.make()
        return Arriving(self._incoming / secrets.token_hex(16), most)

    def keep(self, arriving: Arriving, arrived: Arrived) -> None:
        """See that the bytes lie in their place; they may do so already."""
        place = self.place(arrived.digest)
        if place.exists():
            return
        place.parent.mkdir(mode=0o700, exist_ok=True)
        with contextlib.suppress(FileExistsError):  # somebody else was first, with the same bytes
            os.link(arriving.path, place)
        sync(place.parent)

    # -- out --------------------------------------------------------------------------------------------

    def put_aside(self, digests: Iterable[bytes]) -> list[Aside]:
        """Take bytes out of their place, for as long as it takes to look whether a row refers to them."""
        aside = []
        for digest in digests:
            # Of nobody else's name: what another sweeper has put aside is for that one to decide.
            path = self._gone / f"{digest.hex()}-{secrets.token_hex(8)}"
            with contextlib.suppress(FileNotFoundError):
                self.place(digest).rename(path)
                aside.append(Aside(digest, path))
        return aside

    def finish(self, aside: Iterable[Aside], needed: Collection[bytes]) -> None:
        """Erase what was put aside; put back what is needed."""
        for digest, path in aside:
            if digest in needed:
                with contextlib.suppress(FileNotFoundError, FileExistsError):
                    os.link(path, self.place(digest))
            else:
                self.thumb(digest).unlink(missing_ok=True)
            path.unlink(missing_ok=True)

    def aside(self) -> list[Aside]:
        """What was put aside by whoever died before the end."""
        return [Aside(digest, path) for digest, path in _digests(self._gone)]

    def abandoned(self) -> None:
        """Remove what was on its way in, and comes no more."""
        before = time.time() - ABANDONED
        for path in _entries(self._incoming):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()

    # -- all of it ----------------------------------------------------------------------------------------

    def digests(self) -> Iterator[bytes]:
        """What lies in its place."""
        for shard in SHARDS:
            yield from (digest for digest, _ in _digests(self.path / shard))


def _digests(folder: Path) -> Iterator[tuple[bytes, Path]]:
    for path in _entries(folder):
        with contextlib.suppress(ValueError):  # a file of somebody else
            if len(digest := bytes.fromhex(path.name.partition("-")[0])) == 32:
                yield digest, path


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except FileNotFoundError:
        return []


def sync(folder: Path) -> None:
    """Wait until the names in the folder are on the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
