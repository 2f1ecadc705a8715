"""Clips: what they are by their first bytes, and the samples in them. WAV needs no library; all else is PyAV's."""

import array
import io
import struct
import sys
import wave
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from roomful.errors import AudioTooLong, BadAudio, ExtraMissing, NoSpeech

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame

RATE = 16_000  # samples a second, as those who listen want them
SILENT = 330  # of 32,768: no sample of a silent clip is louder (-40 dBFS)
WAV_HEADER = 44  # bytes
ENDLESS = 0x7FFF_FFFF  # as a length: it goes on until it ends

# The first bytes of what browsers, phones and programs record (RFC 6713, RFC 7845, Matroska, ISO/IEC 11172-3).
_SIGNS: tuple[tuple[int, bytes, str], ...] = (
    (8, b"WAVE", "audio/wav"),
    (0, b"\x1a\x45\xdf\xa3", "audio/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
    (4, b"ftyp", "audio/mp4"),
)
ENDINGS = {
    "audio/wav": ".wav",
    "audio/webm": ".webm",
    "audio/ogg": ".ogg",
    "audio/flac": ".flac",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
}


class Clip(Struct):
    """A recording as it came: a whole file."""

    data: bytes
    most_seconds: float = 300.0  # a longer one is refused
    samples: "Pcm | None" = None  # of `decoded`, which is asked by all who do something with it

    @property
    def type(self) -> str:
        """Its MIME type. Raises BadAudio."""
        found = sniffed(self.data)
        if not found:
            raise BadAudio()
        return found

    def __repr__(self) -> str:
        return f"Clip({len(self.data)} bytes)"


class Pcm(Struct, frozen=True):
    """Samples: one channel, 16 bits, little-endian."""

    samples: bytes
    rate: int = RATE

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return len(self.samples) / 2 / self.rate

    @property
    def silent(self) -> bool:
        """Whether nothing in it is loud enough to be speech."""
        values = array.array("h", self.samples)
        if sys.byteorder == "big":
            values.byteswap()
        return not values or (max(values) < SILENT and min(values) > -SILENT)


def sniffed(data: bytes) -> str:
    """The MIME type of a recording, by its first bytes; empty: it is none that we know."""
    for at, sign, type in _SIGNS:
        if data[at : at + len(sign)] == sign:
            return type
    if len(data) > 1 and data[0] == 0xFF and data[1] & 0xE6 == 0xE2:  # a frame of MPEG audio, layer III
        return "audio/mpeg"
    return ""


def decoded(clip: Clip) -> Pcm:
    """The samples of a clip, at RATE. Raises BadAudio, AudioTooLong, NoSpeech, ExtraMissing. Blocks: call it in a thread."""
    if clip.samples is None:
        pcm = _simple(clip) if clip.type == "audio/wav" else None
        pcm = pcm or _any(clip)
        if pcm.silent:
            raise NoSpeech("The clip is empty." if not pcm.samples else "The clip holds no speech: it is silent.")
        clip.samples = pcm
    return clip.samples


def _simple(clip: Clip) -> Pcm | None:
    """A WAV file that is as listeners want it; None: it is another. What it says of its length is looked at in any case."""
    try:
        with wave.open(io.BytesIO(clip.data)) as file:
            rate, size = file.getframerate(), file.getnchannels() * file.getsampwidth()
            plain = (file.getnchannels(), file.getsampwidth(), rate) == (1, 2, RATE)
            frames = file.getnframes()
            endless = frames >= ENDLESS // 2 // size  # written as it was recorded: it ends where it ends
            if frames / rate > clip.most_seconds and not endless:
                raise _too_long(clip, frames / rate)
            samples = file.readframes(frames)
    except (wave.Error, EOFError, struct.error, ZeroDivisionError):
        return None  # PyAV knows more of them
    if len(samples) < frames * size and not endless:
        there = len(samples) / size / rate
        raise BadAudio(f"The clip breaks off after {there:.1f} of {frames / rate:.1f} s: send it whole.")
    if not plain:
        return None
    pcm = Pcm(samples[: len(samples) // 2 * 2])
    if pcm.seconds > clip.most_seconds:
        raise _too_long(clip, pcm.seconds)
    return pcm


def _any(clip: Clip) -> Pcm:
    try:
        import av
    except ImportError:
        raise ExtraMissing(f"Reading {clip.type} takes PyAV: pip install 'roomful[speech]'.") from None
    samples = bytearray()
    most = int(clip.most_seconds * RATE * 2)
    try:
        with av.open(io.BytesIO(clip.data), metadata_errors="ignore") as container:
            if not container.streams.audio:
                raise BadAudio("The clip holds no sound.")
            resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
            for frame in _frames(container, resampler):
                samples += bytes(frame.planes[0])[: frame.samples * 2]
                if len(samples) > most:
                    raise _too_long(clip)
    except (av.FFmpegError, ValueError) as why:
        heard = f" after {len(samples) / 2 / RATE:.1f} s" if samples else ""
        raise BadAudio(f"The clip cannot be read{heard}: it is broken, or not whole.") from why
    return Pcm(bytes(samples))


def _frames(container: "object", resampler: "object") -> "Iterator[AudioFrame]":
    for frame in container.decode(audio=0):  # type: ignore[attr-defined]
        yield from resampler.resample(frame)  # type: ignore[attr-defined]
    yield from resampler.resample(None)  # type: ignore[attr-defined]


def _too_long(clip: Clip, seconds: float = 0.0) -> AudioTooLong:
    length = f"The clip lasts {_minutes(seconds)}" if seconds else "The clip goes on"
    return AudioTooLong(f"{length}, and at most {_minutes(clip.most_seconds)} are taken: send it in parts.")


def _minutes(seconds: float) -> str:
    whole = round(seconds)
    return f"{whole // 60}:{whole % 60:02} min" if whole >= 60 else f"{whole} s"


def wave_header(rate: int, samples: int = -1) -> bytes:
    """The beginning of a WAV file of one channel and 16 bits. `samples`: how many follow; -1: as many as come."""
    size = ENDLESS - WAV_HEADER if samples < 0 else samples * 2
    return b"".join(
        (
            struct.pack("<4sI4s", b"RIFF", size + WAV_HEADER - 8, b"WAVE"),
            struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, rate, rate * 2, 2, 16),
            struct.pack("<4sI", b"data", size),
        )
    )


def wave_file(pcm: Pcm) -> bytes:
    """The samples as a WAV file."""
    return wave_header(pcm.rate, len(pcm.samples) // 2) + pcm.samples


def settled(sound: bytes) -> bytes:
    """A sound that came in chunks, as a file: a WAV header that said "as much as comes" says how much came."""
    if sound[:4] != b"RIFF" or struct.unpack_from("<I", sound, WAV_HEADER - 4)[0] != ENDLESS - WAV_HEADER:
        return sound
    rate: int = struct.unpack_from("<I", sound, 24)[0]
    return wave_header(rate, (len(sound) - WAV_HEADER) // 2) + sound[WAV_HEADER:]
