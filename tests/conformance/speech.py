"""What whoever listens must keep to, and whoever speaks: the suites, which `test_speech.py` runs over every adapter."""

import asyncio
from collections.abc import Callable

import pytest

from roomful.errors import AudioTooLong, BadAudio, NoSpeech, SpeechError
from roomful.speech.audio import Clip, Pcm, decoded, settled, sniffed, wave_file
from roomful.speech.contract import Listener, Speaker
from tests.support.speech import BAD_VOICE, recorded

PHRASES = ("open the window", "close the door", "good morning")
KINDS = (("wav", "pcm_s16le"), ("webm", "libopus"), ("ogg", "libopus"), ("mp3", "libmp3lame"), ("flac", "flac"))
SILENCE = wave_file(Pcm(bytes(32_000)))

Told = Callable[[bytes, str], None]


async def as_wave(text: str) -> bytes:
    """A phrase, as espeak-ng says it, with a moment of stillness around it: at the rate of those who listen."""
    from roomful.speech.offline.espeak import Espeak

    said = settled(b"".join([chunk async for chunk in Espeak().speak(text)]))
    pcm = await asyncio.to_thread(decoded, Clip(said))
    return wave_file(Pcm(bytes(6_400) + pcm.samples + bytes(6_400), pcm.rate))


class ListenerSuite:
    """Speech to text. `listener` understands PHRASES; `told` lets one that cannot hear know what a clip says."""

    async def test_it_says_who_it_is_and_where_clips_go(self, listener: Listener) -> None:
        assert listener.name
        assert listener.destination
        assert listener.local is (listener.destination == "this machine")

    @pytest.mark.parametrize(("container", "codec"), KINDS)
    async def test_the_right_words_come_back_from_any_recording(
        self, listener: Listener, told: Told, container: str, codec: str
    ) -> None:
        wave = await as_wave(PHRASES[0])
        clip = wave if container == "wav" else recorded(decoded(Clip(wave)), container, codec)
        told(clip, PHRASES[0])
        heard = await listener.transcribe(Clip(clip))
        assert heard.text == PHRASES[0]
        assert heard.seconds == pytest.approx(decoded(Clip(clip)).seconds, abs=0.05)
        assert heard.confidence is None or 0 <= heard.confidence <= 1
        times = [at for word in heard.words for at in (word.begin, word.end)]
        assert times == sorted(times)
        assert all(word.confidence is None or 0 <= word.confidence <= 1 for word in heard.words)

    async def test_several_at_once_do_not_mix(self, listener: Listener, told: Told) -> None:
        clips = [await as_wave(phrase) for phrase in PHRASES]
        for clip, phrase in zip(clips, PHRASES, strict=True):
            told(clip, phrase)
        heard = await asyncio.gather(*(listener.transcribe(Clip(clip)) for clip in clips))
        assert [one.text for one in heard] == list(PHRASES)

    @pytest.mark.parametrize(
        ("clip", "error", "words"),
        [
            (SILENCE, NoSpeech, "silent"),
            (wave_file(Pcm(b"")), NoSpeech, "empty"),
            (b"", BadAudio, "no recording"),
            (b"<html>no sound</html>", BadAudio, "no recording"),
            (b"OggS" + bytes(range(256)) * 20, BadAudio, "cannot be read"),
        ],
    )
    async def test_what_nobody_can_hear_is_answered_as_such_and_goes_nowhere(
        self, listener: Listener, asked: Callable[[], int], clip: bytes, error: type[Exception], words: str
    ) -> None:
        with pytest.raises(error, match=words):
            await listener.transcribe(Clip(clip))
        assert asked() == 0

    async def test_what_breaks_off_is_explained_and_goes_nowhere(
        self, listener: Listener, asked: Callable[[], int]
    ) -> None:
        whole = await as_wave(PHRASES[0])
        with pytest.raises(BadAudio, match=r"breaks off after \d\.\d of \d\.\d s: send it whole"):
            await listener.transcribe(Clip(whole[: len(whole) // 2]))
        assert asked() == 0

    async def test_an_hour_is_too_long_whatever_it_is_packed_in_and_goes_nowhere(
        self, listener: Listener, asked: Callable[[], int]
    ) -> None:
        loud = Pcm(b"\x00\x20\x00\xe0" * 8_000)
        with pytest.raises(AudioTooLong, match="60:00 min, and at most 5:00 min"):
            await listener.transcribe(Clip(wave_file(Pcm(loud.samples * 3_600))))
        with pytest.raises(AudioTooLong, match="at most 5 s"):
            await listener.transcribe(Clip(recorded(Pcm(loud.samples * 10), "mp3", "libmp3lame"), 5.0))
        assert asked() == 0

    async def test_it_may_be_closed_twice_and_before_anything_was_heard(self, listener: Listener) -> None:
        await listener.close()
        await listener.close()


class SpeakerSuite:
    """Text to speech."""

    async def test_it_says_who_it_is_and_where_texts_go(self, speaker: Speaker) -> None:
        assert speaker.name
        assert speaker.destination
        assert speaker.local is (speaker.destination == "this machine")

    async def test_chunks_are_one_file_that_sounds(self, speaker: Speaker) -> None:
        sound = settled(b"".join([chunk async for chunk in speaker.speak("good morning to you all")]))
        assert sniffed(sound) == speaker.type
        assert decoded(Clip(sound)).seconds > 0.4

    async def test_a_longer_text_is_a_longer_sound_and_several_at_once_do_not_mix(self, speaker: Speaker) -> None:
        texts = ["one", "one two three four five", "one two three four five six seven eight nine ten eleven"]

        async def spoken(text: str) -> float:
            return decoded(Clip(settled(b"".join([chunk async for chunk in speaker.speak(text)])))).seconds

        lengths = await asyncio.gather(*(spoken(text) for text in texts))
        assert list(lengths) == sorted(lengths)
        assert lengths[2] > 2 * lengths[0]

    async def test_marks_of_other_languages_are_words_to_it(self, speaker: Speaker) -> None:
        assert [chunk async for chunk in speaker.speak('R & D <b>"grüß\' Gott"</b> 안녕')]

    async def test_whoever_stops_listening_keeps_nobody_from_speaking(self, speaker: Speaker) -> None:
        speaking = speaker.speak("one two three four five six seven. " * 5)
        await anext(speaking)
        await speaking.aclose()
        assert [chunk async for chunk in speaker.speak("again")]

    async def test_a_voice_that_is_not_there_is_said_so(self, speaker: Speaker, voices: bool) -> None:
        if not voices:
            pytest.skip("it has one voice, whatever it is called")
        with pytest.raises(SpeechError, match="voice"):
            _ = [chunk async for chunk in speaker.speak("hello", BAD_VOICE)]
        assert [chunk async for chunk in speaker.speak("hello")]

    async def test_it_may_be_closed_twice_and_before_anything_was_said(self, speaker: Speaker) -> None:
        await speaker.close()
        await speaker.close()
