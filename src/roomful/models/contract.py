"""The Model contract: an AI model by name, which streams an answer to a conversation.

Whatever speaks is a `Model`: a provider's, an offline one, a chain of several with retries and a circuit breaker around
them, a double in a test. What wraps a model is one too. A model knows nothing of rooms.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from msgspec import Struct, structs

Role = Literal["system", "user", "assistant"]

AHEAD = 64  # pieces a generation may run ahead of its reader


class Message(Struct, frozen=True):
    """One part of the conversation that a model is given."""

    role: Role
    text: str


class Usage(Struct, frozen=True):
    """What an answer took."""

    model: str  # as reported by the provider
    tokens_in: int
    tokens_out: int
    cost: float | None  # USD; None: the price is unknown, and budgets take it for the dearest
    first: float | None  # s to the first piece of text; None: none came
    took: float  # s from the request to the end
    finish: str  # why it ended: "stop", "length", "content_filter", ...; "stopped": it was closed; "failed": an error


class Tool(Struct, frozen=True):
    """Something that a model may ask for while it answers.

    `parameters` is the JSON Schema of an object. `call` gets such an object and returns what the model is told; its errors
    are told to the model in place of a result, except for cancelling, which ends the answer.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    call: Callable[[dict[str, Any]], Awaitable[str]]


class Answer(AsyncIterator[str]):
    """An answer as it grows: pieces of text as they come.

        async with model.stream(messages, max_tokens=400) as answer:
            async for text in answer:
                print(text, end="")
        print(answer.usage)

    The generation starts with the first piece that is asked for, and runs in a task of its own, so that anybody may `close`
    it while somebody reads. Whoever stops reading before the end must close it.

    Reading raises RoomfulError: what went wrong, as a sentence. After the first piece nothing is tried again by anybody.
    """

    def __init__(self, pieces: AsyncIterator[str | Usage], so_far: Callable[[str], Usage] | None = None) -> None:
        """Wrap a generator of pieces, which yields a Usage at its end.

        Args:
            pieces: texts, and somewhere the usage; the newest one counts. It is closed with the answer.
            so_far: what was used up when the generator ends without saying so, from the text that came until then.
        """
        self._pieces = pieces
        self._so_far = so_far
        self._usage: Usage | None = None
        self._said: list[str] = []
        self._queue: asyncio.Queue[str | None] = asyncio.Queue(AHEAD)
        self._task: asyncio.Task[None] | None = None
        self._failure: BaseException | None = None
        self._started: float | None = None
        self._ended = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        if self._ended:
            raise StopAsyncIteration
        if self._task is None:
            self._started = time.monotonic()
            self._task = asyncio.create_task(self._pump(), name="answer")
        piece = await self._queue.get()
        if piece is not None:
            self._said.append(piece)
            return piece
        self._ended = True
        if self._failure is not None:
            raise self._failure
        raise StopAsyncIteration

    @property
    def usage(self) -> Usage:
        """What the answer took, so far or in all. Tokens are estimated where the provider was cut short."""
        if self._usage is not None:
            return self._usage
        if self._so_far is not None:
            usage = self._so_far("".join(self._said))
        else:
            took = time.monotonic() - self._started if self._started is not None else 0.0
            usage = Usage("", 0, 0, 0.0, None, took, "")
        return structs.replace(usage, finish="failed" if self._failure else "stopped")

    async def close(self) -> None:
        """End the generation and free its connection. What was said stays said; reading ends. Closing twice is well."""
        self._ended = True
        if self._task is None:
            await self._close_pieces()
        elif not self._task.done():
            self._task.cancel()
            await asyncio.wait([self._task])
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(None)  # whoever reads just now

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, why: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def _pump(self) -> None:
        try:
            await self._pass_on()
        except Exception as why:  # noqa: BLE001 - whatever it is, it belongs to whoever reads
            self._failure = why
        await self._queue.put(None)

    async def _pass_on(self) -> None:
        try:
            async for piece in self._pieces:
                if isinstance(piece, Usage):
                    self._usage = piece
                elif piece:
                    await self._queue.put(piece)
        finally:
            await self._close_pieces()

    async def _close_pieces(self) -> None:
        close = getattr(self._pieces, "aclose", None)  # generators have it, other iterators need not
        if close is not None:
            await close()


class Model(Protocol):
    """An AI model by name."""

    @property
    def name(self) -> str:
        """`provider:model`, as it was asked for."""
        ...

    @property
    def local(self) -> bool:
        """Whether what it is given stays on this machine."""
        ...

    @property
    def destination(self) -> str:
        """Where lines go, for people: "api.openai.com", or "this machine"."""
        ...

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        """Begin an answer. Nothing is sent before its first piece is asked for.

        Args:
            messages: the conversation, oldest first.
            max_tokens: the longest answer; None: the provider's own limit.
            tools: what it may ask for, at most five times an answer.
            seed: for the same answer again, where a provider offers that.
            temperature: 0 (the likeliest) to 2; None: the provider's own.
        """
        ...
