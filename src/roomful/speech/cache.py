"""What was spoken once is not spoken again: sounds by speaker, voice and text, in a folder of at most so many bytes."""

import asyncio
import hashlib
import os
from collections import Counter
from pathlib import Path

from .audio import settled
from .contract import Speaker

MOST_BYTES = 200 * 1024 * 1024


class SpokenCache:
    """Sounds in files. Whoever asks while one is being made waits for it, and gets the same."""

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder, self._most = folder, most
        self._making: dict[str, asyncio.Lock] = {}
        self._waiting: Counter[str] = Counter()

    async def spoken(self, speaker: Speaker, text: str, voice: str = "") -> bytes:
        """The sound of a text. Raises SpeechError."""
        path, _ = await self.file(speaker, text, voice)
        return await asyncio.to_thread(path.read_bytes)

    async def kept(self, speaker: Speaker, text: str, voice: str = "") -> Path | None:
        """The file with the sound of a text, if it was spoken before."""
        key = self._key(speaker, text, voice)
        return self._folder / key if await asyncio.to_thread(self._is_kept, key) else None

    async def file(self, speaker: Speaker, text: str, voice: str = "") -> tuple[Path, bool]:
        """The file with the sound of a text, and whether it was made now. Raises SpeechError, OSError."""
        key = self._key(speaker, text, voice)
        self._waiting[key] += 1
        try:
            async with self._making.setdefault(key, asyncio.Lock()):
                made = not await asyncio.to_thread(self._is_kept, key)
                if made:
                    sound = settled(b"".join([chunk async for chunk in speaker.speak(text, voice)]))
                    await asyncio.to_thread(self._keep, key, sound)
                return self._folder / key, made
        finally:
            self._waiting[key] -= 1
            if not self._waiting[key]:
                del self._waiting[key]
                self._making.pop(key, None)

    def _key(self, speaker: Speaker, text: str, voice: str) -> str:
        return hashlib.sha256("\0".join((speaker.name, speaker.type, voice, text)).encode()).hexdigest()

    def _is_kept(self, key: str) -> bool:
        try:
            os.utime(self._folder / key)  # the least used go first
        except OSError:
            return False
        return True

    def _keep(self, key: str, sound: bytes) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        new = self._folder / f"{key}.new"
        new.write_bytes(sound)
        new.replace(self._folder / key)
        self._shrink(key)

    def _shrink(self, newest: str) -> None:
        others = (path for path in self._folder.iterdir() if path.name != newest)
        files = sorted((path.stat().st_mtime, path.stat().st_size, path) for path in others)
        total = sum(size for _, size, _ in files) + (self._folder / newest).stat().st_size
        for _, size, path in files:
            if total <= self._most:
                return
            path.unlink(missing_ok=True)
            total -= size
