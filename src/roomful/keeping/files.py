"""The bytes of uploaded files: copied beside a backup, brought back with it, compared with what the database says.

A backup of a database refers to bytes by their digests. So the database is copied first: a file that is uploaded meanwhile is
in neither, and one that is redacted meanwhile is missing, as it should be.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

from roomful.files import Folder
from roomful.files.folder import sync

from .checking import Finding
from .failures import KeepingError

Progress = Callable[[int, int], object]  # files done, files in all
Sizes = Mapping[bytes, int]  # by digest: how many bytes there are to be


def beside(backup: Path) -> Path:
    """The folder of files that belongs to a backup."""
    return backup.with_name(backup.name + ".files")


def back_up(folder: Path, wanted: Sizes, backup: Path, progress: Progress = lambda done, of: None) -> int:
    """Copy the bytes that a backup refers to into the folder beside it, and remove what an older backup left there.

    Returns how many were not there to be copied. Raises KeepingError.
    """
    target = beside(backup)
    if not wanted and not target.exists():
        return 0
    try:
        missing = _copy(Folder(folder), wanted, Folder(target), progress)
        for digest in list(Folder(target).digests()):
            if digest not in wanted:  # perhaps it was redacted since
                Folder(target).place(digest).unlink()
    except OSError as why:
        raise KeepingError(f"{target} cannot be written: {why.strerror}.") from None
    return missing


def bring_back(backup: Path, wanted: Sizes, folder: Path, now: float) -> tuple[Path | None, int]:
    """Put the bytes of a backup in place; whoever calls holds the lock of the data.

    Returns where what stood there is kept, and how many files the backup lacks. Raises KeepingError.
    """
    try:
        kept = _put_aside(folder, now)
        missing = _copy(Folder(beside(backup)), wanted, Folder(folder), lambda done, of: None) if wanted else 0
    except OSError as why:
        raise KeepingError(f"{folder} cannot be written: {why.strerror}.") from None
    return kept, missing


def check(folder: Path, wanted: Sizes) -> Iterator[Finding]:
    """Whether all files are there that the database tells of, and whether there are others."""
    there = Folder(folder)
    sizes = {digest: _size(there.place(digest)) for digest in wanted}
    missing = [digest for digest, size in sizes.items() if size is None]
    damaged = [digest for digest, size in sizes.items() if size not in (None, wanted[digest])]
    again = f"bring them back from a backup's folder of files into {folder}"
    for digests, what in ((missing, "missing"), (damaged, "damaged: their sizes are wrong")):
        if digests:
            yield Finding(f"{_counted(len(digests))} {what}, such as {there.place(digests[0])}", again)
    if not missing and not damaged:
        yield Finding(f"{_counted(len(wanted))} as the database says")
    strays = sum(digest not in wanted for digest in there.digests())
    if strays:  # of uploads under way, too
        yield Finding(f"{_counted(strays)} to which nothing refers: the server sweeps them away when it starts")


def _copy(source: Folder, wanted: Sizes, target: Folder, progress: Progress) -> int:
    missing = 0
    target.path.mkdir(mode=0o700, exist_ok=True)
    for done, (digest, size) in enumerate(wanted.items()):
        progress(done, len(wanted))
        place = target.place(digest)
        if _size(place) == size:
            continue
        place.parent.mkdir(mode=0o700, exist_ok=True)
        try:
            _copy_one(source.place(digest), place)
        except FileNotFoundError:
            missing += 1
    progress(len(wanted), len(wanted))
    return missing


def _copy_one(source: Path, target: Path) -> None:
    """One file, which is there whole or not at all, for its owner's eyes only."""
    part = target.with_name(target.name + ".part")
    try:
        with (
            source.open("rb") as old,
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as new,
        ):
            shutil.copyfileobj(old, new, 1024 * 1024)
            new.flush()
            os.fsync(new.fileno())
        part.replace(target)
        sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def _put_aside(folder: Path, now: float) -> Path | None:
    """Give what stands in the place another name."""
    if not folder.exists():
        return None
    name = f"{folder.name}.before-restore-{time.strftime('%Y%m%d-%H%M%S', time.gmtime(now))}"
    names = (folder.with_name(name if n == 1 else f"{name}-{n}") for n in count(1))
    return folder.rename(next(path for path in names if not path.exists()))


def _size(path: Path) -> int | None:
    with contextlib.suppress(FileNotFoundError):
        return path.stat().st_size
    return None


def _counted(number: int) -> str:
    return f"{number:,} uploaded file{'' if number == 1 else 's'}"
