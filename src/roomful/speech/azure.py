"""Azure Speech, through Microsoft's SDK (extra `azure-speech`), which talks by threads of its own."""

import asyncio
import threading
from collections.abc import AsyncGenerator, Generator
from types import ModuleType
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

from roomful.errors import ExtraMissing, KeyMissing, KeyRefused, NoSpeech, SpeechError, SpeechTrouble

from .audio import Clip, Pcm, decoded
from .contract import Endpoint, Transcript, Word

TICK = 1e-7  # s: Azure's times are in units of 100 ns
LANGUAGE, VOICE = "en-US", "en-US-AvaNeural"
CHUNK = 16_384  # bytes


class _Azure:
    name = "azure"
    local = False

    def __init__(self, endpoint: Endpoint) -> None:
        if not endpoint.key:
            raise KeyMissing("Azure Speech takes a key: set AZURE_SPEECH_KEY, or [speech] key_env.")
        if not endpoint.region and not endpoint.base_url:
            raise KeyMissing('Azure Speech takes a region: [speech] region = "westeurope".')
        self._endpoint = endpoint
        host = urlsplit(endpoint.base_url).hostname if endpoint.base_url else ""
        self.destination = host or f"{endpoint.region}.api.cognitive.microsoft.com"

    async def close(self) -> None:
        """Nothing is held between two calls."""

    def _config(self, sdk: ModuleType) -> Any:
        one = self._endpoint
        where = {"endpoint": one.base_url} if one.base_url else {"region": one.region}
        config = sdk.SpeechConfig(subscription=one.key, **where)
        if one.proxy:
            parts = urlsplit(one.proxy)
            if parts.scheme != "http":
                raise SpeechError("Azure's SDK goes through http:// proxies only.")
            config.set_proxy(
                parts.hostname, parts.port or 80, unquote(parts.username or ""), unquote(parts.password or "")
            )
        return config

    def _failure(self, sdk: ModuleType, details: Any) -> Exception:
        """What Azure's SDK says of a failure, in our words; its own may hold addresses and session ids."""
        code = details.error_code if hasattr(details, "error_code") else details.code
        codes = sdk.CancellationErrorCode
        if code in (codes.AuthenticationFailure, codes.Forbidden):
            return KeyRefused(f"{self.destination} does not take the key, or the key is of another region.")
        if code == codes.TooManyRequests:
            return SpeechTrouble(f"{self.destination} takes no more requests for now.")
        if code == codes.BadRequest:
            return SpeechError(f"{self.destination} does not accept this: the language or the voice may not exist.")
        if code == codes.ServiceTimeout:
            return SpeechTrouble(f"{self.destination} did not answer in time.")
        return SpeechTrouble(f"{self.destination} cannot be reached, or broke off.")


class AzureListener(_Azure):
    """Listens; with times and confidence."""

    async def transcribe(self, clip: Clip, language: str = "") -> Transcript:
        """See `Listener`."""
        return await asyncio.to_thread(self._hear, clip, language or LANGUAGE)

    def _hear(self, clip: Clip, language: str) -> Transcript:
        sdk = _sdk()
        pcm = decoded(clip)
        heard, failed = self._recognized(sdk, pcm, language)
        if failed is not None:
            raise failed
        return _transcript(heard, language, pcm.seconds)

    def _recognized(self, sdk: ModuleType, pcm: Pcm, language: str) -> tuple[list[Any], Exception | None]:
        """What the SDK tells, as JSON, and what went wrong; what it holds is let go here, in this thread."""
        config = self._config(sdk)
        config.speech_recognition_language = language
        config.output_format = sdk.OutputFormat.Detailed
        config.request_word_level_timestamps()
        stream = sdk.audio.PushAudioInputStream()  # which takes 16 kHz, 16 bits, one channel, unless told otherwise
        recognizer = sdk.SpeechRecognizer(config, audio_config=sdk.audio.AudioConfig(stream=stream))
        heard: list[Any] = []
        ended: list[Any] = []
        done = threading.Event()
        recognizer.recognized.connect(lambda event: heard.append(event.result.json))

        def cancelled(event: Any) -> None:
            ended.append(event.result.cancellation_details)
            done.set()

        recognizer.canceled.connect(cancelled)
        recognizer.session_stopped.connect(lambda event: done.set())
        recognizer.start_continuous_recognition_async().get()
        stream.write(pcm.samples)
        stream.close()
        over = done.wait(pcm.seconds + self._endpoint.timeout)
        if not ended:  # to stop what has failed would take the SDK 10 s
            recognizer.stop_continuous_recognition_async().get()
        if not over:
            return heard, SpeechTrouble(f"{self.destination} did not answer in time.")
        errors = [one for one in ended if one.reason == sdk.CancellationReason.Error]
        return heard, self._failure(sdk, errors[0]) if errors else None


class AzureSpeaker(_Azure):
    """Speaks, as MP3."""

    type = "audio/mpeg"

    def __init__(self, endpoint: Endpoint, voice: str = "") -> None:
        super().__init__(endpoint)
        self._voice = voice or VOICE

    async def speak(self, text: str, voice: str = "") -> AsyncGenerator[bytes, None]:
        """See `Speaker`."""
        sdk = await asyncio.to_thread(_sdk)
        failed: list[Exception] = []
        chunks = self._synthesized(sdk, text, voice or self._voice, failed)
        try:
            while chunk := await asyncio.to_thread(next, chunks, b""):
                yield chunk
        finally:
            await asyncio.to_thread(chunks.close)
        if failed:
            raise failed[0]

    def _synthesized(
        self, sdk: ModuleType, text: str, voice: str, failed: list[Exception]
    ) -> Generator[bytes, None, None]:
        """Chunks, and what went wrong.

        What the SDK holds is let go by the thread that asks: that may take it seconds, for which no loop should stand.
        """
        config = self._config(sdk)
        config.speech_synthesis_voice_name = voice
        config.set_speech_synthesis_output_format(sdk.SpeechSynthesisOutputFormat.Audio24Khz48KBitRateMonoMp3)
        synthesizer = sdk.SpeechSynthesizer(config, audio_config=None)
        stream = sdk.AudioDataStream(synthesizer.start_speaking_text_async(text).get())
        buffer = bytes(CHUNK)
        try:
            while count := stream.read_data(buffer):
                yield buffer[:count]
        except GeneratorExit:  # nobody listens any more
            synthesizer.stop_speaking_async().get()
            raise
        if stream.status == sdk.StreamStatus.Canceled:
            failed.append(self._failure(sdk, stream.cancellation_details))


def _transcript(heard: list[str], language: str, seconds: float) -> Transcript:
    texts, words, sure = [], [], []
    for one in heard:
        best = next(iter(msgspec.json.decode(one).get("NBest") or ()), None)
        if best is None or not best.get("Display"):
            continue
        texts.append(best["Display"])
        sure.append(float(best.get("Confidence", 0.0)))
        for word in best.get("Words") or ():
            begin = word["Offset"] * TICK
            words.append(Word(word["Word"], begin, begin + word["Duration"] * TICK, word.get("Confidence")))
    if not texts:
        raise NoSpeech("Nothing in the clip was understood.")
    return Transcript(" ".join(texts), language, tuple(words), sum(sure) / len(sure), seconds)


def _sdk() -> ModuleType:
    try:
        import azure.cognitiveservices.speech as sdk
    except ImportError:
        raise ExtraMissing("Azure Speech takes Microsoft's SDK: pip install 'roomful[azure-speech]'.") from None
    module: ModuleType = sdk
    return module
