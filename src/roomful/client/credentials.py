"""What logs a user of this machine in: tokens that servers gave to this device, and the code of a server's first owner.

Tokens lie in the platform's folder for a user's configuration, in a file that only this user can read: one for each account
and server, which is known by its epoch where it was met before, else by its address.
"""

import os
import secrets
from pathlib import Path

import msgspec
import platformdirs

FILE = "credentials.json"
OWNER = "owner.token"  # in a server's data folder
FOLDER_VARIABLE = "ROOMFUL_CONFIG"


class Credential(msgspec.Struct, frozen=True):
    """A token that a server gave to this device."""

    address: str  # as it was typed: tcp://HOST:PORT
    account: str  # folded
    token: str
    epoch: str = ""  # of the server's history


class Credentials:
    """The tokens of this user. What cannot be read is as if it were not there: then a password is asked for."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or config_folder()

    def token(self, address: str, account: str) -> str:
        """The token for an account at an address; empty if there is none."""
        return next((one.token for one in self._read() if _is(one, address, account)), "")

    def put(self, new: Credential) -> None:
        """Keep a token, in the place of an older one. Raises OSError."""
        kept = [one for one in self._read() if not _is(one, new.address, new.account)]
        self._write([*kept, new])

    def drop(self, address: str, account: str) -> None:
        """Forget a token. Raises OSError."""
        known = self._read()
        kept = [one for one in known if not _is(one, address, account)]
        if len(kept) < len(known):
            self._write(kept)

    def _read(self) -> list[Credential]:
        try:
            return msgspec.json.decode((self._folder / FILE).read_bytes(), type=list[Credential])
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return []

    def _write(self, several: list[Credential]) -> None:
        """Nobody else can read it at any moment, and it is never there in part."""
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = self._folder / f"{FILE}.{secrets.token_hex(4)}"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(several), indent=1))
        draft.replace(self._folder / FILE)


def _is(one: Credential, address: str, account: str) -> bool:
    return (one.address, one.account) == (address, account)


def config_folder() -> Path:
    """The platform's folder for a user's configuration, or what the environment says."""
    if wish := os.environ.get(FOLDER_VARIABLE):
        return Path(wish).expanduser()
    return Path(platformdirs.user_config_dir("roomful", appauthor=False))


def owner_code(data: Path) -> str:
    """The code with which the first owner of the server on these data registers; empty if there is none for this user."""
    try:
        return (data / OWNER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
