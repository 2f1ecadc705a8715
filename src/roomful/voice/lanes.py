"""Whose turn it is: so many jobs at once, then somebody else's: who has many waits for them, and nobody else does."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Lane:
    """Room for `width` jobs at a time."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}  # by whom; the first of them is next

    @asynccontextmanager
    async def turn(self, whom: str) -> AsyncIterator[None]:
        """Do the block when it is the turn of `whom`."""
        await self._come(whom)
        try:
            yield
        finally:
            self._go()

    async def _come(self, whom: str) -> None:
        if self._free:
            self._free -= 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(whom, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # it was given the turn just now
                self._go()
            raise

    def _go(self) -> None:
        """The turn is the next one's; nobody's, where none waits."""
        while self._waiting:
            whom, theirs = next(iter(self._waiting.items()))
            turn = theirs.popleft()
            del self._waiting[whom]
            if theirs:
                self._waiting[whom] = theirs  # behind all others
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
