"""The server's side of the booth.

It has a process to listen and one to speak: whoever listens may hold Python's lock for as long as a clip takes, and an answer's
first sentence does not wait for that.
"""

import asyncio
import itertools
from collections.abc import Sequence
from pathlib import Path

from roomful.errors import SpeechTrouble, codes
from roomful.log import Log
from roomful.models import ModelsSettings, variables
from roomful.models.voices import destination, listening_rate, speaking_rate
from roomful.speech.prices import Rate

from .jobs import Failed, Heard, Listen, Outcome, Setup, Speak, Spoken
from .process import WORDS, Process


class Booth:
    """Listens and speaks."""

    def __init__(self, setup: Setup, log: Log, words: Sequence[str] = WORDS) -> None:
        self._speech = setup.speech
        self._models = ModelsSettings(setup.providers, variables())
        self._numbers = itertools.count(1)
        self.listening, self.speaking = Process(setup, log, words), Process(setup, log, words)

    @property
    def listens_by(self) -> str:
        """Where clips go, for people; empty: nobody listens."""
        return destination(self._speech.listen, self._speech, self._models)

    @property
    def speaks_by(self) -> str:
        """Where texts go that are spoken; empty: nobody speaks."""
        return destination(self._speech.speak, self._speech, self._models)

    @property
    def listens_for(self) -> Rate:
        """What a second of a clip costs."""
        return listening_rate(self._speech, self._models)

    @property
    def speaks_for(self) -> Rate:
        """What a character of a text costs."""
        return speaking_rate(self._speech, self._models)

    @property
    def longest(self) -> float:
        """How long a clip may be, in s."""
        return self._speech.max_seconds

    async def listen(self, path: Path, language: str = "", *, whom: str = "", most: float | None = None) -> Heard:
        """What is said in a recording. Raises SpeechError, ModelError, TryLater."""
        heard = _well(await self.listening.ask(Listen(next(self._numbers), str(path), language, whom, most)))
        assert isinstance(heard, Heard)
        return heard

    async def speak(self, text: str, voice: str = "", *, whom: str = "", kept_only: bool = False) -> Spoken:
        """A text's sound, in a file. Raises SpeechError, ModelError, TryLater."""
        spoken = _well(await self.speaking.ask(Speak(next(self._numbers), text, voice, whom, kept_only)))
        assert isinstance(spoken, Spoken)
        return spoken

    async def close(self) -> None:
        """Let the processes go. Whoever waits is told that they broke off."""
        await asyncio.gather(self.listening.close(), self.speaking.close())


def _well(outcome: Outcome) -> Outcome:
    """An outcome that is none of failure. Raises RoomfulError."""
    if isinstance(outcome, Failed):
        known = {kind.code: kind for kind in codes()}
        raise known.get(outcome.code, SpeechTrouble)(outcome.message, retry_after=outcome.retry_after)
    return outcome
