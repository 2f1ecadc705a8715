"""The offline models as models: they answer on this machine, word by word, for nothing."""

import re
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from msgspec import Struct

from ..contract import Answer, Message, Tool, Usage

DESTINATION = "this machine"

Pace = Callable[[str], Awaitable[None]]  # waits as long as it takes to write this piece
Speak = Callable[[Sequence[Message], int], str]  # the whole answer, from the conversation and a seed

_PIECE = re.compile(r"\S+\s*")


async def by_hand(piece: str) -> None:
    """As fast as somebody writes who writes very fast: people see that it grows, and nobody waits for it."""
    import asyncio

    await asyncio.sleep(0.015 + 0.004 * min(len(piece), 20))


async def at_once(piece: str) -> None:
    """Without waiting."""


class Offline(Struct, frozen=True):
    """A model that needs no key, no network and no heavy library. Tokens are words; it costs nothing."""

    name: str
    greeting: str  # its first words in a room
    speak: Speak
    pace: Pace = by_hand
    clock: Callable[[], float] = time.monotonic
    local: bool = True
    destination: str = DESTINATION

    def stream(
        self,
        messages: Sequence[Message],
        *,
        max_tokens: int | None = None,
        tools: Sequence[Tool] = (),
        seed: int | None = None,
        temperature: float | None = None,
    ) -> Answer:
        """Begin an answer. The same messages and seed give the same one; tools and temperature mean nothing here."""
        progress = _Progress(self)
        return Answer(self._pieces(messages, max_tokens, seed or 0, progress), progress.so_far)

    async def _pieces(
        self, messages: Sequence[Message], most: int | None, seed: int, progress: "_Progress"
    ) -> AsyncGenerator[str | Usage, None]:
        progress.begun = self.clock()
        pieces = _PIECE.findall(self.speak(messages, seed))
        for piece in pieces[:most]:
            await self.pace(piece)
            if progress.first is None:
                progress.first = self.clock() - progress.begun
            yield piece
        cut = most is not None and most < len(pieces)
        yield progress.usage("length" if cut else "stop")


class _Progress(Struct):
    """What an answer took until now."""

    model: Offline
    begun: float | None = None
    first: float | None = None

    def usage(self, finish: str) -> Usage:
        took = self.model.clock() - self.begun if self.begun is not None else 0.0
        # A script has no tokens: what it reads and writes is counted by nobody, and costs nothing.
        return Usage(self.model.name, 0, 0, 0.0, self.first, took, finish)

    def so_far(self, said: str) -> Usage:
        return self.usage("stopped")
