"""A provider's model, streamed through pydantic-ai's direct interface. One try: `trying` and `chain` wrap it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from roomful.errors import ModelError, ModelUnknown

from . import faults
from .clients import Clients, check, load, speaker
from .contract import Answer, Message, Tool, Usage
from .listing import known_models
from .names import Name
from .prices import cost, estimated
from .telemetry import instrumentation
from .tooling import Calls
from .waiting import soon

if TYPE_CHECKING:
    import httpx2
    from pydantic_ai.messages import ModelMessage, ModelResponse
    from pydantic_ai.models import Model as Speaker


class Asked(Struct, frozen=True):
    """What one answer was asked for with."""

    messages: Sequence[Message]
    max_tokens: int | None
    tools: Sequence[Tool]
    seed: int | None
    temperature: float | None

    def settings(self) -> dict[str, Any]:
        """In pydantic-ai's words."""
        said = {"max_tokens": self.max_tokens, "seed": self.seed, "temperature": self.temperature}
        return {key: value for key, value in said.items() if value is not None}


class Remote:
    """A model of a provider, as `Model`."""

    def __init__(self, name: Name, clients: Clients, wall: Callable[[], float] = time.time) -> None:
        self._name = name
        self._clients = clients
        self._wall = wall
        self._speaker: tuple[httpx2.AsyncClient, Speaker] | None = None

    @property
    def name(self) -> str:
        return str(self._name)

    @property
    def local(self) -> bool:
        return self._name.local

    @property
    def destination(self) -> str:
        return self._name.destination

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        asked = Asked(messages, max_tokens, tools, seed, temperature)
        one = Generation(self._name, self._speaks, asked)
        return Answer(self._translated(one), one.so_far)

    def _speaks(self) -> Speaker:
        source = self._name.source
        http = self._clients.http(source)  # another one after a close
        if self._speaker is None or self._speaker[0] is not http:
            self._speaker = http, speaker(source, self._name.model, http)
        return self._speaker[1]

    async def _translated(self, one: Generation) -> AsyncGenerator[str | Usage, None]:
        """The pieces; what fails, fails with an error of ours."""
        await one.begin()
        try:
            async with aclosing(one.pieces()) as pieces:
                async for piece in pieces:
                    yield piece
        except ModelError:
            raise
        except faults.caught() as why:
            fault = faults.translated(why, self._name, self._wall, began=one.began)
            one.refused()
            if isinstance(fault, ModelUnknown):
                source = self._name.source
                fault = faults.unknown(self._name, await known_models(source, self._clients.http(source)))
            raise fault from None


class Generation:
    """One answer being made: rounds of asking, until the model asks for no more tools."""

    def __init__(self, name: Name, speaks: Callable[[], Speaker], asked: Asked) -> None:
        self._name = name
        self._speaks = speaks
        self._asked = asked
        self._calls = Calls(asked.tools)
        self._clock = time.monotonic
        self._start = 0.0
        self._first: float | None = None
        self._unused = True
        self._in = 0
        self._out = 0
        self._model = name.model  # as reported
        self._response: ModelResponse | None = None  # of the newest round

    @property
    def began(self) -> bool:
        """Whether some of the answer has come."""
        return self._first is not None

    async def begin(self) -> None:
        """Load what is needed; raises what is missing. The clock starts after it: a first import takes a second."""
        source = self._name.source
        check(source)
        await asyncio.to_thread(load, source)
        self._speaks()
        self._start = self._clock()
        self._unused = False

    def refused(self) -> None:
        """It failed. Before its first word, nobody charges for that."""
        self._unused = not self.began and not self._in

    async def pieces(self) -> AsyncGenerator[str | Usage, None]:
        """The answer's texts, then what it took."""
        history = conversation(self._asked.messages)
        while True:
            async with aclosing(self._round(history)) as texts:
                async for text in texts:
                    if self._first is None:
                        self._first = self._clock() - self._start
                    yield text
            response = self._response
            assert response is not None, "a round ends with its response"
            if not response.tool_calls or self._calls.spent:
                break
            if response.text:
                yield "\n\n"  # what it says next does not hang on to what it said before it looked something up
            history = [*history, response, await self._calls.answered(response)]
        yield self._usage(self._in, self._out, str(response.finish_reason))

    def so_far(self, said: str) -> Usage:
        """What was used up until now, estimated for the round that was cut short."""
        if self._unused:
            return self._usage(0, 0, "")
        asked = sum(estimated(message.text) for message in self._asked.messages)
        return self._usage(self._in + asked, self._out + estimated(said), "")

    async def _round(self, history: list[ModelMessage]) -> AsyncGenerator[str, None]:
        from pydantic_ai.direct import model_request_stream

        settings = self._asked.settings() | self._calls.choice()
        request = model_request_stream(
            self._speaks(),
            history,
            model_settings=settings,  # type: ignore[arg-type]  # a TypedDict, of what is set
            model_request_parameters=self._calls.parameters(),
            instrument=instrumentation(),
        )
        async with AsyncExitStack() as stack:
            stream = await soon(stack.enter_async_context(request), self._name, began=self.began)
            events = aiter(stream)
            while (event := await soon(anext(events, None), self._name, began=self.began)) is not None:
                if text := text_of(event):
                    yield text
            response = stream.get()
        if response.finish_reason is None:
            raise faults.broke_off(self._name)  # a clean end of the connection is no end of an answer
        self._count(response)

    def _count(self, response: ModelResponse) -> None:
        self._response = response
        tokens = response.usage
        counted = tokens.input_tokens or tokens.output_tokens  # some servers do not
        self._in += tokens.input_tokens if counted else sum(estimated(one.text) for one in self._asked.messages)
        self._out += tokens.output_tokens if counted else estimated(response.text or "")
        self._model = response.model_name or self._model

    def _usage(self, tokens_in: int, tokens_out: int, finish: str) -> Usage:
        took = self._clock() - self._start if self._start else 0.0
        price = cost(self._name, self._model, tokens_in, tokens_out)
        return Usage(self._model, tokens_in, tokens_out, price, self._first, took, finish)


def conversation(messages: Sequence[Message]) -> list[ModelMessage]:
    """The messages in pydantic-ai's form: one request for what stands between two answers."""
    from pydantic_ai.messages import ModelRequest, ModelResponse, SystemPromptPart, TextPart, UserPromptPart

    history: list[ModelMessage] = []
    for message in messages:
        if message.role == "assistant":
            history.append(ModelResponse(parts=[TextPart(message.text)]))
            continue
        part = (SystemPromptPart if message.role == "system" else UserPromptPart)(message.text)
        last = history[-1] if history else None
        if isinstance(last, ModelRequest):
            last.parts = [*last.parts, part]
        else:
            history.append(ModelRequest(parts=[part]))
    return history


def text_of(event: object) -> str:
    """The piece of the answer in an event of a stream; empty: it is about something else, such as thoughts."""
    from pydantic_ai.messages import PartDeltaEvent, PartStartEvent, TextPart, TextPartDelta

    match event:
        case PartStartEvent(part=TextPart(content=text)):
            return text
        case PartDeltaEvent(delta=TextPartDelta(content_delta=text)):
            return text
        case _:
            return ""
