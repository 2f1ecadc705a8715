"""espeak-ng speaks and pocketsphinx listens: the right words come back."""

import asyncio

import pytest

from roomful.errors import AudioTooLong, NoSpeech, NoSuchVoice
from roomful.speech import Clip, Pcm, wave_file
from roomful.speech.audio import decoded
from roomful.speech.offline.espeak import Espeak
from roomful.speech.offline.sphinx import WEAK, Sphinx

from .conftest import said

pytest.importorskip("pocketsphinx", reason="pocketsphinx has no wheel for this Python")

PHRASES = ("go forward ten meters", "open the window", "close the door", "good morning")
GRAMMAR = f"#JSGF V1.0; grammar room; public <phrase> = {' | '.join(PHRASES)};"


@pytest.fixture(scope="module")
def listener() -> Sphinx:
    return Sphinx(GRAMMAR)


@pytest.mark.parametrize("phrase", PHRASES)
async def test_what_is_said_is_understood(listener: Sphinx, phrase: str) -> None:
    heard = await listener.transcribe(Clip(await said(phrase)))
    assert heard.text == phrase
    assert [word.text for word in heard.words] == phrase.split()
    times = [at for word in heard.words for at in (word.begin, word.end)]
    assert times == sorted(times)
    assert times[-1] <= heard.seconds
    assert heard.confidence is not None
    assert 0 < heard.confidence <= 1


async def test_two_people_at_once_do_not_mix(listener: Sphinx) -> None:
    clips = [Clip(await said(phrase)) for phrase in PHRASES]
    heard = await asyncio.gather(*(listener.transcribe(clip) for clip in clips))
    assert [one.text for one in heard] == list(PHRASES)


async def test_without_a_grammar_it_says_how_weak_it_is() -> None:
    assert (await Sphinx().transcribe(Clip(await said("good morning to you all")))).remark == WEAK


async def test_silence_and_noise_of_nothing_are_answered_as_such(listener: Sphinx) -> None:
    with pytest.raises(NoSpeech, match="silent"):
        await listener.transcribe(Clip(wave_file(Pcm(bytes(32_000)))))
    with pytest.raises(NoSpeech, match="empty"):
        await listener.transcribe(Clip(wave_file(Pcm(b""))))


async def test_what_it_does_not_know_it_says(listener: Sphinx) -> None:
    with pytest.raises(NoSuchVoice, match="knows English, not de-DE"):
        await listener.transcribe(Clip(await said("guten Tag", "de")), "de-DE")
    with pytest.raises(NoSuchVoice, match="no voice gibberish"):
        await said("x", "gibberish")


async def test_an_hour_is_too_long(listener: Sphinx) -> None:
    hour = wave_file(Pcm(b"\x00\x20" * 16_000 * 3600))
    with pytest.raises(AudioTooLong, match="lasts 60:00 min, and at most 5:00 min"):
        await listener.transcribe(Clip(hour))


async def test_the_first_sound_comes_before_the_last() -> None:
    speaking = Espeak().speak("one two three four five six seven. " * 20)
    first = [await anext(speaking), await anext(speaking)]
    await speaking.aclose()
    assert sum(map(len, first)) < 20_000
    assert len(await said("and it speaks again")) > 10_000


async def test_voices_sound_different() -> None:
    assert decoded(Clip(await said("hello", "en-us"))).samples != decoded(Clip(await said("hello", "de"))).samples
