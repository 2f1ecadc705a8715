"""Pages as they last came, so that a site that has nothing new need not send them again (RFC 9110, 13)."""

import hashlib
import os
import secrets
from pathlib import Path

import msgspec
from msgspec import Struct


class Kept(Struct, frozen=True):
    """A page that came."""

    url: str
    etag: str
    modified: str  # Last-Modified, as it came
    kind: str  # Content-Type
    body: bytes

    @property
    def conditions(self) -> dict[str, str]:
        """The header fields that ask for the page only if it has changed."""
        fields = {"If-None-Match": self.etag, "If-Modified-Since": self.modified}
        return {name: value for name, value in fields.items() if value}


class Cache:
    """Files in a folder, one a page, for their owner's eyes only: an address may hold a key. Without a folder, memory."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._memory: dict[str, Kept] = {}

    def get(self, url: str) -> Kept | None:
        """The page as it last came. One that cannot be read is none."""
        if self._folder is None:
            return self._memory.get(url)
        try:
            kept = msgspec.msgpack.decode(self._file(self._folder, url).read_bytes(), type=Kept)
        except (OSError, msgspec.DecodeError):
            return None
        return kept if kept.url == url else None

    def put(self, kept: Kept) -> None:
        """Keep a page, in place of the one before. Raises OSError."""
        if self._folder is None:
            self._memory[kept.url] = kept
            return
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._file(self._folder, kept.url)
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(msgspec.msgpack.encode(kept))
        draft.replace(path)

    @staticmethod
    def _file(folder: Path, url: str) -> Path:
        return folder / f"{hashlib.sha256(url.encode()).hexdigest()[:40]}.page"
