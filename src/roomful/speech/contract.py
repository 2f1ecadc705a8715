"""The contracts: a listener makes text of a clip, a speaker makes sound of a text."""

from collections.abc import AsyncGenerator
from typing import Protocol

from msgspec import Struct

from .audio import Clip

THIS_MACHINE = "this machine"


class Word(Struct, frozen=True, gc=False):
    """A word that was heard."""

    text: str
    begin: float  # s from the clip's beginning
    end: float
    confidence: float | None = None  # 0 to 1; None: the listener does not tell


class Transcript(Struct, frozen=True):
    """What was said in a clip."""

    text: str
    language: str = ""  # BCP 47, as the listener has it; empty: it does not tell
    words: tuple[Word, ...] = ()  # empty: the listener tells no times
    confidence: float | None = None  # 0 to 1, of the whole
    seconds: float = 0.0  # how long the clip is; 0: not known
    remark: str = ""  # what a reader should know of the listener: that it is weak, and why


class Listener(Protocol):
    """Makes text of clips."""

    name: str
    local: bool  # nothing that it hears leaves this machine
    destination: str  # a host, or "this machine"

    async def transcribe(self, clip: Clip, language: str = "") -> Transcript:
        """What was said.

        Args:
            language: of the clip, BCP 47; empty: as the listener finds.

        Raises BadAudio, AudioTooLong, NoSpeech, SpeechError.
        """
        ...

    async def close(self) -> None:
        """Free what it holds."""


class Speaker(Protocol):
    """Makes sound of texts."""

    name: str
    local: bool
    destination: str
    type: str  # of the sound: a MIME type

    def speak(self, text: str, voice: str = "") -> AsyncGenerator[bytes, None]:
        """The sound, in chunks as they come; together they are one file of `type`.

        Args:
            voice: as the speaker calls it; empty: the one it is set to.

        Raises SpeechError.
        """
        ...

    async def close(self) -> None:
        """Free what it holds."""


class Endpoint(Struct, frozen=True):
    """Where a service is, and how to come in."""

    base_url: str = ""
    key: str = ""
    proxy: str = ""
    timeout: float = 60.0  # s
    region: str = ""  # of Azure
    local: bool = False

    def __repr__(self) -> str:
        return f"Endpoint({self.base_url or self.region!r})"  # neither key nor proxy: a trace may show this
