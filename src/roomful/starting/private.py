"""Files for their owner's eyes only: the data folder holds every conversation, and what proves who somebody is."""

import os
from pathlib import Path

OTHERS = 0o077  # the bits of a file's mode that are for others than its owner


def from_now_on() -> None:
    """Whatever this process creates is for its owner only: the database and its companions, too, which SQLite creates."""
    os.umask(OTHERS)


def make(folder: Path) -> None:
    """Take from others what they may do with the files that are there, as an earlier release or a copy left them.

    Files of other owners stay as they are: `roomful check` tells of them. Raises OSError.
    """
    for path in folder.iterdir():
        status = path.lstat()
        if path.is_file() and not path.is_symlink() and status.st_mode & OTHERS and status.st_uid == os.geteuid():
            path.chmod(status.st_mode & ~OTHERS & 0o7777)


def write(path: Path, text: str) -> None:
    """Write a new file that nobody else could read for a moment either; one that is there gives way. Raises OSError."""
    draft = path.with_name(path.name + ".new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
    draft.replace(path)
