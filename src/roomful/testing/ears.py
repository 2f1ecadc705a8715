"""Somebody who listens and speaks as it is told to."""

import asyncio
from collections import deque
from pathlib import Path

from msgspec import Struct

from roomful.errors import RoomfulError
from roomful.speech.audio import Pcm, wave_file
from roomful.speech.contract import THIS_MACHINE, Transcript

Step = str | asyncio.Event | RoomfulError  # hear this; wait for this, and hear the next; fail with this


class MadeSound(Struct, frozen=True):
    """A sound in a file."""

    path: str
    type: str = "audio/wav"


class ScriptedEars:
    """Hears what it was told, one after the other, and then always "yes".

    ears = ScriptedEars("hello there", NoSpeech(), held, "at last")

    Without a `folder` it does not speak.
    """

    def __init__(self, *script: Step, folder: Path | None = None, by: str = THIS_MACHINE) -> None:
        self.listens_by = by
        self.speaks_by = by if folder is not None else ""
        self.heard: list[Path] = []  # clips that it was given
        self.spoken: list[tuple[str, str]] = []  # texts and voices
        self.listening = asyncio.Event()  # it has been given a clip
        self.closed = False
        self._script = deque(script)
        self._folder = folder

    def then(self, *script: Step) -> None:
        """What it hears after all that it was told before."""
        self._script.extend(script)

    async def listen(self, path: Path, language: str = "") -> Transcript:
        """The next of what it was told."""
        self.heard.append(path)
        self.listening.set()
        step = self._script.popleft() if self._script else "yes"
        if isinstance(step, asyncio.Event):
            after = self._script.popleft() if self._script else "yes"  # before others take it
            await step.wait()
            step = after
        if isinstance(step, RoomfulError):
            raise step
        assert isinstance(step, str)
        return Transcript(step, seconds=1.0)

    async def speak(self, text: str, voice: str = "") -> MadeSound:
        """A moment of silence."""
        assert self._folder is not None
        self.spoken.append((text, voice))
        path = self._folder / f"{len(self.spoken)}"
        path.write_bytes(wave_file(Pcm(bytes(320))))
        return MadeSound(str(path))

    async def close(self) -> None:
        """It listens no more."""
        self.closed = True
