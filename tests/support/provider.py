"""A real HTTP server on the loopback that stands in for providers of models: OpenAI's interface, Azure's, Anthropic's.

async with Provider() as provider:
    provider.next("Yes, mostly.")              # what the next answer is; without it: "Hello from MODEL."
    provider.next(Fault("status", status=429, headers={"Retry-After": "2"}))
    ... base_url=provider.openai ...
    assert provider.asked[0].body["messages"][0]["role"] == "system"
"""

import asyncio
import json
import re
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from aiohttp import web

KEY = "sk-of-the-tests"


class Dear(str):
    """An answer that takes more tokens than others."""

    __slots__ = ()
    tokens = (2000, 500)


@dataclass
class Call:
    """Instead of text: the model asks for a tool, or, as OpenAI's do, for so many calls of it at once."""

    tool: str
    arguments: dict[str, Any] = field(default_factory=dict)
    times: int = 1


@dataclass
class Fault:
    """Instead of an answer.

    `status`: refused with that status. `cut`: two words, then the connection is torn; `ended`: two words, then a clean end
    too early; `garbage`: what is no event; `hang`: nothing at all; `stall`: two words, then nothing more.
    """

    kind: Literal["status", "cut", "ended", "garbage", "hang", "stall"]
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: dict[str, Any] = field(default_factory=lambda: {"error": {"message": "no", "type": "error", "code": None}})


@dataclass
class Asked:
    """One request that came."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    query: dict[str, str]


class Provider:
    """The server. Listens while it is entered."""

    def __init__(self, models: tuple[str, ...] = ("gpt-test", "llama3")) -> None:
        self.asked: list[Asked] = []
        self.models = models
        self.gone = asyncio.Event()  # set when a client hangs up in the middle of an answer
        self.hung = asyncio.Event()  # set when `hang` or `stall` has come to where nothing more comes
        self._script: deque[str | Call | Fault] = deque()
        self._end = asyncio.Event()
        self._port = 0

    def next(self, *steps: str | Call | Fault) -> None:
        """What the next requests get, in this order."""
        self._script.extend(steps)

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def openai(self) -> str:
        """The base of OpenAI's interface; Azure's and Anthropic's is `url`."""
        return f"{self.url}/v1"

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._openai)
        app.router.add_post("/openai/deployments/{model}/chat/completions", self._openai)
        app.router.add_post("/v1/messages", self._anthropic)
        app.router.add_get("/v1/models", self._models)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._end.set()
        await self._runner.cleanup()

    async def _models(self, request: web.Request) -> web.Response:
        return web.json_response({"object": "list", "data": [{"id": name, "object": "model"} for name in self.models]})

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, _openai_events)

    async def _anthropic(self, request: web.Request) -> web.StreamResponse:
        return await self._answer(request, _anthropic_events)

    async def _answer(self, request: web.Request, events: Any) -> web.StreamResponse:
        body = await request.json()
        self.asked.append(Asked(request.path, dict(request.headers), body, dict(request.query)))
        model = body.get("model") or request.match_info.get("model", "")
        step = self._script.popleft() if self._script else f"Hello from {model}."
        if isinstance(step, Fault) and step.kind == "status":
            return web.json_response(step.body, status=step.status, headers=step.headers)
        if isinstance(step, Fault) and step.kind == "hang":
            await self._hang()
        response = web.StreamResponse(headers={"content-type": "text/event-stream"})
        await response.prepare(request)
        if isinstance(step, Fault):
            return await self._fail(request, response, step, events, model)
        try:
            for piece in events(model, step):
                await response.write(piece)
            await response.write_eof()
        except (ConnectionError, asyncio.CancelledError):
            self.gone.set()
            raise
        return response

    async def _fail(
        self, request: web.Request, response: web.StreamResponse, step: Fault, events: Any, model: str
    ) -> web.StreamResponse:
        if step.kind == "garbage":
            await response.write(b"data: {this is no JSON\n\n")
            return response
        for piece in list(events(model, "One two three four."))[: 5 if events is _anthropic_events else 3]:
            await response.write(piece)
        if step.kind == "cut":
            assert request.transport is not None
            request.transport.abort()
        elif step.kind == "stall":
            await self._hang()
        return response

    async def _hang(self) -> None:
        """Nothing more, until the client hangs up or the server ends."""
        self.hung.set()
        try:
            await self._end.wait()
        except asyncio.CancelledError:
            self.gone.set()
            raise


def words(text: str) -> list[str]:
    """A text in pieces, as models send it."""
    return re.findall(r"\S+\s*", text)


def _event(data: object, name: str = "") -> bytes:
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


def _openai_events(model: str, step: str | Call) -> "list[bytes]":
    def chunk(delta: dict[str, Any], finish: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return _event({**head, "choices": [choice]})

    head = {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": f"{model}-2026"}
    out = [chunk({"role": "assistant", "content": ""})]
    if isinstance(step, Call):
        function = {"name": step.tool, "arguments": json.dumps(step.arguments)}
        calls = [{"index": n, "id": f"t{n}", "type": "function", "function": function} for n in range(step.times)]
        out.append(chunk({"tool_calls": calls}))
        out.append(chunk({}, "tool_calls"))
    else:
        out += [chunk({"content": word}) for word in words(step)]
        out.append(chunk({}, "stop"))
    read, written = getattr(step, "tokens", (20, 7))
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    return [*out, _event({**head, "choices": [], "usage": usage}), _event("[DONE]")]


def _anthropic_events(model: str, step: str | Call) -> "list[bytes]":
    def event(kind: str, **fields: Any) -> bytes:
        return _event({"type": kind, **fields}, kind)

    usage = {"input_tokens": 20, "output_tokens": 1}
    message = {"id": "m1", "type": "message", "role": "assistant", "content": [], "model": f"{model}-2026"}
    out = [event("message_start", message={**message, "stop_reason": None, "stop_sequence": None, "usage": usage})]
    if isinstance(step, Call):
        block = {"type": "tool_use", "id": "t1", "name": step.tool, "input": {}}
        deltas = [{"type": "input_json_delta", "partial_json": json.dumps(step.arguments)}]
    else:
        block = {"type": "text", "text": ""}
        deltas = [{"type": "text_delta", "text": word} for word in words(step)]
    out.append(event("content_block_start", index=0, content_block=block))
    out += [event("content_block_delta", index=0, delta=delta) for delta in deltas]
    out.append(event("content_block_stop", index=0))
    reason = "tool_use" if isinstance(step, Call) else "end_turn"
    delta = {"stop_reason": reason, "stop_sequence": None}
    return [*out, event("message_delta", delta=delta, usage={"output_tokens": 7}), event("message_stop")]
