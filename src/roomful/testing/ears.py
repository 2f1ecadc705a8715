"""Somebody who listens and speaks as it is told to."""

import asyncio
from collections import deque
from pathlib import Path

from msgspec import Struct

from roomful.errors import OverBudget, RoomfulError
from roomful.speech.audio import Pcm, wave_file
from roomful.speech.contract import THIS_MACHINE, Transcript
from roomful.speech.prices import Rate

Step = str | asyncio.Event | RoomfulError  # hear this; wait for this, and hear the next; fail with this


class MadeSound(Struct, frozen=True):
    """A sound in a file."""

    path: str
    type: str = "audio/wav"
    made: bool = True


class HeardIt(Struct, frozen=True):
    """A clip of so many seconds."""

    transcript: Transcript
    seconds: float


class ScriptedEars:
    """Hears what it was told, one after the other, and then always "yes".

    ears = ScriptedEars("hello there", NoSpeech(), held, "at last")

    Without a `folder` it does not speak.
    """

    def __init__(self, *script: Step, folder: Path | None = None, by: str = THIS_MACHINE) -> None:
        self.listens_by = by
        self.speaks_by = by if folder is not None else ""
        self.listens_for = self.speaks_for = Rate("scripted")
        self.longest = 300.0
        self.lasts = 1.0  # s of each clip
        self.heard: list[Path] = []  # clips that it was given
        self.spoken: list[tuple[str, str]] = []  # texts and voices
        self.listening = asyncio.Event()  # it has been given a clip
        self.closed = False
        self._script = deque(script)
        self._folder = folder

    def then(self, *script: Step) -> None:
        """What it hears after all that it was told before."""
        self._script.extend(script)

    async def listen(self, path: Path, language: str = "", *, whom: str = "", most: float | None = None) -> HeardIt:
        """The next of what it was told."""
        if most is not None and self.lasts > most:
            raise OverBudget
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
        remark = "" if step else "Nothing in the clip was understood."
        return HeardIt(Transcript(step, seconds=self.lasts, remark=remark), self.lasts)

    async def speak(self, text: str, voice: str = "", *, whom: str = "", kept_only: bool = False) -> MadeSound:
        """A moment of silence; what was spoken once is kept."""
        assert self._folder is not None
        if (text, voice) in self.spoken:
            return MadeSound(str(self._folder / f"{self.spoken.index((text, voice)) + 1}"), made=False)
        if kept_only:
            raise OverBudget
        self.spoken.append((text, voice))
        path = self._folder / f"{len(self.spoken)}"
        path.write_bytes(wave_file(Pcm(bytes(320))))
        return MadeSound(str(path))

    async def close(self) -> None:
        """It listens no more."""
        self.closed = True
