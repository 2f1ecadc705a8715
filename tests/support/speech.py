"""A service of speech that stands in for OpenAI's (HTTP) and Azure's (WebSocket): it knows clips by their sound."""

import io
import json
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Literal, Self

import av
from aiohttp import WSMsgType, web

from roomful.speech.audio import Clip, Pcm, decoded, wave_file
from roomful.testing.speech import A_WORD, tone

KEY = "a-key-of-the-tests"
BAD_VOICE = "gibberish"
SECOND = 10_000_000  # in Azure's units of 100 ns
USP = "USP"  # the protocol of Azure's WebSocket

Trouble = Literal["", "busy", "cut", "nonsense"]


def recorded(pcm: Pcm, container: str, codec: Any) -> bytes:
    """As a browser or a phone would send it."""
    out = io.BytesIO()
    file: Any
    source: Any
    with av.open(out, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000 if codec == "libopus" else 16_000)
        with av.open(io.BytesIO(wave_file(pcm))) as source:
            for frame in source.decode(audio=0):
                file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return out.getvalue()


class SpeechService:
    """Hears what it `knows`, and speaks a tone for each word."""

    def __init__(self) -> None:
        self.knows: dict[bytes, str] = {}  # by samples; others are "yes"
        self.heard: list[bytes] = []  # samples
        self.spoken: list[str] = []  # texts
        self.trouble: Trouble = ""
        app = web.Application()
        app.router.add_post("/v1/audio/transcriptions", self._guarded(self._transcribe))
        app.router.add_post("/v1/audio/speech", self._guarded(self._speak))
        app.router.add_get("/azure", self._guarded(self._azure))
        self._runner = web.AppRunner(app)
        self._port = 0

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, why: BaseException | None, at: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def openai(self) -> str:
        """The base URL of OpenAI's interface."""
        return f"http://127.0.0.1:{self._port}/v1"

    @property
    def azure(self) -> str:
        """The endpoint of Azure's."""
        return f"ws://127.0.0.1:{self._port}/azure"

    def _guarded(self, do: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> Any:
        async def handle(request: web.Request) -> web.StreamResponse:
            keys = (
                request.headers.get("Authorization", "").removeprefix("Bearer "),
                request.headers.get("Ocp-Apim-Subscription-Key"),
            )
            if KEY not in keys:
                return web.json_response({"error": {"message": "no such key"}}, status=401)
            if self.trouble == "busy":
                return web.json_response({"error": {"message": "too many"}}, status=429, headers={"Retry-After": "7"})
            return await do(request)

        return handle

    def _understood(self, samples: bytes) -> str:
        self.heard.append(samples)
        return self.knows.get(samples, "yes")

    def _sound(self, text: str) -> bytes:
        self.spoken.append(text)
        return recorded(tone(A_WORD * len(text.split())), "mp3", "libmp3lame")

    # -- OpenAI's ---------------------------------------------------------------------------------------------

    async def _transcribe(self, request: web.Request) -> web.StreamResponse:
        form = await request.post()
        file: Any = form["file"]
        text = self._understood(decoded(Clip(file.file.read())).samples)
        match self.trouble:
            case "cut":
                assert request.transport is not None
                request.transport.close()
            case "nonsense":
                return web.json_response(["?"])
        words = [{"word": word, "start": at * 0.1, "end": at * 0.1 + 0.1} for at, word in enumerate(text.split())]
        return web.json_response({"text": text, "words": words})

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        wanted = await request.json()
        if wanted["voice"] == BAD_VOICE:
            return web.json_response({"error": {"message": "no such voice"}}, status=400)
        sound = self._sound(wanted["input"])
        response = web.StreamResponse(headers={"Content-Length": str(len(sound))})
        await response.prepare(request)
        await response.write(sound[: len(sound) // 2])
        if self.trouble == "cut":
            assert request.transport is not None
            request.transport.close()
        else:
            await response.write(sound[len(sound) // 2 :])
        return response

    # -- Azure's ----------------------------------------------------------------------------------------------

    async def _azure(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(protocols=(USP,))
        await socket.prepare(request)
        sound = bytearray()
        async for message in socket:
            if message.type is WSMsgType.TEXT:
                head, _, body = message.data.partition("\r\n\r\n")
                if "Path:ssml" in head:
                    await self._azure_speak(socket, _field(head, "X-RequestId"), body)
            elif message.type is WSMsgType.BINARY:
                size = int.from_bytes(message.data[:2], "big")
                head, part = message.data[2 : 2 + size].decode(), message.data[2 + size :]
                if part:
                    sound += part
                else:  # the end of the clip
                    await self._azure_hear(socket, _field(head, "X-RequestId"), bytes(sound))
                    sound.clear()
        return socket

    async def _azure_hear(self, socket: web.WebSocketResponse, request: str, sound: bytes) -> None:
        await socket.send_str(_text("turn.start", request, {"context": {"serviceTag": "t"}}))
        samples = sound[44:]  # behind a WAV header
        text = self._understood(samples)
        all_of_it = (
            len(samples) * SECOND // 32_000 + SECOND // 100
        )  # of what is not said to be over, the SDK would send the rest again
        if self.trouble == "cut":
            await socket.close(code=1011, message=b"Internal error")
            return
        words = [
            {"Word": word, "Offset": at * SECOND // 10, "Duration": SECOND // 10, "Confidence": 0.8}
            for at, word in enumerate(text.split())
        ]
        best = {"Confidence": 0.9, "Lexical": text, "Display": text, "Words": words}
        said = {
            "RecognitionStatus": "Success",
            "Offset": 0,
            "Duration": all_of_it,
            "DisplayText": text,
            "NBest": [best],
        }
        if not text:
            said = {"RecognitionStatus": "InitialSilenceTimeout", "Offset": 0, "Duration": all_of_it}
        await socket.send_str(_text("speech.phrase", request, said))
        over = {"RecognitionStatus": "EndOfDictation", "Offset": all_of_it, "Duration": 0}
        await socket.send_str(_text("speech.phrase", request, over))
        await socket.send_str(_text("turn.end", request, {}))

    async def _azure_speak(self, socket: web.WebSocketResponse, request: str, ssml: str) -> None:
        if BAD_VOICE in ssml:
            await socket.close(code=1007, message=b"Unsupported voice gibberish.")
            return
        sound = self._sound(ssml.split("'>")[-1].removesuffix("</voice></speak>"))
        await socket.send_str(_text("turn.start", request, {"context": {"serviceTag": "t"}}))
        audio = {"context": {"serviceTag": "t"}, "audio": {"type": "inline", "streamId": "1"}}
        await socket.send_str(_text("response", request, audio))
        head = f"X-RequestId:{request}\r\nContent-Type:audio/mpeg\r\nX-StreamId:1\r\nPath:audio\r\n".encode()
        half = len(sound) // 2
        await socket.send_bytes(len(head).to_bytes(2, "big") + head + sound[:half])
        if self.trouble == "cut":
            await socket.close(code=1011, message=b"Internal error")
            return
        await socket.send_bytes(len(head).to_bytes(2, "big") + head + sound[half:])
        await socket.send_str(_text("turn.end", request, {}))


def _field(head: str, name: str) -> str:
    return next(line.partition(":")[2].strip() for line in head.split("\r\n") if line.startswith(name + ":"))


def _text(path: str, request: str, body: object) -> str:
    head = f"X-RequestId:{request}\r\nContent-Type:application/json; charset=utf-8\r\nPath:{path}"
    return f"{head}\r\n\r\n{json.dumps(body)}"
