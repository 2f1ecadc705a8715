"""Tries begin a few at a time, so that what is measured is the proxies and not our own haste."""

import asyncio
from collections import deque

AT_A_TIME = 16  # begin in one round of the event loop; answers are read in between


class Pace:
    """Lets tries begin one after the other. The busier the event loop, the longer its rounds, the slower they begin."""

    def __init__(self) -> None:
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def turn(self) -> None:
        """Wait for one's turn; before any clock is started."""
        loop = asyncio.get_running_loop()
        mine: asyncio.Future[None] = loop.create_future()
        if not self._waiting:
            loop.call_soon(self._round)
        self._waiting.append(mine)
        await mine

    def _round(self) -> None:
        for _ in range(min(AT_A_TIME, len(self._waiting))):
            one = self._waiting.popleft()
            if not one.done():  # else it was cancelled
                one.set_result(None)
        if self._waiting:
            asyncio.get_running_loop().call_soon(self._round)
