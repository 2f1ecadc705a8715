"""Azure's adapter, through Microsoft's SDK, in the ways in which that fails without a key that Azure takes."""

import pytest

from roomful.errors import KeyMissing, NoSpeech, SpeechError, SpeechTrouble
from roomful.speech import Clip, Endpoint, Pcm, wave_file
from roomful.speech.azure import AzureListener, AzureSpeaker

from .conftest import said

pytest.importorskip("azure.cognitiveservices.speech", reason="Azure's SDK is an extra: roomful[azure-speech]")

NOBODY = Endpoint("ws://127.0.0.1:9/speech", "a-key", timeout=5.0)


def test_what_is_missing_is_named() -> None:
    with pytest.raises(KeyMissing, match="AZURE_SPEECH_KEY"):
        AzureListener(Endpoint(region="westeurope"))
    with pytest.raises(KeyMissing, match="region"):
        AzureSpeaker(Endpoint(key="a-key"))


async def test_a_service_that_is_not_there_is_said_so() -> None:
    with pytest.raises(SpeechTrouble, match=r"127\.0\.0\.1 cannot be reached"):
        await AzureListener(NOBODY).transcribe(Clip(await said("hello")))
    with pytest.raises(SpeechTrouble, match=r"127\.0\.0\.1 cannot be reached"):
        _ = [chunk async for chunk in AzureSpeaker(NOBODY).speak("hello")]


async def test_silence_is_found_before_anything_is_sent() -> None:
    with pytest.raises(NoSpeech):
        await AzureListener(NOBODY).transcribe(Clip(wave_file(Pcm(bytes(16_000)))))


async def test_a_proxy_it_cannot_use_is_refused() -> None:
    by_socks = Endpoint("ws://127.0.0.1:9/speech", "a-key", "socks5h://127.0.0.1:1080")
    with pytest.raises(SpeechError, match="http:// proxies only"):
        await AzureListener(by_socks).transcribe(Clip(await said("hello")))
