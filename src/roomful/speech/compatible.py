"""OpenAI's interface for speech, `/v1/audio/transcriptions` and `/v1/audio/speech`, and whatever server has it too."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from roomful.errors import ExtraMissing, KeyMissing, KeyRefused, NoSpeech, SpeechError, SpeechTrouble

from .audio import ENDINGS, Clip, decoded
from .contract import THIS_MACHINE, Endpoint, Transcript, Word

if TYPE_CHECKING:
    from httpx2 import AsyncClient, Response

OPENAI = "https://api.openai.com/v1"
LISTENS, SPEAKS, VOICE = "gpt-4o-mini-transcribe", "gpt-4o-mini-tts", "alloy"
TIMED = "whisper-1"  # begins the names of models that tell times
MOST_WORDS = 300  # characters of what a service says of its failure


class _Service:
    def __init__(self, endpoint: Endpoint, model: str) -> None:
        self._endpoint, self._model = endpoint, model
        self._base = (endpoint.base_url or OPENAI).rstrip("/")
        self.local = endpoint.local
        self.destination = THIS_MACHINE if self.local else urlsplit(self._base).hostname or self._base
        self.name = f"{self.destination}:{model}"
        self._who = "The service on this machine" if self.local else self.destination
        self._client: AsyncClient | None = None

    async def close(self) -> None:
        """Free the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def _check_key(self) -> None:
        if not self._endpoint.key and not self.local and self._base == OPENAI:
            raise KeyMissing("Speech by OpenAI takes a key: set OPENAI_API_KEY, or [providers.openai] key_env.")

    @asynccontextmanager
    async def _post(self, path: str, **what: Any) -> "AsyncIterator[Response]":
        """Ask, and translate what goes wrong. Raises SpeechError, KeyRefused."""
        self._check_key()
        httpx2 = _http()
        client = self._client = self._client or _connected(httpx2, self._endpoint)
        try:
            async with client.stream("POST", self._base + path, **what) as response:
                if response.status_code != 200:
                    await response.aread()
                    raise self._refusal(response)
                yield response
        except httpx2.TimeoutException:
            raise SpeechTrouble(f"{self._who} did not answer within {self._endpoint.timeout:g} s.") from None
        except httpx2.HTTPError as why:
            raise SpeechTrouble(f"{self._who} cannot be reached, or broke off: {why or type(why).__name__}.") from None

    def _refusal(self, response: "Response") -> Exception:
        words = _words(response)
        if response.status_code in (401, 403):
            return KeyRefused(f"{self._who} does not take the key: {words}")
        if response.status_code == 429 or response.status_code >= 500:
            wait = response.headers.get("retry-after", "")
            return SpeechTrouble(
                f"{self._who} takes nothing for now: {words}",
                retry_after=float(wait) if wait.isdigit() else None,
            )
        return SpeechError(f"{self._who} does not accept this: {words}")


class CompatibleListener(_Service):
    """Listens."""

    def __init__(self, endpoint: Endpoint, model: str = "") -> None:
        super().__init__(endpoint, model or LISTENS)

    async def transcribe(self, clip: Clip, language: str = "") -> Transcript:
        """See `Listener`. What is too long, silent or broken is found before anything is sent."""
        self._check_key()
        seconds = (await asyncio.to_thread(decoded, clip)).seconds
        timed = self._model.startswith(TIMED)
        fields = {"model": self._model, "response_format": "verbose_json" if timed else "json"}
        if timed:
            fields["timestamp_granularities[]"] = "word"
        if language:
            fields["language"] = language.partition("-")[0]  # ISO 639-1
        file = (f"clip{ENDINGS[clip.type]}", clip.data, clip.type)
        async with self._post("/audio/transcriptions", data=fields, files={"file": file}) as response:
            await response.aread()
            try:
                return _transcript(response.json(), seconds)
            except (ValueError, TypeError, KeyError, AttributeError):
                raise SpeechTrouble(f"{self._who} answered with something that is no transcript.") from None


class CompatibleSpeaker(_Service):
    """Speaks, as MP3, which every browser plays and which is small enough to keep."""

    type = "audio/mpeg"

    def __init__(self, endpoint: Endpoint, model: str = "", voice: str = "") -> None:
        super().__init__(endpoint, model or SPEAKS)
        self._voice = voice or VOICE

    async def speak(self, text: str, voice: str = "") -> AsyncGenerator[bytes, None]:
        """See `Speaker`."""
        wanted = {"model": self._model, "input": text, "voice": voice or self._voice, "response_format": "mp3"}
        async with self._post("/audio/speech", json=wanted) as response:
            async for chunk in response.aiter_bytes():
                yield chunk


def _transcript(found: Any, seconds: float) -> Transcript:
    text = str(found["text"]).strip()
    if not text:
        raise NoSpeech("The clip holds no speech.")
    words = tuple(Word(str(one["word"]), float(one["start"]), float(one["end"])) for one in found.get("words") or ())
    return Transcript(text, str(found.get("language") or ""), words, None, seconds)


def _words(response: "Response") -> str:
    """What it says of its failure, in one line."""
    try:
        said = response.json()["error"]["message"]
    except (ValueError, KeyError, TypeError):
        said = response.text or response.reason_phrase
    return " ".join(str(said).split())[:MOST_WORDS] or str(response.status_code)


def _http() -> ModuleType:
    try:
        import httpx2
    except ImportError:
        raise ExtraMissing("Speech by a service takes httpx2: pip install 'roomful[speech]'.") from None
    return httpx2


def _connected(httpx2: ModuleType, endpoint: Endpoint) -> "AsyncClient":
    headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
    client: AsyncClient = httpx2.AsyncClient(
        headers=headers, timeout=endpoint.timeout, proxy=endpoint.proxy or None, follow_redirects=False
    )
    return client
