"""The suites of speech over every adapter: offline, OpenAI's interface, Azure by Microsoft's SDK, and the doubles."""

from collections.abc import AsyncIterator, Callable

import pytest

pytest.importorskip("espeakng_loader", reason="speech needs the extra: pip install 'roomful[speech]'")
pytest.importorskip("av", reason="speech needs the extra: pip install 'roomful[speech]'")

from roomful.errors import KeyRefused, NoSpeech, SpeechTrouble
from roomful.speech.audio import Clip, decoded
from roomful.speech.compatible import CompatibleListener, CompatibleSpeaker
from roomful.speech.contract import Endpoint, Listener, Speaker
from roomful.speech.offline.espeak import Espeak
from roomful.testing.speech import ScriptedListener, ScriptedSpeaker
from tests.support.speech import KEY, SpeechService, Trouble

from .speech import PHRASES, ListenerSuite, SpeakerSuite, Told, as_wave


@pytest.fixture
async def service() -> AsyncIterator[SpeechService]:
    async with SpeechService() as service:
        yield service


@pytest.fixture
def told(service: SpeechService) -> Told:
    def know(clip: bytes, text: str) -> None:
        service.knows[decoded(Clip(clip)).samples] = text

    return know


@pytest.fixture
def asked(service: SpeechService) -> Callable[[], int]:
    return lambda: len(service.heard)


@pytest.fixture
def voices() -> bool:
    return True


class ServiceListenerSuite(ListenerSuite):
    """One that is far away fails in more ways."""

    async def test_a_key_that_is_not_taken_is_said_so_without_it(self, listening: Callable[[str], Listener]) -> None:
        listener = listening("another-key")
        with pytest.raises(KeyRefused, match=r"127\.0\.0\.1 does not take the key") as caught:
            await listener.transcribe(Clip(await as_wave(PHRASES[0])))
        assert "another-key" not in str(caught.value)
        await listener.close()

    @pytest.mark.parametrize("trouble", ["busy", "cut"])
    async def test_trouble_passes(self, listener: Listener, service: SpeechService, trouble: Trouble) -> None:
        service.trouble = trouble
        clip = await as_wave(PHRASES[0])
        with pytest.raises(SpeechTrouble):
            await listener.transcribe(Clip(clip))
        service.trouble = ""
        assert (await listener.transcribe(Clip(clip))).text == "yes"

    async def test_where_it_understands_nothing_it_says_so(self, listener: Listener, told: Told) -> None:
        clip = await as_wave(PHRASES[0])
        told(clip, "")
        with pytest.raises(NoSpeech):
            await listener.transcribe(Clip(clip))


class ServiceSpeakerSuite(SpeakerSuite):
    """The same for speakers."""

    async def test_a_key_that_is_not_taken_is_said_so(self, speaking: Callable[[str], Speaker]) -> None:
        speaker = speaking("another-key")
        with pytest.raises(KeyRefused, match=r"127\.0\.0\.1 does not take the key"):
            _ = [chunk async for chunk in speaker.speak("hello")]
        await speaker.close()

    @pytest.mark.parametrize("trouble", ["busy", "cut"])
    async def test_half_a_sound_is_trouble_and_no_sound(
        self, speaker: Speaker, service: SpeechService, trouble: Trouble
    ) -> None:
        service.trouble = trouble
        with pytest.raises(SpeechTrouble):
            _ = [chunk async for chunk in speaker.speak("good morning to you all")]
        service.trouble = ""
        assert [chunk async for chunk in speaker.speak("good morning")]

    async def test_a_text_arrives_as_it_is(self, speaker: Speaker, service: SpeechService) -> None:
        _ = [chunk async for chunk in speaker.speak("Good morning.")]
        assert service.spoken == ["Good morning."]


# -- who listens ----------------------------------------------------------------------------------------------


class TestSphinx(ListenerSuite):
    @pytest.fixture
    def listener(self) -> Listener:
        pytest.importorskip("pocketsphinx", reason="pocketsphinx has no wheel for this Python")
        from roomful.speech.offline.sphinx import Sphinx

        return Sphinx(f"#JSGF V1.0; grammar room; public <phrase> = {' | '.join(PHRASES)};")


class TestScriptedListener(ListenerSuite):
    @pytest.fixture
    def listener(self) -> ScriptedListener:
        return ScriptedListener()

    @pytest.fixture
    def told(self, listener: ScriptedListener) -> Told:
        return lambda clip, text: listener.then(text)

    @pytest.fixture
    def asked(self, listener: ScriptedListener) -> Callable[[], int]:
        return lambda: len(listener.heard)


class TestCompatibleListener(ServiceListenerSuite):
    @pytest.fixture
    def listening(self, service: SpeechService) -> Callable[[str], Listener]:
        return lambda key: CompatibleListener(Endpoint(service.openai, key), "whisper-1")

    @pytest.fixture
    async def listener(self, listening: Callable[[str], Listener]) -> AsyncIterator[Listener]:
        listener = listening(KEY)
        yield listener
        await listener.close()


class TestAzureListener(ServiceListenerSuite):
    @pytest.fixture
    def listening(self, service: SpeechService) -> Callable[[str], Listener]:
        pytest.importorskip("azure.cognitiveservices.speech", reason="Azure's SDK is an extra: roomful[azure-speech]")
        from roomful.speech.azure import AzureListener

        return lambda key: AzureListener(Endpoint(service.azure, key, timeout=3.0))

    @pytest.fixture
    def listener(self, listening: Callable[[str], Listener]) -> Listener:
        return listening(KEY)


# -- who speaks -----------------------------------------------------------------------------------------------


class TestEspeak(SpeakerSuite):
    @pytest.fixture
    def speaker(self) -> Speaker:
        return Espeak()


class TestScriptedSpeaker(SpeakerSuite):
    @pytest.fixture
    def speaker(self) -> Speaker:
        return ScriptedSpeaker()

    @pytest.fixture
    def voices(self) -> bool:
        return False


class TestCompatibleSpeaker(ServiceSpeakerSuite):
    @pytest.fixture
    def speaking(self, service: SpeechService) -> Callable[[str], Speaker]:
        return lambda key: CompatibleSpeaker(Endpoint(service.openai, key))

    @pytest.fixture
    async def speaker(self, speaking: Callable[[str], Speaker]) -> AsyncIterator[Speaker]:
        speaker = speaking(KEY)
        yield speaker
        await speaker.close()


class TestAzureSpeaker(ServiceSpeakerSuite):
    @pytest.fixture
    def speaking(self, service: SpeechService) -> Callable[[str], Speaker]:
        pytest.importorskip("azure.cognitiveservices.speech", reason="Azure's SDK is an extra: roomful[azure-speech]")
        from roomful.speech.azure import AzureSpeaker

        return lambda key: AzureSpeaker(Endpoint(service.azure, key, timeout=3.0))

    @pytest.fixture
    def speaker(self, speaking: Callable[[str], Speaker]) -> Speaker:
        return speaking(KEY)
