"""Clips of every kind are read, and what is wrong with others is said."""

import pytest

from roomful.errors import AudioTooLong, BadAudio
from roomful.speech import Clip, Pcm, sniffed, wave_file
from roomful.speech.audio import decoded, settled, wave_header
from tests.support.speech import recorded

from .conftest import said

# container, codec, MIME type
KINDS = (
    ("webm", "libopus", "audio/webm"),
    ("ogg", "libopus", "audio/ogg"),
    ("mp3", "libmp3lame", "audio/mpeg"),
    ("flac", "flac", "audio/flac"),
    ("mp4", "aac", "audio/mp4"),
)
TONE = Pcm(b"".join((8000 if at // 20 % 2 else -8000).to_bytes(2, "little", signed=True) for at in range(16_000)))


@pytest.mark.parametrize(("container", "codec", "type"), KINDS)
def test_whatever_records_it_is_read(container: str, codec: str, type: str) -> None:
    data = recorded(TONE, container, codec)
    assert sniffed(data) == type
    assert decoded(Clip(data)).seconds == pytest.approx(1.0, abs=0.15)


async def test_another_rate_is_made_ours() -> None:
    spoken = await said("hello there")  # 22,050 samples a second
    pcm = decoded(Clip(spoken))
    assert pcm.rate == 16_000
    assert pcm.seconds == pytest.approx((len(spoken) - 44) / 2 / 22_050, abs=0.02)


@pytest.mark.parametrize(("container", "codec", "type"), KINDS)
def test_what_is_not_whole_is_explained_or_read_as_far_as_it_goes(container: str, codec: str, type: str) -> None:
    data = recorded(TONE, container, codec)
    try:
        assert decoded(Clip(data[: len(data) // 2])).seconds < 1.2
    except BadAudio as why:
        assert "broken, or not whole" in why.message


def test_a_wave_file_that_breaks_off_says_where() -> None:
    for rate in (16_000, 22_050):
        with pytest.raises(BadAudio, match=r"breaks off after 0\.\d of \d\.\d s"):
            decoded(Clip(wave_file(Pcm(TONE.samples, rate))[: 44 + 16_000]))


@pytest.mark.parametrize("data", [b"", b"RIFF", b"<html>no sound</html>", b"\x89PNG\r\n\x1a\n" + bytes(100)])
def test_what_is_no_recording_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(BadAudio, match="WAV, WebM, Ogg"):
        decoded(Clip(data))


def test_garbage_behind_a_good_beginning_is_refused() -> None:
    with pytest.raises(BadAudio, match="cannot be read"):
        decoded(Clip(b"OggS" + bytes(range(256)) * 20))


def test_a_long_clip_is_refused_before_all_of_it_is_decoded() -> None:
    data = recorded(Pcm(TONE.samples * 20), "mp3", "libmp3lame")
    with pytest.raises(AudioTooLong, match="at most 5 s are taken"):
        decoded(Clip(data, 5.0))


def test_a_sound_in_chunks_becomes_a_file_with_its_length() -> None:
    streamed = wave_header(16_000) + TONE.samples
    assert settled(streamed) == wave_file(TONE)
    assert settled(wave_file(TONE)) == wave_file(TONE)
