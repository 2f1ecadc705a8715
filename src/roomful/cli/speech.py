"""`roomful transcribe` and `roomful speak`: speech to text and back, without a room."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from cyclopts import Parameter
from msgspec import structs

from roomful.config import ConfigError
from roomful.errors import RoomfulError
from roomful.models import ModelsSettings, variables
from roomful.models.voices import listener, speaker
from roomful.speech import Clip, Transcript
from roomful.speech.audio import settled

from .common import USAGE, ConfigFile, failed, settings
from .listing import write_out

if TYPE_CHECKING:
    from roomful.speech.settings import SpeechSettings

Provider = Annotated[
    str | None, Parameter(help="offline, azure, openai, or NAME:MODEL; else as [speech] says, else offline.")
]
CLIENT = 64 * 1024 * 1024  # bytes of a file, at most: minutes of any recording


def transcribe(
    file: Annotated[Path, Parameter(help="A recording: WAV, WebM, Ogg, FLAC, MP3 or MP4.")],
    /,
    *,
    provider: Provider = None,
    language: Annotated[str, Parameter(help="What is spoken, as en-US or de; else as the listener finds.")] = "",
    grammar: Annotated[Path | None, Parameter(help="Offline: hear only what this JSGF grammar allows.")] = None,
    form: Annotated[Literal["text", "json"], Parameter(name="--format")] = "text",
    out: Annotated[Path | None, Parameter(help="Write into this new file.")] = None,
    config_file: ConfigFile = None,
) -> int:
    """Write down what is said in a recording. JSON has the words with their times and confidence."""
    try:
        wanted, known = _settings(config_file, listen=provider)
        if file.stat().st_size > CLIENT:
            return failed(f"{file} is larger than {CLIENT >> 20} MiB: cut it into parts.")
        clip = Clip(file.read_bytes(), wanted.max_seconds)
        jsgf = grammar.read_text("utf-8") if grammar is not None else ""
        heard = asyncio.run(_heard(wanted, known, clip, language or wanted.language, jsgf))
    except ConfigError as why:
        return failed(str(why), USAGE)
    except OSError as why:
        return failed(f"{why.filename} cannot be read: {why.strerror}.")
    except RoomfulError as why:
        return failed(why.message)
    if form == "json":
        return write_out(msgspec.json.format(msgspec.json.encode(heard), indent=1).decode() + "\n", out)
    if heard.remark:
        sys.stderr.write(heard.remark + "\n")
    return write_out(heard.text + "\n", out)


def speak(
    text: Annotated[str | None, Parameter(help="What to say; else standard input.")] = None,
    /,
    *,
    out: Annotated[Path, Parameter(help="The new file for the sound: WAV from the offline speaker, else MP3.")],
    provider: Provider = None,
    voice: Annotated[str, Parameter(help="As the speaker calls it: en-us, de, alloy, en-US-AvaNeural.")] = "",
    config_file: ConfigFile = None,
) -> int:
    """Speak a text into a sound file."""
    words = sys.stdin.read() if text is None else text
    if not words.strip():
        return failed("There is nothing to say.", USAGE)
    try:
        wanted, known = _settings(config_file, speak=provider)
        sound, how = asyncio.run(_spoken(wanted, known, words, voice))
        _keep(sound, out)
    except ConfigError as why:
        return failed(str(why), USAGE)
    except FileExistsError:
        return failed(f"{out} is there already: name another file.")
    except OSError as why:
        return failed(f"{out} cannot be written: {why.strerror}.")
    except RoomfulError as why:
        return failed(why.message)
    sys.stderr.write(f"{out}: {how}.\n")
    return 0


def _settings(config_file: Path | None, **by: str | None) -> "tuple[SpeechSettings, ModelsSettings]":
    """As configured, but for who shall do it; offline, where nothing says who."""
    found = settings(config_file, None)
    ((field, name),) = by.items()
    chosen = structs.replace(found.speech, **{field: name or getattr(found.speech, field) or "offline"})
    return chosen, ModelsSettings(found.providers, variables())


async def _heard(
    wanted: "SpeechSettings", known: ModelsSettings, clip: Clip, language: str, grammar: str
) -> Transcript:
    listening = listener(wanted, known, grammar=grammar)
    try:
        return await listening.transcribe(clip, language)
    finally:
        await listening.close()


async def _spoken(wanted: "SpeechSettings", known: ModelsSettings, text: str, voice: str) -> tuple[bytes, str]:
    """The sound, and a sentence about it."""
    speaking = speaker(wanted, known)
    try:
        sound = b"".join([chunk async for chunk in speaking.speak(text, voice)])
    finally:
        await speaking.close()
    return settled(sound), f"{speaking.type}, by {speaking.name}"


def _keep(sound: bytes, out: Path) -> None:
    """Raises OSError; FileExistsError: nothing is written over."""
    with os.fdopen(os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
        file.write(sound)
