"""A listener and a speaker that do as they are told, under the contracts of `roomful.speech`."""

import asyncio
from collections import deque
from collections.abc import AsyncGenerator

from roomful.errors import NoSpeech, RoomfulError
from roomful.speech.audio import RATE, Clip, Pcm, decoded, wave_header
from roomful.speech.contract import THIS_MACHINE, Transcript, Word

Step = str | RoomfulError  # hear this; fail with this
A_WORD = 0.2  # s
LOUD = (8_000).to_bytes(2, "little", signed=True) * 20 + (-8_000).to_bytes(2, "little", signed=True) * 20


class ScriptedListener:
    """Hears what it was told, one after the other, and then always "yes"; "" is nothing that could be understood."""

    name, local, destination = "scripted", True, THIS_MACHINE

    def __init__(self, *script: Step) -> None:
        self.heard: list[Clip] = []
        self._script = deque(script)

    def then(self, *script: Step) -> None:
        """What it hears after all that it was told before."""
        self._script.extend(script)

    async def transcribe(self, clip: Clip, language: str = "") -> Transcript:
        """See `Listener`."""
        seconds = (await asyncio.to_thread(decoded, clip)).seconds
        self.heard.append(clip)
        step = self._script.popleft() if self._script else "yes"
        if isinstance(step, RoomfulError):
            raise step
        if not step:
            raise NoSpeech("Nothing in the clip was understood.")
        words = step.split()
        each = seconds / len(words)
        timed = tuple(Word(word, at * each, (at + 1) * each, 1.0) for at, word in enumerate(words))
        return Transcript(step, language or "en-US", timed, 1.0, seconds)

    async def close(self) -> None:
        """See `Listener`."""


class ScriptedSpeaker:
    """Speaks a tone for each word, until it is told to fail."""

    name, local, destination, type = "scripted", True, THIS_MACHINE, "audio/wav"

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []  # texts and voices
        self.fails: RoomfulError | None = None  # after the first chunk

    async def speak(self, text: str, voice: str = "") -> AsyncGenerator[bytes, None]:
        """See `Speaker`."""
        self.asked.append((text, voice))
        yield wave_header(RATE)
        if self.fails is not None:
            raise self.fails
        for _ in text.split():
            yield tone(A_WORD).samples

    async def close(self) -> None:
        """See `Speaker`."""


def tone(seconds: float) -> Pcm:
    """A tone of 400 Hz."""
    return Pcm((LOUD * (int(seconds * RATE * 2) // len(LOUD) + 1))[: int(seconds * RATE) * 2])
