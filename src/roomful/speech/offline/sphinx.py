"""Listening by pocketsphinx: US English, on this machine, in far less time than the clip lasts; and weak."""

import asyncio
import re
import threading
from typing import TYPE_CHECKING

from roomful.errors import ExtraMissing, NoSpeech, NoSuchVoice
from roomful.speech.audio import Clip, Pcm, decoded
from roomful.speech.contract import THIS_MACHINE, Transcript, Word

if TYPE_CHECKING:
    from pocketsphinx import Decoder

FRAMES = 100  # a second
# s before and behind the clip: where speech begins must be heard, and push to talk cuts that off
STILLNESS = 0.5
ALONE = {"cmn": "batch", "loglevel": "FATAL"}  # a clip is heard for itself, whatever came before it
FAST = {"fwdflat": False, "maxhmmpf": 1500, "maxwpf": 10, "ds": 2}  # a quarter of the time, for hardly more mistakes
STRICT = {
    "fwdflat": False,
    "bestpath": False,
    "lw": 1.0,
    "beam": 1e-64,
    "pbeam": 1e-64,
    "wbeam": 1e-40,
}  # a grammar is a short way already
WEAK = "pocketsphinx is an old and small listener: expect wrong words, most of all in names and long sentences."
ALTERNATIVE = re.compile(r"\(\d+\)$")  # pronounced in another way


class Sphinx:
    """Listens to English.

    With a grammar (JSGF, the Java Speech Grammar Format) it hears nothing but what that allows, and that well.
    """

    name = "offline"
    local = True
    destination = THIS_MACHINE

    def __init__(self, grammar: str = "") -> None:
        self._grammar = grammar
        self._decoder: Decoder | None = None
        self._lock = threading.Lock()  # a decoder hears one clip at a time

    async def transcribe(self, clip: Clip, language: str = "") -> Transcript:
        """See `Listener`."""
        if language and language.lower().partition("-")[0] != "en":
            raise NoSuchVoice(
                f"The offline listener knows English, not {language}: another one is set by [speech] listen."
            )
        return await asyncio.to_thread(self._hear, clip)

    async def close(self) -> None:
        """See `Listener`."""
        self._decoder = None

    def _hear(self, clip: Clip) -> Transcript:
        pcm = decoded(clip)
        with self._lock:
            words, said = self._decode(pcm)
        if not said:
            raise NoSpeech("Nothing in the clip was understood.")
        weights = [word.confidence or 0.0 for word in words]
        sure = sum(weights) / len(weights) if weights else None
        return Transcript(said, "en-US", words, sure, pcm.seconds, "" if self._grammar else WEAK)

    def _decode(self, pcm: Pcm) -> tuple[tuple[Word, ...], str]:
        decoder = self._decoder = self._decoder or self._load()
        decoder.start_utt()
        still = bytes(int(STILLNESS * pcm.rate) * 2)
        decoder.process_raw(still + pcm.samples + still, full_utt=True)
        decoder.end_utt()
        best = decoder.hyp()
        if best is None:
            return (), ""
        words = tuple(
            Word(
                ALTERNATIVE.sub("", one.word),
                _at(one.start_frame, pcm),
                _at(one.end_frame + 1, pcm),
                round(min(1.0, max(0.0, one.prob)), 3),
            )
            for one in decoder.seg()
            if one.word[0] not in "<[("
        )
        return words, best.hypstr.strip()

    def _load(self) -> "Decoder":
        try:
            from pocketsphinx import Decoder
        except ImportError:
            raise ExtraMissing("Listening offline takes pocketsphinx: pip install 'roomful[speech]'.") from None
        if not self._grammar:
            return Decoder(**ALONE, **FAST)
        decoder = Decoder(lm=None, **ALONE, **STRICT)
        decoder.add_jsgf_string("room", self._grammar)
        decoder.activate_search("room")
        return decoder


def _at(frame: int, pcm: Pcm) -> float:
    """Where a frame is in the clip, in s."""
    return round(min(pcm.seconds, max(0.0, frame / FRAMES - STILLNESS)), 2)
