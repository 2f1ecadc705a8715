"""The Roomful of this machine: where its data are, and at which addresses it listens just now.

A server notes its addresses in the data folder, so that a client of the same user needs none.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

import msgspec
import platformdirs

DEFAULT_TCP = "127.0.0.1:5002"
FOLDER_VARIABLE = "ROOMFUL_SERVER__DATA"
NOTE = "server.json"


class Note(msgspec.Struct, frozen=True):
    """What a server notes about itself."""

    pid: int
    addresses: dict[str, str]


def program() -> str:
    """What to type to run Roomful here: whoever started it by `uv run` has no `roomful` of their own."""
    return "uv run roomful" if os.environ.get("UV") else "roomful"


def data_folder() -> Path:
    """The folder of the server's data: what the environment says, else the platform's place for a user's data."""
    if wish := os.environ.get(FOLDER_VARIABLE):
        return Path(wish).expanduser()
    return Path(platformdirs.user_data_dir("roomful", appauthor=False))


def note_addresses(folder: Path, addresses: Mapping[str, str], pid: int | None = None) -> None:
    """Note where a server listens, by listener: `{"tcp": "127.0.0.1:5002"}`.

    `pid` is the server's, by default this process's. A reader sees the old note or the new one, never a part.
    Raises OSError.
    """
    note = Note(os.getpid() if pid is None else pid, dict(addresses))
    draft = folder / f"{NOTE}.{secrets.token_hex(4)}"
    draft.write_bytes(msgspec.json.encode(note))
    draft.replace(folder / NOTE)


def forget_addresses(folder: Path) -> None:
    """Remove the note, if there is one. Raises OSError."""
    (folder / NOTE).unlink(missing_ok=True)


def noted_addresses(folder: Path) -> dict[str, str] | None:
    """Where the server of this folder listens, by listener; None if none runs, or its note cannot be read."""
    try:
        note = msgspec.json.decode((folder / NOTE).read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None  # no server, another user's, or a broken disk: then there is no address to be had here
    return note.addresses if _lives(note.pid) else None


def _lives(pid: int) -> bool:
    if pid <= 0:  # os.kill would take these for groups of processes
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True  # it lives, and is somebody else's
    return True
