"""OpenAI's interface for speech, against a real HTTP server that stands in for it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from roomful.errors import KeyMissing, KeyRefused, NoSpeech, SpeechError, SpeechTrouble
from roomful.speech import Clip, Endpoint
from roomful.speech.compatible import CompatibleListener, CompatibleSpeaker

from .conftest import said

KEY = "sk-of-the-tests"


class Service:
    """Answers what it is told, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Any]] = []
        self.answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
        self.url = ""

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if request.content_type == "application/json":
            self.asked.append(await request.json())
        else:
            form = await request.post()
            self.asked.append({name: _content(value) for name, value in form.items()})
        self.asked[-1]["key"] = request.headers.get("Authorization", "")
        return await self.answer(request)


def _content(value: Any) -> Any:
    return value if isinstance(value, str) else value.file.read()


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    service = Service()
    app = web.Application()
    app.router.add_post("/v1/audio/{what}", service.handle)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    yield service
    await runner.cleanup()


def answers(body: Any, status: int = 200, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        return web.json_response(
            body, status=status, headers={key.replace("_", "-"): to for key, to in headers.items()}
        )

    return answer


async def test_a_clip_becomes_text_with_times(service: Service) -> None:
    service.answer = answers(
        {"text": " Open the window. ", "language": "english", "duration": 0.9,
         "words": [{"word": "Open", "start": 0.0, "end": 0.3}]}
    )  # fmt: skip
    listener = CompatibleListener(Endpoint(service.url, KEY), "whisper-1")
    clip = Clip(await said("open the window"))
    heard = await listener.transcribe(clip, "en-GB")
    assert (heard.text, heard.words[0].end) == ("Open the window.", 0.3)
    asked = service.asked[0]
    assert (asked["model"], asked["language"], asked["key"]) == ("whisper-1", "en", f"Bearer {KEY}")
    assert asked["file"] == clip.data
    await listener.close()


async def test_a_text_is_spoken_as_it_streams(service: Service) -> None:
    half = asyncio.Event()

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"ID3 first half")
        await half.wait()
        await response.write(b" second half")
        return response

    service.answer = answer
    speaker = CompatibleSpeaker(Endpoint(service.url, KEY))
    chunks = speaker.speak("Good morning.", "nova")
    assert await anext(chunks) == b"ID3 first half"
    half.set()
    assert b"".join([chunk async for chunk in chunks]) == b" second half"
    assert {**service.asked[0], "key": ""} == {
        "model": "gpt-4o-mini-tts", "input": "Good morning.", "voice": "nova", "response_format": "mp3", "key": "",
    }  # fmt: skip
    await speaker.close()


@pytest.mark.parametrize(
    ("status", "body", "error", "words"),
    [
        (401, {"error": {"message": "Incorrect API key"}}, KeyRefused, "does not take the key: Incorrect API key"),
        (429, {"error": {"message": "Slow down"}}, SpeechTrouble, "takes nothing for now: Slow down"),
        (500, {}, SpeechTrouble, "takes nothing for now"),
        (400, {"error": {"message": "bad\nfile"}}, SpeechError, "does not accept this: bad file"),
        (200, {"text": "  "}, NoSpeech, "no speech"),
        (200, {"words": 3}, SpeechTrouble, "no transcript"),
        (200, ["?"], SpeechTrouble, "no transcript"),
    ],
)
async def test_each_failure_has_its_sentence(
    service: Service, status: int, body: Any, error: type[Exception], words: str
) -> None:
    service.answer = answers(body, status, Retry_After="7")
    listener = CompatibleListener(Endpoint(service.url, KEY))
    with pytest.raises(error, match=words) as caught:
        await listener.transcribe(Clip(await said("hello")))
    assert KEY not in str(caught.value)
    if status == 429:
        assert getattr(caught.value, "retry_after", None) == 7
    await listener.close()


async def test_a_sound_that_is_cut_is_no_whole_sound(service: Service) -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.close()
        return response

    service.answer = answer
    speaker = CompatibleSpeaker(Endpoint(service.url, KEY))
    with pytest.raises(SpeechTrouble, match="broke off"):
        _ = [chunk async for chunk in speaker.speak("Hello.")]
    await speaker.close()


async def test_nobody_there_is_said_so_and_a_missing_key_before_anything_is_sent() -> None:
    listener = CompatibleListener(Endpoint("http://127.0.0.1:9/v1", KEY))
    with pytest.raises(SpeechTrouble, match="cannot be reached"):
        await listener.transcribe(Clip(await said("hello")))
    await listener.close()
    with pytest.raises(KeyMissing, match="OPENAI_API_KEY"):
        await CompatibleListener(Endpoint()).transcribe(Clip(await said("hello")))
