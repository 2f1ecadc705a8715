"""Tries: backoff, Retry-After, a deadline, and the circuit breaker. What wraps a model is one.

Nothing is tried again once a piece of the answer is out, which whoever reads has seen, or a tool was called.
"""

import asyncio
import random
import time
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import aclosing

from msgspec import Struct

from roomful.errors import CircuitOpen, ModelTimeout, ModelTrouble

from .contract import Answer, Message, Model, Tool, Usage
from .settings import Patience
from .tooling import Noted

FAILURES = 5  # within WINDOW open the circuit for OPEN
WINDOW = 60.0  # s
OPEN = 60.0  # s


class Means(Struct, frozen=True):
    """Time and chance, which a test holds in its own hands."""

    clock: Callable[[], float] = time.monotonic  # s
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    chance: Callable[[], float] = random.random  # 0 to 1


class Breaker:
    """The circuit to one provider: five failures within a minute open it for a minute; then one may try."""

    def __init__(self, provider: str, clock: Callable[[], float]) -> None:
        self._provider = provider
        self._clock = clock
        self._failed: deque[float] = deque(maxlen=FAILURES)
        self._open_until = 0.0
        self._trying = False

    def enter(self) -> None:
        """Before a request. Raises CircuitOpen."""
        left = self._open_until - self._clock()
        if left > 0 or self._trying:
            left = max(left, 1.0)
            raise CircuitOpen(
                f"{self._provider} failed {FAILURES} times in a minute and is left alone for {left:.0f} s.",
                retry_after=left,
            )
        self._trying = self._open_until > 0  # half open: one try decides

    def failed(self) -> None:
        """A request failed through no fault of ours."""
        now = self._clock()
        self._failed.append(now)
        often = len(self._failed) == FAILURES and now - self._failed[0] <= WINDOW
        if self._trying or often:
            self._open_until = now + OPEN
        self._trying = False

    def worked(self) -> None:
        """A request was answered."""
        self._failed.clear()
        self._open_until = 0.0
        self._trying = False

    def left(self) -> None:
        """A request ended without telling anything about the provider."""
        self._trying = False


class Tried:
    """A model that is asked again when it fails before its first word."""

    def __init__(self, inner: Model, breaker: Breaker, patience: Patience, means: Means) -> None:
        self._inner = inner
        self._breaker = breaker
        self._patience = patience
        self._means = means
        self.name = inner.name
        self.local = inner.local
        self.destination = inner.destination

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        noted = Noted(tools)

        def ask() -> Answer:
            return self._inner.stream(
                messages, max_tokens=max_tokens, tools=noted.tools, seed=seed, temperature=temperature
            )

        tries = _Tries(self, ask, noted)
        return Answer(tries.pieces(), tries.so_far)


class _Tries:
    """The tries of one answer."""

    def __init__(self, model: Tried, ask: Callable[[], Answer], noted: Noted) -> None:
        self._name = model.name
        self._breaker = model._breaker
        self._patience = model._patience
        self._means = model._means
        self._ask = ask
        self._noted = noted
        self._answer = ask()

    def so_far(self, _: str) -> Usage:
        return self._answer.usage

    async def pieces(self) -> AsyncGenerator[str | Usage, None]:
        total = self._patience.total
        end = self._means.clock() + total
        for number in range(1, self._patience.tries + 1):
            spoke = False
            try:
                async with aclosing(self._once(end)) as pieces:
                    async for piece in pieces:
                        spoke = True
                        yield piece
                return
            except ModelTrouble as why:
                wait = self._pause(number, why)
                if spoke or self._noted.called or wait is None or self._means.clock() + wait >= end:
                    raise
            await self._means.sleep(wait)
            self._answer = self._ask()

    async def _once(self, end: float) -> AsyncGenerator[str | Usage, None]:
        self._breaker.enter()
        try:
            async with self._answer as answer:
                while (piece := await self._before(end, anext(answer, None))) is not None:
                    yield piece
                yield answer.usage
            self._breaker.worked()
        except ModelTrouble:
            self._breaker.failed()
            raise
        finally:
            self._breaker.left()

    async def _before(self, end: float, piece: Awaitable[str | None]) -> str | None:
        """The next piece, unless the whole takes too long."""
        try:
            async with asyncio.timeout(max(0.0, end - self._means.clock())):
                return await piece
        except TimeoutError:
            total = self._patience.total
            raise ModelTimeout(f"{self._name} took longer than {total:g} s in all: ask for less.") from None

    def _pause(self, number: int, why: ModelTrouble) -> float | None:
        """Seconds to wait before the next try; None: do not try again."""
        if number >= self._patience.tries or isinstance(why, CircuitOpen):
            return None
        if why.retry_after is not None:
            return why.retry_after if why.retry_after <= self._patience.longest else None
        return self._patience.backoff * 2.0 ** (number - 1) * (0.5 + self._means.chance() / 2)
