"""What was typed before, which ↑ recalls: the newest thousand entries, in a file that only its owner may read.

What was said to one person is in it; what is secret, or stands where a secret may be mistyped, is not.
"""

import contextlib
import os
import re
import secrets
from pathlib import Path

from prompt_toolkit.history import FileHistory, History, InMemoryHistory

KEPT = 1_000  # entries
SPARE = 250  # entries more than that before the file is written anew

# Behind these a password might be typed by mistake: nothing but the command and one word is kept.
_SECRET = re.compile(r"/(?:register|login|password|unregister)\b", re.IGNORECASE)


def history(path: Path | None) -> History:
    """What is kept in this file; None: it is forgotten with the program."""
    if path is None:
        return InMemoryHistory()
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        path.chmod(0o600)
        _trim(path)
    except OSError:  # a folder that cannot be written: chatting goes on, what was typed is forgotten
        return InMemoryHistory()
    return _PrivateHistory(path)


class _PrivateHistory(FileHistory):
    def append_string(self, string: str) -> None:
        if not is_secret(string):
            super().append_string(string)

    def store_string(self, string: str) -> None:
        with contextlib.suppress(OSError):  # a full disk costs the history its line, and not the room
            super().store_string(string)


def is_secret(text: str) -> bool:
    """Whether something was typed that may hold a password."""
    return _SECRET.match(text) is not None and len(text.split()) > 1


def _trim(path: Path) -> None:
    """Leave the newest entries, if there are many more. Raises OSError.

    An entry is as prompt_toolkit writes it: an empty line, a comment with the time, and lines that begin with '+'.
    """
    data = path.read_bytes()
    begins = [found.start() for found in re.finditer(rb"^\n# ", data, re.MULTILINE)]
    if len(begins) <= KEPT + SPARE:
        return
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data[begins[-KEPT] :])
    draft.replace(path)
