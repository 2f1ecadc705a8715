"""Speaking by espeak-ng: a hundred languages, on this machine, at once; it sounds like a machine, and says so.

The library (C, loaded by ctypes) has one state for the whole process, and so there is one thread that speaks.
"""

import asyncio
import ctypes
import threading
from collections.abc import AsyncGenerator, Callable
from typing import Any

from roomful.errors import ExtraMissing, NoSuchVoice, SpeechError
from roomful.speech.audio import wave_header
from roomful.speech.contract import THIS_MACHINE

# speak_lib.h
_SYNCHRONOUS = 2
_BUFFER = 100  # ms of sound in a chunk
_CHARACTERS_UTF8 = 1
_POSITION_CHARACTER = 1
_DONT_EXIT = 0x8000
_RATE, _WORDS_A_MINUTE = 1, 165

VOICE = "en-us"

_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


class Espeak:
    """Speaks; a voice is one of espeak-ng's, as `en`, `de`, `en-gb+f3`."""

    name = "offline"
    local = True
    destination = THIS_MACHINE
    type = "audio/wav"

    def __init__(self, voice: str = VOICE) -> None:
        self._voice = voice

    async def speak(self, text: str, voice: str = "") -> AsyncGenerator[bytes, None]:
        """See `Speaker`."""
        loop = asyncio.get_running_loop()
        chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        given_up = threading.Event()

        def tell(chunk: bytes | None) -> None:
            loop.call_soon_threadsafe(chunks.put_nowait, chunk)

        def work() -> None:
            try:
                _engine().say(text, voice or self._voice, tell, given_up)
            finally:
                tell(None)

        work_done = asyncio.ensure_future(asyncio.to_thread(work))
        try:
            while (chunk := await chunks.get()) is not None:
                yield chunk
            await work_done
        finally:
            given_up.set()
            await asyncio.gather(work_done, return_exceptions=True)

    async def close(self) -> None:
        """See `Speaker`."""


class _Engine:
    """The library."""

    def __init__(self) -> None:
        try:
            import espeakng_loader
        except ImportError:
            raise ExtraMissing("Speaking offline takes espeak-ng: pip install 'roomful[speech]'.") from None
        self._lib = ctypes.CDLL(espeakng_loader.get_library_path())
        data = str(espeakng_loader.get_data_path()).encode()
        self.rate = int(self._lib.espeak_Initialize(_SYNCHRONOUS, _BUFFER, data, _DONT_EXIT))
        if self.rate <= 0:
            raise SpeechError("espeak-ng does not find its voices: install roomful[speech] anew.")
        self._lib.espeak_SetParameter(_RATE, _WORDS_A_MINUTE, 0)
        self._lock = threading.Lock()

    def say(self, text: str, voice: str, tell: Callable[[bytes], None], given_up: threading.Event) -> None:
        """Tell the sound, chunk by chunk. Raises NoSuchVoice."""

        def heard(samples: Any, count: int, _events: Any) -> int:
            if samples and count > 0:
                tell(ctypes.string_at(samples, count * 2))
            return int(given_up.is_set())  # 1: break off

        callback = _Callback(heard)
        spoken = text.replace("\0", " ").encode()
        with self._lock:
            if self._lib.espeak_SetVoiceByName(voice.encode()) != 0:
                raise NoSuchVoice(f"espeak-ng has no voice {voice}; one is named as en, de or en-gb+f3.")
            self._lib.espeak_SetSynthCallback(callback)
            tell(wave_header(self.rate))
            self._lib.espeak_Synth(spoken, len(spoken) + 1, 0, _POSITION_CHARACTER, 0, _CHARACTERS_UTF8, None, None)
            self._lib.espeak_Synchronize()


_loading = threading.Lock()
_loaded: _Engine | None = None


def _engine() -> _Engine:
    global _loaded
    with _loading:
        _loaded = _loaded or _Engine()
        return _loaded
