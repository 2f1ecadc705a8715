"""Servers that were trusted on first use: which certificate each showed then.

One line each in a file that its user may edit: `HOST:PORT sha256:…`.
"""

import os
import secrets
from pathlib import Path

from roomful.client.addresses import Address
from roomful.client.credentials import config_folder

FILE = "known_servers"


class Pins:
    """The pins of this user."""

    def __init__(self, folder: Path | None = None) -> None:
        self.file = (folder or config_folder()) / FILE

    def of(self, address: Address) -> str:
        """The pin of a server; empty: there is none yet. Raises OSError: there may be one, and it cannot be read."""
        return self._read().get(_key(address), "")

    def keep(self, address: Address, pin: str) -> None:
        """Remember a server's pin, in place of an older one. Raises OSError."""
        pins = self._read() | {_key(address): pin}
        self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self.file.with_name(f"{FILE}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.writelines(f"{server} {known}\n" for server, known in pins.items())
        draft.replace(self.file)

    def _read(self) -> dict[str, str]:
        try:
            lines = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except FileNotFoundError:
            return {}
        pairs = (line.split() for line in lines)
        return {pair[0]: pair[1] for pair in pairs if len(pair) == 2 and not pair[0].startswith("#")}


def _key(address: Address) -> str:
    return str(address).removeprefix("tls://").lower()
