"""One server to a data folder."""

import fcntl
import os
from pathlib import Path
from typing import IO

from roomful.client.local import noted_addresses

from .failures import StartError


class Running(StartError):
    """Another server has the data."""


class Lock:
    """One server to a data folder: the second one is told where the first one runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[str] | None = None

    def __enter__(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.fdopen(os.open(self._folder / "lock", os.O_WRONLY | os.O_CREAT, 0o600), "a")
        except OSError as why:
            raise StartError(
                f"The data folder {self._folder} cannot be used: {why.strerror}. Choose one: --data FOLDER"
            ) from None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._file.close()
            noted = noted_addresses(self._folder) or {}
            where = f" at {noted['tcp']}" if noted.get("tcp") else ""
            hint = f"Talk there: roomful chat{' ' + noted['tcp'] if where else ''}"
            raise Running(
                f"A Roomful already runs{where} on the data in {self._folder}. {hint}, or choose other data: --data FOLDER"
            ) from None

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        self._file.close()
